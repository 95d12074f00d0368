// Python's ranges on an axis of known or symbolic length.
#pragma once

#include <koine/dim.h>

namespace koine::detail {

/// `size` positions from `offset` on, `step` apart.
struct Range {
  Dim offset, size;
  int64_t step = 1;
};

/// What `start:stop:step` means on an axis of length n; `none` is an open bound. An empty range has offset 0, one of at
/// most one position step 1. Throws ValueError for a step of 0.
Range resolve_range(int64_t start, int64_t stop, int64_t step, Dim n);

}  // namespace koine::detail
