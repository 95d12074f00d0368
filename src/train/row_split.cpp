#include "train/row_split.h"

#include "base/format.h"
#include "data/shuffle.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace koine::train {

namespace {

// Draws the part of the rows, by the seed. Both keep their order.
Ints draw(const Config& config, Ints& rows, double part, int64_t key, std::string_view path) {
  const auto count = static_cast<int64_t>(rows.size());
  const auto taken = static_cast<int64_t>(std::llround(part * static_cast<double>(count)));
  if (taken == 0 || taken == count)
    config.fail(path, cat("this part of ", count, " rows leaves nothing ", taken == 0 ? "in it" : "to train on"));
  const Ints order = data::shuffled(Key(fold_in(Key(config.train.seed), key)), 0, count);
  std::vector<bool> drawn(rows.size());
  for (int64_t i = 0; i < taken; ++i) drawn[static_cast<size_t>(order[static_cast<size_t>(i)])] = true;
  Ints out, left;
  for (size_t i = 0; i < rows.size(); ++i) (drawn[i] ? out : left).push_back(rows[i]);
  rows = std::move(left);
  return out;
}

constexpr int64_t validation_key = 3, test_key = 4;

Ints in_range(const Config& config, const std::vector<bool>& labelled, const RowRange& range, std::string_view path) {
  const auto [first, last] = range.resolve(static_cast<int64_t>(labelled.size()));
  Ints rows;
  for (int64_t row = first; row < last; ++row)
    if (labelled[static_cast<size_t>(row)]) rows.push_back(row);
  if (rows.empty())
    config.fail(path, cat(path, " names no rows: ", config.data.file, " has the rows 0:", labelled.size()));
  return rows;
}

void take(const Config& config, const std::vector<bool>& labelled, const RowPart& part, int64_t key,
          std::string_view path, Ints& train, Ints& to) {
  if (part.rows) to = in_range(config, labelled, *part.rows, path);
  if (part.part > 0) to = draw(config, train, part.part, key, path);
}

}  // namespace

RowSplit split_rows(const Config& config, const std::vector<bool>& labelled) {
  RowSplit rows;
  rows.unlabelled = std::count(labelled.begin(), labelled.end(), false);
  rows.train = in_range(config, labelled, config.data.train, "data.train");
  if (config.fold.count > 0) {
    if (config.fold.count > static_cast<int64_t>(rows.train.size()))
      config.fail("data.train", cat(rows.train.size(), " rows are not enough for ", config.fold.count, " parts"));
    const auto all = data::folds(static_cast<int64_t>(rows.train.size()), config.fold.count,
                                 Key(config.train.seed).fold_in(test_key));
    const data::Fold& fold = all[static_cast<size_t>(config.fold.number)];
    Ints train;
    for (const int64_t i : fold.first) train.push_back(rows.train[static_cast<size_t>(i)]);
    for (const int64_t i : fold.second) rows.test.push_back(rows.train[static_cast<size_t>(i)]);
    rows.train = std::move(train);
    take(config, labelled, config.data.validate, validation_key, "data.validate", rows.train, rows.validation);
    return rows;
  }
  take(config, labelled, config.data.test, test_key, "data.test", rows.train, rows.test);
  take(config, labelled, config.data.validate, validation_key, "data.validate", rows.train, rows.validation);
  const std::set<int64_t> trained(rows.train.begin(), rows.train.end());
  for (const int64_t row : rows.test) rows.in_both += static_cast<int64_t>(trained.count(row));
  return rows;
}

}  // namespace koine::train
