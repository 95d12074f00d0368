// Places that no compiler saw, as what errors and nodes keep: std::source_location.
#pragma once

#include <source_location>
#include <string>

namespace koine {

/// A line of a script.
std::source_location location_of(const std::string& file, int line);
/// A place with a text of its own, such as "c.toml:7:1: model.0 (dense)".
std::source_location location_of(const std::string& text);

/// The text of such a place, null for all others.
const char* own_text(const std::source_location& where);

}  // namespace koine
