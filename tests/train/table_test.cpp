#include "train/table.h"

#include "support/temp_folder.h"
#include "train/examples.h"
#include "train/fit.h"
#include "train/inputs.h"
#include "train/model_builder.h"
#include "train/propose.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

using namespace koine;
using namespace koine::train;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

const std::string people =
    "name;age;city;score\n"
    "a;10;Rome;1\nb;20;Oslo;0\nc;NA;Rome;1\nd;30;Bern;0\n"
    "e;90;Paris;1\n";

struct Table {
  TempFolder folder;
  Config config;
  explicit Table(const std::string& text = people, const std::string& more = "", const std::string& train = "") {
    folder.write("t.csv", text);
    config = parse_config("[data]\nfile = 't.csv'\nlabel = 'score'\nnumeric = ['age']\ncategorical = ['city']\n" +
                              more + "\n[[model]]\ndense = 2\n[train]\n" + train + "\n",
                          folder / "c.toml");
  }
  Examples load() { return load_examples(config); }
  std::string error() {
    return message_of<Error>([&] { load(); });
  }
};

}  // namespace

TEST_CASE("tables: numbers and categories are learnt from the training rows alone") {
  Table table(people, "train = '0:4'\ntest = '4:'");
  const Examples examples = table.load();
  CHECK(examples.shape == Shape{5});
  CHECK(examples.classes == 2);
  const auto& age = examples.code->numbers.at(0);
  CHECK(age.mean == doctest::Approx(20));
  CHECK(age.scale == doctest::Approx(std::sqrt(200 / 3.0)));
  CHECK(examples.code->categories.at(0).values == std::vector<std::string>{"Bern", "Oslo", "Rome"});
  const float one = static_cast<float>(10 / std::sqrt(200 / 3.0));
  const std::vector<float> x = examples.train.x.to_vector<float>();
  CHECK(x == std::vector<float>{-one, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, one, 0, 1, 0, 0});
  CHECK(examples.train.y.to_vector<int64_t>() == std::vector<int64_t>{1, 0, 1, 0});
  // A city that was never seen has no input of its own.
  CHECK(examples.test.x.to_vector<float>() == std::vector<float>{7 * one, 0, 0, 0, 0});
}

TEST_CASE("tables: a code is read back from its JSON, and encodes other files") {
  Table table;
  const Examples examples = table.load();
  const TableCode again = code_from(io::FileValue::parse(to_json(*examples.code), "w", "the note"));
  const std::string other = table.folder.write("other.csv", "city,age\nOslo,20\n");
  const Array x = load_inputs(table.config, other, examples.shape, {.code = again}).x;
  CHECK(x.to_vector<float>() ==
        load_inputs(table.config, other, examples.shape, {.code = examples.code}).x.to_vector<float>());
  CHECK(x.size(0) == 1);
  const std::string narrow = table.folder.write("narrow.csv", "city,old\nOslo,20\n");
  CHECK(contains(message_of<ConfigError>([&] { load_inputs(table.config, narrow, examples.shape, {.code = again}); }),
                 "'age'"));
}

TEST_CASE("tables: quantities are learnt at a scale of one and told in their own") {
  Table table(people, "", "loss = 'mse'");
  const Examples examples = table.load();
  CHECK(examples.classes == 0);
  CHECK(examples.code->targets[0].mean == doctest::Approx(0.6));
  CHECK(examples.unit() == doctest::Approx(std::sqrt(0.24)));
  CHECK(examples.train.y.dtype() == float32);
}

TEST_CASE("tables: what does not fit is told with file and line") {
  CHECK(contains(Table("age;city;score\n1;Rome;1\nold;Oslo;0\n").error(), "t.csv:3: column 'age' has 'old'"));
  CHECK(contains(Table("aeg;city;score\n1;Rome;1\n").error(), "has no column 'age'"));
  CHECK(contains(Table("age;city;score\n1;Rome;1\n2;Rome;1\n").error(), "one value only"));
  CHECK(contains(Table("age;city;result\n1;Rome;1\n").error(), "c.toml:3:"));
  CHECK(contains(Table(people, "scale = 2").error(), "c.toml:6:"));
  CHECK(contains(Table("age;city;score\nNA;Rome;1\n?;Oslo;0\n").error(), "has no number"));
  Table unlabelled("age;city;score\n1;Rome;1\n2;Oslo;\n3;Oslo;0\n");
  CHECK(unlabelled.load().unlabelled == 1);
  CHECK(unlabelled.load().train.size() == 2);
}

