// The entry of libFuzzer, for a program with one target.
#include "fuzz/targets/target.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  koine::fuzz::targets().front().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
