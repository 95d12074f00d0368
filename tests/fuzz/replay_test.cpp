#include "fuzz/targets/target.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace koine;

TEST_CASE("fuzz: no file of the corpora does more than raise an error") {
  namespace fs = std::filesystem;
  CHECK(fuzz::targets().size() >= 10);
  for (const fuzz::Target& target : fuzz::targets()) {
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
