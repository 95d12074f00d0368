#pragma once
#include "backend/api.h"

namespace koine::backend {

/// The processor: fused kernels, and libraries for what they are better at.
const DeviceApi& cpu_device();

}  // namespace koine::backend
