#pragma once
#include "backend/cpu/math/erf.h"
#include "backend/cpu/math/exp.h"
#include "backend/cpu/math/hyperbolic.h"
#include "backend/cpu/math/inverse_hyperbolic.h"
#include "backend/cpu/math/inverse_trigonometric.h"
#include "backend/cpu/math/lanes.h"
#include "backend/cpu/math/log.h"
#include "backend/cpu/math/math_table.h"
#include "backend/cpu/math/order.h"
#include "backend/cpu/math/power.h"
#include "backend/cpu/math/remainder.h"
#include "backend/cpu/math/rounding.h"
#include "backend/cpu/math/trigonometric.h"

/// Included by a file for each instruction set, which defines KOINE_ISA.
namespace koine::backend::cpu::KOINE_ISA {

namespace {

using scalar::Prim;

/// A rest of fewer numbers than lanes goes through memory of ours, so that f is there only once.
template <int arity, class F, class E>
__attribute__((noinline)) void map(const E* x, const E* y, E* out, int64_t n) {
  using V = math::Lanes<E>;
  int64_t i = 0;
  for (; i + V::count <= n; i += V::count) {
    if constexpr (arity == 1)
      F()(V::load(x + i)).store(out + i);
    else
      F()(V::load(x + i), V::load(y + i)).store(out + i);
  }
  if (i == n) return;
  E x_rest[V::count] = {}, y_rest[V::count] = {}, out_rest[V::count];
  size_t bytes = static_cast<size_t>(n - i) * sizeof(E);
  __builtin_memcpy(x_rest, x + i, bytes);
  if constexpr (arity == 2) __builtin_memcpy(y_rest, y + i, bytes);
  map<arity, F, E>(x_rest, y_rest, out_rest, V::count);
  __builtin_memcpy(out + i, out_rest, bytes);
}

#define KOINE_FUNCTION1(expression) [](auto x) __attribute__((always_inline)) { return expression; }
#define KOINE_FUNCTION2(expression) [](auto x, auto y) __attribute__((always_inline)) { return expression; }

constexpr MathTable filled() {
  MathTable table{};
  auto set = [&]<int arity, class F>(Prim prim, std::integral_constant<int, arity>, F) {
    table.f32[static_cast<int>(prim)] = map<arity, F, float>;
    table.f64[static_cast<int>(prim)] = map<arity, F, double>;
  };
  auto set1 = [&](Prim prim, auto f) { set(prim, std::integral_constant<int, 1>(), f); };
  auto set2 = [&](Prim prim, auto f) { set(prim, std::integral_constant<int, 2>(), f); };
  set1(Prim::negative, KOINE_FUNCTION1(-x));
  set1(Prim::absolute, KOINE_FUNCTION1(abs(x)));
  set1(Prim::sign, KOINE_FUNCTION1(math::sign(x)));
  set2(Prim::add, KOINE_FUNCTION2(x + y));
  set2(Prim::subtract, KOINE_FUNCTION2(x - y));
  set2(Prim::multiply, KOINE_FUNCTION2(x * y));
  set2(Prim::divide, KOINE_FUNCTION2(x / y));
  set2(Prim::minimum, KOINE_FUNCTION2(math::minimum(x, y)));
  set2(Prim::maximum, KOINE_FUNCTION2(math::maximum(x, y)));
  set1(Prim::sqrt, KOINE_FUNCTION1(sqrt(x)));
  set1(Prim::exp, KOINE_FUNCTION1(math::exp(x)));
  set1(Prim::expm1, KOINE_FUNCTION1(math::expm1(x)));
  set1(Prim::log, KOINE_FUNCTION1(math::log(x)));
  set1(Prim::log1p, KOINE_FUNCTION1(math::log1p(x)));
  set1(Prim::log2, KOINE_FUNCTION1(math::log2(x)));
  set1(Prim::sinh, KOINE_FUNCTION1(math::sinh(x)));
  set1(Prim::cosh, KOINE_FUNCTION1(math::cosh(x)));
  set1(Prim::tanh, KOINE_FUNCTION1(math::tanh(x)));
  set1(Prim::floor, KOINE_FUNCTION1(math::floor(x)));
  set1(Prim::ceil, KOINE_FUNCTION1(math::ceil(x)));
  set1(Prim::round, KOINE_FUNCTION1(math::round(x)));
  set1(Prim::trunc, KOINE_FUNCTION1(math::trunc(x)));
  set1(Prim::sin, KOINE_FUNCTION1(math::sin(x)));
  set1(Prim::cos, KOINE_FUNCTION1(math::cos(x)));
  set1(Prim::tan, KOINE_FUNCTION1(math::tan(x)));
  set1(Prim::asin, KOINE_FUNCTION1(math::asin(x)));
  set1(Prim::acos, KOINE_FUNCTION1(math::acos(x)));
  set1(Prim::atan, KOINE_FUNCTION1(math::atan(x)));
  set1(Prim::asinh, KOINE_FUNCTION1(math::asinh(x)));
  set1(Prim::acosh, KOINE_FUNCTION1(math::acosh(x)));
  set1(Prim::atanh, KOINE_FUNCTION1(math::atanh(x)));
  set1(Prim::erf, KOINE_FUNCTION1(math::erf(x)));
  set2(Prim::atan2, KOINE_FUNCTION2(math::atan2(x, y)));
  set2(Prim::hypot, KOINE_FUNCTION2(math::hypot(x, y)));
  set2(Prim::power, KOINE_FUNCTION2(math::power(x, y)));
  set2(Prim::remainder, KOINE_FUNCTION2(math::remainder(x, y)));
  set2(Prim::floor_divide, KOINE_FUNCTION2(math::floor_divide(x, y)));
  return table;
}

}  // namespace

constexpr MathTable math_table = filled();

}  // namespace koine::backend::cpu::KOINE_ISA
