#include "train/config.h"

#include "support/temp_folder.h"
#include "train/sections/sections.h"

#include <set>

using namespace koine;
using namespace koine::train;
using testing::contains;
using testing::message_of;

namespace {

// The lines of this text are counted in the tests below.
constexpr const char* digits = R"([data]
file = "digits.csv.gz"
label = "last"
scale = 0.0625
shape = [8, 8, 1]
train = "0:1347"
test = "1347:"

[[model]]
conv = 32
kernel = 3
activation = "relu"
[[model]]
max_pool = 2
[[model]]
flatten = true
[[model]]
dense = 10

[train]
loss = "cross_entropy"
optimizer = { adam = { lr = 1e-3 } }
epochs = 20
batch = 64
)";

// A config in the fewest words, with a line in place of its model.
std::string with_layer(const std::string& layer) {
  return "data = { file = 'a.csv' }\ntrain = {}\n[[model]]\n" + layer + "\n";
}

std::string error_of(const std::string& text, std::vector<std::string> overrides = {}) {
  return message_of<ConfigError>([&] { parse_config(text, "c.toml", overrides); });
}

// The digits with a part replaced.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = digits;
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

using Ints = std::vector<int64_t>;

}  // namespace

TEST_CASE("config: the digits") {
  const Config config = parse_config(digits, "folder/digits.toml");
  CHECK(config.data.file == "folder/digits.csv.gz");
  CHECK(config.data.label.number() == -1);
  CHECK(config.data.scale == 0.0625);
  CHECK(config.data.shape == Ints{8, 8, 1});
  CHECK(config.data.train.resolve(1797) == std::pair<int64_t, int64_t>(0, 1347));
  CHECK(config.data.test.rows->resolve(1797) == std::pair<int64_t, int64_t>(1347, 1797));
  REQUIRE(config.model.layers.size() == 4);
  const auto& conv = std::get<ConvLayer>(config.model.layers[0].settings);
  CHECK(conv.channels == 32);
  CHECK(conv.kernel == Ints{3});
  CHECK(conv.padding == "same");
  CHECK(conv.activation == "relu");
  CHECK(std::get<MaxPoolLayer>(config.model.layers[1].settings).window == Ints{2});
  CHECK(std::get<MaxPoolLayer>(config.model.layers[1].settings).stride.empty());
  CHECK(std::holds_alternative<FlattenLayer>(config.model.layers[2].settings));
  CHECK(std::get<DenseLayer>(config.model.layers[3].settings).units == 10);
  CHECK(config.train.loss == "cross_entropy");
  CHECK(std::get<optim::AdamOptions>(config.train.optimizer).lr.at(0) == 1e-3);
  CHECK(config.train.epochs == 20);
  CHECK(config.train.batch == 64);
  CHECK(config.train.output == "folder/model.safetensors");
}

TEST_CASE("config: every kind of layer and optimizer") {
  const Config config = parse_config(R"(
model = [
  { conv = 4, kernel = [3, 5], stride = 2, padding = "valid", bias = false },
  { average_pool = [2, 3], stride = 1, padding = "same" },
  { batch_norm = true, momentum = 0.5 }, { activation = "gelu" }, { dropout = 0.2 }, { layer_norm = true, epsilon = 1e-3 },
]
[data]
file = "/data/a.tsv"
label = "price"
[train]
optimizer = { sgd = { lr = 1, momentum = 0.9, nesterov = true } }
)",
                                     "c.toml");
  CHECK(config.data.file == "/data/a.tsv");
  CHECK(config.data.label.name() == "price");
  CHECK(std::get<ConvLayer>(config.model.layers[0].settings).kernel == Ints{3, 5});
  CHECK(std::get<ConvLayer>(config.model.layers[0].settings).bias == false);
  CHECK(std::get<AveragePoolLayer>(config.model.layers[1].settings).padding == "same");
  CHECK(std::get<BatchNormLayer>(config.model.layers[2].settings).momentum == 0.5);
  CHECK(std::get<ActivationLayer>(config.model.layers[3].settings).function == "gelu");
  CHECK(std::get<DropoutLayer>(config.model.layers[4].settings).rate == 0.2);
  CHECK(std::get<LayerNormLayer>(config.model.layers[5].settings).epsilon == 1e-3);
  const auto& sgd = std::get<optim::SgdOptions>(config.train.optimizer);
  CHECK(sgd.lr.at(0) == 1);
  CHECK(sgd.nesterov);
  CHECK(std::holds_alternative<optim::SgdOptions>(
      parse_config(with_layer("dense = 1"), "c", std::vector<std::string>{"train.optimizer=sgd"}).train.optimizer));
}

