#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Trace : Composite {
  struct Attrs {
    int64_t offset = 0;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::offset>("offset", "how many columns further right; negative ones are rows further down")};
  static constexpr Promote promote = Promote::none;
  static constexpr auto doc = "The sums of the diagonals of the last two axes.";
  static constexpr auto shapes = "(..., m, n) gives (...); ShapeError for an x with fewer than two axes.";
  static constexpr auto example =
      ">>> kn.linalg.trace(kn.asarray([[1, 2], [3, 4]]))\n"
      "array(5)";
  static Array body(Array x, const Attrs& a) { return sum(diagonal(x, {.offset = a.offset}), {.axis = -1}); }
  static constexpr Exemption exemptions[] = {{Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    return {sample<Trace>({{{3, 3}}}), sample<Trace>({{{2, 3, 4}}}, {.offset = 1})};
  }
};

}  // namespace koine::ops
