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
  nn::Stack model;
  History history;

  explicit Run(const std::string& text, const std::string& csv = points(false)) {
    folder.write("points.csv", csv);
    config = read_config(folder.write("c.toml", text));
    examples = load_examples(config);
    model = first_values(config, build_model(config, examples.facts()));
  }
  int64_t steps() const { return examples.train.batches(config.train.batch).steps(); }
  FitOptions options() const { return fit_options(config, examples); }
  bool fit(const FitOptions& options) {
    history = train::fit(config, examples, model, options);
    return history.complete;
  }
  bool fit() { return fit(options()); }
  std::vector<float> first_weights() const { return tree::leaves(model)[0].to_vector<float>(); }
  double figure(const data::Dataset& rows, const std::string& name) {
    for (const Figure& figure : evaluate(config, examples, rows, model))
      if (figure.name == name) return figure.value;
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

/// What comes of a run that is stopped after every update, each time in a process of its own as far as the state goes.
struct Parts {
  int count = 0;
  std::vector<float> weights;
  size_t epochs = 0;
};
Parts fit_in_parts(const std::string& config) {
  TempFolder folder;
  Parts parts;
  for (bool complete = false; !complete; ++parts.count) {
    Run part(config);
    FitOptions options = part.options();
    options.checkpoints = folder / "checkpoints";
    options.resume = true;
    options.stepped = [](const RunNumbers&) { return true; };
    complete = part.fit(options);
    parts.weights = part.first_weights();
    parts.epochs = part.history.epochs.size();
  }
  return parts;
}

}  // namespace

TEST_CASE("fit learns classes; the loss falls and the running statistics move") {
  Run run(classes);
  const double before = run.figure(run.examples.train, "loss");
  REQUIRE(run.fit());
  CHECK(run.figure(run.examples.train, "loss") < before / 2);
  CHECK(run.figure(run.examples.train, "accuracy") > 0.9);
  const auto& norm = std::get<nn::BatchNorm>(run.model.layers[3]);
  CHECK(norm.mean.to_vector<float>() != std::vector<float>(8, 0));
  CHECK(run.history.epochs.size() == 30);
  CHECK(run.history.last("accuracy") > 0.85);
  CHECK_THROWS_AS(run.history.last("f1"), ValueError);
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
  FitOptions options = run.options();
  int asked = 0;
  options.stepped = [&asked](const RunNumbers&) { return ++asked == 2; };
  CHECK_FALSE(run.fit(options));
  CHECK(asked == 2);
  CHECK(run.history.steps == 2);
  Run other(classes);
  options = other.options();
  options.epoch_ended = [](const EpochFigures& epoch) { return epoch.epoch == 3; };
  CHECK_FALSE(other.fit(options));
  CHECK(other.history.epochs.size() == 3);
}

TEST_CASE("a run that is stopped and goes on from its checkpoint ends with the same bits") {
  const std::string settings =
      classes + "schedule = { cosine = { warmup = 1 } }\naverage = 0.9\naccumulate = 2\nclip_norm = 0.5\n";
  std::string text = settings;
  text.replace(text.find("test = '48:'"), 12, "validate = 0.25");
  text.replace(text.find("epochs = 30"), 11, "epochs = 3");
  text.replace(text.find("batch = 20"), 10, "batch = 4");
  for (const std::string optimizer : {"adam", "sgd = { momentum = 0.9 }", "adamw = { amsgrad = true }",
                                      "adam = { lr = 0.02 } }\nprecision = 'float16'\n#"}) {
    std::string now = text;
    if (optimizer != "adam") now.replace(now.find("adam = { lr = 0.02 }"), 20, optimizer);
    Run whole(now);
    REQUIRE(whole.fit());
    const Parts parts = fit_in_parts(now);
    CHECK(parts.count >= 10);
    CHECK(parts.weights == whole.first_weights());
    CHECK(parts.epochs == 3);
  }
}

