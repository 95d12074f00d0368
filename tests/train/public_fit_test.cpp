#include "support/temp_folder.h"

#include <koine/koine.h>
#include <koine/train.h>

#include <doctest/doctest.h>

#include <cmath>

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

struct Net {
  nn::Linear in{2, 16}, out{16, 2};
  Array operator()(const Array& x) const { return out(tanh(in(x))); }
};

// Points of the plane and whether they lie within a circle.
data::Dataset circle(int64_t key, int64_t n = 200) {
  const Array x = uniform(Key(key), {.shape = {n, 2}, .low = -1, .high = 1});
  return {x, cast(sum(square(x), {.axis = 1}) < 0.5, {.dtype = int64})};
}

const auto loss = train::supervised([](const Array& output, const Array& y) { return mean(cross_entropy(output, y)); });

train::FitOptions options() {
  return {.epochs = 40, .batch = 20, .metrics = {train::accuracy()}, .show = train::Show::nothing};
}

std::vector<float> trained(const train::FitOptions& options, train::History* history = nullptr) {
  Net net = nn::init(Net{}, Key{0});
  optim::Adam adam{{.lr = 2e-2}};
  const train::History made = train::fit(net, adam, circle(1), loss, options);
  if (history) *history = made;
  return net.in.weight.to_vector<float>();
}

}  // namespace

TEST_CASE("train::fit: a model of one's own learns, and callbacks see every epoch") {
  Net net = nn::init(Net{}, Key{0});
  optim::Adam adam{{.lr = 2e-2}};
  train::FitOptions how = options();
  how.validation = circle(2);
  std::vector<int64_t> epochs;
  how.epoch_ended = [&](const train::EpochFigures& epoch) {
    epochs.push_back(epoch.epoch);
    return false;
  };
  const train::History history = train::fit(net, adam, circle(1), loss, how);
  CHECK(history.complete);
  CHECK(history.steps == 400);
  CHECK(epochs.size() == 40);
  CHECK(epochs.back() == 40);
  CHECK(history.last("accuracy") > 0.9);
  const train::Figures judged = train::evaluate(net, circle(3), loss, {train::accuracy()});
  CHECK(judged[1].name == "accuracy");
  CHECK(judged[1].value > 0.88);
  CHECK(adam.steps.item<int64_t>() == 400);
}

TEST_CASE("train::fit: a loss without outputs, early stopping and what cannot be") {
  Net net = nn::init(Net{}, Key{0});
  optim::Sgd sgd{{.lr = 1e-30}};
  const auto plain = [](const Net& model, const data::Batch& batch, nn::Context&) {
    return mean(cross_entropy(model(batch.x), batch.y));
  };
  train::FitOptions how{.epochs = 100, .validation = circle(2), .patience = 3, .show = train::Show::nothing};
  const train::History history = train::fit(net, sgd, circle(1), plain, how);
  CHECK(history.stopped_early);
  CHECK(history.epochs.size() <= 5);
  how.monitor = "acuracy";
  CHECK(contains(message_of<ValueError>([&] { train::fit(net, sgd, circle(1), plain, how); }), "this run has loss"));
  how.metrics = {train::accuracy()};
  how.monitor = "loss";
  CHECK(contains(message_of<ValueError>([&] { train::fit(net, sgd, circle(1), plain, how); }), "train::Judged"));
  how = {.epochs = 0, .show = train::Show::nothing};
  CHECK_THROWS_AS(train::fit(net, sgd, circle(1), plain, how), ValueError);
  const auto nothing = [](const Net& model, const data::Batch& batch, nn::Context&) {
    return mean(log(model(batch.x) - 1e9));
  };
  how = {.show = train::Show::nothing};
  CHECK(contains(message_of<ValueError>([&] { train::fit(net, sgd, circle(1), nothing, how); }), "smaller lr"));
}

TEST_CASE("train::fit: the same bits however many batches are prepared ahead, and when it is resumed") {
  train::FitOptions how = options();
  how.epochs = 5;
  how.change = [](const data::Batch& batch, const Key& key) {
    return data::Batch{batch.x + normal(key, {.shape = batch.x.shape()}) * 0.1, batch.y};
  };
  how.ahead = 0;
  const std::vector<float> weights = trained(how);
  for (const int64_t ahead : {1, 2, 5}) {
    how.ahead = ahead;
    CHECK(trained(how) == weights);
  }
  TempFolder folder;
  how.checkpoints = folder / "checkpoints";
  how.resume = true;
  how.events = folder / "events";
  int64_t count = 0;
  how.stepped = [&](const train::RunNumbers&) { return ++count % 7 == 0; };
  train::History history{.complete = false};
  std::vector<float> last;
  for (int parts = 0; !history.complete && parts < 20; ++parts) last = trained(how, &history);
  CHECK(history.complete);
  CHECK(count > 40);
  CHECK(last == weights);
  // A run that is complete ends again as it did.
  how.stepped = {};
  CHECK(trained(how, &history) == weights);
  CHECK(history.epochs.size() == 5);
  how.resume = true;
  Net net = nn::init(Net{}, Key{0});
  optim::Adam adam;
  CHECK(contains(message_of<ValueError>([&] { train::fit(net, adam, circle(1, 100), loss, how); }), "200 examples"));
}

