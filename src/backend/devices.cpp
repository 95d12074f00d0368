#include "backend/cpu/cpu.h"
#include "backend/reference/reference.h"

namespace koine::backend {

std::span<const DeviceApi* const> devices() {
  static const DeviceApi* const table[] = {&cpu_device(), &reference_device()};
  return table;
}

}  // namespace koine::backend
