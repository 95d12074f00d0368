#include "support/numpy_files.h"
#include "support/temp_folder.h"
#include "train/fit.h"
#include "train/inputs.h"
#include "train/losses.h"
#include "train/propose.h"
#include "train/text.h"

#include <koine/io.h>
#include <koine/nn/losses.h>
#include <koine/ops.h>

#include <cmath>

using namespace koine;
using namespace koine::train;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

/// A config in a folder of its own, with the files that it names.
struct Case {
  TempFolder folder;
  Config config;
  Examples examples;
  nn::Stack model;

  void load(const std::string& text) {
    config = read_config(folder.write("c.toml", text));
    examples = load_examples(config);
    model = first_values(config, build_model(config, examples.facts()));
  }
  double figure(const std::string& name, const data::Dataset& rows) {
    for (const Figure& figure : evaluate(config, examples, rows, model))
      if (figure.name == name) return figure.value;
    return NAN;
  }
  // A figure of the training rows after training.
  double learn(const std::string& name) {
    fit(config, examples, model, fit_options(config, examples));
    return figure(name, examples.train);
  }
  std::string error(const std::string& text) {
    return message_of<Error>([&] { load(text); });
  }
};

}  // namespace

TEST_CASE("text: characters and bytes become numbers and back") {
  const TextCode code = learn_text({"añb", "b"}, false, 0);
  CHECK(code.symbols.size() == 3);
  CHECK(code.length == 3);
  CHECK(code.vocabulary() == 5);
  CHECK(code.numbers("ba") == Ints{2, 1});
  CHECK(code.text(code.numbers("bañ")) == "bañ");
  CHECK(code.text(code.numbers("bz")) == "b?");
  CHECK(code.encode({"b", "añbb"}).to_vector<int64_t>() == std::vector<int64_t>{2, 0, 0, 1, 3, 2});
  const TextCode bytes = learn_text({"ñ"}, true, 1);
  CHECK(bytes.symbols.size() == 2);
  CHECK(bytes.length == 1);
  // A text that is no UTF-8 is read all the same.
  CHECK(learn_text({"\xc3\x28\xff"}, false, 0).symbols.size() == 3);
  const data::Dataset seen = windows(learn_text({"abcabc"}, false, 2), "abcabc");
  CHECK(seen.x.to_vector<int64_t>() == std::vector<int64_t>{1, 2, 3, 1});
  CHECK(seen.y.to_vector<int64_t>() == std::vector<int64_t>{2, 3, 1, 2});
  CHECK(lines_of("a\r\n\nb") == std::vector<std::string>{"a", "", "b"});
  CHECK(lines_of("a\n\n") == std::vector<std::string>{"a", ""});
  CHECK(lines_of("").empty());
}

TEST_CASE("text: a column of a table is learnt from, in batches of like lengths") {
  Case one;
  std::string table = "said,mood\n";
  for (int i = 0; i < 60; ++i)
    table +=
        std::string(i % 7, 'x') + (i % 2 ? "good" : "bad") + std::string(i % 5, 'y') + (i % 2 ? ",glad\n" : ",sad\n");
  one.folder.write("t.csv", table);
  one.load(
      "data = { file = 't.csv', text = 'said', label = 'mood', bucket = true }\n"
      "model = [{ embedding = 8 }, { gru = 16 }, { dense = 2 }]\n"
      "train = { epochs = 12, batch = 8, optimizer = { adam = { lr = 0.02 } } }\n");
  CHECK(one.examples.code->text->length == 13);
  CHECK(one.learn("accuracy") > 0.95);
  // The code lives on in the notes of the weights.
  const TableCode again = code_from(io::FileValue::parse(to_json(*one.examples.code), "w", "the note"));
  CHECK(again.text->numbers("good") == one.examples.code->text->numbers("good"));
  const std::string lines = one.folder.write("new.txt", "xxgood\nbad\n");
  const Array x = load_inputs(one.config, lines, {13}, {.code = again}).x;
  const Array said = predict(one.config, x, one.model);
  CHECK(argmax(said, {.axis = -1}).to_vector<int64_t>() == std::vector<int64_t>{0, 1});
  CHECK(contains(
      one.error("data = { file = 't.csv', text = 'sad', label = 'mood' }\nmodel = [{ dense = 2 }]\ntrain = {}"),
      "did you mean 'said'?"));
}

