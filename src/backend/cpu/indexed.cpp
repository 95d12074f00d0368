#include "backend/cpu/indexed.h"

#include "backend/cpu/attr.h"
#include "backend/cpu/pool.h"
#include "base/dtype_traits.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace koine::backend::cpu {

namespace {

constexpr int64_t chunk_bytes = 1 << 16;  // moved by one thread

template <class T>
T element(const std::byte* data, int64_t i) {
  T value;
  std::memcpy(&value, data + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

/// Calls f with a value of the type that holds elements of a dtype in sums; false for dtypes that nobody sums here.
template <class F>
bool visit_summed(DType dtype, F f) {
  switch (dtype) {
    case DType::float32:
      f(float{}, double{});
      return true;
    case DType::float64:
      f(double{}, double{});
      return true;
    case DType::int32:
      f(uint32_t{}, uint32_t{});
      return true;
    case DType::int64:
      f(uint64_t{}, uint64_t{});
      return true;
    default:
      return false;
  }
}

int64_t chunk_of(int64_t bytes_each) { return std::max<int64_t>(1, chunk_bytes / std::max<int64_t>(bytes_each, 1)); }

/// Calls f(first, last) for stretches of 0 to n - 1.
template <class F>
void in_chunks(int64_t n, int64_t chunk, F f) {
  parallel_for((n + chunk - 1) / chunk, [&](int64_t at) { f(at * chunk, std::min(n, (at + 1) * chunk)); });
}

/// Elements of N bytes from a row to another; one element is what many rows are.
template <size_t N>
void copy_row(std::byte* to, const std::byte* from, int64_t count) {
  if (count == 1)
    std::memcpy(to, from, N);
  else
    std::memcpy(to, from, static_cast<size_t>(count) * N);
}
template <class F>
void visit_size(size_t bytes, F f) {
  switch (bytes) {
    case 1:
      return f(std::integral_constant<size_t, 1>{});
    case 2:
      return f(std::integral_constant<size_t, 2>{});
    case 4:
      return f(std::integral_constant<size_t, 4>{});
    case 8:
      return f(std::integral_constant<size_t, 8>{});
    default:
      return f(std::integral_constant<size_t, 16>{});
  }
}

}  // namespace

Indices::Indices(ir::TypeRef type, int64_t length, Outside outside)
    : dtype_(type->dtype), count_(type->count), length_(length), outside_(outside) {}

bool Indices::reads(DType dtype) { return dtype == DType::int64 || dtype == DType::int32 || dtype == DType::uint8; }

int64_t Indices::at(const std::byte* data, int64_t i) const {
  const int64_t index = dtype_ == DType::int64   ? element<int64_t>(data, i)
                        : dtype_ == DType::int32 ? element<int32_t>(data, i)
                                                 : element<uint8_t>(data, i);
  switch (outside_) {
    case Outside::clip:
      return std::clamp<int64_t>(index, 0, length_ - 1);
    case Outside::wrap:
      return (index % length_ + length_) % length_;
    case Outside::none:
      return index >= 0 && index < length_ ? index : -1;
    default:
      return index < 0 ? index + length_ : index;
  }
}

bool Indices::accepts(const std::byte* data) const {
  if (outside_ != Outside::raise) return true;
  for (int64_t i = 0; i < count_; ++i)
    if (const int64_t position = at(data, i); position < 0 || position >= length_) return false;
  return true;
}

Picked picked_of(const NodeTypes& node) {
  const Shape &x = node.in[0]->shape, &indices = node.in[1]->shape;
  const auto mode = attr<std::string>(node, "mode");
  const auto axis = static_cast<int64_t>(x.size()) + attr<int64_t>(node, "axis"), batch = attr<int64_t>(node, "batch");
  Picked p;
  for (int64_t d = 0; d < static_cast<int64_t>(x.size()); ++d)
    (d < batch ? p.batch : d < axis ? p.before : d == axis ? p.length : p.after) *= x[d].value();
  for (int64_t d = batch; d < static_cast<int64_t>(indices.size()); ++d) p.picks *= indices[d].value();
  p.outside = mode == "clip"    ? Outside::clip
              : mode == "wrap"  ? Outside::wrap
              : mode == "raise" ? Outside::raise
                                : Outside::none;
  p.none_is_nan = mode == "fill";
  return p;
}

namespace {

class Gathered : public NodeKernel {
 public:
  Gathered(const NodeTypes& node, const Picked& p)
      : p_(p), indices_(node.in[1], p.length, p.outside), size_(size_of(node.in[0]->dtype)), none_(16) {
    if (p.none_is_nan && is_floating(node.in[0]->dtype)) {
      const double nan = std::numeric_limits<double>::quiet_NaN();
      convert(DType::float64, reinterpret_cast<const std::byte*>(&nan), node.in[0]->dtype, none_.data(), 1);
    }
  }
  bool accepts(std::span<const std::byte* const> in) const override { return indices_.accepts(in[1]); }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    visit_size(size_, [&](auto size) {
      constexpr size_t bytes = decltype(size)::value;
      const int64_t row = p_.after * static_cast<int64_t>(bytes);
      in_chunks(p_.batch * p_.before * p_.picks, chunk_of(row), [&](int64_t first, int64_t last) {
        for (int64_t r = first; r < last; ++r) {
          const int64_t block = r / p_.picks, pick = r % p_.picks;
          const int64_t position = indices_.at(in[1], block / p_.before * p_.picks + pick);
          std::byte* to = out[0] + r * row;
          if (position >= 0)
            copy_row<bytes>(to, in[0] + (block * p_.length + position) * row, p_.after);
          else
            for (int64_t i = 0; i < p_.after; ++i)
              std::memcpy(to + i * static_cast<int64_t>(bytes), none_.data(), bytes);
        }
      });
    });
  }

 private:
  Picked p_;
  Indices indices_;
  size_t size_;
  std::vector<std::byte> none_;
};

class ScatteredSum : public NodeKernel {
 public:
  ScatteredSum(const NodeTypes& node, const Picked& p)
      : p_(p), indices_(node.in[1], p.length, p.outside), dtype_(node.in[0]->dtype) {}
  /// For each example: where the picks of each position begin, and the picks by position.
  int64_t scratch_bytes() const override { return p_.batch * (p_.length + 1 + p_.picks) * 8; }
  bool accepts(std::span<const std::byte* const> in) const override { return indices_.accepts(in[1]); }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte* scratch) const override {
    auto* lists = reinterpret_cast<int64_t*>(scratch);
    const int64_t list = p_.length + 1 + p_.picks;
    parallel_for(p_.batch, [&](int64_t b) { sort_picks(in[1], b, lists + b * list); });
    visit_summed(dtype_, [&](auto stored, auto wide) {
      using T = decltype(stored);
      using W = decltype(wide);
      in_chunks(p_.batch * p_.before * p_.length, chunk_of(p_.after * static_cast<int64_t>(sizeof(T))),
                [&](int64_t first, int64_t last) {
                  for (int64_t r = first; r < last; ++r) {
                    const int64_t block = r / p_.length, position = r % p_.length;
                    const int64_t* begin = lists + block / p_.before * list;
                    const int64_t* picks = begin + p_.length + 1;
                    sum_row<T, W>(in[0] + r * p_.after * static_cast<int64_t>(sizeof(T)),
                                  reinterpret_cast<const T*>(in[2]) + block * p_.picks * p_.after,
                                  {picks + begin[position], picks + begin[position + 1]},
                                  out[0] + r * p_.after * static_cast<int64_t>(sizeof(T)));
                  }
                });
    });
  }

 private:
  void sort_picks(const std::byte* indices, int64_t b, int64_t* begin) const {
    std::fill_n(begin, p_.length + 1, 0);
    int64_t* picks = begin + p_.length + 1;
    for (int64_t j = 0; j < p_.picks; ++j)
      if (const int64_t position = indices_.at(indices, b * p_.picks + j); position >= 0) ++begin[position];
    // Each count becomes where its picks end, and then, pick by pick from the last, where they begin.
    int64_t end = 0;
    for (int64_t n = 0; n <= p_.length; ++n) begin[n] = end += begin[n];
    for (int64_t j = p_.picks; j-- > 0;)
      if (const int64_t position = indices_.at(indices, b * p_.picks + j); position >= 0) picks[--begin[position]] = j;
  }

  template <class T, class W>
  void sum_row(const std::byte* x, const T* updates, std::span<const int64_t> picks, std::byte* out) const {
    if (picks.empty()) {
      if (x != out) std::memcpy(out, x, static_cast<size_t>(p_.after) * sizeof(T));
      return;
    }
    constexpr int64_t some = 256;
    W sum[some];
    for (int64_t from = 0; from < p_.after; from += some) {
      const int64_t count = std::min(some, p_.after - from);
      for (int64_t i = 0; i < count; ++i) sum[i] = static_cast<W>(reinterpret_cast<const T*>(x)[from + i]);
      for (const int64_t j : picks) {
        const T* update = updates + j * p_.after + from;
        for (int64_t i = 0; i < count; ++i) sum[i] += static_cast<W>(update[i]);
      }
      for (int64_t i = 0; i < count; ++i) reinterpret_cast<T*>(out)[from + i] = static_cast<T>(sum[i]);
    }
  }

  Picked p_;
  Indices indices_;
  DType dtype_;
};

/// Lines of x along an axis: x is [outer, length, inner], the indices [outer, picks, inner].
struct Lines {
  int64_t outer = 1, length = 1, inner = 1, picks = 1;
  explicit Lines(const NodeTypes& node) {
    const Shape& x = node.in[0]->shape;
    const auto axis = static_cast<int64_t>(x.size()) + attr<int64_t>(node, "axis");
    for (int64_t d = 0; d < static_cast<int64_t>(x.size()); ++d)
      (d < axis ? outer : d == axis ? length : inner) *= x[d].value();
    picks = node.in[1]->shape[axis].value();
  }
};

class TakenAlong : public NodeKernel {
 public:
  explicit TakenAlong(const NodeTypes& node)
      : lines_(node), indices_(node.in[1], lines_.length, Outside::raise), size_(size_of(node.in[0]->dtype)) {}
  bool accepts(std::span<const std::byte* const> in) const override { return indices_.accepts(in[1]); }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    visit_size(size_, [&](auto size) {
      constexpr auto bytes = static_cast<int64_t>(decltype(size)::value);
      in_chunks(indices_.count(), chunk_of(bytes), [&](int64_t first, int64_t last) {
        for (int64_t k = first; k < last; ++k) {
          const int64_t block = k / lines_.inner / lines_.picks, i = k % lines_.inner;
          const int64_t from = (block * lines_.length + indices_.at(in[1], k)) * lines_.inner + i;
          std::memcpy(out[0] + k * bytes, in[0] + from * bytes, static_cast<size_t>(bytes));
        }
      });
    });
  }

