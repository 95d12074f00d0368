#include "backend/cpu/jit/emit.h"

#include "backend/cpu/jit/halves.h"
#include "backend/cpu/jit/ir_lanes.h"
#include "backend/cpu/jit/ir_math.h"
#include "compile/lower.h"

#include <koine/half.h>

#include <functional>
#include <map>

#include <llvm/IR/Module.h>

namespace koine::backend::cpu::jit {

using namespace compile;
using llvm::Value;
using scalar::Prim;

namespace {

constexpr unsigned width = 16;     // elements that are computed with at once
constexpr int column_vectors = 4;  // vectors of a column fold that go down the rows together

bool is_half(DType dtype) { return is_floating(dtype) && size_of(dtype) == 2; }

class Emitter {
 public:
  Emitter(const Kernel& kernel, const Passes& passes, Isa isa, llvm::Module& module, const char* name)
      : kernel_(kernel), passes_(passes), isa_(isa), context_(module.getContext()), b_(context_) {
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {b_.getPtrTy()}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
    b_.SetInsertPoint(block("entry"));
    emitting = &b_;
    row_.resize(kernel.code.size());
  }

  /// False when a primitive is missing; the function is then of no use.
  bool run() {
    Value* frame = function_->getArg(0);
    auto field = [&](size_t offset, llvm::Type* type) {
      return b_.CreateLoad(type, b_.CreateConstGEP1_64(b_.getInt8Ty(), frame, offset));
    };
    Value* at = field(offsetof(Frame, at), b_.getPtrTy());
    Value* steps[] = {field(offsetof(Frame, row_steps), b_.getPtrTy()),
                      field(offsetof(Frame, fold_steps), b_.getPtrTy()),
                      field(offsetof(Frame, column_steps), b_.getPtrTy())};
    Value* rows = field(offsetof(Frame, rows), b_.getInt64Ty());
    columns_ = field(offsetof(Frame, columns), b_.getInt64Ty());
    folded_ = field(offsetof(Frame, folded), b_.getInt64Ty());
    Value* scratch = field(offsetof(Frame, scratch), b_.getPtrTy());
    size_t accesses = kernel_.loads.size() + kernel_.stores.size();
    std::vector<Value*> first, row_steps;
    for (size_t k = 0; k < accesses; ++k) {
      auto element = [&](Value* list, llvm::Type* type) {
        return b_.CreateLoad(type, b_.CreateConstGEP1_64(type, list, k));
      };
      first.push_back(element(at, b_.getPtrTy()));
      row_steps.push_back(element(steps[0], b_.getInt64Ty()));
      fold_steps_.push_back(element(steps[1], b_.getInt64Ty()));
      column_steps_.push_back(element(steps[2], b_.getInt64Ty()));
    }
    // Spilled values lie one after the other, each with room for a whole last vector.
    Value* padded = b_.CreateAdd(columns_, b_.getInt64(64));
    for (size_t s = 0; s < passes_.spills.size(); ++s)
      spill_[passes_.spills[s]] = b_.CreateGEP(b_.getInt64Ty(), scratch, b_.CreateMul(padded, b_.getInt64(s)));
    for (size_t i = 0; i < kernel_.code.size(); ++i)
      if (kernel_.code[i].action == Action::constant) row_[i] = constant(kernel_.code[i]);
    std::vector<Value*> carried = loop(b_.getInt64(0), rows, 1, first, [&](Value*, std::vector<Value*> now) {
      at_ = now;
      if (kernel_.loop == Loop::column)
        column_fold();
      else
        row();
      for (size_t k = 0; k < accesses; ++k) now[k] = b_.CreateGEP(b_.getInt8Ty(), now[k], row_steps[k]);
      return now;
    });
    b_.CreateRetVoid();
    return complete_;
  }

 private:
  using Values = std::vector<Value*>;
  using Body = std::function<Values(Value* at, Values carried)>;

  llvm::BasicBlock* block(const char* name) { return llvm::BasicBlock::Create(context_, name, function_); }

