#include <cstdint>

#include <immintrin.h>

namespace koine::backend::cpu {
namespace {

using PhiloxRegister = __m256i;
PhiloxRegister load_lanes(const uint64_t* from) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(from)); }
void store_lanes(PhiloxRegister x, uint32_t* to) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), x); }
PhiloxRegister all_lanes(uint64_t number) { return _mm256_set1_epi64x(static_cast<int64_t>(number)); }
PhiloxRegister sum(PhiloxRegister a, PhiloxRegister b) { return _mm256_add_epi64(a, b); }
PhiloxRegister low_products(PhiloxRegister a, PhiloxRegister b) { return _mm256_mul_epu32(a, b); }
PhiloxRegister high_words(PhiloxRegister a) { return _mm256_srli_epi64(a, 32); }
PhiloxRegister exclusive_or(PhiloxRegister a, PhiloxRegister b) { return _mm256_xor_si256(a, b); }
PhiloxRegister joined_words(PhiloxRegister low, PhiloxRegister high) {
  return _mm256_blend_epi32(low, _mm256_slli_epi64(high, 32), 0xaa);
}
PhiloxRegister low_pairs(PhiloxRegister a, PhiloxRegister b) { return _mm256_unpacklo_epi64(a, b); }
PhiloxRegister high_pairs(PhiloxRegister a, PhiloxRegister b) { return _mm256_unpackhi_epi64(a, b); }

}  // namespace
}  // namespace koine::backend::cpu

#define KOINE_PHILOX draw_blocks_avx2
#define KOINE_LANES 4
#include "backend/cpu/random/philox_body.h"
