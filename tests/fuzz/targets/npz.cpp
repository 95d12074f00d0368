#include "data/numpy_file.h"
#include "fuzz/targets/target.h"

#include <koine/data.h>

using namespace koine;

// An archive: its directory, each array, and examples with little memory.
KOINE_FUZZ_TARGET(npz) {
  const std::string path = fuzz::file("a.npz", bytes);
  fuzz::survives([&] {
    const data::NpzFile file(path);
    for (const auto& member : file.members()) {
      fuzz::survives([&] { file.read(member); });
      fuzz::survives([&] {
        const data::Dataset set = file.examples(member, 16);
        if (set.reader && set.size() > 0) set.rows(set.size() - 1, set.size());
      });
    }
  });
  fuzz::survives([&] { data::npz_examples(path); });
}
