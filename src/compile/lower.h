#pragma once
#include "compile/kernel.h"
#include "ir/op_spec.h"

#include <span>

/// Ops as instructions of a kernel.
namespace koine::compile {

/// Whether kernels compute with the dtype.
bool is_lowered(DType dtype);
/// The type that values of a dtype are computed in.
DType computed_in(DType dtype);
/// Whether a primitive's result is a bool, whatever its operands are.
bool is_test(scalar::Prim prim);

/// Appends the scalar body of an elementwise op on the operands' instructions; returns the result's, in dtype `out`.
uint16_t lower_body(std::vector<Instr>& code, const scalar::Program& body, std::span<const uint16_t> operands,
                    DType out);
uint16_t lower_constant(std::vector<Instr>& code, DType dtype, double number, int64_t integer);
uint16_t lower_convert(std::vector<Instr>& code, uint16_t value, DType to);

/// Whether a body of two operands gives the other one back, as it is, when operand `k` is this number everywhere.
bool is_neutral(const scalar::Program& body, size_t k, DType dtype, double number);

/// Whether a body is a single primitive without a choice in its result: whoever computes it gives the same bits.
bool is_exact(const scalar::Program& body);

/// The one primitive that a fold joins two values by, or Prim::input when there is none.
scalar::Prim monoid_of(const scalar::Program& combine);
/// Appends a fold of a value that has the result's dtype.
uint16_t lower_fold(std::vector<Instr>& code, scalar::Prim prim, uint16_t value);

}  // namespace koine::compile
