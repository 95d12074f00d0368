#include "train/augment.h"

#include "support/temp_folder.h"

#include <koine/ops.h>

#include <algorithm>

using namespace koine;
using namespace koine::train;
using testing::contains;
using testing::message_of;

namespace {

Config with(const std::string& names) {
  return parse_config("[data]\nfile = 'a'\naugment = " + names + "\n[[model]]\ndense = 1\n[train]\n", "c.toml");
}

const Array& images() {
  static const Array x = normal(Key(1), {.shape = {40, 8, 8, 2}}) + 3;
  return x;
}

std::vector<float> changed(const std::string& names, int64_t key = 2) {
  return augmented(with(names), images(), Key(key)).to_vector<float>();
}

}  // namespace

TEST_CASE("augment: what is drawn follows from the key, for each example") {
  const std::vector<float> plain = images().to_vector<float>();
  CHECK(changed("[]") == plain);
  for (const char* name : {"['flip']", "['shift']", "['crop']", "['rotate']", "['noise']", "['cut_out']"}) {
    CAPTURE(name);
    CHECK(changed(name) != plain);
    CHECK(changed(name) == changed(name));
    CHECK(changed(name) != changed(name, 3));
  }
  CHECK(contains(message_of<ConfigError>([] { check_augment(with("['flip']"), {3}); }), "c.toml:3:"));
  CHECK(message_of<ConfigError>([] { check_augment(with("['mixup']"), {3}); }).empty());
  Config pairs = with("['mixup']");
  pairs.train.loss = "contrastive";
  CHECK(contains(message_of<ConfigError>([&] { check_augment(pairs, {3}); }), "cannot be mixed"));
}

TEST_CASE("augment: flips, shifts and holes are what they say") {
  const Array x = images(), flipped = augmented(with("['flip']"), x, Key(2));
  int64_t flips = 0;
  for (int64_t i = 0; i < 40; ++i) {
    const auto now = flipped.at(i).to_vector<float>(), old = x.at(i).to_vector<float>();
    const bool turned = now == reverse(x.at(i), {.axes = {1}}).to_vector<float>();
    CHECK((turned || now == old));
    flips += turned;
  }
  CHECK(flips > 8);
  CHECK(flips < 32);
  const Array shifted = augmented(with("['shift']"), x, Key(2));
  for (int64_t i = 0; i < 40; ++i) {
    // The middle comes from at most one pixel away.
    bool found = false;
    for (int64_t dy = -1; dy <= 1; ++dy)
      for (int64_t dx = -1; dx <= 1; ++dx)
        found = found || shifted.at(i, Slice{2, 6}, Slice{2, 6}).to_vector<float>() ==
                             x.at(i, Slice{2 + dy, 6 + dy}, Slice{2 + dx, 6 + dx}).to_vector<float>();
    CHECK(found);
  }
  const auto holes = changed("['cut_out']");
  CHECK(std::count(holes.begin(), holes.end(), 0.0f) == 40 * 2 * 2 * 2);
}

TEST_CASE("augment: a crop is a part of the image, and mixing is of two examples and their labels") {
  // Rows and columns that count: a crop of them rises by less, from some place within.
  const Array ramp = zeros({6, 16, 16, 1}) + reshape(arange(16), {.shape = {1, 16, 1, 1}});
  const Array cut = augmented(with("['crop']"), ramp, Key(3));
  for (int64_t i = 0; i < 6; ++i) {
    const auto column = cut.at(i, all, 0, 0).to_vector<float>();
    CHECK(std::is_sorted(column.begin(), column.end()));
    CHECK(column.back() - column.front() >= 10);
  }
  CHECK(cut.to_vector<float>() != ramp.to_vector<float>());

  const data::Batch batch{reshape(arange(0, 12, 1, float32), {.shape = {6, 2}}), array({0, 1, 2, 0, 1, 2})};
  const data::Batch mixed = train::changed(with("['mixup']"), batch, 3, Key(1));
  CHECK(mixed.y.shape() == Shape{6, 3});
  const auto sums = sum(mixed.y, {.axis = 1}).to_vector<float>();
  for (const float one : sums) CHECK(one == doctest::Approx(1));
  // The first feature of an example and the one before it tell the part.
  const float part = mixed.y.at(1, 1).item<float>();
  CHECK(mixed.y.at(1, 0).item<float>() == doctest::Approx(1 - part));
  CHECK(mixed.x.at(1, 0).item<float>() == doctest::Approx(2 * part));
  const data::Batch quantities =
      train::changed(with("['mixup']"), {batch.x, cast(batch.y, {.dtype = float32})}, 0, Key(1));
  CHECK(quantities.y.at(1).item<float>() == doctest::Approx(part));
  const data::Batch same = train::changed(with("[]"), batch, 3, Key(1));
  CHECK(same.y.to_vector<int64_t>() == batch.y.to_vector<int64_t>());
}
