#include "ops/control/scan.h"
#include "ops/control/while_loop.h"

#include <cstring>

/// The loops of the reference device.
namespace koine::ops {

namespace {

/// Carries of a loop: two sets of buffers that take turns.
class Carries {
 public:
  explicit Carries(std::span<const ir::TensorRef> first) : now_(first.begin(), first.end()), next_(now_) {
    for (size_t k = 0; k < first.size(); ++k) {
      now_[k].data = room(first[k]);
      next_[k].data = room(first[k]);
      copy(first[k], now_[k].data);
    }
  }
  std::span<const ir::TensorRef> now() const { return now_; }
  std::span<const ir::TensorRef> next() const { return next_; }
  void turn() { std::swap(now_, next_); }
  static void copy(const ir::TensorRef& from, std::byte* to) {
    if (to && from.bytes()) std::memcpy(to, from.data, static_cast<size_t>(from.bytes()));
  }

 private:
  std::byte* room(const ir::TensorRef& like) {
    memory_.push_back(ir::Buffer::allocate(like.bytes()));
    return memory_.back()->data();
  }
  std::vector<ir::TensorRef> now_, next_;
  std::vector<ir::BufferRef> memory_;
};

/// Element t of a stacked tensor.
ir::TensorRef element(const ir::TensorRef& stacked, int64_t t) {
  ir::TensorRef one{stacked.dtype, {stacked.shape.begin() + 1, stacked.shape.end()}, nullptr};
  if (stacked.data) one.data = stacked.data + t * one.bytes();
  return one;
}

void append(std::vector<ir::TensorRef>& to, std::span<const ir::TensorRef> list) {
  to.insert(to.end(), list.begin(), list.end());
}

}  // namespace

void Scan::reference(const KernelInput& k, const Attrs& a) {
  size_t nc = constants(a), nk = carries(a), ny = k.out.size() - 2 * nk;
  int64_t length = a.length[0].value();
  Carries carry(k.in.subspan(nc, nk));
  for (int64_t step = 0; step < length; ++step) {
    int64_t t = a.reverse ? length - 1 - step : step;
    std::vector<ir::TensorRef> in(k.in.begin(), k.in.begin() + static_cast<std::ptrdiff_t>(nc)), out;
    append(in, carry.now());
    for (const ir::TensorRef& sequence : k.in.subspan(nc + nk)) in.push_back(element(sequence, t));
    append(out, carry.next());
    for (size_t y = 0; y < ny; ++y) out.push_back(element(k.out[nk + y], t));
    for (size_t c = 0; c < nk; ++c) Carries::copy(carry.now()[c], element(k.out[nk + ny + c], t).data);
    k.runner.run(a.body[0], in, out);
    carry.turn();
  }
  for (size_t c = 0; c < nk; ++c) Carries::copy(carry.now()[c], k.out[c].data);
}

void WhileLoop::reference(const KernelInput& k, const Attrs& a) {
  size_t nc = constants(a), nk = k.in.size() - nc;
  Carries carry(k.in.subspan(nc));
  std::span<const ir::TensorRef> history = k.out.subspan(nk + 1);
  for (const ir::TensorRef& kept : history)
    if (kept.data) std::memset(kept.data, 0, static_cast<size_t>(kept.bytes()));
  int64_t steps = 0;
  for (; a.max_steps == 0 || steps < a.max_steps; ++steps) {
    std::vector<ir::TensorRef> in(k.in.begin(), k.in.begin() + static_cast<std::ptrdiff_t>(nc));
    append(in, carry.now());
    uint8_t go_on{};
    ir::TensorRef verdict{bool_, {}, reinterpret_cast<std::byte*>(&go_on)};
    k.runner.run(a.graphs[0], in, {&verdict, 1});
    if (!go_on) break;
    for (size_t c = 0; c < history.size(); ++c) Carries::copy(carry.now()[c], element(history[c], steps).data);
    k.runner.run(a.graphs[1], in, carry.next());
    carry.turn();
  }
  for (size_t c = 0; c < nk; ++c) Carries::copy(carry.now()[c], k.out[c].data);
  if (k.out[nk].data) *k.out[nk].as<int64_t>() = steps;
}

}  // namespace koine::ops
