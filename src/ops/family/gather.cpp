#include "ops/family/gather.h"

#include "base/dtype_traits.h"
#include "base/format.h"

#include <koine/ops.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace koine::ops {

void indexed_dtypes(std::span<ir::OperandDType> operands) {
  promote_operands(Promote::none, operands);
  if (!is_integer(operands[1].dtype)) throw DTypeError(cat("indices must be integers, not ", name(operands[1].dtype)));
  for (ir::OperandDType& update : operands.subspan(2)) take_dtype(update, operands[0]);
}

void check_mode(const std::string& mode, bool reading) {
  constexpr std::string_view modes[] = {"raise", "clip", "wrap", "fill", "zero"};
  std::span<const std::string_view> known(modes, reading ? 5 : 4);
  if (std::find(known.begin(), known.end(), mode) == known.end())
    throw ValueError(cat("there is no mode '", mode, "'", did_you_mean(mode, known)));
}

void check_axis_length(Dim n, const Shape& indices, const std::string& mode) {
  if (same(n, 0) && mode != "fill" && mode != "zero" && !same(count(indices), 0))
    throw IndexError("the axis has no positions for the indices of shape " + to_string(indices));
}

Shape gathered_shape(const Shape& x, const Shape& indices, GatherAttrs attrs) {
  auto rank = static_cast<int64_t>(x.size()), place = rank + attrs.axis;
  if (attrs.batch < 0 || attrs.batch > place || attrs.batch > static_cast<int64_t>(indices.size()))
    throw ValueError(cat("batch ", attrs.batch, " is not a number of axes before axis ", place, " of ", to_string(x),
                         " that the indices ", to_string(indices), " have too"));
  check_axis_length(x[place], indices, attrs.mode);
  Shape shape;
  for (int64_t d = 0; d < place; ++d) shape.push_back(x[d]);
  for (int64_t d = 0; d < static_cast<int64_t>(indices.size()); ++d) {
    if (d >= attrs.batch)
      shape.push_back(indices[d]);
    else if (!same(indices[d], x[d]))
      throw ShapeError(
          cat("the first ", attrs.batch, " axes of ", to_string(x), " and ", to_string(indices), " differ"));
  }
  for (int64_t d = place + 1; d < rank; ++d) shape.push_back(x[d]);
  return shape;
}

void check_updates(const TypeInput& in, GatherAttrs attrs) {
  Shape want = gathered_shape(in.shape(0), in.shape(1), attrs);
  if (!(in.shape(2) == want))
    throw ShapeError(cat("the updates have shape ", to_string(in.shape(2)), ", not ", to_string(want)));
  if (in.dtype(2) != in.dtype(0)) throw DTypeError("the updates have another dtype");
}

void check_along(const TypeInput& in, int64_t axis) {
  Shape want = in.shape(0);
  if (in.shape(1).size() == want.size()) want[axis] = in.shape(1)[axis];
  if (!(in.shape(1) == want))
    throw ShapeError(cat("indices of shape ", to_string(in.shape(1)), " do not fit ", to_string(in.shape(0)),
                         " but for axis ", static_cast<int64_t>(want.size()) + axis));
  check_axis_length(in.shape(0)[axis], want, "raise");
}

bool shares_indices(const BatchInput& node, int64_t batch) { return !node.batched[1] && batch == 0; }