TEST_CASE("tables: parts are drawn by the seed and do not overlap") {
  std::string text = "age,city,score\n";
  for (int i = 0; i < 100; ++i)
    text += std::to_string(i) + (i % 3 ? ",Rome," : ",Oslo,") + std::to_string(i % 2) + "\n";
  Table table(text, "test = 0.2\nvalidate = 0.25");
  const auto rows = split_labelled(table.config, read_columns(table.config, table.config.data.file));
  CHECK(rows.test.size() == 20);
  CHECK(rows.validation.size() == 20);
  CHECK(rows.train.size() == 60);
  std::vector<bool> seen(100);
  for (const Ints* part : {&rows.test, &rows.validation, &rows.train})
    for (const int64_t row : *part) {
      CHECK_FALSE(seen[static_cast<size_t>(row)]);
      seen[static_cast<size_t>(row)] = true;
    }
  table.config.train.seed = 1;
  CHECK(split_labelled(table.config, read_columns(table.config, table.config.data.file)).test != rows.test);
}

TEST_CASE("propose: a config for data never seen trains a model that is better than guessing") {
  std::string text = "id,age,city,note,constant,bought\n";
  for (int i = 0; i < 240; ++i) {
    const int age = 20 + (i * 37) % 50;
    const char* city = i % 3 == 0 ? "\"New, York\"" : i % 3 == 1 ? "Oslo" : "Rome";
    text += std::to_string(i + 1) + "," + (i % 20 == 7 ? "unknown" : std::to_string(age)) + "," + city + ",text " +
            std::to_string(i * 7919 % 1009) + ",x," + (age + (i % 3 == 0 ? 15 : 0) > 50 ? "yes" : "no") + "\n";
  }
  TempFolder folder;
  const std::string path = folder.write("shop.csv", text);
  const std::string proposed = propose_config(path, "shop.csv", "bought");
  CHECK(contains(proposed, "numeric = [\"age\"]"));
  CHECK(contains(proposed, "categorical = [\"city\"]"));
  CHECK(contains(proposed, "# left out: id, which numbers the rows"));
  CHECK(contains(proposed, "# left out: note, which is different in almost every row"));
  CHECK(contains(proposed, "# left out: constant, which has one value only"));
  CHECK(contains(proposed, "\"unknown\"]"));
  // The last column is the label when none is named and none has the name of one.
  CHECK(propose_config(path, "shop.csv", "") == proposed);
  const Config config = read_config(folder.write("shop.toml", proposed));
  const Examples examples = load_examples(config);
  nn::Stack model = first_values(config, build_model(config, examples.facts()));
  fit(config, examples, model, fit_options(config, examples));
  CHECK(evaluate(config, examples, examples.test, model)[1].value > 0.85);
}

TEST_CASE("propose: quantities, other delimiters, and what cannot be") {
  TempFolder folder;
  std::string text = "size\tprice\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i * i) + "\t" + std::to_string(100.5 * i) + "\n";
  const std::string homes = folder.write("homes.tsv", text);
  CHECK(contains(propose_config(homes, "homes.tsv", ""), "loss = \"mse\""));
  CHECK(contains(propose_config(homes, "homes.tsv", ""), "label = \"price\"  # a quantity"));
  CHECK(contains(propose_config(homes, "homes.tsv", "size"), "label = \"size\""));
  CHECK(
      contains(message_of<ValueError>([&] { propose_config(homes, "homes.tsv", "prize"); }), "did you mean 'price'?"));
  const auto error = [&](const std::string& content) {
    const std::string path = folder.write("e.csv", content);
    return message_of<ValueError>([&] { propose_config(path, "e.csv", ""); });
  };
  CHECK(contains(error("a\n1\n2\n3\n4\n5\n6\n7\n8\n"), "one column"));
  CHECK(contains(error("a,b\n1,2\n"), "1 rows"));
  CHECK(contains(error("a,a\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n"), "same name"));
  CHECK(contains(error("a,b\n1,2\n3,2\n4,2\n5,2\n6,2\n7,2\n8,2\n9,2\n"), "one value only"));
}
