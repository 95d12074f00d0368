#pragma once
#include "compile/view.h"
#include "ir/op_spec.h"

#include <span>

namespace koine::compile {

/// A value as what uses it sees it: memory walked with strides, or the same number everywhere.
struct Operand {
  View view = {};
  ir::TypeRef type = nullptr;
  bool constant = false;
  double number = 0;
  int64_t integer = 0;
  int32_t group = -1;  // that makes the view's base; inputs and numbers have none
};

/// A number in the dtype of a type, by the rules of `cast`.
Operand constant_of(const Number& number, ir::TypeRef type);

/// What an elementwise node gives for numbers, by its op's own definition.
Operand computed(const ir::GraphNode& node, std::span<const Operand> in, ir::TypeRef type);

}  // namespace koine::compile