TEST_CASE("text: a file is learnt symbol by symbol") {
  Case one;
  std::string text;
  for (int i = 0; i < 60; ++i) text += "abcd";
  one.folder.write("t.txt", text);
  const std::string model = "model = [{ embedding = 8 }, { gru = 16, sequence = true }, { dense = 6 }]\n";
  one.load("data = { file = 't.txt', length = 6 }\n" + model +
           "train = { epochs = 25, batch = 8, metrics = ['perplexity'], optimizer = { adam = { lr = 0.03 } } }\n");
  CHECK(one.examples.label == Shape{6});
  CHECK(one.learn("accuracy") > 0.95);
  CHECK(one.figure("perplexity", one.examples.train) < 1.5);
  CHECK(contains(
      one.error("data = { file = 't.txt', length = 6 }\nmodel = [{ embedding = 8 }, { dense = 5 }]\ntrain = {}"),
      "dense = 6"));
  CHECK(contains(one.error("data = { file = 't.txt' }\n" + model + "train = { loss = 'mse' }"), "symbol by symbol"));
}

TEST_CASE("arrays: .npz and safetensors, with labels that have axes") {
  Case one;
  const Array x = normal(Key(1), {.shape = {24, 4, 4, 1}});
  struct Arrays {
    Array pictures, masks;
  };
  io::save(one.folder / "a.safetensors", Arrays{x, cast(squeeze(x, 3) > 0, {.dtype = int64})});
  const std::string data = "data = { file = 'a.safetensors', x = 'pictures', y = 'masks' }\n";
  one.load(data +
           "model = [{ conv = 4, activation = 'relu' }, { conv = 2 }]\n"
           "train = { epochs = 40, batch = 8, metrics = ['f1'], optimizer = { adam = { lr = 0.03 } } }\n");
  CHECK(one.examples.classes == 2);
  CHECK(one.learn("accuracy") > 0.9);
  CHECK(one.figure("f1", one.examples.train) > 0.9);
  CHECK(contains(one.error(data + "model = [{ conv = 1 }]\ntrain = {}"), "the labels are [4, 4]"));
  CHECK(contains(one.error("data = { file = 'a.safetensors', y = 'masks' }\nmodel = [{ dense = 2 }]\ntrain = {}"),
                 "there are masks [24, 4, 4], pictures [24, 4, 4, 1]"));
  // The repository's own archive: a target for each example.
  std::filesystem::copy("tests/data/arrays.npz", one.folder / "b.npz");
  one.load("data = { file = 'b.npz' }\nmodel = [{ flatten = true }, { dense = 2 }]\ntrain = {}\n");
  CHECK(one.examples.shape == Shape{3, 2});
  CHECK(one.examples.classes == 2);
}

TEST_CASE("propose: a config for arrays that nobody has described") {
  struct Arrays {
    Array images, labels;
  };
  Case one;
  const Array labels = remainder(arange(90) * 7, 3);
  const Array x = normal(Key(1), {.shape = {90, 8, 8, 1}}) +
                  reshape(cast(labels, {.dtype = float32}), {.shape = {90, 1, 1, 1}}) * 2;
  const std::string path = one.folder / "a.safetensors";
  io::save(path, Arrays{x, labels});
  std::string text = propose_config(path, "a.safetensors", "");
  CHECK(contains(text, "x = \"images\"  # [90, 8, 8, 1]"));
  CHECK(contains(text, "y = \"labels\"  # 3 classes"));
  one.load(text);
  one.config.train.epochs = 12;
  CHECK(one.learn("accuracy") > 0.9);
  io::save(path, Arrays{reshape(x, {.shape = {90, 64}}), sum(x, {.axis = {1, 2, 3}})});
  text = propose_config(path, "a.safetensors", "");
  CHECK(contains(text, "standardize = true"));
  one.load(text);
  CHECK(one.examples.classes == 0);
  struct Others {
    Array left, right;
  };
  io::save(path, Others{x, labels});
  CHECK(contains(message_of<ValueError>([&] { propose_config(path, "a", ""); }), "left [90, 8, 8, 1], right [90]"));
}

