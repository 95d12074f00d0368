#include "train/model_builder.h"

#include "support/temp_folder.h"

#include <doctest/doctest.h>

using namespace koine;
using namespace koine::train;
using testing::contains;
using testing::message_of;

namespace {

// A config with these lines as its model, the first of them line 3.
Config config_of(const std::string& layers) {
  return parse_config("data = { file = 'a.csv' }\ntrain = {}\n" + layers + "\n", "c.toml");
}

BuiltModel built(const std::string& layers, const Shape& example) {
  return build_model(config_of(layers), example, -1);
}

std::string error_of(const std::string& layers, const Shape& example, int64_t classes = -1) {
  return message_of<ConfigError>([&] { build_model(config_of(layers), example, classes); });
}

// What the model gives for two examples.
Shape output_of(const BuiltModel& model, const Shape& example) {
  const nn::Stack stack = nn::init(model.stack, Key(0));
  Shape batch = example;
  batch.insert(0, 2);
  Shape output = stack(zeros(batch)).shape();
  output.erase(0);
  return output;
}

}  // namespace

TEST_CASE("the shapes that a model is built with are those that it computes") {
  struct Case {
    const char* layers;
    Shape example, output;
  };
  const Case cases[] = {
      {"[[model]]\ndense = 5", {7}, {5}},
      {"[[model]]\nconv = 4", {8, 8, 1}, {8, 8, 4}},
      {"[[model]]\nconv = 4\npadding = 'valid'", {8, 7, 2}, {6, 5, 4}},
      {"[[model]]\nconv = 4\nstride = 2", {8, 7, 1}, {4, 4, 4}},
      {"[[model]]\nconv = 4\nkernel = 2\nstride = 3", {8, 7, 1}, {3, 3, 4}},
      {"[[model]]\nconv = 4\nkernel = [5, 2]\nstride = [1, 2]\npadding = 'valid'", {8, 7, 1}, {4, 3, 4}},
      {"[[model]]\nconv = 3\nkernel = 4", {9, 2}, {9, 3}},
      {"[[model]]\nconv = 3\nkernel = 2", {3, 4, 5, 2}, {3, 4, 5, 3}},
      {"[[model]]\nmax_pool = 2", {7, 6, 3}, {3, 3, 3}},
      {"[[model]]\nmax_pool = 2\npadding = 'same'", {7, 6, 3}, {4, 3, 3}},
      {"[[model]]\naverage_pool = 3\nstride = 2\npadding = 'same'", {7, 6, 3}, {4, 3, 3}},
      {"[[model]]\naverage_pool = [2, 3]", {4, 6, 3}, {2, 2, 3}},
      {"[[model]]\nflatten = true", {4, 6, 3}, {72}},
      {"[[model]]\ndropout = 0.5", {4, 3}, {4, 3}},
      {"[[model]]\nbatch_norm = true", {4, 3}, {4, 3}},
      {"[[model]]\nlayer_norm = true", {3}, {3}},
      {"[[model]]\nactivation = 'gelu'", {3}, {3}},
      {"[[model]]\nconv = 2\nactivation = 'relu'\n[[model]]\nmax_pool = 2\n[[model]]\nflatten = true\n[[model]]\ndense "
       "= 3",
       {4, 4, 1},
       {3}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.layers);
    const BuiltModel model = built(one.layers, one.example);
    CHECK(to_string(model.layers.back().output) == to_string(one.output));
    CHECK(to_string(output_of(model, one.example)) == to_string(one.output));
  }
}

TEST_CASE("layers of a model: names and parameters") {
  const BuiltModel model = built(
      "[[model]]\nconv = 4\nactivation = 'relu'\n[[model]]\nbatch_norm = true\n[[model]]\nflatten = true\n"
      "[[model]]\ndense = 3\nbias = false",
      {2, 2, 1});
  REQUIRE(model.layers.size() == 4);
  CHECK(model.layers[0].name == "conv 4, relu");
  CHECK(model.layers[0].parameters == 3 * 3 * 4 + 4);
  CHECK(model.layers[1].parameters == 8);  // the running statistics are no parameters
  CHECK(model.layers[2].parameters == 0);
  CHECK(model.layers[3].name == "dense 3");
  CHECK(model.layers[3].parameters == 16 * 3);
  CHECK(model.parameters() == 40 + 8 + 48);
  CHECK(model.stack.layers.size() == 5);
}

TEST_CASE("a layer that does not fit is refused with its place, its input and what would fit") {
  std::string error = error_of("[[model]]\ndense = 4\n[[model]]\nconv = 2", {64});
  CHECK(contains(error, "c.toml:5:"));
  CHECK(contains(error, "model.1 (conv) gets [4]"));
  CHECK(contains(error, "shape = [8, 8, 1]"));

  error = error_of("[[model]]\ndense = 4", {8, 8, 1});
  CHECK(contains(error, "c.toml:3:"));
  CHECK(contains(error, "[8, 8, 1]"));
  CHECK(contains(error, "flatten = true"));

  error = error_of("[[model]]\nmax_pool = 4\n[[model]]\nmax_pool = 4", {8, 8, 1});
  CHECK(contains(error, "c.toml:5:"));
  CHECK(contains(error, "larger than axis 0 of 2"));
  CHECK(contains(error, "padding = \"same\""));

  error = error_of("[[model]]\nconv = 2\nkernel = [3, 3, 3]", {8, 8, 1});
  CHECK(contains(error, "kernel has 3 numbers"));
  error = error_of("[[model]]\nconv = 2\nstride = [1, 2, 1]", {8, 8, 1});
  CHECK(contains(error, "stride has 3 numbers"));
  CHECK(contains(error_of("[[model]]\nconv = 2", {2, 2, 2, 2, 1}), "too many axes"));
}

TEST_CASE("the last layer gives what the loss compares") {
  CHECK(error_of("[[model]]\ndense = 10", {4}, 10).empty());
  CHECK(error_of("[[model]]\ndense = 12", {4}, 10).empty());
  std::string error = error_of("[[model]]\ndense = 8\n[[model]]\ndense = 9", {4}, 10);
  CHECK(contains(error, "c.toml:5:"));
  CHECK(contains(error, "9 scores"));
  CHECK(contains(error, "dense = 10"));
  CHECK(contains(error_of("[[model]]\nconv = 10", {4, 4, 1}, 10), "flatten = true"));
  CHECK(error_of("[[model]]\ndense = 1", {4}, 0).empty());
  CHECK(contains(error_of("[[model]]\ndense = 2", {4}, 0), "dense = 1"));
}
