#include <doctest/doctest.h>
#include <koine/koine.h>

#include <cmath>
#include <complex>
#include <thread>

/// The lazy runtime: what is computed when, and what survives errors.
using namespace koine;

TEST_CASE("a chain of a million pending ops neither overflows the stack nor the memory") {
  Array x = scalar_array(0.0);
  int64_t before = runtime::stats().live_bytes;
  for (int i = 0; i < 1000000; ++i) x = x + 1;
  CHECK(x.item<double>() == 1e6);
  CHECK(runtime::stats().live_bytes - before < 1 << 20);
  Array unread = scalar_array(0.0);
  for (int i = 0; i < 100000; ++i) unread = unread + 1;
}

TEST_CASE("a loop that repeats makes no new programs") {
  Array w = array({1.0, 2.0, 3.0});
  auto step = [&](double rate) {
    auto [loss, g] = value_and_grad([](const Array& v) { return sum(v * v); }, w);
    w = w - g * rate;
    return loss.item<double>();
  };
  for (int i = 0; i < 3; ++i) step(0.1 + 0.01 * i);
  int64_t made = runtime::stats().programs_made;
  for (int i = 0; i < 10; ++i) step(0.2 + 0.01 * i);
  CHECK(runtime::stats().programs_made == made);
}

TEST_CASE("the last reference is updated in place, another holder's array never changes") {
  int64_t n = 1 << 20;
  Array x = ones({n});
  x.data();
  const std::byte* memory = x.data();
  x.at(3) = 7;
  CHECK(x.at(3).item<float>() == 7);
  CHECK(x.data() == memory);
  x += 1;
  CHECK(x.data() == memory);
  Array kept = x;
  x += 1;
  CHECK(kept.at(0).item<float>() == 2);
  CHECK(x.at(0).item<float>() == 3);
  CHECK(kept.data() == memory);
}

TEST_CASE("an error at run time names op and line, and leaves every array usable") {
  Array table = array({1.0, 2.0, 3.0}), good = table * 2;
  Array bad = gather(good, array({7}));
  Array other = good + 1;
  try {
    bad.data();
    CHECK(false);
  } catch (const IndexError& error) {
    std::string text = error.what();
    CHECK(text.find("gather") != std::string::npos);
    CHECK(text.find("evaluate_test.cpp:") != std::string::npos);
  }
  CHECK(other.to_vector<float>() == std::vector<float>{3, 5, 7});
  CHECK(good.to_vector<float>() == std::vector<float>{2, 4, 6});
  CHECK_THROWS_AS(bad.data(), IndexError);
}

TEST_CASE("edges are the same everywhere: no signals, no surprises") {
  CHECK(floor_divide(array({7, -7, 5}), array({0, 2, -1})).to_vector<int64_t>() == std::vector<int64_t>{0, -4, -5});
  CHECK(remainder(array({7, -7}), array({0, 3})).to_vector<int64_t>() == std::vector<int64_t>{0, 2});
  Array least = array({INT64_MIN});
  CHECK(floor_divide(least, array({-1})).item<int64_t>() == INT64_MIN);
  CHECK((array({1, 1}) << array({64, -1})).to_vector<int64_t>() == std::vector<int64_t>{0, 0});
  CHECK(cast(array({1e30, -1e30, std::nan("")}), {.dtype = int32}).to_vector<int64_t>() ==
        std::vector<int64_t>{INT32_MAX, INT32_MIN, 0});
  CHECK(gather(array({1.0, 2.0}), array({9, -1}), {.mode = "clip"}).to_vector<float>() == std::vector<float>{2, 1});
  CHECK(gather(array({1.0, 2.0}), array({3, -1}), {.mode = "wrap"}).to_vector<float>() == std::vector<float>{2, 2});
}

TEST_CASE("promotion: numbers are weak, dtypes follow the Array API") {
  Array i8 = cast(array({1}), {.dtype = int8}), f16 = cast(array({1.0}), {.dtype = float16});
  CHECK((i8 + 1).dtype() == int8);
  CHECK((i8 + 1.5).dtype() == float32);
  CHECK((f16 * 2.5).dtype() == float16);
  CHECK((array({1}) + array({1.0})).dtype() == float32);
  CHECK((array({true}) + 1).dtype() == int64);
  CHECK((cast(array({1}), {.dtype = float64}) + std::complex<double>(0, 1)).dtype() == complex128);
  CHECK(mean(array({1, 2})).dtype() == float32);
  CHECK_THROWS_AS(cast(array({1}), {.dtype = uint64}) + array({1}), DTypeError);
}

TEST_CASE("arrays may be read and used from several threads") {
  Array base = ones({1000});
  std::vector<std::thread> threads;
  std::vector<double> results(4);
  Array shared = base * 3;
  for (size_t t = 0; t < results.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) results[t] = sum(shared * static_cast<double>(t + 1) + i).item<double>();
    });
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 0; t < results.size(); ++t) CHECK(results[t] == 1000 * (3.0 * static_cast<double>(t + 1) + 49));
}
