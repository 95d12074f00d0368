#include <koine/data.h>

#include "base/philox.h"
#include "data/shuffle.h"

#include <algorithm>

/// Sequences of different lengths, and parts of examples.
namespace koine::data {

Padded pad(const std::vector<Ints>& sequences, int64_t with) {
  size_t longest = 0;
  for (const Ints& one : sequences) longest = std::max(longest, one.size());
  std::vector<int64_t> x(sequences.size() * longest, with), lengths;
  for (size_t i = 0; i < sequences.size(); ++i) {
    std::copy(sequences[i].begin(), sequences[i].end(), x.begin() + static_cast<std::ptrdiff_t>(i * longest));
    lengths.push_back(static_cast<int64_t>(sequences[i].size()));
  }
  const auto n = static_cast<int64_t>(sequences.size());
  return {from(x, {n, static_cast<int64_t>(longest)}), from(lengths, {n})};
}

Ints bucketed(const Key& key, int64_t epoch, const Ints& lengths, int64_t batch) {
  constexpr int64_t together = 32;
  const auto n = static_cast<int64_t>(lengths.size());
  Ints order = shuffled(key, epoch, n);
  for (int64_t first = 0; first < n; first += together * batch)
    std::stable_sort(
        order.begin() + first, order.begin() + std::min(n, first + together * batch),
        [&](int64_t a, int64_t b) { return lengths[static_cast<size_t>(a)] < lengths[static_cast<size_t>(b)]; });
  // The last batch may be smaller and stays where it is.
  const Ints batches = shuffled(key.fold_in(epoch), 0, n / batch);
  Ints result;
  for (const int64_t number : batches)
    result.insert(result.end(), order.begin() + number * batch, order.begin() + (number + 1) * batch);
  result.insert(result.end(), order.begin() + n / batch * batch, order.end());
  return result;
}

std::vector<Fold> folds(int64_t n, int64_t k, const Key& key, std::source_location where) {
  if (k < 2 || k > n)
    throw ValueError("[folds] " + std::to_string(k) + " folds of " + std::to_string(n) + " examples" + at_line(where));
  const Ints order = shuffled(key, 0, n);
  std::vector<Fold> all(static_cast<size_t>(k));
  std::vector<size_t> fold_of(static_cast<size_t>(n));
  for (size_t i = 0; i < order.size(); ++i) fold_of[static_cast<size_t>(order[i])] = i % all.size();
  for (int64_t row = 0; row < n; ++row)
    for (size_t fold = 0; fold < all.size(); ++fold)
      (fold_of[static_cast<size_t>(row)] == fold ? all[fold].second : all[fold].first).push_back(row);
  return all;
}

}  // namespace koine::data
