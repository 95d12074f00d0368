#include <koine/ops.h>

#include <string>
#include <utility>

/// Functions on axes, composed from structural ops.
namespace koine {

namespace {

int place_of(int axis, int rank, const char* function) {
  if (axis < -rank || axis >= rank)
    throw IndexError(std::string("[") + function + "] axis " + std::to_string(axis) + " is out of range for " +
                     std::to_string(rank) + " axes" + at_line());
  return axis < 0 ? axis + rank : axis;
}
// A number as an operand is an array without axes.
Array as_array(const Arg& x) { return x.is_array() ? x.array() : identity(x); }

}  // namespace

Array expand_dims(const Arg& arg, int axis) {
  SourceScope scope(arg.where());
  Array x = as_array(arg);
  Shape shape = x.shape();
  shape.insert(place_of(axis, x.rank() + 1, "expand_dims"), 1);
  return reshape(x, {.shape = shape});
}

Array squeeze(const Arg& arg, int axis) {
  SourceScope scope(arg.where());
  Array x = as_array(arg);
  int at = place_of(axis, x.rank(), "squeeze");
  Shape shape = x.shape();
  if (!same(shape[at], 1))
    throw ShapeError("[squeeze] axis " + std::to_string(axis) + " of " + to_string(shape) + " is not of length 1" +
                     at_line());
  shape.erase(at);
  return reshape(x, {.shape = shape});
}

Array moveaxis(const Arg& arg, int from, int to) {
  SourceScope scope(arg.where());
  Array x = as_array(arg);
  int rank = x.rank();
  from = place_of(from, rank, "moveaxis");
  to = place_of(to, rank, "moveaxis");
  if (from == to) return x;
  Ints axes;
  for (int d = 0; d < rank; ++d)
    if (d != from) axes.push_back(d);
  axes.insert(axes.begin() + to, from);
  return transpose(x, {.axes = axes});
}

Array swapaxes(const Arg& arg, int axis1, int axis2) {
  SourceScope scope(arg.where());
  Array x = as_array(arg);
  int rank = x.rank();
  Ints axes;
  for (int d = 0; d < rank; ++d) axes.push_back(d);
  std::swap(axes[static_cast<size_t>(place_of(axis1, rank, "swapaxes"))],
            axes[static_cast<size_t>(place_of(axis2, rank, "swapaxes"))]);
  return transpose(x, {.axes = axes});
}

Array repeat_in_front(const Arg& arg, Dim size) {
  SourceScope scope(arg.where());
  Array x = as_array(arg);
  Shape shape = x.shape();
  shape.insert(0, size);
  return broadcast_to(x, {.shape = shape});
}

Array stack(const std::vector<Array>& arrays, int axis, std::source_location where) {
  SourceScope scope(where);
  std::vector<Array> parts;
  for (const Array& x : arrays) parts.push_back(expand_dims(x, axis));
  return concatenate(parts, {.axis = axis});
}

std::vector<Array> split(const Arg& arg, int parts, int axis) {
  SourceScope scope(arg.where());
  Array x = as_array(arg);
  int at = place_of(axis, x.rank(), "split");
  int64_t n = x.size(at);
  if (parts <= 0 || n % parts != 0)
    throw ShapeError("[split] " + std::to_string(n) + " elements do not divide into " + std::to_string(parts) +
                     at_line());
  std::vector<Array> result;
  std::vector<Index> index(static_cast<size_t>(at), Index(all));
  index.push_back(all);
  for (int k = 0; k < parts; ++k) {
    index.back() = Slice{n / parts * k, n / parts * (k + 1)};
    result.push_back(get_at(x, index));
  }
  return result;
}

Array flatten(const Arg& arg) { return reshape(arg, {.shape = {-1}}); }

}  // namespace koine