  /// While from + step <= to: body, then from += step. The last carried value of the result is where it stopped.
  Values loop(Value* from, Value* to, int64_t step, const Values& carried, const Body& body) {
    llvm::BasicBlock *before = b_.GetInsertBlock(), *head = block("head"), *inside = block("body"),
                     *after = block("after");
    b_.CreateBr(head);
    b_.SetInsertPoint(head);
    llvm::PHINode* at = b_.CreatePHI(b_.getInt64Ty(), 2);
    at->addIncoming(from, before);
    std::vector<llvm::PHINode*> phis;
    Values now;
    for (Value* value : carried) {
      phis.push_back(b_.CreatePHI(value->getType(), 2));
      phis.back()->addIncoming(value, before);
      now.push_back(phis.back());
    }
    Value* next = b_.CreateAdd(at, b_.getInt64(static_cast<uint64_t>(step)));
    b_.CreateCondBr(b_.CreateICmpSLE(next, to), inside, after);
    b_.SetInsertPoint(inside);
    Values results = body(at, now);
    at->addIncoming(next, b_.GetInsertBlock());
    for (size_t k = 0; k < phis.size(); ++k) phis[k]->addIncoming(results[k], b_.GetInsertBlock());
    b_.CreateBr(head);
    b_.SetInsertPoint(after);
    now.push_back(at);
    return now;
  }

  Values when(Value* condition, const Values& carried, const std::function<Values(Values)>& body) {
    llvm::BasicBlock *before = b_.GetInsertBlock(), *inside = block("then"), *after = block("after");
    b_.CreateCondBr(condition, inside, after);
    b_.SetInsertPoint(inside);
    Values results = body(carried);
    llvm::BasicBlock* end = b_.GetInsertBlock();
    b_.CreateBr(after);
    b_.SetInsertPoint(after);
    Values now;
    for (size_t k = 0; k < carried.size(); ++k) {
      llvm::PHINode* phi = b_.CreatePHI(carried[k]->getType(), 2);
      phi->addIncoming(carried[k], before);
      phi->addIncoming(results[k], end);
      now.push_back(phi);
    }
    return now;
  }

  /// The body for all columns from..to in steps, then for those that are left under a mask.
  Values columns(Value* from, Value* to, int vectors, const Values& carried,
                 const std::function<Values(Value* column, Value* end, Values)>& body) {
    int64_t step = vectors * static_cast<int64_t>(width);
    Values done = loop(from, to, step, carried, [&](Value* c, Values now) { return body(c, nullptr, now); });
    Value* stopped = done.back();
    done.pop_back();
    return when(b_.CreateICmpSLT(stopped, to), done, [&](Values now) { return body(stopped, to, now); });
  }

  // ---- types

  llvm::Type* scalar_type(DType dtype) {
    if (dtype == DType::float64) return b_.getDoubleTy();
    if (is_floating(dtype)) return b_.getFloatTy();
    if (is_bool(dtype)) return b_.getInt1Ty();
    return b_.getIntNTy(static_cast<unsigned>(bits_of(dtype)));
  }
  llvm::Type* stored_type(DType dtype) {
    if (is_half(dtype)) return b_.getInt16Ty();
    return is_bool(dtype) ? b_.getInt8Ty() : scalar_type(dtype);
  }
  Value* constant(const Instr& instr) {
    if (is_floating(instr.dtype)) {
      auto single = static_cast<float>(instr.number);
      if (instr.dtype == DType::float16) single = static_cast<float>(Float16(single));
      if (instr.dtype == DType::bfloat16) single = static_cast<float>(BFloat16(single));
      return llvm::ConstantFP::get(scalar_type(instr.dtype),
                                   instr.dtype == DType::float64 ? instr.number : static_cast<double>(single));
    }
    return llvm::ConstantInt::get(scalar_type(instr.dtype), static_cast<uint64_t>(instr.integer));
  }
  Value* from_stored(Value* x, DType dtype) {
    if (is_half(dtype)) return widened_half(b_, isa_, dtype, x);
    return is_bool(dtype) ? b_.CreateICmpNE(x, llvm::Constant::getNullValue(x->getType())) : x;
  }
  Value* to_stored(Value* x, DType dtype) {
    if (is_half(dtype)) return half_bits(b_, isa_, dtype, x);
    return is_bool(dtype) ? b_.CreateZExt(x, with_element(x->getType(), b_.getInt8Ty())) : x;
  }
  static Value* wide(Value* x) { return x->getType()->isVectorTy() ? x : emitting->CreateVectorSplat(width, x); }

