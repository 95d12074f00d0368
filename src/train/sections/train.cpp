#include "train/sections/shared.h"

namespace koine::train {

namespace {

const std::vector<std::string_view> losses = {
    "cross_entropy", "binary_cross_entropy", "mse", "mae", "huber", "kl_divergence", "ctc", "triplet", "contrastive"};
const std::vector<std::string_view> metrics = {"top_2", "top_3", "top_5",      "precision", "recall",
                                               "f1",    "auc",   "perplexity", "mae",       "rmse"};
const std::vector<std::string_view> watched = {"loss",      "accuracy", "top_2", "top_3", "top_5",
                                               "precision", "recall",   "f1",    "auc",   "perplexity",
                                               "mae",       "rmse",     "r2"};

Setting<TrainConfig> groups() {
  Setting<TrainConfig> result;
  result.name = "groups";
  result.doc = "weights with a rate and a decay of their own, the first that names a weight";
  result.takes = "a list of tables, as in [{ leaves = \"*bias\", lr = 1e-4, weight_decay = 0 }]";
  result.read = [info = static_cast<SettingInfo>(result)](TrainConfig& to, const Value& value, const Reading& at) {
    const auto* list = value.get<Value::List>();
    if (!list || list->empty()) return report_wrong_value(value, info, {}, at);
    for (size_t i = 0; i < list->size(); ++i) {
      const Value& one = (*list)[i];
      WeightGroup& group = to.groups.emplace_back();
      group.place = cat(at.path_to(info.name), ".", i);
      read_section(one, one.place, group_section(), group, {group.place, at.problems});
      if (one.get<Value::Table>() && !one.find("lr") && !one.find("weight_decay"))
        at.problems.add(one.place, cat(group.place, " changes nothing; give it lr or weight_decay"));
    }
  };
  return result;
}

Setting<TrainConfig> no_decay() {
  Setting<TrainConfig> result;
  const ValueRule<std::vector<std::string>> rule;
  result.name = "no_decay";
  result.doc =
      "weights without weight decay, as patterns of their names: groups with weight_decay = 0, behind the others";
  result.takes = rule.takes();
  result.fallback = "[]";
  result.read = [rule, info = static_cast<SettingInfo>(result)](TrainConfig& to, const Value& value,
                                                                const Reading& at) {
    std::vector<std::string> patterns;
    if (!rule.read(value, patterns)) return report_wrong_value(value, info, {}, at);
    for (const std::string& pattern : patterns)
      to.groups.push_back({.leaves = pattern, .weight_decay = 0, .place = at.path_to(info.name)});
  };
  return result;
}

}  // namespace

const Section<WeightGroup>& group_section() {
  using G = WeightGroup;
  static const Section<WeightGroup> section{
      "groups",
      "weights with a rate and a decay of their own",
      {setting(&G::leaves, "leaves", "which ones, as a pattern of their names", {}, required),
       setting(&G::lr, "lr", "in place of the optimizer's lr; a schedule changes both alike", {.bounds = not_negative}),
       setting(&G::weight_decay, "weight_decay", "in place of the optimizer's", {.bounds = not_negative})}};
  return section;
}

const Section<TrainConfig>& train_section() {
  using T = TrainConfig;
  static const Section<T> section{
      "train",
      "how to learn",
      {setting(&T::loss, "loss", "what is made small", {.choices = losses}),
       setting(&T::label_smoothing, "label_smoothing", "this part of each label is spread over all classes",
               {.bounds = fraction}),
       setting(&T::class_weights, "class_weights", "how much each class counts in the loss"),
       setting(&T::huber_delta, "huber_delta", "beyond it the Huber loss is a straight line", {.bounds = positive}),
       setting(&T::metrics, "metrics", "figures to show beside the loss", {.choices = metrics}),
       choice_setting(&T::optimizer, "optimizer", "how the weights follow the gradients", optimizer_choices(),
                      "{ adam = { lr = 1e-3 } }"),
       choice_setting(&T::schedule, "schedule", "how lr changes while training", schedule_choices(),
                      "{ cosine = { warmup = 1 } }"),
       setting(&T::clip_norm, "clip_norm", "the largest norm of a gradient, all weights together; 0 for any",
               {.bounds = not_negative}),
       setting(&T::clip_value, "clip_value", "the largest element of a gradient; 0 for any", {.bounds = not_negative}),
       groups(),
       no_decay(),
       setting(&T::accumulate, "accumulate", "how many batches make a step", {.bounds = from_one}),
       setting(&T::average, "average",
               "keep an average of the weights, with this part of it from step to step; 0 for none",
               {.bounds = fraction}),
       setting(&T::precision, "precision", "what is computed in; the weights stay float32",
               {.choices = {"float32", "bfloat16", "float16"}}),
       setting(&T::epochs, "epochs", "how often all examples are seen", {.bounds = from_one}),
       setting(&T::batch, "batch", "how many examples make a batch", {.bounds = from_one}),
       setting(&T::drop_last, "drop_last", "leave out the last batch of an epoch when it is smaller"),
       setting(&T::patience, "patience", "end after so many epochs without a better validation; 0 for none",
               {.bounds = not_negative}),
       setting(&T::monitor, "monitor", "the metric of the validation that is watched", {.choices = watched}),
       setting(&T::checkpoint, "checkpoint", "seconds between two checkpoints; 0 for none", {.bounds = not_negative}),
       setting(&T::checkpoint_batches, "checkpoint_batches", "a checkpoint also after so many batches; 0 for none",
               {.bounds = not_negative}),
       setting(&T::keep, "keep", "how many checkpoints are kept", {.bounds = from_one}),
       setting(&T::seed, "seed", "all that is random follows from it",
               {.bounds = not_negative, .largest = std::numeric_limits<int64_t>::max()}),
       setting(&T::output, "output", "the file for the weights (.safetensors)")}};
  return section;
}

}  // namespace koine::train
