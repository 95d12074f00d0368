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
  Key(const Array& words, std::source_location where = std::source_location::current());

  /// Keys for independent streams of numbers: of each other, of this key's own, and of `fold_in`.
  /// Throws ValueError when n is negative.
  std::vector<Key> split(int64_t n = 2, std::source_location where = std::source_location::current()) const;
  /// The key for a number, such as a step or the number of a layer. Throws DTypeError unless `data` is an integer.
  Key fold_in(const Arg& data) const;

 private:
  static Array of_seed(uint64_t seed);
};

}  // namespace koine
