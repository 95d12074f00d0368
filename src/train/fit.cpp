#include "train/fit.h"

#include "base/format.h"
#include "train/augment.h"
#include "train/losses.h"

#include <koine/metrics.h>
#include <koine/transform.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <variant>

namespace koine::train {

namespace {

// The random numbers of a run are those of keys that follow from its seed; 3 and 4 are those of row_split.cpp.
enum class Use : int64_t { first_values, order, layers, changes = 5 };
Key key_for(int64_t seed, Use use) { return Key(fold_in(Key(seed), static_cast<int64_t>(use))); }

constexpr int64_t evaluation_batch = 256;

nn::Stack clipped(const TrainConfig& config, nn::Stack grad) {
  if (config.clip_value > 0) grad = optim::clip_by_value(std::move(grad), config.clip_value);
  if (config.clip_norm > 0) grad = optim::clip_by_norm(std::move(grad), config.clip_norm).grad;
  return grad;
}

std::vector<Metric> running(const Config& config, const Sums& sums) {
  const auto n = static_cast<double>(sums.examples);
  std::vector<Metric> metrics{{"loss", sums.loss / n}};
  if (has_classes(config.train)) metrics.push_back({"accuracy", sums.right / n});
  return metrics;
}

bool larger_is_better(const std::string& metric) { return metric != "loss" && metric != "mae" && metric != "rmse"; }

double value_of(const Config& config, const std::vector<Metric>& metrics, const std::string& name) {
  for (const Metric& metric : metrics)
    if (metric.name == name) return metric.value;
  std::string known;
  for (const Metric& metric : metrics) known += cat(known.empty() ? "" : ", ", metric.name);
  config.fail("train.monitor", cat("there is no metric '", name, "'; this run has ", known));
}

/// A run while it goes.
class Fit {
 public:
  Fit(const Config& config, const Examples& examples, RunState& run, Progress& progress, const Control& control)
      : config_(config),
        examples_(examples),
        run_(run),
        progress_(progress),
        control_(control),
        layers_(key_for(config.train.seed, Use::layers)),
        changes_(key_for(config.train.seed, Use::changes)) {}

  bool go() {
    const int64_t steps = examples_.train.batches(config_.train.batch).steps();
    const int64_t first = run_.step / steps;
    if (first >= config_.train.epochs || run_.stopped_early) return true;
    const auto batches =
        examples_.train.batches(config_.train.batch, {.epochs = config_.train.epochs - first,
                                                      .shuffle = key_for(config_.train.seed, Use::order),
                                                      .first_epoch = first,
                                                      .first_step = run_.step % steps});
    progress_.begin_at(first, run_.step % steps);
    for (const auto& [x, y] : batches) {
      gradients_.add(learn(x, y));
      progress_.step(x.size(0), running(config_, run_.sums));
      const bool epoch_ends = ++run_.step % steps == 0;
      if (!epoch_ends && gradients_.count() < config_.train.accumulate) continue;
      update();
      if (epoch_ends) end_epoch(steps);
      control_.stepped(run_);
      if (run_.stopped_early) return true;
      if (control_.stop()) return false;
    }
    return true;
  }

 private:
  // The gradient of a batch; the model takes over its new state.
  nn::Stack learn(const Array& x, const Array& y) {
    const Array number = from(std::vector<int64_t>{run_.step}, {});
    const Array input = augmented(config_, as_input(config_, x), Key(fold_in(changes_, number)));
    auto [value, grad] = value_and_grad(
        [&](const nn::Stack& now) {
          nn::Context context(Key(fold_in(layers_, number)));
          const Judged judged = judge(config_.train, now(input, context), y);
          return std::tuple(judged.loss, judged.right, context.commit(now));
        },
        run_.arrays.model);
    run_.arrays.model = std::move(std::get<2>(value));
    // Reading the loss computes what is pending, so that nothing is left from one batch to the next.
    const double loss = std::get<0>(value).template item<double>();
    if (!std::isfinite(loss))
      throw ValueError(cat("the loss is ", loss, " after ", run_.step,
                           " batches: take a smaller lr, clip_norm = 1 under [train], or a schedule with warmup; "
                           "inputs of very different sizes do this too"));
    const auto n = static_cast<double>(x.size(0));
    run_.sums.loss += loss * n;
    run_.sums.right += std::get<1>(value).template item<double>();
    run_.sums.examples += x.size(0);
    return grad;
  }

  void update() {
    const nn::Stack grad = clipped(config_.train, gradients_.take());
    std::visit([&](auto& optimizer) { optimizer.step(run_.arrays.model, grad); }, run_.arrays.optimizer);
    if (config_.train.average > 0) run_.arrays.average.update(run_.arrays.model);
  }

  void end_epoch(int64_t steps) {
    std::vector<Metric> metrics = running(config_, run_.sums);
    double watched = metrics[0].value;
    if (examples_.validation.x.defined()) {
      const std::vector<Metric> judged = evaluate(config_, examples_.validation, run_.judged(), examples_.unit());
      watched = judged[0].value;
      compare(value_of(config_, judged, config_.train.monitor));
      for (const Metric& metric : judged) metrics.push_back({"val_" + metric.name, metric.value});
    }
    progress_.end_epoch(metrics);
    control_.epoch(run_, metrics);
    if (std::holds_alternative<PlateauSchedule>(config_.train.schedule))
      set_rate(run_.arrays.optimizer, config_.train, steps, run_.plateau.observe(watched));
    run_.sums = {};
  }

  void compare(double value) {
    const bool better =
        std::isnan(run_.best) || (larger_is_better(config_.train.monitor) ? value > run_.best : value < run_.best);
    if (better) {
      run_.best = value;
      run_.arrays.best = run_.judged();
      run_.epochs_since_best = 0;
    } else if (++run_.epochs_since_best >= config_.train.patience && config_.train.patience > 0) {
      run_.stopped_early = true;
    }
  }

  const Config& config_;
  const Examples& examples_;
  RunState& run_;
  Progress& progress_;
  const Control& control_;
  Key layers_, changes_;
  optim::Accumulator<nn::Stack> gradients_;
};

}  // namespace

nn::Stack first_values(nn::Stack model, int64_t seed) {
  return nn::init(std::move(model), key_for(seed, Use::first_values));
}

bool fit(const Config& config, const Examples& examples, RunState& run, Progress& progress, const Control& control) {
  return Fit(config, examples, run, progress, control).go();
}

std::vector<Metric> evaluate(const Config& config, const data::Dataset& examples, const nn::Stack& model, double unit) {
  double loss = 0;
  std::vector<Array> outputs;
  for (const auto& [x, y] : examples.batches(evaluation_batch)) {
    const Array output = model(as_input(config, x));
    loss += judge(config.train, output, y).loss.item<double>() * static_cast<double>(x.size(0));
    outputs.push_back(output);
  }
  std::vector<Metric> metrics{{"loss", loss / static_cast<double>(examples.size())}};
  for (Metric& metric :
       figures(config.train, outputs.size() == 1 ? outputs[0] : concatenate(outputs, {.axis = 0}), examples.y, unit))
    metrics.push_back(std::move(metric));
  return metrics;
}

Array predict(const Config& config, const Array& x, const nn::Stack& model) {
  std::vector<Array> outputs;
  for (const auto& [part, none_of_it] : data::Dataset{x, {}}.batches(evaluation_batch)) {
    const Array output = predicted(config.train, model(as_input(config, part)));
    output.data();  // a batch at a time
    outputs.push_back(output);
  }
  return outputs.size() == 1 ? outputs[0] : concatenate(outputs, {.axis = 0});
}

}  // namespace koine::train
