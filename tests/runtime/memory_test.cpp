#include "support/temp_folder.h"

#include <koine/koine.h>

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace koine;

namespace {

struct Net {
  nn::Linear in{200, 300}, out{300, 10};
  Array operator()(const Array& x) const { return out(relu(in(x))); }
};

/// Training of a net, whose state is written over in place.
struct Training {
  Array x = normal(Key{1}, {.shape = {500, 200}}), y = remainder(arange(500), 10);
  Array more_x = normal(Key{1}, {.shape = {2000, 200}}), more_y = remainder(arange(2000), 10);
  Net model = nn::init(Net{}, Key{0});
  optim::Adam adam{{.lr = 1e-3}};

  void step() {
    auto [loss, grad] = value_and_grad([&](const Net& m) { return mean(cross_entropy(m(x), y)); }, model);
    adam.step(model, grad);
  }
  std::vector<float> weights() const {
    std::vector<float> all;
    for (const Array& part : {model.in.weight, model.in.bias, model.out.weight, model.out.bias})
      for (const float number : part.to_vector<float>()) all.push_back(number);
    return all;
  }
};

/// While it lives no more than `more` bytes can be added to what is live.
struct Limited {
  explicit Limited(int64_t more) { runtime::limit_memory(runtime::stats().live_bytes + more); }
  ~Limited() { runtime::limit_memory(0); }
};

bool is_set(const char* name, const char* value) {
  const char* found = std::getenv(name);
  return found && std::strcmp(found, value) == 0;
}

}  // namespace

TEST_CASE("memory: beyond the limit an error tells the figures, and all arrays are as they were") {
  if (is_set("KOINE_EAGER", "1")) return;
  Array x = normal(Key{2}, {.shape = {1000, 1000}});
  const double before = sum(x).item<double>();
  Array y = exp(x) + 1;
  std::string message;
  {
    Limited limited(1'000'000);
    try {
      y.data();
    } catch (const OutOfMemory& error) {
      message = error.what();
    }
    CHECK(sum(x).item<double>() == before);
  }
  CHECK(testing::contains(message, "4000000 bytes requested; "));
  CHECK(testing::contains(message, " bytes live, "));
  CHECK(testing::contains(message, " bytes at the peak"));
  // What was pending still is.
  CHECK(y.to_vector<float>() == (exp(x) + 1).to_vector<float>());
  CHECK(testing::contains(testing::message_of<ValueError>([] { runtime::limit_memory(-1); }), "[limit_memory]"));
}

TEST_CASE("memory: a training step that finds none changes nothing, wherever it fails") {
  if (is_set("KOINE_EAGER", "1")) return;
  Training training, undisturbed;
  for (int k = 0; k < 3; ++k) {
    training.step();
    undisturbed.step();
    CHECK(training.weights() == undisturbed.weights());
  }
  // A larger batch needs memory that is not there yet.
  for (Training* each : {&training, &undisturbed}) {
    each->x = each->more_x;
    each->y = each->more_y;
    each->x.data();
    each->y.data();
  }
  // The same step again and again: had one that failed written over weights, the last one would start from others.
  int failures = 0;
  for (int64_t more = 200'000; more < 16'000'000; more += 30'000) {
    Limited limited(more);
    try {
      if (failures == 0) training.step();
      training.model.in.weight.data();
      break;
    } catch (const OutOfMemory&) {
      ++failures;
    }
  }
  CHECK(failures > 3);
  undisturbed.step();
  CHECK(training.weights() == undisturbed.weights());
}

// Sanitizers lose their shadow memory to RLIMIT_AS, and keep what was freed for a while, so that new pages are met.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// A process of the test below, not a test of its own.
TEST_CASE("memory: child" * doctest::skip()) {
  Array x = ones({1000, 1000});
  x.data();
  const rlimit limit{size_t{1} << 32, size_t{1} << 32};
  REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
  std::string message;
  try {
    Array y = broadcast_to(x, {.shape = {3000, 1000, 1000}}) + 1;
    y.data();
  } catch (const OutOfMemory& error) {
    message = error.what();
  }
  std::printf("%s\nsum %g\n", message.c_str(), sum(x + x).item<double>());
}

TEST_CASE("memory: where the system has none the same holds") {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  FILE* pipe = popen(("'" + self + "' --no-skip --minimal --test-case='memory: child' 2>&1").c_str(), "r");
  REQUIRE(pipe);
  std::string text;
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  CHECK(pclose(pipe) == 0);
  CHECK_MESSAGE(testing::contains(text, "12000000000 bytes requested; "), text);
  CHECK(testing::contains(text, "sum 2e+06"));
}

TEST_CASE("memory: a training step in steady state meets no page that it never touched") {
  if (is_set("KOINE_DEVICE", "reference") || is_set("KOINE_EAGER", "1")) return;
  Training training;
  auto faults = [] {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return used.ru_minflt;
  };
  auto steps = [&] {
    for (int k = 0; k < 50; ++k) {
      training.step();
      training.model.out.bias.data();
    }
  };
  steps();
  const int64_t before = faults(), peak = runtime::stats().peak_bytes;
  steps();
  CHECK(faults() - before < 25);
  CHECK(runtime::stats().peak_bytes == peak);
}

#endif

TEST_CASE("memory: what a program works in is live while it runs only") {
  Array x = ones({100, 1000});
  x.data();
  const int64_t before = runtime::stats().live_bytes;
  // A product reads the sum from memory, and so does the next one.
  Array y = matmul(matmul(x + 1, transpose(x + 2)), x + 3);
  CHECK(y.at(0, 0).item<float>() == 2.0f * 3 * 1000 * 4 * 100);
  CHECK(runtime::stats().live_bytes - before <= 2 * y.size() * 4);
}
