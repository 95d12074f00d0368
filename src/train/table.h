// Tables with columns of any kind: how rows of text become numbers, learnt from the training rows alone.
#pragma once

#include "data/csv.h"
#include "train/config.h"
#include "train/row_split.h"
#include "train/text.h"

#include <koine/data.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace koine::train {

/// How a table's columns become inputs and its label what is learnt.
struct TableCode {
  /// (value - mean) / scale; what is missing becomes the mean, and has an input that says so when there was any.
  struct Number {
    std::string column;
    double mean = 0, scale = 1;
    bool may_miss = false;
  };
  /// An input for each value that was seen, and one for all rare ones; a value never seen gives zeros.
  struct Category {
    std::string column;
    std::vector<std::string> values;
    bool has_rare = false;
  };
  /// More are no classes.
  static constexpr size_t most_classes = 1000;

  std::vector<Number> numbers;
  std::vector<Category> categories;
  std::string label;
  /// The classes in their order; empty for quantities.
  std::vector<std::string> classes;
  /// The quantities, which are learnt as (value - mean) / scale; empty for classes.
  std::vector<Number> targets;
  /// How texts become numbers, for a column of them or a file.
  std::optional<TextCode> text = {};

  /// How many numbers make an example.
  int64_t inputs() const;
};

/// Whether the config's data are such a table: it names columns.
bool has_columns(const Config& config);

/// The rows that have a label, split as the config says. Where damaged rows are skipped, those with texts in columns of
/// numbers are left out, and what is wrong with them is added to `damaged`.
RowSplit split_labelled(const Config& config, const data::TextTable& table,
                        std::vector<std::string>* damaged = nullptr);

/// Reads the file of the config, or another one with the same columns; for `problems` see data::TableOptions. Throws
/// ConfigError for a config that does not fit the file, FormatError and IoError.
data::TextTable read_columns(const Config& config, const std::string& file, std::vector<std::string>* damaged = nullptr,
                             std::vector<std::string>* problems = nullptr);

/// What is to be learnt of all rows, as it stands there.
std::string learnt_texts(const Config& config, const data::TextTable& table);

/// Learns the code from some rows; that columns have more values than are told apart goes to `remarks`. Throws
/// ConfigError with the place of the column that cannot be.
TableCode learn_code(const Config& config, const data::TextTable& table, const Ints& rows,
                     std::vector<std::string>* remarks = nullptr);

/// The texts of some rows, of a code of texts.
std::vector<std::string> texts_of(const TableCode& code, const Config& config, const data::TextTable& table,
                                  const Ints& rows);

/// What is wrong with a row's numbers, as an error says it; empty when they can be read.
std::string wrong_number(const TableCode& code, const Config& config, const data::TextTable& table, size_t row);

/// The rows as arrays; y is undefined unless `labels`. Throws FormatError "file:line: ..." for a value that is no
/// number in a column of numbers, and for a label that is no class.
data::Dataset encode(const TableCode& code, const Config& config, const data::TextTable& table, const Ints& rows,
                     bool labels);

/// As JSON, for the notes of a weights file. `code_from` throws FormatError for what is no such code.
std::string to_json(const TableCode& code);
TableCode code_from(const io::FileValue& note);

/// Throws FormatError with what does not fit unless the weights of a file, which note this code or none, were made from
/// such data as the config names: of the same kind, with the same columns, learning the same.
void check_code(const std::optional<TableCode>& code, const Config& config, const std::string& file);

/// Throws FormatError unless a model that gives `output` for an example can say what the code names.
void check_outputs(const TableCode& code, const Config& config, const Shape& output, const std::string& file);

}  // namespace koine::train
