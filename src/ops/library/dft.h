#pragma once
#include "ops/family/explicit.h"
#include "ops/family/fourier.h"

#include <koine/ops.h>

namespace koine::ops {

struct Dft : Library {
  struct Attrs {
    int64_t axis = -1;
    bool inverse = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::axis>("axis", "the axis that is transformed"),
      field<&Attrs::inverse>("inverse", "the sign of the exponent is plus; there is no factor either")};
  static constexpr auto doc =
      "The discrete Fourier transform along an axis, complex and without a factor: y[k] = sum x[j] exp(-2 pi i j k / "
      "n).";
  static constexpr auto shapes =
      "The result has x's shape; ShapeError for an axis of length 0, IndexError for one that x does not have.";
  static constexpr auto example =
      ">>> kn.dft(kn.asarray([1.0, 0.0, -1.0, 0.0]))\n"
      "array([0.+0.j, 2.+0.j, 0.+0.j, 2.+0.j], dtype=complex64)";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    operands[0].dtype = complex_of(operands[0].dtype);
  }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(0)); }
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    if (same(in.shape(0)[a.axis], 0))
      throw ShapeError("there is nothing to transform along axis " + std::to_string(a.axis) + " of " +
                       to_string(in.shape(0)));
    return {in.dtype(0), in.shape(0)};
  }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) { return again(node, t); }
  static Arrays vjp(const RuleInput&, const Attrs& a, Tangents ct) {
    return {dft(ct[0], {.axis = a.axis, .inverse = !a.inverse})};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs& a) {
    fourier_reference(k.in[0], a.axis, a.inverse, k.out[0]);
  }
  static std::vector<Sample> samples() {
    return {sample<Dft>({{.shape = {6}, .dtype = complex64}}),
            sample<Dft>({{.shape = {2, 5, 3}, .dtype = complex128}}, {.axis = -2, .inverse = true})};
  }
};

}  // namespace koine::ops
