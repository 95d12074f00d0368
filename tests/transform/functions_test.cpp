#include <doctest/doctest.h>
#include <koine/koine.h>

#include <cmath>
#include <complex>

/// The users' transforms: derivatives, batching, tracing, in any order.
using namespace koine;

namespace {

bool close(const Array& a, const Array& b, double tolerance = 1e-5) {
  if (!(a.shape() == b.shape())) return false;
  auto x = a.to_vector<double>(), y = b.to_vector<double>();
  for (size_t i = 0; i < x.size(); ++i)
    if (!(std::abs(x[i] - y[i]) <= tolerance * (1 + std::abs(y[i])))) return false;
  return true;
}

struct Net {
  nn::Linear in{2, 3}, out{3, 1};
  Array operator()(const Array& x) const { return out(tanh(in(x))); }
};

}  // namespace

TEST_CASE("grad of a scalar function, again and again") {
  auto f = [](const Array& x) { return sin(x) * x; };
  Array x = array({0.7});
  auto total = [&](const Array& v) { return sum(f(v)); };
  CHECK(close(grad(total)(x), cos(x) * x + sin(x)));
  auto second = grad([&](const Array& v) { return sum(grad(total)(v)); });
  CHECK(close(second(x), 2 * cos(x) - x * sin(x)));
  auto third = grad([&](const Array& v) { return sum(second(v)); });
  CHECK(close(third(x), -3 * sin(x) - x * cos(x)));
}

TEST_CASE("value_and_grad of a model: trees, auxiliary values, chosen arguments") {
  Net net = nn::init(Net{}, Key{0});
  Array x = array({{1.0, 2.0}, {0.5, -1.0}});
  auto [value, g] = value_and_grad(
      [&](const Net& n) {
        Array y = n(x);
        return std::pair(mean(y * y), y);
      },
      net);
  CHECK(value.second.shape() == Shape{2, 1});
  double h = 1e-3;
  auto w = net.in.weight.to_vector<float>();
  for (size_t i = 0; i < w.size(); ++i) {
    auto loss_at = [&](double step) {
      auto moved = w;
      moved[i] += static_cast<float>(step);
      Net other = net;
      other.in.weight = from(moved, {2, 3});
      Array y = other(x);
      return mean(y * y).item<double>();
    };
    CHECK(g.in.weight.to_vector<double>()[i] == doctest::Approx((loss_at(h) - loss_at(-h)) / (2 * h)).epsilon(0.01));
  }
  auto product = [](const Array& a, const Array& b) { return sum(a * b); };
  Array a = array({1.0, 2.0}), b = array({3.0, 5.0});
  auto [da, db] = grad<0, 1>(product)(a, b);
  CHECK(close(da, b));
  CHECK(close(db, a));
  CHECK(close(grad<1>(product)(a, b), a));
}

TEST_CASE("reading a value inside grad branches on it and keeps the history") {
  auto f = [](const Array& x) {
    Array y = x * x;
    if (sum(y) > 10) return sum(y * x);
    return sum(y);
  };
  CHECK(close(grad(f)(array({1.0, 2.0})), array({2.0, 4.0})));
  CHECK(close(grad(f)(array({3.0, 2.0})), array({27.0, 12.0})));
}

TEST_CASE("reading inside grad keeps what the backward pass needs, also what does not depend on the argument") {
  Array data = array({0.5, -1.0});
  auto f = [&](const Array& w) {
    Array c = exp(data) * 3;
    Array y = w * c;
    CHECK(y.to_vector<float>().size() == 2);
    return sum(y * y);
  };
  Array w = array({1.0, 2.0}), c = exp(data) * 3;
  CHECK(close(grad(f)(w), 2 * w * c * c));
  CHECK(close(hessian(f)(w).at(1, 1), 2 * c.at(1) * c.at(1)));
}

TEST_CASE("jvp and vjp") {
  auto f = [](const Array& x) { return std::pair(exp(x), sum(x * x)); };
  Array x = array({0.3, -0.2}), t = array({1.0, 0.5});
  auto [y, dy] = jvp(f, x, t);
  CHECK(close(y.first, exp(x)));
  CHECK(close(dy.first, exp(x) * t));
  CHECK(close(dy.second, 2 * sum(x * t)));
  auto [z, pull] = vjp(f, x);
  CHECK(close(pull({t, scalar_array(2.0)}), exp(x) * t + 4 * x));
  CHECK_THROWS_AS(pull({array({1.0}), scalar_array(2.0)}), ShapeError);
}