TEST_CASE("config: rows") {
  const auto rows = [](const RowRange& range) { return range.resolve(10); };
  CHECK(rows({}) == std::pair<int64_t, int64_t>(0, 10));
  CHECK(rows({.start = -3}) == std::pair<int64_t, int64_t>(7, 10));
  CHECK(rows({.start = 2, .stop = -2}) == std::pair<int64_t, int64_t>(2, 8));
  CHECK(rows({.start = 5, .stop = 3}) == std::pair<int64_t, int64_t>(5, 5));
  CHECK(rows({.start = -99, .stop = 99}) == std::pair<int64_t, int64_t>(0, 10));
}

TEST_CASE("config: what is wrong is told with its place and what was meant") {
  CHECK(error_of(changed("kernel = 3", "kernal = 3")) ==
        "c.toml:11:1: unknown setting 'model.0.kernal', did you mean 'kernel'?");
  CHECK(error_of(changed("kernel = 3", "colour = 3")) ==
        "c.toml:11:1: unknown setting 'model.0.colour'; [conv] has conv, kernel, stride, padding, activation, bias, "
        "dilation, groups, name, inputs and repeat");
  CHECK(error_of(changed("kernel = 3", "kernel = 0")) ==
        "c.toml:11:10: model.0.kernel takes a whole number of at least 1, or a list of them, got the number 0");
  CHECK(error_of(changed("kernel = 3", "kernel = [3, 'x']")) ==
        "c.toml:11:10: model.0.kernel takes a whole number of at least 1, or a list of them, got a list of the number "
        "3, the text 'x'");
  CHECK(error_of(changed("kernel = 3", "kernel = []")) ==
        "c.toml:11:10: model.0.kernel takes a whole number of at least 1, or a list of them, got an empty list");
  CHECK(error_of(changed("\"relu\"", "\"rleu\"")) ==
        "c.toml:12:14: model.0.activation takes \"relu\", \"gelu\", \"silu\", \"sigmoid\", \"tanh\", \"softmax\", "
        "\"elu\", "
        "\"leaky_relu\", \"softplus\", \"mish\", \"hardswish\", \"relu6\", \"selu\" or \"softsign\", got the text "
        "'rleu', did you mean 'relu'?");
  CHECK(error_of(changed("0.0625", "\"abc\"")) == "c.toml:4:9: data.scale takes a number, got the text 'abc'");
  CHECK(error_of(changed("0.0625", "inf")) == "c.toml:4:9: data.scale takes a number, got the number inf");
  CHECK(error_of(changed("0.0625", "2026-01-01")) == "c.toml:4:9: data.scale takes a number, got a date or time");
  CHECK(error_of(changed("\"0:1347\"", "\"0-1347\"")) ==
        "c.toml:6:9: data.train takes rows \"start:stop\", as in \"0:1347\" or \"1347:\", got the text '0-1347'");
  CHECK(error_of(changed("\"last\"", "1.5")) ==
        "c.toml:3:9: data.label takes \"first\", \"last\", the number of a column (from 0) or its name, got the number "
        "1.5");
  CHECK(error_of(changed("file = \"digits.csv.gz\"", "")) ==
        "c.toml:1:2: [data] needs file: a table (.csv, .tsv), a text (.txt), a folder of images, or arrays "
        "(.npy, .npz, .safetensors, IDX)");
  CHECK(error_of(changed("epochs = 20", "epochs = 2.5")) ==
        "c.toml:23:10: train.epochs takes a whole number of at least 1, got the number 2.5");
  CHECK(error_of(changed("epochs = 20", "epoch = 20")) ==
        "c.toml:23:1: unknown setting 'train.epoch', did you mean 'epochs'?");
  CHECK(error_of(changed("[train]", "[trian]")) ==
        "c.toml:1:1: [train], how to learn, is missing\nc.toml:20:2: unknown section 'trian', did you mean 'train'?");
}

