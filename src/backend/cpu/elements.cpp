#include "backend/cpu/elements.h"

#include "backend/cpu/math/math_table.h"
#include "base/dtype_traits.h"
#include "base/format.h"

#include <koine/error.h>
#include <koine/half.h>

#include <cmath>
#include <limits>

namespace koine::backend::cpu {

using scalar::Prim;

namespace {

/// The type of a block's elements.
template <class F>
void visit_lane(DType dtype, F&& f) {
  if (dtype == DType::float64) return f(TypeTag<double>{});
  if (is_floating(dtype)) return f(TypeTag<float>{});
  if (is_signed_integer(dtype)) return f(TypeTag<int64_t>{});
  f(TypeTag<uint64_t>{});
}

template <class F>
void visit_stored(DType dtype, F&& f) {
  switch (dtype) {
    case DType::bool_:
      return f(TypeTag<uint8_t>{});
    case DType::int8:
      return f(TypeTag<int8_t>{});
    case DType::int16:
      return f(TypeTag<int16_t>{});
    case DType::int32:
      return f(TypeTag<int32_t>{});
    case DType::int64:
      return f(TypeTag<int64_t>{});
    case DType::uint8:
      return f(TypeTag<uint8_t>{});
    case DType::uint16:
      return f(TypeTag<uint16_t>{});
    case DType::uint32:
      return f(TypeTag<uint32_t>{});
    case DType::uint64:
      return f(TypeTag<uint64_t>{});
    case DType::float16:
      return f(TypeTag<Float16>{});
    case DType::bfloat16:
      return f(TypeTag<BFloat16>{});
    case DType::float32:
      return f(TypeTag<float>{});
    default:
      return f(TypeTag<double>{});
  }
}

template <class T>
T wrap_add(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
template <class T>
T wrap_negate(T a) {
  return static_cast<T>(uint64_t{0} - static_cast<uint64_t>(a));
}
template <class T>
T wrap_multiply(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}
int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return wrap_negate(a);
  int64_t q = a / b;
  return q - (a % b != 0 && (a < 0) != (b < 0));
}
uint64_t floor_divide(uint64_t a, uint64_t b) { return b == 0 ? 0 : a / b; }
int64_t remainder(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
uint64_t remainder(uint64_t a, uint64_t b) { return b == 0 ? 0 : a % b; }
template <class T>
T power(T base, T exponent) {
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

/// Brings 64 bits into the range of a narrower integer, by wrapping.
void narrow(DType dtype, int n, Block& block) {
  if (is_bool(dtype)) return;
  int gone = 64 - bits_of(dtype);
  if (gone == 0) return;
  if (is_signed_integer(dtype)) {
    auto* x = block.as<int64_t>();
    for (int k = 0; k < n; ++k) x[k] = static_cast<int64_t>(static_cast<uint64_t>(x[k]) << gone) >> gone;
  } else {
    auto* x = block.as<uint64_t>();
    for (int k = 0; k < n; ++k) x[k] = x[k] << gone >> gone;
  }
}

template <class R, class T, class F>
bool map1(const Block& a, int n, Block& to, F f) {
  const T* x = a.as<T>();
  R* y = to.as<R>();
  for (int k = 0; k < n; ++k) y[k] = static_cast<R>(f(x[k]));
  return true;
}
template <class R, class T, class F>
bool map2(const Block& a, const Block& b, int n, Block& to, F f) {
  const T *x = a.as<T>(), *z = b.as<T>();
  R* y = to.as<R>();
  for (int k = 0; k < n; ++k) y[k] = static_cast<R>(f(x[k], z[k]));
  return true;
}

template <class T>
bool tests(Prim prim, const Block& a, const Block& b, int n, Block& to) {
  switch (prim) {
    case Prim::equal:
      return map2<uint64_t, T>(a, b, n, to, [](T x, T y) { return x == y; });
    case Prim::not_equal:
      return map2<uint64_t, T>(a, b, n, to, [](T x, T y) { return x != y; });
    case Prim::less:
      return map2<uint64_t, T>(a, b, n, to, [](T x, T y) { return x < y; });
    case Prim::less_equal:
      return map2<uint64_t, T>(a, b, n, to, [](T x, T y) { return x <= y; });
    case Prim::greater:
      return map2<uint64_t, T>(a, b, n, to, [](T x, T y) { return x > y; });
    case Prim::greater_equal:
      return map2<uint64_t, T>(a, b, n, to, [](T x, T y) { return x >= y; });
    case Prim::logical_not:
      return map1<uint64_t, T>(a, n, to, [](T x) { return x == T(0); });
    case Prim::is_nan:
      return map1<uint64_t, T>(a, n, to, [](T x) { return x != x; });
    case Prim::is_inf:
      return map1<uint64_t, T>(a, n, to, [](T x) {
        if constexpr (std::is_floating_point_v<T>) return std::isinf(x);
        return false;
      });
    case Prim::is_finite:
      return map1<uint64_t, T>(a, n, to, [](T x) {
        if constexpr (std::is_floating_point_v<T>) return std::isfinite(x);
        return true;
      });
    default:
      return false;
  }
}

template <class T>
bool integers(Prim prim, int bits, const Block& a, const Block& b, int n, Block& to) {
  auto one = [&](auto f) { return map1<T, T>(a, n, to, f); };
  auto two = [&](auto f) { return map2<T, T>(a, b, n, to, f); };
  switch (prim) {
    case Prim::negative:
      return one([](T x) { return wrap_negate(x); });
    case Prim::absolute:
      return one([](T x) { return std::is_signed_v<T> && x < T(0) ? wrap_negate(x) : x; });
    case Prim::sign:
      return one([](T x) { return (x > T(0)) - (std::is_signed_v<T> && x < T(0)); });
    case Prim::add:
      return two([](T x, T y) { return wrap_add(x, y); });
    case Prim::subtract:
      return two([](T x, T y) { return wrap_add(x, wrap_negate(y)); });
    case Prim::multiply:
      return two([](T x, T y) { return wrap_multiply(x, y); });
    case Prim::floor_divide:
      return two([](T x, T y) { return floor_divide(x, y); });
    case Prim::remainder:
      return two([](T x, T y) { return remainder(x, y); });
    case Prim::power:
      return two([](T x, T y) { return power(x, y); });
    case Prim::minimum:
      return two([](T x, T y) { return x < y ? x : y; });
    case Prim::maximum:
      return two([](T x, T y) { return x > y ? x : y; });
    case Prim::bit_and:
      return two([](T x, T y) { return x & y; });
    case Prim::bit_or:
      return two([](T x, T y) { return x | y; });
    case Prim::bit_xor:
      return two([](T x, T y) { return x ^ y; });
    case Prim::bit_not:
      return one([bits](T x) { return bits == 1 ? T(x == T(0)) : ~x; });
    case Prim::shift_left:
      return two(
          [bits](T x, T y) { return y < T(0) || y >= T(bits) ? T(0) : static_cast<T>(static_cast<uint64_t>(x) << y); });
    case Prim::shift_right:
      return two([bits](T x, T y) { return y < T(0) || y >= T(bits) ? T(0) : x >> y; });
    case Prim::floor:
    case Prim::ceil:
    case Prim::round:
    case Prim::trunc:
      return one([](T x) { return x; });
    default:
      return false;
  }
}

void select(const Block& condition, const Block& yes, const Block& no, size_t bytes, int n, Block& to) {
  const auto* on = condition.as<uint64_t>();
  if (bytes == 4) {
    for (int k = 0; k < n; ++k) to.as<uint32_t>()[k] = on[k] ? yes.as<uint32_t>()[k] : no.as<uint32_t>()[k];
  } else {
    for (int k = 0; k < n; ++k) to.as<uint64_t>()[k] = on[k] ? yes.as<uint64_t>()[k] : no.as<uint64_t>()[k];
  }
}

/// float32 rounded to a half and back.
void round_to_half(DType dtype, int n, Block& block) {
  auto* x = block.as<float>();
  for (int k = 0; k < n; ++k)
    x[k] = dtype == DType::float16 ? static_cast<float>(Float16(x[k])) : static_cast<float>(BFloat16(x[k]));
}

}  // namespace

void load(DType dtype, const std::byte* from, int64_t stride, int n, Block& to) {
  visit_stored(dtype, [&](auto tag) {
    using S = typename decltype(tag)::type;
    visit_lane(dtype, [&](auto lane) {
      using T = typename decltype(lane)::type;
      const auto* source = reinterpret_cast<const S*>(from);
      T* target = to.as<T>();
      if constexpr (std::is_same_v<S, Float16> || std::is_same_v<S, BFloat16>) {
        if constexpr (std::is_same_v<T, float>)
          for (int k = 0; k < n; ++k) target[k] = static_cast<float>(source[k * stride]);
      } else if (stride == 1) {
        for (int k = 0; k < n; ++k) target[k] = static_cast<T>(source[k]);
      } else {
        for (int k = 0; k < n; ++k) target[k] = static_cast<T>(source[k * stride]);
      }
    });
  });
}

void store(DType dtype, const Block& from, int n, std::byte* to, int64_t stride) {
  visit_stored(dtype, [&](auto tag) {
    using S = typename decltype(tag)::type;
    visit_lane(dtype, [&](auto lane) {
      using T = typename decltype(lane)::type;
      const T* source = from.as<T>();
      auto* target = reinterpret_cast<S*>(to);
      if constexpr (std::is_same_v<S, Float16> || std::is_same_v<S, BFloat16>) {
        if constexpr (std::is_same_v<T, float>)
          for (int k = 0; k < n; ++k) target[k * stride] = S(source[k]);
      } else {
        for (int k = 0; k < n; ++k) target[k * stride] = static_cast<S>(source[k]);
      }
    });
  });
}

void fill(DType dtype, double number, int64_t integer, int n, Block& to) {
  visit_lane(dtype, [&](auto lane) {
    using T = typename decltype(lane)::type;
    T value = std::is_floating_point_v<T> ? static_cast<T>(number) : static_cast<T>(integer);
    for (int k = 0; k < n; ++k) to.as<T>()[k] = value;
  });
  if (is_floating(dtype) && size_of(dtype) == 2) round_to_half(dtype, n, to);
  if (!is_floating(dtype)) narrow(dtype, n, to);
}

void convert(DType from_dtype, const Block& from, DType to_dtype, int n, Block& to) {
  visit_lane(from_dtype, [&](auto source) {
    using S = typename decltype(source)::type;
    const S* x = from.as<S>();
    if (is_bool(to_dtype)) {
      for (int k = 0; k < n; ++k) to.as<uint64_t>()[k] = x[k] != S(0);
      return;
    }
    visit_lane(to_dtype, [&](auto target) {
      using T = typename decltype(target)::type;
      T* y = to.as<T>();
      if constexpr (std::is_floating_point_v<S> && !std::is_floating_point_v<T>) {
        // Truncates and saturates at the bounds of the dtype; NaN gives 0.
        visit_stored(to_dtype, [&](auto stored) {
          using I = typename decltype(stored)::type;
          if constexpr (std::is_integral_v<I>) {
            constexpr S low = static_cast<S>(std::numeric_limits<I>::min());
            const S high = std::ldexp(S(1), std::numeric_limits<I>::digits);
            for (int k = 0; k < n; ++k) {
              if (x[k] != x[k])
                y[k] = 0;
              else if (x[k] >= high)
                y[k] = static_cast<T>(std::numeric_limits<I>::max());
              else if (x[k] <= low)
                y[k] = static_cast<T>(std::numeric_limits<I>::min());
              else
                y[k] = static_cast<T>(static_cast<I>(x[k]));
            }
          }
        });
      } else {
        for (int k = 0; k < n; ++k) y[k] = static_cast<T>(x[k]);
      }
    });
  });
  if (is_floating(to_dtype)) {
    if (size_of(to_dtype) == 2) round_to_half(to_dtype, n, to);
  } else if (!is_floating(from_dtype)) {
    narrow(to_dtype, n, to);
  }
}

void compute(Prim prim, DType operands, const Block& a, const Block& b, const Block& c, DType result, int n,
             Block& to) {
  if (prim == Prim::select) return select(a, b, c, is_floating(result) && result != DType::float64 ? 4 : 8, n, to);
  bool known = false;
  visit_lane(operands, [&](auto lane) {
    using T = typename decltype(lane)::type;
    known = tests<T>(prim, a, b, n, to);
    if (known) return;
    if constexpr (std::is_floating_point_v<T>) {
      static const MathTable& table = math_table(best_isa());
      MathFunction<T> function = table.of<T>(prim);
      known = function != nullptr;
      if (known) function(a.as<T>(), b.as<T>(), to.as<T>(), n);
    } else {
      known = integers<T>(prim, is_bool(operands) ? 1 : bits_of(operands), a, b, n, to);
    }
  });
  if (!known) throw DTypeError(cat("[", scalar::name(prim), "] is not defined for ", name(operands)));
  if (!is_floating(result)) narrow(result, n, to);
}

}  // namespace koine::backend::cpu
