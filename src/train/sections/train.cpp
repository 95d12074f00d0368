#include "train/sections/shared.h"

namespace koine::train {

namespace {

const std::vector<std::string_view> losses = {"cross_entropy", "mse"};

}  // namespace

const Section<TrainConfig>& train_section() {
  using T = TrainConfig;
  static const Section<T> section{
      "train",
      "how to learn",
      {setting(&T::loss, "loss", "what is made small", {.choices = losses}),
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
       setting(&T::epochs, "epochs", "how often all examples are seen", {.bounds = from_one}),
       setting(&T::batch, "batch", "how many examples make a batch", {.bounds = from_one}),
       setting(&T::seed, "seed", "all that is random follows from it", {.bounds = not_negative}),
       setting(&T::output, "output", "the file for the weights (.safetensors)")}};
  return section;
}

}  // namespace koine::train
