#include "backend/cpu/onednn/primitive.h"

#include "backend/cpu/pool.h"
#include "base/format.h"
#include "base/narrow.h"

#include <koine/error.h>

#include <dlfcn.h>

namespace koine::backend::cpu::onednn {

namespace {

/// The OpenMP that oneDNN runs on; a oneDNN without OpenMP needs none. Looked for while this library is loaded, when
/// oneDNN's own references to it are resolved in the same order: another OpenMP that comes into the process later, with
/// PyTorch say, is found by neither.
struct OpenMp {
  void (*set_threads)(int) = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  int (*threads)() = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
};
const OpenMp open_mp;

}  // namespace

OneThread::OneThread() : before_(1) {
  if (!open_mp.set_threads || !open_mp.threads) return;
  before_ = open_mp.threads();
  if (before_ != 1) open_mp.set_threads(1);
}
OneThread::~OneThread() {
  if (before_ != 1) open_mp.set_threads(before_);
}

const dnnl::engine& engine() {
  static const auto& made = *new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return made;
}

std::optional<dnnl::memory::data_type> type_of(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return dnnl::memory::data_type::f32;
    case DType::bfloat16:
      return dnnl::memory::data_type::bf16;
    case DType::float16:
      return dnnl::memory::data_type::f16;
    default:
      return std::nullopt;
  }
}

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

struct Primitive::Call {
  dnnl::stream stream;
  std::vector<dnnl::memory> memories;  // of the operands, then the scratchpad
  std::vector<dnnl_exec_arg_t> args;
};
void Primitive::CallDeleter::operator()(Call* call) const { delete call; }

Primitive::Primitive(const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad,
                     std::vector<Operand> operands)
    : primitive_(primitive), scratchpad_(scratchpad), operands_(std::move(operands)) {}

Primitive::CallRef Primitive::take() const {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      CallRef call = std::move(idle_.back());
      idle_.pop_back();
      return call;
    }
  }
  void* const none = DNNL_MEMORY_NONE;  // addresses come with each run
  CallRef call(new Call{dnnl::stream(engine()), {}, {}});
  for (const Operand& operand : operands_) {
    call->memories.emplace_back(operand.desc, engine(), none);
    call->args.push_back({operand.id, call->memories.back().get()});
  }
  call->memories.emplace_back(scratchpad_, engine(), none);
  call->args.push_back({DNNL_ARG_SCRATCHPAD, call->memories.back().get()});
  return call;
}

void Primitive::run(std::span<const void* const> addresses) const {
  CallRef call = take();
  OneThread alone;
  for (size_t i = 0; i < addresses.size(); ++i)
    dnnl_memory_set_data_handle(call->args[i].memory, const_cast<void*>(addresses[i]));
  dnnl_memory_set_data_handle(call->args.back().memory, thread_scratch(static_cast<int64_t>(scratchpad_.get_size())));
  dnnl_status_t status =
      dnnl_primitive_execute(primitive_.get(), call->stream.get(), narrow<int>(call->args.size()), call->args.data());
  if (status != dnnl_success) throw DeviceError(cat("[cpu] oneDNN failed with status ", static_cast<int>(status)));
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(call));
}

std::unique_ptr<Primitive> make_reorder(const dnnl::memory::desc& from, const dnnl::memory::desc& to) {
  OneThread alone;
  dnnl::reorder::primitive_desc desc(engine(), from, engine(), to, attributes());
  return std::make_unique<Primitive>(dnnl::reorder(desc), desc.scratchpad_desc(),
                                     std::vector<Primitive::Operand>{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

}  // namespace koine::backend::cpu::onednn
