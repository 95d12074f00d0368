#pragma once
#include "ops/family/scalar_eval.h"

#include <algorithm>
#include <memory>

/// A monoid, given as a scalar program of two operands, on lists of wide numbers.
namespace koine::ops {

template <class W>
W* numbers(scalar::Lane& lane) {
  if constexpr (std::is_same_v<W, uint64_t>) return lane.u;
  if constexpr (std::is_same_v<W, int64_t>) return lane.i;
  if constexpr (std::is_same_v<W, double>) return lane.f;
  if constexpr (std::is_same_v<W, std::complex<double>>) return lane.c;
}

template <class W>
class Combine {
 public:
  Combine(const scalar::Program& program, DType dtype)
      : program_(program),
        bits_(is_bool(dtype) ? 1 : bits_of(dtype)),
        in_(std::make_unique<scalar::Lane[]>(2)),
        scratch_(std::make_unique<scalar::Lane[]>(program.code.size())) {
    in_[0].kind = in_[1].kind = wide_kind(dtype);
  }
  /// to[i] = program(to[i], from[i]) for i below `count`.
  void operator()(W* to, const W* from, int64_t count) {
    for (int64_t first = 0; first < count; first += scalar::block) {
      auto n = std::min<int64_t>(scalar::block, count - first);
      std::copy_n(to + first, n, numbers<W>(in_[0]));
      std::copy_n(from + first, n, numbers<W>(in_[1]));
      const scalar::Lane& y = scalar::evaluate(program_, in_.get(), static_cast<int>(n), bits_, scratch_.get());
      std::copy_n(numbers<W>(const_cast<scalar::Lane&>(y)), n, to + first);
    }
  }

 private:
  const scalar::Program& program_;
  int bits_;
  std::unique_ptr<scalar::Lane[]> in_, scratch_;
};

}  // namespace koine::ops
