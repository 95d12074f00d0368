#include "fuzz/targets/target.h"

#include <koine/data.h>

using namespace koine;

// The binary files of MNIST and CIFAR.
KOINE_FUZZ_TARGET(binary) {
  const std::string path = fuzz::file("a-ubyte", bytes);
  fuzz::survives([&] { data::idx(path); });
  fuzz::survives([&] { data::cifar({path}); });
  fuzz::survives([&] { data::cifar({path}, true); });
}