Array last_at_position(const Array& x, const Array& indices, GatherAttrs attrs) {
  // The number of each update among those of its batch, written and read back: the last one is found again.
  Shape flat, lines, wide;
  Dim updates = 1;
  int64_t rank = x.rank(), place = rank + attrs.axis;
  for (int64_t d = 0; d < indices.rank(); ++d) {
    if (d == attrs.batch)
      for (int64_t k = attrs.batch; k < place; ++k) wide.push_back(1);
    wide.push_back(indices.shape()[d]);
    if (d < attrs.batch)
      flat.push_back(indices.shape()[d]);
    else
      updates = updates * indices.shape()[d];
  }
  for (int64_t k = place + 1; k < rank; ++k) wide.push_back(1);
  lines = flat;
  flat.push_back(updates);
  lines.push_back(x.shape()[attrs.axis]);
  Array number = reshape(cumsum(ones(flat, int64), {.axis = -1}), {.shape = indices.shape()});
  Array written = scatter(zeros(lines, int64), indices, number,
                          {.axis = -1, .mode = writing_mode(attrs.mode), .batch = attrs.batch});
  Array read = gather(written, indices, {.axis = -1, .mode = reading_mode(attrs.mode), .batch = attrs.batch});
  return reshape(read == number, {.shape = wide});
}

namespace {

[[noreturn]] void out_of_range(int64_t index, int64_t at, const ir::TensorRef& indices, const std::string& axis) {
  std::vector<int64_t> place(indices.shape.size());
  for (size_t d = place.size(); d-- > 0; at /= indices.shape[d]) place[d] = at % indices.shape[d];
  std::string text = cat("index ", index);
  if (!place.empty()) text += cat(" at ", to_string(Shape(place)), " of the indices");
  throw IndexError(cat(text, " is out of range for ", axis));
}

/// The positions that indices name on an axis of length n; -1 for none. `axis` names the axis in the error.
std::vector<int64_t> positions(const ir::TensorRef& indices, int64_t n, const std::string& mode,
                               const std::string& axis) {
  std::vector<int64_t> at(static_cast<size_t>(indices.count()));
  if (indices.dtype == uint64) {
    // Beyond int64 only the remainder matters, or that they are beyond.
    std::vector<uint64_t> wide(at.size());
    load_wide(uint64, indices.data, indices.count(), wide.data());
    constexpr uint64_t last = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < at.size(); ++i)
      at[i] = static_cast<int64_t>(mode == "wrap" ? wide[i] % static_cast<uint64_t>(n) : std::min(wide[i], last));
  } else {
    load_wide(indices.dtype, indices.data, indices.count(), at.data());
  }
  bool none_outside = mode == "fill" || mode == "zero", wrap = mode == "wrap", clip = mode == "clip";
  for (size_t i = 0; i < at.size(); ++i) {
    int64_t index = at[i];
    if (none_outside)
      at[i] = index >= 0 && index < n ? index : -1;
    else if (!wrap && !clip && (index < -n || index >= n))
      out_of_range(index, static_cast<int64_t>(i), indices, axis);
    else
      at[i] = clip ? std::clamp<int64_t>(index, 0, n - 1) : (index % n + n) % n;
  }
  return at;
}

std::string name_axis(const ir::TensorRef& x, int64_t axis) {
  return cat("axis ", static_cast<int64_t>(x.shape.size()) + axis, " of shape ", to_string(Shape(x.shape)));
}

/// x as [batch, before, n, after] and the indices as [batch, picks].
struct Blocks {
  int64_t batch = 1, before = 1, n = 1, after = 1, picks = 1;
  Blocks(const ir::TensorRef& x, const ir::TensorRef& indices, GatherAttrs attrs) {
    auto place = static_cast<int64_t>(x.shape.size()) + attrs.axis;
    for (int64_t d = 0; d < static_cast<int64_t>(x.shape.size()); ++d)
      (d < attrs.batch ? batch : d < place ? before : d == place ? n : after) *= x.shape[static_cast<size_t>(d)];
    for (size_t d = static_cast<size_t>(attrs.batch); d < indices.shape.size(); ++d) picks *= indices.shape[d];
  }
};

/// An element that means "nothing": NaN where the dtype has one.
void nothing(DType dtype, std::byte* element) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::complex<double> nans{nan, nan};
  if (is_inexact(dtype)) store_wide(dtype, &nans, 1, element);
}

