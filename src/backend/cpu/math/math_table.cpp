#include "backend/cpu/math/math_table.h"

namespace koine::backend::cpu {

const MathTable& math_table(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return avx512::math_table;
    case Isa::avx2:
      return avx2::math_table;
    case Isa::baseline:
      break;
  }
  return baseline::math_table;
}

}  // namespace koine::backend::cpu
