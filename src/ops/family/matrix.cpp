#include "ops/family/matrix.h"

#include "ops/family/contraction.h"

#include <optional>

namespace koine::ops {

namespace {

template <class W>
W product(W x, W y) {
  return x * y;
}
// Without the search for infinities that the language's own product does.
std::complex<double> product(std::complex<double> x, std::complex<double> y) {
  return {x.real() * y.real() - x.imag() * y.imag(), x.real() * y.imag() + x.imag() * y.real()};
}

/// R rows times one panel; the sums stay in registers.
template <int R, class W>
void multiply_panel(const W* a, int64_t inner, const W* panel, W* c, int64_t c_row, int64_t columns) {
  constexpr int64_t width = Panels<W>::width;
  W sums[R][width] = {};
  for (int64_t k = 0; k < inner; ++k, panel += width)
    for (int r = 0; r < R; ++r) {
      W x = a[r * inner + k];
      for (int64_t j = 0; j < width; ++j) sums[r][j] += product(x, panel[j]);
    }
  for (int r = 0; r < R; ++r)
    for (int64_t j = 0; j < columns; ++j) c[r * c_row + j] += sums[r][j];
}

}  // namespace

template <class W>
void multiply_add(const W* a, int64_t rows, const Panels<W>& b, W* c) {
  constexpr int64_t width = Panels<W>::width;
  int64_t inner = b.rows(), n = b.columns();
  for (int64_t j = 0; j < n; j += width) {
    int64_t some = std::min(width, n - j), i = 0;
    for (; i + 2 <= rows; i += 2) multiply_panel<2>(a + i * inner, inner, b.panel(j), c + i * n + j, n, some);
    if (i < rows) multiply_panel<1>(a + i * inner, inner, b.panel(j), c + i * n + j, n, some);
  }
}
template void multiply_add(const double*, int64_t, const Panels<double>&, double*);
template void multiply_add(const uint64_t*, int64_t, const Panels<uint64_t>&, uint64_t*);
template void multiply_add(const std::complex<double>*, int64_t, const Panels<std::complex<double>>&,
                           std::complex<double>*);

std::vector<int64_t> batch_places(std::vector<int64_t> own, const std::vector<int64_t>& batch) {
  own.resize(own.size() - 2);
  std::vector<int64_t> places{0};
  int64_t step = 1;
  std::vector<int64_t> stride(batch.size(), 0);
  for (size_t d = own.size(); d-- > 0;) {
    stride[batch.size() - own.size() + d] = own[d] == 1 ? 0 : step;
    step *= own[d];
  }
  for (size_t d = 0; d < batch.size(); ++d) {
    std::vector<int64_t> wider;
    for (int64_t place : places)
      for (int64_t i = 0; i < batch[d]; ++i) wider.push_back(place + i * stride[d]);
    places = std::move(wider);
  }
  return places;
}

namespace {

template <class W>
void multiply_batches(const KernelInput& kernel) {
  std::vector<int64_t> a = kernel.in[0].shape, b = kernel.in[1].shape, batch = kernel.out[0].shape;
  if (b.size() > 1) batch.pop_back();
  if (a.size() > 1) batch.pop_back();
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  int64_t inner = a.back(), rows = a[a.size() - 2], columns = b.back();
  // Rows of all batches under one matrix are the rows of one product.
  if (b.size() == 2) {
    for (int64_t n : batch) rows *= n;
    batch.clear();
    a = {rows, inner};
  }
  std::vector<int64_t> a_at = batch_places(a, batch), b_at = batch_places(b, batch);
  std::vector<W> left(static_cast<size_t>(rows * inner)), right(static_cast<size_t>(inner * columns)), sums;
  Panels<W> panels(inner, columns);
  DType dtype = kernel.out[0].dtype;
  auto size = static_cast<int64_t>(size_of(dtype));
  std::optional<int64_t> packed;
  for (size_t k = 0; k < a_at.size(); ++k) {
    load_wide(dtype, kernel.in[0].data + a_at[k] * rows * inner * size, rows * inner, left.data());
    if (packed != b_at[k]) {
      packed = b_at[k];
      load_wide(dtype, kernel.in[1].data + b_at[k] * inner * columns * size, inner * columns, right.data());
      for (int64_t i = 0; i < inner; ++i)
        for (int64_t j = 0; j < columns; ++j) panels.at(i, j) = right[static_cast<size_t>(i * columns + j)];
    }
    sums.assign(static_cast<size_t>(rows * columns), W{});
    multiply_add(left.data(), rows, panels, sums.data());
    store_wide(dtype, sums.data(), rows * columns,
               kernel.out[0].data + static_cast<int64_t>(k) * rows * columns * size);
  }
}

}  // namespace

void matmul_reference(const KernelInput& kernel) {
  visit_sum(kernel.out[0].dtype, [&](auto tag) { multiply_batches<typename decltype(tag)::type>(kernel); });
}

}  // namespace koine::ops
