#include <koine/checkpoint.h>
#include <koine/ops.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/output_file.h"
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
  // Killed while it wrote a file, and before or after a file was in its place: the manifest names that.
  if (fork() == 0) {
    OutputFile file(folder / "c/step-000000000009.safetensors");
    kill(getpid(), SIGKILL);
  }
  wait(nullptr);
  std::string manifest = read_file(folder / "c/manifest.json");
  const std::string none = "\"others\": []";
  REQUIRE(contains(manifest, none));
  manifest.replace(manifest.find(none), none.size(),
                   "\"others\": [\"step-000000000009.safetensors\", \"step-000000000010.safetensors\"]");
  folder.write("c/manifest.json", manifest);
  folder.write("c/step-000000000009.safetensors", "without an entry");
  const std::vector<std::string> of_user{".step-1.tmp", "manifest.json.old", "notes.txt",
                                         "step-000000000003.safetensors", "step-best.safetensors"};
  for (const std::string& name : of_user) folder.write("c/" + name, "mine");
  checkpoints.save(2, filled_with(2));
  std::vector<std::string> expected = of_user;
  expected.insert(expected.end(), {"manifest.json", "step-000000000002.safetensors"});
  std::sort(expected.begin(), expected.end());
  CHECK(names(folder / "c") == expected);
  // A step whose name the user took.
  checkpoints.save(3, filled_with(3));
  CHECK(checkpoints.latest()->step == 3);
  CHECK(io::load(checkpoints.latest()->file, filled_with(0)).weights.at(0).item<float>() == 3);
  checkpoints.clear();
  CHECK(names(folder / "c") == of_user);
  for (const std::string& name : of_user) CHECK(read_file(folder / ("c/" + name)) == "mine");
}

TEST_CASE("checkpoints: a step that is saved again is whole at every moment") {
  TempFolder folder;
  io::Checkpoints checkpoints(folder / "c", 1);
  checkpoints.save(7, filled_with(1));
  CHECK_THROWS_AS(checkpoints.save(7, State{}), ValueError);
  REQUIRE(checkpoints.latest());
  checkpoints.save(7, filled_with(2));
  CHECK(io::load(checkpoints.latest()->file, filled_with(0)).weights.at(0).item<float>() == 2);
  CHECK(names(folder / "c").size() == 2);
}

TEST_CASE("folder lock: one at a time, and it ends with its process") {
  TempFolder folder;
  const std::string run = folder / "run";
  {
    const io::FolderLock lock(run);
    const std::string message = message_of<IoError>([&] { io::FolderLock second(run); });
    CHECK(contains(message, run));
    CHECK(contains(message, "process " + std::to_string(getpid())));
    folder.write("run/notes.txt", "mine");
  }
  CHECK(names(run) == std::vector<std::string>{"notes.txt"});
  std::filesystem::remove(run + "/notes.txt");
  {
    const io::FolderLock lock(run);
  }
  CHECK_FALSE(std::filesystem::exists(run));
  if (fork() == 0) {
    const io::FolderLock lock(run);
    kill(getpid(), SIGKILL);
  }
  wait(nullptr);
  CHECK(names(run).size() == 1);
  {
    const io::FolderLock lock(run);
  }
  CHECK_FALSE(std::filesystem::exists(run));
  folder.write("file", "");
  CHECK_THROWS_AS(io::FolderLock(folder / "file"), IoError);
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

TEST_CASE("checkpoints: a manifest with what no manifest has is refused, with the place") {
  TempFolder folder;
  const std::string place = folder / "c";
  io::Checkpoints(place).save(3, filled_with(1));
  const std::string manifest = place + "/manifest.json", whole = read_file(manifest);
  const auto error = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    REQUIRE(text.find(from) != std::string::npos);
    std::ofstream(manifest, std::ios::binary) << text.replace(text.find(from), from.size(), to);
    return message_of<FormatError>([&] { io::Checkpoints(place).latest(); });
  };
  CHECK(error("x", "x").empty());
  CHECK(contains(
      error("\"step\": 3", "\"step\": -1"),
      "manifest.json: the manifest, checkpoints.0.step: got -1, expected a whole number of at least 0; move it "
      "away to begin anew"));
  for (const char* wrong : {"1e300", "1.5", "true", "\"3\"", "null", "9223372036854775808"})
    CHECK(contains(error("\"step\": 3", std::string("\"step\": ") + wrong), "checkpoints.0.step: got"));
  CHECK(contains(error("\"bytes\":", "\"bites\":"), "checkpoints.0.bytes: got nothing"));
  CHECK(contains(error("\"format\": 1", "\"format\": 2"), "format: got 2, expected 1"));
  CHECK(contains(error("\"step-", "\"../step-"), "checkpoints.0.file: got \"../step-"));
  CHECK(contains(error("\"others\": []", "\"others\": [\"mine.txt\"]"),
                 "others.0: got \"mine.txt\", expected the name of a checkpoint beside it"));
  CHECK(contains(error("\"step\": 3", "\"step\": 3, \"step\": 4"), "has the key 'step' twice"));
  CHECK(contains(error("]", "}"), "is no JSON"));
  // What stands in the place of a checkpoint is not waited for.
  std::ofstream(manifest, std::ios::binary) << whole;
  const std::string file = io::Checkpoints(place).latest()->file;
  std::filesystem::remove(file);
  REQUIRE(mkfifo(file.c_str(), 0600) == 0);
  std::vector<std::string> damaged;
  CHECK_FALSE(io::Checkpoints(place).latest(&damaged));
  CHECK(damaged == std::vector<std::string>{file});
}
