#pragma once
#include "ops/family/composite.h"

namespace koine::ops {

struct ScratchSinCos : Composite {
  static constexpr const char* outputs[] = {"sine", "cosine"};
  static constexpr auto doc = "Sine and cosine of an angle in radians, elementwise.";
  static void operand_dtypes(std::span<ir::OperandDType> operands) { floating_dtypes(operands); }
  static Arrays body(Array x) { return {sin(x), cos(x)}; }
  static std::vector<Sample> samples() { return {sample<ScratchSinCos>({{{5}}}), sample<ScratchSinCos>({{{2, 3}}})}; }
};

}  // namespace koine::ops
