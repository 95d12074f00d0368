#include "base/philox.h"

namespace koine {

namespace {

// The last word of the counter keeps drawing, splitting and folding in apart.
constexpr uint32_t draw_domain = 0;
constexpr uint32_t split_domain = 1;
constexpr uint32_t fold_in_domain = 2;

PhiloxBlock block_at(PhiloxKey key, uint64_t position, uint32_t domain) {
  return philox({static_cast<uint32_t>(position), static_cast<uint32_t>(position >> 32), 0, domain}, key);
}

}  // namespace

PhiloxBlock philox(PhiloxBlock counter, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t{0xd2511f53u} * counter[0];
    const uint64_t second = uint64_t{0xcd9e8d57u} * counter[2];
    counter = {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
               static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key[0] += 0x9e3779b9u;
    key[1] += 0xbb67ae85u;
  }
  return counter;
}

PhiloxBlock philox_draw(PhiloxKey key, uint64_t block) { return block_at(key, block, draw_domain); }

PhiloxKey split(PhiloxKey key, uint64_t index) {
  const PhiloxBlock block = block_at(key, index, split_domain);
  return {block[0], block[1]};
}

PhiloxKey fold_in(PhiloxKey key, uint64_t data) {
  const PhiloxBlock block = block_at(key, data, fold_in_domain);
  return {block[0], block[1]};
}

}  // namespace koine
