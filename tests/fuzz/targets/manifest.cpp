#include "fuzz/targets/target.h"

#include <koine/checkpoint.h>
#include <koine/ops.h>

#include <filesystem>

using namespace koine;

// The manifest of a folder of checkpoints: the newest one is found, another one saved, all removed. Files that are not
// Koine's stay.
KOINE_FUZZ_TARGET(manifest) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(fuzz::folder()) / "checkpoints";
  fs::create_directories(folder);
  fuzz::file("checkpoints/manifest.json", bytes);
  fuzz::file("checkpoints/mine.txt", "text");
  fuzz::file("outside.txt", "text");
  const io::Checkpoints checkpoints(folder.string(), 2);
  const Array weights = ones({2});
  fuzz::survives([&] {
    std::vector<std::string> damaged;
    checkpoints.latest(&damaged);
  });
  fuzz::survives([&] { io::Checkpoints(folder.string(), 2).save(5, weights); });
  fuzz::survives([&] {
    if (const auto found = checkpoints.latest()) io::load_all(found->file);
  });
  fuzz::survives([&] { io::Checkpoints(folder.string(), 2).clear(); });
  if (!fs::exists(folder / "mine.txt") || !fs::exists(fs::path(fuzz::folder()) / "outside.txt")) std::abort();
  fs::remove_all(folder);
}
