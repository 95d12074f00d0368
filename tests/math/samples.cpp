#include "math/reference.h"

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

namespace koine::math_test {

namespace {

template <class E>
using BitsOf = std::conditional_t<sizeof(E) == 4, uint32_t, uint64_t>;

/// The stream of the sample (splitmix64, Steele, Lea and Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t bits() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double uniform(double low, double high) { return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

/// Numbers around which something happens: signs, ends of the range, of the denormals and of the whole numbers, and the
/// places where functions have zeros, poles or overflow.
template <class E>
std::vector<E> special() {
  using Limits = std::numeric_limits<E>;
  std::vector<double> centres = {0,
                                 1,
                                 2,
                                 3,
                                 4,
                                 5,
                                 7,
                                 8,
                                 10,
                                 16,
                                 0.25,
                                 0.5,
                                 0.5625,
                                 0.75,
                                 1.5,
                                 2.5,
                                 9.1,
                                 19.1,
                                 0.3465735902799726547,
                                 0.693147180559945309,
                                 1.0397207708399179641,
                                 0.70710678118654752440,
                                 1.4142135623730950488,
                                 0.4142135623730950488,
                                 2.4142135623730950488,
                                 1.57079632679489661923,
                                 3.14159265358979323846,
                                 0.78539816339744830962,
                                 1.27323954473516268615,
                                 6.28318530717958647693,
                                 355,
                                 3.8,
                                 5.9,
                                 17.3,
                                 36.7,
                                 37.4,
                                 88.72283905206835,
                                 89.41598629223294,
                                 -87.336544750553102,
                                 -103.97207708399179,
                                 709.78271289338397,
                                 710.4758600739439,
                                 -708.39641853226408,
                                 -745.13321910194122,
                                 1e5,
                                 1e10,
                                 0x1p12,
                                 0x1p23,
                                 0x1p24,
                                 0x1p31,
                                 0x1p32,
                                 0x1p51,
                                 0x1p52,
                                 0x1p53,
                                 0x1p63,
                                 0x1p64,
                                 0x1p100};
  // The float32 and the float64 nearest to multiples of pi / 2 (Muller, Elementary Functions, section 11.1).
  centres.push_back(std::ldexp(16367173.0, 72));
  centres.push_back(sizeof(E) == 4 ? 1 : std::ldexp(6381956970095103.0, 797));
  for (int e = 1; e < Limits::max_exponent; e += sizeof(E) == 4 ? 9 : 61) centres.push_back(std::ldexp(1.0, e));
  for (int e = 1; e > Limits::min_exponent - Limits::digits; e -= sizeof(E) == 4 ? 5 : 37)
    centres.push_back(std::ldexp(1.0, e));
  centres.push_back(Limits::max());
  centres.push_back(Limits::min());
  centres.push_back(Limits::denorm_min());
  std::vector<E> found = {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()};
  for (double centre : centres) {
    E at = static_cast<E>(std::fabs(centre)), below = std::nextafter(at, E(0)),
      above = std::nextafter(at, Limits::infinity());
    for (E x : {at, below, above, std::nextafter(below, E(0)), std::nextafter(above, Limits::infinity())}) {
      found.push_back(x);
      found.push_back(-x);
    }
  }
  return found;
}

template <class E>
E any_bits(Random& random) {
  return std::bit_cast<E>(static_cast<BitsOf<E>>(random.bits() >> (64 - 8 * sizeof(E))));
}
/// A number of a magnitude between two powers of two, all equally likely.
template <class E>
E magnitude(Random& random, double low, double high) {
  E x = static_cast<E>(std::exp2(random.uniform(low, high)));
  return random.bits() & 1 ? x : -x;
}

/// Where most of what people compute with lies for the function.
template <class E>
E likely(Prim prim, Random& random) {
  switch (prim) {
    case Prim::exp:
    case Prim::expm1:
    case Prim::sinh:
    case Prim::cosh:
      return static_cast<E>(random.uniform(-1, 1) * (sizeof(E) == 4 ? 104 : 746));
    case Prim::log:
    case Prim::log2:
    case Prim::acosh:
      return static_cast<E>(random.uniform(0.4, 2.5));
    case Prim::log1p:
    case Prim::asin:
    case Prim::acos:
    case Prim::atanh:
      return static_cast<E>(random.uniform(-1, 1));
    case Prim::sin:
    case Prim::cos:
    case Prim::tan: {  // beside a multiple of pi / 2
      double k = std::floor(std::exp2(random.uniform(0, 30)));
      return static_cast<E>(k * 1.57079632679489661923) * static_cast<E>(random.bits() & 1 ? 1 : -1);
    }
    default:
      return static_cast<E>(random.uniform(-4, 4));
  }
}

template <class E>
E operand(Prim prim, Random& random) {
  switch (random.bits() % 4) {
    case 0:
      return any_bits<E>(random);
    case 1:
      return magnitude<E>(random, -30, 10);
    case 2:
      return static_cast<E>(random.uniform(-10, 10));
    default:
      return likely<E>(prim, random);
  }
}

/// Two operands that belong together: of a power those whose result is in range, of the others numbers of like size.
template <class E>
void couple(Prim prim, Random& random, E& x, E& y) {
  if (prim == Prim::power) {
    switch (random.bits() % 3) {
      case 0:
        x = std::fabs(magnitude<E>(random, -2, 2));
        break;
      case 1:
        x = 1 + magnitude<E>(random, 1 - std::numeric_limits<E>::digits, -1);
        break;
      default:
        x = std::fabs(any_bits<E>(random));
    }
    double limit = std::numeric_limits<E>::max_exponent * 1.2;
    y = static_cast<E>(random.uniform(-limit, limit) / std::log2(static_cast<double>(x)));
    if (random.bits() % 4 == 0) {
      y = std::round(y);
      if (random.bits() & 1) x = -x;
    }
  } else {
    y = x * magnitude<E>(random, -30, 3);
    if (random.bits() & 1) std::swap(x, y);
  }
}

}  // namespace

template <class E>
Samples<E> samples(Prim prim, int count) {
  Samples<E> result;
  auto put = [&](E x, E y) {
    result.x.push_back(x);
    result.y.push_back(y);
  };
  Random random(static_cast<uint64_t>(prim) * 2 + sizeof(E) / 8);
  std::vector<E> points = special<E>();
  if (scalar::arity(prim) == 1) {
    for (E x : points) put(x, 0);
    while (static_cast<int>(result.x.size()) < count) put(operand<E>(prim, random), 0);
    return result;
  }
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const double few[] = {0.0,
                        -0.0,
                        1,
                        -1,
                        2,
                        -2,
                        0.5,
                        -0.5,
                        3,
                        -3,
                        1.5,
                        1e30,
                        -1e30,
                        1e-30,
                        inf,
                        -inf,
                        nan,
                        std::numeric_limits<E>::denorm_min(),
                        std::numeric_limits<E>::max(),
                        -std::numeric_limits<E>::max()};
  for (double x : few)
    for (double y : few) put(static_cast<E>(x), static_cast<E>(y));
  for (E x : points) put(x, points[random.bits() % points.size()]);
  while (static_cast<int>(result.x.size()) < count) {
    E x = operand<E>(prim, random), y = operand<E>(prim, random);
    if (random.bits() & 1) couple(prim, random, x, y);
    put(x, y);
  }
  return result;
}
template Samples<float> samples<float>(Prim, int);
template Samples<double> samples<double>(Prim, int);

}  // namespace koine::math_test