TEST_CASE("config: layers") {
  CHECK(error_of(with_layer("densse = 10")) ==
        "c.toml:4:1: model.0: there is no layer 'densse', did you mean 'dense'?");
  CHECK(
      error_of(with_layer("size = 10")) ==
      "c.toml:3:1: model.0 names no layer; it takes one of dense, conv, max_pool, average_pool, flatten, dropout, "
      "batch_norm, layer_norm, activation, rms_norm, group_norm, global_average_pool, global_max_pool, lstm, gru, "
      "transformer, positions, conv_transpose, transformer_decoder, attention, embedding, upsample, reshape, columns, "
      "add, subtract, multiply, maximum, average, concat, block, residual, standardize");
  CHECK(error_of(with_layer("dense = 10\nconv = 3")) ==
        "c.toml:3:1: model.0 is both 'dense' and 'conv'; each layer starts with a [[model]] of its own");
  CHECK(error_of(with_layer("flatten = false")) ==
        "c.toml:4:11: model.0.flatten takes true (leave the table out to do without), got false");
  CHECK(error_of(with_layer("dropout = 1")) ==
        "c.toml:4:11: model.0.dropout takes a number of at least 0 and below 1, got the number 1");
  CHECK(error_of("model = 3\ntrain = {}\ndata = {file='a'}") ==
        "c.toml:1:9: the model takes layers, each under [[model]], got the number 3");
  CHECK(error_of("model = [3]\ntrain = {}\ndata = {file='a'}") ==
        "c.toml:1:10: model.0 takes a table with the settings of a layer, got the number 3");
  CHECK(error_of("train = {}\ndata = {file='a'}") ==
        "c.toml:1:1: the model is missing: its layers, each under [[model]]");
  CHECK(error_of("model = [{dense=1}]\ntrain = 1\ndata = {file='a'}") ==
        "c.toml:2:9: train takes a table of settings, got the number 1");
}

TEST_CASE("config: optimizers") {
  const auto error = [](const std::string& optimizer) {
    return error_of(changed("{ adam = { lr = 1e-3 } }", optimizer));
  };
  CHECK(error("{ adm = {} }") == "c.toml:22:15: unknown setting 'train.optimizer.adm', did you mean 'adam'?");
  CHECK(error("\"adm\"") ==
        "c.toml:22:13: train.optimizer takes \"adam\", \"adamw\", \"sgd\", \"adamax\", \"rmsprop\", \"adagrad\", "
        "\"adadelta\", \"lion\" or \"lbfgs\", or a table as { adam = { lr = 1e-3 } }, got the text 'adm', did you mean "
        "'adam'?");
  CHECK(error("{ adam = { lr = 0 } }") ==
        "c.toml:22:29: train.optimizer.adam.lr takes a number above 0, got the number 0");
  CHECK(error("{ adam = { lr = nan } }") ==
        "c.toml:22:29: train.optimizer.adam.lr takes a number above 0, got the number nan");
  CHECK(error("{ adam = { rate = 1 } }") ==
        "c.toml:22:24: unknown setting 'train.optimizer.adam.rate'; [adam] has lr, beta1, beta2, epsilon, "
        "weight_decay and amsgrad");
  CHECK(error("{ adam = {}, sgd = {} }") == "c.toml:22:26: train.optimizer takes one of them, got 'adam' and 'sgd'");
  CHECK(error("{ adam = 1 }") == "c.toml:22:22: train.optimizer.adam takes a table of settings, got the number 1");
  CHECK(testing::contains(error("{}"), "c.toml:22:13: train.optimizer takes"));
  CHECK(testing::contains(error("3"), "got the number 3"));
}

