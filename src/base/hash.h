// Fast hashing of 64-bit words and bytes, for tables. Not for anything an attacker may choose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace koine {

/// Mixes two words into one: the two halves of a 128-bit product, folded. Not symmetric in its arguments.
constexpr uint64_t hash_combine(uint64_t a, uint64_t b) {
  const uint64_t x = a ^ 0x9e3779b97f4a7c15u;
  const uint64_t y = b ^ 0xc2b2ae3d27d4eb4fu;
  __extension__ typedef unsigned __int128 uint128;
  const uint128 product = static_cast<uint128>(x) * y;
  // The two words are added again, so that a zero factor does not hide the other one.
  return (static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64)) + a + (b << 32 | b >> 32);
}

/// The hash of `size` bytes. The same in every process on machines of one byte order.
inline uint64_t hash_bytes(const void* data, size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  uint64_t hash = hash_combine(size, 0x51ed270b0a1f39c1u);
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    hash = hash_combine(hash, word);
  }
  if (size != 0) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, size);
    hash = hash_combine(hash, word);
  }
  return hash;
}

}  // namespace koine
