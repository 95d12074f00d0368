#pragma once
#include "ops/family/composite.h"
#include "ops/family/factorization.h"

namespace koine::ops {

struct Diagonal : Composite {
  struct Attrs {
    int64_t offset = 0;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::offset>("offset", "how many columns further right; negative ones are rows further down")};
  static constexpr Promote promote = Promote::none;
  static constexpr auto doc = "The diagonals of the last two axes.";
  static constexpr auto shapes =
      "(..., m, n) gives (..., length of the diagonal); ShapeError for an x with fewer than two axes.";
  static constexpr auto example =
      ">>> kn.linalg.diagonal(kn.asarray([[1, 2], [3, 4]]))\n"
      "array([1, 4])";
  static Array body(Array x, const Attrs& a) {
    check_matrix(x.shape());
    const Shape& shape = x.shape();
    int64_t rows = x.size(-2), columns = x.size(-1);
    int64_t down = a.offset < 0 ? std::min(rows, -std::max(a.offset, -rows)) : 0,
            right = a.offset > 0 ? std::min(columns, a.offset) : 0;
    int64_t length = std::min(rows - down, columns - right);
    Shape line = with_matrix(shape, {rows * columns});
    Ints starts(line.size(), 0), stops, steps(line.size(), 1);
    for (Dim d : line) stops.push_back(d.is_concrete() ? d.value() : none);
    starts.back() = down * columns + right;
    steps.back() = columns + 1;
    stops.back() = length == 0 ? starts.back() : starts.back() + (length - 1) * (columns + 1) + 1;
    return slice(reshape(x, {.shape = line}), {.starts = starts, .stops = stops, .steps = steps});
  }
  static constexpr Exemption exemptions[] = {{Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    return {sample<Diagonal>({{{3, 3}}}), sample<Diagonal>({{{2, 3, 4}}}, {.offset = 1}),
            sample<Diagonal>({{{4, 2}}}, {.offset = -3})};
  }
};

}  // namespace koine::ops