TEST_CASE("config: groups of weights") {
  const auto with = [](const std::string& settings) {
    return parse_config("data = { file = 'a.csv' }\nmodel = [{ dense = 2 }]\n[train]\n" + settings, "c.toml");
  };
  const auto error = [&](const std::string& settings) { return message_of<ConfigError>([&] { with(settings); }); };
  const Config config =
      with("no_decay = '*scale'\ngroups = [{ leaves = 'a*', lr = 1e-4 }, { leaves = 'b', weight_decay = 0.5 }]");
  REQUIRE(config.train.groups.size() == 3);
  CHECK(config.train.groups[0].leaves == "a*");
  CHECK(config.train.groups[0].lr == 1e-4);
  CHECK_FALSE(config.train.groups[0].weight_decay);
  CHECK(config.train.groups[1].weight_decay == 0.5);
  CHECK(config.train.groups[1].place == "train.groups.1");
  CHECK(config.train.groups[2].leaves == "*scale");
  CHECK(config.train.groups[2].weight_decay == 0);
  CHECK(config.train.groups[2].place == "train.no_decay");
  CHECK(with("[[train.groups]]\nleaves = 'a'\nlr = 0").train.groups.size() == 1);
  CHECK(contains(error("groups = [{ lr = 1 }]"), "c.toml:4:11: [groups] needs leaves"));
  CHECK(contains(error("groups = [{ leaves = 'a' }]"), "c.toml:4:11: train.groups.0 changes nothing"));
  CHECK(contains(error("groups = [{ leaves = 'a', lr = -1 }]"),
                 "c.toml:4:32: train.groups.0.lr takes a number of at least 0"));
  CHECK(contains(error("groups = [{ leaves = 'a', weigt_decay = 1 }]"), "did you mean 'weight_decay'?"));
  CHECK(contains(error("groups = ['a']"), "train.groups.0 takes a table of settings, got the text 'a'"));
  CHECK(contains(error("groups = 'a'"), "train.groups takes a list of tables"));
  CHECK(contains(error("groups = []"), "an empty list"));
}

TEST_CASE("config: lbfgs takes the loss itself, so that some settings are not for it") {
  const auto error = [](const std::string& settings) {
    return message_of<ConfigError>([&] {
      parse_config("data = { file = 'a.csv' }\nmodel = [{ dense = 2 }]\n[train]\noptimizer = 'lbfgs'\n" + settings,
                   "c.toml");
    });
  };
  CHECK(error("average = 0.9\nschedule = 'cosine'\nepochs = 3").empty());
  CHECK(contains(error("accumulate = 2"), "c.toml:5:14: train.accumulate is not for lbfgs"));
  CHECK(contains(error("precision = 'float16'"), "c.toml:5:13: train.precision is not for lbfgs"));
  CHECK(contains(error("precision = 'bfloat16'"), "train.precision is not for lbfgs"));
  CHECK(contains(error("clip_norm = 1"), "train.clip_norm is not for lbfgs"));
  CHECK(contains(error("clip_value = 1"), "train.clip_value is not for lbfgs"));
  CHECK(contains(error("no_decay = '*bias'"), "train.no_decay is not for lbfgs"));
  CHECK(contains(error("groups = [{ leaves = '*bias', lr = 1 }]"), "train.groups.0 is not for lbfgs"));
}

TEST_CASE("config: all problems are told at once, in the order of the file") {
  std::string text = changed("batch = 64", "batch = -1");
  text.replace(text.find("scale"), 5, "scael");
  CHECK(error_of(text, {"train.seed=-3"}) ==
        "c.toml:4:1: unknown setting 'data.scael', did you mean 'scale'?\n"
        "c.toml:24:9: train.batch takes a whole number of at least 1, got the number -1\n"
        "--set train.seed=-3: train.seed takes a whole number of at least 0, got the number -3");
}

TEST_CASE("config: text that is not TOML") {
  CHECK(testing::contains(error_of("[data]\nfile = \n"), "c.toml:2:"));
  CHECK(testing::contains(error_of("[data]\nfile = 'a'\nfile = 'b'\n"), "c.toml:3:"));
  CHECK(testing::contains(error_of("a = \"\xff\""), "c.toml:1:"));
  CHECK(error_of("a = " + std::string(100000, '[')).substr(0, 9) == "c.toml:1:");
}

