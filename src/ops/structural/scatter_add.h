#pragma once
#include "ops/family/gather.h"

#include <koine/ops.h>

namespace koine::ops {

struct ScatterAdd : Structural {
  struct Attrs {
    int64_t axis = 0;
    std::string mode = "raise";
    int64_t batch = 0;
  };
  static constexpr const char* args[] = {"x", "indices", "updates"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axis that the indices are positions on"),
      field<&Attrs::mode>("mode",
                          "what an index outside does: raise an IndexError, clip, wrap, or fill, which leaves "
                          "its update out; fill takes negative ones as outside"),
      field<&Attrs::batch>("batch", "how many leading axes x and the indices have in common")};
  static constexpr auto doc =
      "x with updates added at positions of an axis, however often a position is named. The updates have the shape "
      "that gather with the same indices gives, and take x's dtype.";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError for updates of another shape, IndexError for a position outside with "
      "mode 'raise', DTypeError for indices that are no integers.";
  static constexpr auto example =
      ">>> kn.scatter_add(kn.zeros(3), kn.asarray([0, 2, 0]), kn.asarray([1.0, 2.0, 3.0]))\n"
      "array([4., 0., 2.])";
  static constexpr bool can_fail = true;
  static constexpr int in_place = 0;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { indexed_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    canonical_axis(a.axis, in.shape(0));
    check_mode(a.mode, false);
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    check_updates(in, view(a));
    return {in.dtype(0), in.shape(0)};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    if (!t[2].defined()) return {t[0]};
    Array x = t[0].defined() ? t[0] : zeros_like(node.in[0]);
    return {scatter_add(x, node.in[1], t[2], {.axis = a.axis, .mode = a.mode, .batch = a.batch})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return {ct[0], Array(),
            gather(ct[0], node.in[1], {.axis = a.axis, .mode = reading_mode(a.mode), .batch = a.batch})};
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    Arrays in = all_batched(node);
    bool shared = shares_indices(node, a.batch);
    return {scatter_add(in[0], shared ? node.in[1] : in[1], in[2],
                        {.axis = a.axis, .mode = a.mode, .batch = a.batch + (shared ? 0 : 1)})};
  }
  static void reference(const KernelInput& k, const Attrs& a) { scatter_reference(k, view(a), true); }
  static std::vector<Sample> samples() {
    SampleInput four{.shape = {4}, .dtype = int64, .values = {2, 0, -1, 2}};
    SampleInput outside{.shape = {2, 2}, .dtype = int32, .values = {0, 3, -1, 9}};
    SampleInput rows{.shape = {2, 2}, .dtype = int64, .values = {2, 0, 1, 1}};
    return {sample<ScatterAdd>({{{3}}, four, {{4}}}, {.axis = -1}),
            sample<ScatterAdd>({{{2, 3, 2}}, four, {{2, 4, 2}}}, {.axis = -2}),
            sample<ScatterAdd>({{{3, 2}}, outside, {{2, 2, 2}}}, {.axis = -2, .mode = "clip"}),
            sample<ScatterAdd>({{{2, 3}}, outside, {{2, 2, 2}}}, {.axis = -1, .mode = "fill"}),
            sample<ScatterAdd>({{{2, 3, 2}}, rows, {{2, 2, 2}}}, {.axis = -2, .batch = 1}),
            sample<ScatterAdd>({{{3, 2}}, {.shape = {0}, .dtype = int64}, {{0, 2}}}, {.axis = -2})};
  }

 private:
  static GatherAttrs view(const Attrs& a) { return {a.axis, a.mode, a.batch}; }
};

}  // namespace koine::ops
