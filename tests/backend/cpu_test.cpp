#include "backend/cpu/code.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace koine;

namespace {

struct Net {
  nn::Linear in{6, 16}, out{16, 3};
  Array operator()(const Array& x) const { return out(relu(in(x))); }
};

}  // namespace

TEST_CASE("cpu: no kernel is compiled in a second epoch, whatever changes from step to step") {
  data::Dataset data{normal(Key{1}, {.shape = {50, 6}}), remainder(arange(50), 3)};
  Net model = nn::init(Net{}, Key{0});
  optim::Adam adam{{.lr = 1e-3}};
  std::string printed;
  std::vector<Array> held;
  auto epoch = [&](int64_t number) {
    // 50 examples in batches of 16: the last one is shorter.
    for (auto [x, y] : data.batches(16, {.shuffle = Key{2}, .first_epoch = number})) {
      adam.options.lr *= 0.9;
      Array hidden = relu(model.in(x));
      held.push_back(hidden);
      auto [loss, grad] = value_and_grad([&](const Net& m) { return mean(cross_entropy(m(x), y)); }, model);
      adam.step(model, grad);
      printed += to_string(loss);
    }
  };
  epoch(0);
  epoch(1);
  const int64_t made = backend::cpu::code_stats().compiled;
  epoch(2);
  epoch(3);
  CHECK(backend::cpu::code_stats().compiled == made);
  CHECK(held.size() == 16);
  CHECK(!printed.empty());
}

TEST_CASE("cpu: code that no program holds is given up, and made again when it is needed") {
  using namespace backend::cpu;
  compile::Kernel kernel;
  kernel.extents = {5};
  kernel.loads = {{0, float32, 0, {1}}};
  kernel.code = {{compile::Action::load, float32, true}, {compile::Action::convert, int16, true}};
  kernel.stores = {{1, {1, int16, 0, {1}}}};
  kernel.buffers = 2;
  auto code = [&] { return code_of(kernel, compile::passes_of(kernel), best_isa(), Effort::made); };
  CodeRef held = code();
  if (!held) return;  // built without LLVM
  forget_unused_code();
  CHECK(code() == held);
  const int64_t before = code_stats().held, compiled = code_stats().compiled + code_stats().loaded;
  std::weak_ptr<const Code> gone = held;
  held.reset();
  forget_unused_code();
  CHECK(gone.expired());
  CHECK(code_stats().held == before - 1);
  held = code();
  CHECK(code_stats().compiled + code_stats().loaded == compiled + 1);
  const float x[] = {1.5f, -2.5f, 1e9f, NAN, 7};
  int16_t y[5] = {};
  std::byte* const at[] = {reinterpret_cast<std::byte*>(const_cast<float*>(x)), reinterpret_cast<std::byte*>(y)};
  const int64_t none[] = {0, 0}, steps[] = {4, 2};
  const Frame frame{at, none, none, steps, 1, 5, 0, nullptr};
  held->function(&frame);
  CHECK(std::vector<int>(y, y + 5) == std::vector<int>{1, -2, 32767, 0, 7});
}

TEST_CASE("cpu: a size that was not seen yet needs no new code") {
  auto run = [](int64_t rows, int64_t columns) {
    Array x = normal(Key{3}, {.shape = {rows, columns}});
    x.data();
    Array y;
    for (int i = 0; i < 3; ++i) {
      y = softmax(x * 1.5) + 1;
      y.data();
    }
    return sum(y).item<double>();
  };
  run(7, 33);
  const int64_t made = backend::cpu::code_stats().compiled;
  CHECK(run(5, 100) == doctest::Approx(5 * 100 + 5).epsilon(1e-5));
  CHECK(run(64, 5000) == doctest::Approx(64 * 5000 + 64).epsilon(1e-5));
  CHECK(backend::cpu::code_stats().compiled == made);
}
