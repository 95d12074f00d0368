#pragma once

#include <cstddef>

/// The inverse of the error function as a scalar body.
namespace koine::ops {

/// c[0] + c[1] x + c[2] x^2 + ...
template <class X, std::size_t N>
auto polynomial(const double (&c)[N], X x) {
  X y = x * c[N - 1] + c[N - 2];
  for (std::size_t i = N - 2; i-- > 0;) y = y * x + c[i];
  return y;
}

/// The x with erf(x) = y, given q = 1 - |y| besides, which far from 0 has the digits. Infinite at the ends, NaN beyond.
///
/// Near 0 it is y (sqrt(pi) / 2 + y^2 A), else r - B with r = sqrt(-log(q / 2)), where A and B are small against what
/// they are added to, so that their own rounding hardly counts. A and B are rational functions in a shifted variable
/// with positive coefficients, fitted by weighted least squares at Chebyshev points in 45 digits: the result is off by
/// less than 1e-16 of itself before rounding.
template <class X>
auto inverse_erf(X y, X q) {
  constexpr double middle_p[] = {0.43087250673264116, 3.9016844353745865, 12.97377338670698, 19.503690793062884,
                                 13.180497099066171,  3.4438158210258933, 0.2239991087987018};
  constexpr double middle_q[] = {1.0,
                                 10.561390190080719,
                                 42.79799723373768,
                                 83.7928479487745,
                                 82.15227453950081,
                                 37.92751604123592,
                                 6.902320777116979,
                                 0.3124665530793639};
  constexpr double side_p[] = {0.593477966396312,     1.0070385177049987,   0.655764284837695,
                               0.2066094888611483,    0.032253483299834344, 0.002210510628874324,
                               4.676462501974522e-05, 4.951746696255292e-08};
  constexpr double side_q[] = {1.0,
                               2.046578416146994,
                               1.6740846551174042,
                               0.7000680932310738,
                               0.15812371220054858,
                               0.018519103977632328,
                               0.0009615000699775937,
                               1.4742677831375622e-05};
  constexpr double far_p[] = {0.2921504780869664,  0.13902831715646286,   0.023895733588039064,  0.0018343984146370932,
                              6.3398505157817e-05, 8.779448654096624e-07, 3.482459428821824e-09, 5.605898301741001e-13};
  constexpr double far_q[] = {1.0,
                              0.6112874197317433,
                              0.14353687208526092,
                              0.016308511361875135,
                              0.0009320910642207793,
                              2.5422064562036718e-05,
                              2.833798569619251e-07,
                              8.72698041990457e-10};
  auto square = y * y;
  auto below = 0.7225 - square;
  auto middle = y * (square * polynomial(middle_p, below) / polynomial(middle_q, below) + 0.8862269254527581);
  auto r = sqrt(0.6931471805599453 - log(q));
  auto side = polynomial(side_p, r - 1.6) / polynomial(side_q, r - 1.6);
  auto far = polynomial(far_p, r - 5) / polynomial(far_q, r - 5);
  auto tail = r - select(r < 5, side, select(q == 0, 0, far));
  return select(q >= 0.15, middle, select(y < 0, -tail, tail));
}

}  // namespace koine::ops
