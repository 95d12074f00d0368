#pragma once
#include "backend/cpu/kernel.h"
#include "base/format.h"

#include <koine/error.h>

#include <string_view>

namespace koine::backend::cpu {

/// An attribute of a node by its name. Throws Error when the op has none of that name.
template <class T>
T attr(const NodeTypes& node, std::string_view name) {
  for (const ir::AttrField& field : node.op.attrs.fields)
    if (field.name == name) return std::get<T>(field.get(node.attrs));
  throw Error(cat("[", node.op.name, "] has no attribute ", name));
}

}  // namespace koine::backend::cpu
