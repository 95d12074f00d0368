#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Complex : Elementwise<2> {
  static constexpr auto doc =
      "The complex number with these parts, elementwise; float64 gives complex128, other dtypes complex64.";
  static constexpr auto example =
      ">>> kn.complex(kn.asarray([1.0, 2.0]), kn.asarray([0.0, -1.0]))\n"
      "array([1.+0.j, 2.-1.j], dtype=complex64)";
  static constexpr const char* args[] = {"real", "imag"};
  static constexpr Accept accept = Accept::complex_parts;
  static constexpr Result result = Result::complex_pair;
  static auto body(auto real, auto imag) { return make_complex(real, imag); }
  static Arrays jvp(const RuleInput& node, const Attrs&, Tangents t) {
    auto part = [&](int i) { return t[i].defined() ? t[i] : zeros_like(node.in[i]); };
    return {complex(part(0), part(1))};
  }
  static Arrays vjp(const RuleInput& node, const Attrs&, Tangents ct) {
    return {unbroadcast(koine::real(ct[0]), node.in[0].shape()), unbroadcast(koine::imag(ct[0]), node.in[1].shape())};
  }
};

}  // namespace koine::ops
