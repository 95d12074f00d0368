#include "train/config_value.h"

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"

#include <koine/error.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <utility>

namespace koine::train {

namespace {

Place place_of(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int64_t>(region.begin.line), static_cast<int64_t>(region.begin.column)};
}

// How deep tables and lists may be nested, the parts of dotted keys counted: what walks through them, the parser too,
// goes down by calls.
constexpr int64_t deepest = 100;

/// Follows the text of TOML as far as it takes to know how deep it is nested.
class Nesting {
 public:
  explicit Nesting(std::string_view text) : text_(text) {}

  /// Calls `fail(place, message)` where it is too deep.
  template <class Fail>
  void check(const Fail& fail) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#')
        skip_to("\n");
      else if (c == '"' || c == '\'')
        skip_text(c);
      else
        take(c);
      if (around_.back() + dots_ > deepest)
        return fail(place(), cat("is nested deeper than ", deepest, ", the parts of dotted keys counted"));
    }
  }

 private:
  void take(char c) {
    ++at_;
    const bool header = c == '[' && around_.size() == 1 && line_is_empty_;
    if (header) around_[0] = 0;
    line_is_empty_ = c == '\n' || (line_is_empty_ && (c == ' ' || c == '\t' || c == '\r' || header));
    if (c == '.') {
      ++dots_;
    } else if (header) {
      // What follows stands in the table that the line names.
      ++around_[0];
    } else if (c == ']' && around_.size() == 1) {
      around_[0] += std::exchange(dots_, 0);
    } else if (c == '[' || c == '{') {
      around_.push_back(around_.back() + std::exchange(dots_, 0) + 1);
    } else if ((c == ']' || c == '}') && around_.size() > 1) {
      around_.pop_back();
      dots_ = 0;
    } else if (c == ',' || (c == '\n' && around_.size() == 1)) {
      dots_ = 0;
    }
  }
  void skip_to(std::string_view end) { at_ = std::min(text_.find(end, at_), text_.size()); }
  void skip_text(char quote) {
    line_is_empty_ = false;
    const std::string_view rest = text_.substr(at_);
    const bool lines = rest.starts_with(quote == '"' ? "\"\"\"" : "'''");
    for (at_ += lines ? 3 : 1; at_ < text_.size(); ++at_) {
      if (quote == '"' && text_[at_] == '\\') {
        ++at_;
      } else if (!lines && (text_[at_] == quote || text_[at_] == '\n')) {
        at_ += text_[at_] == quote ? 1 : 0;
        return;
      } else if (lines && text_.substr(at_).starts_with(rest.substr(0, 3))) {
        at_ += 3;
        return;
      }
    }
    at_ = text_.size();
  }
  Place place() const {
    const std::string_view before = text_.substr(0, at_ - 1);
    const size_t line = before.find_last_of('\n');
    return {"", std::count(before.begin(), before.end(), '\n') + 1,
            static_cast<int64_t>(before.size() - (line == std::string_view::npos ? 0 : line + 1)) + 1};
  }

  std::string_view text_;
  size_t at_ = 0;
  bool line_is_empty_ = true;
  /// How deep what stands in each open bracket is; the first is the table that the last header names.
  std::vector<int64_t> around_{0};
  int64_t dots_ = 0;
};

template <class Fail>
void check_nesting(std::string_view text, const Fail& fail) {
  Nesting(text).check(fail);
}

Value convert(const toml::node& node, const std::string& file) {
  Value value;
  value.place = place_of(node.source(), file);
  if (const auto* table = node.as_table()) {
    Value::Table entries;
    for (const auto& [key, child] : *table)
      entries.push_back({std::string(key.str()), place_of(key.source(), file), convert(child, file)});
    // The parser sorts by name.
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    value.data = std::move(entries);
  } else if (const auto* array = node.as_array()) {
    Value::List list;
    for (const toml::node& child : *array) list.push_back(convert(child, file));
    value.data = std::move(list);
  } else if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.data = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.data = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.data = boolean->get();
  } else {
    value.data = Value::Other{};
  }
  return value;
}

void flatten(const Value& value, const std::string& path, std::map<std::string, std::string>& to) {
  const std::string prefix = path.empty() ? "" : path + ".";
  if (const auto* table = value.get<Value::Table>()) {
    for (const Entry& entry : *table) flatten(entry.value, prefix + entry.key, to);
  } else if (const auto* list = value.get<Value::List>()) {
    for (size_t i = 0; i < list->size(); ++i) flatten((*list)[i], cat(prefix, i), to);
    if (list->empty()) to[path] = "an empty list";
  } else {
    to[path] = value.describe();
  }
}

void set_place(Value& value, const Place& place) {
  value.place = place;
  if (auto* list = value.get<Value::List>())
    for (Value& child : *list) set_place(child, place);
  if (auto* table = value.get<Value::Table>())
    for (Entry& entry : *table) {
      entry.place = place;
      set_place(entry.value, place);
    }
}

