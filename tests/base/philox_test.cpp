#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <string>

#include "base/hash.h"
#include "base/philox.h"

namespace koine {
namespace {

TEST_CASE("philox gives the known answers of the Random123 library") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr uint32_t ones = 0xffffffff;
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) == PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("draws, splits and folded keys are all different") {
  const PhiloxKey key = philox_key(0x0123456789abcdef);
  CHECK(key == PhiloxKey{0x89abcdef, 0x01234567});
  std::set<PhiloxKey> seen;
  for (const uint64_t i : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{1} << 32, UINT64_MAX}) {
    const PhiloxBlock block = philox_draw(key, i);
    CHECK(block == philox({static_cast<uint32_t>(i), static_cast<uint32_t>(i >> 32), 0, 0}, key));
    seen.insert({block[0], block[1]});
    seen.insert(split(key, i));
    seen.insert(fold_in(key, i));
    seen.insert(split(split(key, i), 0));
  }
  CHECK(seen.size() == 20);
  CHECK(split(key, 3) == split(key, 3));
}

TEST_CASE("hashes differ for different bytes, lengths and orders") {
  std::set<uint64_t> seen;
  const std::string text = "a text longer than two words of the machine";
  for (size_t size = 0; size <= text.size(); ++size) seen.insert(hash_bytes(text.data(), size));
  const char zeros[20] = {};
  for (size_t size = 0; size <= sizeof zeros; ++size) seen.insert(hash_bytes(zeros, size));
  // Both have the empty string.
  CHECK(seen.size() == text.size() + sizeof zeros + 1);
  CHECK(hash_combine(1, 2) != hash_combine(2, 1));
  std::set<uint64_t> pairs;
  for (uint64_t i = 0; i < 100; ++i) {
    for (uint64_t j = 0; j < 100; ++j) pairs.insert(hash_combine(i, j));
  }
  CHECK(pairs.size() == 10000);
}

}  // namespace
}  // namespace koine
