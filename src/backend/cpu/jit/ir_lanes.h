#pragma once
#include "backend/cpu/isa.h"
#include "backend/cpu/math/concept.h"

#include <cstdint>
#include <type_traits>

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/IR/Module.h>

/// Lanes that emit instructions instead of computing: the second type over which math/ is instantiated.
namespace koine::backend::cpu::jit {

/// Where instructions go now.
inline thread_local llvm::IRBuilder<>* emitting = nullptr;

/// Literals stay numbers until they meet a vector, whose width they take.
inline void meet(llvm::Value*& a, llvm::Value*& b) {
  auto widen = [](llvm::Value*& narrow, llvm::Value* wide) {
    if (auto* type = llvm::dyn_cast<llvm::FixedVectorType>(wide->getType()); type && !narrow->getType()->isVectorTy())
      narrow = emitting->CreateVectorSplat(type->getNumElements(), narrow);
  };
  widen(a, b);
  widen(b, a);
}

inline llvm::Type* with_element(llvm::Type* like, llvm::Type* element) {
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(like))
    return llvm::FixedVectorType::get(element, vector->getNumElements());
  return element;
}

struct IrMask {
  llvm::Value* value;
  friend IrMask operator&(IrMask a, IrMask b) {
    meet(a.value, b.value);
    return {emitting->CreateAnd(a.value, b.value)};
  }
  friend IrMask operator|(IrMask a, IrMask b) {
    meet(a.value, b.value);
    return {emitting->CreateOr(a.value, b.value)};
  }
  friend IrMask operator!(IrMask a) { return {emitting->CreateNot(a.value)}; }
};

template <class E, Isa isa>
struct IrLanes {
  static constexpr bool floating = std::is_floating_point_v<E>;
  static constexpr bool has_fma = isa != Isa::baseline, has_rounding = isa != Isa::baseline,
                        has_scale = isa == Isa::avx512;
  using Element = E;
  using Int = IrLanes<std::conditional_t<sizeof(E) == 4, int32_t, int64_t>, isa>;
  using Float = IrLanes<std::conditional_t<sizeof(E) == 4, float, double>, isa>;
  using Mask = IrMask;
  llvm::Value* value = nullptr;

  IrLanes() = default;
  explicit IrLanes(llvm::Value* value) : value(value) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  IrLanes(T literal) {
    if constexpr (floating)
      value = llvm::ConstantFP::get(element(), static_cast<E>(literal));
    else
      value = llvm::ConstantInt::get(element(), static_cast<uint64_t>(literal), true);
  }
  static llvm::Type* element() {
    llvm::LLVMContext& context = emitting->getContext();
    if constexpr (std::is_same_v<E, float>) return llvm::Type::getFloatTy(context);
    if constexpr (std::is_same_v<E, double>) return llvm::Type::getDoubleTy(context);
    return llvm::Type::getIntNTy(context, 8 * sizeof(E));
  }

  template <class F>
  static auto both(IrLanes a, IrLanes b, F f) {
    meet(a.value, b.value);
    return f(a.value, b.value);
  }
#define KOINE_BOTH(Result, Float, Integer)        \
  both(a, b, [](llvm::Value* x, llvm::Value* y) { \
    if constexpr (floating)                       \
      return Result{emitting->Float(x, y)};       \
    else                                          \
      return Result{emitting->Integer(x, y)};     \
  })
  friend IrLanes operator+(IrLanes a, IrLanes b) { return KOINE_BOTH(IrLanes, CreateFAdd, CreateAdd); }
  friend IrLanes operator-(IrLanes a, IrLanes b) { return KOINE_BOTH(IrLanes, CreateFSub, CreateSub); }
  friend IrLanes operator*(IrLanes a, IrLanes b) { return KOINE_BOTH(IrLanes, CreateFMul, CreateMul); }
  friend Mask operator==(IrLanes a, IrLanes b) { return KOINE_BOTH(Mask, CreateFCmpOEQ, CreateICmpEQ); }
  friend Mask operator!=(IrLanes a, IrLanes b) { return KOINE_BOTH(Mask, CreateFCmpUNE, CreateICmpNE); }
  friend Mask operator<(IrLanes a, IrLanes b) { return KOINE_BOTH(Mask, CreateFCmpOLT, CreateICmpSLT); }
  friend Mask operator<=(IrLanes a, IrLanes b) { return KOINE_BOTH(Mask, CreateFCmpOLE, CreateICmpSLE); }
#undef KOINE_BOTH
  friend Mask operator>(IrLanes a, IrLanes b) { return b < a; }
  friend Mask operator>=(IrLanes a, IrLanes b) { return b <= a; }
  friend IrLanes operator/(IrLanes a, IrLanes b)
    requires floating
  {
    return both(a, b, [](llvm::Value* x, llvm::Value* y) { return IrLanes{emitting->CreateFDiv(x, y)}; });
  }
  friend IrLanes operator-(IrLanes a)
    requires floating
  {
    return IrLanes{emitting->CreateFNeg(a.value)};
  }
  friend IrLanes select(Mask mask, IrLanes yes, IrLanes no) {
    meet(yes.value, no.value);
    meet(mask.value, yes.value);
    meet(yes.value, no.value);
    return IrLanes{emitting->CreateSelect(mask.value, yes.value, no.value)};
  }

