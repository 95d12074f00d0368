// Rows of text in columns.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace koine::cli {

class Table {
 public:
  enum class Align : uint8_t { left, right };
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

  /// Names of others, as columns of a file, are written out so that they are printable.
  void add(std::vector<std::string> row);
  /// A line across, before the next row.
  void rule() { rows_.emplace_back(); }
  /// Writes all rows, each column as wide as its widest text, two spaces between.
  void write(std::ostream& out) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace koine::cli
