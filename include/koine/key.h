// The key that random numbers follow from.
#pragma once

#include <koine/array.h>

namespace koine {

/// Two words, an array of shape [2] and dtype uint32, that random ops take. Equal keys give equal numbers on every
/// device. It is an array, so it can be an argument of `jit` and be batched by `vmap`.
class Key : public Array {
 public:
  Key() noexcept = default;
  /// The key of a number: its low and its high 32 bits.
  template <std::integral T>
  explicit Key(T seed) : Array(of_seed(static_cast<uint64_t>(seed))) {}
  /// The words themselves. Throws ShapeError or DTypeError for anything but two uint32.
  explicit Key(const Array& words);

 private:
  static Array of_seed(uint64_t seed);
};

}  // namespace koine
