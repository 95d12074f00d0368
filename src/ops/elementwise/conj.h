#pragma once
#include "ops/family/elementwise.h"

#include <koine/ops.h>

namespace koine::ops {

struct Conj : Elementwise<1> {
  static constexpr auto doc = "The complex conjugate, elementwise; real numbers stay as they are.";
  static constexpr auto example =
      ">>> kn.conj(kn.asarray([1 + 2j, 3j]))\n"
      "array([1.-2.j, 0.-3.j], dtype=complex64)";
  static constexpr Accept accept = Accept::any;
  static auto body(auto x) { return conj(x); }
  static Arrays jvp(const RuleInput&, const Attrs&, Tangents t) { return {conj(t[0])}; }
  static Arrays vjp(const RuleInput&, const Attrs&, Tangents ct) { return {conj(ct[0])}; }
  static std::vector<Sample> samples() {
    return {sample<Conj>({{.shape = {2, 3}}}), sample<Conj>({{.shape = {5}, .dtype = complex64}})};
  }
};

}  // namespace koine::ops
