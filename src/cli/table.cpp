#include "cli/table.h"

#include "base/printable.h"
#include "base/utf8.h"

#include <algorithm>
#include <ostream>

namespace koine::cli {

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable_name(cell);
  rows_.push_back(std::move(row));
}

void Table::write(std::ostream& out) const {
  std::vector<size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], character_count(row[i]));
  size_t total = 2 * (widths.size() - 1);
  for (const size_t width : widths) total += width;
  for (const auto& row : rows_) {
    std::string line;
    if (row.empty()) line.assign(total, '-');
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - character_count(row[i]), ' ');
      line += (i ? "  " : "") + (columns_[i] == Align::right ? blanks + row[i] : row[i] + blanks);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace koine::cli
