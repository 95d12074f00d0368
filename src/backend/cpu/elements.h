#pragma once
#include "compile/kernel.h"

/// What the instructions of kernels do to blocks of elements.
///
/// Blocks hold float32 for float16, bfloat16 and float32, float64, and for integers and bool 64 bits, signed or
/// unsigned as their dtype is, always within its range.
namespace koine::backend::cpu {

inline constexpr int block_size = 256;

/// A block of values.
struct alignas(64) Block {
  std::byte bytes[block_size * 8];
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(bytes);
  }
  template <class T>
  const T* as() const {
    return reinterpret_cast<const T*>(bytes);
  }
};

/// n elements `stride` apart in memory (in elements), and back.
void load(DType dtype, const std::byte* from, int64_t stride, int n, Block& to);
void store(DType dtype, const Block& from, int n, std::byte* to, int64_t stride);
/// n copies of a number: the float `number`, or the integer of another dtype.
void fill(DType dtype, double number, int64_t integer, int n, Block& to);
/// By the rules of `cast`.
void convert(DType from_dtype, const Block& from, DType to_dtype, int n, Block& to);
/// A primitive on operands of one dtype (the first of `select` is bool); gives the dtype of the instruction.
void compute(scalar::Prim prim, DType operands, const Block& a, const Block& b, const Block& c, DType result, int n,
             Block& to);

}  // namespace koine::backend::cpu
