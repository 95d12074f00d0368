#pragma once
#include "ops/family/elementwise.h"

namespace koine::ops {

struct NotEqual : Elementwise<2> {
  static constexpr auto doc = "Whether x1 differs from x2, elementwise; NaN differs from everything.";
  static constexpr Accept accept = Accept::any;
  static constexpr Result result = Result::boolean;
  static auto body(auto x1, auto x2) { return x1 != x2; }
};

}  // namespace koine::ops
