#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct Uniform : Composite {
  struct Attrs {
    Shape shape = {};
    DType dtype = float32;
    double low = 0;
    double high = 1;
  };
  static constexpr const char* args[] = {"key"};
  static constexpr Promote promote = Promote::none;
  static constexpr ir::AttrField fields[] = {field<&Attrs::shape>("shape", "how many numbers, along which axes"),
                                             field<&Attrs::dtype>("dtype", "a floating dtype"),
                                             field<&Attrs::low>("low", "the least number"),
                                             field<&Attrs::high>("high", "what the numbers stay below")};
  static constexpr auto doc =
      "Numbers spread evenly from low up to high: low + (high - low) * u, where u are the multiples of 2^-p below 1, p "
      "being the digits of the dtype (float32 24, float64 53, float16 11, bfloat16 8), from the high bits of "
      "random_bits. Rounding can make the largest equal to high.";
  static constexpr auto shapes =
      "The result has the given shape; DTypeError for a dtype that is not floating, ValueError where low is above "
      "high, ShapeError or DTypeError for what is no key.";
  static constexpr auto example =
      ">>> x = kn.uniform(kn.random.key(0), (1000,), low=2, high=3)\n"
      ">>> bool(kn.all((x >= 2) & (x <= 3)))\n"
      "True";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void normalize(Attrs& a, const TypeInput&) {
    if (!is_floating(a.dtype)) throw DTypeError("uniform numbers are floating, not " + to_string(a.dtype));
    if (!(a.low <= a.high)) throw ValueError("low is above high");
  }
  static Array body(Array key, const Attrs& a) {
    struct Source {
      DType bits;
      int unused;
      double unit;
    };
    Source source = a.dtype == float64   ? Source{uint64, 11, 0x1p-53}
                    : a.dtype == float32 ? Source{uint32, 8, 0x1p-24}
                    : a.dtype == float16 ? Source{uint16, 5, 0x1p-11}
                                         : Source{uint16, 8, 0x1p-8};
    Array bits = random_bits(key, {.shape = a.shape, .dtype = source.bits}) >> source.unused;
    Array u = cast(bits, {.dtype = wide_dtype(a.dtype)}) * source.unit;
    return cast(a.low + u * (a.high - a.low), {.dtype = a.dtype});
  }
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6};
    return {sample<Uniform>({key}, {.shape = {5}}), sample<Uniform>({key}, {.shape = {2, 3}, .low = -1, .high = 3}),
            sample<Uniform>({key}, {.shape = {}, .dtype = float64})};
  }
};

}  // namespace koine::ops
