// A number of a step: known, or computed by a traced function.
#pragma once

#include <koine/ops.h>

#include <concepts>
#include <functional>

namespace koine::optim {

/// A double where the step is known, so that nothing is recorded; else an array of float64.
class Scalar {
 public:
  Scalar(double number) : number_(number) {}
  explicit Scalar(Array array) : array_(std::move(array)) {}

  bool known() const { return !array_.defined(); }
  double number() const { return number_; }
  Array array() const;

  /// f of both, by whichever of the two functions fits.
  template <class OfNumbers, class OfArrays>
  static Scalar combine(const Scalar& x, const Scalar& y, OfNumbers of_numbers, OfArrays of_arrays) {
    if (x.known() && y.known()) return of_numbers(x.number_, y.number_);
    return Scalar(Array(x.known()   ? of_arrays(Arg(x.number_), Arg(y.array_))
                        : y.known() ? of_arrays(Arg(x.array_), Arg(y.number_))
                                    : of_arrays(Arg(x.array_), Arg(y.array_))));
  }

 private:
  double number_ = 0;
  Array array_;
};

Scalar operator+(const Scalar& x, const Scalar& y);
Scalar operator-(const Scalar& x, const Scalar& y);
Scalar operator*(const Scalar& x, const Scalar& y);
Scalar operator/(const Scalar& x, const Scalar& y);
Scalar pow(const Scalar& x, const Scalar& y);
Scalar least(const Scalar& x, const Scalar& y);
Scalar cos(const Scalar& x);
Scalar sqrt(const Scalar& x);
Scalar floor(const Scalar& x);
/// `y` from `from` on, `x` before.
Scalar switched(const Scalar& step, double from, const Scalar& x, const Scalar& y);

/// In x's dtype. Only for Scalars, so that x + 1 stays what it is.
Array times(const Array& x, const Scalar& number);
Array over(const Array& x, const Scalar& number);
template <std::same_as<Scalar> S>
Array operator*(const Array& x, const S& number) {
  return times(x, number);
}
template <std::same_as<Scalar> S>
Array operator/(const Array& x, const S& number) {
  return over(x, number);
}

}  // namespace koine::optim