TEST_CASE("vmap over any axis, in and out, alone and with derivatives") {
  Array x = reshape(cast(arange(6), {.dtype = float32}), {.shape = {2, 3}}), w = array({1.0, -1.0});
  auto dot = [](const Array& a, const Array& b) { return sum(a * b); };
  CHECK(close(vmap(dot, {.in = {1, unbatched}})(x, w), array({-3.0, -3.0, -3.0})));
  auto outer = [](const Array& a) { return expand_dims(a, 1) * a; };
  CHECK(close(vmap(outer, {.in = {1}, .out = {2}})(x).at(all, all, 1), outer(x.at(all, 1))));
  auto f = [](const Array& v) { return sum(sin(v) * v); };
  CHECK(close(vmap(grad(f))(x), cos(x) * x + sin(x)));
  CHECK(close(grad([&](const Array& v) { return sum(vmap(f)(v)); })(x), cos(x) * x + sin(x)));
  CHECK(close(vmap(vmap([](const Array& v) { return v * v; }))(x), x * x));
  CHECK_THROWS_AS(vmap(dot)(x, array({1.0, 2.0, 3.0})), ShapeError);
}

TEST_CASE("an ensemble is vmap over a model, per-sample gradients are vmap of grad") {
  auto many = vmap([](const Array& key) { return nn::init(Net{}, Key(key)); })(stack({Key{0}, Key{1}, Key{2}}));
  Array x = array({{1.0, 2.0}, {0.5, -1.0}});
  Array together = vmap([&](const Net& n) { return n(x); })(many);
  CHECK(together.shape() == Shape{3, 2, 1});
  CHECK(close(together.at(1), nn::init(Net{}, Key{1})(x)));
  Net net = nn::init(Net{}, Key{0});
  auto loss = [](const Net& n, const Array& one) { return sum(n(expand_dims(one, 0))); };
  Net per_sample = vmap(grad(loss), {.in = {unbatched, 0}})(net, x);
  CHECK(per_sample.in.weight.shape() == Shape{2, 2, 3});
  CHECK(close(per_sample.in.weight.at(1), grad(loss)(net, x.at(1)).in.weight));
}

TEST_CASE("values are not known under vmap and jit, and the error says so") {
  Array x = array({1.0, 2.0});
  auto branch = [](const Array& v) { return v > 0 ? v : -v; };
  CHECK_THROWS_AS(vmap(branch)(x), TraceError);
  try {
    jit(branch)(x.at(0));
    CHECK(false);
  } catch (const TraceError& error) {
    std::string text = error.what();
    CHECK(text.find("jit") != std::string::npos);
    CHECK(text.find("greater") != std::string::npos);
    CHECK(text.find("functions_test.cpp:") != std::string::npos);
  }
}

TEST_CASE("jit traces once per types and composes") {
  int calls = 0;
  auto f = jit([&](const Array& x) {
    ++calls;
    return sum(exp(x) * x);
  });
  Array x = array({0.1, 0.2});
  CHECK(close(f(x), sum(exp(x) * x)));
  CHECK(close(f(x + 1), sum(exp(x + 1) * (x + 1))));
  CHECK(calls == 1);
  f(array({1.0, 2.0, 3.0}));
  CHECK(calls == 2);
  CHECK(close(grad([&](const Array& v) { return f(v); })(x), exp(x) * (x + 1)));
  CHECK(calls == 2);
  CHECK(close(jit(grad([](const Array& v) { return sum(v * v * v); }))(x), 3 * x * x));
  CHECK(close(vmap([&](const Array& v) { return f(v); })(stack({x, x + 1})), stack({f(x), f(x + 1)})));
}

TEST_CASE("graph_text shows the graph of a function") {
  auto f = [](const Array& x) { return sum(tanh(x)); };
  CHECK(graph_text(f)(ones({2})) ==
        "inputs %0 : float32[2]\n%1 = tanh(%0) : float32[2]\n"
        "%2 = sum(%1) {axis=[-1], keepdims=false} : float32[]\noutputs %2");
}

TEST_CASE("jacobian, hessian and hvp") {
  auto f = [](const Array& x) { return stack({x.at(0) * x.at(1), sin(x.at(0)), x.at(1)}); };
  Array x = array({0.4, 2.0});
  Array expected = array({{2.0, 0.4}, {std::cos(0.4), 0.0}, {0.0, 1.0}});
  CHECK(close(jacobian(f)(x), expected));
  CHECK(close(jacobian(f, Mode::forward)(x), expected));
  auto g = [](const Array& v) { return v.at(0) * v.at(0) * v.at(1) + exp(v.at(1)); };
  Array h = hessian(g)(x);
  CHECK(close(h, array({{4.0, 0.8}, {0.8, std::exp(2.0)}})));
  Array v = array({1.0, -2.0});
  CHECK(close(hvp(g, x, v), matmul(h, v)));
}

