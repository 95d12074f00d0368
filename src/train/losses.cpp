#include "train/losses.h"

#include "train/examples.h"

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

// What the model gives in the shape of what it is compared with.
Array like_labels(const Array& output, const Array& y) {
  return output.rank() == y.rank() + 1 && same(output.shape().back(), 1) ? squeeze(output, -1) : output;
}

// A score for each of two classes from one score.
Array both_scores(const Array& output) {
  const Array score = flat(output);
  return stack({-score / 2, score / 2}, 1);
}

// Classes as they were before examples were mixed: the likeliest.
Array hard(const Array& scores, const Array& y) {
  return is_floating(y.dtype()) && y.rank() == scores.rank() ? argmax(y, {.axis = -1}) : y;
}

// Every pair of a batch, (batch, batch, size) both ways, without those of an example with itself.
struct Pairs {
  Array first, second, same;
};
Pairs all_pairs(const Array& output, const Array& y) {
  const int64_t n = output.size(0);
  std::vector<int64_t> a, b;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = i + 1; j < n; ++j) {
      a.push_back(i);
      b.push_back(j);
    }
  if (a.empty()) return {output, output, y == y};
  const auto count = static_cast<int64_t>(a.size());
  const Array i = from(a, {count}), j = from(b, {count});
  return {gather(output, i, {.axis = 0}), gather(output, j, {.axis = 0}),
          gather(y, i, {.axis = 0}) == gather(y, j, {.axis = 0})};
}

// How far each example is from those of its class, on the mean, against each example of another. The hardest ones alone
// would draw all to one point.
Array triplets(const Array& output, const Array& y) {
  const Array difference = expand_dims(output, 0) - expand_dims(output, 1);
  const Array distance = sqrt(sum(square(difference), {.axis = -1}) + 1e-12);
  const Array positive = cast(expand_dims(y, 0) == expand_dims(y, 1), {.dtype = output.dtype()});
  const Array negative = 1 - positive;
  const Array near = sum(distance * positive, {.axis = 1}) / maximum(sum(positive, {.axis = 1}) - 1, 1);
  return sum(relu(expand_dims(near, 1) - distance + 1) * negative) / maximum(sum(negative), 1);
}

Array ctc(const Array& output, const Array& y) {
  // Labels are filled up with numbers below 0.
  const Array lengths = sum(cast(y >= 0, {.dtype = int64}), {.axis = 1});
  const Array steps = full({.shape = {output.shape()[0]}, .value = output.size(1), .dtype = int64});
  return nn::ctc_loss(output, y, steps, lengths, {.zero_infinity = true});
}

}  // namespace

bool has_classes(const TrainConfig& config) {
  return config.loss != "mse" && config.loss != "mae" && config.loss != "huber" && config.loss != "kl_divergence";
}

bool predicts_classes(const TrainConfig& config) {
  return config.loss == "cross_entropy" || config.loss == "binary_cross_entropy";
}

Array ConfigLoss::of(const Array& output, const Array& y) const {
  const TrainConfig& train = config_.train;
  if (train.loss == "cross_entropy") {
    if (train.label_smoothing == 0 && !weights_.defined() && !(is_floating(y.dtype()) && y.rank() == output.rank()))
      return mean(cross_entropy(output, y));
    return nn::cross_entropy_loss(output, y, {.smoothing = train.label_smoothing, .weights = weights_});
  }
  if (train.loss == "binary_cross_entropy") {
    const Array score = like_labels(output, y);
    return nn::binary_cross_entropy(score, cast(y, {.dtype = score.dtype()}), {.smoothing = train.label_smoothing});
  }
  if (train.loss == "ctc") return ctc(output, y);
  if (train.loss == "triplet") return triplets(output, y);
  if (train.loss == "contrastive") {
    const Pairs pairs = all_pairs(output, y);
    return nn::contrastive_loss(pairs.first, pairs.second, pairs.same);
  }
  if (train.loss == "kl_divergence") return nn::kl_divergence(log_softmax(output), y);
  const Array value = like_labels(output, y);
  if (train.loss == "mae") return nn::mae_loss(value, y);
  return train.loss == "huber" ? nn::huber_loss(value, y, train.huber_delta) : nn::mse_loss(value, y);
}

Judged ConfigLoss::operator()(const nn::Stack& model, const data::Batch& batch, nn::Context& context) const {
  const Array x = batch.x.dtype() == uint8 ? as_input(config_, batch.x) : batch.x;
  Array output = model(x, context);
  const SourceScope scope(line_);
  // The loss is computed in full precision whatever the layers compute in.
  if (is_floating(output.dtype()) && size_of(output.dtype()) < 4) output = cast(output, {.dtype = float32});
  return {of(output, batch.y), output};
}

std::vector<Metric> metrics_of(const TrainConfig& config, double unit) {
  std::vector<Metric> list;
  const auto wants = [&](std::string_view name) {
    return std::find(config.metrics.begin(), config.metrics.end(), name) != config.metrics.end();
  };
  if (config.loss == "cross_entropy" || config.loss == "binary_cross_entropy") {
    const bool binary = config.loss == "binary_cross_entropy";
    // All metrics of classes see (all, classes) and (all).
    const auto classes = [&](std::string name, auto of, bool larger = true, bool running = false) {
      list.push_back({std::move(name),
                      [of, binary](const Array& output, const Array& y) {
                        return binary ? of(both_scores(output), cast(round(flat(y)), {.dtype = int64}))
                                      : of(flat_scores(output), flat(hard(output, y)));
                      },
                      larger, running});
    };
    classes("accuracy", metrics::accuracy, true, true);
    for (const int64_t k : {2, 3, 5})
      if (wants("top_" + std::to_string(k)))
        classes("top_" + std::to_string(k), [k](const Array& scores, const Array& labels) {
          return metrics::top_k_accuracy(scores, labels, std::min<int64_t>(k, scores.size(1)));
        });
    const auto score = [&](const char* name, double metrics::ClassScore::* member) {
      if (wants(name))
        classes(name, [member](const Array& scores, const Array& labels) {
          return metrics::over_classes(metrics::confusion(scores, labels)).*member;
        });
    };
    score("precision", &metrics::ClassScore::precision);
    score("recall", &metrics::ClassScore::recall);
    score("f1", &metrics::ClassScore::f1);
    if (wants("auc")) classes("auc", metrics::auc_over_classes);
    if (wants("perplexity"))
      classes(
          "perplexity",
          [](const Array& scores, const Array& labels) {
            return std::exp(mean(cross_entropy(scores, labels)).item<double>());
          },
          false);
    return list;
  }
  if (has_classes(config) || config.loss == "kl_divergence") return list;
  const auto quantities = [&](std::string name, auto of, double times, bool larger) {
    list.push_back({std::move(name),
                    [of, times](const Array& output, const Array& y) { return times * of(like_labels(output, y), y); },
                    larger, false});
  };
  if (wants("mae")) quantities("mae", metrics::mean_absolute_error, unit, false);
  if (wants("rmse")) quantities("rmse", metrics::root_mean_squared_error, unit, false);
  quantities("r2", metrics::r2, 1, true);
  return list;
}

Array predicted(const TrainConfig& config, const Array& output) {
  if (config.loss == "cross_entropy" || config.loss == "kl_divergence") return softmax(output);
  if (config.loss == "binary_cross_entropy") {
    const Array p = sigmoid(flat(output));
    return stack({1 - p, p}, 1);
  }
  return output.rank() == 2 && same(output.shape()[1], 1) ? squeeze(output, -1) : output;
}

}  // namespace koine::train