TEST_CASE("train::fit: an optimiser that takes the loss itself, and what it cannot be combined with") {
  Net net = nn::init(Net{}, Key{0});
  optim::Lbfgs lbfgs;
  train::FitOptions how = options();
  how.epochs = 6;
  how.batch = 200;
  const train::History history = train::fit(net, lbfgs, circle(1), loss, how);
  CHECK(history.last("accuracy") > 0.9);
  CHECK(lbfgs.numbers.to_vector<double>()[3] == 6);
  how.plateau = optim::PlateauOptions{};
  CHECK(train::fit(net, lbfgs, circle(1), loss, how).complete);
  const auto refused = [&](auto set) {
    train::FitOptions wrong = options();
    set(wrong);
    return message_of<ValueError>([&] { train::fit(net, lbfgs, circle(1), loss, wrong); });
  };
  CHECK(contains(refused([](auto& wrong) { wrong.accumulate = 2; }), "takes the loss itself"));
  CHECK(contains(refused([](auto& wrong) { wrong.precision = float16; }), "takes the loss itself"));
  CHECK(contains(refused([](auto& wrong) { wrong.clip_norm = 1; }), "takes the loss itself"));
  CHECK(contains(refused([](auto& wrong) { wrong.clip_value = 1; }), "takes the loss itself"));
}

TEST_CASE("train::fit: what preparing a batch throws comes out") {
  train::FitOptions how = options();
  how.change = [](const data::Batch&, const Key&) -> data::Batch { throw IoError("the disk is gone"); };
  CHECK_THROWS_AS(trained(how), IoError);
}

TEST_CASE("train::fit: halves, averages and plateaus learn too") {
  for (const DType precision : {float16, bfloat16}) {
    train::FitOptions how = options();
    how.precision = precision;
    how.average = 0.9;
    how.plateau = optim::PlateauOptions{};
    train::History history;
    trained(how, &history);
    CHECK(history.last("accuracy") > 0.85);
  }
}

TEST_CASE("train::fit: accumulated batches of any size give the gradient of one batch") {
  // 50 examples in batches of 20: the last has 10, and the step is that of all at once.
  const data::Dataset examples = circle(1, 50);
  const auto step = [&](int64_t batch, int64_t accumulate, const auto& how_lost) {
    Net net = nn::init(Net{}, Key{0});
    optim::Sgd sgd{{.lr = 1}};
    train::History history = train::fit(
        net, sgd, examples, how_lost,
        {.epochs = 1, .batch = batch, .shuffle = false, .accumulate = accumulate, .show = train::Show::nothing});
    return std::pair(net.in.weight.to_vector<double>(), history.last("loss"));
  };
  const auto check_same = [](const auto& a, const auto& b) {
    CHECK(a.second == doctest::Approx(b.second).epsilon(1e-5));
    for (size_t i = 0; i < a.first.size(); ++i) CHECK(a.first[i] == doctest::Approx(b.first[i]).epsilon(1e-5));
  };
  check_same(step(20, 3, loss), step(50, 1, loss));
  check_same(step(7, 100, loss), step(50, 1, loss));
  // A mean over other weights than the number of examples says so.
  const auto by_class = [](const Net& model, const auto& batch, nn::Context&) {
    const Array weight = cast(batch.y, {.dtype = float32}) * 3 + 1;
    return train::mean_loss(cross_entropy(model(batch.x), batch.y), weight, {});
  };
  check_same(step(20, 3, by_class), step(50, 1, by_class));
}

TEST_CASE("train::fit: examples of weight 0 are as if they were not there") {
  data::Dataset all = circle(1, 60);
  std::vector<float> weight;
  Ints kept;
  for (int64_t i = 0; i < 60; ++i) {
    weight.push_back(i % 3 == 0 ? 0 : 1);
    if (i % 3 != 0) kept.push_back(i);
  }
  const data::Dataset some = all.take(kept);
  all.weight = from(weight, {60});
  CHECK(all.split(10).second.weight.shape() == Shape{50});
  const auto each = train::supervised([](const Array& output, const Array& y) { return cross_entropy(output, y); });
  const auto run = [&](const data::Dataset& examples, const auto& how_lost) {
    Net net = nn::init(Net{}, Key{0});
    optim::Sgd sgd{{.lr = 1}};
    train::fit(net, sgd, examples, how_lost,
               {.epochs = 3, .batch = 30, .shuffle = false, .accumulate = 2, .show = train::Show::nothing});
    return std::pair(net.in.weight.to_vector<double>(), train::evaluate(net, examples, how_lost)[0].value);
  };
  const auto a = run(all, each), b = run(some, each), c = run(some, loss);
  for (size_t i = 0; i < a.first.size(); ++i) {
    CHECK(a.first[i] == doctest::Approx(b.first[i]).epsilon(1e-5));
    CHECK(b.first[i] == doctest::Approx(c.first[i]).epsilon(1e-5));
  }
  CHECK(a.second == doctest::Approx(b.second).epsilon(1e-5));
  CHECK(contains(message_of<ShapeError>([&] { run(all, loss); }), "leave out the mean"));
  all.weight = zeros({60});
  CHECK(run(all, each).first.size() == 32);
}

