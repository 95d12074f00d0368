#include <koine/nn/shape.h>

#include <algorithm>

namespace koine::nn {

namespace {

Array array_of(const Arg& x, const char* layer) {
  if (!x.is_array() || x.array().rank() == 0)
    throw ShapeError(std::string("[") + layer + "] takes an array with a batch axis" + at_line());
  return x.array();
}

}  // namespace

Array Reshape::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  const Array x = array_of(arg, "Reshape");
  Shape whole{x.shape()[0]};
  for (const int64_t size : shape) whole.push_back(size);
  return reshape(x, {.shape = whole});
}

Array Channels::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  return array_of(arg, "Channels").at(ellipsis, Slice{first, last});
}

Array Upsample::operator()(const Arg& arg) const {
  SourceScope scope(arg.where());
  const Array x = array_of(arg, "Upsample");
  const Ints times = factor.size() == 1 ? Ints(static_cast<size_t>(std::max(x.rank() - 2, 1)), factor[0]) : factor;
  if (x.shape().size() != times.size() + 2)
    throw ShapeError("[Upsample] takes (batch, spatial..., channels) with " + std::to_string(times.size()) +
                     " spatial axes, got shape " + to_string(x.shape()) + at_line());
  // An axis of copies behind each axis, then both as one.
  Shape apart{x.shape()[0]}, spread{x.shape()[0]}, joined{x.shape()[0]};
  for (size_t axis = 0; axis < times.size(); ++axis) {
    const Dim& size = x.shape()[static_cast<int64_t>(axis) + 1];
    apart.push_back(size);
    apart.push_back(1);
    spread.push_back(size);
    spread.push_back(times[axis]);
    joined.push_back(size * times[axis]);
  }
  for (Shape* shape : {&apart, &spread, &joined}) shape->push_back(x.shape().back());
  return reshape(broadcast_to(reshape(x, {.shape = apart}), {.shape = spread}), {.shape = joined});
}

Array Cast::operator()(const Arg& x) const {
  SourceScope scope(x.where());
  return cast(x, {.dtype = dtype});
}

Array Join::operator()(std::span<const Array> parts) const {
  if (parts.empty()) throw ValueError("[Join] takes at least one array" + at_line());
  if (kind == Kind::concatenate) return concatenate({parts.begin(), parts.end()}, {.axis = -1});
  Array all = parts[0];
  for (const Array& part : parts.subspan(1)) {
    if (!(part.shape() == all.shape()))
      throw ShapeError("[Join] takes arrays of one shape, got " + to_string(all.shape()) + " and " +
                       to_string(part.shape()) + at_line());
    all = kind == Kind::multiply   ? all * part
          : kind == Kind::subtract ? all - part
          : kind == Kind::maximum  ? maximum(all, part)
                                   : all + part;
  }
  return kind == Kind::average ? all / static_cast<double>(parts.size()) : all;
}

}  // namespace koine::nn
