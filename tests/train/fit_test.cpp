#include "train/fit.h"

#include "support/temp_folder.h"
#include "train/model_builder.h"

#include <doctest/doctest.h>

#include <cmath>
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
  nn::Stack model;
  std::ostringstream shown;

  explicit Run(const std::string& text, const std::string& csv = points(false)) {
    folder.write("points.csv", csv);
    config = read_config(folder.write("c.toml", text));
    examples = load_examples(config);
    model = first_values(build_model(config, examples.shape, examples.classes).stack, config.train.seed);
  }
  bool fit(const std::function<bool()>& stop = [] { return false; }) {
    ProgressStyle style;
    style.clock = [] { return 0.0; };
    Progress progress(shown, config.train.epochs, examples.train.batches(config.train.batch).steps(), style);
    return train::fit(config, examples.train, model, progress, stop);
  }
  std::vector<float> first_weights() const { return tree::leaves(model)[0].to_vector<float>(); }
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
  const Score before = evaluate(run.config, run.examples.train, run.model);
  REQUIRE(run.fit());
  const Score after = evaluate(run.config, run.examples.train, run.model);
  CHECK(after.loss < before.loss / 2);
  CHECK(after.accuracy > 0.9);
  const auto& norm = std::get<nn::BatchNorm>(run.model.layers[3]);
  CHECK(norm.mean.to_vector<float>() != std::vector<float>(8, 0));
  CHECK(contains(run.shown.str(), "epoch 30/30"));
}

TEST_CASE("fit learns a quantity by the mean of squares") {
  Run run(quantities, points(true));
  CHECK(run.examples.classes == 0);
  REQUIRE(run.fit());
  CHECK(evaluate(run.config, run.examples.train, run.model).loss < 1e-3);
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
  CHECK_FALSE(run.fit([&asked] { return ++asked == 2; }));
  CHECK(asked == 2);
}

TEST_CASE("evaluation weighs batches by their examples") {
  std::string rows;
  for (int i = 0; i < 300; ++i) rows += i < 290 ? "1,0\n" : "1,1\n";
  Run run("data = { file = 'points.csv' }\nmodel = [{ dense = 2 }]\ntrain = {}\n", rows);
  auto& dense = std::get<nn::Linear>(run.model.layers[0]);
  dense.weight = zeros({1, 2});
  dense.bias = from(std::vector<float>{1, 0}, {2});
  const Score score = evaluate(run.config, run.examples.train, run.model);
  CHECK(score.accuracy == doctest::Approx(290 / 300.0));
  const double right = std::log(1 + std::exp(-1.0));
  CHECK(score.loss == doctest::Approx(right + 10 / 300.0).epsilon(1e-5));
  const std::vector<float> rows_of_two = predict(run.config, run.examples.train.x, run.model);
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
