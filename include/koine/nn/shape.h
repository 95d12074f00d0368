#pragma once
#include <koine/nn/model.h>

#include <span>

/// Layers without parameters that place values otherwise, and that join what several layers give.
namespace koine::nn {

/// (batch, ...) to (batch, shape...). Throws ShapeError unless the elements are as many.
struct Reshape {
  Ints shape;

  Array operator()(const Arg& x) const;
};

/// The channels [first, last) of the last axis.
struct Channels {
  int64_t first = 0, last = 0;

  Array operator()(const Arg& x) const;
};

/// Repeats each position along the spatial axes: (batch, spatial..., channels), with one factor for all axes or one for
/// each.
struct Upsample {
  Ints factor = {2, 2};

  Array operator()(const Arg& x) const;
};

/// The same values in another dtype.
struct Cast {
  DType dtype = float32;

  Array operator()(const Arg& x) const;
};

/// Several arrays in one. All but `concatenate`, which joins the last axes, take them of one shape.
struct Join {
  enum class Kind : uint8_t { add, subtract, multiply, maximum, average, concatenate };
  Kind kind = Kind::add;

  /// Throws ShapeError for arrays that do not fit, ValueError for none.
  Array operator()(std::span<const Array> parts) const;
};

}  // namespace koine::nn
