#pragma once
#include "ops/family/composite.h"
#include "ops/family/pooling.h"

#include <algorithm>

namespace koine::ops {

struct AveragePool : Composite {
  struct Attrs {
    Ints window = {};
    Ints stride = {};
    Ints padding = {};
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::window>("window", "how many positions of each spatial axis are taken together"),
      field<&Attrs::stride>("stride", "from one window to the next, per spatial axis; the window when left out"),
      field<&Attrs::padding>("padding",
                             "positions added before and after each spatial axis, in pairs; none when left out")};
  static constexpr auto doc =
      "The mean of each window over one to three axes before the last one (channels); padding is not counted.";
  static constexpr auto shapes =
      "(batch, spatial..., channels) gives (batch, places..., channels), places = (spatial + padding - window) / "
      "stride + 1; ShapeError for a window that does not fit.";
  static constexpr auto example =
      ">>> kn.average_pool(kn.reshape(kn.asarray([1.0, 3.0, 5.0, 9.0]), (1, 4, 1)), window=[2])[0, :, 0]\n"
      "array([2., 7.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_pool(a.window, a.stride, a.padding, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    PoolAttrs pool{a.window, a.stride, a.padding};
    Array wide = widened(x);
    Array total = fold_windows(wide, pool, 0, [](const Array& y, const Array& next) { return y + next; });
    bool padded = std::any_of(a.padding.begin(), a.padding.end(), [](int64_t n) { return n != 0; });
    int64_t size = 1;
    for (int64_t n : a.window) size *= n;
    return cast(padded ? total / window_counts(wide, pool) : total / size, {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    return {sample<AveragePool>({{{2, 5, 2}}}, {.window = {2}}),
            sample<AveragePool>({{{1, 3}}}, {.window = {3}, .padding = {1, 1}}),
            sample<AveragePool>({{{1, 4, 5, 2}}}, {.window = {3, 2}, .stride = {1, 2}, .padding = {1, 0, 0, 1}}),
            sample<AveragePool>({{{1, 2, 3, 4, 1}}}, {.window = {2, 2, 2}, .stride = {1, 1, 2}})};
  }
  static constexpr Onnx onnx{"AveragePool", 7};
};

}  // namespace koine::ops