  // ---- memory

  const Access& access(size_t k) const {
    return k < kernel_.loads.size() ? kernel_.loads[k] : kernel_.stores[k - kernel_.loads.size()].to;
  }
  /// The lanes of a vector at `column` that lie before `end`.
  Value* mask(Value* column, Value* end) {
    Value* lanes = llvm::ConstantVector::getSplat(llvm::ElementCount::getFixed(width), b_.getInt64(0));
    llvm::SmallVector<llvm::Constant*, width> numbers;
    for (unsigned k = 0; k < width; ++k) numbers.push_back(b_.getInt64(k));
    lanes = llvm::ConstantVector::get(numbers);
    return b_.CreateICmpSLT(lanes, b_.CreateVectorSplat(width, b_.CreateSub(end, column)));
  }
  Value* places(size_t k, Value* column) {
    llvm::SmallVector<llvm::Constant*, width> numbers;
    for (unsigned n = 0; n < width; ++n) numbers.push_back(b_.getInt64(n));
    Value* index = b_.CreateAdd(b_.CreateVectorSplat(width, column), llvm::ConstantVector::get(numbers));
    return b_.CreateGEP(b_.getInt8Ty(), at_[k], b_.CreateMul(index, b_.CreateVectorSplat(width, column_steps_[k])));
  }
  Value* load(size_t k, Value* column, Value* active) {
    const Access& from = access(k);
    llvm::Type* type = stored_type(from.dtype);
    llvm::Type* vector = llvm::FixedVectorType::get(type, width);
    llvm::Align align(size_of(from.dtype));
    Value* x = nullptr;
    if (from.strides.back() == 1) {
      Value* place = b_.CreateGEP(type, at_[k], column);
      x = active ? static_cast<Value*>(
                       b_.CreateMaskedLoad(vector, place, align, active, llvm::Constant::getNullValue(vector)))
                 : b_.CreateAlignedLoad(vector, place, align);
    } else {
      Value* on = active ? active : llvm::ConstantInt::getTrue(llvm::FixedVectorType::get(b_.getInt1Ty(), width));
      x = b_.CreateMaskedGather(vector, places(k, column), align, on, llvm::Constant::getNullValue(vector));
    }
    return from_stored(x, from.dtype);
  }
  void store(size_t k, Value* value, Value* column, Value* active) {
    const Access& to = access(k);
    Value* x = to_stored(wide(value), to.dtype);
    llvm::Align align(size_of(to.dtype));
    if (to.strides.back() == 1) {
      Value* place = b_.CreateGEP(stored_type(to.dtype), at_[k], column);
      if (active)
        b_.CreateMaskedStore(x, place, align, active);
      else
        b_.CreateAlignedStore(x, place, align);
    } else {
      Value* on = active ? active : llvm::ConstantInt::getTrue(llvm::FixedVectorType::get(b_.getInt1Ty(), width));
      b_.CreateMaskedScatter(x, places(k, column), align, on);
    }
  }
  Value* spilled(uint16_t i, Value* column) {
    return b_.CreateGEP(stored_type(kernel_.code[i].dtype), spill_.at(i), column);
  }

  // ---- values