TEST_CASE("losses of a config: each is made small, and is what nn has") {
  Case one;
  std::string table;
  for (int i = 0; i < 64; ++i)
    table += std::to_string(i % 8 / 4.0 - 1) + "," + std::to_string(i / 8 / 4.0 - 0.9) + "," +
             std::to_string(i / 8 > i % 8) + "\n";
  one.folder.write("t.csv", table);
  const auto config = [](const std::string& last, const std::string& train) {
    return "data = { file = 't.csv' }\nmodel = [{ dense = 8, activation = 'tanh' }, { dense = " + last +
           " }]\n[train]\nepochs = 30\nbatch = 16\noptimizer = { adam = { lr = 0.03 } }\n" + train;
  };
  one.load(config("1", "loss = 'binary_cross_entropy'\nmetrics = ['f1', 'auc']\n"));
  CHECK(one.learn("accuracy") > 0.9);
  CHECK(one.figure("auc", one.examples.train) > 0.95);
  const Array said = predict(one.config, one.examples.train.x, one.model);
  CHECK(said.shape() == Shape{64, 2});
  CHECK(sum(said.at(0)).item<float>() == doctest::Approx(1));
  for (const std::string loss : {"contrastive", "triplet"}) {
    one.load(config("3", "loss = '" + loss + "'\n"));
    const double before = one.figure("loss", one.examples.train);
    CHECK(one.learn("loss") < before / 2);
  }
  one.load(config("2", "class_weights = 'balanced'\n"));
  CHECK(sum(one.examples.class_weights * from(std::vector<float>{36, 28}, {2})).item<float>() == doctest::Approx(64));
  CHECK(one.learn("accuracy") > 0.9);
  const Array output = one.model(one.examples.train.x);
  CHECK(one.figure("loss", one.examples.train) ==
        doctest::Approx(nn::cross_entropy_loss(output, one.examples.train.y, {.weights = one.examples.class_weights})
                            .item<double>()));
  one.folder.write("q.csv", table);
  one.load(
      "data = { file = 'q.csv', label = 0 }\nmodel = [{ dense = 1 }]\ntrain = { loss = 'huber', huber_delta = 0.5 }\n");
  CHECK(one.figure("loss", one.examples.train) ==
        doctest::Approx(
            nn::huber_loss(squeeze(one.model(one.examples.train.x), 1), one.examples.train.y, 0.5).item<double>()));
}

TEST_CASE("ctc and kl divergence take labels with axes of their own") {
  Case one;
  struct Arrays {
    Array x, y;
  };
  // Each step shows its symbol; what is said are the symbols that are not 0.
  const Array steps = remainder(arange(30 * 6) * 7919, 3);
  const Array x = cast(expand_dims(reshape(steps, {.shape = {30, 6}}), 2) == arange(3), {.dtype = float32});
  std::vector<int64_t> labels;
  const auto symbols = steps.to_vector<int64_t>();
  for (size_t i = 0; i < 30; ++i) {
    std::vector<int64_t> row;
    int64_t last = 0;
    for (size_t t = 0; t < 6; ++t) {
      if (symbols[i * 6 + t] != 0 && symbols[i * 6 + t] != last) row.push_back(symbols[i * 6 + t]);
      last = symbols[i * 6 + t];
    }
    row.resize(6, -1);
    labels.insert(labels.end(), row.begin(), row.end());
  }
  io::save(one.folder / "a.safetensors", Arrays{x, from(labels, {30, 6})});
  const std::string train = "[train]\nepochs = 40\nbatch = 10\noptimizer = { adam = { lr = 0.05 } }\n";
  one.load("data = { file = 'a.safetensors' }\nmodel = [{ lstm = 8, sequence = true }, { dense = 3 }]\n" + train +
           "loss = 'ctc'\n");
  CHECK(one.learn("loss") < 0.5);
  io::save(one.folder / "k.safetensors", Arrays{x.at(all, 0), softmax(x.at(all, 0) * 2)});
  one.load("data = { file = 'k.safetensors' }\nmodel = [{ dense = 3 }]\n" + train + "loss = 'kl_divergence'\n");
  CHECK(one.learn("loss") < 0.01);
  CHECK(predict(one.config, one.examples.train.x, one.model).shape() == Shape{30, 3});
}

TEST_CASE("cross-validation: every row is tested on once, and codes are learnt from the others") {
  Case one;
  std::string table = "a,b,y\n";
  for (int i = 0; i < 30; ++i)
    table += std::to_string(i) + "," + (i % 2 ? "u" : "v") + "," + (i % 3 ? "p" : "q") + "\n";
  one.folder.write("t.csv", table);
  one.load("data = { file = 't.csv', numeric = 'a', categorical = 'b' }\nmodel = [{ dense = 2 }]\ntrain = {}\n");
  one.config.fold.count = 4;
  int64_t tested = 0;
  std::vector<double> means;
  for (one.config.fold.number = 0; one.config.fold.number < 4; ++one.config.fold.number) {
    const Examples fold = load_examples(one.config);
    CHECK(fold.train.size() + fold.test.size() == 30);
    tested += fold.test.size();
    means.push_back(fold.code->numbers[0].mean);
    CHECK(mean(fold.train.x.at(all, 0)).item<double>() == doctest::Approx(0).epsilon(1e-5));
  }
  CHECK(tested == 30);
  CHECK(means[0] != means[1]);
}

