#include "backend/cpu/random/philox.h"

namespace koine::backend::cpu {

DrawBlocks draw_blocks(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return draw_blocks_avx512;
    case Isa::avx2:
      return draw_blocks_avx2;
    default:
      return draw_blocks_baseline;
  }
}

}  // namespace koine::backend::cpu
