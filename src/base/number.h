// Numbers without a dtype, and whether a dtype holds them.
#pragma once

#include <koine/attr.h>

namespace koine {

/// Whether an integer is in the range of an integer dtype. Every other dtype holds every integer, if not exactly.
bool in_range(const Number& integer, DType dtype);

/// The number in a form that every dtype which holds it can be made of: one beyond 64 bits as a floating number.
inline Number storable(const Number& number) { return number.is_beyond_integers() ? Number(number.real()) : number; }

/// Throws OverflowError for a number beyond the range of an integer dtype, or a NaN there, and DTypeError for a complex
/// number that a real dtype would cut. What is behind the point of a floating number is cut.
void check_fits(const Number& number, DType dtype);

}  // namespace koine