TEST_CASE("jacobians of complex numbers") {
  const auto is = [](const Array& got, std::vector<std::complex<double>> want) {
    std::vector<std::complex<double>> found = cast(got, {.dtype = complex128}).to_vector<std::complex<double>>();
    bool same = found.size() == want.size();
    for (size_t i = 0; same && i < want.size(); ++i) same = std::abs(found[i] - want[i]) < 1e-5;
    return same;
  };
  const Array x = array({2.0, 3.0}), z = array({Number::complex(1, 2)});
  for (Mode mode : {Mode::forward, Mode::reverse}) {
    CAPTURE(static_cast<int>(mode));
    // A complex function of real numbers: d (a x) / dx = a.
    CHECK(is(jacobian([](const Array& v) { return v * std::complex<float>(3, 4); }, mode)(x), {{3, 4}, 0, 0, {3, 4}}));
    CHECK(is(jacobian([](const Array& v) { return v * std::complex<float>(0, 1); }, mode)(x), {{0, 1}, 0, 0, {0, 1}}));
    // A holomorphic one of a complex number: d z^2 / dz = 2 z.
    CHECK(is(jacobian([](const Array& v) { return v * v; }, mode, true)(z), {{2, 4}}));
    CHECK_THROWS_AS(jacobian([](const Array& v) { return v * v; }, mode)(z), DTypeError);
    // A real one of a complex number: the direction of steepest ascent of |z|^2 is 2 z.
    CHECK(is(jacobian([](const Array& v) { return real(v * conj(v)); }, mode)(z), {{2, 4}}));
  }
}

TEST_CASE("jacobians and hessians of trees, linearize, eval_shape") {
  struct Point {
    Array a, b;
  };
  const Point p{array({1.0, 2.0}), scalar_array(3.0)};
  const auto f = [](const Point& q) { return q.a * q.b; };
  for (Mode mode : {Mode::forward, Mode::reverse}) {
    const Point j = jacobian(f, mode)(p);
    CHECK(close(j.a, array({{3.0, 0.0}, {0.0, 3.0}})));
    CHECK(close(j.b, array({1.0, 2.0})));
    const std::vector<Point> both = jacobian([&](const Point& q) { return std::pair(f(q), sum(q.a)); }, mode)(p);
    CHECK(both.size() == 2);
    CHECK(close(both[0].b, j.b));
    CHECK(close(both[1].a, array({1.0, 1.0})));
    CHECK(close(both[1].b, scalar_array(0.0)));
  }
  const std::vector<Point> h = hessian([&](const Point& q) { return sum(f(q) * q.b); })(p);
  CHECK(close(h[0].b, array({6.0, 6.0})));
  CHECK(close(h[1].a, array({6.0, 6.0})));
  CHECK(close(h[1].b, scalar_array(6.0)));

  int runs = 0;
  auto [y, push] = linearize([&](const Point& q) { return ++runs, f(q); }, p);
  CHECK(close(y, array({3.0, 6.0})));
  CHECK(close(push({array({1.0, 0.0}), {}}), array({3.0, 0.0})));
  CHECK(close(push({{}, scalar_array(1.0)}), array({1.0, 2.0})));
  CHECK(close(vmap([&push = push](const Array& d) { return push({d, {}}); })(eye(2)), array({{3.0, 0.0}, {0.0, 3.0}})));
  CHECK(runs == 1);
  CHECK_THROWS_AS(push({array({1.0}), {}}), ShapeError);

  const Array shape =
      eval_shape([](const Array& a, const Array& b) { return matmul(a, b); }, ones({2, 3}), ones({3, 5}));
  CHECK(shape.shape() == Shape{2, 5});
  CHECK_THROWS_AS(shape.data(), TraceError);
}

TEST_CASE("results of vmap that are to have no batch") {
  const Array x = array({1.0, 2.0, 3.0});
  const auto f = [](const Array& v) { return std::pair(v * 2, ones({2})); };
  const auto [each, shared] = vmap(f, {.in = {0}, .out = {0, unbatched}})(x);
  CHECK(close(each, x * 2));
  CHECK(shared.shape() == Shape{2});
  CHECK_THROWS_AS(vmap(f, {.in = {0}, .out = {unbatched}})(x), ValueError);
  CHECK_THROWS_AS(vmap(f, {.in = {0}, .out = {0, 5}})(x), IndexError);
}

