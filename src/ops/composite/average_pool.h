#pragma once
#include "ops/family/composite.h"
#include "ops/family/pooling.h"

namespace koine::ops {

struct AveragePool : Composite {
  struct Attrs {
    Ints window = {};
    Ints stride = {};
    Padding padding = {};
    Ints dilation = {};
    bool ceil_mode = false;
    bool count_include_pad = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::window>("window",
                            "how many positions are taken together: a number for all spatial axes, or for each"),
      field<&Attrs::stride>("stride",
                            "from one window to the next, for all spatial axes or for each; the window when left out"),
      field<&Attrs::padding>(
          "padding",
          "positions added around: a number for all sides, one for each spatial axis, or (low, high) "
          "for each; or 'same' or 'valid'"),
      field<&Attrs::dilation>("dilation",
                              "from one position of a window to the next, for all spatial axes or for each"),
      field<&Attrs::ceil_mode>("ceil_mode",
                               "also a last window that is not filled, if it begins within x or the padding before it"),
      field<&Attrs::count_include_pad>("count_include_pad", "padding counts as zeros")};
  static constexpr auto doc =
      "The mean of each window over one to three axes before the last one (channels); padding is not counted unless "
      "asked for.";
  static constexpr auto shapes =
      "(batch, spatial..., channels) gives (batch, places..., channels), places = (spatial + padding - reach) / stride "
      "+ "
      "1 rounded down, or up with ceil_mode, reach = (window - 1) * dilation + 1; ShapeError for a window that does "
      "not "
      "fit, ValueError for counts that do not fit the axes.";
  static constexpr auto example =
      ">>> kn.average_pool(kn.reshape(kn.asarray([1.0, 3.0, 5.0, 9.0]), (1, 4, 1)), window=[2])[0, :, 0]\n"
      "array([2., 7.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    canonical_pool(a.window, a.stride, a.padding, a.dilation, in.shape(0));
  }
  static Array body(Array x, const Attrs& a) {
    PoolAttrs pool{a.window, a.stride, a.padding, a.dilation, a.ceil_mode};
    Array wide = widened(x);
    Array total = fold_windows(wide, pool, 0, 0, [](const Array& y, const Array& next) { return y + next; });
    bool differ = a.ceil_mode || (pool.is_padded() && !a.count_include_pad);
    int64_t size = 1;
    for (int64_t n : a.window) size *= n;
    return cast(differ ? total / window_counts(wide, pool, a.count_include_pad) : total / size, {.dtype = x.dtype()});
  }
  static std::vector<Sample> samples() {
    return {sample<AveragePool>({{{2, 5, 2}}}, {{2}, {2}, {0, 0}, {1}}),
            sample<AveragePool>({{{1, 3}}}, {{3}, {3}, {1, 1}, {1}}),
            sample<AveragePool>({{{1, 4, 5, 2}}}, {{3, 2}, {1, 2}, {1, 0, 0, 1}, {1, 1}}),
            sample<AveragePool>({{{1, 6, 5, 1}}}, {{2, 2}, {2, 3}, {1, 0, 0, 1}, {2, 1}, true}),
            sample<AveragePool>({{{1, 6, 5, 1}}}, {{2, 2}, {2, 3}, {1, 0, 0, 1}, {2, 1}, true, true}),
            sample<AveragePool>({{{1, 2, 3, 4, 1}}}, {{2, 2, 2}, {1, 1, 2}, {0, 0, 0, 0, 0, 0}, {1, 1, 1}})};
  }
  static constexpr Onnx onnx{"AveragePool", 7};
};

}  // namespace koine::ops
