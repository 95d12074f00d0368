#include "backend/cpu/code.h"
#include "backend/cpu/inspect.h"
#include "backend/cpu/jit/emit.h"
#include "backend/kernel_cache.h"
#include "base/format.h"

#include <koine/error.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include <llvm-c/Core.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

namespace koine::backend::cpu {

using namespace llvm::orc;

namespace {

template <class T>
T checked(llvm::Expected<T> value) {
  if (!value) throw DeviceError("[jit] " + llvm::toString(value.takeError()));
  return std::move(*value);
}
void check(llvm::Error error) {
  if (error) throw DeviceError("[jit] " + llvm::toString(std::move(error)));
}

/// A function that was linked into this process; its memory goes with it.
struct LinkedCode : Code {
  LinkedCode(ResourceTrackerSP memory, Function linked) : memory(std::move(memory)) { function = linked; }
  ~LinkedCode() override { llvm::consumeError(memory->remove()); }
  ResourceTrackerSP memory;
};

/// Code for one instruction set.
class Engine {
 public:
  explicit Engine(Isa isa) : isa_(isa), target_(llvm::Triple("x86_64-unknown-linux-gnu")) {
    static const bool ready = [] {
      llvm::InitializeNativeTarget();
      llvm::InitializeNativeTargetAsmPrinter();
      return true;
    }();
    (void)ready;
    constexpr const char* names[] = {"x86-64", "haswell", "skylake-avx512"};
    target_.setCPU(names[static_cast<int>(isa)]);
    target_.setRelocationModel(llvm::Reloc::PIC_);
    target_.getOptions().AllowFPOpFusion = llvm::FPOpFusion::Strict;
    if (isa == Isa::avx512) target_.addFeatures({"-prefer-256-bit"});
    jit_ = checked(LLJITBuilder().setJITTargetMachineBuilder(target_).create());
    unsigned major, minor, patch;
    LLVMGetVersion(&major, &minor, &patch);
    made_by_ = cat("cpu ", jit::emitter_sources, " LLVM ", major, ".", minor, ".", patch, " ", target_.getCPU(), " ",
                   target_.getFeatures().getString(), "\n");
  }

  CodeRef code_of(const compile::Kernel& kernel, const compile::Passes& passes, Effort effort) {
    std::string key = jit::key_of(kernel);
    std::shared_ptr<Slot> slot;
    {
      std::lock_guard lock(mutex_);
      std::shared_ptr<Slot>& found = slots_[key];
      if (!found) found = std::make_shared<Slot>();
      found->last_use = ++clock_;
      slot = found;
      if (slots_.size() > static_cast<size_t>(most_codes)) forget_old();
    }
    // Other kernels are compiled meanwhile by other threads.
    std::lock_guard lock(slot->mutex);
    if (slot->code || slot->impossible || (effort == Effort::found && slot->not_kept)) return slot->code;
    const std::string name = "kernel_" + digest_of(key);
    key = made_by_ + key;
    // Who wants to see the code wants it made.
    if (std::optional<std::string> object = slot->not_kept || inspecting() ? std::nullopt : kernel_cache().find(key)) {
      slot->code = linked(llvm::MemoryBuffer::getMemBufferCopy(*object, name), name);
      ++loaded_;
      return slot->code;
    }
    slot->not_kept = true;
    if (effort == Effort::found) return nullptr;
    std::unique_ptr<llvm::MemoryBuffer> object = compiled(kernel, passes, name);
    if (!object) {
      slot->impossible = true;
      return nullptr;
    }
    ++compiled_;
    kernel_cache().keep(key, object->getBuffer());
    slot->code = linked(std::move(object), name);
    return slot->code;
  }
  void forget_unused() {
    std::lock_guard lock(mutex_);
    forget_before(clock_ + 1);
  }
  void add_to(CodeStats& stats) {
    std::lock_guard lock(mutex_);
    stats.compiled += compiled_;
    stats.loaded += loaded_;
    stats.held += static_cast<int64_t>(slots_.size());
  }