TEST_CASE("lbfgs: a config's run is that of an Lbfgs, resumed or not") {
  std::string text =
      "[data]\nfile = 'points.csv'\nvalidate = 0.25\n[[model]]\ndense = 8\nactivation = 'tanh'\n"
      "[[model]]\nbatch_norm = true\n[[model]]\ndense = 2\n[train]\nepochs = 6\nbatch = 48\n"
      "optimizer = { lbfgs = { lr = 0.7, iterations = 3, history = 4 } }\n";
  Run whole(text);
  REQUIRE(whole.fit());
  CHECK(whole.figure(whole.examples.train, "accuracy") > 0.85);

  Run direct(text);
  direct.config.data = {};
  optim::Lbfgs lbfgs{{.lr = 0.7, .iterations = 3, .history = 4}};
  const auto order = Key(0).fold_in(1);
  nn::Stack best;
  double least = INFINITY;
  for (const data::Batch& batch : direct.examples.train.batches(48, {.epochs = 6, .shuffle = order})) {
    const auto loss = [&](const nn::Stack& model, nn::Context& context) {
      return mean(cross_entropy(model(batch.x, context), batch.y));
    };
    nn::Context statistics(Key(7));
    loss(direct.model, statistics);
    direct.model = statistics.commit(direct.model);
    lbfgs.step(direct.model, [&](const nn::Stack& model) {
      nn::Context context(Key(7));
      return loss(model, context);
    });
    const double judged = direct.figure(direct.examples.validation, "loss");
    if (judged < least) best = direct.model;
    least = std::min(least, judged);
  }
  CHECK(tree::leaves(best)[0].to_vector<float>() == whole.first_weights());

  text += "average = 0.5\nschedule = { cosine = { warmup = 1 } }\nseed = 3\n";
  text.replace(text.find("[[model]]\nbatch_norm"), 0, "[[model]]\ndropout = 0.1\n");
  text.replace(text.find("batch = 48"), 10, "batch = 16");
  Run other(text);
  REQUIRE(other.fit());
  const Parts parts = fit_in_parts(text);
  CHECK(parts.count >= 18);
  CHECK(parts.weights == other.first_weights());
}

TEST_CASE("groups of weights are those of the optimiser") {
  std::string text = quantities;
  text.replace(text.find("sgd = { lr = 0.1, momentum = 0.5 } }"), 36,
               "adamw = { lr = 0.125, weight_decay = 0.5 } }, no_decay = '*weight', "
               "groups = [{ leaves = 'layers.0.bias', lr = 0.03125, weight_decay = 0.25 }]");
  text.replace(text.find("model = [{ dense = 1 }]"), 23, "model = [{ dense = 3 }, { dense = 1 }]");
  Run run(text, points(true)), direct(text, points(true));
  REQUIRE(run.fit());
  optim::AdamW adam{{.lr = 0.125,
                     .weight_decay = 0.5,
                     .groups = {{.leaves = "layers.0.bias", .lr = 0.25, .weight_decay = 0.25},
                                {.leaves = "*weight", .weight_decay = 0}}}};
  for (const data::Batch& batch : direct.examples.train.batches(8, {.epochs = 40, .shuffle = Key(0).fold_in(1)}))
    adam.step(direct.model, grad([&](const nn::Stack& model) {
                return nn::mse_loss(squeeze(model(batch.x), -1), batch.y);
              })(direct.model));
  const std::vector<Array> found = tree::leaves(run.model), wanted = tree::leaves(direct.model);
  for (size_t i = 0; i < found.size(); ++i) CHECK(found[i].to_vector<float>() == wanted[i].to_vector<float>());

  text.replace(text.find("lr = 0.03125, weight_decay = 0.25"), 33, "lr = 0");
  Run still(text, points(true));
  const std::vector<float> before = tree::leaves(still.model)[1].to_vector<float>();
  REQUIRE(still.fit());
  CHECK(tree::paths(still.model)[1] == "layers.0.bias");
  CHECK(tree::leaves(still.model)[1].to_vector<float>() == before);
  CHECK(still.first_weights() != run.first_weights());
}

TEST_CASE("a checkpoint of another run is refused with the setting that differs") {
  Run run(classes);
  TempFolder folder;
  FitOptions options = run.options();
  options.checkpoints = folder / "checkpoints";
  options.stepped = [](const RunNumbers&) { return true; };
  run.fit(options);
  const auto error = [&](const std::string& text) {
    Run other(text);
    FitOptions now = other.options();
    now.checkpoints = options.checkpoints;
    now.resume = true;
    now.stepped = options.stepped;
    return message_of<ConfigError>([&] { other.fit(now); });
  };
  CHECK(error(classes).empty());
  CHECK(error(classes + "output = 'elsewhere'\n").empty());
  CHECK(contains(error(classes + "clip_norm = 1\n"), "c.toml:18:"));
  CHECK(contains(error(classes + "clip_norm = 1\n"), "without train.clip_norm"));
  std::string batch = classes;
  batch.replace(batch.find("batch = 20"), 10, "batch = 10");
  CHECK(contains(error(batch), "began with train.batch as the number 20, now it is the number 10"));
  // What is no checkpoint of a run, though it is a checkpoint.
  io::Checkpoints(options.checkpoints).save(1000, run.model);
  CHECK_THROWS_AS(error(classes), FormatError);
}