TEST_CASE("an embedding for fewer numbers than the data have is refused before training") {
  Case one;
  one.folder.write("t.csv", "0,4,1\n2,1,0\n");
  const auto config = [](const char* count) {
    return "data = { file = 't.csv' }\nmodel = [{ embedding = 3, count = " + std::string(count) +
           " }, { flatten = true }, { dense = 2 }]\ntrain = { epochs = 1 }\n";
  };
  CHECK(contains(one.error(config("4")), "with numbers up to 4, but its count of 4 is for 0 to 3"));
  CHECK(one.error(config("5")).empty());
}

TEST_CASE("several columns of quantities are learnt at once, each in its own measure") {
  Case one;
  std::string table = "a,b,sum,product\n";
  for (int i = 0; i < 120; ++i) {
    const int a = i % 11, b = i * 7 % 13;
    table += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(a + b) + "," +
             (i == 5 ? std::string("?") : std::to_string(1000 * a - b)) + "\n";
  }
  one.folder.write("t.csv", table);
  const std::string data = "data = { file = 't.csv', numeric = ['a', 'b'], targets = ['sum', 'product'] }\n";
  one.load(data +
           "model = [{ dense = 2 }]\ntrain = { loss = 'mse', epochs = 60, batch = 8, metrics = ['mae'], "
           "optimizer = { adam = { lr = 0.05 } } }\n");
  CHECK(one.examples.label == Shape{2});
  CHECK(one.examples.unlabelled == 1);
  CHECK(one.examples.code->targets[1].scale > 1000);
  CHECK(one.learn("r2") > 0.99);
  CHECK(one.figure("mae", one.examples.train) < 0.1);
  const TableCode again = code_from(io::FileValue::parse(to_json(*one.examples.code), "w", "the note"));
  CHECK(again.targets[1].column == "product");
  CHECK(again.targets[1].mean == one.examples.code->targets[1].mean);
  CHECK(contains(one.error(data + "model = [{ dense = 2 }]\ntrain = {}"), "targets are quantities"));
  CHECK(contains(one.error(data + "model = [{ dense = 3 }]\ntrain = { loss = 'mse' }"), "the labels are [2]"));
  CHECK(
      contains(one.error("data = { file = 't.csv', numeric = ['a', 'sum'], targets = ['sum', 'product'] }\nmodel = [{ "
                         "dense = 2 }]\ntrain = { loss = 'mse' }"),
               "is the label"));
}

TEST_CASE("standardize: by the training rows alone, and kept with the model") {
  Case one;
  std::string table;
  for (int i = 0; i < 60; ++i)
    table += std::to_string(1000 + i % 9) + "," + std::to_string(i < 40 ? i % 3 : 1000000) + ",7," +
             std::to_string(i % 9 > 4) + "\n";
  one.folder.write("t.csv", table);
  one.load(
      "data = { file = 't.csv', train = '0:40', test = '40:' }\nmodel = [{ standardize = true }, { dense = 2 }]\n"
      "train = { epochs = 40, batch = 8, optimizer = { adam = { lr = 0.05 } } }\n");
  CHECK(one.learn("accuracy") > 0.9);
  const auto& layer = std::get<nn::Standardize>(one.model.layers[0]);
  const Array x = one.examples.train.x;
  CHECK(layer.mean.at(0).item<double>() == doctest::Approx(mean(x.at(all, 0)).item<double>()));
  CHECK(layer.mean.at(1).item<double>() < 2);
  CHECK(layer.deviation.at(2).item<double>() == 1);
  const Array y = layer(x);
  CHECK(mean(y.at(all, 0)).item<double>() == doctest::Approx(0).epsilon(1e-3));
  CHECK(mean(square(y.at(all, 0))).item<double>() == doctest::Approx(1).epsilon(1e-3));
  CHECK(contains(one.error("data = { file = 't.csv' }\nmodel = [{ dense = 2 }, { standardize = true }]\ntrain = {}"),
                 "it is the first layer"));
}

