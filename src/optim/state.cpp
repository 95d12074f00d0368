#include "optim/state.h"

#include <koine/gradients.h>

#include <fnmatch.h>

#include <utility>

namespace koine::optim {

void prepare_each(std::vector<Array>& state, const detail::Leaves& leaves, const char* optimizer, double value) {
  if (state.empty())
    for (const detail::Leaf& leaf : leaves)
      state.push_back(leaf.grad.defined() ? detail::wide(full_like(*leaf.param, value)) : Array());
  if (state.size() != leaves.size())
    throw ValueError(std::string("[") + optimizer + "] its state belongs to a model with " +
                     std::to_string(state.size()) + " leaves, this one has " + std::to_string(leaves.size()));
  for (size_t i = 0; i < leaves.size(); ++i)
    if (leaves[i].grad.defined() && (!state[i].defined() || !(state[i].shape() == leaves[i].param->shape())))
      throw ValueError(std::string("[") + optimizer + "] its state belongs to another model: leaf " +
                       std::to_string(i) + " has shape " + to_string(leaves[i].param->shape()) + ", the state " +
                       (state[i].defined() ? to_string(state[i].shape()) : "none"));
}

void prepare_count(Array& steps) {
  if (!steps.defined()) steps = from(std::vector<int64_t>{0}, {});
}

Rate::Rate(const Schedule& lr, Array& steps) : count_(0), lr_(0) {
  if (steps.traced()) {
    steps = steps + 1;
    count_ = Scalar(cast(steps, {.dtype = float64}));
  } else {
    // Counted here, because nobody may ever read it, and a chain of pending additions would grow.
    const int64_t next = steps.item<int64_t>() + 1;
    steps = from(std::vector<int64_t>{next}, {});
    count_ = static_cast<double>(next);
  }
  lr_ = lr.value(count_ - 1);
}

Array decayed(const detail::Leaf& leaf, double weight_decay) {
  weight_decay = leaf.weight_decay.value_or(weight_decay);
  return weight_decay == 0 ? leaf.grad : leaf.grad + *leaf.param * weight_decay;
}
Array shrunk(const detail::Leaf& leaf, const Scalar& lr, double weight_decay) {
  weight_decay = leaf.weight_decay.value_or(weight_decay);
  return weight_decay == 0 ? *leaf.param : *leaf.param * (Scalar(1) - lr * weight_decay);
}
Array moved(const Array& x, const Array& y, double part) { return x * (1 - part) + y * part; }

namespace detail {

WideLeaves::WideLeaves(Leaves leaves)
    : leaves_(std::move(leaves)), wide_(leaves_.size()), narrow_(leaves_.size(), nullptr) {
  for (size_t i = 0; i < leaves_.size(); ++i) {
    Leaf& leaf = leaves_[i];
    if (!leaf.grad.defined()) continue;
    leaf.grad = wide(leaf.grad);
    wide_[i] = wide(*leaf.param);
    if (wide_[i].dtype() != leaf.param->dtype()) narrow_[i] = std::exchange(leaf.param, &wide_[i]);
  }
}

void WideLeaves::finish() {
  for (size_t i = 0; i < leaves_.size(); ++i)
    if (narrow_[i]) *narrow_[i] = cast(wide_[i], {.dtype = narrow_[i]->dtype()});
}

void assign_groups(Leaves& leaves, const std::vector<std::string>& paths, const Groups& groups) {
  std::vector<bool> used(groups.size());
  for (size_t i = 0; i < leaves.size(); ++i)
    for (size_t g = 0; g < groups.size(); ++g) {
      if (fnmatch(groups[g].leaves.c_str(), paths[i].c_str(), 0) != 0) continue;
      leaves[i].lr = groups[g].lr;
      leaves[i].weight_decay = groups[g].weight_decay;
      used[g] = true;
      break;
    }
  for (size_t g = 0; g < groups.size(); ++g) {
    if (used[g]) continue;
    std::string names;
    for (size_t i = 0; i < std::min<size_t>(paths.size(), 8); ++i) names += (i ? ", " : "") + paths[i];
    throw ValueError("[optim] no leaf is left for the group '" + groups[g].leaves + "'; the leaves are " + names +
                     (paths.size() > 8 ? ", ..." : ""));
  }
}

}  // namespace detail

}  // namespace koine::optim
