#include "data/shuffle.h"

#include <algorithm>
#include <utility>

#include "base/philox.h"

namespace koine::data {

Ints shuffled(const Key& key, int64_t epoch, int64_t n) {
  const std::vector<uint32_t> words = key.to_vector<uint32_t>();
  const PhiloxKey epoch_key = fold_in(PhiloxKey{words[0], words[1]}, static_cast<uint64_t>(epoch));
  std::vector<std::pair<uint64_t, int64_t>> drawn(static_cast<size_t>(n));
  for (size_t i = 0; i < drawn.size(); ++i) {
    const PhiloxBlock block = philox_draw(epoch_key, i / 2);
    const size_t low = i % 2 * 2;
    drawn[i] = {block[low] | uint64_t{block[low + 1]} << 32, static_cast<int64_t>(i)};
  }
  std::sort(drawn.begin(), drawn.end());
  Ints order(drawn.size());
  std::transform(drawn.begin(), drawn.end(), order.begin(), [](const auto& pair) { return pair.second; });
  return order;
}

}  // namespace koine::data