 private:
  Lines lines_;
  Indices indices_;
  size_t size_;
};

class PutAlong : public NodeKernel {
 public:
  explicit PutAlong(const NodeTypes& node)
      : lines_(node), indices_(node.in[1], lines_.length, Outside::raise), dtype_(node.in[0]->dtype) {}
  bool accepts(std::span<const std::byte* const> in) const override { return indices_.accepts(in[1]); }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    visit_summed(dtype_, [&](auto stored, auto) {
      using T = decltype(stored);
      const int64_t block = lines_.length * lines_.inner;
      const auto *x = reinterpret_cast<const T*>(in[0]), *updates = reinterpret_cast<const T*>(in[2]);
      auto* to = reinterpret_cast<T*>(out[0]);
      in_chunks(lines_.outer, chunk_of(block * static_cast<int64_t>(sizeof(T))), [&](int64_t first, int64_t last) {
        if (x != to) std::copy(x + first * block, x + last * block, to + first * block);
        for (int64_t k = first * lines_.inner; k < last * lines_.inner; ++k)
          to[k / lines_.inner * block + indices_.at(in[1], k) * lines_.inner + k % lines_.inner] += updates[k];
      });
    });
  }

 private:
  Lines lines_;
  Indices indices_;
  DType dtype_;
};

