// Text as bytes of UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace koine {

/// How many of the first bytes are whole characters of UTF-8 (RFC 3629: shortest forms alone, no surrogates).
size_t utf8_prefix(std::string_view bytes);
inline bool is_utf8(std::string_view bytes) { return utf8_prefix(bytes) == bytes.size(); }

/// How many characters a text of UTF-8 has.
size_t character_count(std::string_view text);

/// The length of the character that begins there; 0 for bytes that are none.
size_t utf8_character(std::string_view bytes);

/// A text as a string of JSON. What a terminal would obey (printable.h) is written as \u009b. A byte that belongs to no
/// character, as names of files may have, becomes a lone surrogate, as in Python's file names (PEP 383): 0xe9 is
/// \udce9, so that different texts stay different.
std::string json_text(std::string_view text);

}  // namespace koine
