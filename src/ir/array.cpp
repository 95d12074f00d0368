#include "base/dtype_traits.h"
#include "base/format.h"
#include "ir/node.h"

#include <cstring>

/// The members of Array that need no op.
namespace koine {

namespace {
const ir::Out& checked(const ir::Out* out) {
  if (!out) throw ValueError("this array is empty: it was declared but nothing was assigned to it");
  return *out;
}
}  // namespace

const Shape& Array::shape() const { return checked(out_).type->shape; }
DType Array::dtype() const { return checked(out_).type->dtype; }
int Array::rank() const { return checked(out_).type->rank(); }

int64_t Array::size(int axis) const {
  int n = rank();
  if (axis < -n || axis >= n)
    throw IndexError(cat("[size] axis ", axis, " is out of range for shape ", to_string(shape())));
  return shape()[axis < 0 ? axis + n : axis].value();
}

int64_t Array::size() const { return count(shape()).value(); }

bool Array::traced() const { return checked(out_).node->abstract; }

const std::byte* Array::data(std::source_location where) const {
  checked(out_);
  ir::evaluate(*this, where);
  return out_->value->data();
}

void Array::read_as(DType wanted, void* to, std::source_location where) const {
  convert(dtype(), data(where), wanted, static_cast<std::byte*>(to), size());
}

Array::operator bool() const { return item<bool>(); }

Array from_bytes(DType dtype, const Shape& shape, const void* data, std::source_location where) {
  ir::TypeRef type = ir::intern_type(dtype, shape);
  int64_t bytes = (Dim(type->count) * Dim(static_cast<int64_t>(size_of(dtype)))).value();
  auto buffer = ir::Buffer::allocate(bytes);
  if (bytes) std::memcpy(buffer->data(), data, static_cast<size_t>(bytes));
  return ir::make_leaf(type, std::move(buffer), where);
}

}  // namespace koine
