#include <koine/key.h>

namespace koine {

Key::Key(const Array& words) : Array(words) {
  if (words.shape() != Shape{2}) throw ShapeError("[Key] a key has two words, got shape " + to_string(words.shape()));
  if (words.dtype() != uint32) throw DTypeError("[Key] the words of a key are uint32, got " + to_string(words.dtype()));
}

Array Key::of_seed(uint64_t seed) {
  const uint32_t words[] = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  return from_bytes(uint32, {2}, words);
}

}  // namespace koine
