#include <doctest/doctest.h>
#include <koine/koine.h>

#include <algorithm>
#include <cmath>

/// Control flow under transforms.
using namespace koine;

namespace {

bool close(const Array& a, const Array& b, double tolerance = 1e-5) {
  if (!(a.shape() == b.shape())) return false;
  auto x = a.to_vector<double>(), y = b.to_vector<double>();
  for (size_t i = 0; i < x.size(); ++i)
    if (!(std::abs(x[i] - y[i]) <= tolerance * (1 + std::abs(y[i])))) return false;
  return true;
}

/// h' = tanh(w h + x), as a scan and as a plain loop.
Array by_scan(const Array& w, const Array& xs, bool reverse = false) {
  auto [last, ys] = scan(
      [&](const Array& h, const Array& x) {
        Array next = tanh(w * h + x);
        return std::pair(next, next * x);
      },
      zeros({2}), xs, {.reverse = reverse});
  return sum(last) + sum(ys * ys);
}
Array by_loop(const Array& w, const Array& xs, bool reverse = false) {
  Array h = zeros({2}), total = scalar_array(0.0);
  int64_t n = xs.size(0);
  for (int64_t i = 0; i < n; ++i) {
    Array x = xs.at(reverse ? n - 1 - i : i);
    h = tanh(w * h + x);
    total = total + sum(h * x * h * x);
  }
  return total + sum(h);
}

}  // namespace

TEST_CASE("scan equals the loop, forward, backward and batched, with closures") {
  Array w = array({0.5, -0.8}), xs = array({{0.1, 0.2}, {0.3, -0.4}, {0.5, 0.6}});
  for (bool reverse : {false, true}) {
    CAPTURE(reverse);
    auto s = [&](const Array& a, const Array& b) { return by_scan(a, b, reverse); };
    auto l = [&](const Array& a, const Array& b) { return by_loop(a, b, reverse); };
    CHECK(close(s(w, xs), l(w, xs)));
    auto [ws, xg] = grad<0, 1>(s)(w, xs);
    auto [wl, xl] = grad<0, 1>(l)(w, xs);
    CHECK(close(ws, wl));
    CHECK(close(xg, xl));
    auto both = [&](const auto& f) { return [&](const Array& a) { return f(a, xs); }; };
    CHECK(close(hessian(both(s))(w), hessian(both(l))(w)));
    CHECK(close(jvp(both(s), w, xs.at(0)).tangent, jvp(both(l), w, xs.at(0)).tangent));
    Array batch = stack({xs, xs * 2, xs - 1});
    CHECK(close(vmap(s, {.in = {unbatched, 0}})(w, batch), vmap(l, {.in = {unbatched, 0}})(w, batch)));
    CHECK(close(vmap(grad(s), {.in = {unbatched, 0}})(w, batch), vmap(grad(l), {.in = {unbatched, 0}})(w, batch)));
    CHECK(close(grad([&](const Array& a) { return sum(vmap(s, {.in = {unbatched, 0}})(a, batch)); })(w),
                grad([&](const Array& a) { return sum(vmap(l, {.in = {unbatched, 0}})(a, batch)); })(w)));
  }
}

TEST_CASE("scan over trees, without sequences, and its errors") {
  struct Carry {
    Array a, b;
  };
  auto [last, ys] = scan([](const Carry& c, const Array&) { return std::pair(Carry{c.b, c.a + c.b}, c.a); },
                         Carry{scalar_array(0), scalar_array(1)}, Array(), {.length = 10});
  CHECK(last.a.item<int>() == 55);
  CHECK(ys.to_vector<int>()[6] == 8);
  auto grow = [](const Array& c, const Array&) { return std::pair(stack({c, c}), c); };
  CHECK_THROWS_AS(scan(grow, scalar_array(1.0), Array(), {.length = 2}), ShapeError);
  CHECK_THROWS_AS(scan([](const Array& c, const Array&) { return std::pair(c, c); }, scalar_array(1.0), Array()),
                  ValueError);
  CHECK(close(
      scan([](const Array& c, const Array& x) { return std::pair(c + x, c); }, scalar_array(1.0), zeros({0})).first,
      scalar_array(1.0)));
}

