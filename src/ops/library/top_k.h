#pragma once
#include "ops/family/sorting.h"

namespace koine::ops {

struct TopK : Library {
  struct Attrs {
    int64_t k = 1;
    int64_t axis = -1;
    bool largest = true;
  };
  static constexpr const char* outputs[] = {"values", "indices"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::k>("k", "how many elements of each line"),
                                             field<&Attrs::axis>("axis", "the axis to choose along"),
                                             field<&Attrs::largest>("largest", "the largest ones, else the smallest")};
  static constexpr auto doc =
      "The k largest or smallest elements along an axis, the best first, and their places as int64; of equal elements "
      "the first comes first, NaN comes last.";
  static constexpr auto shapes =
      "Both results have x's shape but k along the axis; ValueError for a k beyond that length, IndexError for an "
      "axis that x does not have.";
  static constexpr auto example =
      ">>> kn.top_k(kn.asarray([1, 9, 5]), k=2)\n"
      "(array([9, 5]), array([1, 2]))";
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_ordered(in.dtype(0));
    Shape shape = in.shape(0);
    if (a.k < 0 || (shape[a.axis].is_concrete() && shape[a.axis] < a.k))
      throw ValueError("cannot choose " + std::to_string(a.k) + " elements of " + to_string(shape[a.axis]));
    shape[a.axis] = a.k;
    return {{in.dtype(0), shape}, {int64, shape}};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) { return ordered_jvp(node, a.axis, t); }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) { return ordered_vjp(node, a.axis, ct); }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs& a) {
    order_reference(k.in[0], a.axis, a.largest, a.k, &k.out[0], &k.out[1]);
  }
  static std::vector<Sample> samples() {
    return {sample<TopK>({{{7}}}, {3, -1, true}), sample<TopK>({{{3, 4}}}, {2, -2, false}),
            sample<TopK>({{{2, 5}}}, {0, -1, true})};
  }
  static constexpr Onnx onnx{"TopK", 11};
};

}  // namespace koine::ops
