#include "backend/cpu/scans.h"

#include "backend/cpu/lines.h"

#include <cmath>
#include <limits>
#include <type_traits>

namespace koine::backend::cpu {

namespace {

/// The type that a scan goes on in.
template <class T>
using Total = std::conditional_t<std::is_floating_point_v<T>, double, std::make_unsigned_t<int64_t>>;

template <class W>
W larger(W a, W b) {
  if constexpr (std::is_floating_point_v<W>) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<W>::quiet_NaN();
    if (a == b) return std::signbit(a) ? b : a;
    return std::max(a, b);
  } else {
    // Of signed numbers, whose bits these are.
    return static_cast<int64_t>(a) > static_cast<int64_t>(b) ? a : b;
  }
}

template <Scan scan, class W>
W joined(W total, W element) {
  if constexpr (scan == Scan::sum) return total + element;
  if constexpr (scan == Scan::product) return total * element;
  return larger(total, element);
}

template <Scan scan, class From, class To>
class ScanKernel : public NodeKernel {
 public:
  explicit ScanKernel(const NodeTypes& node)
      : lines_(node.in[0]->shape, attr<int64_t>(node, "axis")), reverse_(attr<bool>(node, "reverse")) {}

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    const auto* x = reinterpret_cast<const From*>(in[0]);
    auto* y = reinterpret_cast<To*>(out[0]);
    auto* places = out.size() > 1 ? reinterpret_cast<int64_t*>(out[1]) : nullptr;
    const int64_t step = reverse_ ? -lines_.after : lines_.after;
    for_lines(lines_, [&](int64_t first, int64_t last) {
      for (int64_t line = first; line < last; ++line) {
        int64_t at = lines_.start(line) + (reverse_ ? (lines_.length - 1) * lines_.after : 0), found = 0;
        W total{};
        for (int64_t k = 0; k < lines_.length; ++k, at += step) {
          const auto element = static_cast<W>(x[at]);
          const W next = k ? joined<scan>(total, element) : element;
          if (places) {
            if (k == 0 || !(next == total || (next != next && total != total)))
              found = reverse_ ? lines_.length - 1 - k : k;
            places[at] = found;
          }
          total = next;
          y[at] = static_cast<To>(total);
        }
      }
    });
  }

 private:
  using W = Total<To>;
  AxisLines lines_;
  bool reverse_;
};

template <class T>
class Recurrence : public NodeKernel {
 public:
  explicit Recurrence(const NodeTypes& node)
      : lines_(node.out[0]->shape, attr<int64_t>(node, "axis")), reverse_(attr<bool>(node, "reverse")) {}

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    const auto *factor = reinterpret_cast<const T*>(in[0]), *term = reinterpret_cast<const T*>(in[1]);
    auto* y = reinterpret_cast<T*>(out[0]);
    const int64_t step = reverse_ ? -lines_.after : lines_.after;
    for_lines(lines_, [&](int64_t first, int64_t last) {
      for (int64_t line = first; line < last; ++line) {
        int64_t at = lines_.start(line) + (reverse_ ? (lines_.length - 1) * lines_.after : 0);
        double value = 0;
        for (int64_t k = 0; k < lines_.length; ++k, at += step) {
          const auto plus = static_cast<double>(term[at]);
          value = k ? static_cast<double>(factor[at]) * value + plus : plus;
          y[at] = static_cast<T>(value);
        }
      }
    });
  }

 private:
  AxisLines lines_;
  bool reverse_;
};

template <Scan scan>
std::unique_ptr<NodeKernel> make(const NodeTypes& node) {
  const DType from = node.in[0]->dtype, to = node.out[0]->dtype;
  if (from == DType::float32 && to == from) return std::make_unique<ScanKernel<scan, float, float>>(node);
  if (from == DType::float64 && to == from) return std::make_unique<ScanKernel<scan, double, double>>(node);
  if (from == DType::int64 && to == from) return std::make_unique<ScanKernel<scan, int64_t, int64_t>>(node);
  if (from == DType::int32 && to == DType::int64) return std::make_unique<ScanKernel<scan, int32_t, int64_t>>(node);
  return nullptr;
}

}  // namespace

std::unique_ptr<NodeKernel> make_scan(const NodeTypes& node, Scan scan) {
  if (!node.strides.empty()) return nullptr;
  switch (scan) {
    case Scan::sum:
      return make<Scan::sum>(node);
    case Scan::product:
      return make<Scan::product>(node);
    default:
      return make<Scan::maximum>(node);
  }
}

std::unique_ptr<NodeKernel> make_recurrence(const NodeTypes& node) {
  if (!node.strides.empty()) return nullptr;
  if (node.out[0]->dtype == DType::float32) return std::make_unique<Recurrence<float>>(node);
  if (node.out[0]->dtype == DType::float64) return std::make_unique<Recurrence<double>>(node);
  return nullptr;
}

}  // namespace koine::backend::cpu