  friend IrLanes operator&(IrLanes a, IrLanes b)
    requires(!floating)
  {
    return both(a, b, [](llvm::Value* x, llvm::Value* y) { return IrLanes{emitting->CreateAnd(x, y)}; });
  }
  friend IrLanes operator|(IrLanes a, IrLanes b)
    requires(!floating)
  {
    return both(a, b, [](llvm::Value* x, llvm::Value* y) { return IrLanes{emitting->CreateOr(x, y)}; });
  }
  friend IrLanes operator^(IrLanes a, IrLanes b)
    requires(!floating)
  {
    return both(a, b, [](llvm::Value* x, llvm::Value* y) { return IrLanes{emitting->CreateXor(x, y)}; });
  }
  friend IrLanes operator<<(IrLanes a, int by)
    requires(!floating)
  {
    return IrLanes{emitting->CreateShl(a.value, static_cast<uint64_t>(by))};
  }
  friend IrLanes operator>>(IrLanes a, int by)
    requires(!floating)
  {
    return IrLanes{emitting->CreateLShr(a.value, static_cast<uint64_t>(by))};
  }

  friend IrLanes fma(IrLanes a, IrLanes b, IrLanes c)
    requires floating
  {
    if constexpr (!has_fma) {
      return a * b + c;
    } else {
      meet(a.value, b.value);
      meet(a.value, c.value);
      meet(b.value, c.value);
      return IrLanes{
          emitting->CreateIntrinsic(llvm::Intrinsic::fma, {a.value->getType()}, {a.value, b.value, c.value})};
    }
  }
  friend IrLanes sqrt(IrLanes a)
    requires floating
  {
    return unary(llvm::Intrinsic::sqrt, a);
  }
  /// The second where one is not a number, as the processor's instructions do.
  friend IrLanes lesser(IrLanes a, IrLanes b)
    requires floating
  {
    return select(a < b, a, b);
  }
  friend IrLanes greater(IrLanes a, IrLanes b)
    requires floating
  {
    return select(b < a, a, b);
  }
  friend Int bits(IrLanes a)
    requires floating
  {
    return Int{emitting->CreateBitCast(a.value, with_element(a.value->getType(), Int::element()))};
  }
  static IrLanes from_bits(Int a)
    requires floating
  {
    return IrLanes{emitting->CreateBitCast(a.value, with_element(a.value->getType(), element()))};
  }
  static IrLanes from_int(Int a)
    requires floating
  {
    return IrLanes{emitting->CreateSIToFP(a.value, with_element(a.value->getType(), element()))};
  }
  friend IrLanes abs(IrLanes a)
    requires floating
  {
    return unary(llvm::Intrinsic::fabs, a);
  }
  friend IrLanes copysign(IrLanes a, IrLanes sign)
    requires floating
  {
    meet(a.value, sign.value);
    return IrLanes{emitting->CreateBinaryIntrinsic(llvm::Intrinsic::copysign, a.value, sign.value)};
  }
  friend IrLanes native_floor(IrLanes a)
    requires floating
  {
    return unary(llvm::Intrinsic::floor, a);
  }
  friend IrLanes native_ceil(IrLanes a)
    requires floating
  {
    return unary(llvm::Intrinsic::ceil, a);
  }
  friend IrLanes native_trunc(IrLanes a)
    requires floating
  {
    return unary(llvm::Intrinsic::trunc, a);
  }
  friend IrLanes native_round(IrLanes a)
    requires floating
  {
    return unary(llvm::Intrinsic::roundeven, a);
  }
  friend IrLanes native_scale(IrLanes a, IrLanes n)
    requires floating
  {
    return scale(a, n);
  }

