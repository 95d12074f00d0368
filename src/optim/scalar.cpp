#include "optim/scalar.h"

#include <algorithm>
#include <cmath>

namespace koine::optim {

namespace {

Array in_dtype_of(const Array& x, const Scalar& number) { return cast(number.array(), {.dtype = x.dtype()}); }

}  // namespace

Array Scalar::array() const { return known() ? full({.shape = {}, .value = number_, .dtype = float64}) : array_; }

Scalar operator+(const Scalar& x, const Scalar& y) {
  return Scalar::combine(x, y, std::plus<>(), [](Arg a, Arg b) { return a + b; });
}
Scalar operator-(const Scalar& x, const Scalar& y) {
  return Scalar::combine(x, y, std::minus<>(), [](Arg a, Arg b) { return a - b; });
}
Scalar operator*(const Scalar& x, const Scalar& y) {
  return Scalar::combine(x, y, std::multiplies<>(), [](Arg a, Arg b) { return a * b; });
}
Scalar operator/(const Scalar& x, const Scalar& y) {
  return Scalar::combine(x, y, std::divides<>(), [](Arg a, Arg b) { return a / b; });
}
Scalar pow(const Scalar& x, const Scalar& y) {
  return Scalar::combine(
      x, y, [](double a, double b) { return std::pow(a, b); }, [](Arg a, Arg b) { return koine::pow(a, b); });
}
Scalar least(const Scalar& x, const Scalar& y) {
  return Scalar::combine(
      x, y, [](double a, double b) { return std::min(a, b); }, [](Arg a, Arg b) { return minimum(a, b); });
}
Scalar cos(const Scalar& x) { return x.known() ? Scalar(std::cos(x.number())) : Scalar(koine::cos(x.array())); }
Scalar sqrt(const Scalar& x) { return x.known() ? Scalar(std::sqrt(x.number())) : Scalar(koine::sqrt(x.array())); }
Scalar floor(const Scalar& x) { return x.known() ? Scalar(std::floor(x.number())) : Scalar(koine::floor(x.array())); }
Scalar switched(const Scalar& step, double from, const Scalar& x, const Scalar& y) {
  if (step.known()) return step.number() >= from ? y : x;
  return Scalar(where(step.array() >= from, y.array(), x.array()));
}

Array times(const Array& x, const Scalar& number) {
  return number.known() ? x * Arg(number.number()) : x * Arg(in_dtype_of(x, number));
}
Array over(const Array& x, const Scalar& number) {
  return number.known() ? x / Arg(number.number()) : x / Arg(in_dtype_of(x, number));
}

}  // namespace koine::optim