TEST_CASE("config: overrides") {
  const auto with = [](std::vector<std::string> overrides) { return parse_config(digits, "folder/c.toml", overrides); };
  CHECK(with({"train.epochs=3"}).train.epochs == 3);
  CHECK(with({"train.seed=7", "train.seed=8"}).train.seed == 8);
  CHECK(std::get<optim::AdamOptions>(with({"train.optimizer.adam.lr=0.5"}).train.optimizer).lr.at(0) == 0.5);
  CHECK(std::get<optim::SgdOptions>(with({"train.optimizer={ sgd = { lr = 2 } }"}).train.optimizer).lr.at(0) == 2);
  CHECK(std::get<ConvLayer>(with({"model.0.conv=64"}).model.layers[0].settings).channels == 64);
  CHECK(std::get<ConvLayer>(with({"model.0.kernel=[5,5]"}).model.layers[0].settings).kernel == Ints{5, 5});
  CHECK(with({"data.file=other.csv"}).data.file == "other.csv");
  CHECK(with({"data.train=:10"}).data.train.stop == 10);
  CHECK(with({"train.output=a b\nc=1"}).train.output == "a b\nc=1");
  const auto error = [](const std::string& assignment) { return error_of(digits, {assignment}); };
  CHECK(error("train.epoch=3") == "--set train.epoch=3: unknown setting 'train.epoch', did you mean 'epochs'?");
  CHECK(error("train.epochs=many") ==
        "--set train.epochs=many: train.epochs takes a whole number of at least 1, got the text 'many'");
  CHECK(error("train.epochs") == "--set train.epochs: an override reads key=value, as in train.epochs=3");
  CHECK(error("model.4.conv=1") == "--set model.4.conv=1: 'model' has 4 places, counted from 0, and none is '4'");
  CHECK(error("model.last.conv=1") ==
        "--set model.last.conv=1: 'model' has 4 places, counted from 0, and none is 'last'");
  CHECK(error("data.file.name=1") ==
        "--set data.file.name=1: 'data.file' is the text 'digits.csv.gz' and holds no 'name'");
  CHECK(error("data..file=1") == "--set data..file=1: a part of the key is empty");
  CHECK(error("=1") == "--set =1: a part of the key is empty");
}

TEST_CASE("config: places for what shows later") {
  const Config config = parse_config(digits, "c.toml", std::vector<std::string>{"train.seed=4"});
  const auto place = [&](const char* path) { return to_string(find_place(config.source, path)); };
  CHECK(place("data.file") == "c.toml:2:8");
  CHECK(place("data") == "c.toml:1:2");
  CHECK(place("model.1") == "c.toml:13:1");
  CHECK(place("model.1.max_pool") == "c.toml:14:12");
  CHECK(place("model.1.stride") == "c.toml:13:1");
  CHECK(place("train.seed") == "--set train.seed=4");
  CHECK(place("train.nothing") == "c.toml:20:2");
  CHECK(message_of<ConfigError>([&] { config.fail("model.0", "does not fit"); }) == "c.toml:9:1: does not fit");
}

TEST_CASE("config: files") {
  testing::TempFolder folder;
  CHECK(read_config(folder.write("c.toml", digits)).data.file == folder / "digits.csv.gz");
  CHECK(testing::contains(message_of<IoError>([&] { read_config(folder / "none.toml"); }), "none.toml: No such file"));
  CHECK_THROWS_AS(read_config(folder.path().string()), IoError);
}

TEST_CASE("config: everything that can be set says what it is and what it takes") {
  std::set<std::string> names;
  for (const SectionInfo& section : config_sections()) {
    CAPTURE(section.name);
    CHECK(names.insert(section.name).second);
    CHECK(!section.doc.empty());
    CHECK(!section.settings.empty());
    for (const SettingInfo& setting : section.settings) {
      CAPTURE(setting.name);
      CHECK(!setting.doc.empty());
      CHECK(!setting.takes.empty());
      if (setting.required) CHECK(setting.fallback.empty());
    }
  }
  CHECK(names.size() == 52);
}

TEST_CASE("config: the defaults that are shown read back as they are") {
  std::string text = "[[model]]\ndense = 1\n";
  for (const SectionInfo& section : config_sections()) {
    if (section.name != "data" && section.name != "train") continue;
    text += "[" + section.name + "]\n";
    for (const SettingInfo& setting : section.settings)
      if (!setting.fallback.empty()) text += setting.name + " = " + setting.fallback + "\n";
    if (section.name == "data") text += "file = 'a.csv'\n";
  }
  const Config written = parse_config(text, "c.toml"), fallback = parse_config(with_layer("dense = 1"), "c.toml");
  CHECK(written.data.label.number() == fallback.data.label.number());
  CHECK(written.data.scale == fallback.data.scale);
  CHECK(written.data.train.stop == fallback.data.train.stop);
  CHECK(written.train.epochs == fallback.train.epochs);
  CHECK(written.train.output == fallback.train.output);
  CHECK(written.train.optimizer.index() == fallback.train.optimizer.index());
}

