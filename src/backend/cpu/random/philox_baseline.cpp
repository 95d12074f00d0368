#include <cstdint>

#include <emmintrin.h>

namespace koine::backend::cpu {
namespace {

using PhiloxRegister = __m128i;
PhiloxRegister load_lanes(const uint64_t* from) { return _mm_load_si128(reinterpret_cast<const __m128i*>(from)); }
void store_lanes(PhiloxRegister x, uint32_t* to) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), x); }
PhiloxRegister all_lanes(uint64_t number) { return _mm_set1_epi64x(static_cast<int64_t>(number)); }
PhiloxRegister sum(PhiloxRegister a, PhiloxRegister b) { return _mm_add_epi64(a, b); }
PhiloxRegister low_products(PhiloxRegister a, PhiloxRegister b) { return _mm_mul_epu32(a, b); }
PhiloxRegister high_words(PhiloxRegister a) { return _mm_srli_epi64(a, 32); }
PhiloxRegister exclusive_or(PhiloxRegister a, PhiloxRegister b) { return _mm_xor_si128(a, b); }
PhiloxRegister joined_words(PhiloxRegister low, PhiloxRegister high) {
  return _mm_or_si128(_mm_and_si128(low, _mm_set1_epi64x(0xffffffff)), _mm_slli_epi64(high, 32));
}
PhiloxRegister low_pairs(PhiloxRegister a, PhiloxRegister b) { return _mm_unpacklo_epi64(a, b); }
PhiloxRegister high_pairs(PhiloxRegister a, PhiloxRegister b) { return _mm_unpackhi_epi64(a, b); }

}  // namespace
}  // namespace koine::backend::cpu

#define KOINE_PHILOX draw_blocks_baseline
#define KOINE_LANES 2
#include "backend/cpu/random/philox_body.h"