  /// One value of the row.
  void make_row(uint16_t i) {
    const Instr& instr = kernel_.code[i];
    if (instr.action == Action::load)
      row_[i] = from_stored(
          b_.CreateAlignedLoad(stored_type(instr.dtype), at_[instr.a], llvm::Align(size_of(instr.dtype))), instr.dtype);
    else if (instr.action != Action::constant)
      row_[i] = computed(instr, row_);
  }
  /// The instruction on the values of its operands.
  Value* computed(const Instr& instr, const Values& values) {
    if (instr.action == Action::convert) return converted(values[instr.a], kernel_.code[instr.a].dtype, instr.dtype);
    if (instr.prim == Prim::select) {
      Value *on = values[instr.a], *yes = values[instr.b], *no = values[instr.c];
      meet(yes, no);
      meet(on, yes);
      meet(yes, on);
      meet(no, on);
      return b_.CreateSelect(on, yes, no);
    }
    Value *x = values[instr.a], *y = scalar::arity(instr.prim) > 1 ? values[instr.b] : values[instr.a];
    meet(x, y);
    DType operands = computed_in(kernel_.code[instr.a].dtype);
    if (Value* test = tested(instr.prim, operands, x, y)) return test;
    if (is_floating(operands)) {
      // Functions work on vectors, some in halves.
      bool one = !x->getType()->isVectorTy();
      if (one) {
        x = wide(x);
        y = wide(y);
      }
      Value* result = emit_math(isa_, instr.prim, x, y);
      if (!result) {
        complete_ = false;
        return x;
      }
      return one ? b_.CreateExtractElement(result, uint64_t{0}) : result;
    }
    return integer(instr.prim, operands, x, y);
  }

  Value* tested(Prim prim, DType dtype, Value* x, Value* y) {
    bool floating = is_floating(dtype), is_signed = is_signed_integer(dtype);
    auto compare = [&](llvm::CmpInst::Predicate real, llvm::CmpInst::Predicate with_sign,
                       llvm::CmpInst::Predicate without) {
      return floating ? b_.CreateFCmp(real, x, y) : b_.CreateICmp(is_signed ? with_sign : without, x, y);
    };
    using P = llvm::CmpInst;
    Value* zero = llvm::Constant::getNullValue(x->getType());
    auto absolute = [&] { return b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x); };
    Value* infinity = floating ? llvm::ConstantFP::getInfinity(x->getType()) : nullptr;
    switch (prim) {
      case Prim::equal:
        return compare(P::FCMP_OEQ, P::ICMP_EQ, P::ICMP_EQ);
      case Prim::not_equal:
        return compare(P::FCMP_UNE, P::ICMP_NE, P::ICMP_NE);
      case Prim::less:
        return compare(P::FCMP_OLT, P::ICMP_SLT, P::ICMP_ULT);
      case Prim::less_equal:
        return compare(P::FCMP_OLE, P::ICMP_SLE, P::ICMP_ULE);
      case Prim::greater:
        return compare(P::FCMP_OGT, P::ICMP_SGT, P::ICMP_UGT);
      case Prim::greater_equal:
        return compare(P::FCMP_OGE, P::ICMP_SGE, P::ICMP_UGE);
      case Prim::logical_not:
        return floating ? b_.CreateFCmpOEQ(x, zero) : b_.CreateICmpEQ(x, zero);
      case Prim::is_nan:
        return floating ? b_.CreateFCmpUNO(x, x)
                        : llvm::ConstantInt::getFalse(with_element(x->getType(), b_.getInt1Ty()));
      case Prim::is_inf:
        return floating ? b_.CreateFCmpOEQ(absolute(), infinity)
                        : llvm::ConstantInt::getFalse(with_element(x->getType(), b_.getInt1Ty()));
      case Prim::is_finite:
        return floating ? b_.CreateFCmpOLT(absolute(), infinity)
                        : llvm::ConstantInt::getTrue(with_element(x->getType(), b_.getInt1Ty()));
      default:
        return nullptr;
    }
  }

