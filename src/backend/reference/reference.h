#pragma once
#include "backend/api.h"

namespace koine::backend {

/// The device that interprets each op's own definition, one node after the other. It is slow, and what every
/// other device is tested against.
const DeviceApi& reference_device();

}  // namespace koine::backend