TEST_CASE("train::fit: a second run with the same optimiser goes on with other orders and masks") {
  const auto losses = [](Net& net, optim::Sgd& sgd, int64_t epochs) {
    std::vector<double> seen;
    const auto watched = [&](const Net& model, const data::Batch& batch, nn::Context& context) {
      Array out = model(batch.x);
      if (context.training()) out = dropout(out, context.next_key(), {.rate = 0.5});
      Array lost = mean(cross_entropy(out, batch.y));
      seen.push_back(stop_gradient(lost).item<double>());
      return lost;
    };
    train::fit(net, sgd, circle(1), watched, {.epochs = epochs, .batch = 50, .show = train::Show::nothing});
    return seen;
  };
  Net net = nn::init(Net{}, Key{0});
  optim::Sgd sgd{{.lr = 0}}, fresh{{.lr = 0}};
  const std::vector<double> first = losses(net, sgd, 1), second = losses(net, sgd, 1);
  CHECK(first.size() == 4);
  CHECK(first != second);
  CHECK(losses(net, sgd, 1) != second);
  CHECK(losses(net, fresh, 1) == first);
}

TEST_CASE("train::fit: a complete run goes on with more epochs as if it had had them") {
  train::FitOptions how = options();
  how.epochs = 6;
  const std::vector<float> whole = trained(how);
  TempFolder folder;
  how.checkpoints = folder / "checkpoints";
  how.resume = true;
  how.epochs = 4;
  train::History history;
  CHECK(trained(how, &history) != whole);
  how.epochs = 6;
  CHECK(trained(how, &history) == whole);
  CHECK(history.epochs.size() == 6);
  how.epochs = 5;
  CHECK(contains(message_of<ValueError>([&] { trained(how); }), "has seen 6 epochs"));
  // One that begins anew forgets it.
  how.resume = false;
  trained(how);
  how.resume = true;
  how.epochs = 6;
  CHECK(trained(how) == whole);
}

TEST_CASE("train::fit: what cannot be watched is refused, and what is no number is not better") {
  Net net = nn::init(Net{}, Key{0});
  optim::Sgd sgd{{.lr = 1e-3}};
  train::FitOptions how{.epochs = 20, .patience = 2, .show = train::Show::nothing};
  CHECK(contains(message_of<ValueError>([&] { train::fit(net, sgd, circle(1), loss, how); }), "there is none"));
  how.patience = 0;
  how.metrics = {train::accuracy()};
  how.monitor = "accuracy";
  CHECK(contains(message_of<ValueError>([&] { train::fit(net, sgd, circle(1), loss, how); }), "there is none"));
  how.metrics = {
      {.name = "never", .of = [](const Array&, const Array&) { return std::nan(""); }, .undefined = "no reason"}};
  how.monitor = "never";
  how.patience = 3;
  how.validation = circle(2);
  const train::History history = train::fit(net, sgd, circle(1), loss, how);
  CHECK(history.stopped_early);
  CHECK(history.epochs.size() == 3);
  CHECK(history.epochs[0].figures.back().undefined == "no reason");
  optim::Plateau plateau{.options = {.patience = 0}};
  CHECK(plateau.observe(1) == 1);
  CHECK(plateau.observe(std::nan("")) < 1);
}

TEST_CASE("train::fit: a left-over example that a layer cannot learn from is an error before the first step") {
  struct Normed {
    nn::Linear in{2, 8};
    nn::BatchNorm norm{8};
    nn::Linear out{8, 2};
    Array operator()(const Array& x, nn::Context& context) const { return out(tanh(norm(in(x), context))); }
  };
  Normed net = nn::init(Normed{}, Key{0});
  optim::Sgd sgd;
  train::FitOptions how{.epochs = 1, .batch = 20, .show = train::Show::nothing};
  int64_t steps = 0;
  how.stepped = [&](const train::RunNumbers&) { return ++steps < 0; };
  CHECK(contains(message_of<ShapeError>([&] { train::fit(net, sgd, circle(1, 41), loss, how); }), "drop_last"));
  CHECK(steps == 0);
  how.drop_last = true;
  CHECK(train::fit(net, sgd, circle(1, 41), loss, how).steps == 2);
  how.batch = 50;
  CHECK(
      contains(message_of<ValueError>([&] { train::fit(net, sgd, circle(1, 41), loss, how); }), "fewer than a batch"));
}