  Value* integer(Prim prim, DType dtype, Value* x, Value* y) {
    bool is_signed = is_signed_integer(dtype);
    llvm::Type* type = x->getType();
    Value* zero = llvm::Constant::getNullValue(type);
    Value* ones = llvm::Constant::getAllOnesValue(type);
    Value* one = llvm::ConstantInt::get(type, 1);
    auto least_of = [&](bool less) {
      Value* before = is_signed ? b_.CreateICmpSLT(x, y) : b_.CreateICmpULT(x, y);
      return less ? b_.CreateSelect(before, x, y) : b_.CreateSelect(before, y, x);
    };
    auto in_width = [&] {
      return b_.CreateICmpULT(y, llvm::ConstantInt::get(type, static_cast<uint64_t>(bits_of(dtype))));
    };
    switch (prim) {
      case Prim::negative:
        return b_.CreateNeg(x);
      case Prim::absolute:
        return is_signed ? b_.CreateSelect(b_.CreateICmpSLT(x, zero), b_.CreateNeg(x), x) : x;
      case Prim::sign: {
        Value* up = b_.CreateSelect(b_.CreateICmpEQ(x, zero), zero, one);
        return is_signed ? b_.CreateSelect(b_.CreateICmpSLT(x, zero), ones, up) : up;
      }
      case Prim::add:
        return b_.CreateAdd(x, y);
      case Prim::subtract:
        return b_.CreateSub(x, y);
      case Prim::multiply:
        return b_.CreateMul(x, y);
      case Prim::floor_divide:
      case Prim::remainder:
        return divided(prim == Prim::floor_divide, is_signed, x, y);
      case Prim::minimum:
        return least_of(true);
      case Prim::maximum:
        return least_of(false);
      case Prim::bit_and:
        return b_.CreateAnd(x, y);
      case Prim::bit_or:
        return b_.CreateOr(x, y);
      case Prim::bit_xor:
        return b_.CreateXor(x, y);
      case Prim::bit_not:
        return b_.CreateNot(x);
      case Prim::shift_left: {
        Value* by = b_.CreateSelect(in_width(), y, zero);
        return b_.CreateSelect(in_width(), b_.CreateShl(x, by), zero);
      }
      case Prim::shift_right: {
        Value* by = b_.CreateSelect(in_width(), y, zero);
        return b_.CreateSelect(in_width(), is_signed ? b_.CreateAShr(x, by) : b_.CreateLShr(x, by), zero);
      }
      default:
        return x;  // rounding
    }
  }
  Value* divided(bool quotient, bool is_signed, Value* x, Value* y) {
    llvm::Type* type = x->getType();
    Value *zero = llvm::Constant::getNullValue(type), *ones = llvm::Constant::getAllOnesValue(type);
    Value *one = llvm::ConstantInt::get(type, 1), *none = b_.CreateICmpEQ(y, zero);
    if (!is_signed) {
      Value* by = b_.CreateSelect(none, one, y);
      return b_.CreateSelect(none, zero, quotient ? b_.CreateUDiv(x, by) : b_.CreateURem(x, by));
    }
    // Division by -1 is negation, which wraps where the processor would raise a signal.
    Value* minus = b_.CreateICmpEQ(y, ones);
    Value* by = b_.CreateSelect(b_.CreateOr(none, minus), one, y);
    Value *q = b_.CreateSDiv(x, by), *r = b_.CreateSub(x, b_.CreateMul(q, by));
    Value* apart = b_.CreateAnd(b_.CreateICmpNE(r, zero), b_.CreateICmpSLT(b_.CreateXor(r, by), zero));
    if (quotient) {
      Value* floor = b_.CreateSelect(apart, b_.CreateSub(q, one), q);
      return b_.CreateSelect(none, zero, b_.CreateSelect(minus, b_.CreateNeg(x), floor));
    }
    return b_.CreateSelect(b_.CreateOr(none, minus), zero, b_.CreateSelect(apart, b_.CreateAdd(r, by), r));
  }

  Value* converted(Value* x, DType from, DType to) {
    if (is_half(to)) return widened_half(b_, isa_, to, half_bits(b_, isa_, to, converted(x, from, DType::float32)));
    llvm::Type* type = with_element(x->getType(), scalar_type(to));
    bool is_unsigned = is_unsigned_integer(from) || is_bool(from);
    if (is_bool(to))
      return is_floating(from) ? b_.CreateFCmpUNE(x, llvm::Constant::getNullValue(x->getType()))
                               : b_.CreateICmpNE(x, llvm::Constant::getNullValue(x->getType()));
    if (is_floating(from) && is_floating(to)) return b_.CreateFPCast(x, type);
    if (is_floating(to)) return is_unsigned ? b_.CreateUIToFP(x, type) : b_.CreateSIToFP(x, type);
    if (is_floating(from))
      return b_.CreateIntrinsic(is_unsigned_integer(to) ? llvm::Intrinsic::fptoui_sat : llvm::Intrinsic::fptosi_sat,
                                {type, x->getType()}, {x});
    return b_.CreateIntCast(x, type, !is_unsigned);
  }

