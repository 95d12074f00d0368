#include <koine/gradients.h>
#include <koine/io.h>
#include <koine/lbfgs.h>
#include <koine/nn.h>
#include <koine/optim.h>
#include <koine/transform.h>

#include <cmath>

#include "support/temp_folder.h"
#include "torch/values.h"

using namespace koine;
using namespace koine::testing;

namespace {

struct Weights {
  Array weight, bias;
};

constexpr int64_t steps = 6;

Weights start(const std::string& dtype, const std::string& prefix = "", int64_t step = -1) {
  const Arrays& all = torch_values("optim", "start." + dtype);
  Weights weights;
  weights.weight = step < 0 ? all.at(prefix + "weight") : all.at(prefix + "weight").at(step);
  weights.bias = step < 0 ? all.at(prefix + "bias") : all.at(prefix + "bias").at(step);
  return weights;
}
Weights gradient(const std::string& dtype, int64_t step) { return start(dtype, "grad_", step); }

const std::vector<std::string> dtypes = {"float64", "float32"};

void check_step(const std::string& name, const Weights& weights, int64_t step) {
  const Arrays& want = torch_values("optim", name);
  CAPTURE(name);
  CAPTURE(step);
  CHECK(beside(weights.weight, want.at("weight").at(step)) == "");
  CHECK(beside(weights.bias, want.at("bias").at(step)) == "");
}

// Each step beside PyTorch's; then once more under jit, which must be the same.
template <class O>
void check(const std::string& name, const O& optimizer) {
  for (const std::string& dtype : dtypes) {
    Weights weights = start(dtype), traced = start(dtype);
    O plain = optimizer, other = optimizer;
    auto step_of = jit([](Weights model, O now, const Weights& grad) {
      now.step(model, grad);
      return std::pair(model, now);
    });
    other.init(traced);
    for (int64_t step = 0; step < steps; ++step) {
      plain.step(weights, gradient(dtype, step));
      check_step(name + "." + dtype, weights, step);
      std::tie(traced, other) = step_of(traced, other, gradient(dtype, step));
      check_step(name + "." + dtype, traced, step);
    }
    CHECK(step_of.traces() == 1);
    CHECK(other.steps.template item<int64_t>() == steps);
  }
}

template <class Change>
void check_with(const std::string& name, Change change) {
  for (const std::string& dtype : dtypes) {
    Weights weights = start(dtype);
    optim::Sgd sgd{{.lr = 0.1}};
    for (int64_t step = 0; step < steps; ++step) {
      sgd.step(weights, change(gradient(dtype, step)));
      check_step(name + "." + dtype, weights, step);
    }
  }
}

}  // namespace

namespace {

// What both files of PyTorch's values have.
template <class F>
void each_optimizer(F check) {
  using namespace optim;
  check("sgd", Sgd{{.lr = 0.1}});
  check("sgd_momentum", Sgd{{.lr = 0.1, .momentum = 0.9, .weight_decay = 0.01}});
  check("sgd_nesterov", Sgd{{.lr = 0.1, .momentum = 0.8, .nesterov = true}});
  check("adam", Adam{{.lr = 0.05}});
  check("adam_decay", Adam{{.lr = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.1}});
  check("adam_amsgrad", Adam{{.lr = 0.05, .beta1 = 0.5, .beta2 = 0.5, .amsgrad = true}});
  check("adamw", AdamW{{.lr = 0.05, .weight_decay = 0.1}});
  check("adamw_amsgrad", AdamW{{.lr = 0.05, .beta1 = 0.5, .beta2 = 0.5, .amsgrad = true}});
  check("adamax", Adamax{{.lr = 0.05, .weight_decay = 0.1}});
  check("rmsprop", Rmsprop{{.lr = 0.05}});
  check("rmsprop_centered",
        Rmsprop{{.lr = 0.05, .alpha = 0.9, .momentum = 0.5, .centered = true, .weight_decay = 0.1}});
  check("adagrad", Adagrad{{.lr = 0.1}});
  check("adagrad_decay", Adagrad{{.lr = 0.1, .lr_decay = 0.2, .initial = 0.5, .weight_decay = 0.1}});
  check("adadelta", Adadelta{});
  check("adadelta_decay", Adadelta{{.lr = 0.5, .rho = 0.8, .epsilon = 1e-4, .weight_decay = 0.1}});
  check("lion", Lion{{.lr = 0.02, .weight_decay = 0.1}});
  check("groups",
        AdamW{{.lr = 0.05, .weight_decay = 0.1, .groups = {{.leaves = "*bias", .lr = 2, .weight_decay = 0}}}});
}

// A tolerance of some roundings: where one falls to the other side, later steps differ by it.
void check_halves(const std::string& name, const Array& got, const Array& want, DType dtype) {
  const double rounding = dtype == float16 ? 1e-3 : 8e-3;
  const auto a = got.to_vector<double>(), b = want.to_vector<double>();
  for (size_t i = 0; i < a.size(); ++i) {
    CAPTURE(name);
    CAPTURE(i);
    CHECK(a[i] == doctest::Approx(b[i]).epsilon(3 * rounding));
  }
}

}  // namespace

