#include "train/data_notes.h"

#include "train/schema.h"

#include <nlohmann/json.hpp>

namespace koine::train {

std::string to_json(const DataNotes& notes) {
  nlohmann::json shape = nlohmann::json::array();
  for (const Dim& size : notes.shape) shape.push_back(size.value());
  return nlohmann::json{
      {"shape", shape}, {"bytes", notes.bytes}, {"columns", notes.columns}, {"rows", notes.rows}, {"hash", notes.hash}}
      .dump();
}

DataNotes data_notes_from(const io::FileValue& note) {
  constexpr size_t most_axes = 16, hash_digits = 16;
  DataNotes notes;
  for (const io::FileValue& size : note.at("shape").list(0, most_axes))
    notes.shape.push_back(size.integer(1, largest_count));
  notes.bytes = note.at("bytes").boolean();
  for (const io::FileValue& name : note.at("columns").list()) notes.columns.push_back(name.text());
  notes.rows = note.at("rows").integer(0);
  notes.hash = note.at("hash").text(hash_digits);
  return notes;
}

}  // namespace koine::train