  /// Values of a pass for the columns of one vector.
  Values make_wide(const std::vector<uint16_t>& list, size_t pass, Value* column, Value* active) {
    Values values = row_;
    for (uint16_t i : passes_.spills) {
      const Instr& instr = kernel_.code[i];
      if (instr.pass >= pass) continue;
      llvm::Type* type = llvm::FixedVectorType::get(stored_type(instr.dtype), width);
      values[i] = from_stored(b_.CreateAlignedLoad(type, spilled(i, column), llvm::Align(1)), instr.dtype);
    }
    for (uint16_t i : list) {
      const Instr& instr = kernel_.code[i];
      values[i] = instr.action == Action::load ? load(instr.a, column, active) : computed(instr, values);
    }
    return values;
  }
  Value* joined(const Instr& fold, Value* x, Value* y) {
    meet(x, y);
    if (is_floating(fold.dtype)) {
      bool one = !x->getType()->isVectorTy();
      Value* result = emit_math(isa_, fold.prim, one ? wide(x) : x, one ? wide(y) : y);
      return one ? b_.CreateExtractElement(result, uint64_t{0}) : result;
    }
    return integer(fold.prim, fold.dtype, x, y);
  }

  // ---- rows

  void row() {
    for (size_t p = 0; p < passes_.passes.size(); ++p) {
      const Passes::Pass& pass = passes_.passes[p];
      for (uint16_t i : pass.row) make_row(i);
      if (pass.folds.empty())
        columns(b_.getInt64(0), columns_, 1, {}, [&](Value* column, Value* end, Values) {
          one_vector(p, column, end ? mask(column, end) : nullptr);
          return Values();
        });
      else
        fold_pass(p);
    }
    for (uint16_t i : passes_.row) make_row(i);
    for (uint16_t s : passes_.stores) {
      const Store& to = kernel_.stores[s];
      b_.CreateAlignedStore(to_stored(row_[to.value], to.to.dtype), at_[kernel_.loads.size() + s],
                            llvm::Align(size_of(to.to.dtype)));
    }
  }

  Values one_vector(size_t p, Value* column, Value* active) {
    const Passes::Pass& pass = passes_.passes[p];
    Values values = make_wide(pass.wide, p, column, active);
    for (uint16_t i : pass.spilled)
      b_.CreateAlignedStore(to_stored(wide(values[i]), kernel_.code[i].dtype), spilled(i, column), llvm::Align(1));
    for (uint16_t s : pass.stores) store(kernel_.loads.size() + s, values[kernel_.stores[s].value], column, active);
    return values;
  }

