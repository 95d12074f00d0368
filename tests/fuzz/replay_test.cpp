#include "fuzz/targets/target.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace koine;

// One target alone: KOINE_FUZZ_TARGET=csv build/koine_tests -tc="fuzz: no file*"
TEST_CASE("fuzz: no file of the corpora does more than raise an error") {
  namespace fs = std::filesystem;
  CHECK(fuzz::targets().size() >= 10);
  const char* only = std::getenv("KOINE_FUZZ_TARGET");
  for (const fuzz::Target& target : fuzz::targets()) {
    if (only && target.name != only) continue;
    CAPTURE(target.name);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator("tests/fuzz/corpus/" + target.name)) files.push_back(entry.path());
    CHECK_FALSE(files.empty());
    std::sort(files.begin(), files.end());
    for (const fs::path& path : files) {
      CAPTURE(path);
      std::ifstream file(path, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      CHECK_NOTHROW(target.run(bytes));
    }
  }
}
