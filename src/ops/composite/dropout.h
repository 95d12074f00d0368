#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Dropout : Composite {
  struct Attrs {
    double rate = 0.5;
  };
  static constexpr const char* args[] = {"x", "key"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::rate>("rate", "how likely an element is dropped, 0 to 1")};
  static constexpr auto doc =
      "x / (1 - rate) where a uniform number of the key is not below the rate, else 0 (Srivastava et al., 2014).";
  static constexpr auto shapes =
      "The result has x's shape; ValueError for a rate outside [0, 1], ShapeError or DTypeError for what is no key.";
  static constexpr auto example =
      ">>> kn.dropout(kn.ones(1000), kn.random.key(0), rate=0.5).max()\n"
      "array(2.0)";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    promote_operands(Promote::inexact, operands.first(1));
  }
  static void normalize(Attrs& a, const TypeInput&) {
    if (!(a.rate >= 0 && a.rate <= 1)) throw ValueError("the rate is a probability, got " + std::to_string(a.rate));
  }
  static Array body(Array x, Array key, const Attrs& a) {
    // Drawn at every rate, so that a wrong key is an error at every rate.
    Array drawn = uniform(key, {.shape = x.shape(), .dtype = real_of(wide_dtype(x.dtype()))});
    if (a.rate == 1) return zeros_like(x);
    return where(drawn >= a.rate, x / (1 - a.rate), 0);
  }
  // The numbers that are drawn have the precision of x.
  static constexpr Exemption exemptions[] = {{Cell::dtypes, Reason::random}};
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6};
    return {sample<Dropout>({{{3, 4}}, key}), sample<Dropout>({{{5}}, key}, {.rate = 0.25}),
            sample<Dropout>({{{5}}, key}, {.rate = 0}), sample<Dropout>({{{5}}, key}, {.rate = 1})};
  }
};

}  // namespace koine::ops
