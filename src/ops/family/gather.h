#pragma once
#include "ops/family/slicing.h"

#include <string>

/// Ops that read or write positions which an operand names. Indices count from the front or, when negative, from
/// the end. What happens outside -n to n-1 is said by a mode:
///   raise  IndexError that names the index and its place
///   clip   the nearest position (a negative index is the first one)
///   wrap   the remainder by n
///   fill   no position, nor has a negative index: reading gives NaN (0 where there is none), writing is left out
///   zero   as fill, but reading gives 0, which is how the derivative of `fill` reads
namespace koine::ops {

/// Along which axis, and how many leading axes x and the indices have in common.
struct GatherAttrs {
  const int64_t& axis;
  const std::string& mode;
  const int64_t& batch;
};

/// x, integer indices, and what is written into x, which takes x's dtype.
void indexed_dtypes(std::span<ir::OperandDType> operands);
/// Throws ValueError for a mode that is none of raise, clip, wrap, fill and, when reading, zero.
void check_mode(const std::string& mode, bool reading);

/// Throws IndexError when indices are asked for positions of an axis that has none.
void check_axis_length(Dim n, const Shape& indices, const std::string& mode);

/// x[:axis] + indices[batch:] + x[axis+1:].
Shape gathered_shape(const Shape& x, const Shape& indices, GatherAttrs attrs);
/// Throws unless operand 2 has the shape that gathering at the indices gives.
void check_updates(const TypeInput& in, GatherAttrs attrs);
/// Throws unless x and the indices have equal shapes but along the axis.
void check_along(const TypeInput& in, int64_t axis);

void gather_reference(const KernelInput& kernel, GatherAttrs attrs);
/// Writes updates over x, later ones over earlier ones, or adds them.
void scatter_reference(const KernelInput& kernel, GatherAttrs attrs, bool add);
void take_along_reference(const KernelInput& kernel, int64_t axis);
void put_along_add_reference(const KernelInput& kernel, int64_t axis);
void ravel_reference(const KernelInput& kernel, const Shape& shape, const std::string& mode);

/// Where both x and the indices have the batch it is a common axis; the op is then recorded with `batch` one larger.
/// True when the indices are shared by the whole batch and can stay as they are.
bool shares_indices(const BatchInput& node, int64_t batch);

/// The mode in which a derivative reads what `mode` read or wrote.
inline std::string reading_mode(const std::string& mode) { return mode == "fill" ? "zero" : mode; }
/// The mode in which a derivative writes what `mode` read.
inline std::string writing_mode(const std::string& mode) { return mode == "zero" ? "fill" : mode; }

/// Whether each update of a scatter is the last one at its position, as a mask that broadcasts with the updates.
Array last_at_position(const Array& x, const Array& indices, GatherAttrs attrs);

}  // namespace koine::ops