void copy_operand(const KernelInput& kernel) {
  const ir::TensorRef &x = kernel.in[0], &out = kernel.out[0];
  if (x.data != out.data) std::copy_n(x.data, out.bytes(), out.data);
}

/// Adds to some elements of an array in the wide type, each rounded once however often it is met.
template <class W>
class Sums {
 public:
  Sums(const ir::TensorRef& out, const ir::TensorRef& updates) : out_(out), updates_(updates) {}
  /// Begins with a stretch of the result; the one before is stored.
  void open(int64_t first, int64_t count) {
    close();
    first_ = first;
    sum_.resize(static_cast<size_t>(count));
    load_wide(out_.dtype, out_.data + first_ * size(), count, sum_.data());
  }
  /// Adds `count` updates from `from` on to places from `to` on.
  void add(int64_t to, int64_t from, int64_t count) {
    part_.resize(static_cast<size_t>(count));
    load_wide(updates_.dtype, updates_.data + from * size(), count, part_.data());
    W* sum = sum_.data() + (to - first_);
    for (size_t i = 0; i < part_.size(); ++i)
      if constexpr (std::is_same_v<W, int64_t>)
        sum[i] = static_cast<int64_t>(static_cast<uint64_t>(sum[i]) + static_cast<uint64_t>(part_[i]));
      else
        sum[i] += part_[i];
  }
  void close() { store_wide(out_.dtype, sum_.data(), static_cast<int64_t>(sum_.size()), out_.data + first_ * size()); }

 private:
  int64_t size() const { return static_cast<int64_t>(size_of(out_.dtype)); }
  const ir::TensorRef &out_, &updates_;
  int64_t first_{};
  std::vector<W> sum_, part_;
};

}  // namespace

void gather_reference(const KernelInput& kernel, GatherAttrs attrs) {
  const ir::TensorRef &x = kernel.in[0], &indices = kernel.in[1], &out = kernel.out[0];
  Blocks blocks(x, indices, attrs);
  std::vector<int64_t> at = positions(indices, blocks.n, attrs.mode, name_axis(x, attrs.axis));
  auto size = static_cast<int64_t>(size_of(x.dtype)), row = blocks.after * size;
  std::byte empty[sizeof(std::complex<double>)] = {};
  if (attrs.mode == "fill") nothing(x.dtype, empty);
  std::byte* to = out.data;
  if (!out.bytes()) return;
  for (int64_t b = 0; b < blocks.batch; ++b)
    for (int64_t m = 0; m < blocks.before; ++m) {
      const std::byte* from = x.data + (b * blocks.before + m) * blocks.n * row;
      for (int64_t j = 0; j < blocks.picks; ++j, to += row) {
        int64_t position = at[static_cast<size_t>(b * blocks.picks + j)];
        if (position >= 0)
          std::memcpy(to, from + position * row, static_cast<size_t>(row));
        else
          for (int64_t i = 0; i < row; i += size) std::memcpy(to + i, empty, static_cast<size_t>(size));
      }
    }
}

void scatter_reference(const KernelInput& kernel, GatherAttrs attrs, bool add) {
  const ir::TensorRef &x = kernel.in[0], &indices = kernel.in[1], &updates = kernel.in[2], &out = kernel.out[0];
  Blocks blocks(x, indices, attrs);
  std::vector<int64_t> at = positions(indices, blocks.n, attrs.mode, name_axis(x, attrs.axis));
  copy_operand(kernel);
  if (!updates.bytes()) return;
  auto each = [&](auto begin_block, auto write_row) {
    for (int64_t b = 0; b < blocks.batch; ++b)
      for (int64_t m = 0; m < blocks.before; ++m) {
        int64_t block = b * blocks.before + m, first = block * blocks.n * blocks.after;
        begin_block(first);
        for (int64_t j = 0; j < blocks.picks; ++j) {
          int64_t position = at[static_cast<size_t>(b * blocks.picks + j)];
          if (position >= 0) write_row(first + position * blocks.after, (block * blocks.picks + j) * blocks.after);
        }
      }
  };
  if (!add) {
    auto size = static_cast<int64_t>(size_of(x.dtype));
    each([](int64_t) {},
         [&](int64_t to, int64_t from) {
           std::memcpy(out.data + to * size, updates.data + from * size, static_cast<size_t>(blocks.after * size));
         });
    return;
  }
  visit_wide(x.dtype, [&](auto tag) {
    Sums<typename decltype(tag)::type> sums(out, updates);
    each([&](int64_t first) { sums.open(first, blocks.n * blocks.after); },
         [&](int64_t to, int64_t from) { sums.add(to, from, blocks.after); });
    sums.close();
  });
}

