#include "data/csv.h"

#include "base/printable.h"
#include "data/text_source.h"

#include <koine/error.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>

namespace koine::data {

namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

char choose_delimiter(std::string_view path) {
  if (ends_with(path, ".gz")) path.remove_suffix(3);
  return ends_with(path, ".tsv") || ends_with(path, ".tab") ? '\t' : ',';
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The text in quotes, shortened and printable.
std::string quote(std::string_view text) { return '"' + shortened(printable_name(text), 40) + '"'; }

enum class Parsed : uint8_t { number, not_a_number, too_large };

Parsed parse_number(std::string_view text, double& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return Parsed::not_a_number;
  if (error == std::errc::result_out_of_range) return Parsed::too_large;
  return Parsed::number;
}

struct Field {
  size_t begin, end;    // in the record's text
  size_t line, column;  // where it starts in the file, from 1
  bool quoted = false;
};

// A machine that is fed the bytes of a file and hands over record by record.
class Parser {
 public:
  Parser(const std::string& path, const TableOptions& options)
      : path_(printable_name(path)),
        options_(options),
        delimiter_(options.delimiter ? options.delimiter : choose_delimiter(path)) {}

  void feed(std::string_view bytes) {
    for (const char c : bytes) {
      take(c);
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else {
        ++column_;
      }
    }
  }

  void finish() {
    if (state_ == State::quoted) fail_at(quote_line_, quote_column_, "the quote is never closed");
    if (!record_is_empty()) end_record();
    if (rows_ == 0) throw FormatError(path_ + ": no rows");
  }

 protected:
  ~Parser() = default;
  // A record that has as many fields as the first one.
  virtual void take_record() = 0;

  // As it stands in quotes, else without the spaces around.
  std::string_view field_text(size_t i) const {
    const std::string_view text = std::string_view(text_).substr(fields_[i].begin, fields_[i].end - fields_[i].begin);
    return fields_[i].quoted ? text : trim(text);
  }
  std::string_view trimmed_field(size_t i) const { return trim(field_text(i)); }
  size_t record_line() const { return fields_.front().line; }

  [[noreturn]] void fail_field(size_t i, const std::string& what) const {
    const std::string name = names_.empty() ? "" : " (" + shortened(printable_name(names_[i]), 80) + ")";
    fail_at(fields_[i].line, fields_[i].column, "field " + std::to_string(i + 1) + name + ": " + what);
  }

  std::vector<std::string> names_;
  size_t rows_ = 0, columns_ = 0;
  Header header() const { return options_.header; }

 private:
  // `quote_in_quoted` has seen a quote that closes the field unless another one follows; `closed` is past it.
  enum class State : uint8_t { field_start, plain, quoted, quote_in_quoted, closed };

  void take(char c) {
    if (++record_bytes_ > options_.max_record_bytes)
      fail_at(line_, column_,
              "a record longer than " + std::to_string(options_.max_record_bytes) + " bytes; is this a table in text?");
    if (state_ == State::quoted) {
      if (c == '"')
        state_ = State::quote_in_quoted;
      else
        text_ += c;
      return;
    }
    if (c == '"' && (state_ == State::field_start || state_ == State::quote_in_quoted)) {
      take_quote();
    } else if (c == delimiter_) {
      start_field();
      end_field();
    } else if (c == '\n') {
      if (!record_is_empty())
        end_record();
      else if (options_.problems)
        blank_.push_back(line_);
      begin_record();
    } else if (c == '\0') {
      fail_at(line_, column_, "a zero byte; this is not a table in text");
    } else if (state_ == State::quote_in_quoted || state_ == State::closed) {
      if (c != '\r' && c != ' ')
        fail_at(line_, column_, "text after a closing quote: " + quote(std::string_view(&c, 1)));
      state_ = State::closed;
    } else if (c == '"') {
      fail_at(line_, column_, "a quote inside a field that does not start with one");
    } else {
      start_field();
      state_ = State::plain;
      text_ += c;
    }
  }

  void take_quote() {
    if (state_ == State::quote_in_quoted) {
      text_ += '"';
    } else {
      start_field();
      field_.quoted = true;
      quote_line_ = line_;
      quote_column_ = column_;
    }
    state_ = State::quoted;
  }

  void start_field() {
    if (state_ != State::field_start || open_) return;
    open_ = true;
    field_.quoted = false;
    field_.begin = text_.size();
    field_.line = line_;
    field_.column = column_;
  }

  void end_field() {
    field_.end = text_.size();
    if (fields_.size() == options_.max_columns)
      fail_at(line_, column_, "a row with more than " + std::to_string(options_.max_columns) + " fields");
    fields_.push_back(field_);
    open_ = false;
    state_ = State::field_start;
  }

  // Only whitespace so far: an empty line, not a record with one empty field.
  bool record_is_empty() const { return fields_.empty() && state_ <= State::plain && trim_field(0).empty(); }

  std::string_view trim_field(size_t begin) const {
    std::string_view text = std::string_view(text_).substr(begin);
    if (ends_with(text, "\r")) text.remove_suffix(1);
    return trim(text);
  }

  void begin_record() {
    record_bytes_ = 0;
    text_.clear();
    fields_.clear();
    open_ = false;
    state_ = State::field_start;
  }

  void end_record() {
    if (state_ == State::plain && text_.back() == '\r') text_.pop_back();
    start_field();
    end_field();
    if (first_record_) {
      first_record_ = false;
      columns_ = fields_.size();
      if (take_header()) return blank_.clear();
    }
    // What is blank behind the last row is no row.
    for (const size_t line : blank_) options_.problems->push_back(at(line, 1) + "a blank line");
    blank_.clear();
    try {
      if (fields_.size() != columns_)
        fail_at(fields_.front().line, 1,
                "the row has " + std::to_string(fields_.size()) + (fields_.size() == 1 ? " field" : " fields") +
                    ", the first one has " + std::to_string(columns_));
      take_record();
      ++rows_;
      if (options_.problems) options_.problems->emplace_back();
    } catch (const FormatError& error) {
      if (!options_.damaged) throw;
      options_.damaged->push_back(error.what());
      if (options_.problems) options_.problems->push_back(error.what());
    }
  }

  bool take_header() {
    if (options_.header == Header::absent) return false;
    if (options_.header == Header::detect) {
      double ignored;
      for (size_t i = 0; i < fields_.size(); ++i)
        if (parse_number(trimmed_field(i), ignored) != Parsed::not_a_number) return false;
    }
    for (size_t i = 0; i < fields_.size(); ++i) names_.emplace_back(trimmed_field(i));
    return true;
  }

  std::string at(size_t line, size_t column) const {
    return path_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
  }
  [[noreturn]] void fail_at(size_t line, size_t column, const std::string& what) const {
    throw FormatError(at(line, column) + what);
  }

  std::string path_;
  TableOptions options_;
  char delimiter_;
  bool first_record_ = true;
  State state_ = State::field_start;
  size_t line_ = 1, column_ = 1;
  size_t quote_line_ = 0, quote_column_ = 0;
  size_t record_bytes_ = 0;
  bool open_ = false;  // field_ has begun
  Field field_{};
  std::string text_;           // the record so far, without quotes and delimiters
  std::vector<size_t> blank_;  // lines since the last record
  std::vector<Field> fields_;
};

using TakeRow = std::function<void(const std::vector<std::string>& names, std::span<const double> values)>;

class NumberParser final : public Parser {
 public:
  NumberParser(const std::string& path, const TableOptions& options, const TakeRow& take)
      : Parser(path, options), take_(take) {}

 private:
  void take_record() override {
    values_.clear();
    for (size_t i = 0; i < columns_; ++i) values_.push_back(number(i));
    take_(names_, values_);
  }

  double number(size_t i) const {
    const std::string_view text = trimmed_field(i);
    double value = 0;
    switch (parse_number(text, value)) {
      case Parsed::number:
        return value;
      case Parsed::too_large:
        fail_field(i, quote(text) + " is beyond the range of float64");
      case Parsed::not_a_number:
        break;
    }
    if (text.empty()) fail_field(i, "the value is missing");
    const bool first_row = rows_ == 0 && names_.empty() && header() == Header::detect;
    fail_field(i, quote(text) + " is not a number" +
                      (first_row ? "; the line holds other numbers, so it was not taken as names of columns" : ""));
  }

  const TakeRow& take_;
  std::vector<double> values_;
};

class TextParser final : public Parser {
 public:
  using Parser::Parser;
  TextTable take() {
    if (names_.empty())
      for (size_t i = 0; i < columns_; ++i) names_.push_back(std::to_string(i));
    return {std::move(names_), rows_, columns_, std::move(cells_), std::move(lines_)};
  }

 private:
  void take_record() override {
    lines_.push_back(record_line());
    for (size_t i = 0; i < columns_; ++i) cells_.emplace_back(field_text(i));
  }

  std::vector<std::string> cells_;
  std::vector<size_t> lines_;
};

void parse_file(const std::string& path, const TableOptions& options, Parser& parser) {
  const auto source = open_text(path, options.encoding, options.expansion);
  std::vector<char> buffer(size_t{1} << 18);
  while (const size_t count = source->read(buffer)) parser.feed(std::string_view(buffer.data(), count));
  parser.finish();
}

}  // namespace

Table read_table(const std::string& path, const TableOptions& options) {
  Table table;
  read_rows(path, options, [&](const std::vector<std::string>& names, std::span<const double> values) {
    if (table.rows++ == 0) {
      table.names = names;
      table.columns = values.size();
    }
    table.values.insert(table.values.end(), values.begin(), values.end());
  });
  return table;
}

void read_rows(const std::string& path, const TableOptions& options, const TakeRow& take) {
  NumberParser parser(path, options, take);
  parse_file(path, options, parser);
}

TextTable read_text_table(const std::string& path, const TableOptions& options) {
  TextParser parser(path, options);
  parse_file(path, options, parser);
  return parser.take();
}

char find_delimiter(const std::string& path, const std::string& encoding) {
  const auto source = open_text(path, encoding);
  std::vector<char> buffer(size_t{1} << 16);
  const size_t count = source->read(buffer);
  std::string_view line(buffer.data(), count);
  line = line.substr(0, line.find('\n'));
  // Inside quotes a delimiter is text.
  std::string plain;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (!quoted) plain += c;
  }
  char best = choose_delimiter(path);
  for (const char candidate : {',', ';', '\t', '|'})
    if (std::count(plain.begin(), plain.end(), candidate) > std::count(plain.begin(), plain.end(), best))
      best = candidate;
  return best;
}

bool read_number(std::string_view text, double& value) { return parse_number(trim(text), value) == Parsed::number; }

}  // namespace koine::data
