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
  return build_model(config_of(layers), {.example = example});
}

std::string error_of(const std::string& layers, const Shape& example, int64_t classes = -1) {
  return message_of<ConfigError>([&] { build_model(config_of(layers), {example, classes}); });
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
      {"[[model]]\nconv = 4\ngroups = 2\ndilation = 2", {8, 7, 2}, {8, 7, 4}},
      {"[[model]]\nconv_transpose = 3", {4, 5, 2}, {8, 10, 3}},
      {"[[model]]\nconv_transpose = 3\nkernel = 3\nstride = 2", {4, 5, 2}, {8, 10, 3}},
      {"[[model]]\nconv_transpose = 3\nkernel = 2\nstride = 3", {4, 2}, {12, 3}},
      {"[[model]]\nconv_transpose = 3\nkernel = [3, 2]\npadding = 'valid'", {4, 5, 2}, {9, 10, 3}},
      {"[[model]]\nupsample = [2, 3]", {4, 5, 2}, {8, 15, 2}},
      {"[[model]]\nreshape = [2, 6]", {3, 4}, {2, 6}},
      {"[[model]]\ncolumns = '1:-1'", {3, 4}, {3, 2}},
      {"[[model]]\nembedding = 6\ncount = 9", {5}, {5, 6}},
      {"[[model]]\nattention = 2", {5, 6}, {5, 6}},
      {"[[model]]\ntransformer = 2\nnorm_first = false\nactivation = 'relu'", {5, 6}, {5, 6}},
      {"[[model]]\nlstm = 3\nlayers = 2\nbidirectional = true\nsequence = true", {5, 6}, {5, 6}},
      {"[[model]]\nresidual = [{ conv = 2 }, { activation = 'relu' }, { conv = 2 }]\nrepeat = 3", {4, 4, 2}, {4, 4, 2}},
      {"[[model]]\nrepeat = 2\n[[model.block]]\ndense = 4\n[[model.block]]\nlayer_norm = true", {3}, {4}},
      {"[[model]]\ndense = 4\nname = 'a'\n[[model]]\ndense = 5\nname = 'b'\ninputs = 'input'\n[[model]]\nconcat = "
       "['a', "
       "'b', 'input']",
       {3},
       {12}},
      {"[[model]]\nembedding = 4\ncount = 3\nname = 'a'\n[[model]]\nlstm = 4\nsequence = true\nname = 'b'\n"
       "[[model]]\ntransformer_decoder = 2\ninputs = ['a', 'b']\nrepeat = 2",
       {5},
       {5, 4}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.layers);
    const BuiltModel model = built(one.layers, one.example);
    CHECK(to_string(model.layers.back().output) == to_string(one.output));
    CHECK(to_string(output_of(model, one.example)) == to_string(one.output));
  }
}

TEST_CASE("a graph computes what it says") {
  const auto value = [](const std::string& joins) {
    const std::string names[] = {"a", "b", "c"};
    std::string layers;
    for (const std::string& name : names)
      layers += "[[model]]\ndense = 2\nbias = false\ninputs = 'input'\nname = '" + name + "'\n";
    nn::Stack stack = nn::init(built(layers + joins, {1}).stack, Key(0));
    for (size_t i = 0; i < 3; ++i)
      std::get<nn::Linear>(stack.layers[i]).weight =
          array({{1.0 + static_cast<double>(i), 10.0 + static_cast<double>(i)}});
    return stack(ones({1, 1})).to_vector<float>();
  };
  using Floats = std::vector<float>;
  CHECK(value("[[model]]\nadd = ['a', 'b', 'c']") == Floats{6, 33});
  CHECK(value("[[model]]\nsubtract = ['a', 'b', 'c']") == Floats{-4, -13});
  CHECK(value("[[model]]\nmultiply = ['a', 'b', 'c']") == Floats{6, 1320});
  CHECK(value("[[model]]\nmaximum = ['a', 'c', 'b']") == Floats{3, 12});
  CHECK(value("[[model]]\naverage = ['a', 'b', 'c']") == Floats{2, 11});
  CHECK(value("[[model]]\nconcat = ['c', 'a', 'b']") == Floats{3, 12, 1, 10, 2, 11});
}

TEST_CASE("blocks: what they take is added where they are residual, and inside it is called input") {
  BuiltModel model = built(
      "[[model]]\nrepeat = 2\nresidual = [{ dense = 2, name = 'x', bias = false }, "
      "{ add = ['x', 'input'] }]",
      {2});
  CHECK(model.layers.size() == 4);
  CHECK(model.layers[0].place == "0.residual.0");
  nn::Stack stack = nn::init(model.stack, Key(0));
  for (nn::Layer& layer : stack.layers)
    if (auto* linear = std::get_if<nn::Linear>(&layer)) linear->weight = array({{2.0, 0.0}, {0.0, 3.0}});
  // x + (x W + x), twice: times 4 and times 5.
  CHECK(stack(ones({1, 2})).to_vector<float>() == std::vector<float>{16, 25});
}