 private:
  static IrLanes unary(llvm::Intrinsic::ID id, IrLanes a) {
    return IrLanes{emitting->CreateUnaryIntrinsic(id, a.value)};
  }
  /// By the instruction itself, on registers of 64 bytes.
  static IrLanes scale(IrLanes a, IrLanes n) {
    llvm::IRBuilder<>& b = *emitting;
    meet(a.value, n.value);
    meet(n.value, a.value);
    auto* type = llvm::cast<llvm::FixedVectorType>(a.value->getType());
    constexpr unsigned width = 64 / sizeof(E);
    llvm::Value* result = llvm::PoisonValue::get(type);
    for (unsigned first = 0; first < type->getNumElements(); first += width) {
      auto part = [&](llvm::Value* x) {
        return type->getNumElements() == width
                   ? x
                   : b.CreateExtractVector(llvm::FixedVectorType::get(element(), width), x, b.getInt64(first));
      };
      llvm::Value* x = part(a.value);
      llvm::Value* mask = llvm::ConstantInt::getAllOnesValue(b.getIntNTy(width));
      llvm::Value* y = b.CreateIntrinsic(sizeof(E) == 4 ? llvm::Intrinsic::x86_avx512_mask_scalef_ps_512
                                                        : llvm::Intrinsic::x86_avx512_mask_scalef_pd_512,
                                         {}, {x, part(n.value), x, mask, b.getInt32(4)});
      result = type->getNumElements() == width ? y : b.CreateInsertVector(type, result, y, b.getInt64(first));
    }
    return IrLanes{result};
  }
};

/// A table becomes a constant of the code, so that the code can be kept.
inline llvm::Value* constant_table(llvm::ArrayRef<double> numbers) {
  llvm::Module& module = *emitting->GetInsertBlock()->getModule();
  llvm::Constant* content = llvm::ConstantDataArray::get(module.getContext(), numbers);
  for (llvm::GlobalVariable& table : module.globals())
    if (table.getInitializer() == content) return &table;
  return new llvm::GlobalVariable(module, content->getType(), true, llvm::GlobalValue::PrivateLinkage, content,
                                  "table");
}
template <Isa isa, size_t n>
IrLanes<double, isa> gather(const double (&table)[n], IrLanes<int64_t, isa> index) {
  llvm::IRBuilder<>& b = *emitting;
  auto* type = llvm::cast<llvm::FixedVectorType>(index.value->getType());
  llvm::Value* places = b.CreateGEP(b.getDoubleTy(), constant_table(table), index.value);
  return IrLanes<double, isa>{b.CreateMaskedGather(llvm::FixedVectorType::get(b.getDoubleTy(), type->getNumElements()),
                                                   places, llvm::Align(8))};
}
template <Isa isa>
IrLanes<double, isa> lookup8(const double (&table)[8], IrLanes<int64_t, isa> index) {
  return gather(table, index & IrLanes<int64_t, isa>(7));
}

namespace detail {
inline llvm::Value* half_of(llvm::Value* x, int half) {
  unsigned n = llvm::cast<llvm::FixedVectorType>(x->getType())->getNumElements() / 2;
  llvm::SmallVector<int, 16> places;
  for (unsigned k = 0; k < n; ++k) places.push_back(static_cast<int>(k + static_cast<unsigned>(half) * n));
  return emitting->CreateShuffleVector(x, places);
}
inline llvm::Value* joined(llvm::Value* low, llvm::Value* high) {
  llvm::SmallVector<int, 16> places;
  for (unsigned k = 0; k < 2 * llvm::cast<llvm::FixedVectorType>(low->getType())->getNumElements(); ++k)
    places.push_back(static_cast<int>(k));
  return emitting->CreateShuffleVector(low, high, places);
}
template <Isa isa>
IrLanes<double, isa> widened(IrLanes<float, isa> a, int half) {
  llvm::Value* x = half_of(a.value, half);
  return IrLanes<double, isa>{emitting->CreateFPExt(x, with_element(x->getType(), emitting->getDoubleTy()))};
}
}  // namespace detail
template <Isa isa>
IrLanes<double, isa> widen_low(IrLanes<float, isa> a) {
  return detail::widened(a, 0);
}
template <Isa isa>
IrLanes<double, isa> widen_high(IrLanes<float, isa> a) {
  return detail::widened(a, 1);
}
template <Isa isa>
IrLanes<float, isa> narrow(IrLanes<double, isa> low, IrLanes<double, isa> high) {
  auto rounded = [](llvm::Value* x) {
    return emitting->CreateFPTrunc(x, with_element(x->getType(), emitting->getFloatTy()));
  };
  return IrLanes<float, isa>{detail::joined(rounded(low.value), rounded(high.value))};
}

/// The low 32 bits of each.
template <Isa isa>
IrLanes<int32_t, isa> narrow(IrLanes<int64_t, isa> low, IrLanes<int64_t, isa> high) {
  auto cut = [](llvm::Value* x) {
    return emitting->CreateTrunc(x, with_element(x->getType(), emitting->getInt32Ty()));
  };
  return IrLanes<int32_t, isa>{detail::joined(cut(low.value), cut(high.value))};
}

static_assert(math::MixedLanes<IrLanes<float, Isa::avx512>, IrLanes<double, Isa::avx512>>);

}  // namespace koine::backend::cpu::jit
