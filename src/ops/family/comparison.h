#pragma once
#include "ops/family/elementwise.h"

/// Comparisons: those of numbers, whatever dtypes they are written in.
namespace koine::ops {

/// Integers of any width meet floating numbers in a dtype that holds both; a number without a dtype never wraps.
void comparison_dtypes(const ir::OpSpec& op, std::span<ir::OperandDType> operands);
/// uint64 with a signed integer, and an integer with a number beyond its range.
Array compare_instead(const ir::OpSpec& op, std::span<const Arg> args);

template <int N>
struct Comparison : Elementwise<N> {
  static constexpr Result result = Result::boolean;
  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    Elementwise<N>::template complete<T>(row);
    row.operand_dtypes = comparison_dtypes;
    row.instead = compare_instead;
  }
};

}  // namespace koine::ops
