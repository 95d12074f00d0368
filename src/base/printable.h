// Text of others, fit for a terminal or a log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace koine {

/// The text with what a terminal would obey written out: control characters but line feeds and tabs as \x1b, those of
/// Unicode (C1, the marks that turn the direction of reading, its ends of lines) as \u202e, bytes that are no UTF-8 as
/// \xff. What is printable stays, so that doing it twice is doing it once.
std::string printable(std::string_view text);

/// The same for a name, which stays on its line: line feeds and tabs are written out too.
std::string printable_name(std::string_view name);

/// The same for a message, of one line but for what stands below it, which begins with two spaces: "  at c.toml:3:1".
std::string printable_line(std::string_view message);

/// Whether a terminal obeys a character of Unicode, or turns what is read, instead of showing it.
bool is_obeyed(uint32_t code);
/// The number of a whole character of UTF-8.
uint32_t code_point(std::string_view character);

/// The first characters of a printable text.
std::string prefix(std::string_view text, size_t characters);
/// The same with "..." in place of the rest when there is more.
std::string shortened(std::string_view text, size_t characters);

}  // namespace koine
