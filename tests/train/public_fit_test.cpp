#include "support/temp_folder.h"

#include <koine/koine.h>
#include <koine/train.h>

#include <doctest/doctest.h>

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
