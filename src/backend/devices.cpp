#include "backend/cpu/cpu.h"
#include "backend/reference/reference.h"

namespace koine::backend {

std::span<const DeviceApi* const> devices() {
  static const DeviceApi* const table[] = {&reference_device(), &cpu_device()};
  return table;
}

}  // namespace koine::backend
