#include "backend/cpu/isa.h"

#include <koine/error.h>

#include <doctest/doctest.h>

namespace koine::backend::cpu {

TEST_CASE("an instruction set is chosen by name, by the machine, or refused") {
  CHECK(choose_isa("baseline") == Isa::baseline);
  CHECK(machine_has(choose_isa("")));
  CHECK_THROWS_WITH_AS(choose_isa("avx1024"), "KOINE_ISA=avx1024: it is baseline, avx2 or avx512", DeviceError);
  for (Isa isa : all_isas) {
    if (machine_has(isa)) {
      CHECK(choose_isa(name(isa)) == isa);
      CHECK(choose_isa("") >= isa);
    } else {
      CHECK_THROWS_AS(choose_isa(name(isa)), DeviceError);
    }
  }
}

}  // namespace koine::backend::cpu
