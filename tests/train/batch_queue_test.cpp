#include "train/batch_queue.h"

#include <koine/ops.h>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

using namespace koine;
using namespace koine::train;

namespace {

// Example i has i % 20 + 1 times the number i + 1, then zeros.
data::Dataset sequences() {
  std::vector<Ints> all;
  for (int64_t i = 0; i < 100; ++i) all.push_back(Ints(static_cast<size_t>(i % 20 + 1), i + 1));
  return {data::pad(all).x, arange(100)};
}

std::vector<std::vector<int64_t>> walked(BatchPlan plan) {
  const data::Dataset examples = sequences();
  BatchQueue queue(examples, std::move(plan));
  std::vector<std::vector<int64_t>> batches;
  while (const auto batch = queue.next()) batches.push_back(batch->y.to_vector<int64_t>());
  CHECK(queue.waited() >= 0);
  return batches;
}

}  // namespace

TEST_CASE("batches come in their order, however many threads prepare them and wherever they begin") {
  BatchPlan plan{.batch = 8, .epochs = 3, .shuffle = Key(1)};
  const auto all = walked(plan);
  REQUIRE(all.size() == 39);
  CHECK(all[0] != all[13]);
  CHECK(all[12].size() == 4);
  for (size_t epoch = 0; epoch < 3; ++epoch) {
    std::set<int64_t> seen;
    for (size_t i = 0; i < 13; ++i) seen.insert(all[epoch * 13 + i].begin(), all[epoch * 13 + i].end());
    CHECK(seen.size() == 100);
  }
  // Later batches are ready earlier, and wait for their turn.
  plan.change = [](const data::Batch& batch, int64_t step) {
    std::this_thread::sleep_for(std::chrono::microseconds(step % 3 == 0 ? 2000 : 100));
    return batch;
  };
  for (const int64_t ahead : {0, 1, 4}) {
    plan.ahead = ahead;
    CHECK(walked(plan) == all);
  }
  plan.first_step = 17;
  CHECK(walked(plan) == std::vector(all.begin() + 17, all.end()));
  plan.shuffle.reset();
  CHECK(walked(plan)[0] == std::vector<int64_t>{32, 33, 34, 35, 36, 37, 38, 39});
}

TEST_CASE("a queue that is left early ends its threads") {
  const data::Dataset examples = sequences();
  std::atomic<int> prepared{0};
  {
    BatchQueue queue(examples, {.batch = 1,
                                .epochs = 1000,
                                .change =
                                    [&](const data::Batch& batch, int64_t) {
                                      ++prepared;
                                      return batch;
                                    },
                                .ahead = 3});
    queue.next();
  }
  CHECK(prepared >= 1);
  CHECK(prepared <= 1 + 2 * 3);
}

TEST_CASE("sequences are batched with those of their length and cut to the longest") {
  Ints lengths;
  for (int64_t i = 0; i < 100; ++i) lengths.push_back(i % 20 + 1);
  const data::Dataset examples = sequences();
  BatchQueue queue(examples, {.batch = 10, .epochs = 1, .shuffle = Key(2), .lengths = lengths});
  std::set<int64_t> seen, sizes;
  while (const auto batch = queue.next()) {
    sizes.insert(batch->x.size(1));
    const auto rows = batch->y.to_vector<int64_t>();
    seen.insert(rows.begin(), rows.end());
    // Nothing but zeros is cut off.
    const auto counts = sum(cast(batch->x != 0, {.dtype = int64}), {.axis = 1}).to_vector<int64_t>();
    for (size_t i = 0; i < rows.size(); ++i) CHECK(counts[i] == lengths[static_cast<size_t>(rows[i])]);
  }
  CHECK(seen.size() == 100);
  CHECK(sizes == std::set<int64_t>{8, 16, 20});
}
