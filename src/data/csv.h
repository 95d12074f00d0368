// Tables of numbers in text: comma- and tab-separated values.
#pragma once

#include "data/byte_source.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace koine::data {

/// Whether the first record names the columns. `detect` takes it as names when none of its fields is a number.
enum class Header : uint8_t { detect, present, absent };

struct TableOptions {
  Header header = Header::detect;
  /// 0 chooses a tab for names that end in .tsv or .tab (also before .gz), else a comma.
  char delimiter = 0;
  /// The longest record that is accepted.
  size_t max_record_bytes = size_t{16} << 20;
  size_t max_columns = size_t{1} << 20;
  ExpansionLimits expansion = {};
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
/// CRLF. Spaces around a number, a UTF-8 byte order mark and empty lines are passed over. Numbers are those of
/// std::from_chars, also with a plus sign; "inf" and "nan" are numbers. The file is read in pieces: beside the result
/// only one record is held.
/// Throws FormatError "file:line:column: field n (name): ..." with the offending text, and IoError.
Table read_table(const std::string& path, const TableOptions& options = {});

}  // namespace koine::data