namespace {

/// Calls f(place in the indices, place in x) for every index along an axis; the other axes are common.
template <class F>
void along(const ir::TensorRef& x, const ir::TensorRef& indices, int64_t axis, F f) {
  auto place = static_cast<size_t>(static_cast<int64_t>(x.shape.size()) + axis);
  std::vector<int64_t> at = positions(indices, x.shape[place], "raise", name_axis(x, axis));
  int64_t n = x.shape[place], picks = indices.shape[place], after = 1;
  for (size_t d = place + 1; d < x.shape.size(); ++d) after *= x.shape[d];
  int64_t block = picks * after;
  for (int64_t i = 0; i < static_cast<int64_t>(at.size()); ++i)
    f(i, (i / block * n + at[static_cast<size_t>(i)]) * after + i % after);
}

}  // namespace

void take_along_reference(const KernelInput& kernel, int64_t axis) {
  const ir::TensorRef &x = kernel.in[0], &out = kernel.out[0];
  size_t size = size_of(x.dtype);
  along(x, kernel.in[1], axis, [&](int64_t to, int64_t from) {
    std::memcpy(out.data + to * static_cast<int64_t>(size), x.data + from * static_cast<int64_t>(size), size);
  });
}

void put_along_add_reference(const KernelInput& kernel, int64_t axis) {
  const ir::TensorRef &x = kernel.in[0], &updates = kernel.in[2], &out = kernel.out[0];
  std::vector<std::pair<int64_t, int64_t>> moves;
  along(x, kernel.in[1], axis, [&](int64_t from, int64_t to) { moves.emplace_back(to, from); });
  copy_operand(kernel);
  visit_wide(x.dtype, [&](auto tag) {
    Sums<typename decltype(tag)::type> sums(out, updates);
    sums.open(0, out.count());
    for (auto [to, from] : moves) sums.add(to, from, 1);
    sums.close();
  });
}

void ravel_reference(const KernelInput& kernel, const Shape& shape, const std::string& mode) {
  const ir::TensorRef& out = kernel.out[0];
  std::vector<int64_t> flat(static_cast<size_t>(out.count()), 0);
  for (size_t k = 0; k < kernel.in.size(); ++k) {
    const ir::TensorRef& indices = kernel.in[k];
    int64_t n = shape[static_cast<int>(k)].value();
    std::vector<int64_t> at = positions(indices, n, mode, cat("axis ", k, " of shape ", to_string(shape)));
    std::vector<int64_t> stride(out.shape.size(), 0);
    int64_t step = 1;
    for (size_t d = indices.shape.size(), e = out.shape.size(); d-- > 0; step *= indices.shape[d])
      if (stride[--e] = step; indices.shape[d] == 1) stride[e] = 0;
    for (int64_t i = 0; i < out.count(); ++i) {
      int64_t from = 0, rest = i;
      for (size_t e = out.shape.size(); e-- > 0; rest /= out.shape[e]) from += rest % out.shape[e] * stride[e];
      int64_t& to = flat[static_cast<size_t>(i)];
      to = to * n + at[static_cast<size_t>(from)];
    }
  }
  store_wide(int64, flat.data(), out.count(), out.data);
}

}  // namespace koine::ops
