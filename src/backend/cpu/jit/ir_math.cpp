#include "backend/cpu/jit/ir_math.h"

#include "backend/cpu/jit/ir_lanes.h"
#include "backend/cpu/math/erf.h"
#include "backend/cpu/math/exp.h"
#include "backend/cpu/math/hyperbolic.h"
#include "backend/cpu/math/inverse_hyperbolic.h"
#include "backend/cpu/math/inverse_trigonometric.h"
#include "backend/cpu/math/log.h"
#include "backend/cpu/math/order.h"
#include "backend/cpu/math/power.h"
#include "backend/cpu/math/remainder.h"
#include "backend/cpu/math/rounding.h"
#include "backend/cpu/math/trigonometric.h"

namespace koine::backend::cpu::jit {

using scalar::Prim;

namespace {

template <class V>
llvm::Value* emit(Prim prim, V x, V y) {
  switch (prim) {
    case Prim::negative:
      return (-x).value;
    case Prim::absolute:
      return abs(x).value;
    case Prim::sign:
      return math::sign(x).value;
    case Prim::add:
      return (x + y).value;
    case Prim::subtract:
      return (x - y).value;
    case Prim::multiply:
      return (x * y).value;
    case Prim::divide:
      return (x / y).value;
    case Prim::minimum:
      return math::minimum(x, y).value;
    case Prim::maximum:
      return math::maximum(x, y).value;
    case Prim::sqrt:
      return sqrt(x).value;
    case Prim::exp:
      return math::exp(x).value;
    case Prim::expm1:
      return math::expm1(x).value;
    case Prim::log:
      return math::log(x).value;
    case Prim::log1p:
      return math::log1p(x).value;
    case Prim::log2:
      return math::log2(x).value;
    case Prim::sinh:
      return math::sinh(x).value;
    case Prim::cosh:
      return math::cosh(x).value;
    case Prim::tanh:
      return math::tanh(x).value;
    case Prim::floor:
      return math::floor(x).value;
    case Prim::ceil:
      return math::ceil(x).value;
    case Prim::round:
      return math::round(x).value;
    case Prim::trunc:
      return math::trunc(x).value;
    case Prim::sin:
      return math::sin(x).value;
    case Prim::cos:
      return math::cos(x).value;
    case Prim::tan:
      return math::tan(x).value;
    case Prim::asin:
      return math::asin(x).value;
    case Prim::acos:
      return math::acos(x).value;
    case Prim::atan:
      return math::atan(x).value;
    case Prim::asinh:
      return math::asinh(x).value;
    case Prim::acosh:
      return math::acosh(x).value;
    case Prim::atanh:
      return math::atanh(x).value;
    case Prim::erf:
      return math::erf(x).value;
    case Prim::atan2:
      return math::atan2(x, y).value;
    case Prim::hypot:
      return math::hypot(x, y).value;
    case Prim::power:
      return math::power(x, y).value;
    case Prim::remainder:
      return math::remainder(x, y).value;
    case Prim::floor_divide:
      return math::floor_divide(x, y).value;
    default:
      return nullptr;
  }
}

template <Isa isa>
llvm::Value* emit_for(Prim prim, llvm::Value* x, llvm::Value* y) {
  using Float = IrLanes<float, isa>;
  using Double = IrLanes<double, isa>;
  if (x->getType()->getScalarType()->isFloatTy()) return emit(prim, Float{x}, Float{y});
  return emit(prim, Double{x}, Double{y});
}

}  // namespace

llvm::Value* emit_math(Isa isa, Prim prim, llvm::Value* x, llvm::Value* y) {
  switch (isa) {
    case Isa::avx512:
      return emit_for<Isa::avx512>(prim, x, y);
    case Isa::avx2:
      return emit_for<Isa::avx2>(prim, x, y);
    default:
      return emit_for<Isa::baseline>(prim, x, y);
  }
}

}  // namespace koine::backend::cpu::jit
