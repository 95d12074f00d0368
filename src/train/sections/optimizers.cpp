#include "train/sections/shared.h"

namespace koine::train {

namespace {

template <class S>
Setting<S> lr() {
  return setting(&S::lr, "lr", "the length of a step", {.bounds = positive});
}
template <class S>
Setting<S> weight_decay(std::string doc = "this part of each weight is added to its gradient") {
  return setting(&S::weight_decay, "weight_decay", std::move(doc), {.bounds = not_negative});
}
template <class S>
Setting<S> epsilon() {
  return setting(&S::epsilon, "epsilon", "added to what is divided by", {.bounds = positive});
}
template <class S>
Setting<S> beta1() {
  return setting(&S::beta1, "beta1", "how much of the mean of the gradients a step keeps", {.bounds = fraction});
}
template <class S>
Setting<S> beta2(std::string doc = "how much of the mean of their squares a step keeps") {
  return setting(&S::beta2, "beta2", std::move(doc), {.bounds = fraction});
}
template <class S>
Setting<S> amsgrad() {
  return setting(&S::amsgrad, "amsgrad", "divide by the largest mean of squares so far");
}

Section<optim::AdamOptions> adam() {
  using O = optim::AdamOptions;
  return {"adam",
          "steps by the mean of the gradients over the root of the mean of their squares (Kingma and Ba, 2015)",
          {lr<O>(), beta1<O>(), beta2<O>(), epsilon<O>(), weight_decay<O>(), amsgrad<O>()}};
}

Section<optim::AdamWOptions> adamw() {
  using O = optim::AdamWOptions;
  return {"adamw",
          "adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019)",
          {lr<O>(), beta1<O>(), beta2<O>(), epsilon<O>(),
           weight_decay<O>("this part of each weight, times lr, is taken from it"), amsgrad<O>()}};
}

Section<optim::SgdOptions> sgd() {
  using O = optim::SgdOptions;
  return {"sgd",
          "steps down the gradient",
          {setting(&O::lr, "lr", "the length of a step, times the gradient", {.bounds = positive}),
           setting(&O::momentum, "momentum", "how much of the last step the next one keeps", {.bounds = fraction}),
           setting(&O::nesterov, "nesterov", "take the gradient where the momentum leads"), weight_decay<O>()}};
}

Section<optim::AdamaxOptions> adamax() {
  using O = optim::AdamaxOptions;
  return {"adamax",
          "adam with the largest gradient in place of the mean of squares",
          {lr<O>(), beta1<O>(), beta2<O>("how much of the largest gradient a step keeps"), epsilon<O>(),
           weight_decay<O>()}};
}

Section<optim::RmspropOptions> rmsprop() {
  using O = optim::RmspropOptions;
  return {"rmsprop",
          "the gradient over the root of the running mean of its squares",
          {lr<O>(), setting(&O::alpha, "alpha", "how much of the mean of squares a step keeps", {.bounds = fraction}),
           epsilon<O>(),
           setting(&O::momentum, "momentum", "how much of the last step the next one keeps", {.bounds = fraction}),
           setting(&O::centered, "centered", "take the square of the mean gradient from the mean of squares"),
           weight_decay<O>()}};
}

Section<optim::AdagradOptions> adagrad() {
  using O = optim::AdagradOptions;
  return {
      "adagrad",
      "the gradient over the root of the sum of its squares",
      {lr<O>(), setting(&O::lr_decay, "lr_decay", "lr is divided by 1 + lr_decay * step", {.bounds = not_negative}),
       epsilon<O>(), setting(&O::initial, "initial", "what the sums of squares begin with", {.bounds = not_negative}),
       weight_decay<O>()}};
}

Section<optim::AdadeltaOptions> adadelta() {
  using O = optim::AdadeltaOptions;
  return {"adadelta",
          "steps in the units of the weights (Zeiler, 2012)",
          {lr<O>(), setting(&O::rho, "rho", "how much of the means of squares a step keeps", {.bounds = fraction}),
           epsilon<O>(), weight_decay<O>()}};
}

Section<optim::LionOptions> lion() {
  using O = optim::LionOptions;
  return {"lion",
          "steps by the sign of an interpolated momentum (Chen et al., 2023)",
          {lr<O>(), setting(&O::beta1, "beta1", "how much of the momentum decides the sign", {.bounds = fraction}),
           beta2<O>("how much of the momentum a step keeps"),
           weight_decay<O>("this part of each weight, times lr, is taken from it")}};
}

Section<optim::LbfgsOptions> lbfgs() {
  using O = optim::LbfgsOptions;
  return {"lbfgs",
          "moves by the curvature that earlier moves showed (Nocedal, 1980), for few examples, all in one batch",
          {setting(&O::lr, "lr", "the length of a move, before it is searched for", {.bounds = positive}),
           setting(&O::iterations, "iterations", "how many moves make a step", {.bounds = from_one}),
           setting(&O::history, "history", "how many moves the curvature is learnt from", {.bounds = from_one}),
           setting(&O::gradient_tolerance, "gradient_tolerance",
                   "a step ends when no element of the gradient is larger", {.bounds = not_negative}),
           setting(&O::change_tolerance, "change_tolerance", "a step ends when a move or the loss changes by no more",
                   {.bounds = not_negative}),
           setting(&O::line_search, "line_search", "halve a move until the loss falls enough")}};
}

}  // namespace

std::span<const Choice<OptimizerConfig>> optimizer_choices() {
  using V = OptimizerConfig;
  static const std::vector<Choice<V>> choices =
      named<V>({choice<V>(adam()), choice<V>(adamw()), choice<V>(sgd()), choice<V>(adamax()), choice<V>(rmsprop()),
                choice<V>(adagrad()), choice<V>(adadelta()), choice<V>(lion()), choice<V>(lbfgs())});
  return choices;
}

}  // namespace koine::train
