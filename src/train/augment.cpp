#include "train/augment.h"

#include "base/format.h"

#include <koine/ops.h>

#include <algorithm>
#include <cmath>

namespace koine::train {

namespace {

// A number in [low, high) for each example, to be broadcast over the other axes.
Array each(const Key& key, const Array& x, double low, double high) {
  return uniform(key, {.shape = {x.shape()[0], 1, 1, 1}, .dtype = x.dtype(), .low = low, .high = high});
}

Array whole(const Array& x) { return cast(round(x), {.dtype = int64}); }

// The pixels at (row, column), brought into the image; both (examples, height, width, 1).
Array pixels(const Array& x, const Array& row, const Array& column) {
  const int64_t height = x.size(1), width = x.size(2), channels = x.size(3);
  const Array place = clip(row, 0, height - 1) * width + clip(column, 0, width - 1);
  const Array flat = reshape(x, {.shape = {x.size(0), height * width, channels}});
  const Array index = broadcast_to(reshape(place, {.shape = {x.size(0), height * width, 1}}), {.shape = flat.shape()});
  return reshape(take_along_axis(flat, index, {.axis = 1}), {.shape = x.shape()});
}

struct Grid {
  Array row, column;
};
Grid grid(const Array& x) {
  const Array zero = zeros({x.size(0), x.size(1), x.size(2), 1}, int64);
  return {zero + reshape(arange(x.size(1)), {.shape = {1, x.size(1), 1, 1}}),
          zero + reshape(arange(x.size(2)), {.shape = {1, 1, x.size(2), 1}})};
}

Array flip(const Array& x, const Key& key) { return where(each(key, x, 0, 1) < 0.5, reverse(x, {.axes = {2}}), x); }

Array shift(const Array& x, const Key& key) {
  const double height = static_cast<double>(x.size(1)) / 8, width = static_cast<double>(x.size(2)) / 8;
  const Grid at = grid(x);
  return pixels(x, at.row + whole(each(key.fold_in(0), x, -height, height)),
                at.column + whole(each(key.fold_in(1), x, -width, width)));
}

Array crop(const Array& x, const Key& key) {
  const Grid at = grid(x);
  const auto from_part = [&](const Array& place, int64_t side, int64_t number) {
    const Array part = each(key.fold_in(number), x, 0.75, 1);
    const Array first = each(key.fold_in(number + 1), x, 0, 1) * (1 - part) * static_cast<double>(side - 1);
    return whole(first + cast(place, {.dtype = x.dtype()}) * part);
  };
  return pixels(x, from_part(at.row, x.size(1), 0), from_part(at.column, x.size(2), 2));
}

Array rotate(const Array& x, const Key& key) {
  const Array angle = each(key, x, -M_PI / 12, M_PI / 12);
  const Grid at = grid(x);
  const double middle_row = static_cast<double>(x.size(1) - 1) / 2,
               middle_column = static_cast<double>(x.size(2) - 1) / 2;
  const Array row = cast(at.row, {.dtype = x.dtype()}) - middle_row;
  const Array column = cast(at.column, {.dtype = x.dtype()}) - middle_column;
  return pixels(x, whole(row * cos(angle) - column * sin(angle) + middle_row),
                whole(row * sin(angle) + column * cos(angle) + middle_column));
}

Array noise(const Array& x, const Key& key) { return x + normal(key, {.shape = x.shape(), .dtype = x.dtype()}) * 0.05; }

Array cut_out(const Array& x, const Key& key) {
  const Grid at = grid(x);
  const auto outside = [&](const Array& place, int64_t side, int64_t number) {
    const int64_t length = std::max<int64_t>(side / 4, 1);
    const Array first = cast(each(key.fold_in(number), x, 0, static_cast<double>(side - length + 1)), {.dtype = int64});
    return (place < first) | (place >= first + length);
  };
  return where(outside(at.row, x.size(1), 0) | outside(at.column, x.size(2), 1), x, 0);
}

struct Named {
  const char* name;
  Array (*change)(const Array& x, const Key& key);
};
constexpr Named changes[] = {{"flip", flip},   {"shift", shift},     {"rotate", rotate},
                             {"noise", noise}, {"cut_out", cut_out}, {"crop", crop}};

}  // namespace

namespace {

bool mixes(const Config& config) {
  return std::find(config.data.augment.begin(), config.data.augment.end(), "mixup") != config.data.augment.end();
}

}  // namespace

data::Batch changed(const Config& config, const data::Batch& batch, int64_t classes, const Key& key) {
  const Array x = augmented(config, batch.x, key);
  if (!mixes(config)) return {x, batch.y};
  const Array part = uniform(key.fold_in(1000), {.shape = {x.shape()[0]}});
  // Batches are shuffled, so the one before is any other.
  const auto mixed = [&](const Array& one) {
    Shape shape{one.shape()[0]};
    for (int axis = 1; axis < one.rank(); ++axis) shape.push_back(1);
    const Array p = reshape(part, {.shape = shape});
    const Array other = concatenate({one.at(Slice{-1, none}), one.at(Slice{0, -1})}, {.axis = 0});
    return one * p + other * (1 - p);
  };
  if (classes == 0) return {mixed(x), mixed(cast(batch.y, {.dtype = float32}))};
  const Array one_hot = cast(expand_dims(batch.y, batch.y.rank()) == arange(classes), {.dtype = float32});
  return {mixed(x), mixed(one_hot)};
}

Array augmented(const Config& config, const Array& x, const Key& key) {
  Array y = x;
  int64_t number = 0;
  for (const std::string& name : config.data.augment)
    for (const Named& known : changes)
      if (name == known.name) y = known.change(y, key.fold_in(number++));
  return y;
}

void check_augment(const Config& config, const Shape& example) {
  const size_t images = config.data.augment.size() - (mixes(config) ? 1 : 0);
  if (images > 0 && example.size() != 3)
    config.fail("data.augment", "it changes images, of height, width and channels; give them a shape, as [8, 8, 1]");
  const std::string& loss = config.train.loss;
  if (mixes(config) && (loss == "contrastive" || loss == "triplet" || loss == "ctc"))
    config.fail("data.augment", cat("labels of ", loss, " cannot be mixed; leave \"mixup\" out"));
}

}  // namespace koine::train
