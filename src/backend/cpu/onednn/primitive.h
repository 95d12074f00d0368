#pragma once
#include <koine/dtype.h>

#include <oneapi/dnnl/dnnl.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

/// oneDNN as this device uses it: each primitive is made and run on one OpenMP thread, since it promises the same bits
/// only for the same number of threads; the work is shared by running several of them. Making a primitive costs 0.1 to
/// 0.5 ms; oneDNN keeps the latest 1024 of the process, from which it takes 5 us.
namespace koine::backend::cpu::onednn {

/// While it lives, oneDNN works on the calling thread alone.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

const dnnl::engine& engine();
/// What oneDNN calls a dtype; nothing for those that it has no sums in float32 for.
std::optional<dnnl::memory::data_type> type_of(DType dtype);
/// Attributes of every primitive: memory that it needs while it runs is ours.
dnnl::primitive_attr attributes();

/// A primitive and its operands, ready to run on several threads at once, with memory from thread_scratch.
class Primitive {
 public:
  struct Operand {
    int id;  // DNNL_ARG_...
    dnnl::memory::desc desc;
  };
  Primitive(const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad, std::vector<Operand> operands);

  /// Runs it on operands at these addresses, in the order in which they were given. Throws DeviceError.
  void run(std::span<const void* const> addresses) const;

 private:
  // The library's handles of one running call; made anew only when all are in use.
  struct Call;
  struct CallDeleter {
    void operator()(Call* call) const;
  };
  using CallRef = std::unique_ptr<Call, CallDeleter>;
  CallRef take() const;

  dnnl::primitive primitive_;
  dnnl::memory::desc scratchpad_;
  std::vector<Operand> operands_;
  mutable std::mutex mutex_;
  mutable std::vector<CallRef> idle_;
};

/// Copies between two layouts.
std::unique_ptr<Primitive> make_reorder(const dnnl::memory::desc& from, const dnnl::memory::desc& to);

}  // namespace koine::backend::cpu::onednn