TEST_CASE("config: layers know their kind") {
  for (const auto& choice : layer_choices()) {
    LayerSettings layer;
    Problems problems;
    const Value table{{}, Value::Table{{std::string(choice.kind), {}, {}}}};
    choice.read(table, {}, layer, {"", problems});
    CHECK(layer_kind(layer) == choice.kind);
    CHECK(choice.info.settings[0].name == choice.kind);
  }
}

TEST_CASE("config: what is nested without end, by brackets, dots or both, is refused with its place") {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const std::string head = "train = {}\ndata = { file = 'a' }\n";
  for (const int times : {101, 50000, 200000}) {
    CAPTURE(times);
    const std::string says = "is nested deeper than 100";
    CHECK(contains(error_of(head + repeated("a.", times) + "b = 1"), "c.toml:3:"));
    CHECK(contains(error_of(head + repeated("a.", times) + "b = 1"), says));
    CHECK(contains(error_of(head + "[" + repeated("a.", times) + "b]\nc = 1"), says));
    CHECK(contains(error_of(head + "[[" + repeated("'a' . ", times) + "b]]"), says));
    CHECK(contains(error_of(head + "x = " + repeated("[", times) + repeated("]", times)), says));
    CHECK(contains(error_of(head + "x = " + repeated("{a.b = ", times) + "1" + repeated("}", times)), says));
    CHECK(contains(error_of(head + "x = " + repeated("[{a = ", times) + "1" + repeated("}]", times)), says));
    CHECK(
        contains(error_of(with_layer("dense = 1"), {"train." + repeated("a.", times) + "b=1"}), "more than 100 parts"));
    CHECK(contains(error_of(with_layer("dense = 1"), {"train.x=" + repeated("[", times)}), says));
  }
  // Headers count for what stands below them.
  CHECK(contains(error_of(head + "[" + repeated("a.", 60) + "b]\n" + repeated("c.", 60) + "d = 1"), "c.toml:4:"));
  // What only looks deep: numbers, dots in texts and comments, brackets in texts, many tables.
  CHECK(contains(error_of(head + "x = [" + repeated("0.5, ", 1000) + "]"), "unknown section 'x'"));
  CHECK(contains(error_of(head + "x = '''" + repeated("[a.b]\n'", 1000) + "'''"), "unknown section 'x'"));
  CHECK(contains(error_of(head + "x = \"" + repeated("[.\\\"", 1000) + "\" # " + repeated("a.[", 1000)),
                 "unknown section"));
  CHECK(contains(error_of(head + repeated("[[x.y]]\n", 1000)), "unknown section 'x'"));
}

TEST_CASE("config: no number is larger than what sizes are computed with") {
  for (const char* key :
       {"train.epochs", "train.batch", "train.accumulate", "train.keep", "model.0.dense", "data.pixels"})
    for (const char* value : {"1000000001", "4611686018427387904", "9223372036854775807"})
      CHECK(contains(error_of(with_layer("dense = 1"), {std::string(key) + "=" + value}),
                     "beyond the largest, 1000000000"));
  for (const char* value : {"1e13", "-1", "0", "nan", "inf", "-inf", "9223372036854775807", "true", "'1'"})
    CHECK(contains(error_of(with_layer("dense = 1"), {std::string("data.memory=") + value}), "data.memory takes"));
  CHECK(parse_config(with_layer("dense = 1"), "c.toml", std::vector<std::string>{"train.seed=9223372036854775807"})
            .train.seed == INT64_MAX);
  // A thousand wrong settings are not a thousand lines.
  std::string many = with_layer("dense = 1");
  for (int i = 0; i < 1000; ++i) many += "a" + std::to_string(i) + " = 1\n";
  CHECK(contains(error_of(many), "\nand 900 problems more"));
}
