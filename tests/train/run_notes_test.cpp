#include "train/run_notes.h"

#include "support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace koine;
using namespace koine::train;
using nlohmann::json;
using testing::contains;
using testing::message_of;

namespace {

io::FileValue note(const std::string& text) { return io::FileValue::parse(text, "s.safetensors", "the note 'run'"); }

// A run of 5 epochs of 4 steps, stopped after the first step of the third epoch.
constexpr RunSize size{.steps = 4, .sums = 2, .averages = true};
RunNumbers numbers() {
  RunNumbers run{.step = 9, .sums = {1.5, 0.25}, .examples = 3, .best = 0.5, .epochs_since_best = 1, .averaged = true};
  run.plateau.factor = 0.1;
  run.plateau.best = 2;
  run.plateau.bad = 1;
  return run;
}

// What the note gives with one value in place of another.
std::string error(const std::string& key, const json& value, const RunSize& run = size) {
  json all = json::parse(to_json(numbers()));
  all[json::json_pointer(key)] = value;
  RunNumbers to;
  return message_of<FormatError>([&] { numbers_from(note(all.dump()), run, to); });
}

}  // namespace

TEST_CASE("run notes: the numbers of a run come back") {
  RunNumbers to;
  numbers_from(note(to_json(numbers())), size, to);
  CHECK(to.step == 9);
  CHECK(to.sums == std::vector<double>{1.5, 0.25});
  CHECK(to.examples == 3);
  CHECK(to.plateau.factor == 0.1);
  CHECK(to.plateau.bad == 1);
  CHECK(to.best == 0.5);
  CHECK(to.averaged);
  // Between epochs nothing is summed up, and what is no number is none.
  RunNumbers whole = numbers();
  whole.step = 8;
  whole.sums.clear();
  whole.examples = 0;
  whole.best = std::nan("");
  numbers_from(note(to_json(whole)), size, to);
  CHECK(to.sums.empty());
  CHECK(std::isnan(to.best));
}

TEST_CASE("run notes: numbers that no such run has are refused") {
  CHECK(error("/step", -1) == "s.safetensors: the note 'run', step: got -1, expected a whole number of at least 0");
  for (const json& wrong : {json(1e300), json(1.5), json(uint64_t{1} << 63), json(true), json("9"), json(nullptr)})
    CHECK(contains(error("/step", wrong), "step: got"));
  CHECK(contains(error("/step", 8), "sums: got a list of 2, expected a list of 0"));
  CHECK(contains(error("/sums", json::array()), "sums"));
  CHECK(contains(error("/sums/1", "x"), "sums.1"));
  CHECK(contains(error("/examples", 0), "examples: got 0, expected a whole number of at least 1"));
  CHECK(contains(error("/plateau", json::array({1, 1, 1})), "plateau: got a list of 3, expected a list of 4"));
  CHECK(contains(error("/plateau/0", -1), "plateau.0"));
  CHECK(contains(error("/plateau/2", 1e9), "plateau.2"));
  CHECK(contains(error("/epochs_since_best", 3), "epochs_since_best"));
  CHECK(contains(error("/stopped_early", 1), "stopped_early: got 1, expected true or false"));
  CHECK(contains(error("/averaged", true, {.steps = 4, .sums = 2}), "averaged: got true, expected false"));
}

TEST_CASE("run notes: the figures of the epochs") {
  const std::vector<EpochFigures> epochs{{1, 4, {{"loss", 1.5}, {"val_loss", std::nan("")}}}, {2, 8, {{"loss", 1}}}};
  const auto back = epochs_from(note(to_json(epochs)));
  REQUIRE(back.size() == 2);
  CHECK(back[0].figures[0].name == "loss");
  CHECK(std::isnan(back[0].figures[1].value));
  CHECK(back[1].step == 8);
  const auto error = [](const std::string& text) { return message_of<FormatError>([&] { epochs_from(note(text)); }); };
  CHECK(contains(error(R"([{"epoch": 2, "step": 4, "figures": []}])"),
                 "0.epoch: got 2, expected a whole number from 1 to 1"));
  CHECK(contains(error(R"([{"epoch": 1, "step": -4, "figures": []}])"), "0.step"));
  CHECK(contains(error(R"([{"epoch": 1, "step": 4, "figures": [["loss"]]}])"), "figures.0: got a list of 1"));
  CHECK(contains(error(R"({"epoch": 1})"), "got an object, expected a list"));
}
