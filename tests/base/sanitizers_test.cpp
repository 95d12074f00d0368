#include <doctest/doctest.h>

#include <thread>
#include <vector>

// What ./scripts/sanitize --self-test runs.
TEST_CASE("sanitizers: memory, a read beyond an array" * doctest::skip()) {
  const std::vector<int> four(4);
  volatile std::size_t behind = 4;
  CHECK(four.data()[behind] >= 0);
}

TEST_CASE("sanitizers: threads, two writes without order" * doctest::skip()) {
  volatile int both = 0;
  std::thread other([&] { both = 1; });
  both = 2;
  other.join();
  CHECK(both > 0);
}
