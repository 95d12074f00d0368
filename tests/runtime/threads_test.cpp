#include <doctest/doctest.h>
#include <koine/koine.h>

#include <atomic>
#include <thread>

/// Several threads that record, read and drop the same arrays.
using namespace koine;

namespace {

constexpr size_t thread_count = 4;

/// Runs f(t) on several threads at once.
template <class F>
void on_threads(F f) {
  std::atomic<size_t> waiting{thread_count};
  std::vector<std::thread> threads;
  for (size_t t = 0; t < thread_count; ++t)
    threads.emplace_back([&, t] {
      --waiting;
      while (waiting != 0) std::this_thread::yield();
      f(t);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("threads: all read what is pending while others build on it") {
  for (int round = 0; round < 20; ++round) {
    Array base = full({.shape = {64}, .value = round});
    Array shared = tanh(base) * 0 + base;
    std::vector<double> results(thread_count);
    on_threads([&](size_t t) {
      Array mine = shared + static_cast<double>(t);
      for (int i = 0; i < 20; ++i) mine = (t + i) % 3 ? mine + shared : Array(mine * 1.0);
      results[t] = sum(mine).item<double>() - sum(mine).item<double>() + sum(shared).item<double>();
    });
    for (double result : results) CHECK(result == 64 * round);
  }
}

TEST_CASE("threads: arrays are dropped by one while another computes with them") {
  std::vector<Array> arrays(64, ones({8}));
  std::vector<double> results(thread_count);
  for (int round = 0; round < 20; ++round) {
    for (Array& x : arrays) x = x + 1;
    std::vector<std::vector<Array>> own(thread_count, arrays);
    arrays.assign(arrays.size(), ones({8}));
    on_threads([&](size_t t) {
      double total = 0;
      while (!own[t].empty()) {
        Array last = own[t].back() * static_cast<double>(own[t].size());
        own[t].pop_back();
        if (own[t].size() % 3 == t % 3) total += last.at(0).item<double>() / static_cast<double>(own[t].size() + 1);
      }
      results[t] = total;
    });
    for (size_t t = 0; t < thread_count; ++t) CHECK(results[t] == doctest::Approx(2.0 * (t % 3 == 0 ? 22 : 21)));
  }
}

TEST_CASE("threads: an error at run time leaves the work of others alone") {
  Array table = array({1.0, 2.0, 3.0}) * 2, bad = gather(table, array({7}));
  std::atomic<int> errors{0}, good{0};
  on_threads([&](size_t t) {
    for (int i = 0; i < 20; ++i) {
      try {
        if ((t + static_cast<size_t>(i)) % 2)
          bad.data();
        else
          good += (table + static_cast<double>(i)).at(0).item<double>() == 2 + i;
      } catch (const IndexError&) {
        ++errors;
      }
    }
  });
  CHECK(errors == 40);
  CHECK(good == 40);
}

TEST_CASE("threads: each has its own gradient of a shared model") {
  Array w = array({1.0, 2.0, 3.0}) * 1;
  auto f = jit([](const Array& v) { return sum(tanh(v) * v); });
  Array expected = grad([](const Array& v) { return sum(tanh(v) * v); })(w);
  std::vector<float> first = expected.to_vector<float>();
  std::vector<std::vector<float>> results(thread_count);
  on_threads([&](size_t t) {
    for (int i = 0; i < 20; ++i)
      results[t] = grad([&](const Array& v) {
                     Array y = i % 2 ? sum(tanh(v) * v) : Array(f(w) * 0 + sum(tanh(v) * v));
                     if (i % 3 == 0) y.data();
                     return y;
                   })(w)
                       .to_vector<float>();
  });
  for (const auto& result : results)
    for (size_t k = 0; k < first.size(); ++k) CHECK(result[k] == doctest::Approx(first[k]));
}

TEST_CASE("threads: all call one const jitted function from the beginning") {
  for (int round = 0; round < 10; ++round) {
    const auto f = jit(grad([](const Array& v) { return sum(v * v * v); }));
    std::vector<double> results(thread_count);
    on_threads([&](size_t t) {
      for (int64_t n = 1; n <= 4; ++n)
        results[t] += sum(f(full({.shape = {n}, .value = static_cast<double>(t)}))).item<double>();
    });
    for (size_t t = 0; t < thread_count; ++t) CHECK(results[t] == 30.0 * static_cast<double>(t * t));
    CHECK(f.traces() >= 4);
  }
}
