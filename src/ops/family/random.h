#pragma once
#include "ops/family/op.h"

/// What random ops share. A key is two uint32 words along the last axis; axes before it are many keys.
namespace koine::ops {

/// The axes before the words. Throws DTypeError or ShapeError unless x is an array of keys.
Shape axes_of_keys(const TypeInput& in);

/// Calls `f(key, number)` for each key of a tensor of keys, in order.
template <class F>
void for_each_key(const ir::TensorRef& keys, F&& f) {
  const uint32_t* words = keys.as<uint32_t>();
  for (int64_t i = 0, n = keys.count() / 2; i < n; ++i) f({words[2 * i], words[2 * i + 1]}, i);
}

/// Numbers strictly between 0 and 1 of a floating dtype: u = (v + 1/2) / 2^w of w random bits v, w being 32, or 64 for
/// float64. Its distance from 1 and from 1/2 are rounded once each, so that no end loses digits.
struct OpenUniform {
  Array u;
  Array rest;     // 1 - u
  Array centred;  // 2 u - 1
};
OpenUniform open_uniform(const Array& key, const Shape& shape, DType dtype);

}  // namespace koine::ops
