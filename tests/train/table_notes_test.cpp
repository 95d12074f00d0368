#include "train/table.h"

#include "support/temp_folder.h"

#include <nlohmann/json.hpp>

using namespace koine;
using namespace koine::train;
using nlohmann::json;
using testing::contains;
using testing::message_of;

namespace {

TableCode from_text(const std::string& text) { return code_from(io::FileValue::parse(text, "w", "the note 'table'")); }

TableCode columns() {
  return {.numbers = {{"age", 20, 8, true}},
          .categories = {{"city", {"Bern", "Oslo"}, false}},
          .label = "score",
          .classes = {"0", "1"},
          .targets = {}};
}
TableCode texts(const std::string& column) {
  TableCode code{{}, {}, "", {}, {}};
  if (!column.empty()) code.label = "score", code.classes = {"0", "1"};
  code.text = TextCode{column, {"a", "é"}, false, 12};
  return code;
}

// What a note gives with one value in place of another.
std::string error(const TableCode& code, const std::string& key, const json& value) {
  json all = json::parse(to_json(code));
  all[json::json_pointer(key)] = value;
  return message_of<FormatError>([&] { from_text(all.dump()); });
}

Config config_of(const std::string& data, const std::string& train = "") {
  return parse_config("[data]\n" + data + "\n[[model]]\ndense = 2\n[train]\n" + train + "\n", "c.toml");
}
const std::string table_data = "file = 't.csv'\nlabel = 'score'\nnumeric = ['age']\ncategorical = ['city']";

std::string misfit(const std::optional<TableCode>& code, const std::string& data, const std::string& train = "") {
  return message_of<FormatError>([&] { check_code(code, config_of(data, train), "w"); });
}

}  // namespace

TEST_CASE("table notes: a code comes back") {
  const TableCode table = from_text(to_json(columns()));
  CHECK(table.numbers.at(0).mean == 20);
  CHECK(table.numbers.at(0).may_miss);
  CHECK(table.categories.at(0).values == std::vector<std::string>{"Bern", "Oslo"});
  CHECK(table.inputs() == 4);
  const TableCode text = from_text(to_json(texts("words")));
  CHECK(text.text->symbols == std::vector<std::string>{"a", "é"});
  CHECK(text.text->length == 12);
}

TEST_CASE("table notes: what no code has is refused, with the place") {
  // A length that times 3 texts is 2 in 64 bits.
  CHECK(error(texts(""), "/text/length", 6148914691236517206) ==
        "w: the note 'table', text.length: got 6148914691236517206, expected a whole number from 1 to 2147483648");
  for (const json& wrong : {json(0), json(-1), json(1e300), json(1.5), json(int64_t{1} << 62), json(true), json("3"),
                            json(nullptr), json::array({3})})
    CHECK(contains(error(texts(""), "/text/length", wrong), "text.length: got"));
  CHECK(contains(error(texts(""), "/text/symbols", json::array()), "text.symbols: got a list of 0"));
  CHECK(contains(error(texts(""), "/text/symbols/0", json::array()), "text.symbols.0: got a list of 0"));
  CHECK(contains(error(texts(""), "/text/symbols/0/0", 256), "text.symbols.0.0: got 256"));
  CHECK(contains(error(texts(""), "/text/symbols/1", json::array({'a'})), "text.symbols.1"));
  CHECK(contains(error(texts(""), "/text/bytes", 0), "text.bytes: got 0, expected true or false"));
  CHECK(contains(error(columns(), "/numbers/0/2", 0), "numbers.0.2: got 0"));
  CHECK(contains(error(columns(), "/numbers/0/2", -1), "numbers.0.2"));
  CHECK(contains(error(columns(), "/numbers/0/1", "20"), "numbers.0.1: got \"20\", expected a number"));
  CHECK(contains(error(columns(), "/numbers/0", json::array({"age", 20, 8})), "numbers.0: got a list of 3"));
  CHECK(contains(error(columns(), "/categories/0/1", json::array({"Oslo", "Oslo"})), "categories.0.1.1: got \"Oslo\""));
  CHECK(contains(error(columns(), "/classes", json::array({"1", "1"})), "classes.1"));
  CHECK(contains(error(columns(), "/classes", json::array({1, 2})), "classes.0: got 1, expected a text"));
  CHECK(contains(error(columns(), "/text", 3), "text: got 3"));
  CHECK(contains(message_of<FormatError>([] { from_text("{}"); }), "numbers: got nothing"));
}

TEST_CASE("table notes: weights of other data are refused by what they were made from") {
  CHECK(misfit(columns(), table_data).empty());
  CHECK(misfit(texts("words"), "file = 't.csv'\nlabel = 'score'\ntext = 'words'").empty());
  CHECK(misfit(texts(""), "file = 't.txt'").empty());
  CHECK(misfit({}, "file = 't.csv'").empty());
  // Names of classes alone are of images, whose folder need not be at hand.
  const TableCode images{{}, {}, "", {"cat", "dog"}, {}};
  CHECK(misfit(images, "file = 'folder'").empty());

  CHECK(
      contains(misfit({}, table_data), "w: was made from numbers alone, but the config's data are columns of a table"));
  CHECK(contains(misfit(columns(), "file = 't.txt'"), "from columns of a table, but the config's data are a text"));
  CHECK(contains(misfit(columns(), "file = 't.csv'"),
                 "from columns of a table, but the config's data are numbers alone"));
  CHECK(contains(misfit(images, table_data), "from numbers alone"));
  CHECK(contains(misfit(texts(""), table_data), "from a text"));
  CHECK(contains(misfit(texts(""), "file = 't.csv'\ntext = 'words'"),
                 "from a text, but the config's data are a column of texts"));
  CHECK(contains(misfit(texts("words"), "file = 't.csv'\ntext = 'body'"), "made from words, but data.text names body"));
  CHECK(
      contains(misfit(texts(""), "file = 't.txt'\nunit = 'byte'"), "made from characters, but data.unit is \"byte\""));
  CHECK(contains(misfit(texts(""), "file = 't.txt'\nlength = 8"),
                 "sequences of 12, but the longest of the config has 8"));
  CHECK(
      contains(misfit(columns(), "file = 't.csv'\nlabel = 'score'\nnumeric = ['age', 'size']\ncategorical = ['city']"),
               "made from age, but data.numeric names age, size"));
  CHECK(contains(misfit(columns(), "file = 't.csv'\nlabel = 'other'\nnumeric = ['age']\ncategorical = ['city']"),
                 "made from score, but data.label names other"));
  CHECK(contains(misfit(columns(), table_data, "loss = 'mse'"), "made from classes, but the loss is mse"));
}

TEST_CASE("table notes: a model says no less than the notes name") {
  const auto error = [](const TableCode& code, const Shape& output, const std::string& train = "") {
    return message_of<FormatError>([&] { check_outputs(code, config_of(table_data, train), output, "w"); });
  };
  CHECK(error(columns(), {2}).empty());
  CHECK(error(columns(), {3}).empty());
  CHECK(contains(error(columns(), {1}), "w: names 2 classes, but the model gives [1]"));
  CHECK(error(columns(), {1}, "loss = 'binary_cross_entropy'").empty());
  CHECK(error(texts(""), {12, 4}).empty());
  CHECK(contains(error(texts(""), {12, 3}), "names 4 symbols"));
  TableCode quantities = columns();
  quantities.classes.clear();
  quantities.targets = {{"a", 0, 1}, {"b", 0, 1}};
  CHECK(contains(error(quantities, {1}, "loss = 'mse'"), "names 2 quantities"));
}
