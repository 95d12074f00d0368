#pragma once
#include <koine/dim.h>
#include <koine/dtype.h>
#include "base/narrow.h"

#include <string>

/// The interned type of a value: dtype and shape.
namespace koine::ir {

struct Type {
  DType dtype;
  Shape shape;
  uint64_t hash;
  bool concrete;
  int64_t count = 0;  // elements, when concrete
  int64_t bytes = 0;  // of the elements, when concrete
  int rank() const { return narrow<int>(shape.size()); }
};
/// Equal types are the same pointer. Types live as long as the process.
using TypeRef = const Type*;

/// Throws ShapeError for a negative length.
TypeRef intern_type(DType dtype, const Shape& shape);
/// "float32[3, 7]"
std::string to_string(const Type& type);

}  // namespace koine::ir