TEST_CASE("validation: the best weights are kept, and a run without progress ends") {
  std::string text = classes + "patience = 3\nmonitor = 'accuracy'\nmetrics = ['f1', 'auc']\n";
  text.replace(text.find("test = '48:'"), 12, "validate = 0.25");
  text.replace(text.find("epochs = 30"), 11, "epochs = 500");
  Run run(text);
  CHECK(run.examples.train.size() == 36);
  CHECK(run.examples.validation.size() == 12);
  REQUIRE(run.fit());
  CHECK(run.history.stopped_early);
  CHECK(run.history.steps < 500 * run.steps());
  double best = 0;
  for (const EpochFigures& epoch : run.history.epochs)
    for (const Figure& figure : epoch.figures)
      if (figure.name == "val_accuracy") best = std::max(best, figure.value);
  CHECK(run.figure(run.examples.validation, "accuracy") == doctest::Approx(best));
  CHECK(run.history.last("val_f1") > 0);
  CHECK(contains(message_of<ConfigError>([&] {
                   std::string other = text;
                   other.replace(other.find("'accuracy'"), 10, "'r2'");
                   Run(other).fit();
                 }),
                 "there is no metric 'r2'; this run has loss, accuracy, f1, auc"));
}

TEST_CASE("figures without positives say so, and what cannot be watched is refused") {
  std::string rows;
  for (int i = 0; i < 40; ++i) rows += std::to_string(i % 5) + "," + (i < 20 && i % 2 ? "1" : "0") + "\n";
  Run run(
      "data = { file = 'points.csv', validate = '30:', train = '0:30' }\nmodel = [{ dense = 2 }]\n"
      "train = { epochs = 1, metrics = ['f1', 'recall', 'auc'] }\n",
      rows);
  REQUIRE(run.fit());
  // The last ten rows have one class alone, and the model may take some for the other.
  for (const Figure& figure : run.history.epochs[0].figures)
    if (figure.name == "val_auc" || figure.name == "val_recall") {
      CHECK(std::isnan(figure.value));
      CHECK(!shown(figure, "nan").find("undefined ("));
    }
  CHECK(shown({"f1", 0.5}, "0.5") == "0.5");
  const auto refused = [&](const std::string& settings) {
    return message_of<ConfigError>(
        [&] { Run("data = { file = 'points.csv' }\nmodel = [{ dense = 2 }]\ntrain = { " + settings + " }\n").fit(); });
  };
  CHECK(contains(refused("patience = 3"), "c.toml:3:"));
  CHECK(contains(refused("patience = 3"), "set validate under [data]"));
  CHECK(contains(refused("monitor = 'accuracy'"), "set validate under [data]"));
  CHECK(contains(refused("drop_last = true, batch = 100"), "64 rows to train on, fewer than a batch of 100"));
}

TEST_CASE("weights of classes: accumulated batches are one batch, also with one score for two classes") {
  const auto weights = [](const std::string& settings, int64_t outputs) {
    Run run("data = { file = 'points.csv' }\nmodel = [{ dense = " + std::to_string(outputs) + " }]\n" +
            "train = { epochs = 2, optimizer = { sgd = { lr = 0.5 } }, class_weights = [1, 4], " + settings + " }\n");
    REQUIRE(run.fit());
    return run.first_weights();
  };
  for (const auto& [loss, outputs] :
       {std::pair("loss = 'cross_entropy'", 2), std::pair("loss = 'binary_cross_entropy'", 1)}) {
    const std::vector<float> parts = weights(std::string(loss) + ", batch = 24, accumulate = 3", outputs);
    const std::vector<float> whole = weights(std::string(loss) + ", batch = 64", outputs);
    for (size_t i = 0; i < whole.size(); ++i) CHECK(parts[i] == doctest::Approx(whole[i]).epsilon(1e-4));
  }
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
  auto& dense = std::get<nn::Linear>(run.model.layers[0]);
  dense.weight = zeros({1, 2});
  dense.bias = from(std::vector<float>{1, 0}, {2});
  CHECK(run.figure(run.examples.train, "accuracy") == doctest::Approx(290 / 300.0));
  const double right = std::log(1 + std::exp(-1.0));
  CHECK(run.figure(run.examples.train, "loss") == doctest::Approx(right + 10 / 300.0).epsilon(1e-5));
  const std::vector<float> rows_of_two = predict(run.config, run.examples.train.x, run.model).to_vector<float>();
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
