#include "train/fit.h"

#include "support/temp_folder.h"
#include "train/model_builder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <sstream>

using namespace koine;
using namespace koine::train;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

// Points of the plane; the class says whether they lie above the diagonal, the quantity is x - 2y.
std::string points(bool quantity) {
  std::ostringstream text;
  for (int i = 0; i < 64; ++i) {
    const double x = (i % 8) / 4.0 - 1, y = (i / 8) / 4.0 - 0.9;
    text << x << ',' << y << ',' << (quantity ? x - 2 * y : y > x) << '\n';
  }
  return text.str();
}

struct Run {
  TempFolder folder;
  Config config;
  Examples examples;
  RunState state;
  std::ostringstream shown;

  explicit Run(const std::string& text, const std::string& csv = points(false)) {
    folder.write("points.csv", csv);
    config = read_config(folder.write("c.toml", text));
    examples = load_examples(config);
    state = begin_run(
        config, first_values(build_model(config, examples.shape, examples.classes).stack, config.train.seed), steps());
  }
  int64_t steps() const { return examples.train.batches(config.train.batch).steps(); }
  nn::Stack& model() { return state.arrays.model; }
  bool fit(const Control& control = {}) {
    ProgressStyle style;
    style.clock = [] { return 0.0; };
    Progress progress(shown, config.train.epochs, steps(), style);
    return train::fit(config, examples, state, progress, control);
  }
  std::vector<float> first_weights() const { return tree::leaves(state.result())[0].to_vector<float>(); }
  double figure(const data::Dataset& rows, const std::string& name) {
    for (const Metric& metric : evaluate(config, rows, state.result()))
      if (metric.name == name) return metric.value;
    return -1;
  }
};

const std::string classes =
    "[data]\nfile = 'points.csv'\ntrain = '0:48'\ntest = '48:'\n[[model]]\ndense = 8\nactivation = 'tanh'\n"
    "[[model]]\ndropout = 0.1\n[[model]]\nbatch_norm = true\n[[model]]\ndense = 2\n"
    "[train]\nepochs = 30\nbatch = 20\noptimizer = { adam = { lr = 0.02 } }\n";
const std::string quantities =
    "data = { file = 'points.csv' }\nmodel = [{ dense = 1 }]\n"
    "train = { loss = 'mse', epochs = 40, batch = 8, optimizer = { sgd = { lr = 0.1, momentum = 0.5 } } }\n";

std::string load_error(const std::string& text, const std::string& csv = points(false)) {
  return message_of<ConfigError>([&] { Run(text, csv); });
}

}  // namespace

TEST_CASE("fit learns classes; the loss falls and the running statistics move") {
  Run run(classes);
  const double before = run.figure(run.examples.train, "loss");
  REQUIRE(run.fit());
  CHECK(run.figure(run.examples.train, "loss") < before / 2);
  CHECK(run.figure(run.examples.train, "accuracy") > 0.9);
  const auto& norm = std::get<nn::BatchNorm>(run.model().layers[3]);
  CHECK(norm.mean.to_vector<float>() != std::vector<float>(8, 0));
  CHECK(contains(run.shown.str(), "epoch 30/30"));
}

TEST_CASE("fit learns a quantity by the mean of squares") {
  Run run(quantities, points(true));
  CHECK(run.examples.classes == 0);
  REQUIRE(run.fit());
  CHECK(run.figure(run.examples.train, "loss") < 1e-3);
  CHECK(run.figure(run.examples.train, "r2") > 0.99);
  const std::vector<float> weights = run.first_weights();
  CHECK(weights[0] == doctest::Approx(1).epsilon(0.02));
  CHECK(weights[1] == doctest::Approx(-2).epsilon(0.02));
}

TEST_CASE("a run follows from its seed") {
  Run one(classes), same(classes), other(classes + "seed = 1\n");
  for (Run* run : {&one, &same, &other}) {
    run->config.train.epochs = 2;
    run->fit();
  }
  CHECK(one.first_weights() == same.first_weights());
  CHECK(one.first_weights() != other.first_weights());
}

TEST_CASE("fit ends after the step at which it is stopped") {
  Run run(classes);
  int asked = 0;
  CHECK_FALSE(run.fit({.stop = [&asked] { return ++asked == 2; }}));
  CHECK(asked == 2);
}

TEST_CASE("a run that is stopped and goes on from its checkpoint ends with the same bits") {
  const std::string settings =
      classes + "schedule = { cosine = { warmup = 1 } }\naverage = 0.9\naccumulate = 2\nclip_norm = 0.5\n";
  std::string text = settings;
  text.replace(text.find("test = '48:'"), 12, "validate = 0.25");
  text.replace(text.find("epochs = 30"), 11, "epochs = 3");
  text.replace(text.find("batch = 20"), 10, "batch = 4");
  for (const std::string optimizer : {"adam", "sgd = { momentum = 0.9 }", "adamw = { amsgrad = true }"}) {
    const std::string now = optimizer == "adam" ? text : [&] {
      std::string other = text;
      return other.replace(other.find("adam = { lr = 0.02 }"), 20, optimizer);
    }();
    Run whole(now);
    REQUIRE(whole.fit());
    // Stopped after every update, each time in a process of its own as far as the state goes.
    std::optional<std::string> file;
    bool complete = false;
    int parts = 0;
    TempFolder folder;
    std::vector<float> weights;
    while (!complete) {
      Run part(now);
      if (file) load_run(part.config, *file, part.examples.train.size(), part.steps(), part.state);
      complete = part.fit({.stop = [] { return true; }});
      file = folder / ("c" + std::to_string(++parts) + ".safetensors");
      io::save(*file, part.state.arrays, notes_of(part.config, part.state, part.examples.train.size()));
      weights = part.first_weights();
    }
    CHECK(parts >= 10);
    CHECK(weights == whole.first_weights());
  }
}