TEST_CASE("optim: every step is PyTorch's, also under jit") {
  each_optimizer([](const std::string& name, const auto& optimizer) { check(name, optimizer); });
  check("scheduled", optim::Adam{{.lr = optim::step_decay(0.05, 1, 0.9).after_warmup(5, 0.01)}});
}

TEST_CASE("optim: weights of 16 bits are stepped in float32, whatever the gradients are") {
  for (const auto& [dtype_name, dtype] : {std::pair("float16", float16), std::pair("bfloat16", bfloat16)}) {
    const Arrays& start = torch_values("halves", std::string("start.") + dtype_name);
    const auto cut = [&](const Array& x) {
      return Weights{cast(x.at(Slice{0, 4}), {.dtype = dtype}), cast(x.at(Slice{4, 8}), {.dtype = dtype})};
    };
    each_optimizer([&](const std::string& kind, auto optimizer) {
      const std::string name = kind + "." + dtype_name;
      const Array& seen = torch_values("halves", name).at("seen");
      Weights weights = cut(start.at("weights"));
      int64_t number = 0;
      for (int64_t step = 0; step < 50; ++step) {
        optimizer.step(weights, cut(start.at("gradients").at(step)));
        CHECK(weights.weight.dtype() == dtype);
        if (step != 0 && step != 9 && step != 49) continue;
        check_halves(name, cast(concatenate({weights.weight, weights.bias}), {.dtype = float32}), seen.at(number++),
                     dtype);
      }
    });
  }
  optim::Adam adam;
  Weights weights{cast(ones({2}), {.dtype = float16}), cast(ones({2}), {.dtype = bfloat16})};
  adam.init(weights);
  CHECK(adam.mean[0].dtype() == float32);
  // No gradient at all, and one whose square float16 does not have.
  for (const double g : {0.0, 1e-6, 60000.0}) {
    Weights now = weights;
    optim::Adam fresh;
    const auto like = [&](const Array& x) { return full_like(x, g); };
    fresh.step(now, Weights{like(now.weight), like(now.bias)});
    const float moved = cast(now.weight, {.dtype = float32}).at(0).item<float>();
    CHECK(moved == doctest::Approx(g == 0 ? 1 : 1 - 1e-3 * g / (g + 1e-8)).epsilon(1e-3));
  }
}

TEST_CASE("optim: averages of 16 bits do not stand still") {
  // Half way from 0 to 1: 1 - 0.999^693. In bfloat16 a thousandth part of the way is soon nothing.
  optim::Average<Weights> average{.decay = 0.999};
  const auto filled = [](double value) {
    return Weights{full({.shape = {2}, .value = value, .dtype = bfloat16}),
                   full({.shape = {1}, .value = value, .dtype = float16})};
  };
  average.update(filled(0));
  for (int i = 0; i < 693; ++i) average.update(filled(1));
  CHECK(average.model.weight.dtype() == bfloat16);
  CHECK(cast(average.model.weight, {.dtype = float32}).at(1).item<float>() == doctest::Approx(0.5).epsilon(0.01));
  CHECK(cast(average.model.bias, {.dtype = float32}).at(0).item<float>() == doctest::Approx(0.5).epsilon(0.01));
  optim::Accumulator<Weights> sum;
  for (int i = 0; i < 1000; ++i) sum.add(filled(i % 2 == 0 ? 1 : 0));
  CHECK(sum.take().weight.at(0).item<float>() == doctest::Approx(0.5));
  sum.add(filled(1), 3);
  sum.add(filled(5), 1);
  CHECK(sum.take().bias.at(0).item<float>() == doctest::Approx(2));
  CHECK_THROWS_AS(sum.add(filled(1), -1), ValueError);
}

