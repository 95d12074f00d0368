#pragma once
#include "ops/family/sorting.h"

namespace koine::ops {

struct Argsort : Library {
  struct Attrs {
    int64_t axis = -1;
    bool descending = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to sort along"),
                                             field<&Attrs::descending>("descending", "the largest first")};
  static constexpr auto doc =
      "The places, as int64, of the elements along an axis in order; of equal elements the first comes first, NaN "
      "last.";
  static constexpr auto shapes =
      "The result has x's shape; IndexError for an axis that x does not have, DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.argsort(kn.asarray([3, 1, 2]))\n"
      "array([1, 2, 0])";
  static constexpr auto not_differentiable = "its result counts places";
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    check_ordered(in.dtype(0));
    return {int64, in.shape(0)};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs& a) {
    const ir::TensorRef& x = k.in[0];
    order_reference(x, a.axis, a.descending, length_of(x, a.axis), nullptr, &k.out[0]);
  }
  static std::vector<Sample> samples() {
    return {sample<Argsort>({{{7}}}, {-1, false}), sample<Argsort>({{{3, 4}}}, {-2, true}),
            sample<Argsort>({{{2, 0}}}, {-1, false})};
  }
};

}  // namespace koine::ops
