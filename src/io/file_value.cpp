#include "io/file_value.h"

#include "base/format.h"
#include "base/printable.h"

#include <koine/error.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace koine::io {

namespace {

using nlohmann::json;

constexpr size_t most_bytes = size_t{1} << 26;
constexpr int most_depth = 16;

// What stands there, for a message.
std::string described(const json* value) {
  if (!value) return "nothing";
  if (value->is_array()) return cat("a list of ", value->size());
  if (value->is_object()) return "an object";
  const json& one = *value;
  return value->is_string() ? cat("\"", shortened(printable_name(one.get_ref<const std::string&>()), 60), "\"")
                            : one.dump();
}

// Sees keys that stand twice, of which a tree of values keeps one, and depth, while the text is read.
class Watch {
 public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
      if (depth >= most_depth) throw FormatError(cat("is nested deeper than ", most_depth));
    }
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end) keys_.pop_back();
    if (event == json::parse_event_t::key && !keys_.back().insert(parsed.get_ref<const std::string&>()).second)
      throw FormatError(
          cat("has the key '", shortened(printable_name(parsed.get_ref<const std::string&>()), 60), "' twice"));
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

struct FileValue::Text {
  std::string file, what;
  json value;
};

FileValue FileValue::parse(std::string_view text, const std::string& file, const std::string& what) {
  auto parsed = std::make_shared<Text>(Text{printable_name(file), what, {}});
  const auto refuse = [&](std::string_view why) { throw FormatError(cat(parsed->file, ": ", what, " ", why)); };
  if (text.size() > most_bytes) refuse(cat("has more than ", most_bytes, " bytes"));
  try {
    parsed->value =
        json::parse(text, [watch = std::make_shared<Watch>()](int depth, json::parse_event_t event, json& value) {
          return (*watch)(depth, event, value);
        });
  } catch (const json::exception&) {
    refuse("is no JSON");
  } catch (const FormatError& error) {
    refuse(error.what());
  }
  const json* value = &parsed->value;
  return {std::move(parsed), value, ""};
}

FileValue FileValue::note(const Metadata& notes, const std::string& name, const std::string& file) {
  const std::string* text = find_note(notes, name);
  if (!text) throw FormatError(cat(printable_name(file), ": has no note '", name, "'"));
  return parse(*text, file, cat("the note '", name, "'"));
}

std::string FileValue::path_to(std::string_view part) const {
  return path_.empty() ? std::string(part) : cat(path_, ".", part);
}

FileValue FileValue::at(std::string_view key) const {
  if (!value_ || !value_->is_object()) fail("an object");
  const auto found = value_->find(std::string(key));
  const FileValue value(text_, found == value_->end() ? nullptr : &*found, path_to(printable_name(key)));
  if (!value.value_) value.fail("a value");
  return value;
}

FileValue FileValue::at(size_t place) const {
  if (!value_ || !value_->is_array()) fail("a list");
  const FileValue value(text_, place < value_->size() ? &(*value_)[place] : nullptr, path_to(cat(place)));
  if (!value.value_) value.fail("a value");
  return value;
}

bool FileValue::has(std::string_view key) const {
  if (!value_->is_object()) fail("an object");
  return value_->find(std::string(key)) != value_->end();
}

bool FileValue::is_null() const { return value_->is_null(); }

int64_t FileValue::integer(int64_t least, int64_t most) const {
  const auto wrong = [&] {
    fail(most == any ? cat("a whole number of at least ", least) : cat("a whole number from ", least, " to ", most));
  };
  if (!value_->is_number_integer()) wrong();
  if (value_->is_number_unsigned() && value_->get<uint64_t>() > static_cast<uint64_t>(any)) wrong();
  const auto value = value_->get<int64_t>();
  if (value < least || value > most) wrong();
  return value;
}

double FileValue::number(double least, double most) const {
  if (!value_->is_number()) fail("a number");
  const auto value = value_->get<double>();
  if (!std::isfinite(value)) fail("a finite number");
  if (value < least || value > most) fail(cat("a number from ", least, " to ", most));
  return value;
}

double FileValue::number_or_nan() const { return is_null() ? std::numeric_limits<double>::quiet_NaN() : number(); }

bool FileValue::boolean() const {
  if (!value_->is_boolean()) fail("true or false");
  return value_->get<bool>();
}

std::string FileValue::text(size_t most) const {
  if (!value_->is_string()) fail("a text");
  const auto& text = value_->get_ref<const std::string&>();
  if (text.size() > most) fail(cat("a text of at most ", most, " bytes"));
  return text;
}

std::vector<FileValue> FileValue::list(size_t least, size_t most) const {
  if (!value_->is_array()) fail("a list");
  const size_t size = value_->size();
  if (size < least || size > most) {
    if (least == most) fail(cat("a list of ", least));
    fail(cat("a list of ", least, " to ", most));
  }
  std::vector<FileValue> all;
  all.reserve(size);
  for (size_t i = 0; i < size; ++i) all.push_back(at(i));
  return all;
}

std::vector<std::string> FileValue::keys() const {
  if (!value_->is_object()) fail("an object");
  std::vector<std::string> all;
  for (const auto& [key, value] : value_->items()) all.push_back(key);
  return all;
}

void FileValue::fail(std::string_view expected) const {
  throw FormatError(cat(text_->file, ": ", text_->what, path_.empty() ? "" : ", ", path_, ": got ", described(value_),
                        ", expected ", expected));
}

const std::string* find_note(const Metadata& notes, std::string_view name) {
  for (const auto& [key, text] : notes)
    if (key == name) return &text;
  return nullptr;
}

json json_number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

}  // namespace koine::io
