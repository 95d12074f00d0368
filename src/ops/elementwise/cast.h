#pragma once
#include "base/dtype_traits.h"
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Cast : Elementwise<1> {
  struct Attrs {
    DType dtype = float32;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::dtype>("dtype", "the dtype of the result")};
  static constexpr auto doc =
      "The same numbers in another dtype: floating to integer truncates and saturates, NaN gives 0, integers wrap, "
      "complex to real drops the imaginary part, anything but zero is true.";
  static constexpr auto example =
      ">>> kn.cast(kn.asarray([1.7, -2.9]), kn.int32)\n"
      "array([ 1, -2], dtype=int32)";
  static constexpr Accept accept = Accept::any;
  static constexpr int in_place = -1;
  static auto body(auto x) { return x; }
  static TypeValue infer(const TypeInput& in, const Attrs& a) { return {a.dtype, in.shape(0)}; }
  static Arrays jvp(const RuleInput&, const Attrs& a, Tangents t) { return {cast(t[0], {.dtype = a.dtype})}; }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {cast(ct[0], {.dtype = node.in[0].dtype()})};
  }
  static void reference(const KernelInput& k, const Attrs&) {
    convert(k.in[0].dtype, k.in[0].data, k.out[0].dtype, k.out[0].data, k.out[0].count());
  }
  static std::vector<Sample> samples() {
    return {sample<Cast>({{.shape = {2, 3}}}, {.dtype = float64}), sample<Cast>({{.shape = {5}}}, {.dtype = int32}),
            sample<Cast>({{.shape = {5}, .dtype = int64}}, {.dtype = float32})};
  }
  static constexpr Onnx onnx{"Cast", 13};
};

}  // namespace koine::ops
