#include "ops/family/scalar_eval.h"

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace koine::scalar {

namespace {

using Complex = std::complex<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
T* numbers(Lane& lane) {
  if constexpr (std::is_same_v<T, uint64_t>) return lane.u;
  if constexpr (std::is_same_v<T, int64_t>) return lane.i;
  if constexpr (std::is_same_v<T, double>) return lane.f;
  if constexpr (std::is_same_v<T, Complex>) return lane.c;
}
template <class T>
const T* numbers(const Lane& lane) {
  return numbers<T>(const_cast<Lane&>(lane));
}
template <class T>
constexpr WideKind class_for() {
  if (std::is_same_v<T, uint64_t>) return WideKind::unsigned_integer;
  if (std::is_same_v<T, int64_t>) return WideKind::signed_integer;
  return std::is_same_v<T, double> ? WideKind::real : WideKind::complex;
}

template <class R, class T, class F>
void map1(Lane& to, const Lane& x, int n, F f) {
  to.kind = class_for<R>();
  R* out = numbers<R>(to);
  const T* a = numbers<T>(x);
  std::transform(a, a + n, out, f);
}
template <class R, class T, class F>
void map2(Lane& to, const Lane& x, const Lane& y, int n, F f) {
  to.kind = class_for<R>();
  R* out = numbers<R>(to);
  const T *a = numbers<T>(x), *b = numbers<T>(y);
  std::transform(a, a + n, b, out, f);
}

// Integer arithmetic wraps: it is done unsigned, where overflow is defined.
template <class T>
T wrap_add(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
template <class T>
T wrap_multiply(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}
template <class T>
T wrap_negate(T a) {
  return static_cast<T>(uint64_t{0} - static_cast<uint64_t>(a));
}

int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return wrap_negate(a);
  return a / b - (a % b != 0 && std::signbit(a) != std::signbit(b));
}
uint64_t floor_divide(uint64_t a, uint64_t b) { return b == 0 ? 0 : a / b; }
int64_t remainder(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  int64_t r = a % b;
  return r != 0 && std::signbit(r) != std::signbit(b) ? r + b : r;
}
uint64_t remainder(uint64_t a, uint64_t b) { return b == 0 ? 0 : a % b; }
double remainder(double a, double b) {
  double r = std::fmod(a, b);
  if (r == 0) return std::copysign(0.0, b);
  return std::signbit(r) != std::signbit(b) ? r + b : r;
}
// As in Python the quotient belongs to the remainder, and rounds exactly where a / b would not; with an infinity it is
// what the Array API says.
double floor_divide(double a, double b) {
  if (b == 0 || std::isinf(a) || std::isinf(b)) return std::floor(a / b);
  double r = std::fmod(a, b), q = (a - r) / b;
  if (r != 0 && std::signbit(r) != std::signbit(b)) q -= 1;
  if (q == 0) return std::copysign(0.0, a / b);
  double whole = std::floor(q);
  return q - whole > 0.5 ? whole + 1 : whole;
}

template <class T>
T integer_power(T base, T exponent) {
  if constexpr (std::is_signed_v<T>) {
    if (exponent < 0) return base == 1 ? T{1} : base == -1 ? (exponent % 2 ? T{-1} : T{1}) : T{0};
  }
  T result = 1;
  for (auto left = static_cast<uint64_t>(exponent); left; left >>= 1) {
    if (left & 1) result = wrap_multiply(result, base);
    base = wrap_multiply(base, base);
  }
  return result;
}

double minimum(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return nan;
  if (a == b) return std::signbit(a) ? a : b;
  return std::min(a, b);
}
double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return nan;
  if (a == b) return std::signbit(a) ? b : a;
  return std::max(a, b);
}
// The direction of an infinite part is that of its axis.
Complex complex_sign(Complex z) {
  double r = std::abs(z);
  if (r == 0) return 0;
  if (!std::isinf(r) || std::isnan(z.real()) || std::isnan(z.imag())) return z / r;
  auto part = [](double x) { return std::copysign(std::isinf(x) ? 1.0 : 0.0, x); };
  Complex direction(part(z.real()), part(z.imag()));
  return direction / std::abs(direction);
}
// Annex G.5.1 of the C standard: moved by a power of two, so that neither the square of b nor a part of the result is
// lost between; infinities and zeros give what they tend to.
Complex divide(Complex x, Complex y) {
  double a = x.real(), b = x.imag(), c = y.real(), d = y.imag();
  double exponent = std::logb(std::max(std::fabs(c), std::fabs(d)));
  int moved = 0;
  if (std::isfinite(exponent)) {
    moved = -static_cast<int>(exponent);
    c = std::scalbn(c, moved);
    d = std::scalbn(d, moved);
  }
  double square = c * c + d * d;
  // The numerators of large parts are halved, which is exact.
  int halved = std::max(std::fabs(a), std::fabs(b)) > 0x1p1020 ? 4 : 0;
  double p = std::scalbn(a, -halved), q = std::scalbn(b, -halved);
  double re = std::scalbn((p * c + q * d) / square, moved + halved);
  double im = std::scalbn((q * c - p * d) / square, moved + halved);
  if (!std::isnan(re) || !std::isnan(im)) return {re, im};
  auto unit = [](double part) { return std::copysign(std::isinf(part) ? 1.0 : 0.0, part); };
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (square == 0 && (!std::isnan(a) || !std::isnan(b))) return {std::copysign(inf, c) * a, std::copysign(inf, c) * b};
  if ((std::isinf(a) || std::isinf(b)) && std::isfinite(c) && std::isfinite(d)) {
    a = unit(a), b = unit(b);
    return {inf * (a * c + b * d), inf * (b * c - a * d)};
  }
  if (std::isinf(exponent) && exponent > 0 && std::isfinite(a) && std::isfinite(b)) {
    c = unit(c), d = unit(d);
    return {0 * (a * c + b * d), 0 * (b * c - a * d)};
  }
  return {re, im};
}
double divide(double x, double y) { return x / y; }

// Anything to the 0 is 1, and small whole powers are products, as those of integers.
Complex power(Complex x, Complex y) {
  if (y == 0.0) return 1;
  if (x == 0.0 && y.real() > 0) return 0;
  if (x == 0.0) return y.imag() == 0 ? divide(Complex(1), power(x, -y)) : Complex(nan, nan);
  double whole = y.real();
  if (y.imag() != 0 || whole != std::trunc(whole) || std::fabs(whole) > 100) return std::pow(x, y);
  Complex product = 1, factor = x;
  for (auto left = static_cast<int>(std::fabs(whole)); left; left >>= 1) {
    if (left & 1) product *= factor;
    if (left > 1) factor *= factor;
  }
  return whole < 0 ? divide(Complex(1), product) : product;
}
double power(double x, double y) { return y == 2 ? x * x : std::pow(x, y); }

// Kahan's forms keep the digits that 1 + z and exp(z) - 1 lose near zero.
Complex complex_expm1(Complex z) {
  if (!std::isfinite(z.real()) || !std::isfinite(z.imag())) return std::exp(z) - 1.0;
  double half = std::sin(z.imag() / 2), e = std::expm1(z.real());
  return {e * std::cos(z.imag()) - 2 * half * half + 0.0, (e + 1) * std::sin(z.imag())};
}
// Far out the imaginary part goes to 0 from the side where z is.
Complex complex_tanh(Complex z) {
  if (!std::isinf(z.real()) || !std::isfinite(z.imag())) return std::tanh(z);
  return {std::copysign(1.0, z.real()), std::copysign(0.0, z.imag())};
}
Complex complex_log1p(Complex z) {
  double x = z.real(), y = z.imag();
  if (std::abs(x) > 0.5 || std::abs(y) > 0.5) return std::log(1.0 + z);
  return {0.5 * std::log1p(x * (2 + x) + y * y), std::atan2(y, 1 + x)};
}

[[noreturn]] void unsupported(Prim prim) {
  throw DTypeError(std::string("[scalar] ") + name(prim) + " is not defined for these numbers");
}

/// Operations on one class T. Returns false when the primitive has no meaning there.
template <class T>
bool step(Prim prim, Lane& to, const Lane& x, const Lane& y, int n, int bits) {
  constexpr bool integer = std::is_integral_v<T>, complex = std::is_same_v<T, Complex>,
                 real = std::is_same_v<T, double>;
  auto one = [&](auto f) {
    map1<T, T>(to, x, n, f);
    return true;
  };
  auto two = [&](auto f) {
    map2<T, T>(to, x, y, n, f);
    return true;
  };
  auto test = [&](auto f) {
    map2<uint64_t, T>(to, x, y, n, [f](T a, T b) { return uint64_t{f(a, b)}; });
    return true;
  };
  auto test1 = [&](auto f) {
    map1<uint64_t, T>(to, x, n, [f](T a) { return uint64_t{f(a)}; });
    return true;
  };
  switch (prim) {
    case Prim::equal:
      return test([](T a, T b) { return a == b; });
    case Prim::not_equal:
      return test([](T a, T b) { return a != b; });
    case Prim::logical_not:
      return test1([](T a) { return a == T(0); });
    default:
      break;
  }
  if constexpr (!complex) {
    switch (prim) {
      case Prim::less:
        return test([](T a, T b) { return a < b; });
      case Prim::less_equal:
        return test([](T a, T b) { return a <= b; });
      case Prim::greater:
        return test([](T a, T b) { return a > b; });
      case Prim::greater_equal:
        return test([](T a, T b) { return a >= b; });
      case Prim::floor_divide:
        return two([](T a, T b) { return floor_divide(a, b); });
      case Prim::remainder:
        return two([](T a, T b) { return remainder(a, b); });
      case Prim::real:
      case Prim::conj:
        return one([](T a) { return a; });
      case Prim::imag:
        return one([](T) { return T(0); });
      default:
        break;
    }
  }
  if constexpr (integer) {
    switch (prim) {
      case Prim::negative:
        return one([](T a) { return wrap_negate(a); });
      case Prim::absolute:
        return one([](T a) { return std::signbit(a) ? wrap_negate(a) : a; });
      case Prim::sign:
        return one([](T a) { return static_cast<T>((a > T(0)) - (std::is_signed_v<T> && a < T(0))); });
      case Prim::add:
        return two([](T a, T b) { return wrap_add(a, b); });
      case Prim::subtract:
        return two([](T a, T b) { return wrap_add(a, wrap_negate(b)); });
      case Prim::multiply:
        return two([](T a, T b) { return wrap_multiply(a, b); });
      case Prim::power:
        return two([](T a, T b) { return integer_power(a, b); });
      case Prim::minimum:
        return two([](T a, T b) { return std::min(a, b); });
      case Prim::maximum:
        return two([](T a, T b) { return std::max(a, b); });
      case Prim::bit_and:
        return two([](T a, T b) { return a & b; });
      case Prim::bit_or:
        return two([](T a, T b) { return a | b; });
      case Prim::bit_xor:
        return two([](T a, T b) { return a ^ b; });
      case Prim::bit_not:
        return one([bits](T a) { return bits == 1 ? T(a == T(0)) : ~a; });
      case Prim::shift_left:
        return two([bits](T a, T b) {
          return b < T(0) || b >= T(bits) ? T(0) : static_cast<T>(static_cast<uint64_t>(a) << b);
        });
      case Prim::shift_right:
        return two([bits](T a, T b) { return b < T(0) || b >= T(bits) ? T(0) : a >> b; });
      case Prim::floor:
      case Prim::ceil:
      case Prim::round:
      case Prim::trunc:
        return one([](T a) { return a; });
      case Prim::is_nan:
      case Prim::is_inf:
        return test1([](T) { return false; });
      case Prim::is_finite:
        return test1([](T) { return true; });
      default:
        return false;
    }
  } else {
    switch (prim) {
      case Prim::negative:
        return one([](T a) { return -a; });
      case Prim::add:
        return two([](T a, T b) { return a + b; });
      case Prim::subtract:
        return two([](T a, T b) { return a - b; });
      case Prim::multiply:
        return two([](T a, T b) { return a * b; });
      case Prim::divide:
        return two([](T a, T b) { return divide(a, b); });
      case Prim::power:
        return two([](T a, T b) { return power(a, b); });
      case Prim::sqrt:
        return one([](T a) { return std::sqrt(a); });
      case Prim::exp:
        return one([](T a) { return std::exp(a); });
      case Prim::log:
        return one([](T a) { return std::log(a); });
      case Prim::sin:
        return one([](T a) { return std::sin(a); });
      case Prim::cos:
        return one([](T a) { return std::cos(a); });
      case Prim::tan:
        return one([](T a) { return std::tan(a); });
      case Prim::asin:
        return one([](T a) { return std::asin(a); });
      case Prim::acos:
        return one([](T a) { return std::acos(a); });
      case Prim::atan:
        return one([](T a) { return std::atan(a); });
      case Prim::sinh:
        return one([](T a) { return std::sinh(a); });
      case Prim::cosh:
        return one([](T a) { return std::cosh(a); });
      case Prim::tanh:
        if constexpr (real)
          return one([](T a) { return std::tanh(a); });
        else
          return one([](T a) { return complex_tanh(a); });
      case Prim::asinh:
        return one([](T a) { return std::asinh(a); });
      case Prim::acosh:
        return one([](T a) { return std::acosh(a); });
      case Prim::atanh:
        return one([](T a) { return std::atanh(a); });
      default:
        break;
    }
    if constexpr (real) {
      switch (prim) {
        case Prim::absolute:
          return one([](T a) { return std::fabs(a); });
        case Prim::sign:
          return one([](T a) { return std::isnan(a) || a == 0 ? a : std::copysign(1.0, a); });
        case Prim::expm1:
          return one([](T a) { return std::expm1(a); });
        case Prim::log1p:
          return one([](T a) { return std::log1p(a); });
        case Prim::log2:
          return one([](T a) { return std::log2(a); });
        case Prim::erf:
          return one([](T a) { return std::erf(a); });
        case Prim::atan2:
          return two([](T a, T b) { return std::atan2(a, b); });
        case Prim::hypot:
          return two([](T a, T b) { return std::hypot(a, b); });
        case Prim::minimum:
          return two([](T a, T b) { return minimum(a, b); });
        case Prim::maximum:
          return two([](T a, T b) { return maximum(a, b); });
        case Prim::floor:
          return one([](T a) { return std::floor(a); });
        case Prim::ceil:
          return one([](T a) { return std::ceil(a); });
        case Prim::round:
          return one([](T a) { return std::nearbyint(a); });
        case Prim::trunc:
          return one([](T a) { return std::trunc(a); });
        case Prim::make_complex:
          map2<Complex, T>(to, x, y, n, [](T a, T b) { return Complex(a, b); });
          return true;
        case Prim::is_nan:
          return test1([](T a) { return std::isnan(a); });
        case Prim::is_inf:
          return test1([](T a) { return std::isinf(a); });
        case Prim::is_finite:
          return test1([](T a) { return std::isfinite(a); });
        default:
          return false;
      }
    } else {
      auto part = [&](auto f) {
        map1<double, T>(to, x, n, f);
        return true;
      };
      switch (prim) {
        case Prim::absolute:
          return part([](T a) { return std::abs(a); });
        case Prim::real:
          return part([](T a) { return a.real(); });
        case Prim::imag:
          return part([](T a) { return a.imag(); });
        case Prim::conj:
          return one([](T a) { return std::conj(a); });
        case Prim::sign:
          return one([](T a) { return complex_sign(a); });
        case Prim::expm1:
          return one([](T a) { return complex_expm1(a); });
        case Prim::log1p:
          return one([](T a) { return complex_log1p(a); });
        case Prim::log2:
          return one([](T a) { return std::log(a) / std::log(2.0); });
        case Prim::is_nan:
          return test1([](T a) { return std::isnan(a.real()) || std::isnan(a.imag()); });
        case Prim::is_inf:
          return test1([](T a) { return std::isinf(a.real()) || std::isinf(a.imag()); });
        case Prim::is_finite:
          return test1([](T a) { return std::isfinite(a.real()) && std::isfinite(a.imag()); });
        default:
          return false;
      }
    }
  }
}

/// Calls f with a tag of the class's type.
template <class F>
decltype(auto) visit_class(WideKind kind, F&& f) {
  switch (kind) {
    case WideKind::unsigned_integer:
      return f(TypeTag<uint64_t>{});
    case WideKind::signed_integer:
      return f(TypeTag<int64_t>{});
    case WideKind::real:
      return f(TypeTag<double>{});
    default:
      return f(TypeTag<Complex>{});
  }
}

void fill(Lane& to, WideKind kind, double number, int n) {
  to.kind = kind;
  visit_class(kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, uint64_t>)
      std::fill_n(to.u, n, static_cast<uint64_t>(static_cast<int64_t>(number)));
    else
      std::fill_n(numbers<T>(to), n, static_cast<T>(number));
  });
}

