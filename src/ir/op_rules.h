#pragma once
#include <span>

namespace koine::ir {

/// Which rules the file of an op writes itself; the others follow from its family or its body.
struct OwnRules {
  bool jvp, vjp, vmap, reference;
};

/// One entry for each row of op_table().
std::span<const OwnRules> own_rules();

}  // namespace koine::ir
