#pragma once
#include "backend/cpu/kernel.h"

#include <vector>

/// Convolutions and their two gradients, channels last.
namespace koine::backend::cpu {

/// Sizes of one convolution of x (batch, space..., channels) with w (window..., channels / groups, outputs) that gives
/// y (batch, places..., outputs); one number for each spatial axis.
struct Convolution {
  DType dtype;
  int64_t batch, channels, outputs, groups;
  std::vector<int64_t> space, window, places, stride, dilation, low, high;

  /// Elements from the first to behind the last tap of the window.
  int64_t extent(size_t axis) const { return (window[axis] - 1) * dilation[axis] + 1; }
  int64_t x_count() const;
  int64_t w_count() const;
  int64_t y_count() const;
  /// Multiplications and additions.
  double work() const;
  bool operator==(const Convolution&) const = default;
};

/// The convolution of a node with the attributes `stride`, `padding`, `dilation` and `groups`, given the types of the
/// three arrays.
Convolution convolution_of(const NodeTypes& node, ir::TypeRef x, ir::TypeRef w, ir::TypeRef y);

/// y from x and w. Each is null where no library serves these types.
std::unique_ptr<NodeKernel> make_convolution(const Convolution& of);
/// The cotangent of x from that of y and w.
std::unique_ptr<NodeKernel> make_convolution_input(const Convolution& of);
/// The cotangent of w from x and the cotangent of y.
std::unique_ptr<NodeKernel> make_convolution_weight(const Convolution& of);

/// A part of a convolution that is one itself: some images, and for each some of its places along the first spatial
/// axis, with the rows of x that they see.
struct ConvolutionPart {
  Convolution of;
  int64_t x_offset, y_offset;  // in elements
};
/// Cuts a convolution into about `parts` parts, by images first, then by rows. It may give fewer.
std::vector<ConvolutionPart> parts_of(const Convolution& whole, int64_t parts, bool by_rows);

}  // namespace koine::backend::cpu