/// Numbers as a wider class: constants and predicates meet the class of the other operand.
void as_class(Lane& to, const Lane& from, WideKind kind, int n) {
  visit_class(kind, [&](auto wide) {
    visit_class(from.kind, [&](auto narrow) {
      using T = typename decltype(narrow)::type;
      using R = typename decltype(wide)::type;
      if constexpr (std::is_convertible_v<T, R>) map1<R, T>(to, from, n, convert_value<R, T>);
    });
  });
}

void select(Lane& to, const Lane& condition, const Lane& yes, const Lane& no, int n) {
  to.kind = yes.kind;
  visit_class(yes.kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int k = 0; k < n; ++k) numbers<T>(to)[k] = condition.u[k] ? numbers<T>(yes)[k] : numbers<T>(no)[k];
  });
}

}  // namespace

const Lane& evaluate(const Program& program, const Lane* inputs, int n, int bits, Lane* scratch) {
  // Constants take the class of the operand they meet; the widest input tells it.
  WideKind widest = WideKind::unsigned_integer;
  for (int i = 0; i < program.inputs; ++i) widest = std::max(widest, inputs[i].kind);
  auto unify = [&](const Lane*& a, const Lane*& b, Lane& room) {
    if (a->kind == b->kind) return;
    const Lane*& narrow = a->kind < b->kind ? a : b;
    WideKind kind = std::max(a->kind, b->kind);
    as_class(room, *narrow, kind, n);
    narrow = &room;
  };
  Lane room;
  for (size_t at = 0; at < program.code.size(); ++at) {
    const Instr& instr = program.code[at];
    Lane& to = scratch[at];
    const Lane *a = &scratch[instr.a], *b = &scratch[instr.b], *c = &scratch[instr.c];
    switch (instr.prim) {
      case Prim::input:
        to = inputs[instr.a];
        continue;
      case Prim::constant:
        fill(to, widest, instr.number, n);
        continue;
      case Prim::select:
        unify(b, c, room);
        select(to, *a, *b, *c, n);
        continue;
      default:
        break;
    }
    if (arity(instr.prim) == 2) unify(a, b, room);
    bool known = visit_class(
        a->kind, [&](auto tag) { return step<typename decltype(tag)::type>(instr.prim, to, *a, *b, n, bits); });
    if (!known) unsupported(instr.prim);
  }
  return scratch[program.code.size() - 1];
}

}  // namespace koine::scalar