  /// Folds of at most fold_lanes partial results each: as many vectors as the widest needs go along together.
  void fold_pass(size_t p) {
    const std::vector<uint16_t>& folds = passes_.passes[p].folds;
    int most = 0;
    Values totals;
    for (uint16_t i : folds) {
      most = std::max(most, fold_lanes(kernel_.code[i].dtype) / static_cast<int>(width));
      totals.push_back(constant(kernel_.code[i]));
    }
    auto fold_block = [&](Value* from, Value* to, Values now) {
      Values lanes;
      for (uint16_t i : folds)
        for (int k = 0; k < fold_lanes(kernel_.code[i].dtype) / static_cast<int>(width); ++k)
          lanes.push_back(wide(constant(kernel_.code[i])));
      lanes = columns(from, to, most, lanes, [&](Value* column, Value* end, Values partial) {
        for (int k = 0; k < most; ++k) {
          Value* here = b_.CreateAdd(column, b_.getInt64(static_cast<uint64_t>(k) * width));
          auto vector = [&](Values partial, Value* active) {
            Values values = one_vector(p, here, active);
            size_t place = 0;
            for (uint16_t i : folds) {
              const Instr& fold = kernel_.code[i];
              int own = fold_lanes(fold.dtype) / static_cast<int>(width);
              Value*& lane = partial[place + static_cast<size_t>(k % own)];
              Value* more = joined(fold, lane, wide(values[fold.a]));
              lane = active ? b_.CreateSelect(active, more, lane) : more;
              place += static_cast<size_t>(own);
            }
            return partial;
          };
          if (end)
            partial =
                when(b_.CreateICmpSLT(here, end), partial, [&](Values some) { return vector(some, mask(here, end)); });
          else
            partial = vector(partial, nullptr);
        }
        return partial;
      });
      size_t place = 0;
      for (size_t f = 0; f < folds.size(); ++f) {
        const Instr& fold = kernel_.code[folds[f]];
        auto own = static_cast<size_t>(fold_lanes(fold.dtype)) / width;
        Values part(lanes.begin() + static_cast<std::ptrdiff_t>(place),
                    lanes.begin() + static_cast<std::ptrdiff_t>(place + own));
        now[f] = joined(fold, now[f], in_halves(fold, part));
        place += own;
      }
      return now;
    };
    // Whole blocks of columns, then the last one.
    Values done = loop(b_.getInt64(0), columns_, fold_columns, totals, [&](Value* from, Values now) {
      return fold_block(from, b_.CreateAdd(from, b_.getInt64(fold_columns)), now);
    });
    Value* stopped = done.back();
    done.pop_back();
    done =
        when(b_.CreateICmpSLT(stopped, columns_), done, [&](Values now) { return fold_block(stopped, columns_, now); });
    for (size_t f = 0; f < folds.size(); ++f) row_[folds[f]] = done[f];
  }

  /// Partial results joined, i with i + n / 2, until there is one.
  Value* in_halves(const Instr& fold, Values part) {
    while (part.size() > 1) {
      size_t half = part.size() / 2;
      for (size_t k = 0; k < half; ++k) part[k] = joined(fold, part[k], part[k + half]);
      part.resize(half);
    }
    Value* x = part[0];
    for (int half = width / 2; half > 0; half /= 2) {
      llvm::SmallVector<int, width> low, high;
      for (int k = 0; k < half; ++k) {
        low.push_back(k);
        high.push_back(k + half);
      }
      x = joined(fold, b_.CreateShuffleVector(x, low), b_.CreateShuffleVector(x, high));
    }
    return b_.CreateExtractElement(x, uint64_t{0});
  }

  // ---- columns

  bool after_fold(uint16_t s) const {
    const Instr& value = kernel_.code[kernel_.stores[s].value];
    return value.action == Action::fold || value.pass > 0;
  }

  void column_fold() {
    columns(b_.getInt64(0), columns_, column_vectors, {}, [&](Value* column, Value* end, Values) {
      if (!end) {
        down_the_rows(column, nullptr, column_vectors);
      } else {
        for (int k = 0; k < column_vectors; ++k) {
          Value* here = b_.CreateAdd(column, b_.getInt64(static_cast<uint64_t>(k) * width));
          when(b_.CreateICmpSLT(here, end), {}, [&](Values) {
            down_the_rows(here, mask(here, end), 1);
            return Values();
          });
        }
      }
      return Values();
    });
  }

