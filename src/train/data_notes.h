// What a run notes of the data that it saw, beside how columns became numbers.
#pragma once

#include "io/file_value.h"

#include <koine/dim.h>

#include <cstdint>
#include <string>
#include <vector>

namespace koine::train {

struct DataNotes {
  /// Of one example.
  Shape shape = {};
  /// Whether its numbers were bytes, which are brought to another scale than others.
  bool bytes = false;
  /// The names of the inputs of a table of numbers, in their order; empty where it names none.
  std::vector<std::string> columns = {};
  /// How many rows there were, with a hash of what was to be learnt of them: other data have others.
  int64_t rows = 0;
  std::string hash = {};

  bool same_rows(const DataNotes& other) const { return rows == other.rows && hash == other.hash; }
};

/// As JSON. `data_notes_from` throws FormatError for what is none.
std::string to_json(const DataNotes& notes);
DataNotes data_notes_from(const io::FileValue& note);

}  // namespace koine::train
