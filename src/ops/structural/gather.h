#pragma once
#include "ops/family/gather.h"

#include <koine/ops.h>

namespace koine::ops {

struct Gather : Structural {
  struct Attrs {
    int64_t axis = 0;
    std::string mode = "raise";
    int64_t batch = 0;
  };
  static constexpr const char* args[] = {"x", "indices"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axis that the indices are positions on"),
      field<&Attrs::mode>("mode",
                          "what an index outside does: raise an IndexError, clip, wrap, fill with NaN (else "
                          "0), or zero for 0; fill and zero take negative ones as outside"),
      field<&Attrs::batch>("batch", "how many leading axes x and the indices have in common")};
  static constexpr auto doc =
      "Positions of an axis, named by integers of any shape: x[..., indices, ...] as in NumPy, the axis replaced by "
      "the axes of the indices.";
  static constexpr auto shapes =
      "x.shape[:axis] + indices.shape + x.shape[axis + 1:]; IndexError for a position outside with mode 'raise', "
      "DTypeError for indices that are no integers.";
  static constexpr auto example =
      ">>> kn.gather(kn.asarray([10, 20, 30]), kn.asarray([[2, 0], [1, -1]]))\n"
      "array([[30, 10],\n"
      "       [20, 30]])";
  static constexpr bool can_fail = true;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { indexed_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    canonical_axis(a.axis, in.shape(0));
    check_mode(a.mode, true);
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    return {in.dtype(0), gathered_shape(in.shape(0), in.shape(1), view(a))};
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents t) {
    return {gather(t[0], node.in[1], {.axis = a.axis, .mode = reading_mode(a.mode), .batch = a.batch})};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return {scatter_add(zeros_like(node.in[0]), node.in[1], ct[0],
                        {.axis = a.axis, .mode = writing_mode(a.mode), .batch = a.batch}),
            Array()};
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    if (shares_indices(node, a.batch)) return again(node, node.in);
    if (!node.batched[0] && a.batch == 0)
      return {moveaxis(again(node, node.in)[0], node.rank(0) + static_cast<int>(a.axis), 0)};
    Arrays in = all_batched(node);
    return {gather(in[0], in[1], {.axis = a.axis, .mode = a.mode, .batch = a.batch + 1})};
  }
  static void reference(const KernelInput& k, const Attrs& a) { gather_reference(k, view(a)); }
  static std::vector<Sample> samples() {
    SampleInput four{.shape = {4}, .dtype = int64, .values = {2, 0, -1, 2}};
    SampleInput outside{.shape = {2, 2}, .dtype = int32, .values = {0, 3, -1, 9}};
    SampleInput rows{.shape = {2, 2}, .dtype = int64, .values = {2, 0, 1, 1}};
    return {sample<Gather>({{{3}}, four}, {.axis = -1}),
            sample<Gather>({{{2, 3, 2}}, four}, {.axis = -2}),
            sample<Gather>({{{3, 2}}, outside}, {.axis = -2, .mode = "clip"}),
            sample<Gather>({{{2, 3}}, outside}, {.axis = -1, .mode = "wrap"}),
            sample<Gather>({{{2, 3}}, outside}, {.axis = -1, .mode = "zero"}),
            sample<Gather>({{{2, 3, 2}}, rows}, {.axis = -2, .batch = 1}),
            sample<Gather>({{{3, 2}}, {.shape = {0}, .dtype = int64}}, {.axis = -2}),
            sample<Gather>({{{3, 2}}, {.shape = {}, .dtype = int64, .values = {1}}}, {.axis = -2})};
  }
  static constexpr Onnx onnx{"Gather", 13};

 private:
  static GatherAttrs view(const Attrs& a) { return {a.axis, a.mode, a.batch}; }
};

}  // namespace koine::ops
