#pragma once
#include "ops/family/composite.h"
#include "ops/family/pooling.h"

#include <limits>

namespace koine::ops {

struct MaxPool : Composite {
  struct Attrs {
    Ints window = {};
    Ints stride = {};
    Padding padding = {};
    Ints dilation = {};
    bool ceil_mode = false;
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
      field<&Attrs::ceil_mode>(
          "ceil_mode", "also a last window that is not filled, if it begins within x or the padding before it")};
  static constexpr auto doc =
      "The largest element of each window over one to three axes before the last one (channels); padding never wins, "
      "NaN does. The gradient goes to the first largest element.";
  static constexpr auto shapes =
      "(batch, spatial..., channels) gives (batch, places..., channels), places = (spatial + padding - reach) / stride "
      "+ "
      "1 rounded down, or up with ceil_mode, reach = (window - 1) * dilation + 1; ShapeError for a window that does "
      "not "
      "fit, ValueError for counts that do not fit the axes.";
  static constexpr auto example =
      ">>> kn.max_pool(kn.reshape(kn.asarray([1.0, 3.0, 9.0, 5.0]), (1, 4, 1)), window=[2])[0, :, 0]\n"
      "array([3., 9.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) {
    canonical_pool(a.window, a.stride, a.padding, a.dilation, in.shape(0));
  }
  static Array body(Array x, const Attrs& a) {
    constexpr double least = -std::numeric_limits<double>::infinity();
    return fold_windows(
        x, {a.window, a.stride, a.padding, a.dilation, a.ceil_mode}, least, least,
        [](const Array& best, const Array& next) { return where((next <= best) | isnan(best), best, next); });
  }
  static std::vector<Sample> samples() {
    return {sample<MaxPool>({{{2, 5, 2}}}, {{2}, {2}, {0, 0}, {1}}),
            sample<MaxPool>({{{1, 3}}}, {{3}, {3}, {1, 1}, {1}}),
            sample<MaxPool>({{{1, 4, 5, 2}}}, {{3, 2}, {1, 2}, {1, 0, 0, 1}, {1, 1}}),
            sample<MaxPool>({{{1, 6, 5, 1}}}, {{2, 2}, {2, 3}, {1, 0, 0, 0}, {2, 1}, true}),
            sample<MaxPool>({{{1, 2, 3, 4, 1}}}, {{2, 2, 2}, {1, 1, 2}, {0, 0, 0, 0, 0, 0}, {1, 1, 1}})};
  }
  static constexpr Onnx onnx{"MaxPool", 12};
};

}  // namespace koine::ops
