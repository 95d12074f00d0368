// The promotion of two dtypes, as a table.
#pragma once

#include <koine/dtype.h>

namespace koine::detail {

/// Stands in the table where two dtypes do not combine.
inline constexpr DType no_dtype = static_cast<DType>(0xff);

struct PromotionTable {
  DType rows[dtype_count][dtype_count];
};

constexpr PromotionTable make_promotion_table() {
  using enum DType;
  constexpr DType b1 = bool_, i1 = int8, i2 = int16, i4 = int32, i8 = int64, u1 = uint8, u2 = uint16, u4 = uint32,
                  u8 = uint64, h2 = float16, b2 = bfloat16, f4 = float32, f8 = float64, c8 = complex64, cx = complex128,
                  no = no_dtype;
  return {{
      // bool  int8 16  32  64  uint8 16 32 64  half bf  f32 f64 c64 c128
      {b1, i1, i2, i4, i8, u1, u2, u4, u8, h2, b2, f4, f8, c8, cx},  // bool
      {i1, i1, i2, i4, i8, i2, i4, i8, no, h2, b2, f4, f8, c8, cx},  // int8
      {i2, i2, i2, i4, i8, i2, i4, i8, no, h2, b2, f4, f8, c8, cx},  // int16
      {i4, i4, i4, i4, i8, i4, i4, i8, no, h2, b2, f4, f8, c8, cx},  // int32
      {i8, i8, i8, i8, i8, i8, i8, i8, no, h2, b2, f4, f8, c8, cx},  // int64
      {u1, i2, i2, i4, i8, u1, u2, u4, u8, h2, b2, f4, f8, c8, cx},  // uint8
      {u2, i4, i4, i4, i8, u2, u2, u4, u8, h2, b2, f4, f8, c8, cx},  // uint16
      {u4, i8, i8, i8, i8, u4, u4, u4, u8, h2, b2, f4, f8, c8, cx},  // uint32
      {u8, no, no, no, no, u8, u8, u8, u8, h2, b2, f4, f8, c8, cx},  // uint64
      {h2, h2, h2, h2, h2, h2, h2, h2, h2, h2, f4, f4, f8, c8, cx},  // float16
      {b2, b2, b2, b2, b2, b2, b2, b2, b2, f4, b2, f4, f8, c8, cx},  // bfloat16
      {f4, f4, f4, f4, f4, f4, f4, f4, f4, f4, f4, f4, f8, c8, cx},  // float32
      {f8, f8, f8, f8, f8, f8, f8, f8, f8, f8, f8, f8, f8, cx, cx},  // float64
      {c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, cx, c8, cx},  // complex64
      {cx, cx, cx, cx, cx, cx, cx, cx, cx, cx, cx, cx, cx, cx, cx},  // complex128
  }};
}

inline constexpr PromotionTable promotion_table = make_promotion_table();

}  // namespace koine::detail
