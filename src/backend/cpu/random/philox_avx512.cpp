#include <cstdint>

#include <immintrin.h>

namespace koine::backend::cpu {
namespace {

using PhiloxRegister = __m512i;
PhiloxRegister load_lanes(const uint64_t* from) { return _mm512_load_si512(from); }
void store_lanes(PhiloxRegister x, uint32_t* to) { _mm512_storeu_si512(to, x); }
PhiloxRegister all_lanes(uint64_t number) { return _mm512_set1_epi64(static_cast<int64_t>(number)); }
PhiloxRegister sum(PhiloxRegister a, PhiloxRegister b) { return _mm512_add_epi64(a, b); }
PhiloxRegister low_products(PhiloxRegister a, PhiloxRegister b) { return _mm512_mul_epu32(a, b); }
PhiloxRegister high_words(PhiloxRegister a) { return _mm512_srli_epi64(a, 32); }
PhiloxRegister exclusive_or(PhiloxRegister a, PhiloxRegister b) { return _mm512_xor_si512(a, b); }
PhiloxRegister joined_words(PhiloxRegister low, PhiloxRegister high) {
  return _mm512_mask_mov_epi32(low, 0xaaaa, _mm512_slli_epi64(high, 32));
}
PhiloxRegister low_pairs(PhiloxRegister a, PhiloxRegister b) { return _mm512_unpacklo_epi64(a, b); }
PhiloxRegister high_pairs(PhiloxRegister a, PhiloxRegister b) { return _mm512_unpackhi_epi64(a, b); }

}  // namespace
}  // namespace koine::backend::cpu

#define KOINE_PHILOX draw_blocks_avx512
#define KOINE_LANES 8
#include "backend/cpu/random/philox_body.h"