TEST_CASE("damaged rows stop a run, or are named and left out") {
  Case one;
  const std::string numbers = "1,2,0\n3,4,1\n5,x,0\n5,6\n7,8,1\n";
  one.folder.write("n.csv", numbers);
  const std::string rest = " }\nmodel = [{ dense = 2 }]\ntrain = {}\n";
  CHECK(contains(one.error("data = { file = 'n.csv'" + rest), "n.csv:3:3"));
  one.load("data = { file = 'n.csv', damaged = 'skip'" + rest);
  CHECK(one.examples.train.size() == 3);
  REQUIRE(one.examples.damaged.size() == 2);
  CHECK(contains(one.examples.damaged[1], "n.csv:4:1"));
  one.folder.write("m.csv", "a,b,y\n1,u,p\nx,u,q\n3,v,q\n4,v\n5,u,p\n");
  const std::string named = "data = { file = 'm.csv', numeric = 'a', categorical = 'b'";
  CHECK(contains(one.error(named + rest), "m.csv:5:1"));
  one.load(named + ", damaged = 'skip'" + rest);
  CHECK(one.examples.train.size() == 3);
  CHECK(one.examples.unlabelled == 0);
  REQUIRE(one.examples.damaged.size() == 2);
  CHECK(contains(one.examples.damaged[1], "m.csv:3: column 'a' has 'x'"));
}

TEST_CASE("examples from a temporary file train to the same bits") {
  Case one;
  std::string table;
  for (int i = 0; i < 300; ++i)
    table += std::to_string(i % 17) + "," + std::to_string(i % 5) + "," + std::to_string(i % 2) + "\n";
  one.folder.write("t.csv", table);
  const std::string rest =
      " }\nmodel = [{ dense = 4, activation = 'relu' }, { dense = 2 }]\ntrain = { epochs = 3, batch = 32 }\n";
  one.load("data = { file = 't.csv', scale = 0.1, validate = 0.2, test = 0.1" + rest);
  CHECK_FALSE(one.examples.train.reader);
  one.learn("loss");
  Case other;
  other.folder.write("t.csv", table);
  other.load("data = { file = 't.csv', scale = 0.1, validate = 0.2, test = 0.1, memory = 0.0001" + rest);
  REQUIRE(other.examples.train.reader);
  other.learn("loss");
  CHECK(tree::leaves(one.model)[0].to_vector<float>() == tree::leaves(other.model)[0].to_vector<float>());
}

TEST_CASE("arrays that stay in their file train to the same bits") {
  std::string x, y;
  for (int i = 0; i < 120; ++i) {
    for (int k = 0; k < 3; ++k) x += testing::bytes_of(static_cast<double>((i * (k + 3)) % 17));
    y += testing::bytes_of(static_cast<int64_t>(i % 2));
  }
  const std::vector<std::pair<std::string, std::string>> arrays = {{"x.npy", testing::npy("<f8", "(120, 3)", x)},
                                                                   {"y.npy", testing::npy("<i8", "(120,)", y)}};
  std::vector<float> wanted;
  for (const std::string file : {"stored.npz", "deflated.npz", "a.safetensors", "x.npy"})
    for (const std::string memory : {"100", "0.0001"}) {
      CAPTURE(file);
      Case one;
      one.folder.write("stored.npz", testing::zip(arrays, testing::Packing::stored));
      one.folder.write("deflated.npz", testing::zip(arrays, testing::Packing::deflated));
      struct Arrays {
        Array x, y;
      };
      const std::string plain = one.folder.write("x.npy", arrays[0].second);
      one.folder.write("y.npy", arrays[1].second);
      io::save(one.folder / "a.safetensors", Arrays{data::npy(plain), data::npy(one.folder / "y.npy")});
      one.load("data = { file = '" + file + "', " + (file == "x.npy" ? "labels = 'y.npy', " : "") +
               "scale = 0.1, validate = 0.2, test = 0.1, memory = " + memory +
               " }\nmodel = [{ standardize = true }, { dense = 4, activation = 'relu' }, { dense = 2 }]\n"
               "train = { epochs = 3, batch = 32 }\n");
      CHECK(static_cast<bool>(one.examples.train.reader) == (memory != "100"));
      one.learn("loss");
      const std::vector<float> weights = tree::leaves(one.model)[2].to_vector<float>();
      if (wanted.empty()) wanted = weights;
      CHECK(weights == wanted);
    }
}
