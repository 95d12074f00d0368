#include "train/sections/sections.h"

#include "base/format.h"

#include <charconv>

namespace koine::train {

namespace {

// The whole text as a number; absent when empty. False when it is anything else.
bool read_bound(std::string_view text, std::optional<int64_t>& to) {
  if (text.empty()) return true;
  int64_t& number = to.emplace(0);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool ValueRule<RowRange>::read(const Value& value, RowRange& to) const {
  const std::string* text = value.get<std::string>();
  const size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return false;
  std::optional<int64_t> start, stop;
  const std::string_view view = *text;
  if (!read_bound(view.substr(0, colon), start) || !read_bound(view.substr(colon + 1), stop)) return false;
  to = {start.value_or(0), stop};
  return true;
}

std::string ValueRule<RowRange>::write(const RowRange& value) const {
  return cat("\"", value.start, ":", value.stop ? std::to_string(*value.stop) : std::string(), "\"");
}

bool ValueRule<RowPart>::read(const Value& value, RowPart& to) const {
  to = {};
  if (ValueRule<double>{{.low = 0, .high = 1, .open_low = true, .open_high = true}}.read(value, to.part)) return true;
  return ValueRule<RowRange>{}.read(value, to.rows.emplace());
}

std::string ValueRule<RowPart>::write(const RowPart& value) const {
  if (value.rows) return ValueRule<RowRange>{}.write(*value.rows);
  return value.part > 0 ? ValueRule<double>{}.write(value.part) : "";
}

bool ValueRule<std::vector<NamedInput>>::read(const Value& value, std::vector<NamedInput>& to) const {
  const auto* table = value.get<Value::Table>();
  if (!table || table->empty()) return false;
  to.clear();
  for (const auto& [name, place, given] : *table) {
    NamedInput& input = to.emplace_back(NamedInput{name});
    if (ValueRule<RowRange>{}.read(given, input.columns)) continue;
    const auto* parts = given.get<Value::Table>();
    const Value* columns = given.find("columns");
    const Value* shape = given.find("shape");
    if (!parts || !columns || !ValueRule<RowRange>{}.read(*columns, input.columns)) return false;
    if (shape && !ValueRule<std::vector<int64_t>>{{.low = 1}}.read(*shape, input.shape)) return false;
    if (parts->size() != (shape ? 2 : 1)) return false;
  }
  return true;
}

bool ValueRule<ClassWeights>::read(const Value& value, ClassWeights& to) const {
  to = {};
  if (const auto* text = value.get<std::string>()) return to.balanced = *text == "balanced";
  const auto* list = value.get<Value::List>();
  if (!list || list->empty()) return false;
  to.given.resize(list->size());
  for (size_t i = 0; i < list->size(); ++i)
    if (!ValueRule<double>{{.low = 0, .open_low = true}}.read((*list)[i], to.given[i])) return false;
  return true;
}

bool ValueRule<data::Column>::read(const Value& value, data::Column& to) const {
  if (const int64_t* number = value.get<int64_t>()) {
    to = *number;
  } else if (const std::string* text = value.get<std::string>(); text && !text->empty()) {
    if (*text == "first")
      to = int64_t{0};
    else if (*text == "last")
      to = int64_t{-1};
    else
      to = *text;
  } else {
    return false;
  }
  return true;
}

std::string ValueRule<data::Column>::write(const data::Column& value) const {
  if (!value.name().empty()) return cat("\"", value.name(), "\"");
  return value.number() == -1 ? "\"last\"" : cat(value.number());
}

std::string ValueRule<optim::Schedule>::takes() const { return ValueRule<double>{bounds}.takes(); }

bool ValueRule<optim::Schedule>::read(const Value& value, optim::Schedule& to) const {
  double number = 0;
  if (!ValueRule<double>{bounds}.read(value, number)) return false;
  to = number;
  return true;
}

std::string ValueRule<optim::Schedule>::write(const optim::Schedule& value) const {
  return ValueRule<double>{}.write(value.at(0));
}

std::string ValueRule<std::vector<std::string>>::takes() const {
  return choices.empty() ? "a text, or a list of texts"
                         : ValueRule<std::string>{choices}.takes() + ", or a list of them";
}

bool ValueRule<std::vector<std::string>>::read(const Value& value, std::vector<std::string>& to) const {
  const ValueRule<std::string> chosen{choices};
  // Without choices a text may also be empty, as one that stands for a missing value.
  const auto read_one = [&](const Value& from, std::string& text) {
    if (!choices.empty()) return chosen.read(from, text);
    if (const auto* any = from.get<std::string>()) text = *any;
    return from.get<std::string>() != nullptr;
  };
  std::vector<std::string> texts(1);
  if (const auto* list = value.get<Value::List>()) {
    texts.resize(list->size());
    for (size_t i = 0; i < list->size(); ++i)
      if (!read_one((*list)[i], texts[i])) return false;
  } else if (!read_one(value, texts[0])) {
    return false;
  }
  to = std::move(texts);
  return true;
}

std::string ValueRule<std::vector<std::string>>::write(const std::vector<std::string>& value) const {
  std::string text = "[";
  for (const std::string& one : value) text += cat(text.size() > 1 ? ", " : "", "\"", one, "\"");
  return text + "]";
}

}  // namespace koine::train
