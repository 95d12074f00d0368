#pragma once
#include "backend/cpu/isa.h"
#include "base/philox.h"

namespace koine::backend::cpu {

/// Writes the words of `blocks` blocks from number `first` on that are drawn from a key, four words each.
using DrawBlocks = void (*)(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* to);
DrawBlocks draw_blocks(Isa isa);

void draw_blocks_baseline(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* to);
void draw_blocks_avx2(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* to);
void draw_blocks_avx512(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* to);

}  // namespace koine::backend::cpu
