#include "backend/cpu/gemm/product.h"

#include "backend/cpu/gemm/blocked.h"
#include "base/format.h"

#include <algorithm>

namespace koine::backend::cpu {

namespace {

// Work below this is not worth a second core. More chunks than threads let a thread that is held up do fewer.
constexpr int64_t least_work = int64_t{1} << 20, chunks_per_thread = 4;
// A chunk keeps at least this much of both sides, or it would copy operands more than it multiplies.
constexpr int64_t least_rows = 28, least_columns = 64, column_unit = 32;

int64_t parts_of(int64_t n, int64_t size) { return (n + size - 1) / size; }

MatrixLayout layout_of(const std::vector<int64_t>& shape, bool left, size_t batch_axes) {
  // A vector is a row on the left and a column on the right.
  const bool column = shape.size() == 1 && !left;
  MatrixLayout layout{column ? 1 : shape.back(), 1, std::vector<int64_t>(batch_axes, 0)};
  size_t own = shape.size() < 2 ? 0 : shape.size() - 2;
  int64_t stride = own == 0 ? 0 : shape[own] * shape[own + 1];
  for (size_t d = own; d-- > 0;) {
    if (shape[d] != 1) layout.batch_strides[batch_axes - own + d] = stride;
    stride *= shape[d];
  }
  return layout;
}

std::vector<int64_t> sizes_of(ir::TypeRef type) {
  std::vector<int64_t> sizes;
  for (Dim d : type->shape) sizes.push_back(d.value());
  return sizes;
}

}  // namespace

Product product_of(ir::TypeRef x1, ir::TypeRef x2) {
  Product product{};
  product.dtype = x1->dtype;
  std::vector<int64_t> a = sizes_of(x1), b = sizes_of(x2);
  product.rows = a.size() == 1 ? 1 : a[a.size() - 2];
  product.inner = a.back();
  product.columns = b.size() == 1 ? 1 : b.back();
  size_t axes = std::max<size_t>(std::max(a.size(), b.size()), 2) - 2;
  product.batch.assign(axes, 1);
  for (const auto& shape : {a, b})
    for (size_t d = 2; d < shape.size(); ++d) {
      int64_t& size = product.batch[axes + 1 - d];
      int64_t own = shape[shape.size() - 1 - d];
      if (own != 1) size = own;
    }
  product.a = layout_of(a, true, axes);
  product.b = layout_of(b, false, axes);
  return product;
}

int64_t Product::work() const {
  int64_t n = 2 * rows * inner * columns;
  for (int64_t size : batch) n *= size;
  return n;
}

std::string to_string(const Product& p) {
  std::string text;
  for (int64_t size : p.batch) text += cat(text.empty() ? "" : " x ", size);
  text += cat(text.empty() ? "" : " of ", p.rows, " x ", p.inner, " x ", p.columns);
  if (p.a.column_stride != 1) text += ", a transposed";
  if (p.b.column_stride != 1) text += ", b transposed";
  return text;
}

std::unique_ptr<NodeKernel> make_product(Product product) {
  merge_axes(product);
  auto kernel = make_library_product(product);
  return kernel ? std::move(kernel) : make_blocked_product(product);
}

void merge_axes(Product& p) {
  std::vector<int64_t> batch, a, b;
  for (size_t d = p.batch.size(); d-- > 0;) {
    int64_t size = p.batch[d], stride_a = p.a.batch_strides[d], stride_b = p.b.batch_strides[d];
    if (size == 1) continue;
    if (batch.empty() && stride_b == 0 && stride_a == p.rows * p.a.row_stride) {
      p.rows *= size;
    } else if (!batch.empty() && stride_a == a.back() * batch.back() && stride_b == b.back() * batch.back()) {
      batch.back() *= size;
    } else {
      batch.push_back(size);
      a.push_back(stride_a);
      b.push_back(stride_b);
    }
  }
  std::reverse(batch.begin(), batch.end());
  std::reverse(a.begin(), a.end());
  std::reverse(b.begin(), b.end());
  p.batch = std::move(batch);
  p.a.batch_strides = std::move(a);
  p.b.batch_strides = std::move(b);
}

ProductGrid grid_of(const Product& p, int64_t batch, int64_t threads) {
  ProductGrid grid{batch, p.rows, p.columns, 1, 1, 1};
  const double work = 2.0 * static_cast<double>(p.rows) * static_cast<double>(p.inner) *
                      static_cast<double>(p.columns) * static_cast<double>(batch);
  const int64_t wanted =
      std::clamp<int64_t>(static_cast<int64_t>(work / least_work), 1, threads == 1 ? 1 : threads * chunks_per_thread);
  grid.batches = parts_of(batch, std::min(batch, wanted));
  grid.batch_chunks = parts_of(batch, grid.batches);
  // Halves of the longer side, so that chunks stay near a square and are equal.
  while (grid.batch_chunks * grid.row_chunks * grid.column_chunks * 2 <= wanted) {
    const bool by_row = grid.rows >= 2 * least_rows, by_column = grid.columns >= 2 * least_columns;
    if (by_column && (!by_row || grid.columns > 2 * grid.rows)) {
      grid.columns = parts_of(parts_of(grid.columns, 2), column_unit) * column_unit;
      grid.column_chunks = parts_of(p.columns, grid.columns);
    } else if (by_row) {
      grid.rows = parts_of(grid.rows, 2);
      grid.row_chunks = parts_of(p.rows, grid.rows);
    } else {
      break;
    }
  }
  return grid;
}

ProductChunk ProductGrid::at(int64_t chunk, const Product& p, int64_t batch) const {
  ProductChunk part{};
  part.first_column = chunk % column_chunks * columns;
  part.columns = std::min(columns, p.columns - part.first_column);
  chunk /= column_chunks;
  part.first_row = chunk % row_chunks * rows;
  part.rows = std::min(rows, p.rows - part.first_row);
  part.first_batch = chunk / row_chunks * batches;
  part.batches = std::min(batches, batch - part.first_batch);
  return part;
}

}  // namespace koine::backend::cpu
