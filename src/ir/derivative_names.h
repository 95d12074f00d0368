#pragma once
#include <atomic>

namespace koine::ir {

/// Whether the lines of what derivatives record say of which op they are: for who looks for the origin of a NaN.
inline std::atomic<bool> derivative_names{false};

}  // namespace koine::ir
