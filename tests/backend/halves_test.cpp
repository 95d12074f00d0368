#include "backend/cpu/code.h"

#include <koine/half.h>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>

using namespace koine;
using namespace koine::backend::cpu;

namespace {

/// Elements of one dtype as another, by machine code for an instruction set; nothing in a build without LLVM.
template <class To, class From>
std::vector<To> converted(Isa isa, DType from, DType to, const std::vector<From>& x) {
  compile::Kernel kernel;
  kernel.extents = {static_cast<int64_t>(x.size())};
  kernel.loads = {{0, from, 0, {1}}};
  kernel.code = {{compile::Action::load, from, true}, {compile::Action::convert, to, true}};
  kernel.stores = {{1, {1, to, 0, {1}}}};
  kernel.buffers = 2;
  const CodeRef code = code_of(kernel, compile::passes_of(kernel), isa, Effort::made);
  if (!code) return {};
  std::vector<To> y(x.size());
  std::byte* const at[] = {reinterpret_cast<std::byte*>(const_cast<From*>(x.data())),
                           reinterpret_cast<std::byte*>(y.data())};
  const int64_t none[] = {0, 0}, steps[] = {sizeof(From), sizeof(To)};
  const Frame frame{at, none, none, steps, 1, kernel.extents[0], 0, nullptr};
  code->function(&frame);
  return y;
}

template <class Half>
void check_all(DType dtype) {
  std::vector<uint16_t> halves;
  for (int bits = 0; bits < 65536; ++bits) halves.push_back(static_cast<uint16_t>(bits));
  // All numbers that are halves, what lies between two of them, and others.
  std::vector<float> numbers;
  std::mt19937 random(1);
  for (const uint16_t bits : halves) {
    const float exact = static_cast<float>(Half::from_bits(bits)),
                next = static_cast<float>(Half::from_bits(static_cast<uint16_t>(bits + 1)));
    const float middle = static_cast<float>((static_cast<double>(exact) + static_cast<double>(next)) / 2);
    for (const float x : {exact, middle, std::nextafter(middle, 1e38f), std::nextafter(middle, -1e38f)})
      numbers.push_back(x);
    numbers.push_back(std::bit_cast<float>(static_cast<uint32_t>(random())));
  }
  for (const Isa isa : all_isas) {
    if (!machine_has(isa)) continue;
    CAPTURE(name(isa));
    const auto widened = converted<float>(isa, dtype, float32, halves);
    const auto rounded = converted<uint16_t>(isa, float32, dtype, numbers);
    if (widened.empty()) return;
    size_t wrong = 0;
    for (size_t i = 0; i < halves.size(); ++i) {
      const float expected = static_cast<float>(Half::from_bits(halves[i]));
      wrong += std::isnan(expected) ? !std::isnan(widened[i])
                                    : std::bit_cast<uint32_t>(widened[i]) != std::bit_cast<uint32_t>(expected);
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      const Half expected(numbers[i]);
      wrong += std::isnan(numbers[i]) ? !std::isnan(static_cast<float>(Half::from_bits(rounded[i])))
                                      : rounded[i] != expected.bits;
    }
    CHECK(wrong == 0);
  }
}

}  // namespace

TEST_CASE("halves: machine code of every instruction set converts each number as the library does") {
  SUBCASE("float16") { check_all<Float16>(float16); }
  SUBCASE("bfloat16") { check_all<BFloat16>(bfloat16); }
}
