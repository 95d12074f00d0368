#include "train/fit.h"

#include "train/optimizer.h"

#include <koine/gradients.h>
#include <koine/transform.h>

#include <tuple>
#include <variant>

namespace koine::train {

namespace {

// The random numbers of a run are those of three keys that follow from its seed.
enum class Use : int64_t { first_values, order, layers };
Key key_for(int64_t seed, Use use) { return Key(fold_in(Key(seed), static_cast<int64_t>(use))); }

constexpr int64_t evaluation_batch = 256;

bool has_classes(const Config& config) { return config.train.loss == "cross_entropy"; }

/// What a step is judged by.
struct Judged {
  Array loss;
  /// How many examples are right.
  Array right;
};
Judged judge(const Config& config, const Array& output, const Array& y) {
  if (has_classes(config)) return {mean(cross_entropy(output, y)), sum(argmax(output, {.axis = -1}) == y)};
  return {mean(square(squeeze(output, -1) - y)), array({0})};
}

optim::PlateauOptions plateau_of(const TrainConfig& config) {
  const auto* plateau = std::get_if<PlateauSchedule>(&config.schedule);
  if (!plateau) return {};
  return {plateau->factor, plateau->patience, plateau->threshold, plateau->cooldown, plateau->least};
}

nn::Stack clipped(const TrainConfig& config, nn::Stack grad) {
  if (config.clip_value > 0) grad = optim::clip_by_value(std::move(grad), config.clip_value);
  if (config.clip_norm > 0) grad = optim::clip_by_norm(std::move(grad), config.clip_norm).grad;
  return grad;
}

// Sums over examples of what single batches give as means and counts.
struct Sums {
  double loss = 0, right = 0;
  int64_t examples = 0;

  void add(const Array& mean_loss, const Array& correct, int64_t n) {
    loss += mean_loss.item<double>() * static_cast<double>(n);
    right += correct.item<double>();
    examples += n;
  }
  Score score() const {
    const auto n = static_cast<double>(examples);
    return {loss / n, right / n};
  }
};

std::vector<Metric> metrics_of(const Config& config, const Score& score) {
  std::vector<Metric> metrics{{"loss", score.loss}};
  if (has_classes(config)) metrics.push_back({"accuracy", score.accuracy});
  return metrics;
}

}  // namespace

nn::Stack first_values(nn::Stack model, int64_t seed) {
  return nn::init(std::move(model), key_for(seed, Use::first_values));
}

bool fit(const Config& config, const data::Dataset& examples, nn::Stack& model, Progress& progress,
         const std::function<bool()>& stop) {
  const Key layers = key_for(config.train.seed, Use::layers);
  const auto batches = examples.batches(
      config.train.batch, {.epochs = config.train.epochs, .shuffle = key_for(config.train.seed, Use::order)});
  const int64_t steps = batches.steps();
  Optimizer optimizer = make_optimizer(config.train, steps);
  optim::Plateau plateau{plateau_of(config.train)};
  optim::Accumulator<nn::Stack> gradients;
  optim::Average<nn::Stack> average{.decay = config.train.average};
  Sums sums;
  int64_t step = 0;
  bool complete = true;
  for (const auto& [x, y] : batches) {
    const Array number = from(std::vector<int64_t>{step}, {});
    auto [value, grad] = value_and_grad(
        [&](const nn::Stack& now) {
          nn::Context context(Key(fold_in(layers, number)));
          const Judged judged = judge(config, now(x, context), y);
          return std::tuple(judged.loss, judged.right, context.commit(now));
        },
        model);
    model = std::move(std::get<2>(value));
    gradients.add(grad);
    if (gradients.count() == config.train.accumulate || (step + 1) % steps == 0) {
      const nn::Stack all = clipped(config.train, gradients.take());
      std::visit([&](auto& one) { one.step(model, all); }, optimizer);
      if (config.train.average > 0) average.update(model);
    }
    // Reading the loss computes the whole step, so that nothing is left pending from one step to the next.
    sums.add(std::get<0>(value), std::get<1>(value), x.size(0));
    progress.step(x.size(0), metrics_of(config, sums.score()));
    if (++step % steps == 0) {
      progress.end_epoch(metrics_of(config, sums.score()));
      if (std::holds_alternative<PlateauSchedule>(config.train.schedule))
        set_rate(optimizer, config.train, steps, plateau.observe(sums.score().loss));
      sums = {};
    }
    if (stop()) {
      complete = false;
      break;
    }
  }
  if (average.begun) model = average.model;
  return complete;
}

Score evaluate(const Config& config, const data::Dataset& examples, const nn::Stack& model) {
  Sums sums;
  for (const auto& [x, y] : examples.batches(evaluation_batch)) {
    const Judged judged = judge(config, model(x), y);
    sums.add(judged.loss, judged.right, x.size(0));
  }
  return sums.score();
}

std::vector<float> predict(const Config& config, const Array& x, const nn::Stack& model) {
  std::vector<float> all;
  for (const auto& [part, none_of_it] : data::Dataset{x, {}}.batches(evaluation_batch)) {
    const Array output = model(part);
    const std::vector<float> rows = (has_classes(config) ? softmax(output) : output).to_vector<float>();
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace koine::train
