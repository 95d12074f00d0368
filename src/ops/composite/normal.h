#pragma once
#include "ops/family/composite.h"
#include "ops/family/random.h"

namespace koine::ops {

struct Normal : Composite {
  struct Attrs {
    Shape shape = {};
    DType dtype = float32;
  };
  static constexpr const char* args[] = {"key"};
  static constexpr Promote promote = Promote::none;
  static constexpr ir::AttrField fields[] = {field<&Attrs::shape>("shape", "how many numbers, along which axes"),
                                             field<&Attrs::dtype>("dtype", "a floating dtype")};
  static constexpr auto doc =
      "Numbers of the normal distribution with mean 0 and variance 1: sqrt(2) * erfinv(2 * u - 1) with u = (v + 1/2) / "
      "2^w of w random bits v, w being 64 for float64 and 32 for others.";
  static constexpr auto shapes =
      "The result has the given shape; DTypeError for a dtype that is not floating, ShapeError or DTypeError for "
      "what is no key.";
  static constexpr auto example =
      ">>> kn.normal(kn.random.key(0), (2, 3)).shape\n"
      "(2, 3)";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void normalize(Attrs& a, const TypeInput&) {
    if (!is_floating(a.dtype)) throw DTypeError("normal numbers are floating, not " + to_string(a.dtype));
  }
  static Array body(Array key, const Attrs& a) {
    OpenUniform drawn = open_uniform(key, a.shape, wide_dtype(a.dtype));
    // Far from the middle the digits are in the distance from the ends.
    Array tail = erfcinv(2 * minimum(drawn.u, drawn.rest));
    Array far = where(drawn.centred < 0, -tail, tail);
    Array x = where(abs(drawn.centred) < 0.5, erfinv(drawn.centred), far);
    return cast(x * 1.4142135623730951, {.dtype = a.dtype});
  }
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6};
    return {sample<Normal>({key}, {.shape = {5}}), sample<Normal>({key}, {.shape = {2, 3}, .dtype = float64}),
            sample<Normal>({key}, {.shape = {}})};
  }
};

}  // namespace koine::ops