  void down_the_rows(Value* column, Value* active, int vectors) {
    const Passes::Pass& pass = passes_.passes[0];
    const Values start = at_, row = row_;
    auto starts = [&] {
      Values list;
      for (uint16_t i : pass.folds)
        for (int k = 0; k < vectors; ++k) list.push_back(wide(constant(kernel_.code[i])));
      return list;
    };
    auto some_rows = [&](Value* from, Value* to, Values totals) {
      Values sums = loop(from, to, 1, starts(), [&](Value* index, Values now) {
        for (size_t k = 0; k < start.size(); ++k)
          at_[k] = b_.CreateGEP(b_.getInt8Ty(), start[k], b_.CreateMul(index, fold_steps_[k]));
        for (uint16_t i : pass.row) make_row(i);
        for (int k = 0; k < vectors; ++k) {
          Value* here = b_.CreateAdd(column, b_.getInt64(static_cast<uint64_t>(k) * width));
          Values values = make_wide(pass.wide, 0, here, active);
          for (size_t f = 0; f < pass.folds.size(); ++f) {
            const Instr& fold = kernel_.code[pass.folds[f]];
            Value*& sum = now[f * static_cast<size_t>(vectors) + static_cast<size_t>(k)];
            sum = joined(fold, sum, wide(values[fold.a]));
          }
          for (uint16_t s : pass.stores)
            if (!after_fold(s)) store(kernel_.loads.size() + s, values[kernel_.stores[s].value], here, active);
        }
        return now;
      });
      for (size_t k = 0; k < totals.size(); ++k)
        totals[k] = joined(kernel_.code[pass.folds[k / static_cast<size_t>(vectors)]], totals[k], sums[k]);
      return totals;
    };
    Values totals = loop(b_.getInt64(0), folded_, fold_rows, starts(), [&](Value* from, Values now) {
      return some_rows(from, b_.CreateAdd(from, b_.getInt64(fold_rows)), now);
    });
    Value* stopped = totals.back();
    totals.pop_back();
    totals =
        when(b_.CreateICmpSLT(stopped, folded_), totals, [&](Values now) { return some_rows(stopped, folded_, now); });
    at_ = start;
    for (int k = 0; k < vectors; ++k) {
      Value* here = b_.CreateAdd(column, b_.getInt64(static_cast<uint64_t>(k) * width));
      Values values = row;
      for (size_t f = 0; f < pass.folds.size(); ++f)
        values[pass.folds[f]] = totals[f * static_cast<size_t>(vectors) + static_cast<size_t>(k)];
      for (size_t p = 1; p < passes_.passes.size(); ++p)
        for (uint16_t i : passes_.passes[p].wide) values[i] = computed(kernel_.code[i], values);
      for (const Passes::Pass& each : passes_.passes)
        for (uint16_t s : each.stores)
          if (after_fold(s)) store(kernel_.loads.size() + s, values[kernel_.stores[s].value], here, active);
    }
    row_ = row;
  }

  const Kernel& kernel_;
  const Passes& passes_;
  Isa isa_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  llvm::Function* function_;
  Values at_;   // per load, then per store: the row's first column
  Values row_;  // per instruction: constants and values of the row
  Values fold_steps_, column_steps_;
  Value *columns_ = nullptr, *folded_ = nullptr;
  std::map<uint16_t, Value*> spill_;
  bool complete_ = true;
};

}  // namespace

std::string key_of(const Kernel& kernel) {
  std::string key;
  auto add = [&](auto value) { key.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
  add(kernel.loop);
  add(kernel.passes);
  auto add_access = [&](const Access& access) {
    add(access.dtype);
    int64_t stride = access.strides.back();
    add(static_cast<int8_t>(stride == 0 || stride == 1 ? stride : 2));
  };
  add(kernel.loads.size());
  for (const Access& load : kernel.loads) add_access(load);
  for (const Instr& instr : kernel.code) {
    add(instr.action);
    add(instr.dtype);
    add(instr.wide);
    add(instr.pass);
    add(instr.prim);
    add(instr.a);
    add(instr.b);
    add(instr.c);
    add(instr.number);
    add(instr.integer);
  }
  for (const Store& store : kernel.stores) {
    add(store.value);
    add_access(store.to);
  }
  return key;
}

bool emit(const Kernel& kernel, const Passes& passes, Isa isa, const char* name, llvm::Module& module) {
  for (const Instr& instr : kernel.code)
    if (instr.prim == Prim::power && !is_floating(instr.dtype)) return false;
  return Emitter(kernel, passes, isa, module, name).run();
}

}  // namespace koine::backend::cpu::jit
