#include "backend/cpu/kernel.h"
#include "backend/cpu/pool.h"
#include "backend/cpu/random/philox.h"

#include <algorithm>
#include <cstring>

namespace koine::backend::cpu {

namespace {

constexpr int64_t chunk_blocks = 2048;  // drawn by one thread
constexpr int64_t some_blocks = 64;     // drawn before they are narrowed

class RandomBits : public NodeKernel {
 public:
  RandomBits(int64_t keys, int64_t numbers, size_t size)
      : keys_(keys), numbers_(numbers), size_(size), each_(size == 8 ? 2 : 4) {}

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    const DrawBlocks draw = draw_blocks(best_isa());
    const int64_t blocks = (numbers_ + each_ - 1) / each_, chunks = (blocks + chunk_blocks - 1) / chunk_blocks;
    parallel_for(keys_ * chunks, [&](int64_t at) {
      PhiloxKey key;
      std::memcpy(key.data(), in[0] + at / chunks * 8, 8);
      std::byte* to = out[0] + at / chunks * numbers_ * static_cast<int64_t>(size_);
      const int64_t first = at % chunks * chunk_blocks;
      draw_some(draw, key, first, std::min(blocks, first + chunk_blocks), to);
    });
  }

 private:
  void draw_some(DrawBlocks draw, PhiloxKey key, int64_t first, int64_t last, std::byte* to) const {
    const int64_t whole = size_ < 4 ? first : std::min(last, numbers_ / each_);
    if (whole > first) {
      draw(key, static_cast<uint64_t>(first), whole - first, reinterpret_cast<uint32_t*>(to + 16 * first));
      first = whole;
    }
    uint32_t words[4 * some_blocks];
    for (; first < last; first += some_blocks) {
      const int64_t count = std::min(some_blocks, last - first);
      draw(key, static_cast<uint64_t>(first), count, words);
      const int64_t from = first * each_, numbers = std::min(numbers_, (first + count) * each_) - from;
      if (size_ >= 4)
        std::memcpy(to + from * static_cast<int64_t>(size_), words, static_cast<size_t>(numbers) * size_);
      else if (size_ == 2)
        narrow(words, numbers, reinterpret_cast<uint16_t*>(to) + from);
      else
        narrow(words, numbers, reinterpret_cast<uint8_t*>(to) + from);
    }
  }
  template <class T>
  static void narrow(const uint32_t* words, int64_t count, T* to) {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(words[i]);
  }

  int64_t keys_, numbers_;
  size_t size_;
  int64_t each_;  // numbers of a block
};

}  // namespace

std::unique_ptr<NodeKernel> make_random_bits(const NodeTypes& node) {
  if (!node.strides.empty()) return nullptr;
  const int64_t keys = node.in[0]->count / 2;
  return std::make_unique<RandomBits>(keys, keys ? node.out[0]->count / keys : 0, size_of(node.out[0]->dtype));
}

}  // namespace koine::backend::cpu