TEST_CASE("optim: the norm of gradients of any size, and its slope at 0") {
  const Weights large{array({3e30, 0.0}), array({4e30})}, small{array({3e-30, 0.0}), array({4e-30})},
      none{zeros({2}), zeros({1})};
  CHECK(optim::global_norm(large).item<float>() == doctest::Approx(5e30));
  CHECK(optim::global_norm(small).item<float>() == doctest::Approx(5e-30));
  CHECK(optim::clip_by_norm(large, 1).grad.bias.item<float>() == doctest::Approx(0.8));
  CHECK(optim::clip_by_norm(none, 1).grad.bias.item<float>() == 0);
  const Weights halves{cast(array({3000.0, 0.0}), {.dtype = float16}), cast(array({4000.0}), {.dtype = float16})};
  CHECK(optim::global_norm(halves).item<float>() == 5000);
  const Weights slope = grad([](const Weights& at) { return sum(optim::clip_by_norm(at, 1.0).grad.weight); })(none);
  CHECK(slope.weight.to_vector<float>() == std::vector<float>{1, 1});
  CHECK(slope.bias.to_vector<float>() == std::vector<float>{0});
}

TEST_CASE("optim: clipping is PyTorch's") {
  check_with("clip_norm", [](const Weights& grad) { return optim::clip_by_norm(grad, 0.7).grad; });
  check_with("clip_value", [](const Weights& grad) { return optim::clip_by_value(grad, 0.4); });
  const Weights two{array({3.0, 0.0}), array({4.0})};
  CHECK(optim::global_norm(two).item<double>() == doctest::Approx(5));
  CHECK(optim::clip_by_norm(two, 10).grad.bias.item<float>() == 4);
  CHECK_THROWS_AS(optim::clip_by_norm(two, 0), ValueError);
}

TEST_CASE("optim: schedules are PyTorch's, as numbers and as arrays") {
  using namespace optim;
  const std::map<std::string, Schedule> all = {
      {"step", step_decay(0.5, 7, 0.5)},
      {"milestones", step_decay(0.5, {5, 20}, 0.1)},
      {"exponential", step_decay(0.5, 1, 0.9)},
      {"linear", linear(0.5, 0.1, 30)},
      {"polynomial", polynomial(0.5, 30, 2)},
      {"cosine", cosine(0.5, 30, 0.05)},
      {"restarts", cosine_restarts(0.5, 12, 0.01)},
      {"warmup", step_decay(0.5, 1, 0.9).after_warmup(5, 0.01)},
      {"one_cycle", one_cycle(0.5, 40)},
  };
  for (const auto& [name, schedule] : all) {
    CAPTURE(name);
    const Array want = torch_values("optim", "rates." + name).at("rates");
    std::vector<double> numbers;
    for (int64_t step = 0; step < want.size(); ++step) numbers.push_back(schedule.at(step));
    CHECK(beside(from(numbers, {want.size()}), want) == "");
    const Array arrays =
        vmap([&schedule = schedule](const Array& step) { return schedule(step); })(arange(want.size()));
    CHECK(beside(arrays, from(numbers, {want.size()})) == "");
    const Schedule again = Schedule::of_numbers(schedule.numbers());
    CHECK(again.numbers() == schedule.numbers());
    CHECK(again.at(17) == schedule.at(17));
  }
  for (const std::vector<double>& none : std::vector<std::vector<double>>{{},
                                                                          {1, 0, 1, 0, 5},
                                                                          {7, 0, 1, 0, 5, 1},
                                                                          {0.5, 0, 1, 0, 5, 1},
                                                                          {1, 2, 1, 0, 5, 1},
                                                                          {1, 0, 1, 0, 0, 1},
                                                                          {NAN, 0, 1, 0, 5, 1},
                                                                          {1, 0, 1, 0, 5, 1, 1, 0, 1, 0, 5, 1}})
    CHECK_THROWS_AS(Schedule::of_numbers(none), ValueError);
  CHECK(Schedule(0.1).is_constant());
  CHECK(inverse_sqrt(1, 10).at(30) == doctest::Approx(0.5));
  CHECK(cosine(1, 10).scaled(2).at(0) == doctest::Approx(2));
  CHECK_THROWS_AS(cosine(1, 0), ValueError);
  CHECK_THROWS_AS(step_decay(1, {5, 5}), ValueError);
}

