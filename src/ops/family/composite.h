#pragma once
#include "ops/family/op.h"

#include <koine/ops.h>

/// Composite ops: a body over arrays, kept whole in the graph. An op writes `body` (operands and, when it
/// has attributes, those last), optionally its own `vjp`; types, jvp, vjp, vmap and the
/// reference kernel follow from the body.
namespace koine::ops {

/// Operands that a body computes with: brought to one floating dtype. Throws DTypeError for complex ones.
void floating_dtypes(std::span<ir::OperandDType> operands);
/// Operands that name places: integers of any width. Throws DTypeError with what they are.
void integer_dtypes(std::span<ir::OperandDType> operands, const char* what);

/// What a body computes in: float16 and bfloat16 in float32, the others in themselves.
DType wide_dtype(DType dtype);
/// x in wide_dtype.
Array widened(const Array& x);
/// The largest elements along axes, for an exponential to be relative to: 0 where all are minus infinity, so that these
/// exponentials are 0 and no infinity is taken from another. No derivative passes.
Array top_for_exp(const Array& x, const Axes& axis);
/// Sums of such exponentials, 1 where there are none but zeros.
Array positive_total(const Array& exponentials, const Axes& axis);

/// A power of two for each vector of sizes |x| along axes: times it, their squares neither overflow nor vanish.
Array power_of_two_for_squares(const Array& sizes, const Axes& axis);

struct Composite : OpBase {
  static constexpr Promote promote = Promote::inexact;

  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = ir::Family::composite;
    row.body = [](std::span<const Array> in, const void* attrs) -> Arrays {
      return [&]<size_t... I>(std::index_sequence<I...>) {
        if constexpr (detail::has_attrs<T>)
          return detail::to_arrays(T::body((I < in.size() ? in[I] : Array())..., detail::attrs_of<T>(attrs)));
        else
          return detail::to_arrays(T::body((I < in.size() ? in[I] : Array())...));
      }(std::make_index_sequence<std::size(T::args)>());
    };
  }
};

}  // namespace koine::ops
