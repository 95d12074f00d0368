#pragma once
#include "compile/group.h"

#include <optional>

/// Values that are joined from others: concatenations, padded arrays, gradients of slices and their sums.
namespace koine::compile {

/// A box of a value: element i of it, which is element i of `from`, lies at start + steps * i.
struct Box {
  Ints start, size, steps;
  Operand from;
};

/// A value that is zero but in boxes that share no element. Sums of such values (the gradients of slices) are such
/// values, and where boxes of one size fill all of it one kernel can make them.
struct Parts {
  std::vector<Box> boxes;
  uint32_t node = 0;
  const ir::OpSpec* sum = nullptr;  // that joined them

  bool have_one_size() const;
  /// How many elements they have.
  int64_t count() const;
};

/// What a structural op makes of its operands; none when boxes overlap or there are too many, when what is between them
/// is not zero, or no strides say how a box walks over its operand.
std::optional<Parts> parts_of(const ir::IndexMap& map, ir::TypeRef type, std::span<const Operand> operands);

/// Of values of one type; none when boxes overlap, differ in size or are too many.
std::optional<Parts> sum_of(std::span<const Parts* const> terms, const ir::OpSpec& sum);

/// Stores the parts of a value, which fill it, from a group. False when they do not fit, and the group is in pieces
/// then. Where a sum adds nothing to a part, that value is new: its type is appended to `types`.
bool add_parts(Group& group, const Parts& parts, ir::ValueId v, std::vector<ir::TypeRef>& types);

}  // namespace koine::compile
