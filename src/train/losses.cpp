#include "train/losses.h"

#include <koine/metrics.h>
#include <koine/nn/losses.h>
#include <koine/ops.h>

#include <algorithm>
#include <cmath>

namespace koine::train {

namespace {

// Scores (batch, ..., classes) and labels (batch, ...) as (all, classes) and (all).
Array flat_scores(const Array& scores) { return reshape(scores, {.shape = {-1, scores.shape().back()}}); }
Array flat(const Array& x) { return reshape(x, {.shape = {-1}}); }

// One number an example.
Array quantity(const Array& output) { return output.rank() > 1 ? squeeze(output, -1) : output; }

}  // namespace

bool has_classes(const TrainConfig& config) { return config.loss == "cross_entropy"; }

Judged judge(const TrainConfig& config, const Array& output, const Array& y) {
  if (has_classes(config)) {
    const Array loss = config.label_smoothing == 0
                           ? mean(cross_entropy(output, y))
                           : nn::cross_entropy_loss(output, y, {.smoothing = config.label_smoothing});
    // The mean for each example, where an example has several labels.
    const Array right = cast(argmax(output, {.axis = -1}) == y, {.dtype = float32});
    return {loss,
            right.rank() == 1 ? sum(right) : sum(mean(reshape(right, {.shape = {right.shape()[0], -1}}), {.axis = 1}))};
  }
  const Array value = quantity(output);
  const Array loss = config.loss == "mae"     ? nn::mae_loss(value, y)
                     : config.loss == "huber" ? nn::huber_loss(value, y)
                                              : nn::mse_loss(value, y);
  return {loss, zeros({})};
}

std::vector<Metric> figures(const TrainConfig& config, const Array& output, const Array& y, double unit) {
  std::vector<Metric> list;
  const auto wants = [&](std::string_view name) {
    return std::find(config.metrics.begin(), config.metrics.end(), name) != config.metrics.end();
  };
  if (has_classes(config)) {
    const Array scores = flat_scores(output), labels = flat(y);
    list.push_back({"accuracy", metrics::accuracy(scores, labels)});
    if (wants("top_5"))
      list.push_back({"top_5", metrics::top_k_accuracy(scores, labels, std::min<int64_t>(5, scores.size(1)))});
    if (wants("f1") || wants("precision") || wants("recall")) {
      const metrics::ClassScore all = metrics::over_classes(metrics::confusion(scores, labels));
      if (wants("precision")) list.push_back({"precision", all.precision});
      if (wants("recall")) list.push_back({"recall", all.recall});
      if (wants("f1")) list.push_back({"f1", all.f1});
    }
    if (wants("auc")) list.push_back({"auc", metrics::auc_over_classes(scores, labels)});
    if (wants("perplexity"))
      list.push_back({"perplexity", std::exp(mean(cross_entropy(scores, labels)).item<double>())});
    return list;
  }
  const Array values = quantity(output);
  if (wants("mae")) list.push_back({"mae", unit * metrics::mean_absolute_error(values, y)});
  if (wants("rmse")) list.push_back({"rmse", unit * metrics::root_mean_squared_error(values, y)});
  list.push_back({"r2", metrics::r2(values, y)});
  return list;
}

Array predicted(const TrainConfig& config, const Array& output) {
  return has_classes(config) ? softmax(output) : quantity(output);
}

}  // namespace koine::train
