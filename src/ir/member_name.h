#pragma once
#include <cstdint>
#include <string_view>

namespace koine::tree::detail {

/// The name at a place in the text that `spell` or KOINE_TREE gives: elements after the second opening and its closing
/// one, of which the last identifier is the name.
std::string_view member_name(const char* text, int64_t place);

}  // namespace koine::tree::detail
