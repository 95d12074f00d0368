#include <koine/ops.h>

#include <string>
#include <utility>
#include <vector>

/// Arrays from numbers.
namespace koine {

namespace {

DType dtype_of_kind(Kind kind) {
  constexpr DType dtypes[] = {bool_, int64, float32, complex64};
  return dtypes[static_cast<int>(kind)];
}

Array from_numbers(const std::vector<Number>& values, const Shape& shape) {
  Kind kind = Kind::bool_;
  for (const Number& value : values) kind = std::max(kind, value.kind());
  if (values.empty()) kind = Kind::floating;
  if (kind == Kind::bool_ || kind == Kind::integer) {
    std::vector<int64_t> integers;
    for (const Number& value : values) integers.push_back(value.integer());
    return cast(from_bytes(int64, shape, integers.data()), {.dtype = dtype_of_kind(kind)});
  }
  std::vector<double> parts;
  for (const Number& value : values) {
    parts.push_back(value.real());
    if (kind == Kind::complex) parts.push_back(value.imag());
  }
  DType wide = kind == Kind::complex ? complex128 : float64;
  return cast(from_bytes(wide, shape, parts.data()), {.dtype = dtype_of_kind(kind)});
}

[[noreturn]] void ragged() { throw ShapeError("[array] rows have different lengths" + at_line()); }

}  // namespace

Array array(std::initializer_list<Number> values, std::source_location where) {
  SourceScope scope(where);
  return from_numbers(values, {static_cast<int64_t>(values.size())});
}

Array array(std::initializer_list<std::initializer_list<Number>> rows, std::source_location where) {
  SourceScope scope(where);
  std::vector<Number> values;
  size_t width = rows.size() ? rows.begin()->size() : 0;
  for (const auto& row : rows) {
    if (row.size() != width) ragged();
    values.insert(values.end(), row.begin(), row.end());
  }
  return from_numbers(values, {static_cast<int64_t>(rows.size()), static_cast<int64_t>(width)});
}

Array array(std::initializer_list<std::initializer_list<std::initializer_list<Number>>> blocks,
            std::source_location where) {
  SourceScope scope(where);
  std::vector<Array> parts;
  for (const auto& rows : blocks) parts.push_back(array(rows));
  if (parts.empty()) return zeros({0, 0, 0});
  for (const Array& part : parts)
    if (!(part.shape() == parts[0].shape())) ragged();
  return stack(parts);
}

Array scalar_array(Number value, std::source_location where) {
  SourceScope scope(where);
  return full({.shape = {}, .value = value, .dtype = dtype_of_kind(value.kind())});
}

Array zeros(const Shape& shape, DType dtype, std::source_location where) {
  SourceScope scope(where);
  return full({.shape = shape, .value = 0, .dtype = dtype});
}
Array ones(const Shape& shape, DType dtype, std::source_location where) {
  SourceScope scope(where);
  return full({.shape = shape, .value = 1, .dtype = dtype});
}
Array full_like(const Array& x, Number value, std::source_location where) {
  SourceScope scope(where);
  return full({.shape = x.shape(), .value = value, .dtype = x.dtype()});
}
Array zeros_like(const Array& x, std::source_location where) { return full_like(x, 0, where); }
Array ones_like(const Array& x, std::source_location where) { return full_like(x, 1, where); }

Array arange(int64_t stop, std::source_location where) { return arange(0, stop, 1, int64, where); }
Array arange(int64_t start, int64_t stop, int64_t step, DType dtype, std::source_location where) {
  SourceScope scope(where);
  if (step == 0) throw ValueError("[arange] the step is zero" + at_line());
  std::vector<int64_t> values;
  for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) values.push_back(i);
  Array x = from_bytes(int64, {static_cast<int64_t>(values.size())}, values.data());
  return dtype == int64 ? x : cast(x, {.dtype = dtype});
}

Array linspace(double start, double stop, int64_t n, DType dtype, std::source_location where) {
  SourceScope scope(where);
  if (n < 0) throw ValueError("[linspace] the number of points is negative" + at_line());
  std::vector<double> values;
  for (int64_t i = 0; i < n; ++i)
    values.push_back(i + 1 == n && n > 1 ? stop
                                         : start + (stop - start) * static_cast<double>(i) /
                                                       static_cast<double>(std::max<int64_t>(n - 1, 1)));
  return cast(from_bytes(float64, {n}, values.data()), {.dtype = dtype});
}

Array eye(int64_t n, DType dtype, std::source_location where) {
  SourceScope scope(where);
  Array row = arange(n);
  return cast(expand_dims(row, 1) == row, {.dtype = dtype});
}

}  // namespace koine
