#include "train/batch_queue.h"

#include "data/shuffle.h"

#include <koine/error.h>
#include <koine/ops.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace koine::train {

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

BatchQueue::BatchQueue(const data::Dataset& examples, BatchPlan plan)
    : examples_(examples),
      plan_(std::move(plan)),
      steps_(examples.batches(plan_.batch, {.drop_last = plan_.drop_last}).steps()),
      last_step_(steps_ * plan_.epochs),
      given_(plan_.first_step),
      claimed_(plan_.first_step) {
  // Computed here: threads of their own must not be the first to compute in a process that is still starting.
  if (plan_.shuffle) plan_.shuffle->data();
  slots_.resize(static_cast<size_t>(std::max<int64_t>(plan_.ahead, 1)));
  for (int64_t i = 0; i < plan_.ahead; ++i) threads_.emplace_back([this] { work(); });
}

BatchQueue::~BatchQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  emptied_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::optional<Batch> BatchQueue::next() {
  if (given_ >= last_step_) return {};
  const double begin = now();
  Slot taken;
  if (threads_.empty()) {
    taken.batch = prepare(given_++);
  } else {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[static_cast<size_t>(given_) % slots_.size()];
    filled_.wait(lock, [&] { return slot.ready; });
    taken = std::exchange(slot, {});
    ++given_;
    lock.unlock();
    emptied_.notify_all();
  }
  waited_ += now() - begin;
  if (taken.error) std::rethrow_exception(taken.error);
  return std::move(taken.batch);
}

Batch BatchQueue::prepare(int64_t step) {
  const int64_t epoch = step / steps_, first = step % steps_ * plan_.batch;
  const int64_t last = std::min(first + plan_.batch, examples_.size());
  data::Dataset part;
  if (plan_.shuffle) {
    const auto order = order_of(epoch);
    part = examples_.take(Ints(order->begin() + first, order->begin() + last));
  } else {
    part = examples_.rows(first, last);
  }
  Batch batch{{part.x, part.y}, part.weight};
  if (plan_.shuffle && !plan_.lengths.empty()) batch = cut(std::move(batch), *order_of(epoch), first, last);
  if (!plan_.change) return batch;
  static_cast<data::Batch&>(batch) = plan_.change(batch, step);
  // Computed on this thread, not by the step that reads it.
  batch.x.data();
  if (batch.y.defined()) batch.y.data();
  return batch;
}

// To the longest of its examples, up to a multiple of 8 so that there are few sizes.
Batch BatchQueue::cut(Batch batch, const Ints& order, int64_t first, int64_t last) const {
  int64_t longest = 1;
  for (int64_t i = first; i < last; ++i)
    longest = std::max(longest, plan_.lengths[static_cast<size_t>(order[static_cast<size_t>(i)])]);
  longest = std::min((longest + 7) / 8 * 8, batch.x.size(1));
  batch.x = batch.x.at(all, Slice{0, longest});
  return batch;
}

std::shared_ptr<const Ints> BatchQueue::order_of(int64_t epoch) {
  const std::lock_guard lock(mutex_);
  auto& order = orders_[epoch];
  if (!order)
    order = std::make_shared<Ints>(plan_.lengths.empty()
                                       ? data::shuffled(*plan_.shuffle, epoch, examples_.size())
                                       : data::bucketed(*plan_.shuffle, epoch, plan_.lengths, plan_.batch));
  while (orders_.begin()->first < epoch - 1) orders_.erase(orders_.begin());
  return orders_.at(epoch);
}

void BatchQueue::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    emptied_.wait(lock, [&] {
      return closing_ || claimed_ >= last_step_ || claimed_ < given_ + static_cast<int64_t>(slots_.size());
    });
    if (closing_ || claimed_ >= last_step_) return;
    const int64_t step = claimed_++;
    lock.unlock();
    Slot done{true, {}, {}};
    try {
      done.batch = prepare(step);
    } catch (...) {
      done.error = std::current_exception();
    }
    lock.lock();
    slots_[static_cast<size_t>(step) % slots_.size()] = std::move(done);
    filled_.notify_all();
  }
}

}  // namespace koine::train
