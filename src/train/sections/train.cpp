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

}  // namespace

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
       setting(&T::no_decay, "no_decay", "weights without weight decay, as patterns of their names"),
       setting(&T::accumulate, "accumulate", "how many batches make a step", {.bounds = from_one}),
       setting(&T::average, "average",
               "keep an average of the weights, with this part of it from step to step; 0 for none",
               {.bounds = fraction}),
       setting(&T::precision, "precision", "what is computed in; the weights stay float32",
               {.choices = {"float32", "bfloat16", "float16"}}),
       setting(&T::epochs, "epochs", "how often all examples are seen", {.bounds = from_one}),
       setting(&T::batch, "batch", "how many examples make a batch", {.bounds = from_one}),
       setting(&T::patience, "patience", "end after so many epochs without a better validation; 0 for none",
               {.bounds = not_negative}),
       setting(&T::monitor, "monitor", "the metric of the validation that is watched", {.choices = watched}),
       setting(&T::checkpoint, "checkpoint", "seconds between two checkpoints; 0 for none", {.bounds = not_negative}),
       setting(&T::checkpoint_batches, "checkpoint_batches", "a checkpoint also after so many batches; 0 for none",
               {.bounds = not_negative}),
       setting(&T::keep, "keep", "how many checkpoints are kept", {.bounds = from_one}),
       setting(&T::seed, "seed", "all that is random follows from it", {.bounds = not_negative}),
       setting(&T::output, "output", "the file for the weights (.safetensors)")}};
  return section;
}

}  // namespace koine::train
