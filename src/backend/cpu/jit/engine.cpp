#include "backend/cpu/code.h"
#include "backend/cpu/inspect.h"
#include "backend/cpu/jit/emit.h"

#include <koine/error.h>

#include <mutex>
#include <unordered_map>

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>

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

/// Code for one instruction set.
class Engine {
 public:
  explicit Engine(Isa isa) : isa_(isa) {
    static const bool ready = [] {
      llvm::InitializeNativeTarget();
      llvm::InitializeNativeTargetAsmPrinter();
      return true;
    }();
    (void)ready;
    JITTargetMachineBuilder target(llvm::Triple("x86_64-unknown-linux-gnu"));
    constexpr const char* names[] = {"x86-64", "haswell", "skylake-avx512"};
    target.setCPU(names[static_cast<int>(isa)]);
    target.getOptions().AllowFPOpFusion = llvm::FPOpFusion::Strict;
    if (isa == Isa::avx512) target.addFeatures({"-prefer-256-bit"});
    jit_ = checked(LLJITBuilder().setJITTargetMachineBuilder(std::move(target)).create());
  }

  Function function_of(const compile::Kernel& kernel, const compile::Passes& passes) {
    std::string key = jit::key_of(kernel);
    std::lock_guard lock(mutex_);
    auto [found, fresh] = functions_.try_emplace(std::move(key), nullptr);
    if (fresh) found->second = make(kernel, passes, "kernel_" + std::to_string(functions_.size()));
    return found->second;
  }
  int64_t size() {
    std::lock_guard lock(mutex_);
    return made_;
  }

 private:
  Function make(const compile::Kernel& kernel, const compile::Passes& passes, const std::string& name) {
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>(name, *context);
    module->setDataLayout(jit_->getDataLayout());
    if (!jit::emit(kernel, passes, isa_, name.c_str(), *module)) return nullptr;
    if (isa_ == Isa::avx512)
      for (llvm::Function& function : *module) function.addFnAttr("min-legal-vector-width", "512");
    if (inspecting()) {
      std::string text;
      llvm::raw_string_ostream(text) << *module;
      show_stage("code of " + name, text);
    }
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    if (llvm::verifyModule(*module, &stream)) throw DeviceError("[jit] " + problem + "\n" + compile::to_string(kernel));
    check(jit_->addIRModule(ThreadSafeModule(std::move(module), std::move(context))));
    ++made_;
    return checked(jit_->lookup(name)).toPtr<Function>();
  }

  Isa isa_;
  std::unique_ptr<LLJIT> jit_;
  std::mutex mutex_;
  std::unordered_map<std::string, Function> functions_;
  int64_t made_ = 0;
};

Engine& engine(Isa isa) {
  // Never destroyed: functions may be running while the process ends.
  static Engine* engines[3] = {};
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  Engine*& one = engines[static_cast<int>(isa)];
  if (!one) one = new Engine(isa);
  return *one;
}

}  // namespace

Function function_of(const compile::Kernel& kernel, const compile::Passes& passes, Isa isa) {
  return engine(isa).function_of(kernel, passes);
}

int64_t made_functions() { return engine(best_isa()).size(); }

}  // namespace koine::backend::cpu
