#pragma once
#include "ops/family/gather.h"

#include <koine/ops.h>

namespace koine::ops {

struct Scatter : Structural {
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
      "x with the positions of an axis replaced by updates; of updates at one position the last one stays. The updates "
      "have the shape that gather with the same indices gives, and take x's dtype.";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError for updates of another shape, IndexError for a position outside with "
      "mode 'raise', DTypeError for indices that are no integers.";
  static constexpr auto example =
      ">>> kn.scatter(kn.zeros(4), kn.asarray([0, 2]), kn.asarray([5.0, 7.0]))\n"
      "array([5., 0., 7., 0.])";
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
    Array x = t[0].defined() ? t[0] : zeros_like(node.in[0]), updates = t[2].defined() ? t[2] : zeros_like(node.in[2]);
    return {scatter(x, node.in[1], updates, {.axis = a.axis, .mode = a.mode, .batch = a.batch})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    Array kept = scatter(ct[0], node.in[1], zeros_like(node.in[2]), {.axis = a.axis, .mode = a.mode, .batch = a.batch});
    Array read = gather(ct[0], node.in[1], {.axis = a.axis, .mode = reading_mode(a.mode), .batch = a.batch});
    return {kept, Array(), where(last_at_position(node.in[0], node.in[1], view(a)), read, zeros_like(read))};
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    Arrays in = all_batched(node);
    bool shared = shares_indices(node, a.batch);
    return {scatter(in[0], shared ? node.in[1] : in[1], in[2],
                    {.axis = a.axis, .mode = a.mode, .batch = a.batch + (shared ? 0 : 1)})};
  }
  static void reference(const KernelInput& k, const Attrs& a) { scatter_reference(k, view(a), false); }
  static std::vector<Sample> samples() {
    SampleInput four{.shape = {4}, .dtype = int64, .values = {2, 0, -1, 2}};
    SampleInput outside{.shape = {2, 2}, .dtype = int32, .values = {0, 3, -1, 9}};
    SampleInput rows{.shape = {2, 2}, .dtype = int64, .values = {2, 0, 1, 1}};
    return {sample<Scatter>({{{3}}, four, {{4}}}, {.axis = -1}),
            sample<Scatter>({{{2, 3, 2}}, four, {{2, 4, 2}}}, {.axis = -2}),
            sample<Scatter>({{{3, 2}}, outside, {{2, 2, 2}}}, {.axis = -2, .mode = "clip"}),
            sample<Scatter>({{{2, 3}}, outside, {{2, 2, 2}}}, {.axis = -1, .mode = "fill"}),
            sample<Scatter>({{{2, 3, 2}}, rows, {{2, 2, 2}}}, {.axis = -2, .batch = 1}),
            sample<Scatter>({{{3, 2}}, {.shape = {0}, .dtype = int64}, {{0, 2}}}, {.axis = -2})};
  }

 private:
  static GatherAttrs view(const Attrs& a) { return {a.axis, a.mode, a.batch}; }
};

}  // namespace koine::ops
