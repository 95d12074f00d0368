#pragma once
#include "ops/family/sorting.h"

namespace koine::ops {

struct Sort : Library {
  struct Attrs {
    int64_t axis = -1;
    bool descending = false;
  };
  static constexpr const char* outputs[] = {"y", "_places"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis to sort along"),
                                             field<&Attrs::descending>("descending", "the largest first")};
  static constexpr auto doc = "The elements along an axis in order, NaN last in either direction.";
  static constexpr auto shapes =
      "The result has x's shape; IndexError for an axis that x does not have, DTypeError for complex numbers.";
  static constexpr auto example =
      ">>> kn.sort(kn.asarray([3.0, kn.nan, 1.0]))\n"
      "array([ 1.,  3., nan])";
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs&) {
    check_ordered(in.dtype(0));
    return {{in.dtype(0), in.shape(0)}, {int64, in.shape(0)}};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) { return ordered_jvp(node, a.axis, t); }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) { return ordered_vjp(node, a.axis, ct); }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs& a) {
    const ir::TensorRef& x = k.in[0];
    order_reference(x, a.axis, a.descending, length_of(x, a.axis), &k.out[0], &k.out[1]);
  }
  static std::vector<Sample> samples() {
    return {sample<Sort>({{{7}}}, {-1, false}), sample<Sort>({{{3, 4}}}, {-2, true}),
            sample<Sort>({{{2, 3, 2}}}, {-2, false}), sample<Sort>({{{2, 0}}}, {-1, false})};
  }
};

}  // namespace koine::ops
