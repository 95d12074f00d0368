#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Permutation : Composite {
  struct Attrs {
    int64_t n = 0;
  };
  static constexpr const char* args[] = {"key"};
  static constexpr Promote promote = Promote::none;
  static constexpr ir::AttrField fields[] = {field<&Attrs::n>("n", "how many integers")};
  static constexpr auto doc = "The integers 0 to n - 1 in a random order: that of n random numbers of 64 bits.";
  static constexpr auto shapes =
      "The result has the shape (n,) in int64; ValueError for a negative n, ShapeError or DTypeError for what is no"
      " key.";
  static constexpr auto example =
      ">>> kn.sort(kn.permutation(kn.random.key(0), 5))\n"
      "array([0, 1, 2, 3, 4])";
  static constexpr auto not_differentiable = "its result is integers";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void normalize(Attrs& a, const TypeInput&) {
    if (a.n < 0) throw ValueError("n is negative");
  }
  static Array body(Array key, const Attrs& a) {
    return argsort(random_bits(key, {.shape = {a.n}, .dtype = uint64}), {.axis = -1});
  }
  static constexpr Exemption exemptions[] = {{Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6};
    return {sample<Permutation>({key}, {.n = 7}), sample<Permutation>({key}, {.n = 1})};
  }
};

}  // namespace koine::ops
