// What all optimisers do with their state.
#pragma once

#include <koine/optim.h>

#include "optim/scalar.h"

namespace koine::optim {

/// Makes an array like each leaf that has a gradient, unless that was done. Throws ValueError when the state belongs to
/// another model.
void prepare_each(std::vector<Array>& state, const detail::Leaves& leaves, const char* optimizer, double value = 0);
/// Makes the count of steps, unless that was done.
void prepare_count(Array& steps);

/// The step that is made: its numbers, each computed once.
class Rate {
 public:
  /// Counts a step.
  Rate(const Schedule& lr, Array& steps);
  /// How many steps there are with this one.
  const Scalar& count() const { return count_; }
  Scalar of(const detail::Leaf& leaf) const { return lr_ * leaf.lr; }

 private:
  Scalar count_, lr_;
};

/// The gradient with weight decay added.
Array decayed(const detail::Leaf& leaf, double weight_decay);
/// The weights after decay apart from the gradient.
Array shrunk(const detail::Leaf& leaf, const Scalar& lr, double weight_decay);
/// x moved towards y by a part of the way.
Array moved(const Array& x, const Array& y, double part);

}  // namespace koine::optim