TEST_CASE("while_loop: values, forward mode, reverse mode with max_steps, batches") {
  // Newton's square root.
  auto root = [](const Array& a, int64_t max_steps) {
    return while_loop([&](const Array& x) { return abs(x * x - a) > 1e-4; },
                      [&](const Array& x) { return 0.5 * (x + a / x); }, a, {.max_steps = max_steps});
  };
  Array two = scalar_array(2.0);
  CHECK(close(root(two, 0), sqrt(two), 1e-4));
  CHECK(close(jvp([&](const Array& a) { return root(a, 0); }, two, scalar_array(1.0)).tangent, 0.5 / sqrt(two), 1e-3));
  CHECK(close(grad([&](const Array& a) { return root(a, 20); })(two), 0.5 / sqrt(two), 1e-3));
  try {
    grad([&](const Array& a) { return root(a, 0); })(two);
    CHECK(false);
  } catch (const NotDifferentiable& error) {
    std::string text = error.what();
    CHECK(text.find("max_steps") != std::string::npos);
    CHECK(text.find("scan") != std::string::npos);
  }
  // The bound ends a loop whose condition still holds.
  auto doubled = [](const Array& x) {
    return while_loop([](const Array& v) { return v > 0; }, [](const Array& v) { return 2 * v; }, x, {.max_steps = 3});
  };
  CHECK(close(doubled(two), scalar_array(16.0)));
  CHECK(close(grad(doubled)(two), scalar_array(8.0)));
  Array many = array({3.0, 2.0, 9.0, 100.0});
  CHECK(close(vmap([&](const Array& a) { return root(a, 0); })(many), sqrt(many), 1e-4));
  CHECK(close(vmap(grad([&](const Array& a) { return root(a, 30); }))(many), 0.5 / sqrt(many), 1e-3));
  CHECK(close(grad([&](const Array& v) { return sum(vmap([&](const Array& a) { return root(a, 30); })(v)); })(many),
              0.5 / sqrt(many), 1e-3));
}

TEST_CASE("cond computes one side, and a batched one leaks no NaN") {
  auto safe_log = [](const Array& x) {
    return cond(x > 0, [](const Array& v) { return log(v); }, [](const Array& v) { return 0 * v; }, x);
  };
  CHECK(close(safe_log(scalar_array(2.0)), log(scalar_array(2.0))));
  CHECK(close(grad(safe_log)(scalar_array(-1.0)), scalar_array(0.0)));
  Array x = array({-1.0, 0.0, 2.0});
  CHECK(close(vmap(safe_log)(x), array({0.0, 0.0, std::log(2.0)})));
  Array g = vmap(grad(safe_log))(x);
  CHECK(close(g, array({0.0, 0.0, 0.5})));
  Array total = grad([&](const Array& v) { return sum(vmap(safe_log)(v)); })(x);
  CHECK(close(total, array({0.0, 0.0, 0.5})));
  Array second = vmap(grad([&](const Array& v) { return grad(safe_log)(v); }))(x);
  CHECK(close(second, array({0.0, 0.0, -0.25})));
  // Only the chosen side runs: an index out of range on the other one raises nothing.
  Array table = array({1.0, 2.0});
  auto pick = [&](bool in_range) {
    return cond(
        scalar_array(in_range), [&](const Array& i) { return gather(table, i); },
        [](const Array&) { return scalar_array(0.0); }, scalar_array(5));
  };
  CHECK(pick(false).item<float>() == 0);
  CHECK_THROWS_AS(pick(true).item<float>(), IndexError);
  CHECK_THROWS_AS(
      cond(
          scalar_array(true), [](const Array& v) { return v; }, [](const Array& v) { return stack({v}); }, table),
      ShapeError);
}

TEST_CASE("a model's state changes through the context only, also in transforms") {
  nn::BatchNorm norm = nn::init(nn::BatchNorm{2}, Key{0});
  Array x = array({{1.0, 2.0}, {3.0, 6.0}});
  nn::Context training{Key{1}};
  auto [loss, g] = value_and_grad([&](const nn::BatchNorm& n) { return sum(n(x, training) * x); }, norm);
  CHECK(!g.mean.defined());
  CHECK(g.scale.defined());
  CHECK(close(norm.mean, zeros({2})));
  nn::BatchNorm next = training.commit(norm);
  CHECK(close(next.mean, array({0.2, 0.4})));
  CHECK(close(next.variance, 0.9 + 0.1 * array({2.0, 8.0})));
  auto step = jit([](const nn::BatchNorm& n, const Array& data) {
    nn::Context context{Key{1}};
    Array y = n(data, context);
    return std::pair(y, context.commit(n));
  });
  CHECK(close(step(norm, x).second.mean, next.mean));
  nn::Context evaluation;
  CHECK(close(norm(x, evaluation), x / std::sqrt(1 + 1e-5)));
}

TEST_CASE("fori_loop, with bounds that are known and that are not") {
  const auto body = [](const Array& i, const Array& x) { return x * 1.5 + cast(i, {.dtype = float32}); };
  const auto plain = [&](int64_t start, int64_t stop, Array x) {
    for (int64_t i = start; i < stop; ++i) x = x * 1.5 + static_cast<double>(i);
    return x;
  };
  const Array x = array({1.0, -2.0});
  CHECK(close(fori_loop(2, 6, body, x), plain(2, 6, x)));
  CHECK(close(fori_loop(3, 1, body, x), x));
  CHECK(close(grad([&](const Array& v) { return sum(fori_loop(2, 6, body, v)); })(x), ones({2}) * std::pow(1.5, 4)));
  CHECK(close(fori_loop(scalar_array(2), scalar_array(6), body, x), plain(2, 6, x)));
  const auto traced = [&](const Array& stop, const Array& v) { return fori_loop(1, stop, body, v); };
  CHECK(close(jit(traced)(scalar_array(4), x), plain(1, 4, x)));
  CHECK(close(vmap(traced, {.in = {0, unbatched}})(array({0, 2, 4}), x), stack({x, plain(1, 2, x), plain(1, 4, x)})));
  const auto pushed = jit(
      [&](const Array& stop) { return jvp([&](const Array& v) { return traced(stop, v); }, x, ones({2})).tangent; });
  CHECK(close(pushed(scalar_array(3)), ones({2}) * 2.25));
  CHECK_THROWS_AS(jit([&](const Array& stop) { return grad([&](const Array& v) { return sum(traced(stop, v)); })(x); })(
                      scalar_array(3)),
                  NotDifferentiable);
  CHECK_THROWS_AS(fori_loop(0.5, 2, body, x), DTypeError);
  CHECK_THROWS_AS(fori_loop(0, ones({2}), body, x), DTypeError);
}