TEST_CASE("named inputs are parts of an example") {
  const auto model = [](const std::string& inputs, const std::string& layers) {
    const Config config =
        parse_config("data = { file = 'a.csv', inputs = " + inputs + " }\ntrain = {}\n" + layers, "c.toml");
    return build_model(config, {.example = {12}});
  };
  const std::string both =
      "[[model]]\nconv = 2\ninputs = 'image'\n[[model]]\nflatten = true\nname = 'seen'\n"
      "[[model]]\nconcat = ['seen', 'more']";
  const BuiltModel built = model("{ more = '8:', image = { columns = '0:8', shape = [2, 4, 1] } }", both);
  CHECK(to_string(built.layers.back().output) == "[20]");
  CHECK(nn::init(built.stack, Key(0))(zeros({3, 12})).shape() == Shape{3, 20});
  const auto error = [&](const std::string& inputs, const std::string& layers) {
    return message_of<ConfigError>([&] { model(inputs, layers); });
  };
  CHECK(contains(error("{ more = '12:', image = '0:8' }", both), "'more' has none of the 12 columns"));
  CHECK(contains(error("{ more = '8:', image = { columns = '0:8', shape = [3] } }", both), "its shape [3] takes 3"));
  CHECK(contains(error("{ left = '0:4', right = '4:' }", "[[model]]\ndense = 1\ninputs = 'left'\n"),
                 "no layer takes the input 'right'"));
  CHECK(contains(error("{ left = 4 }", "[[model]]\ndense = 1"), "takes a table of names"));
}

TEST_CASE("sequences that are filled up: what fills them up changes nothing") {
  const std::string layers[] = {"[[model]]\nlstm = 3\nbidirectional = true", "[[model]]\ngru = 3",
                                "[[model]]\ntransformer = 2\n[[model]]\nglobal_average_pool = true",
                                "[[model]]\nattention = 2\n[[model]]\nglobal_max_pool = true"};
  for (const std::string& rest : layers) {
    CAPTURE(rest);
    const BuiltModel model =
        build_model(config_of("[[model]]\nembedding = 4\n" + rest), {.example = {6}, .vocabulary = 5});
    const nn::Stack stack = nn::init(model.stack, Key(0));
    const std::vector<float> shorter = stack(reshape(array({3, 1, 2, 4}), {.shape = {1, 4}})).to_vector<float>();
    const std::vector<float> longer = stack(reshape(array({3, 1, 2, 4, 0, 0}), {.shape = {1, 6}})).to_vector<float>();
    for (size_t i = 0; i < shorter.size(); ++i) CHECK(shorter[i] == doctest::Approx(longer[i]).epsilon(1e-5));
    CHECK(stack(zeros({1, 2}, int64)).to_vector<float>()[0] == stack(zeros({1, 2}, int64)).to_vector<float>()[0]);
  }
}

TEST_CASE("graphs that cannot be are refused with what was probably meant") {
  const std::string a = "[[model]]\ndense = 4\nname = 'first'\n";
  std::string error = error_of(a + "[[model]]\ndense = 2\ninputs = 'frist'", {3});
  CHECK(contains(error, "c.toml:8:"));
  CHECK(contains(error, "did you mean 'first'?"));
  error = error_of(a + "[[model]]\nadd = ['first', 'later']\n[[model]]\ndense = 4\nname = 'later'", {3});
  CHECK(contains(error, "model.1 takes 'later', which stands after it; a layer takes what stands before it"));
  CHECK(contains(error_of("[[model]]\ndense = 2\nname = 'x'\ninputs = 'x'", {3}), "which is itself"));
  CHECK(contains(error_of(a + "[[model]]\nadd = ['first', 'input']", {3}),
                 "gets [4] and [3], but takes values of one shape"));
  CHECK(contains(error_of(a + "[[model]]\nadd = ['first']", {3}), "at least two names"));
  CHECK(contains(error_of(a + "[[model]]\nadd = ['first', 'first']\ninputs = 'first'", {3}), "takes no inputs"));
  CHECK(contains(error_of(a + "[[model]]\ndense = 2\ninputs = ['first', 'input']", {3}), "takes one value"));
  CHECK(contains(error_of(a + "[[model]]\ndense = 2\ninputs = 'input'", {3}), "model.0 is in vain"));
  CHECK(contains(error_of(a + "[[model]]\ndense = 2\nname = 'first'", {3}), "there is a 'first' already"));
  CHECK(contains(error_of(a + "[[model]]\ndense = 2\nname = 'input'", {3}), "there is a 'input' already"));
  CHECK(contains(error_of("[[model]]\nresidual = [{ dense = 4 }]", {3}), "its layers give [4]"));
  CHECK(
      contains(error_of("[[model]]\nresidual = [{ dens = 4 }]", {3}), "model.0.residual.0: there is no layer 'dens'"));
  CHECK(contains(error_of("[[model]]\nresidual = []", {3}), "takes a list of layers"));
  CHECK(contains(error_of("[[model]]\nrepeat = 1000\nblock = [{ block = [{ dense = 1 }], repeat = 1000 }]", {1}),
                 "more than 10000 layers"));
  CHECK(contains(error_of("[[model]]\nembedding = 4", {3}), "needs count"));
  CHECK(contains(error_of("[[model]]\nreshape = [2, 2]", {3}), "takes 4"));
  CHECK(contains(error_of("[[model]]\ncolumns = '3:'", {3}), "takes none"));
  CHECK(contains(error_of("[[model]]\ntransformer_decoder = 2", {3, 4}), "takes 2 inputs"));
  CHECK(contains(error_of("[[model]]\nconv = 3\ngroups = 2", {4, 2}), "2 groups do not divide"));
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
