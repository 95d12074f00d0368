// Tables of numbers in text: comma- and tab-separated values.
#pragma once

#include "data/byte_source.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace koine::data {

/// Whether the first record names the columns. `detect` takes it as names when none of its fields is a number.
enum class Header : uint8_t { detect, present, absent };

struct TableOptions {
  Header header = Header::detect;
  /// 0 chooses a tab for names that end in .tsv or .tab (also before .gz), else a comma.
  char delimiter = 0;
  /// As open_text takes it: empty for UTF-8.
  std::string encoding = {};
  /// The longest record that is accepted.
  size_t max_record_bytes = size_t{16} << 20;
  size_t max_columns = size_t{1} << 20;
  ExpansionLimits expansion = {};
  /// Rows with another number of fields, or with texts where numbers should be, are left out and named here.
  std::vector<std::string>* damaged = nullptr;
  /// Where set, every row has its place here, with what is wrong with it, empty for those that are read: those that are
  /// left out, and lines between rows that are blank.
  std::vector<std::string>* problems = nullptr;
};

/// A table in row-major order: value (row, column) is values[row * columns + column].
struct Table {
  /// Empty when the file has no header.
  std::vector<std::string> names;
  size_t rows = 0;
  size_t columns = 0;
  std::vector<double> values;
};

/// Reads a table of numbers by RFC 4180: fields may be quoted, "" is a quote in a quoted field, lines end in LF or
/// CRLF. Spaces around a number, a byte order mark and empty lines are passed over. Numbers are those of
/// std::from_chars, also with a plus sign; "inf" and "nan" are numbers. The file is read in pieces: beside the result
/// only one record is held.
/// Throws FormatError "file:line:column: field n (name): ..." with the offending text, and IoError.
Table read_table(const std::string& path, const TableOptions& options = {});

/// The same row by row, for tables of any length: `take(names, values)` is called for each.
void read_rows(const std::string& path, const TableOptions& options,
               const std::function<void(const std::vector<std::string>& names, std::span<const double> values)>& take);

/// A table of texts, row-major: cell (row, column) is cells[row * columns + column], without spaces around unless they
/// stand in quotes.
struct TextTable {
  std::vector<std::string> names;
  size_t rows = 0;
  size_t columns = 0;
  std::vector<std::string> cells;
  /// Where each row begins in the file, from 1.
  std::vector<size_t> lines;

  const std::string& at(size_t row, size_t column) const { return cells[row * columns + column]; }
};

/// The same for columns of any kind. The first record names the columns unless it is told otherwise or one of its
/// fields is a number; the columns of a table without names are called "0", "1" and so on.
TextTable read_text_table(const std::string& path, const TableOptions& options = {});

/// The delimiter that a text table uses, by its first line: a comma, semicolon, tab or bar. Throws as read_table.
char find_delimiter(const std::string& path, const std::string& encoding = {});

/// The whole text as a number, as tables have it; false when it is none.
bool read_number(std::string_view text, double& value);

}  // namespace koine::data