TEST_CASE("switch_case computes one branch, and every example its own") {
  const auto branches = std::tuple([](const Array& x) { return x * 2; }, [](const Array& x) { return sin(x); },
                                   [](const Array& x) { return x * x * x; });
  const Array x = scalar_array(0.5);
  const auto f = [&](const Array& i, const Array& v) { return switch_case(i, branches, v); };
  const std::vector<double> values = {1.0, std::sin(0.5), 0.125}, slopes = {2.0, std::cos(0.5), 0.75};
  const auto clamped = [](int64_t i) { return static_cast<size_t>(std::clamp<int64_t>(i, 0, 2)); };
  for (int64_t i = -2; i < 5; ++i) {
    CAPTURE(i);
    CHECK(f(scalar_array(i), x).item<double>() == doctest::Approx(values[clamped(i)]));
    CHECK(grad<1>(f)(scalar_array(i), x).item<double>() == doctest::Approx(slopes[clamped(i)]));
    CHECK(jit(f)(scalar_array(i), x).item<double>() == doctest::Approx(values[clamped(i)]));
  }
  const Array indices = array({2, 0, 1, 7});
  CHECK(close(vmap(f, {.in = {0, unbatched}})(indices, x), array({values[2], values[0], values[1], values[2]})));
  CHECK(
      close(vmap(grad<1>(f), {.in = {0, unbatched}})(indices, x), array({slopes[2], slopes[0], slopes[1], slopes[2]})));
  // The sides that are not taken reach no gradient.
  const auto careful = [](const Array& i, const Array& v) {
    return switch_case(i, std::tuple([](const Array& u) { return u; }, [](const Array& u) { return sqrt(u); }), v);
  };
  CHECK(close(vmap(grad<1>(careful), {.in = {0, 0}})(array({0, 1}), array({0.0, 4.0})), array({1.0, 0.25})));
  CHECK_THROWS_AS(f(scalar_array(0.5), x), DTypeError);
  CHECK_THROWS_AS(
      switch_case(0, std::tuple([](const Array& v) { return v; }, [](const Array& v) { return stack({v, v}); }), x),
      ShapeError);
}

TEST_CASE("associative_scan equals the loop") {
  struct Line {  // x -> a x + b
    Array a, b;
  };
  const auto after = [](const Line& f, const Line& g) { return Line{f.a * g.a, g.a * f.b + g.b}; };
  for (int64_t n : {1, 2, 3, 4, 5, 8, 13, 64, 100}) {
    CAPTURE(n);
    const Array a = sin(cast(arange(n), {.dtype = float32})), b = cos(cast(arange(n), {.dtype = float32}));
    const Line lines = associative_scan(after, Line{a, b});
    std::vector<Array> want;
    Array h = scalar_array(0.0);
    for (int64_t i = 0; i < n; ++i) want.push_back(h = a.at(i) * h + b.at(i));
    CHECK(close(lines.b, stack(want)));
    CHECK(close(associative_scan([](const Array& x, const Array& y) { return x + y; }, b, {.reverse = true}),
                reverse(cumsum(reverse(b), {.axis = 0}))));
  }
  const Array x = reshape(cast(arange(24), {.dtype = float32}), {.shape = {2, 3, 4}});
  for (int axis : {0, 1, 2, -1})
    CHECK(close(associative_scan([](const Array& u, const Array& v) { return maximum(u, v); }, sin(x), {.axis = axis}),
                cummax(sin(x), {.axis = axis})));
  const auto total = [](const Array& v) {
    return sum(associative_scan([](const Array& p, const Array& q) { return p * q; }, v));
  };
  const auto loop = [](const Array& v) { return sum(cumprod(v, {.axis = 0})); };
  const Array v = array({0.5, 2.0, -1.0, 3.0, 1.5});
  CHECK(close(grad(total)(v), grad(loop)(v)));
  CHECK(close(vmap(total)(stack({v, v + 1})), vmap(loop)(stack({v, v + 1}))));
  CHECK_THROWS_AS(associative_scan([](const Array& p, const Array&) { return sum(p); }, v), ShapeError);
  CHECK_THROWS_AS(associative_scan(after, Line{v, array({1.0})}), ShapeError);
}
