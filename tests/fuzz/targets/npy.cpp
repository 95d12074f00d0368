#include "data/numpy_file.h"
#include "fuzz/targets/target.h"

#include <koine/data.h>

using namespace koine;

// An array is read whole, and example by example with little memory.
KOINE_FUZZ_TARGET(npy) {
  const std::string path = fuzz::file("a.npy", bytes);
  fuzz::survives([&] { data::npy(path); });
  fuzz::survives([&] {
    const data::Dataset set = data::npy_examples(path, 16);
    if (set.defined() && set.reader && set.size() > 0) set.rows(0, 1);
  });
}