bool is_summed(DType dtype) {
  return visit_summed(dtype, [](auto, auto) {});
}
bool serves(const NodeTypes& node) {
  return node.strides.empty() && Indices::reads(node.in[1]->dtype) && node.out[0]->count > 0;
}

}  // namespace

std::unique_ptr<NodeKernel> make_gathered(const NodeTypes& node) {
  if (!serves(node) || is_complex(node.in[0]->dtype)) return nullptr;
  return std::make_unique<Gathered>(node, picked_of(node));
}

std::unique_ptr<NodeKernel> make_scattered_sum(const NodeTypes& node) {
  if (!serves(node) || !is_summed(node.in[0]->dtype)) return nullptr;
  return std::make_unique<ScatteredSum>(node, picked_of(node));
}

std::unique_ptr<NodeKernel> make_taken_along(const NodeTypes& node) {
  if (!serves(node)) return nullptr;
  return std::make_unique<TakenAlong>(node);
}

std::unique_ptr<NodeKernel> make_put_along(const NodeTypes& node) {
  if (!serves(node) || !is_summed(node.in[0]->dtype)) return nullptr;
  const Lines lines(node);
  return lines.picks == 1 ? std::make_unique<PutAlong>(node) : nullptr;
}

}  // namespace koine::backend::cpu