TEST_CASE("optim: plateau is PyTorch's") {
  const Arrays& want = torch_values("optim", "plateau");
  optim::Plateau plateau{{.factor = 0.5, .patience = 2, .cooldown = 1, .least = 0.2}};
  const auto metrics = want.at("metrics").to_vector<double>(), factors = want.at("factors").to_vector<double>();
  for (size_t i = 0; i < metrics.size(); ++i) CHECK(plateau.observe(metrics[i]) == doctest::Approx(factors[i]));
  optim::Plateau upward{{.patience = 0, .maximize = true}};
  CHECK(upward.observe(0.5) == 1);
  CHECK(upward.observe(0.6) == 1);
  CHECK(upward.observe(0.6) == doctest::Approx(0.1));
}

TEST_CASE("optim: the average of weights is PyTorch's") {
  for (const std::string& dtype : dtypes) {
    optim::Average<Weights> average{.decay = 0.9};
    const Arrays& seen = torch_values("optim", "sgd." + dtype);
    for (int64_t step = 0; step < steps; ++step) {
      Weights now;
      now.weight = seen.at("weight").at(step);
      now.bias = seen.at("bias").at(step);
      average.update(now);
      check_step("average." + dtype, average.model, step);
    }
  }
}

TEST_CASE("optim: accumulated gradients are those of one batch") {
  optim::Accumulator<Weights> sum;
  CHECK_THROWS_AS(sum.take(), ValueError);
  for (int64_t step = 0; step < 3; ++step) sum.add(gradient("float64", step));
  CHECK(sum.count() == 3);
  const Array all = torch_values("optim", "start.float64").at("grad_weight");
  CHECK(beside(sum.take().weight, mean(all.at(Slice{0, 3}), {.axis = 0})) == "");
  CHECK(sum.count() == 0);
}

TEST_CASE("optim: the state is saved and loaded, and goes on with the same bits") {
  TempFolder folder;
  Weights weights = start("float32");
  optim::AdamW adam{{.lr = optim::cosine(0.1, 10), .amsgrad = true}};
  for (int64_t step = 0; step < 3; ++step) adam.step(weights, gradient("float32", step));
  io::save(folder / "o.safetensors", adam);
  optim::AdamW again{adam.options};
  again.init(weights);
  io::load_into(folder / "o.safetensors", again);
  Weights other = weights;
  for (int64_t step = 3; step < steps; ++step) {
    adam.step(weights, gradient("float32", step));
    again.step(other, gradient("float32", step));
  }
  CHECK(weights.weight.to_vector<float>() == other.weight.to_vector<float>());
  CHECK(again.steps.item<int64_t>() == steps);
}

TEST_CASE("optim: L-BFGS without a line search is PyTorch's; with one it finds the minimum") {
  const Arrays& want = torch_values("optim", "lbfgs");
  const auto loss = [&](const Array& x) {
    const Array z = matmul(want.at("matrix"), x) - 1;
    return sum(log(cosh(z)));
  };
  Array x = want.at("x");
  optim::Lbfgs lbfgs{{.lr = 0.3, .iterations = 4, .history = 3, .line_search = false}};
  for (int64_t call = 0; call < 4; ++call) {
    CAPTURE(call);
    lbfgs.step(x, loss);
    CHECK(beside(x, want.at("seen").at(call)) == "");
  }
  Array y = want.at("x");
  optim::Lbfgs searching;
  for (int call = 0; call < 10; ++call) searching.step(y, loss);
  const Array gradient = grad(loss)(y);
  CHECK(max(abs(gradient)).item<double>() < 1e-5);
  Array other = zeros({2}, float64);
  CHECK_THROWS_AS(searching.step(other, [](const Array& v) { return sum(square(v - 1)); }), ValueError);
}

