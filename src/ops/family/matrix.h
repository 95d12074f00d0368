#pragma once
#include "base/dtype_traits.h"

#include <vector>

/// The product of matrices of wide numbers, for the kernels of contractions.
namespace koine::ops {

/// What sums are held in: unsigned for integers, so that they wrap.
template <class F>
decltype(auto) visit_sum(DType dtype, F&& f) {
  if (is_complex(dtype)) return f(TypeTag<std::complex<double>>{});
  if (is_floating(dtype)) return f(TypeTag<double>{});
  return f(TypeTag<uint64_t>{});
}

/// A matrix of `rows` times `columns` numbers, cut into panels of a fixed width that the inner loop runs over.
template <class W>
class Panels {
 public:
  static constexpr int64_t width = 8;
  Panels(int64_t rows, int64_t columns)
      : rows_(rows), columns_(columns), data_(static_cast<size_t>(rows * ((columns + width - 1) / width) * width)) {}
  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  W& at(int64_t row, int64_t column) {
    return data_[static_cast<size_t>((column / width * rows_ + row) * width + column % width)];
  }
  const W* panel(int64_t first_column) const { return data_.data() + first_column * rows_; }

 private:
  int64_t rows_, columns_;
  std::vector<W> data_;
};

/// c += a b, with `rows` rows in a and c.
template <class W>
void multiply_add(const W* a, int64_t rows, const Panels<W>& b, W* c);
extern template void multiply_add(const double*, int64_t, const Panels<double>&, double*);
extern template void multiply_add(const uint64_t*, int64_t, const Panels<uint64_t>&, uint64_t*);
extern template void multiply_add(const std::complex<double>*, int64_t, const Panels<std::complex<double>>&,
                                  std::complex<double>*);

/// Which matrix of an operand of that shape, its batch broadcast, belongs to each one of a batch.
std::vector<int64_t> batch_places(std::vector<int64_t> own, const std::vector<int64_t>& batch);

}  // namespace koine::ops
