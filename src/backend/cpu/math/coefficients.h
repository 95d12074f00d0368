#pragma once

// Written by tests/math/coefficients.py.
namespace koine::backend::cpu::math {

template <class E>
struct Table;

template <>
struct Table<float> {
  /// exp(r) = 1 + r + r^2 q(r), |r| <= log(2) / 2.
  static constexpr double exp[] = {0x1.fffffcp-2, 0x1.555482p-3, 0x1.555822p-5, 0x1.124440p-7, 0x1.6afadcp-10};
  /// cosh(r) = 1 + z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double cosh[] = {0x1.000000p-1, 0x1.5554e2p-5, 0x1.6d54bcp-10};
  /// sinh(r) = r + r z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double sinh[] = {0x1.555556p-3, 0x1.110fc2p-7, 0x1.a2d6b0p-13};
  /// log(1 + f) = f - f^2 / 2 + f^3 q(f), sqrt(1/2) <= 1 + f <= sqrt(2).
  static constexpr double log[] = {0x1.555546p-2,  -0x1.000018p-2, 0x1.99a5ccp-3,  -0x1.5569c2p-3, 0x1.232840p-3,
                                   -0x1.f87c26p-4, 0x1.e39540p-4,  -0x1.f939dap-4, 0x1.41560ep-4};
  /// tanh(x) = x + x z q(z), z = x^2, x <= 0.5625.
  static constexpr double tanh[] = {-0x1.555548p-2, 0x1.110c5ap-3, -0x1.b9048ep-5, 0x1.580444p-6, -0x1.93f664p-8};
  /// sin(r) = r + r z q(z), z = r^2, |r| <= pi / 4.
  static constexpr double sin[] = {-0x1.555546p-3, 0x1.11077ap-7, -0x1.9954a2p-13};
  /// cos(r) = 1 - z / 2 + z^2 q(z), z = r^2, |r| <= pi / 4.
  static constexpr double cos[] = {0x1.55554ap-5, -0x1.6c0c28p-10, 0x1.99e81cp-16};
  /// log(2) in two pieces; the first times an exponent is exact.
  static constexpr double ln2[] = {0x1.62e400p-1, 0x1.7f7d1cp-20};
  /// 1 / log(2) in two pieces.
  static constexpr double log2_e[] = {0x1.715476p+0, 0x1.4ae0c0p-26};
};

template <>
struct Table<double> {
  /// exp(r) = 1 + r + r^2 q(r), |r| <= log(2) / 2.
  static constexpr double exp[] = {0x1.000000p-1,         0x1.555555555555cp-3,  0x1.55555555554fbp-5,
                                   0x1.111111110e961p-7,  0x1.6c16c16c323b9p-10, 0x1.a01a01b4aa50ep-13,
                                   0x1.a01a0130c3646p-16, 0x1.71dded2a15902p-19, 0x1.27e5ba771cc67p-22,
                                   0x1.af711f62a773ep-26, 0x1.1e3b775ae4294p-29};
  /// cosh(r) = 1 + z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double cosh[] = {0x1.000000p-1,         0x1.555555555555dp-5,  0x1.6c16c16c13b71p-10,
                                    0x1.a01a01b290145p-16, 0x1.27e4c2cda63dbp-22, 0x1.1f98a1694e67bp-29};
  /// sinh(r) = r + r z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double sinh[] = {0x1.5555555555555p-3,  0x1.1111111111113p-7,  0x1.a01a01a018629p-13,
                                    0x1.71de3a5f4487ep-19, 0x1.ae641a110be48p-26, 0x1.61dad5436f20ap-33};
  /// log(1 + f) = 2 s + s z q(z), s = f / (2 + f), z = s^2, sqrt(1/2) <= 1 + f <= sqrt(2).
  static constexpr double log[] = {0x1.5555555555593p-1, 0x1.999999997f84cp-2, 0x1.2492494244628p-2,
                                   0x1.c71c51c0f39c8p-3, 0x1.74664eac9229fp-3, 0x1.39a00dc1e9086p-3,
                                   0x1.2f171a1d00ff1p-3};
  /// sin(r) = r + r z q(z), z = r^2, |r| <= pi / 4.
  static constexpr double sin[] = {-0x1.5555555555549p-3, 0x1.111111110f842p-7,   -0x1.a01a019c0a1d4p-13,
                                   0x1.71de3570ed24cp-19, -0x1.ae5e60b4f4d85p-26, 0x1.5d915903050cbp-33};
  /// cos(r) = 1 - z / 2 + z^2 q(z), z = r^2, |r| <= pi / 4.
  static constexpr double cos[] = {0x1.555555555554bp-5,   -0x1.6c16c16c14f47p-10, 0x1.a01a019c7cdd5p-16,
                                   -0x1.27e4f7e540a55p-22, 0x1.1ee9d3de0791cp-29,  -0x1.8fa29199116fap-37};
  /// log(2) in two pieces; the first times an exponent is exact.
  static constexpr double ln2[] = {0x1.62e42fefa4000p-1, -0x1.8432a1b0e2634p-43};
  /// 1 / log(2) in two pieces.
  static constexpr double log2_e[] = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
};

}  // namespace koine::backend::cpu::math
