#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Embedding : Composite {
  static constexpr const char* args[] = {"weight", "indices"};
  static constexpr auto doc =
      "The rows of weight that integers of any shape name: weight[indices]. An index outside raises IndexError.";
  static constexpr auto shapes =
      "The result has the shape of the indices and then the length of a row; ShapeError where weight is no matrix, "
      "IndexError for an index outside.";
  static constexpr auto example =
      ">>> kn.embedding(kn.asarray([[1.0, 2.0], [3.0, 4.0]]), kn.asarray([1, 1, 0]))\n"
      "array([[3., 4.],\n"
      "       [3., 4.],\n"
      "       [1., 2.]])";
  static constexpr Promote promote = Promote::none;
  static Array body(Array weight, Array indices) {
    if (weight.rank() != 2) throw ShapeError("weight should be a matrix, got shape " + to_string(weight.shape()));
    return gather(weight, indices, {.axis = 0});
  }
  static std::vector<Sample> samples() {
    return {sample<Embedding>({{{4, 3}}, {.shape = {5}, .dtype = int64, .values = {2, 0, 3, 2, -1}}}),
            sample<Embedding>({{{4, 3}}, {.shape = {2, 2}, .dtype = int32, .values = {1, 1, 0, 3}}}),
            sample<Embedding>({{{2, 3}}, {.shape = {}, .dtype = uint8, .values = {1}}})};
  }
};

}  // namespace koine::ops
