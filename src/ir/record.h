#pragma once
#include "ir/node.h"

/// Calls whose outcome is known: an op with the same attributes on operands of the same types was called before, no
/// operand had to be cast, and there is one result. So promotion, canonical attributes and types need not be found
/// again.
namespace koine::ir {

inline constexpr size_t most_known_operands = 3;

/// Records the call, or gives an empty array when it is not known, as none is with a number, an empty array or many
/// operands. `attrs` are as the caller gave them.
Array record_known(const OpSpec& op, std::span<const Arg* const> args, const void* attrs);
/// Remembers a call of few operands by these, its attributes as given, and its result. Bounded: another call may take
/// its place.
void remember_call(std::span<const Array> in, const AttrRef& given, const Array& out);

}  // namespace koine::ir
