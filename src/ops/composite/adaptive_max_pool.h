#pragma once
#include "base/narrow.h"
#include "ops/family/composite.h"
#include "ops/family/pooling.h"

#include <limits>

namespace koine::ops {

struct AdaptiveMaxPool : Composite {
  struct Attrs {
    Ints size = {};
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::size>("size", "how many places there are: a number for all spatial axes, or for each")};
  static constexpr auto doc =
      "The largest elements of parts of about the same length over one to three axes before the last one (channels), "
      "the "
      "parts of adaptive_average_pool.";
  static constexpr auto shapes =
      "(batch, spatial..., channels) gives (batch, size..., channels); ValueError for a size below 1 or counts that do "
      "not fit the axes.";
  static constexpr auto example =
      ">>> kn.adaptive_max_pool(kn.reshape(kn.asarray([1.0, 3.0, 5.0, 9.0, 1.0]), (1, 5, 1)), size=2)[0, :, 0]\n"
      "array([5., 9.])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static void normalize(Attrs& a, const TypeInput& in) { canonical_sizes(a.size, in.shape(0)); }
  static Array body(Array x, const Attrs& a) {
    Array y = x;
    const int first = x.rank() - 1 - narrow<int>(a.size.size());
    for (int d = 0; d < narrow<int>(a.size.size()); ++d) {
      const Parts parts =
          parts_of(y, first + d, a.size[static_cast<size_t>(d)], -std::numeric_limits<double>::infinity());
      y = max(parts.elements, {.axis = first + d + 1});
    }
    return y;
  }
  static std::vector<Sample> samples() {
    return {sample<AdaptiveMaxPool>({{{2, 5, 2}}}, {.size = {2}}),
            sample<AdaptiveMaxPool>({{{1, 4, 5, 1}}}, {.size = {2, 3}}),
            sample<AdaptiveMaxPool>({{{1, 2, 1}}}, {.size = {3}})};
  }
};

}  // namespace koine::ops
