#include "backend/cpu/math/math_table.h"
#include "math/reference.h"
#include "ops/family/scalar_eval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace koine::math_test {

namespace {

using backend::cpu::all_isas;
using backend::cpu::Isa;

/// What the table promises, in units of the last place.
template <class E>
constexpr double bar = sizeof(E) == 4 ? 2 : 3;

template <class E>
std::vector<E> computed(Isa isa, Prim prim, const Samples<E>& at) {
  std::vector<E> out(at.x.size());
  backend::cpu::math_table(isa).of<E>(prim)(at.x.data(), at.y.data(), out.data(), static_cast<int64_t>(out.size()));
  return out;
}

template <class E>
void check_accuracy(Prim prim) {
  Samples<E> at = samples<E>(prim, sizeof(E) == 4 ? 20000 : 10000);
  std::map<Isa, std::vector<E>> out;
  for (Isa isa : all_isas)
    if (machine_has(isa)) out[isa] = computed(isa, prim, at);
  std::map<Isa, Worst> worst;
  Reference reference;
  for (size_t i = 0; i < at.x.size(); ++i) {
    reference.set(prim, at.x[i], at.y[i]);
    for (auto& [isa, values] : out) {
      double ulps = reference.ulps(values[i]);
      if (ulps > worst[isa].ulps) worst[isa] = {ulps, double(at.x[i]), double(at.y[i]), double(values[i])};
    }
  }
  for (auto& [isa, found] : worst) {
    INFO(name(isa), " ", sizeof(E) == 4 ? "float32 " : "float64 ", to_string(prim, found));
    CHECK(found.ulps <= bar<E>);
  }
}

/// f as the reference device computes it.
template <class E>
std::vector<E> reference_device(Prim prim, const Samples<E>& at) {
  scalar::Program program;
  program.inputs = scalar::arity(prim);
  for (int i = 0; i < program.inputs; ++i) program.code.push_back({.prim = Prim::input, .a = static_cast<uint8_t>(i)});
  program.code.push_back({.prim = prim, .a = 0, .b = 1});
  std::vector<scalar::Lane> inputs(2), scratch(program.code.size());
  std::vector<E> out;
  for (size_t from = 0; from < at.x.size(); from += scalar::block) {
    int n = static_cast<int>(std::min<size_t>(scalar::block, at.x.size() - from));
    std::copy_n(at.x.begin() + static_cast<long>(from), n, inputs[0].f);
    std::copy_n(at.y.begin() + static_cast<long>(from), n, inputs[1].f);
    const scalar::Lane& result = scalar::evaluate(program, inputs.data(), n, 8 * sizeof(E), scratch.data());
    for (int i = 0; i < n; ++i) out.push_back(static_cast<E>(result.f[i]));
  }
  return out;
}

template <class E>
void check_bits(Prim prim) {
  Samples<E> at = samples<E>(prim, 20000);
  std::vector<E> expected = reference_device(prim, at);
  for (Isa isa : all_isas) {
    if (!machine_has(isa)) continue;
    std::vector<E> out = computed(isa, prim, at);
    size_t i = 0;
    auto same = [](E a, E b) {
      return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
    };
    while (i < out.size() && same(out[i], expected[i])) ++i;
    INFO(name(isa), " ", sizeof(E) == 4 ? "float32 " : "float64 ", scalar::name(prim));
    if (i < out.size()) FAIL_CHECK("f(", at.x[i], ", ", at.y[i], ") = ", out[i], ", not ", expected[i]);
  }
}

template <class E>
void check_same_bits(Prim prim) {
  Samples<E> at = samples<E>(prim, 20000);
  std::vector<E> narrow = computed(Isa::avx2, prim, at), wide = computed(Isa::avx512, prim, at);
  for (size_t i = 0; i < narrow.size(); ++i) {
    if (std::isnan(narrow[i]) && std::isnan(wide[i])) continue;
    if (narrow[i] == wide[i] && std::signbit(narrow[i]) == std::signbit(wide[i])) continue;
    FAIL_CHECK(scalar::name(prim), "(", at.x[i], ", ", at.y[i], ") is ", narrow[i], " and ", wide[i]);
    break;
  }
}

}  // namespace

TEST_CASE("the CPU's functions are within 2 (float32) and 3 (float64) units of the last place") {
  for (Prim prim : rounding_functions()) {
    check_accuracy<float>(prim);
    check_accuracy<double>(prim);
  }
}

TEST_CASE("the CPU's exact functions have the reference device's bits") {
  for (Prim prim : exact_functions()) {
    check_bits<float>(prim);
    check_bits<double>(prim);
  }
}

TEST_CASE("the CPU's functions have the same bits by AVX2 and AVX-512") {
  if (!machine_has(Isa::avx512)) return;
  for (Prim prim : rounding_functions()) {
    check_same_bits<float>(prim);
    check_same_bits<double>(prim);
  }
}

TEST_CASE("the CPU's functions give a number the same bits wherever it stands") {
  Samples<float> at = samples<float>(Prim::tanh, 1000);
  for (Isa isa : all_isas) {
    if (!machine_has(isa)) continue;
    std::vector<float> all = computed(isa, Prim::tanh, at);
    for (size_t from : {size_t{1}, size_t{7}, size_t{985}, size_t{999}}) {
      Samples<float> part{{at.x.begin() + static_cast<long>(from), at.x.end()}, {}};
      std::vector<float> out = computed(isa, Prim::tanh, part);
      for (size_t i = 0; i < out.size(); ++i)
        CHECK(std::bit_cast<uint32_t>(out[i]) == std::bit_cast<uint32_t>(all[from + i]));
    }
  }
}

}  // namespace koine::math_test