TEST_CASE("a checkpoint of another run is refused with the setting that differs") {
  Run run(classes);
  const std::string file = run.folder / "c.safetensors";
  io::save(file, run.state.arrays, notes_of(run.config, run.state, run.examples.train.size()));
  const auto error = [&](const std::string& text) {
    Run other(text);
    return message_of<ConfigError>(
        [&] { load_run(other.config, file, other.examples.train.size(), other.steps(), other.state); });
  };
  CHECK(error(classes).empty());
  CHECK(error(classes + "output = 'elsewhere'\n").empty());
  CHECK(contains(error(classes + "clip_norm = 1\n"), "c.toml:18:"));
  CHECK(contains(error(classes + "clip_norm = 1\n"), "without train.clip_norm"));
  std::string batch = classes;
  batch.replace(batch.find("batch = 20"), 10, "batch = 10");
  CHECK(contains(error(batch), "began with train.batch as the number 20, now it is the number 10"));
  io::save(file, run.state.arrays);
  CHECK_THROWS_AS(load_run(run.config, file, 48, run.steps(), run.state), FormatError);
}

TEST_CASE("validation: the best weights are kept, and a run without progress ends") {
  std::string text = classes + "patience = 3\nmonitor = 'accuracy'\nmetrics = ['f1', 'auc']\n";
  text.replace(text.find("test = '48:'"), 12, "validate = 0.25");
  text.replace(text.find("epochs = 30"), 11, "epochs = 500");
  Run run(text);
  CHECK(run.examples.train.size() == 36);
  CHECK(run.examples.validation.size() == 12);
  REQUIRE(run.fit());
  CHECK(run.state.stopped_early);
  CHECK(run.state.epochs_since_best == 3);
  CHECK(run.state.step < 500 * run.steps());
  CHECK(run.figure(run.examples.validation, "accuracy") == doctest::Approx(run.state.best));
  CHECK(contains(run.shown.str(), "val_f1"));
  CHECK(contains(message_of<ConfigError>([&] {
                   std::string other = text;
                   other.replace(other.find("'accuracy'"), 10, "'r2'");
                   Run(other).fit();
                 }),
                 "there is no metric 'r2'; this run has loss, accuracy, f1, auc"));
}

TEST_CASE("a loss that is no longer a number ends the run with advice") {
  Run run(
      "data = { file = 'points.csv' }\nmodel = [{ dense = 1 }]\n"
      "train = { loss = 'mse', optimizer = { sgd = { lr = 1e30 } } }\n",
      points(true));
  CHECK(contains(message_of<ValueError>([&] { run.fit(); }), "smaller lr"));
}

TEST_CASE("evaluation weighs batches by their examples") {
  std::string rows;
  for (int i = 0; i < 300; ++i) rows += i < 290 ? "1,0\n" : "1,1\n";
  Run run("data = { file = 'points.csv' }\nmodel = [{ dense = 2 }]\ntrain = {}\n", rows);
  auto& dense = std::get<nn::Linear>(run.model().layers[0]);
  dense.weight = zeros({1, 2});
  dense.bias = from(std::vector<float>{1, 0}, {2});
  CHECK(run.figure(run.examples.train, "accuracy") == doctest::Approx(290 / 300.0));
  const double right = std::log(1 + std::exp(-1.0));
  CHECK(run.figure(run.examples.train, "loss") == doctest::Approx(right + 10 / 300.0).epsilon(1e-5));
  const std::vector<float> rows_of_two = predict(run.config, run.examples.train.x, run.model()).to_vector<float>();
  REQUIRE(rows_of_two.size() == 600);
  CHECK(rows_of_two[0] == doctest::Approx(1 / (1 + std::exp(-1.0))));
  CHECK(rows_of_two[598] + rows_of_two[599] == doctest::Approx(1));
}

TEST_CASE("data that do not fit the config are refused with the place of the setting") {
  const auto with = [](const std::string& settings, const std::string& train = "") {
    return "[data]\nfile = 'points.csv'\n" + settings + "\n[[model]]\ndense = 2\n[train]\n" + train + "\n";
  };
  CHECK(load_error(with("")).empty());
  CHECK(contains(load_error(with("shape = [3, 1]")), "c.toml:3:"));
  CHECK(contains(load_error(with("shape = [3, 1]")), "has 2 besides the label"));
  CHECK(contains(load_error(with("label = 7")), "c.toml:3:"));
  CHECK(contains(load_error(with("train = '100:'")), "names no rows"));
  CHECK(contains(load_error(with("test = '5:5'")), "c.toml:3:"));
  CHECK(contains(load_error(with("label = 0")), "loss = \"mse\""));
  CHECK(contains(load_error(with(""), "1,-1\n2,0\n"), "labels from 0"));
  CHECK(contains(load_error("data = { file = 'none.csv' }\nmodel = [{ dense = 2 }]\ntrain = {}\n"), "none.csv"));
}
