#include <koine/checkpoint.h>
#include <koine/ops.h>

#include <algorithm>
#include <filesystem>

#include "support/temp_folder.h"

using namespace koine;
using namespace koine::testing;

namespace {

struct State {
  Array weights;
};

State filled_with(double value) { return {full({.shape = {4}, .value = value})}; }

std::vector<std::string> names(const std::string& folder) {
  std::vector<std::string> all;
  for (const auto& file : std::filesystem::directory_iterator(folder)) all.push_back(file.path().filename().string());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("checkpoints: the last few are kept and the newest is found") {
  TempFolder folder;
  io::Checkpoints checkpoints(folder / "c", 2);
  CHECK_FALSE(checkpoints.latest());
  for (int64_t step : {5, 10, 15}) checkpoints.save(step, filled_with(static_cast<double>(step)), {{"note", "n"}});
  CHECK(names(folder / "c") ==
        std::vector<std::string>{"manifest.json", "step-000000000010.safetensors", "step-000000000015.safetensors"});
  const auto found = io::Checkpoints(folder / "c").latest();
  REQUIRE(found);
  CHECK(found->step == 15);
  CHECK(io::load(found->file, filled_with(0)).weights.at(0).item<float>() == 15);
  CHECK(io::metadata(found->file) == io::Metadata{{"note", "n"}});
  checkpoints.save(15, filled_with(7));
  CHECK(io::load(checkpoints.latest()->file, filled_with(0)).weights.at(0).item<float>() == 7);
  checkpoints.clear();
  CHECK_FALSE(std::filesystem::exists(folder / "c"));
  CHECK_THROWS_AS(io::Checkpoints("c", 0), ValueError);
}

TEST_CASE("checkpoints: a damaged one is passed over and named") {
  TempFolder folder;
  io::Checkpoints checkpoints(folder / "c");
  for (int64_t step : {1, 2, 3}) checkpoints.save(step, filled_with(static_cast<double>(step)));
  std::string newest = folder / "c/step-000000000003.safetensors", bytes = read_file(newest);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  folder.write("c/step-000000000003.safetensors", bytes);
  folder.write("c/step-000000000002.safetensors", "short");
  std::vector<std::string> damaged;
  const auto found = checkpoints.latest(&damaged);
  REQUIRE(found);
  CHECK(found->step == 1);
  CHECK(damaged == std::vector<std::string>{newest, folder / "c/step-000000000002.safetensors"});
  folder.write("c/manifest.json", "{\"format\": 1}");
  CHECK(contains(message_of<FormatError>([&] { checkpoints.latest(); }), "manifest.json"));
  folder.write("c/manifest.json", R"({"format":1,"checkpoints":[{"file":"../x","step":1,"bytes":1,"xxh3_128":""}]})");
  CHECK(contains(message_of<FormatError>([&] { checkpoints.latest(); }), "../x"));
}

TEST_CASE("checkpoints: what a killed process left is removed, what is not ours is not") {
  TempFolder folder;
  io::Checkpoints checkpoints(folder / "c", 1);
  checkpoints.save(1, filled_with(1));
  folder.write("c/.step-000000000009.safetensors.77-0.tmp", "half");
  folder.write("c/step-000000000009.safetensors", "without an entry");
  folder.write("c/notes.txt", "mine");
  checkpoints.save(2, filled_with(2));
  CHECK(names(folder / "c") == std::vector<std::string>{"manifest.json", "notes.txt", "step-000000000002.safetensors"});
  checkpoints.clear();
  CHECK(names(folder / "c") == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("checkpoints: when writing fails the old ones stay") {
  TempFolder folder;
  io::Checkpoints checkpoints(folder / "c");
  checkpoints.save(1, filled_with(1));
  CHECK_THROWS_AS(checkpoints.save(2, State{}), ValueError);
  CHECK(checkpoints.latest()->step == 1);
  folder.write("file", "");
  CHECK(contains(message_of<IoError>([&] { io::Checkpoints(folder / "file/c").save(1, filled_with(1)); }), "file/c"));
}