TEST_CASE("optim: an Lbfgs whose state was saved goes on with the same bits") {
  TempFolder folder;
  const auto loss = [](const Array& v) { return sum(square(square(v) - array({1.0, 2.0, 3.0}))); };
  const optim::LbfgsOptions options{.lr = optim::linear(0.5, 0.1, 6), .iterations = 2, .history = 3};
  Array x = array({0.5, -1.0, 4.0}), y = x;
  optim::Lbfgs whole{options}, part{options};
  part.init(y);
  CHECK(tree::count(part) == 9);
  for (int call = 0; call < 6; ++call) {
    whole.step(x, loss);
    optim::Lbfgs next{options};
    next.init(y);
    io::save(folder / "state.safetensors", part);
    io::load_into(folder / "state.safetensors", next);
    next.step(y, loss);
    CHECK(y.to_vector<float>() == x.to_vector<float>());
    part = next;
  }
  CHECK(whole.numbers.to_vector<double>()[3] == 6);
  // A file is not trusted.
  for (const double kept : {4.0, -1.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    optim::Lbfgs other = part;
    other.numbers = array({1.0, 1.0, kept, 0.0});
    CHECK_THROWS_AS(other.step(y, loss), ValueError);
  }
}

TEST_CASE("optim: what cannot be is refused") {
  Weights weights = start("float32");
  optim::Adam typo{{.groups = {{.leaves = "*baes"}}}};
  CHECK(contains(message_of<ValueError>([&] { typo.step(weights, gradient("float32", 0)); }), "weight, bias"));
  optim::Adam adam;
  adam.step(weights, gradient("float32", 0));
  Weights narrow{zeros({2}), zeros({3})};
  CHECK(contains(message_of<ValueError>([&] { adam.step(narrow, narrow); }), "another model"));
  nn::Linear linear = nn::init(nn::Linear{2, 3}, Key(0)), wide = nn::init(nn::Linear{2, 3}, Key(0));
  std::pair two(linear, wide);
  CHECK_THROWS_AS(adam.step(two, two), ValueError);
}

TEST_CASE("optim: loss scaling leaves out steps that overflow") {
  Weights weights = start("float32"), plain = weights;
  optim::Adam adam{{.lr = 0.1}}, same = adam;
  optim::LossScale scale{{.initial = 8, .interval = 2}};
  const Array loss = scale.of(array({0.5}));
  CHECK(loss.item<float>() == 4);
  const auto scaled = [&](Weights grad) { return tree::map(grad, [&](const Array& g) { return g * scale.factor; }); };
  for (int64_t step = 0; step < 3; ++step) {
    CHECK(scale.step(adam, weights, scaled(gradient("float32", step))).item<bool>());
    same.step(plain, gradient("float32", step));
  }
  CHECK(weights.bias.to_vector<float>() == plain.bias.to_vector<float>());
  CHECK(scale.factor.item<float>() == 16);
  Weights overflow = gradient("float32", 0);
  overflow.bias = array({1.0, 1.0 / 0.0, 0.0});
  CHECK_FALSE(scale.step(adam, weights, overflow).item<bool>());
  CHECK(weights.weight.to_vector<float>() == plain.weight.to_vector<float>());
  CHECK(adam.steps.item<int64_t>() == 3);
  CHECK(scale.factor.item<float>() == 8);
}

TEST_CASE("optim: an ensemble steps as one under vmap") {
  auto train = [](const Array& rate) {
    Weights weights = start("float64");
    optim::Adam adam{{.lr = 0.05, .weight_decay = 0.1}};
    adam.init(weights);
    for (int64_t step = 0; step < 2; ++step)
      adam.step(weights, tree::map(gradient("float64", step), [&](const Array& g) { return g * rate; }));
    return weights;
  };
  const Weights both = vmap(train)(cast(array({1.0, 0.5}), {.dtype = float64}));
  CHECK(beside(both.weight.at(1), train(cast(array({0.5}), {.dtype = float64}).at(0)).weight) == "");
}