TEST_CASE("complex gradients are PyTorch's") {
  // |z|^2 has the gradient 2 z; the real part of a z has conj(a).
  Array z = array({Number::complex(1, 2)});
  auto parts = [](const Array& c) { return std::pair(real(c).item<double>(), imag(c).item<double>()); };
  CHECK(parts(grad([](const Array& v) { return sum(real(v * conj(v))); })(z)) == std::pair(2.0, 4.0));
  CHECK(parts(grad([](const Array& v) { return sum(real(v * std::complex<float>(3, 1))); })(z)) ==
        std::pair(3.0, -1.0));
}

TEST_CASE("checkpoint, stop_gradient and custom rules") {
  Array x = array({0.5, 1.5}), w = array({2.0, 3.0});
  auto f = [&](const Array& v) { return sum(checkpoint([&](const Array& u) { return tanh(u * w); })(v)); };
  Array slope = w * (1 - tanh(x * w) * tanh(x * w));
  CHECK(close(grad(f)(x), slope));
  CHECK(close(grad([&](const Array& v) { return sum(grad(f)(v)); })(x), -2 * w * tanh(x * w) * slope));
  CHECK(close(grad([&](const Array& u) { return sum(checkpoint([&](const Array& v) { return v * u; })(x)); })(w), x));
  CHECK(close(grad([](const Array& v) { return sum(v * stop_gradient(v)); })(x), x));

  auto clipped = custom_vjp([](const Array& v) { return v * v; }, [](const Array& v) { return std::pair(v * v, v); },
                            [](const Array& v, const Array& ct) { return clip(2 * v * ct, -1, 1); });
  CHECK(close(clipped(x), x * x));
  CHECK(close(grad([&](const Array& v) { return sum(clipped(v)); })(x), array({1.0, 1.0})));
  CHECK(close(vmap(grad([&](const Array& v) { return clipped(v); }))(array({0.1, 3.0})), array({0.2, 1.0})));
  auto ruled = custom_jvp([](const Array& v) { return exp(v); },
                          [](const Array& v, const Array& t) { return std::pair(exp(v), 2 * exp(v) * t); });
  CHECK(close(jvp(ruled, x, w).tangent, 2 * exp(x) * w));
  CHECK(close(grad([&](const Array& v) { return sum(ruled(v)); })(x), 2 * exp(x)));
  // Numbers in the functions are no arrays from outside.
  auto scaled = custom_vjp([](const Array& v) { return v * 0.3; }, [](const Array& v) { return std::pair(v * 0.3, v); },
                           [](const Array& v, const Array& ct) { return ct * 0.7 + v * 0; });
  CHECK(close(scaled(x), x * 0.3));
  CHECK(close(grad([&](const Array& v) { return sum(scaled(v)); })(x), array({0.7, 0.7})));
  // Neither are arrays that they make themselves.
  auto made = custom_vjp([](const Array& v) { return v * array({1.0, 2.0}); },
                         [](const Array& v) { return std::pair(v * array({1.0, 2.0}), v); },
                         [](const Array& v, const Array& ct) { return ct * array({3.0, 4.0}) + v * 0; });
  CHECK(close(made(x), x * array({1.0, 2.0})));
  CHECK(close(grad([&](const Array& v) { return sum(made(v)); })(x), array({3.0, 4.0})));
  CHECK(close(vmap(grad([&](const Array& v) { return sum(made(v)); }))(stack({x, x})).at(1), array({3.0, 4.0})));
  CHECK(close(jvp(made, x, w).tangent, w * array({3.0, 4.0})));
  auto pushed = custom_jvp(
      [](const Array& v) { return v * array({1.0, 2.0}); },
      [](const Array& v, const Array& t) { return std::pair(v * array({1.0, 2.0}), t * array({3.0, 4.0})); });
  CHECK(close(jvp(pushed, x, w).tangent, w * array({3.0, 4.0})));
  CHECK(close(grad([&](const Array& v) { return sum(pushed(v)); })(x), array({3.0, 4.0})));
  CHECK_THROWS_AS(grad([&](const Array& v) {
                    return sum(custom_vjp([&](const Array& u) { return u * v; },
                                          [&](const Array& u) { return std::pair(u * v, u); },
                                          [](const Array&, const Array& ct) { return ct; })(x));
                  })(w),
                  NotDifferentiable);
  // What they reach from outside is a constant, also one that a transform follows otherwise.
  auto around = [&](const Array& u) {
    return custom_vjp([=](const Array& v) { return v * u; }, [=](const Array& v) { return std::pair(v * u, v); },
                      [=](const Array&, const Array& ct) { return ct * u * 10; });
  };
  CHECK(close(grad([&](const Array& v) { return sum(around(w)(v)); })(x), w * 10));
  CHECK(close(grad([&](const Array& v) { return sum(around(stop_gradient(v))(v)); })(x), x * 10));
  CHECK(close(
      vmap([&](const Array& u) { return grad([&](const Array& v) { return sum(around(u)(v)); })(x); })(stack({w, x}))
          .at(1),
      x * 10));
  auto ruled_around = [&](const Array& u) {
    return custom_jvp([=](const Array& v) { return v * u; },
                      [=](const Array& v, const Array& t) { return std::pair(v * u, t * u * 10); });
  };
  CHECK(close(jvp(ruled_around(w), x, x).tangent, w * 10 * x));
  CHECK_THROWS_AS(grad([&](const Array& u) { return sum(ruled_around(u)(x)); })(w), NotDifferentiable);
  CHECK_THROWS_AS(jvp([&](const Array& u) { return around(u)(x); }, w, w), NotDifferentiable);
  // They may read the values of their arguments where these have some.
  auto branched = custom_vjp([](const Array& v) { return v > 0 ? sin(v) : cos(v); },
                             [](const Array& v) { return std::pair(v > 0 ? sin(v) : cos(v), v); },
                             [](const Array& v, const Array& ct) { return v > 0 ? ct * 2 : ct * 3; });
  CHECK(grad(branched)(scalar_array(1.0)).item<float>() == 2);
  CHECK(grad(branched)(scalar_array(-1.0)).item<float>() == 3);
  CHECK_THROWS_AS(jit(grad(branched))(scalar_array(1.0)), TraceError);
}

