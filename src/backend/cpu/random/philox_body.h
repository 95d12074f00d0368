#pragma once
#include "backend/cpu/random/philox.h"

// Philox on registers. A file that includes this has defined KOINE_PHILOX (the function), KOINE_LANES (64-bit lanes of
// a register) and PhiloxRegister with its operations.
namespace koine::backend::cpu {

namespace {

/// Words lie in the low halves of 64-bit lanes, a block a lane; what the high halves hold does not matter, since
/// products read the low ones. Two registers go along together.
void draw_registers(const uint32_t* round_keys, uint64_t first, uint32_t* to) {
  using R = PhiloxRegister;
  // Pairs of lanes hold blocks that are half a register apart, so that interleaving puts them in order.
  alignas(64) static constexpr uint64_t order[8] = {0, KOINE_LANES / 2,     1, 1 + KOINE_LANES / 2,
                                                    2, 2 + KOINE_LANES / 2, 3, 3 + KOINE_LANES / 2};
  R c0[2], c1[2], c2[2], c3[2];
#pragma GCC unroll 2
  for (int u = 0; u < 2; ++u) {
    c0[u] = sum(all_lanes(first + static_cast<uint64_t>(u * KOINE_LANES)), load_lanes(order));
    c1[u] = high_words(c0[u]);
    c2[u] = c3[u] = all_lanes(0);
  }
  const R one = all_lanes(0xd2511f53u), two = all_lanes(0xcd9e8d57u);
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const R k0 = all_lanes(round_keys[2 * round]), k1 = all_lanes(round_keys[2 * round + 1]);
#pragma GCC unroll 2
    for (int u = 0; u < 2; ++u) {
      const R a = low_products(c0[u], one), b = low_products(c2[u], two);
      c0[u] = exclusive_or(exclusive_or(high_words(b), c1[u]), k0);
      c1[u] = b;
      c2[u] = exclusive_or(exclusive_or(high_words(a), c3[u]), k1);
      c3[u] = a;
    }
  }
#pragma GCC unroll 2
  for (int u = 0; u < 2; ++u) {
    const R front = joined_words(c0[u], c1[u]), back = joined_words(c2[u], c3[u]);
    store_lanes(low_pairs(front, back), to + u * 4 * KOINE_LANES);
    store_lanes(high_pairs(front, back), to + (u * 4 + 2) * KOINE_LANES);
  }
}

}  // namespace

void KOINE_PHILOX(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* to) {
  constexpr int64_t step = 2 * KOINE_LANES;
  // Not by the key's own operators: functions of the library must not be shared with files for other instruction sets.
  uint32_t words[2], round_keys[20];
  __builtin_memcpy(words, &key, sizeof(words));
  for (uint32_t round = 0; round < 10; ++round) {
    round_keys[2 * round] = words[0] + round * 0x9e3779b9u;
    round_keys[2 * round + 1] = words[1] + round * 0xbb67ae85u;
  }
  int64_t done = 0;
  for (; done + step <= blocks; done += step)
    draw_registers(round_keys, first + static_cast<uint64_t>(done), to + 4 * done);
  if (done == blocks) return;
  alignas(64) uint32_t rest[4 * step];
  draw_registers(round_keys, first + static_cast<uint64_t>(done), rest);
  __builtin_memcpy(to + 4 * done, rest, static_cast<size_t>(blocks - done) * 4 * sizeof(uint32_t));
}

}  // namespace koine::backend::cpu
