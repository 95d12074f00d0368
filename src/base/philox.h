// Counter-based random numbers: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011. The bits depend on counter and key only, so every device and thread count gives the same.
#pragma once

#include <array>
#include <cstdint>

namespace koine {

/// A 64-bit key as two words.
using PhiloxKey = std::array<uint32_t, 2>;
/// A 128-bit counter or block of random bits as four words, the least significant first.
using PhiloxBlock = std::array<uint32_t, 4>;

/// The block of random bits at `counter` in the stream of `key`.
PhiloxBlock philox(PhiloxBlock counter, PhiloxKey key);

/// Block number `block` of the numbers drawn from `key`: philox at the counter {block, block >> 32, 0, 0}.
PhiloxBlock philox_draw(PhiloxKey key, uint64_t block);

/// The key of a user's seed.
constexpr PhiloxKey philox_key(uint64_t seed) {
  return {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
}

/// Child number `index` of a key, independent of the numbers drawn from the key itself and of its other children.
/// The first two words at the counter {index, index >> 32, 0, 1}.
PhiloxKey split(PhiloxKey key, uint64_t index);

/// The key mixed with a number of the user, such as a step or layer number; independent of split.
/// The first two words at the counter {data, data >> 32, 0, 2}.
PhiloxKey fold_in(PhiloxKey key, uint64_t data);

}  // namespace koine
