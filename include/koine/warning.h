// What is no error but probably a mistake.
#pragma once

#include <string_view>

namespace koine {

using WarningHandler = void (*)(std::string_view text);
/// Where warnings go from now on; gives where they went before. By default each text is written to standard error once.
/// A handler may throw, as in a program that takes warnings for errors.
WarningHandler set_warning_handler(WarningHandler handler);

/// Says what is probably a mistake, "[op] what it looks like and the way out".
void warn(std::string_view text);

}  // namespace koine
