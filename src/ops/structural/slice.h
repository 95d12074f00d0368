#pragma once
#include "base/narrow.h"
#include "ops/family/slicing.h"

#include <koine/ops.h>

namespace koine::ops {

struct Slice : Structural {
  struct Attrs {
    Ints starts = {};
    Ints stops = {};
    Ints steps = {};
    Shape offsets = {};
    Shape sizes = {};
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::starts>("starts", "first position per axis as in Python: negative ones count from the end"),
      field<&Attrs::stops>("stops", "position per axis before which to stop, as in Python; none for an open end"),
      field<&Attrs::steps>("steps", "distance between positions per axis, negative to go backwards; 1 when left out"),
      field<&Attrs::offsets>("offsets", "with sizes, instead of starts and stops: first position per axis"),
      field<&Attrs::sizes>("sizes", "with offsets: how many positions per axis")};
  static constexpr auto doc =
      "Evenly spaced positions of every axis, given as Python's ranges or as offsets and sizes. The op is kept with "
      "offsets and sizes.";
  static constexpr auto shapes =
      "As many positions of each axis as its range has; ShapeError for more ranges than axes, ValueError for a step"
      " of zero.";
  static constexpr auto example =
      ">>> kn.slice(kn.arange(10), starts=[2], stops=[8], steps=[3])\n"
      "array([2, 5])";
  static void normalize(Attrs& a, const TypeInput& in) {
    canonical_slice(a.starts, a.stops, a.steps, a.offsets, a.sizes, in.shape(0));
  }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    check_box(in.shape(0), a.offsets, a.sizes, a.steps);
    return {in.dtype(0), a.sizes};
  }
  static IndexMap map(const TypeInput& in, const Attrs& a) {
    Shape strides = strides_of(in.shape(0));
    Dim offset = 0;
    for (int d = 0; d < narrow<int>(a.sizes.size()); ++d) {
      offset += a.offsets[d] * strides[d];
      strides[d] = strides[d] * a.steps[static_cast<size_t>(d)];
    }
    return {{whole_piece(a.sizes, strides, offset)}};
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    return {update_slice(zeros_like(node.in[0]), ct[0], {.starts = a.offsets, .steps = a.steps})};
  }
  static Attrs batched(Attrs a, const BatchInput& node) {
    a.offsets.insert(0, 0);
    a.sizes.insert(0, node.size);
    a.steps.insert(a.steps.begin(), 1);
    return a;
  }
  static std::vector<Sample> samples() {
    return {sample<Slice>({{{7}}}, {.steps = {1}, .offsets = {2}, .sizes = {3}}),
            sample<Slice>({{{4, 5}}}, {.steps = {2, -2}, .offsets = {1, 4}, .sizes = {2, 3}}),
            sample<Slice>({{{3, 4}}}, {.steps = {1, 1}, .offsets = {0, 2}, .sizes = {3, 0}}), sample<Slice>({{{}}})};
  }
  static constexpr Onnx onnx{"Slice", 13};
};

}  // namespace koine::ops
