// The batches of a run, prepared ahead.
#pragma once

#include <koine/train.h>

#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace koine::train {

struct BatchPlan {
  int64_t batch = 64, epochs = 1;
  bool drop_last = false;
  /// As data::BatchOptions.
  std::optional<Key> shuffle = {};
  /// As FitOptions; takes a key.
  Ints lengths = {};
  /// Counted over all epochs.
  int64_t first_step = 0;
  /// What becomes of batch number `step` before it is given out; nothing when empty.
  std::function<data::Batch(const data::Batch& batch, int64_t step)> change = {};
  /// How many batches are prepared ahead, each by a thread of its own; 0 for none.
  int64_t ahead = 0;
};

/// Gives the batches of all epochs in their order, whatever the number of threads.
class BatchQueue {
 public:
  BatchQueue(const data::Dataset& examples, BatchPlan plan);
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  int64_t steps_per_epoch() const { return steps_; }
  /// The next batch, or none after the last. Throws what preparing it threw.
  std::optional<Batch> next();
  /// Seconds that `next` took.
  double waited() const { return waited_; }

 private:
  struct Slot {
    bool ready = false;
    Batch batch;
    std::exception_ptr error;
  };

  Batch prepare(int64_t step);
  Batch cut(Batch batch, const Ints& order, int64_t first, int64_t last) const;
  std::shared_ptr<const Ints> order_of(int64_t epoch);
  void work();

  const data::Dataset& examples_;
  BatchPlan plan_;
  int64_t steps_, last_step_;
  int64_t given_, claimed_;
  double waited_ = 0;
  std::mutex mutex_;
  std::condition_variable filled_, emptied_;
  bool closing_ = false;
  std::vector<Slot> slots_;
  std::map<int64_t, std::shared_ptr<const Ints>> orders_;
  std::vector<std::thread> threads_;
};

}  // namespace koine::train
