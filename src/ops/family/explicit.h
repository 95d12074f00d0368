#pragma once
#include "ops/family/op.h"

/// Families whose ops write all their rules.
namespace koine::ops {

template <ir::Family F>
struct Explicit : OpBase {
  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = F;
  }
};

/// Sorting, random numbers: a kernel of their own.
using Library = Explicit<ir::Family::library>;

}  // namespace koine::ops
