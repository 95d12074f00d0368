// Text of others, fit for a terminal or a log.
#pragma once

#include <string>
#include <string_view>

namespace koine {

/// The text with what a terminal would obey written out: control characters but line feeds and tabs as \x1b, those of
/// Unicode (C1, the marks that turn the direction of reading, its ends of lines) as \u202e, bytes that are no UTF-8 as
/// \xff. What is printable stays, so that doing it twice is doing it once.
std::string printable(std::string_view text);

/// The same for a name, which stays on its line: line feeds and tabs are written out too.
std::string printable_name(std::string_view name);

/// The first characters of a printable text, "..." in place of the rest when it has more.
std::string shortened(std::string_view text, size_t most);

}  // namespace koine
