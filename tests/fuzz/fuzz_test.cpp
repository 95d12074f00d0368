#include "fuzz/compare.h"

#include <doctest/doctest.h>

TEST_CASE("fuzz: random programs give the same bits however they are run, and their ops' values") {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    const koine::fuzz::Case one = koine::fuzz::generate(seed);
    std::string problem = koine::fuzz::problem_of(one);
    if (!problem.empty()) problem += "\n" + to_string(one);
    CAPTURE(seed);
    CHECK(problem == "");
  }
}
