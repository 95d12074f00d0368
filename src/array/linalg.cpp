#include <koine/linalg.h>

#include <koine/ops.h>

#include <string>

namespace koine {

namespace {

/// The cheapest order of a product of matrices, the k-th of which has lengths[k] rows and lengths[k + 1] columns
/// (Cormen and others, "Introduction to Algorithms", 15.2): `split[i][j]` is the last of those that are multiplied
/// first.
std::vector<std::vector<size_t>> cheapest_splits(const std::vector<double>& lengths) {
  size_t count = lengths.size() - 1;
  std::vector<std::vector<double>> cost(count, std::vector<double>(count, 0));
  std::vector<std::vector<size_t>> split(count, std::vector<size_t>(count, 0));
  for (size_t span = 1; span < count; ++span)
    for (size_t i = 0; i + span < count; ++i) {
      size_t j = i + span;
      for (size_t k = i; k < j; ++k) {
        double all = cost[i][k] + cost[k + 1][j] + lengths[i] * lengths[k + 1] * lengths[j + 1];
        if (k > i && all >= cost[i][j]) continue;
        cost[i][j] = all;
        split[i][j] = k;
      }
    }
  return split;
}

Array multiply(const std::vector<Array>& list, const std::vector<std::vector<size_t>>& split, size_t i, size_t j) {
  if (i == j) return list[i];
  return matmul(multiply(list, split, i, split[i][j]), multiply(list, split, split[i][j] + 1, j));
}

}  // namespace

Array multi_dot(const std::vector<Array>& arrays, std::source_location where) {
  SourceScope scope(where);
  if (arrays.size() < 2)
    throw ValueError("[multi_dot] needs at least two arrays, got " + std::to_string(arrays.size()) + at_line());
  std::vector<Array> list = arrays;
  bool row = list.front().rank() == 1, column = list.back().rank() == 1;
  if (row) list.front() = expand_dims(list.front(), 0);
  if (column) list.back() = expand_dims(list.back(), 1);
  std::vector<double> lengths;
  for (size_t k = 0; k < list.size(); ++k) {
    if (list[k].rank() != 2)
      throw ShapeError("[multi_dot] array " + std::to_string(k) + " should be a matrix, got the shape " +
                       to_string(arrays[k].shape()) + at_line());
    if (k > 0 && list[k].size(0) != list[k - 1].size(1))
      throw ShapeError("[multi_dot] arrays " + std::to_string(k - 1) + " and " + std::to_string(k) + " of the shapes " +
                       to_string(arrays[k - 1].shape()) + " and " + to_string(arrays[k].shape()) + " do not fit" +
                       at_line());
    lengths.push_back(static_cast<double>(list[k].size(0)));
  }
  lengths.push_back(static_cast<double>(list.back().size(1)));
  Array product = multiply(list, cheapest_splits(lengths), 0, list.size() - 1);
  if (column) product = squeeze(product, 1);
  return row ? squeeze(product, 0) : product;
}

Array block_diag(const std::vector<Array>& arrays, std::source_location where) {
  SourceScope scope(where);
  int64_t columns = 0, before = 0;
  std::vector<Array> blocks;
  for (const Array& x : arrays) {
    if (x.rank() > 2)
      throw ShapeError("[block_diag] needs matrices, got the shape " + to_string(x.shape()) + at_line());
    Array block = x;
    while (block.rank() < 2) block = expand_dims(block, 0);
    columns += block.size(1);
    blocks.push_back(block);
  }
  if (blocks.empty()) return zeros({1, 0});
  for (Array& block : blocks) {
    int64_t own = block.size(1), behind = columns - before - own;
    block = pad(block, {.before = {0, before}, .after = {0, behind}});
    before += own;
  }
  return concatenate(blocks, {.axis = 0});
}

}  // namespace koine
