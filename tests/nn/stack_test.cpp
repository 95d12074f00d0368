#include "base/location.h"

#include <koine/koine.h>
#include <koine/stack.h>

#include <doctest/doctest.h>

#include <cmath>

using namespace koine;
using Floats = std::vector<float>;

TEST_CASE("layers that place values otherwise") {
  const Array x = reshape(arange(0, 12, 1, float32), {.shape = {2, 3, 2}});
  CHECK(nn::Reshape{{2, 3}}(x).shape() == Shape{2, 2, 3});
  CHECK(nn::Reshape{{6}}(x).to_vector<float>() == x.to_vector<float>());
  CHECK_THROWS_AS(nn::Reshape{{5}}(x), ShapeError);
  CHECK(nn::Channels{1, 2}(x).to_vector<float>() == Floats{1, 3, 5, 7, 9, 11});
  CHECK(nn::Upsample{{2}}(x).to_vector<float>() ==
        Floats{0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9, 8, 9, 10, 11, 10, 11});
  // As torch.nn.Upsample(scale_factor=(2, 3)) has it.
  const Array image = reshape(array({1, 2, 3, 4}), {.shape = {1, 2, 2, 1}});
  CHECK(nn::Upsample{{2, 3}}(image).to_vector<float>() ==
        Floats{1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4});
  CHECK_THROWS_AS((nn::Upsample{{2, 2}}(x)), ShapeError);
  CHECK(nn::Cast{int64}(array({1.9, -1.9})).to_vector<int64_t>() == std::vector<int64_t>{1, -1});
  // What comes back through it is added up.
  const Array back = grad([](const Array& now) { return sum(nn::Upsample{{2}}(now)); })(x);
  CHECK(back.to_vector<float>() == Floats(12, 2));
}

TEST_CASE("joins take arrays of one shape") {
  const Array a = array({{1.0, 2.0}, {3.0, 4.0}}), b = a * 10;
  const auto joined = [&](nn::Join::Kind kind) { return nn::Join{kind}(std::vector<Array>{a, b}).to_vector<float>(); };
  using enum nn::Join::Kind;
  CHECK(joined(add) == Floats{11, 22, 33, 44});
  CHECK(joined(subtract) == Floats{-9, -18, -27, -36});
  CHECK(joined(multiply) == Floats{10, 40, 90, 160});
  CHECK(joined(nn::Join::Kind::maximum) == Floats{10, 20, 30, 40});
  CHECK(joined(average) == Floats{5.5, 11, 16.5, 22});
  CHECK(joined(nn::Join::Kind::concatenate) == Floats{1, 2, 10, 20, 3, 4, 30, 40});
  CHECK_THROWS_AS(nn::Join{}(std::vector<Array>{a, array({1.0, 2.0})}), ShapeError);
  CHECK_THROWS_AS(nn::Join{}(std::vector<Array>{}), ValueError);
}

TEST_CASE("standardize: the mean and the deviation of what was seen") {
  const Array x = array({{1.0, 5.0}, {3.0, 5.0}, {5.0, 5.0}});
  const nn::Standardize layer = nn::Standardize::of(x);
  CHECK(layer.mean.to_vector<float>() == Floats{3, 5});
  CHECK(layer.deviation.at(0).item<float>() == doctest::Approx(std::sqrt(8 / 3.0)));
  CHECK(layer.deviation.at(1).item<float>() == 1);
  CHECK(layer(x).at(0, 0).item<float>() == doctest::Approx(-2 / std::sqrt(8 / 3.0)));
  // Nothing of it is trained.
  CHECK(tree::leaves(grad([&](const nn::Standardize& l) { return sum(l(x)); })(layer))[0].defined() == false);
}

TEST_CASE("a stack is a graph when it is told what each layer takes") {
  nn::Stack stack{{nn::Linear{2, 2, false}, nn::Activation("relu"), nn::Join{}}, {{0}, {1}, {0, 2}}};
  stack = nn::init(stack, Key{0});
  std::get<nn::Linear>(stack.layers[0]).weight = array({{1.0, -1.0}, {0.0, 2.0}});
  CHECK(stack(array({{1.0, 2.0}})).to_vector<float>() == Floats{2, 5});
  stack.inputs = {};
  stack.layers.pop_back();
  CHECK(stack(array({{1.0, 2.0}})).to_vector<float>() == Floats{1, 3});
  stack.inputs = {{0}, {3}};
  CHECK_THROWS_AS(stack(array({{1.0, 2.0}})), ValueError);
}

TEST_CASE("errors name the lines of a stack's layers: at the call, when they run, in derivatives and first values") {
  const std::string text = "c.toml:9:1: model.1 (dense)";
  nn::Stack stack{.layers = {nn::Embedding{4, 3}, nn::Linear{3, 2}},
                  .lines = {location_of("c.toml:7:1: model.0 (embedding)"), location_of(text)}};
  stack = nn::init(stack, Key{0});
  const auto line_of = [](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      const std::string what = error.what();
      return what.substr(what.rfind("\n  at ") + 6);
    }
    return std::string("no error");
  };
  CHECK(line_of([&] { stack(array({1, 5})).data(); }) == "c.toml:7:1: model.0 (embedding)");
  const auto slope = grad([](const nn::Stack& now) { return sum(now(array({1, 5}))); });
  CHECK(line_of([&] { tree::leaves(slope(stack))[0].data(); }) == "c.toml:7:1: model.0 (embedding)");
  stack.layers[0] = nn::Flatten{};
  CHECK(line_of([&] { stack(ones({2, 4})); }) == text);
  const auto f = jit([](const nn::Stack& now, const Array& x) { return now(x); });
  f(stack, ones({2, 3}));
  f(stack, ones({2, 3}));
  CHECK(f.traces() == 1);
  stack.layers[1] = nn::Linear{int64_t{1} << 40, int64_t{1} << 20};
  CHECK(line_of([&] { tree::leaves(nn::init(stack, Key{0}))[0].data(); }) == text);
  stack.lines.clear();
  const std::string here = "stack_test.cpp:" + std::to_string(__LINE__ + 1);
  CHECK(line_of([&] { stack(ones({2, 4})); }) == here);
}
