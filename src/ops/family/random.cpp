#include "ops/family/random.h"

#include <koine/ops.h>

namespace koine::ops {

Shape axes_of_keys(const TypeInput& in) {
  Shape shape = in.shape(0);
  if (in.dtype(0) != uint32) throw DTypeError("the words of a key are uint32, got " + to_string(in.dtype(0)));
  if (shape.empty() || !same(shape.back(), 2)) throw ShapeError("a key has two words, got shape " + to_string(shape));
  shape.pop_back();
  return shape;
}

OpenUniform open_uniform(const Array& key, const Shape& shape, DType dtype) {
  bool wide = dtype == float64;
  double unit = wide ? 0x1p-64 : 0x1p-32;
  Array bits = random_bits(key, {.shape = shape, .dtype = wide ? uint64 : uint32});
  // As signed numbers the bits are v - 2^(w-1).
  Array middle = bits ^ (wide ? uint64_t{1} << 63 : uint64_t{1} << 31);
  auto scaled = [&](const Array& integers, double by) { return (cast(integers, {.dtype = dtype}) + 0.5) * by; };
  return {scaled(bits, unit), scaled(~bits, unit), scaled(cast(middle, {.dtype = wide ? int64 : int32}), 2 * unit)};
}

}  // namespace koine::ops
