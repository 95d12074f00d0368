#pragma once
#include "ir/graph.h"

namespace koine::compile {

/// A value as the memory of another, walked with strides: element (i, j, ...) is element
/// offset + i strides[0] + j strides[1] + ... of `base`, which is dense.
struct View {
  ir::ValueId base = 0;
  int64_t offset = 0;
  Ints strides;
};

Ints dense_strides(const Shape& shape);
/// The base itself, in its own order.
bool is_dense(const View& view, const Shape& shape);
/// What a structural op with the given piece makes of a view of `shape`; false when no strides say it.
bool through(const View& view, const Shape& shape, const ir::MapPiece& piece, View& result);

}  // namespace koine::compile
