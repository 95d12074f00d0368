#include <koine/key.h>
#include <koine/ops.h>

namespace koine {

Key::Key(const Array& words, std::source_location where) : Array(words) {
  if (words.shape() != Shape{2})
    throw ShapeError("[Key] a key has two words, got shape " + to_string(words.shape()) + at_line(where));
  if (words.dtype() != uint32)
    throw DTypeError("[Key] the words of a key are uint32, got " + to_string(words.dtype()) + at_line(where));
}

std::vector<Key> Key::split(int64_t n, std::source_location where) const {
  SourceScope scope(where);
  const Array children = split_key(*this, {.n = n});
  std::vector<Key> keys;
  for (int64_t i = 0; i < n; ++i) keys.emplace_back(children.at(i));
  return keys;
}

Key Key::fold_in(const Arg& data) const { return Key(koine::fold_in(*this, data)); }

Array Key::of_seed(uint64_t seed) {
  const uint32_t words[] = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  return from_bytes(uint32, {2}, words);
}

}  // namespace koine
