#include "base/dtype_traits.h"
#include "ops/family/combine.h"
#include "ops/family/reduction.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace koine::ops {

namespace {

/// Row-major walk over some of an array's axes; `at` is the place in the array. After the last place comes the first.
struct Walk {
  std::vector<int64_t> size, stride, index;
  int64_t at{};

  int64_t count() const {
    int64_t n = 1;
    for (int64_t s : size) n *= s;
    return n;
  }
  void next() {
    for (size_t d = size.size(); d-- > 0;) {
      at += stride[d];
      if (++index[d] < size[d]) return;
      at -= stride[d] * size[d];
      index[d] = 0;
    }
  }
};

/// The operand as a table with a row for each place in the reduced axes and a column for each result.
class Table {
 public:
  Table(const ir::TensorRef& x, const Axes& axis, DType dtype) : x_(x), dtype_(dtype) {
    auto rank = static_cast<int64_t>(x.shape.size());
    std::vector<int64_t> stride(x.shape.size(), 1);
    for (int64_t d = rank - 2; d >= 0; --d)
      stride[static_cast<size_t>(d)] = stride[static_cast<size_t>(d + 1)] * x.shape[static_cast<size_t>(d + 1)];
    for (int64_t d = 0; d < rank; ++d) {
      const Ints& list = axis.list();
      Walk& walk = std::find(list.begin(), list.end(), d - rank) != list.end() ? rows_ : columns_;
      walk.size.push_back(x.shape[static_cast<size_t>(d)]);
      walk.stride.push_back(stride[static_cast<size_t>(d)]);
      walk.index.push_back(0);
    }
  }
  int64_t rows() const { return rows_.count(); }
  int64_t columns() const { return columns_.count(); }

  /// Chooses the next n columns.
  void choose_columns(int64_t n) {
    places_.resize(static_cast<size_t>(n));
    for (int64_t& place : places_) {
      place = columns_.at;
      columns_.next();
    }
  }

  /// The next n rows of the chosen columns, in the wide type; after the last row comes the first.
  template <class W>
  void read(int64_t n, W* to) {
    size_t size = size_of(x_.dtype);
    int64_t count = n * static_cast<int64_t>(places_.size());
    raw_.resize(static_cast<size_t>(count) * size);
    switch (size) {
      case 1:
        gather<1>(n);
        break;
      case 2:
        gather<2>(n);
        break;
      case 4:
        gather<4>(n);
        break;
      case 8:
        gather<8>(n);
        break;
      default:
        gather<16>(n);
        break;
    }
    if (is_bool(dtype_) && !is_bool(x_.dtype)) {
      truth_.resize(static_cast<size_t>(count));
      convert(x_.dtype, raw_.data(), bool_, truth_.data(), count);
      load_wide(bool_, truth_.data(), count, to);
    } else {
      load_wide(x_.dtype, raw_.data(), count, to);
    }
  }

 private:
  template <size_t N>
  void gather(int64_t n) {
    std::byte* to = raw_.data();
    for (int64_t r = 0; r < n; ++r) {
      const std::byte* row = x_.data + rows_.at * static_cast<int64_t>(N);
      for (int64_t place : places_) {
        std::memcpy(to, row + place * static_cast<int64_t>(N), N);
        to += N;
      }
      rows_.next();
    }
  }

  const ir::TensorRef& x_;
  DType dtype_;
  Walk rows_, columns_;
  std::vector<int64_t> places_;
  std::vector<std::byte> raw_, truth_;
};

template <class W>
bool is_nan(W x) {
  if constexpr (std::is_same_v<W, double>) return std::isnan(x);
  return false;
}

constexpr int64_t room = 4096;  // wide numbers in flight; they stay in the first cache

/// Rows are folded in blocks, then the block by halves: one order for each shape, with the rounding error of a
/// pairwise sum.
template <class W>
void reduce(const KernelInput& kernel, const Axes& axis, DType dtype) {
  const ReductionData& data = *static_cast<const ReductionData*>(kernel.op.family_data);
  const ir::TensorRef& out = kernel.out[0];
  Table table(kernel.in[0], axis, dtype);
  Combine<W> combine(data.combine(), dtype);
  int64_t count = table.rows(), columns = table.columns();
  const auto identity = convert_value<W>(data.identity);
  std::vector<W> total, part;
  for (int64_t first = 0; first < columns; first += room) {
    int64_t n = std::min(room, columns - first), rows = std::max<int64_t>(1, std::min(count, room / n));
    table.choose_columns(n);
    total.assign(static_cast<size_t>(rows * n), identity);
    part.resize(total.size());
    if (count) table.read(rows, total.data());
    for (int64_t r = rows; r < count; r += rows) {
      int64_t some = std::min(rows, count - r);
      table.read(some, part.data());
      combine(total.data(), part.data(), some * n);
    }
    while (rows > 1) {
      int64_t half = rows / 2;
      combine(total.data(), total.data() + (rows - half) * n, half * n);
      rows -= half;
    }
    std::byte* to = out.data + first * static_cast<int64_t>(size_of(out.dtype));
    if (data.result != Reduced::index) {
      store_wide(out.dtype, total.data(), n, to);
      continue;
    }
    std::vector<int64_t> found(static_cast<size_t>(n), -1);
    for (int64_t r = 0; r < count; ++r) {
      table.read(1, part.data());
      for (size_t k = 0; k < found.size(); ++k)
        if (found[k] < 0 && (part[k] == total[k] || (is_nan(part[k]) && is_nan(total[k])))) found[k] = r;
    }
    store_wide(int64, found.data(), n, to);
  }
}

}  // namespace

void reduction_reference(const KernelInput& kernel, ReductionAttrs attrs) {
  Reduced result = static_cast<const ReductionData*>(kernel.op.family_data)->result;
  DType dtype = result == Reduced::index ? kernel.in[0].dtype : kernel.out[0].dtype;
  visit_wide(dtype, [&](auto tag) { reduce<typename decltype(tag)::type>(kernel, attrs.axis, dtype); });
}

}  // namespace koine::ops