 private:
  struct Slot {
    std::mutex mutex;
    CodeRef code;
    bool impossible = false, not_kept = false;
    uint64_t last_use = 0;  // guarded by the engine's mutex
  };

  /// An object file; null for a kernel that cannot be emitted.
  std::unique_ptr<llvm::MemoryBuffer> compiled(const compile::Kernel& kernel, const compile::Passes& passes,
                                               const std::string& name) {
    llvm::LLVMContext context;
    llvm::Module module(name, context);
    module.setDataLayout(jit_->getDataLayout());
    module.setTargetTriple(target_.getTargetTriple().str());
    if (!jit::emit(kernel, passes, isa_, name.c_str(), module)) return nullptr;
    if (isa_ == Isa::avx512)
      for (llvm::Function& function : module) function.addFnAttr("min-legal-vector-width", "512");
    if (inspecting()) {
      std::string text;
      llvm::raw_string_ostream(text) << module;
      show_stage("code of " + name, text);
    }
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    if (llvm::verifyModule(module, &stream)) throw DeviceError("[jit] " + problem + "\n" + compile::to_string(kernel));
    std::unique_ptr<llvm::TargetMachine> machine = take_machine();
    auto object = checked(SimpleCompiler(*machine)(module));
    std::lock_guard lock(mutex_);
    idle_machines_.push_back(std::move(machine));
    return object;
  }
  std::unique_ptr<llvm::TargetMachine> take_machine() {
    std::lock_guard lock(mutex_);
    if (idle_machines_.empty()) return checked(target_.createTargetMachine());
    auto machine = std::move(idle_machines_.back());
    idle_machines_.pop_back();
    return machine;
  }

  CodeRef linked(std::unique_ptr<llvm::MemoryBuffer> object, const std::string& name) {
    ResourceTrackerSP memory = jit_->getMainJITDylib().createResourceTracker();
    check(jit_->addObjectFile(memory, std::move(object)));
    return std::make_shared<LinkedCode>(memory, checked(jit_->lookup(name)).toPtr<Function>());
  }

  /// Those that were not used since `limit` and that no program holds; programs are bounded themselves.
  void forget_before(uint64_t limit) {
    std::erase_if(slots_, [limit](const auto& item) {
      const std::shared_ptr<Slot>& slot = item.second;
      return slot->last_use < limit && slot.use_count() == 1 && slot->code.use_count() <= 1;
    });
  }
  /// The older half, so that a full table is not searched at every new kernel.
  void forget_old() {
    std::vector<uint64_t> uses;
    for (const auto& [key, slot] : slots_) uses.push_back(slot->last_use);
    auto middle = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 2);
    std::nth_element(uses.begin(), middle, uses.end());
    forget_before(*middle);
  }

  Isa isa_;
  JITTargetMachineBuilder target_;
  std::unique_ptr<LLJIT> jit_;
  std::string made_by_;  // what code depends on beside its kernel
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Slot>> slots_;
  std::vector<std::unique_ptr<llvm::TargetMachine>> idle_machines_;
  uint64_t clock_ = 0;
  std::atomic<int64_t> compiled_ = 0, loaded_ = 0;
};

// Never destroyed: functions may be running while the process ends.
Engine* engines[3] = {};
std::mutex engines_mutex;

Engine& engine(Isa isa) {
  std::lock_guard lock(engines_mutex);
  Engine*& one = engines[static_cast<int>(isa)];
  if (!one) one = new Engine(isa);
  return *one;
}

}  // namespace

CodeRef code_of(const compile::Kernel& kernel, const compile::Passes& passes, Isa isa, Effort effort) {
  return engine(isa).code_of(kernel, passes, effort);
}

void forget_unused_code() {
  std::lock_guard lock(engines_mutex);
  for (Engine* one : engines)
    if (one) one->forget_unused();
}

CodeStats code_stats() {
  CodeStats stats;
  std::lock_guard lock(engines_mutex);
  for (Engine* one : engines)
    if (one) one->add_to(stats);
  return stats;
}

}  // namespace koine::backend::cpu
