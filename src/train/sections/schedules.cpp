#include "train/sections/shared.h"

namespace koine::train {

namespace {

template <class S>
Setting<S> warmup() {
  return setting(&S::warmup, "warmup", "epochs in which lr rises from 0", {.bounds = not_negative});
}
template <class S>
Setting<S> to() {
  return setting(&S::to, "to", "what lr ends with, as a part of it", {.bounds = {.low = 0, .high = 1}});
}

Section<ConstantSchedule> constant() { return {"constant", "lr as it is", {warmup<ConstantSchedule>()}}; }
Section<CosineSchedule> cosine() {
  using S = CosineSchedule;
  return {"cosine", "falls along half a cosine until the last epoch", {warmup<S>(), to<S>()}};
}
Section<LinearSchedule> linear() {
  using S = LinearSchedule;
  return {"linear", "falls evenly until the last epoch", {warmup<S>(), to<S>()}};
}
Section<StepSchedule> step() {
  using S = StepSchedule;
  return {"step",
          "falls every few epochs; with every = 1 exponentially",
          {setting(&S::every, "every", "how many epochs lie between", {.bounds = positive}),
           setting(&S::factor, "factor", "what lr is multiplied by", {.bounds = positive}), warmup<S>()}};
}
Section<OneCycleSchedule> one_cycle() {
  using S = OneCycleSchedule;
  return {"one_cycle",
          "rises to lr and falls again (Smith and Topin, 2018)",
          {setting(&S::rise, "rise", "the part of the run in which it rises",
                   {.bounds = {.low = 0, .high = 1, .open_low = true, .open_high = true}}),
           setting(&S::start, "start", "it begins with lr divided by this", {.bounds = positive}),
           setting(&S::end, "end", "it ends with the beginning divided by this", {.bounds = positive})}};
}
Section<PlateauSchedule> plateau() {
  using S = PlateauSchedule;
  return {
      "plateau",
      "falls when the loss gets no better",
      {setting(&S::factor, "factor", "what lr is multiplied by",
               {.bounds = {.low = 0, .high = 1, .open_low = true, .open_high = true}}),
       setting(&S::patience, "patience", "how many epochs without a better loss are borne", {.bounds = not_negative}),
       setting(&S::threshold, "threshold", "by which part the loss has to be better", {.bounds = not_negative}),
       setting(&S::cooldown, "cooldown", "epochs after a change in which nothing counts", {.bounds = not_negative}),
       setting(&S::least, "least", "the least that lr is multiplied by in all", {.bounds = not_negative}),
       warmup<S>()}};
}

}  // namespace

std::span<const Choice<ScheduleConfig>> schedule_choices() {
  using V = ScheduleConfig;
  static const std::vector<Choice<V>> choices =
      named<V>({choice<V>(constant()), choice<V>(cosine()), choice<V>(linear()), choice<V>(step()),
                choice<V>(one_cycle()), choice<V>(plateau())});
  return choices;
}

}  // namespace koine::train
