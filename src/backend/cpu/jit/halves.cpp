#include "backend/cpu/jit/halves.h"

#include "backend/cpu/jit/ir_lanes.h"

namespace koine::backend::cpu::jit {

using llvm::Value;

namespace {

/// Integers and floats of 32 bits beside each other.
struct Words {
  llvm::IRBuilder<>& b;
  llvm::Type* integer;
  llvm::Type* floating;
  Words(llvm::IRBuilder<>& b, llvm::Type* like)
      : b(b), integer(with_element(like, b.getInt32Ty())), floating(with_element(like, b.getFloatTy())) {}
  Value* word(uint32_t x) const { return llvm::ConstantInt::get(integer, x); }
  Value* bits(Value* x) const { return b.CreateBitCast(x, integer); }
  Value* number(Value* x) const { return b.CreateBitCast(x, floating); }
};

Value* widened_bfloat16(const Words& w, Value* bits) {
  return w.number(w.b.CreateShl(w.b.CreateZExt(bits, w.integer), 16));
}
Value* bfloat16_bits(const Words& w, Value* x) {
  llvm::IRBuilder<>& b = w.b;
  Value *bits = w.bits(x), *upper = b.CreateLShr(bits, 16);
  Value* odd = b.CreateAnd(upper, w.word(1));
  Value* rounded = b.CreateLShr(b.CreateAdd(bits, b.CreateAdd(odd, w.word(0x7fff))), 16);
  Value* quiet = b.CreateOr(upper, w.word(0x40));
  return b.CreateSelect(b.CreateFCmpUNO(x, x), quiet, rounded);
}

// Without instructions for float16 by the exponents, which differ by 112.
Value* widened_float16(const Words& w, Value* bits) {
  llvm::IRBuilder<>& b = w.b;
  Value* all = b.CreateZExt(bits, w.integer);
  Value* sign = b.CreateShl(b.CreateAnd(all, w.word(0x8000)), 16);
  Value* rest = b.CreateShl(b.CreateAnd(all, w.word(0x7fff)), 13);
  // Right for subnormal numbers too.
  Value* scaled = w.bits(b.CreateFMul(w.number(rest), llvm::ConstantFP::get(w.floating, 0x1p112)));
  Value* huge = b.CreateICmpUGE(rest, w.word(0x0f800000));
  Value* number = b.CreateSelect(huge, b.CreateOr(rest, w.word(0x7f800000)), scaled);
  return w.number(b.CreateOr(number, sign));
}
Value* float16_bits(const Words& w, Value* x) {
  llvm::IRBuilder<>& b = w.b;
  Value *all = w.bits(x), *sign = b.CreateAnd(b.CreateLShr(all, 16), w.word(0x8000));
  Value* bits = b.CreateAnd(all, w.word(0x7fffffff));
  Value* nan = b.CreateOr(w.word(0x7e00), b.CreateAnd(b.CreateLShr(bits, 13), w.word(0x3ff)));
  // The sum with one half leaves a subnormal number's bits at the end, rounded.
  Value* half = llvm::ConstantFP::get(w.floating, 0.5);
  Value* tiny = b.CreateSub(w.bits(b.CreateFAdd(w.number(bits), half)), w.word(0x3f000000));
  Value* odd = b.CreateAnd(b.CreateLShr(bits, 13), w.word(1));
  Value* usual = b.CreateLShr(b.CreateAdd(b.CreateSub(bits, w.word(112u << 23)), b.CreateAdd(odd, w.word(0xfff))), 13);
  Value* result = b.CreateSelect(b.CreateICmpULT(bits, w.word(113u << 23)), tiny, usual);
  result = b.CreateSelect(b.CreateICmpUGE(bits, w.word(143u << 23)), w.word(0x7c00), result);
  result = b.CreateSelect(b.CreateICmpUGT(bits, w.word(0x7f800000)), nan, result);
  return b.CreateOr(result, sign);
}

}  // namespace

Value* widened_half(llvm::IRBuilder<>& b, Isa isa, DType dtype, Value* bits) {
  const Words words(b, bits->getType());
  if (dtype == DType::bfloat16) return widened_bfloat16(words, bits);
  if (isa == Isa::baseline) return widened_float16(words, bits);
  return b.CreateFPExt(b.CreateBitCast(bits, with_element(bits->getType(), b.getHalfTy())), words.floating);
}

Value* half_bits(llvm::IRBuilder<>& b, Isa isa, DType dtype, Value* number) {
  const Words words(b, number->getType());
  llvm::Type* narrow = with_element(number->getType(), b.getInt16Ty());
  if (dtype == DType::bfloat16) return b.CreateTrunc(bfloat16_bits(words, number), narrow);
  if (isa == Isa::baseline) return b.CreateTrunc(float16_bits(words, number), narrow);
  return b.CreateBitCast(b.CreateFPTrunc(number, with_element(number->getType(), b.getHalfTy())), narrow);
}

}  // namespace koine::backend::cpu::jit
