#include "backend/cpu/profile.h"

#include <doctest/doctest.h>

using koine::backend::cpu::module_of;

namespace {

std::source_location here(std::source_location where = std::source_location::current()) { return where; }

struct Block {
  std::source_location operator()(int) const { return here(); }
};
template <class A, class B>
struct Pair {
  std::source_location operator()(A, B) const { return here(); }
};
std::source_location of_function() { return here(); }
std::source_location of_lambda() {
  return [](int) { return here(); }(1);
}

}  // namespace

TEST_CASE("profiler: a line belongs to the class whose call operator it stands in, or else to its function") {
  CHECK(module_of(Block{}(1)) == "Block");
  CHECK(module_of(of_function()) == "of_function");
  CHECK(module_of(of_lambda()) == "of_lambda");
  // Compilers write the names of the arguments, or what they are here.
  const std::string pair = module_of(Pair<int, unsigned>{}(1, 2));
  CAPTURE(pair);
  CHECK(pair.starts_with("Pair<"));
  CHECK(pair.ends_with(">"));
}
