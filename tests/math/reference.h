#pragma once
#include "ir/scalar.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The CPU's vector mathematics beside MPFR: what it is compared with, where, and how the difference is counted.
namespace koine::math_test {

using scalar::Prim;

/// The primitives that round, with a reference in MPFR.
std::span<const Prim> rounding_functions();
/// The primitives whose result is exact or has its meaning from the scalar language; their bits have to be equal.
std::span<const Prim> exact_functions();

/// f(x, y) by MPFR with 60 bits more than a double has, in a form that differences can be taken from.
class Reference {
 public:
  Reference();
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  void set(Prim prim, double x, double y);
  /// |computed - f| in units of the last place that E has at f. Infinite where one is NaN and the other is not, where
  /// they are different infinities, or zeros or numbers of different sign.
  template <class E>
  double ulps(E computed) const;

 private:
  struct Numbers;
  Numbers* numbers_;
};

/// Operands for a function: what is special, numbers near where it is difficult, and any bits.
template <class E>
struct Samples {
  std::vector<E> x, y;
};
template <class E>
Samples<E> samples(Prim prim, int count);

struct Worst {
  double ulps = 0, x = 0, y = 0, computed = 0;
};
std::string to_string(Prim prim, const Worst& worst);

}  // namespace koine::math_test
