#include "train/trained.h"

#include "base/format.h"
#include "io/file_value.h"
#include "support/temp_folder.h"
#include "train/examples.h"
#include "train/inputs.h"

#include <koine/error.h>
#include <koine/ops.h>

using namespace koine;
using namespace koine::testing;
using namespace koine::train;

namespace {

const std::string base =
    "[data]\nfile = 't.csv'\nlabel = 'y'\nscale = 0.5\ntest = 0.25\n\n[[model]]\ndense = 8\nactivation = 'relu'\n"
    "[[model]]\ndense = 2\n\n[train]\nseed = 3\n";

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  REQUIRE(contains(text, part));
  return text.replace(text.find(part), part.size(), by);
}

/// A table with a config, and what weights that were trained on it note.
struct Run {
  TempFolder folder;
  Config config;
  Examples examples;
  Trained trained;

  explicit Run(const std::string& table, const std::string& text = base) {
    folder.write("t.csv", table);
    config = parse_config(text, folder / "c.toml");
    examples = load_examples(config);
    trained = trained_from(trained_notes(text, {"train.seed=3"}, examples.code, examples.data), config, "w");
  }
  Config with(const std::string& text) const { return parse_config(text, folder / "c.toml"); }
  std::string refusal(const std::string& text, Settings which) const {
    return message_of<ConfigError>([&] { check_settings(trained, with(text), which); });
  }
};

std::string table() {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 40; ++i) text += cat(i % 7, ",", i % 5, ",", i % 2, "\n");
  return text;
}

}  // namespace

TEST_CASE("trained: settings of data and model are those that the weights were trained with") {
  const Run run(table());
  for (const Settings which : {Settings::data, Settings::model}) CHECK(run.refusal(base, which).empty());
  const std::string scaled = run.refusal(replaced(base, "scale = 0.5", "scale = 2"), Settings::data);
  CHECK(contains(scaled, ": the weights w were trained with data.scale as the number 0.5, now it is the number 2"));
  CHECK(contains(run.refusal(replaced(base, "scale = 0.5\n", ""), Settings::data), "data.scale"));
  CHECK(contains(run.refusal(replaced(base, "seed = 3", "loss = 'mse'"), Settings::data), "train.loss"));
  CHECK(contains(run.refusal(replaced(base, "'relu'", "'tanh'"), Settings::model), "model.0.activation"));
  CHECK(contains(run.refusal(replaced(base, "dense = 2", "dense = 2\nbias = false"), Settings::model), "model.1.bias"));
  // Defaults that are written out, and settings that say where and how rows are read.
  for (const char* same :
       {"channels = 'color'", "missing = ['', 'NA', 'N/A', 'na', 'nan', 'NaN', 'null', 'None', '?', '-']", "memory = 1",
        "encoding = 'latin-1'", "damaged = 'skip'", "train = '0:20'"})
    CHECK(run.refusal(replaced(base, "[data]\n", cat("[data]\n", same, "\n")), Settings::data).empty());
  CHECK(contains(run.refusal(replaced(base, "[data]\n", "[data]\nmissing = ['']\n"), Settings::data), "data.missing"));
  // Nothing is noted of weights from elsewhere.
  check_settings(Trained{}, run.with(replaced(base, "scale = 0.5", "scale = 2")), Settings::data);
}

TEST_CASE("trained: rows that were trained on are not judged by") {
  const Run run(table());
  const auto refusal = [&](const std::string& text) {
    return message_of<ConfigError>([&] { load_examples(run.with(text), run.trained); });
  };
  CHECK(refusal(base).empty());
  CHECK(load_examples(run.config, run.trained).remarks.empty());
  CHECK(contains(refusal(replaced(base, "seed = 3", "seed = 4")), "c.toml:14:"));
  CHECK(contains(refusal(replaced(base, "seed = 3", "seed = 4")),
                 "rows to judge by are rows that the weights w were trained on"));
  CHECK(contains(refusal(replaced(base, "test = 0.25", "test = '0:30'")), "c.toml:5:"));
  // Fewer rows of the same are fine.
  CHECK(refusal(replaced(base, "test = 0.25", "test = 0.25\nvalidate = 0.2")).empty());
  run.folder.write("t.csv", table() + "1,1,1\n");
  const Examples other = load_examples(run.config, run.trained);
  REQUIRE(other.remarks.size() == 1);
  CHECK(contains(other.remarks[0], "other rows than the weights were trained with"));
}

