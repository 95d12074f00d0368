#include "train/losses.h"

#include "train/examples.h"

#include <koine/metrics.h>
#include <koine/nn/losses.h>
#include <koine/ops.h>

#include <algorithm>
#include <cmath>

namespace koine::train {

namespace {

// What the model gives in the shape of what it is compared with.
Array like_labels(const Array& output, const Array& y) {
  return output.rank() == y.rank() + 1 && same(output.shape().back(), 1) ? squeeze(output, -1) : output;
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
  // Of each example the mean over its labels.
  const Array losses =
      nn::ctc_loss(output, y, steps, lengths, {.reduction = nn::Reduction::none, .zero_infinity = true});
  return losses / maximum(cast(lengths, {.dtype = losses.dtype()}), 1);
}

}  // namespace

bool has_classes(const TrainConfig& config) {
  return config.loss != "mse" && config.loss != "mae" && config.loss != "huber" && config.loss != "kl_divergence";
}

bool predicts_classes(const TrainConfig& config) {
  return config.loss == "cross_entropy" || config.loss == "binary_cross_entropy";
}

Array ConfigLoss::each(const Array& output, const Array& y) const {
  const TrainConfig& train = config_.train;
  constexpr auto none = nn::Reduction::none;
  if (train.loss == "cross_entropy") {
    if (train.label_smoothing == 0 && !class_weights_.defined() &&
        !(is_floating(y.dtype()) && y.rank() == output.rank()))
      return cross_entropy(output, y);
    return nn::cross_entropy_loss(output, y,
                                  {.smoothing = train.label_smoothing, .weights = class_weights_, .reduction = none});
  }
  const Array value = like_labels(output, y);
  if (train.loss == "binary_cross_entropy") {
    const Array targets = cast(y, {.dtype = value.dtype()});
    const Array losses =
        nn::binary_cross_entropy(value, targets, {.smoothing = train.label_smoothing, .reduction = none});
    return class_weights_.defined() ? losses * class_weight(targets) : losses;
  }
  if (train.loss == "ctc") return ctc(output, y);
  if (train.loss == "kl_divergence") return sum(nn::kl_divergence(log_softmax(output), y, none), {.axis = -1});
  if (train.loss == "mae") return nn::mae_loss(value, y, none);
  return train.loss == "huber" ? nn::huber_loss(value, y, train.huber_delta, none) : nn::mse_loss(value, y, none);
}

// Of labels, also of such that were mixed.
Array ConfigLoss::class_weight(const Array& y) const {
  if (config_.train.loss == "binary_cross_entropy")
    return class_weights_.at(0) + (class_weights_.at(1) - class_weights_.at(0)) * y;
  if (is_floating(y.dtype())) return sum(y * class_weights_, {.axis = -1});
  return gather(class_weights_, y, {.axis = 0});
}

Judged ConfigLoss::of(const Array& output, const Batch& batch) const {
  const Array& y = batch.y;
  if (config_.train.loss == "triplet") return {triplets(output, y)};
  if (config_.train.loss == "contrastive") {
    const Pairs pairs = all_pairs(output, y);
    return {nn::contrastive_loss(pairs.first, pairs.second, pairs.same)};
  }
  Array losses = each(output, y);
  if (!class_weights_.defined() && !batch.weight.defined()) return {mean(losses)};
  // Losses of classes have their weights already.
  Array counted = class_weights_.defined() ? class_weight(y) : ones(losses.shape());
  if (batch.weight.defined()) {
    Shape shape = batch.weight.shape();
    for (int axis = 1; axis < losses.rank(); ++axis) shape.push_back(1);
    const Array weight = reshape(batch.weight, {.shape = shape});
    losses = losses * weight;
    counted = counted * weight;
  }
  const Array total = sum(counted);
  return {sum(losses) / where(total == 0, 1, total), {}, total};
}

Judged ConfigLoss::operator()(const nn::Stack& model, const Batch& batch, nn::Context& context) const {
  const Array x = batch.x.dtype() == uint8 ? as_input(config_, batch.x) : batch.x;
  Array output = model(x, context);
  const SourceScope scope(line_);
  // The loss is computed in full precision whatever the layers compute in.
  if (is_floating(output.dtype()) && size_of(output.dtype()) < 4) output = cast(output, {.dtype = float32});
  Judged judged = of(output, batch);
  judged.output = output;
  return judged;
}

std::vector<Metric> metrics_of(const TrainConfig& config, double unit) {
  std::vector<Metric> list;
  const auto wants = [&](std::string_view name) {
    return std::find(config.metrics.begin(), config.metrics.end(), name) != config.metrics.end();
  };
  if (config.loss == "cross_entropy" || config.loss == "binary_cross_entropy") {
    const bool binary = config.loss == "binary_cross_entropy";
    // Labels that were mixed are those of what an example is most of.
    const auto classes = [&](std::string name, auto of, std::string undefined = {}) -> Metric& {
      return list.emplace_back(Metric{
          .name = std::move(name),
          .of = [of, binary](const Array& output,
                             const Array& y) { return of(output, binary && is_floating(y.dtype()) ? round(y) : y); },
          .undefined = std::move(undefined)});
    };
    classes("accuracy", [](const Array& scores, const Array& labels) {
      return metrics::accuracy(scores, labels);
    }).running = true;
    for (const int64_t k : {2, 3, 5})
      if (wants("top_" + std::to_string(k)))
        classes("top_" + std::to_string(k), [k, binary](const Array& scores, const Array& labels) {
          return metrics::top_k_accuracy(scores, labels, std::min<int64_t>(k, binary ? 2 : scores.size(-1)));
        });
    const auto score = [&](const char* name, double metrics::ClassScore::* member, const char* undefined) {
      if (wants(name))
        classes(
            name,
            [member](const Array& scores, const Array& labels) {
              return metrics::class_scores(scores, labels).*member;
            },
            undefined);
    };
    score("precision", &metrics::ClassScore::precision, "nothing was taken for a positive");
    score("recall", &metrics::ClassScore::recall, "no positives");
    score("f1", &metrics::ClassScore::f1, "no positives");
    if (wants("auc"))
      classes(
          "auc", [](const Array& scores, const Array& labels) { return metrics::auc_over_classes(scores, labels); },
          "one class alone");
    if (wants("perplexity"))
      classes("perplexity", [](const Array& scores, const Array& labels) {
        return metrics::perplexity(scores, labels);
      }).larger_is_better = false;
    return list;
  }
  if (has_classes(config) || config.loss == "kl_divergence") return list;
  const auto quantities = [&](std::string name, double (*of)(const Array&, const Array&, const Array&), double times,
                              bool larger, const char* undefined) {
    list.push_back(
        {.name = std::move(name),
         .of = [of, times](const Array& output, const Array& y) { return times * of(like_labels(output, y), y, {}); },
         .larger_is_better = larger,
         .undefined = undefined});
  };
  if (wants("mae")) quantities("mae", metrics::mean_absolute_error, unit, false, "");
  if (wants("rmse")) quantities("rmse", metrics::root_mean_squared_error, unit, false, "");
  quantities("r2", metrics::r2, 1, true, "all targets are equal");
  return list;
}

Array predicted(const TrainConfig& config, const Array& output) {
  if (config.loss == "cross_entropy" || config.loss == "kl_divergence") return softmax(output);
  if (config.loss == "binary_cross_entropy") {
    const Array p = sigmoid(reshape(output, {.shape = {-1}}));
    return stack({1 - p, p}, 1);
  }
  return output.rank() == 2 && same(output.shape()[1], 1) ? squeeze(output, -1) : output;
}

}  // namespace koine::train
