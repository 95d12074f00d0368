#include "ops/family/scan.h"

#include "base/dtype_traits.h"
#include "base/format.h"
#include "ops/family/combine.h"
#include "ops/family/slicing.h"

#include <koine/ops.h>

#include <algorithm>
#include <cstring>

namespace koine::ops {

namespace {

const ScanData& data_of(const ir::OpSpec& op) { return *static_cast<const ScanData*>(op.family_data); }

DType widened(DType dtype) {
  if (is_unsigned_integer(dtype)) return uint64;
  return is_integer(dtype) || is_bool(dtype) ? int64 : dtype;
}

}  // namespace

std::vector<TypeValue> scan_infer(const TypeInput& in) {
  DType dtype = in.dtype(0);
  if (in.op.output_count() == 1) return {{data_of(in.op).widened ? widened(dtype) : dtype, in.shape(0)}};
  if (is_complex(dtype)) throw DTypeError(cat(name(dtype), " elements have no order"));
  return {{dtype, in.shape(0)}, {int64, in.shape(0)}};
}

Arrays scan_jvp(const RuleInput& node, ScanAttrs attrs, Tangents tangents) {
  if (data_of(node.op).linear) return again(node, tangents);
  return {take_along_axis(tangents[0], node.out[1], {.axis = attrs.axis}), Array()};
}

Arrays scan_place_vjp(const RuleInput& node, ScanAttrs attrs, Tangents cotangents) {
  return {put_along_axis_add(zeros_like(node.in[0]), node.out[1], cotangents[0], {.axis = attrs.axis})};
}

Array previous(const Array& x, ScanAttrs attrs, Number first) {
  const Shape& shape = x.shape();
  Ints none_more(shape.size(), 0), one_more = none_more;
  auto place = static_cast<size_t>(static_cast<int64_t>(shape.size()) + attrs.axis);
  one_more[place] = 1;
  Shape offsets = attrs.reverse ? Shape(one_more) : Shape(none_more);
  return slice(pad(x, {.before = attrs.reverse ? none_more : one_more,
                       .after = attrs.reverse ? one_more : none_more,
                       .value = first}),
               {.offsets = offsets, .sizes = shape});
}

Array conjugate(const Array& x) { return is_complex(x.dtype()) ? conj(x) : x; }

namespace {

/// Lines along an axis, some of them side by side: their elements of one place on the axis are a row.
class Lines {
 public:
  Lines(const std::vector<int64_t>& shape, ScanAttrs attrs) : reverse_(attrs.reverse) {
    auto place = static_cast<int64_t>(shape.size()) + attrs.axis;
    for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
      (d < place ? before_ : d == place ? length_ : after_) *= shape[static_cast<size_t>(d)];
  }
  int64_t length() const { return length_; }
  int64_t count() const { return before_ * after_; }
  void choose(int64_t first, int64_t n) {
    raw_.resize(static_cast<size_t>(n) * sizeof(std::complex<double>));
    starts_.clear();
    for (int64_t line = first; line < first + n; ++line)
      starts_.push_back(line / after_ * length_ * after_ + line % after_);
  }
  /// The place on the axis of the k-th step of the scan.
  int64_t step(int64_t k) const { return reverse_ ? length_ - 1 - k : k; }

  template <class W>
  void read(const ir::TensorRef& x, int64_t place, W* to) {
    auto size = static_cast<int64_t>(size_of(x.dtype));
    for (size_t i = 0; i < starts_.size(); ++i)
      std::memcpy(raw_.data() + static_cast<int64_t>(i) * size, x.data + (starts_[i] + place * after_) * size,
                  static_cast<size_t>(size));
    load_wide(x.dtype, raw_.data(), static_cast<int64_t>(starts_.size()), to);
  }
  template <class W>
  void write(const ir::TensorRef& y, int64_t place, const W* from) {
    auto size = static_cast<int64_t>(size_of(y.dtype));
    store_wide(y.dtype, from, static_cast<int64_t>(starts_.size()), raw_.data());
    for (size_t i = 0; i < starts_.size(); ++i)
      std::memcpy(y.data + (starts_[i] + place * after_) * size, raw_.data() + static_cast<int64_t>(i) * size,
                  static_cast<size_t>(size));
  }

 private:
  int64_t before_ = 1, length_ = 1, after_ = 1;
  bool reverse_;
  std::vector<int64_t> starts_;
  std::vector<std::byte> raw_;
};

// Also true where one NaN follows another.
template <class W>
bool is_same(W x, W y) {
  return x == y || (x != x && y != y);
}

}  // namespace

void scan_reference(const KernelInput& kernel, ScanAttrs attrs) {
  const ir::TensorRef &x = kernel.in[0], &y = kernel.out[0];
  Lines lines(x.shape, attrs);
  visit_wide(y.dtype, [&](auto tag) {
    using W = typename decltype(tag)::type;
    Combine<W> combine(data_of(kernel.op).combine(), y.dtype);
    W total[scalar::block], before[scalar::block], element[scalar::block];
    int64_t place[scalar::block];
    for (int64_t first = 0; first < lines.count(); first += scalar::block) {
      int64_t n = std::min<int64_t>(scalar::block, lines.count() - first);
      lines.choose(first, n);
      for (int64_t k = 0; k < lines.length(); ++k) {
        int64_t at = lines.step(k);
        lines.read(x, at, k ? element : total);
        std::copy_n(total, n, before);
        if (k) combine(total, element, n);
        if (y.data) lines.write(y, at, total);
        if (kernel.out.size() < 2 || !kernel.out[1].data) continue;
        for (int64_t i = 0; i < n; ++i)
          if (k == 0 || !is_same(total[i], before[i])) place[i] = at;
        lines.write(kernel.out[1], at, place);
      }
    }
  });
}

void recurrence_reference(const KernelInput& kernel, ScanAttrs attrs) {
  const ir::TensorRef &factor = kernel.in[0], &term = kernel.in[1], &y = kernel.out[0];
  Lines lines(y.shape, attrs);
  visit_wide(y.dtype, [&](auto tag) {
    using W = typename decltype(tag)::type;
    W value[scalar::block], by[scalar::block], plus[scalar::block];
    for (int64_t first = 0; first < lines.count(); first += scalar::block) {
      int64_t n = std::min<int64_t>(scalar::block, lines.count() - first);
      lines.choose(first, n);
      for (int64_t k = 0; k < lines.length(); ++k) {
        int64_t at = lines.step(k);
        lines.read(term, at, k ? plus : value);
        if (k) lines.read(factor, at, by);
        for (int64_t i = 0; k && i < n; ++i) value[i] = by[i] * value[i] + plus[i];
        lines.write(y, at, value);
      }
    }
  });
}

}  // namespace koine::ops
