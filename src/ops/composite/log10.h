#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Log10 : Composite {
  static constexpr auto doc = "The logarithm to base 10, elementwise; zero gives -infinity, negative real numbers NaN.";
  static constexpr auto shapes = "The result has x's shape.";
  static constexpr auto example =
      ">>> kn.log10(kn.asarray([1.0, 1000.0]))\n"
      "array([0., 3.])";
  static Array body(Array x) {
    constexpr double log10_of_e = 0.43429448190325182765;
    Array y = log(x);
    // The parts by themselves: of a complex product an infinity would leave NaN behind.
    if (is_complex(x.dtype())) return complex(real(y) * log10_of_e, imag(y) * log10_of_e);
    return y * log10_of_e;
  }
  static std::vector<Sample> samples() {
    return {sample<Log10>({{.shape = {5}, .low = 0.1, .high = 9}}),
            sample<Log10>({{.shape = {2, 3}, .dtype = complex64, .low = 0.5, .high = 3}})};
  }
};

}  // namespace koine::ops
