#pragma once
#include "ops/family/op.h"

namespace koine::ops {

/// The discrete Fourier transform of every line along an axis counted from the end, complex to complex, without a
/// factor: y[k] = sum over j of x[j] exp(-2 pi i j k / n), with a plus sign for the inverse. Computed in float64.
void fourier_reference(const ir::TensorRef& x, int64_t axis, bool inverse, const ir::TensorRef& y);

}  // namespace koine::ops
