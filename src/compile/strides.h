#pragma once
#include <koine/attr.h>
#include <koine/dim.h>

#include <optional>

/// Arithmetic of strides: axes of some lengths, and how many elements apart their places lie.
namespace koine::compile {

Ints lengths_of(const Shape& shape);
/// Of the axes [from, to).
int64_t product(const Ints& lengths, size_t from, size_t to);
/// Row-major strides of the first `rank` axes; 0 for the others.
Ints dense(const Ints& lengths, size_t rank);
/// The strides over the last axes of a shape that a value is broadcast to.
Ints broadcast_strides(const Ints& strides, const Ints& own, const Ints& shape);
/// But for axes of length 1.
bool equal_strides(const Ints& a, const Ints& b, const Ints& lengths);
/// Whether the axes [from, to) lie in memory like one.
bool collapses(const Ints& strides, const Ints& lengths, size_t from, size_t to);
/// Strides over other axes that count as many places in the same order, or none.
std::optional<Ints> over_axes(const Ints& strides, const Ints& lengths, const Ints& others);

}  // namespace koine::compile