TEST_CASE("functions that transforms give can be const, where what they were made of can be called const") {
  const auto f = [](const Array& x) { return sum(x * x * x); };
  const Array x = array({1.0, 2.0}), slope = 3 * x * x;
  const auto gradient = grad(f);
  CHECK(close(gradient(x), slope));
  const auto both = value_and_grad(f);
  CHECK(close(both(x).grad, slope));
  const auto rows = vmap(gradient);
  CHECK(close(rows(reshape(x, {.shape = {1, 2}})), reshape(slope, {.shape = {1, 2}})));
  const auto fast = jit(gradient);
  CHECK(close(fast(x), slope));
  CHECK(close(fast(x), slope));
  CHECK(fast.traces() == 1);
  const auto square = jacobian([](const Array& v) { return v * v; });
  CHECK(close(square(x), array({{2.0, 0.0}, {0.0, 4.0}})));
  const auto curvature = hessian(f);
  CHECK(close(curvature(x), array({{6.0, 0.0}, {0.0, 12.0}})));
  const auto again = checkpoint(f);
  CHECK(close(grad(again)(x), slope));
  const auto text = graph_text(f);
  CHECK(text(x).find("sum") != std::string::npos);
  const auto twice = custom_vjp(
      f, [](const Array& v) { return std::pair(sum(v * v * v), v); },
      [](const Array& v, const Array& ct) { return 6 * v * v * ct; });
  CHECK(close(grad(twice)(x), 2 * slope));
  const auto thrice =
      custom_jvp(f, [](const Array& v, const Array& dv) { return std::pair(sum(v * v * v), sum(9 * v * v * dv)); });
  CHECK(close(grad(thrice)(x), 3 * slope));

  // One that changes itself is called as it is, and a const one not at all.
  int64_t calls = 0;
  auto counting = [&calls, own = int64_t{0}](const Array& v) mutable {
    calls = ++own;
    return sum(v);
  };
  auto changing = grad(counting);
  changing(x);
  changing(x);
  CHECK(calls == 2);
  static_assert(!std::is_invocable_v<const decltype(changing)&, const Array&>);
  static_assert(std::is_invocable_v<const decltype(gradient)&, const Array&>);
}

TEST_CASE("errors of transforms are typed and name the user's line") {
  Array x = array({1.0, 2.0});
  CHECK_THROWS_AS(grad([](const Array& v) { return v * 2; })(x), ShapeError);
  CHECK_THROWS_AS(grad([](const Array& v) { return sum(v > 1); })(x), DTypeError);
  CHECK_THROWS_AS(vmap([](const Array& v) { return v; }, {.in = {5}})(x), IndexError);
  CHECK_THROWS_AS(jvp([](const Array& v) { return v; }, x, array({1.0})), ShapeError);
  try {
    matmul(x, array({{1.0, 2.0, 3.0}}));
    CHECK(false);
  } catch (const ShapeError& error) {
    std::string text = error.what();
    CHECK(text.find("[matmul]") == 0);
    CHECK(text.find("float32[2]") != std::string::npos);
    CHECK(text.find("functions_test.cpp:") != std::string::npos);
  }
}
