#include "backend/cpu/convolution.h"

#include "backend/cpu/attr.h"

#include <algorithm>

namespace koine::backend::cpu {

namespace {

int64_t product_of(const std::vector<int64_t>& sizes) {
  int64_t n = 1;
  for (int64_t size : sizes) n *= size;
  return n;
}

/// Rows of x that a range of places sees, and how far beyond its ends.
struct Rows {
  int64_t first, count, low, high;
};
Rows rows_of(const Convolution& c, int64_t first_place, int64_t places) {
  int64_t begin = first_place * c.stride[0] - c.low[0], end = begin + (places - 1) * c.stride[0] + c.extent(0);
  int64_t first = std::clamp<int64_t>(begin, 0, c.space[0]), last = std::clamp<int64_t>(end, 0, c.space[0]);
  return {first, last - first, std::max<int64_t>(-begin, 0), std::max<int64_t>(end - c.space[0], 0)};
}

}  // namespace

int64_t Convolution::x_count() const { return batch * product_of(space) * channels; }
int64_t Convolution::w_count() const { return product_of(window) * (channels / groups) * outputs; }
int64_t Convolution::y_count() const { return batch * product_of(places) * outputs; }
double Convolution::work() const {
  return 2.0 * static_cast<double>(y_count()) * static_cast<double>(product_of(window)) *
         static_cast<double>(channels / groups);
}

Convolution convolution_of(const NodeTypes& node, ir::TypeRef x, ir::TypeRef w, ir::TypeRef y) {
  auto middle = [](ir::TypeRef type, size_t from_front, size_t from_back) {
    std::vector<int64_t> sizes;
    for (size_t d = from_front; d + from_back < type->shape.size(); ++d)
      sizes.push_back(type->shape[static_cast<int64_t>(d)].value());
    return sizes;
  };
  Convolution c{};
  c.dtype = x->dtype;
  c.batch = x->shape[0].value();
  c.channels = x->shape.back().value();
  c.outputs = w->shape.back().value();
  c.groups = attr<int64_t>(node, "groups");
  c.space = middle(x, 1, 1);
  c.window = middle(w, 0, 2);
  c.places = middle(y, 1, 1);
  c.stride = attr<Ints>(node, "stride");
  c.dilation = attr<Ints>(node, "dilation");
  const Ints padding = attr<Ints>(node, "padding");
  for (size_t d = 0; d < c.space.size(); ++d) {
    c.low.push_back(padding[2 * d]);
    c.high.push_back(padding[2 * d + 1]);
  }
  return c;
}

std::vector<ConvolutionPart> parts_of(const Convolution& whole, int64_t parts, bool by_rows) {
  parts = std::max<int64_t>(parts, 1);
  const int64_t images = (whole.batch + std::min(parts, whole.batch) - 1) / std::min(parts, whole.batch);
  const int64_t image_parts = (whole.batch + images - 1) / images;
  const int64_t row_parts = by_rows && images == 1 ? std::clamp<int64_t>(parts / image_parts, 1, whole.places[0]) : 1;
  const int64_t places = (whole.places[0] + row_parts - 1) / row_parts;
  const int64_t x_image = whole.x_count() / whole.batch, y_image = whole.y_count() / whole.batch;
  const int64_t x_row = x_image / whole.space[0], y_row = y_image / whole.places[0];
  std::vector<ConvolutionPart> result;
  for (int64_t image = 0; image < whole.batch; image += images)
    for (int64_t place = 0; place < whole.places[0]; place += places) {
      ConvolutionPart part{whole, image * x_image, image * y_image + place * y_row};
      part.of.batch = std::min(images, whole.batch - image);
      if (row_parts > 1) {
        part.of.places[0] = std::min(places, whole.places[0] - place);
        const Rows rows = rows_of(whole, place, part.of.places[0]);
        // A part that sees nothing but padding is no convolution.
        if (rows.count == 0) return parts_of(whole, parts, false);
        part.of.space[0] = rows.count;
        part.of.low[0] = rows.low;
        part.of.high[0] = rows.high;
        part.x_offset += rows.first * x_row;
      }
      result.push_back(std::move(part));
    }
  return result;
}

}  // namespace koine::backend::cpu
