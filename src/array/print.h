#pragma once
#include <koine/array.h>

#include <string>

namespace koine::detail {

/// The value as text in NumPy's layout, long arrays shortened. Between elements stands the separator, which ends with a
/// space; the text will begin `indent` columns to the right.
std::string layout(const Array& x, const char* separator, int indent);

}  // namespace koine::detail
