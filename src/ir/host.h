#pragma once
#include "ir/op_spec.h"

#include <memory>
#include <utility>

/// What a program of another language that Koine is part of brings along: a lock of its own, and functions.
namespace koine::ir {

/// The lock of an interpreter. A thread that runs a program, or waits for one, gives it up so that others go on; it is
/// taken again where the graph lock is not held.
struct HostLock {
  void* (*release)() = nullptr;  // gives null when this thread does not hold it
  void (*take)(void* held) = nullptr;
};
inline constinit HostLock host_lock{};

/// While it lives the host's lock is free.
class HostUnlock {
 public:
  HostUnlock() : held_(host_lock.release ? host_lock.release() : nullptr) {}
  ~HostUnlock() {
    if (held_) host_lock.take(held_);
  }
  HostUnlock(const HostUnlock&) = delete;
  HostUnlock& operator=(const HostUnlock&) = delete;

 private:
  void* held_;
};

/// A function of the host, called with values.
class HostFunction {
 public:
  virtual ~HostFunction() = default;
  /// Fills the outputs; `data` may be null where nobody reads one. Throws CallbackError.
  virtual void call(std::span<const TensorRef> in, std::span<const TensorRef> out) = 0;
};

/// A function of the host failed.
class CallbackError : public Error {
  using Error::Error;
};

/// A function that a node calls: its number, and the types of its results as a graph that has them as its inputs and
/// outputs. The function lives as long as this graph, and so as long as any node that calls it.
struct HostCall {
  int64_t number = 0;
  GraphRef results;
};
HostCall register_host(std::shared_ptr<HostFunction> function, std::span<const TypeRef> results);
/// Gives up all functions, when the host ends: who still calls one gets an Error.
void forget_host_functions();
/// The function of a number. Throws Error when it is gone.
std::shared_ptr<HostFunction> host_function(int64_t number);

}  // namespace koine::ir