TEST_CASE("trained: columns are taken by name, and every row has its place") {
  const Run run(table());
  CHECK(run.trained.data->columns == std::vector<std::string>{"a", "b"});
  const auto read = [&](const std::string& text, const std::string& more = "") {
    const std::string file = run.folder.write("new.csv", text);
    return load_inputs(run.with(replaced(base, "[data]\n", "[data]\n" + more)), file, {2}, run.trained);
  };
  const std::vector<float> expected{0.5, 1, 1.5, 2};
  CHECK(read("a,b\n1,2\n3,4\n").x.to_vector<float>() == expected);
  CHECK(read("b,x,a\n2,7,1\n4,7,3\n").x.to_vector<float>() == expected);
  CHECK(read("y,b,a\n0,2,1\n1,4,3\n").x.to_vector<float>() == expected);
  CHECK(read("1,2\n3,4\n").x.to_vector<float>() == expected);
  CHECK(contains(message_of<IndexError>([&] { read("a,c\n1,2\n"); }), "no column 'b'"));
  const Inputs odd = read("a,b\n\n1,2\n\nx,4\n3\n3,4\n\n", "damaged = 'skip'\n");
  CHECK(odd.x.to_vector<float>() == expected);
  REQUIRE(odd.problems.size() == 6);
  CHECK(contains(odd.problems[0], "new.csv:2:1: a blank line"));
  CHECK(odd.problems[1].empty());
  CHECK(contains(odd.problems[2], "new.csv:4:1: a blank line"));
  CHECK(contains(odd.problems[3], "new.csv:5:1: field 1 (a): \"x\" is not a number"));
  CHECK(contains(odd.problems[4], "new.csv:6:1: the row has 1 field"));
  CHECK(odd.problems[5].empty());
  CHECK(contains(message_of<FormatError>([&] { read("a,b\n1,2\nx,4\n"); }), "new.csv:3:1:"));
}

TEST_CASE("trained: notes that are none are refused") {
  const auto error = [](const std::string& json) {
    return message_of<FormatError>([&] { data_notes_from(io::FileValue::parse(json, "w", "the note")); });
  };
  const DataNotes notes{{2, 3}, true, {"a", "ä"}, 7, "0123456789abcdef"};
  const DataNotes again = data_notes_from(io::FileValue::parse(to_json(notes), "w", "the note"));
  CHECK(again.shape == notes.shape);
  CHECK(again.bytes);
  CHECK(again.columns == notes.columns);
  CHECK(again.same_rows(notes));
  for (const char* part : {"-1", "0", "1.5", "1e300", "true", "\"3\"", "null", "99999999999"})
    CHECK(contains(error(cat(R"({"shape":[)", part, R"(],"bytes":true,"columns":[],"rows":7,"hash":""})")), "shape.0"));
  CHECK(contains(error(R"({"shape":[],"bytes":1,"columns":[],"rows":7,"hash":""})"), "bytes"));
  CHECK(contains(error(R"({"shape":[],"bytes":true,"columns":[1],"rows":7,"hash":""})"), "columns.0"));
  CHECK(contains(error(R"({"shape":[],"bytes":true,"columns":[],"rows":-7,"hash":""})"), "rows"));
  CHECK(contains(error("[]"), "an object"));
}

TEST_CASE("trained: many values of a category are told, and told apart where the config says so") {
  std::string text = "id,y\n";
  for (int i = 0; i < 200; ++i) text += cat("v", i % 70, ",", i % 2, "\n");
  const std::string config =
      "data = { file = 't.csv', label = 'y', categorical = ['id'] }\nmodel = [{ dense = 2 }]\ntrain = {}\n";
  const Run few(text, config);
  CHECK(few.examples.shape == Shape{65});
  REQUIRE(few.examples.remarks.size() == 1);
  CHECK(contains(few.examples.remarks[0], "column 'id' has 70 values"));
  const Run all(text, replaced(config, "'y',", "'y', max_categories = 70,"));
  CHECK(all.examples.shape == Shape{70});
  CHECK(all.examples.remarks.empty());
  // Each row has one input that is 1.
  CHECK(sum(all.examples.train.x, {.axis = 1}).to_vector<float>() == std::vector<float>(200, 1));
  CHECK(sum(few.examples.train.x, {.axis = 1}).to_vector<float>() == std::vector<float>(200, 1));
}
