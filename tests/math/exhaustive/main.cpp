// Measures the CPU's vector mathematics.
//
//   koine_math report                     worst errors of all functions for a sample, and the time of an element
//   koine_math worst FUNCTION ISA         of one function for a larger sample, and where
//   koine_math exhaustive FUNCTION ISA    all 2^32 float32 operands of a function of one operand
#include "backend/cpu/math/math_table.h"
#include "math/reference.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace koine::math_test {

namespace {

using backend::cpu::Isa;
using backend::cpu::MathTable;

template <class E>
Worst worst_of_sample(const MathTable& table, Prim prim, int count) {
  Samples<E> at = samples<E>(prim, count);
  std::vector<E> out(at.x.size());
  table.of<E>(prim)(at.x.data(), at.y.data(), out.data(), static_cast<int64_t>(out.size()));
  Worst worst;
  Reference reference;
  for (size_t i = 0; i < out.size(); ++i) {
    reference.set(prim, at.x[i], at.y[i]);
    double ulps = reference.ulps(out[i]);
    if (ulps > worst.ulps) worst = {ulps, double(at.x[i]), double(at.y[i]), double(out[i])};
  }
  return worst;
}

/// Nanoseconds an element takes for operands in the first cache.
template <class E>
double time_of(const MathTable& table, Prim prim) {
  constexpr int n = 1024, rounds = 200;
  alignas(64) static E x[n], y[n], out[n];
  for (int i = 0; i < n; ++i) {
    x[i] = static_cast<E>(0.001 + 0.99 * i / n);
    y[i] = static_cast<E>(1.5 - x[i]);
  }
  auto f = table.of<E>(prim);
  double best = 1e9;
  for (int repeat = 0; repeat < 20; ++repeat) {
    auto start = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; ++round) f(x, y, out, n);
    std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / (double(n) * rounds));
  }
  return best;
}

int report() {
  std::printf("%-14s", "");
  for (Isa isa : backend::cpu::all_isas) std::printf("%24s ulp, ns", name(isa));
  std::printf("\n%-14s", "");
  for ([[maybe_unused]] Isa isa : backend::cpu::all_isas) std::printf("%16s%16s", "float32", "float64");
  std::printf("\n");
  auto row = [&](Prim prim, bool measured) {
    std::printf("%-14s", scalar::name(prim));
    for (Isa isa : backend::cpu::all_isas) {
      if (!machine_has(isa)) continue;
      const MathTable& table = math_table(isa);
      auto column = [&]<class E>(E) {
        if (!table.of<E>(prim)) return void(std::printf("%16s", "-"));
        double ulps = measured ? worst_of_sample<E>(table, prim, 20000).ulps : 0;
        std::printf("%8.3f%8.2f", ulps, time_of<E>(table, prim));
      };
      column(float());
      column(double());
    }
    std::printf("\n");
    std::fflush(stdout);
  };
  for (Prim prim : rounding_functions()) row(prim, true);
  for (Prim prim : exact_functions()) row(prim, false);
  return 0;
}

int worst(Prim prim, Isa isa) {
  const MathTable& table = math_table(isa);
  constexpr int count = 400000;
  std::printf("%s float32 %s\n", name(isa), to_string(prim, worst_of_sample<float>(table, prim, count)).c_str());
  std::printf("%s float64 %s\n", name(isa), to_string(prim, worst_of_sample<double>(table, prim, count)).c_str());
  return 0;
}

/// Whether a float32 is nearer to `exact` than so many units of its last place, or the same zero, infinity or NaN.
bool surely_better(double exact, float computed, double ulps) {
  if (exact == computed) return std::signbit(exact) == std::signbit(computed);
  if (std::isnan(exact)) return std::isnan(computed);
  if (std::isinf(computed)) return std::fabs(exact) >= 0x1p128 && (exact > 0) == (computed > 0);
  uint64_t exponent = std::max<uint64_t>((std::bit_cast<uint64_t>(exact) >> 52) & 0x7ff, 1023 - 126);
  return std::fabs(computed - exact) < ulps * std::bit_cast<double>((exponent - 23) << 52);
}

/// The error of float32 against the double function, by the fastest instruction set; MPFR decides on what may be the
/// worst.
int exhaustive(Prim prim, Isa isa) {
  const MathTable &table = math_table(isa), &exact = math_table(backend::cpu::choose_isa(""));
  constexpr int64_t n = 1 << 14;
  std::vector<float> x(n), out(n);
  std::vector<double> wide(n), expected(n);
  constexpr double least = 0.6;  // what is less is not looked at
  Worst worst{.ulps = least};
  Reference reference;
  for (int64_t from = 0; from < int64_t{1} << 32; from += n) {
    for (int64_t i = 0; i < n; ++i) {
      x[i] = std::bit_cast<float>(static_cast<uint32_t>(from + i));
      wide[i] = x[i];
    }
    table.of<float>(prim)(x.data(), nullptr, out.data(), n);
    exact.of<double>(prim)(wide.data(), nullptr, expected.data(), n);
    for (int64_t i = 0; i < n; ++i) {
      if (surely_better(expected[i], out[i], worst.ulps - 1e-3)) continue;
      reference.set(prim, x[i], 0);
      double ulps = reference.ulps(out[i]);
      if (ulps > worst.ulps) worst = {ulps, x[i], 0, out[i]};
    }
  }
  if (worst.ulps == least)
    std::printf("%s %s: below %.1f ulp everywhere\n", name(isa), scalar::name(prim), least);
  else
    std::printf("%s %s\n", name(isa), to_string(prim, worst).c_str());
  return 0;
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0] == "report") return report();
  if (words.size() == 3)
    for (Prim prim : rounding_functions()) {
      if (words[1] != scalar::name(prim)) continue;
      Isa isa = backend::cpu::choose_isa(words[2]);
      if (words[0] == "worst") return worst(prim, isa);
      if (words[0] == "exhaustive" && scalar::arity(prim) == 1) return exhaustive(prim, isa);
    }
  std::fprintf(stderr, "koine_math report\nkoine_math worst FUNCTION ISA\nkoine_math exhaustive FUNCTION ISA\n");
  return 2;
}

}  // namespace

}  // namespace koine::math_test

int main(int argc, char** argv) { return koine::math_test::run({argv + 1, argv + argc}); }
