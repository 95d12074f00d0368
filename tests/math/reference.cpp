#include "math/reference.h"

#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace koine::math_test {

std::span<const Prim> rounding_functions() {
  static constexpr Prim all[] = {Prim::sqrt, Prim::exp,   Prim::expm1, Prim::log,   Prim::log1p, Prim::log2,
                                 Prim::sin,  Prim::cos,   Prim::tan,   Prim::asin,  Prim::acos,  Prim::atan,
                                 Prim::sinh, Prim::cosh,  Prim::tanh,  Prim::asinh, Prim::acosh, Prim::atanh,
                                 Prim::erf,  Prim::power, Prim::atan2, Prim::hypot, Prim::divide};
  return all;
}
std::span<const Prim> exact_functions() {
  static constexpr Prim all[] = {Prim::negative, Prim::absolute,  Prim::sign,        Prim::floor,
                                 Prim::ceil,     Prim::round,     Prim::trunc,       Prim::minimum,
                                 Prim::maximum,  Prim::remainder, Prim::floor_divide};
  return all;
}

struct Reference::Numbers {
  mpfr_t x, y, f, difference;
};

Reference::Reference() : numbers_(new Numbers) {
  mpfr_inits2(53, numbers_->x, numbers_->y, nullptr);
  mpfr_inits2(113, numbers_->f, numbers_->difference, nullptr);
}
Reference::~Reference() {
  mpfr_clears(numbers_->x, numbers_->y, numbers_->f, numbers_->difference, nullptr);
  delete numbers_;
}

void Reference::set(Prim prim, double first, double second) {
  auto& [x, y, f, difference] = *numbers_;
  mpfr_set_d(x, first, MPFR_RNDN);
  mpfr_set_d(y, second, MPFR_RNDN);
  auto one = [&](int (*function)(mpfr_t, const mpfr_t, mpfr_rnd_t)) { function(f, x, MPFR_RNDN); };
  auto two = [&](int (*function)(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t)) { function(f, x, y, MPFR_RNDN); };
  switch (prim) {
    case Prim::sqrt:
      return one(mpfr_sqrt);
    case Prim::exp:
      return one(mpfr_exp);
    case Prim::expm1:
      return one(mpfr_expm1);
    case Prim::log:
      return one(mpfr_log);
    case Prim::log1p:
      return one(mpfr_log1p);
    case Prim::log2:
      return one(mpfr_log2);
    case Prim::sin:
      return one(mpfr_sin);
    case Prim::cos:
      return one(mpfr_cos);
    case Prim::tan:
      return one(mpfr_tan);
    case Prim::asin:
      return one(mpfr_asin);
    case Prim::acos:
      return one(mpfr_acos);
    case Prim::atan:
      return one(mpfr_atan);
    case Prim::sinh:
      return one(mpfr_sinh);
    case Prim::cosh:
      return one(mpfr_cosh);
    case Prim::tanh:
      return one(mpfr_tanh);
    case Prim::asinh:
      return one(mpfr_asinh);
    case Prim::acosh:
      return one(mpfr_acosh);
    case Prim::atanh:
      return one(mpfr_atanh);
    case Prim::erf:
      return one(mpfr_erf);
    case Prim::power:
      return two(mpfr_pow);
    case Prim::atan2:
      return two(mpfr_atan2);
    case Prim::hypot:
      return two(mpfr_hypot);
    case Prim::divide:
      return two(mpfr_div);
    default:
      mpfr_set_nan(f);
  }
}

template <class E>
double Reference::ulps(E computed) const {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  using Limits = std::numeric_limits<E>;
  auto& [x, y, f, difference] = *numbers_;
  if (mpfr_nan_p(f) || std::isnan(computed)) return mpfr_nan_p(f) && std::isnan(computed) ? 0 : wrong;
  if ((mpfr_signbit(f) != 0) != std::signbit(computed)) return wrong;
  if (mpfr_inf_p(f) || mpfr_zero_p(f)) return mpfr_get_d(f, MPFR_RNDN) == double(computed) ? 0 : wrong;
  long exponent = mpfr_get_exp(f);
  if (exponent >
      Limits::max_exponent) {  // it counts how far the largest number or infinity is from where infinity begins
    if (std::isinf(computed)) return 0;
    exponent = Limits::max_exponent;
  }
  // An infinite result for a finite one is taken for the power of two that follows the largest number.
  if (std::isinf(computed))
    mpfr_set_si_2exp(difference, computed > 0 ? 1 : -1, Limits::max_exponent, MPFR_RNDN);
  else
    mpfr_set_d(difference, computed, MPFR_RNDN);
  mpfr_sub(difference, difference, f, MPFR_RNDN);
  long last = std::max<long>(exponent, Limits::min_exponent) - Limits::digits;
  mpfr_mul_2si(difference, difference, -last, MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference, MPFR_RNDN));
}
template double Reference::ulps<float>(float) const;
template double Reference::ulps<double>(double) const;

std::string to_string(Prim prim, const Worst& worst) {
  char text[200];
  std::snprintf(text, sizeof text, "%s: %.3f ulp at x = %a, y = %a, where it gives %a", scalar::name(prim), worst.ulps,
                worst.x, worst.y, worst.computed);
  return text;
}

}  // namespace koine::math_test
