#pragma once
#include "ir/node.h"

/// Errors on their way up: the same type, with more context.
namespace koine::ir {

/// Throws an error of the same type with another text.
[[noreturn]] void rethrow_with(const Error& error, const std::string& text);
/// Adds op, operand types, attributes and the user's line, once.
[[noreturn]] void rethrow_for_op(const Error& error, const OpSpec& op, std::span<const TypeRef> operands,
                                 const AttrBox* attrs, std::source_location where);

}  // namespace koine::ir
