#include "ops/family/convolution.h"
#include "base/narrow.h"

#include "base/format.h"
#include "ir/node.h"

#include <koine/ops.h>

namespace koine::ops {

namespace {

size_t spatial_rank(const Shape& shape) { return shape.size() - 2; }

/// Places of a window along an axis of n elements.
Dim places(Dim n, Dim taps, ConvolutionAttrs a, size_t d) {
  Dim padded = n + a.padding[2 * d] + a.padding[2 * d + 1], extent = reach(taps, a.dilation[d]);
  Dim room = padded - extent;
  if (room.is_concrete() && room.value() < 0)
    throw ShapeError(cat("the window covers ", extent, " elements of spatial axis ", d, ", which has ", padded,
                         " with its padding"));
  return floor_div(room, a.stride[d]) + 1;
}

void check_ranks(const TypeInput& in) {
  check_convolution_ranks(in);
  if (in.dtype(0) != in.dtype(1)) throw DTypeError("operands have different dtypes");
}

void check_groups(Dim channels, int64_t groups, const char* what) {
  if (!same(mod(channels, groups), 0))
    throw ShapeError(cat(channels, " ", what, " do not divide into ", groups, " groups"));
}

void check_same(Dim a, Dim b, const char* what, const char* where_a, const char* where_b) {
  if (!(a == b)) throw ShapeError(cat(what, " differ: ", a, " in ", where_a, ", ", b, " in ", where_b));
}

// The places of ct must be those that a convolution of these sizes has.
void check_places(const Shape& ct, const Shape& x, const Shape& window, ConvolutionAttrs a) {
  for (size_t d = 0; d < window.size(); ++d) {
    auto axis = static_cast<int64_t>(d);
    Dim want = places(x[axis], window[axis], a, d);
    if (!(want == ct[axis + 1]))
      throw ShapeError(cat("ct has ", ct[axis + 1], " places on spatial axis ", d, ", the convolution has ", want));
  }
}

void check_spatial(const Shape& sizes, const Shape& operand, const char* what) {
  if (sizes.size() != spatial_rank(operand))
    throw ShapeError(cat(what, " ", sizes, " needs one size per spatial axis of ", operand));
}

Shape joined(Dim first, const Shape& middle, std::initializer_list<Dim> last) {
  Shape shape{first};
  for (Dim d : middle) shape.push_back(d);
  for (Dim d : last) shape.push_back(d);
  return shape;
}

}  // namespace

void check_convolution_ranks(const TypeInput& in) {
  const int rank = in.in[0]->rank(), other = in.in[1]->rank();
  if (rank < 3 || rank > 5)
    throw ShapeError(cat("needs a batch axis, 1 to 3 spatial axes and a channel axis, got ", ir::to_string(*in.in[0])));
  if (other != rank)
    throw ShapeError(cat("the operands have different numbers of axes, ", rank - 2, " and ", other - 2,
                         " spatial ones: ", ir::to_string(*in.in[0]), " and ", ir::to_string(*in.in[1]),
                         "; a window has a size for each, as [3, 3] for images"));
}

Shape spatial_of(const Shape& x) { return {x.begin() + 1, x.end() - 1}; }
Shape window_of(const Shape& w) { return {w.begin(), w.end() - 2}; }

void convolution_normalize(Ints& stride, Ints& padding, Ints& dilation, int64_t groups, int rank) {
  const auto n = static_cast<size_t>(std::max(rank - 2, 1));
  per_axis(stride, n, 1, 1, "stride");
  per_axis(dilation, n, 1, 1, "dilation");
  padding = pads_per_axis(padding, n);
  if (groups < 1) throw ValueError(cat("groups is at least 1, got ", groups));
}

void convolution_normalize(Ints& stride, Padding& padding, Ints& dilation, int64_t groups, const Shape& lengths,
                           const Shape& window) {
  Ints none;
  convolution_normalize(stride, none, dilation, groups, narrow<int>(lengths.size()) + 2);
  Shape reaches;
  for (size_t d = 0; d < window.size(); ++d) reaches.push_back(reach(window[static_cast<int64_t>(d)], dilation[d]));
  padding = pads_per_axis(padding, {lengths, reaches, stride});
}

TypeValue convolution_infer(const TypeInput& in, ConvolutionAttrs a) {
  check_ranks(in);
  const Shape &x = in.shape(0), &w = in.shape(1);
  check_groups(x[-1], a.groups, "channels of x");
  check_groups(w[-1], a.groups, "outputs of w");
  if (!(floor_div(x[-1], a.groups) == w[-2])) {
    const bool first = same(x[1], w[-2] * a.groups),
               torch = same(w[1] * a.groups, x[-1]) || same(w[1] * a.groups, x[1]);
    throw ShapeError(
        cat("channels differ: x ", ir::to_string(*in.in[0]), " has ", x[-1], " in ", a.groups,
            a.groups == 1 ? " group" : " groups", ", w ", ir::to_string(*in.in[1]), " takes ", w[-2], " a group",
            first   ? "; x looks like (batch, channels, spatial...): moveaxis(x, 1, -1) brings the channels last"
            : torch ? "; w looks like (outputs, channels, window...), here it is (window..., channels, outputs)"
                    : ""));
  }
  Shape y{x[0]};
  for (size_t d = 0; d < spatial_rank(x); ++d)
    y.push_back(places(x[static_cast<int64_t>(d + 1)], w[static_cast<int64_t>(d)], a, d));
  y.push_back(w[-1]);
  return {in.dtype(0), y};
}

TypeValue convolution_input_infer(const TypeInput& in, ConvolutionAttrs a, const Shape& input_shape) {
  check_ranks(in);
  const Shape &ct = in.shape(0), &w = in.shape(1);
  check_spatial(input_shape, ct, "input_shape");
  check_groups(w[-1], a.groups, "outputs of w");
  check_same(ct[-1], w[-1], "outputs", "ct", "w");
  check_places(ct, input_shape, window_of(w), a);
  return {in.dtype(0), joined(ct[0], input_shape, {w[-2] * a.groups})};
}

TypeValue convolution_weight_infer(const TypeInput& in, ConvolutionAttrs a, const Shape& kernel) {
  check_ranks(in);
  const Shape &x = in.shape(0), &ct = in.shape(1);
  check_spatial(kernel, x, "kernel");
  check_groups(x[-1], a.groups, "channels of x");
  check_groups(ct[-1], a.groups, "outputs of ct");
  check_same(x[0], ct[0], "batches", "x", "ct");
  check_places(ct, spatial_of(x), kernel, a);
  Shape w = kernel;
  w.push_back(floor_div(x[-1], a.groups));
  w.push_back(ct[-1]);
  return {in.dtype(0), w};
}

namespace {

/// The axis that takes up the batch, in `parts` equal parts with the batch inside each.
struct Place {
  int64_t axis;
  int64_t parts;
};

/// The batch belongs to the index that the arrays which have it share: the batch of x and y, the channels of x and w,
/// the outputs of w and y, or, when all three have it, the groups.
Place place_of(ConvolutionRole role, const bool (&has)[3], int64_t groups) {
  if (has[0] && has[1] && has[2]) return {-1, 1};
  if (has[0] && has[2]) return {0, 1};
  return role == ConvolutionRole::w && has[0] ? Place{-2, 1} : Place{-1, groups};
}

int axis_of(Place place, int rank) { return static_cast<int>(place.axis < 0 ? rank + place.axis : place.axis); }

Array fold(const Array& batched, Place place) {
  int at = axis_of(place, batched.rank() - 1);
  Shape shape = batched.shape();
  Dim size = shape[0], inner = floor_div(shape[at + 1], place.parts);
  shape[at + 1] = inner;
  shape.insert(at + 1, place.parts);
  Array moved = moveaxis(reshape(batched, {.shape = shape}), 0, at + 1);
  Shape folded = batched.shape();
  folded.erase(0);
  folded[at] = inner * size * place.parts;
  return reshape(moved, {.shape = folded});
}

Array unfold(const Array& folded, Place place, Dim size) {
  int at = axis_of(place, folded.rank());
  Shape shape = folded.shape(), split = shape;
  Dim own = floor_div(shape[at], size);
  split[at] = place.parts;
  split.insert(at + 1, size);
  split.insert(at + 2, floor_div(own, place.parts));
  Array moved = moveaxis(reshape(folded, {.shape = split}), at + 1, 0);
  shape[at] = own;
  shape.insert(0, size);
  return reshape(moved, {.shape = shape});
}

}  // namespace

Array convolution_vmap(const BatchInput& node, std::span<const ConvolutionRole> roles, int64_t groups,
                       Array (*run)(const BatchInput& node, const Array& x1, const Array& x2, int64_t groups)) {
  Arrays in(node.in.begin(), node.in.end());
  // No batch at all has no groups either: the result is that of one element, repeated no times.
  if (same(node.size, 0)) {
    for (size_t i = 0; i < in.size(); ++i) {
      Shape shape = in[i].shape();
      if (node.batched[i]) shape.erase(0);
      in[i] = zeros(shape, in[i].dtype());
    }
    return repeat_in_front(run(node, in[0], in[1], groups), 0);
  }
  bool has[3] = {};
  has[static_cast<int>(roles.back())] = true;
  for (size_t i = 0; i < in.size(); ++i) has[static_cast<int>(roles[i])] = node.batched[i];
  for (size_t i = 0; i < in.size(); ++i)
    if (node.batched[i]) in[i] = fold(in[i], place_of(roles[i], has, groups));
  bool all_three = has[0] && has[1] && has[2];
  Array y = run(node, in[0], in[1], all_three ? groups * node.size.value() : groups);
  return unfold(y, place_of(roles.back(), has, groups), node.size);
}

}  // namespace koine::ops