// The right side of an assignment: TOML if it is, else a text.
Value parse_override(std::string_view text, const Place& place) {
  Value value{place, std::string(text)};
  const std::string assignment = cat("value = ", text);
  check_nesting(assignment,
                [&](const Place&, std::string_view what) { throw ConfigError(cat(to_string(place), ": ", what)); });
  try {
    Value parsed = convert(toml::parse(assignment), {});
    auto& entries = *parsed.get<Value::Table>();
    if (entries.size() == 1) value = std::move(entries[0].value);
  } catch (const toml::parse_error&) {
    // Not TOML: the text as it is.
  }
  set_place(value, place);
  return value;
}

// The next part of a dotted path, which is cut off it.
std::string_view next_part(std::string_view& path) {
  const size_t dot = path.find('.');
  const std::string_view part = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  return part;
}

// Null when the part is no position of the list.
template <class List>
auto* element(List& list, std::string_view part) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  const bool valid = error == std::errc() && end == part.data() + part.size() && index < list.size();
  return valid ? &list[index] : nullptr;
}

}  // namespace

std::string to_string(const Place& place) {
  const std::string source = shortened(printable_name(place.source), 200);
  return place.in_file() ? cat(source, ":", place.line, ":", place.column) : source;
}

const Value* Value::find(std::string_view key) const {
  if (const auto* table = get<Table>())
    for (const Entry& entry : *table)
      if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string Value::describe() const {
  if (const auto* boolean = get<bool>()) return *boolean ? "true" : "false";
  if (const auto* integer = get<int64_t>()) return cat("the number ", *integer);
  if (const auto* number = get<double>()) return cat("the number ", *number);
  if (const auto* text = get<std::string>()) return cat("the text '", *text, "'");
  if (get<List>()) return "a list";
  return get<Table>() ? "a table" : "a date or time";
}

Value parse_config_text(std::string_view text, const std::string& file) {
  check_nesting(text, [&](Place place, std::string_view what) {
    place.source = file;
    throw ConfigError(cat(to_string(place), ": ", what));
  });
  try {
    return convert(toml::parse(text), file);
  } catch (const toml::parse_error& error) {
    throw ConfigError(cat(to_string(place_of(error.source(), file)), ": ", printable_line(error.description())));
  }
}

std::map<std::string, std::string> flattened(const Value& root) {
  std::map<std::string, std::string> all;
  flatten(root, "", all);
  return all;
}

void override_value(Value& root, std::string_view assignment) {
  const Place place{cat("--set ", assignment)};
  const auto fail = [&](std::string_view what) {
    throw ConfigError(cat(to_string(place), ": ", printable_line(what)));
  };
  // What the weights note of a run, and a text of TOML, is UTF-8.
  if (!is_utf8(assignment)) fail("is not UTF-8; names of files that are not can be given through a link");
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) fail("an override reads key=value, as in train.epochs=3");
  const std::string_view key = assignment.substr(0, equals);
  if (std::count(key.begin(), key.end(), '.') >= deepest) fail(cat("the key has more than ", deepest, " parts"));
  std::string_view rest = key;
  Value* at = &root;
  do {
    const std::string_view walked = key.substr(0, key.size() - rest.size() - (rest.size() < key.size() ? 1 : 0));
    const std::string_view part = next_part(rest);
    if (part.empty()) fail("a part of the key is empty");
    if (auto* table = at->get<Value::Table>()) {
      const auto found =
          std::find_if(table->begin(), table->end(), [&](const Entry& entry) { return entry.key == part; });
      if (found != table->end())
        at = &found->value;
      else
        at = &table->emplace_back(Entry{std::string(part), place, Value{place, Value::Table{}}}).value;
    } else if (auto* list = at->get<Value::List>()) {
      at = element(*list, part);
      if (!at) fail(cat("'", walked, "' has ", list->size(), " places, counted from 0, and none is '", part, "'"));
    } else {
      fail(cat("'", walked, "' is ", at->describe(), " and holds no '", part, "'"));
    }
  } while (!rest.empty());
  *at = parse_override(assignment.substr(equals + 1), place);
}

std::string toml_text(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += cat("\\u00", std::string(1, digits[static_cast<unsigned char>(c) >> 4]), std::string(1, digits[c & 15]));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

const Place& find_place(const Value& root, std::string_view path) {
  const Value* at = &root;
  const Place* place = &root.place;
  while (!path.empty()) {
    const std::string_view part = next_part(path);
    if (const auto* table = at->get<Value::Table>()) {
      const auto found =
          std::find_if(table->begin(), table->end(), [&](const Entry& entry) { return entry.key == part; });
      if (found == table->end()) break;
      at = &found->value;
      // A table in braces or brackets begins where its key does, for a reader.
      place = at->get<Value::Table>() || at->get<Value::List>() ? &found->place : &at->place;
    } else if (const auto* list = at->get<Value::List>()) {
      at = element(*list, part);
      if (!at) break;
      place = &at->place;
    } else {
      break;
    }
  }
  return *place;
}

}  // namespace koine::train
