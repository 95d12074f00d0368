#include "train/text.h"

#include "base/format.h"
#include "base/printable.h"
#include "data/text_source.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace koine::train {

namespace {

// The pieces of a text: bytes, or characters of UTF-8 (a byte that belongs to none is one by itself).
std::vector<std::string_view> pieces(std::string_view text, bool bytes) {
  std::vector<std::string_view> all;
  const auto continues = [&](size_t i) { return i < text.size() && (static_cast<uint8_t>(text[i]) & 0xc0) == 0x80; };
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin + 1;
    if (!bytes && static_cast<uint8_t>(text[begin]) >= 0xc0)
      while (end - begin < 4 && continues(end)) ++end;
    all.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return all;
}

constexpr size_t most_symbols = 20000;
constexpr int64_t most_length = int64_t{1} << 31;

}  // namespace

Ints TextCode::numbers(std::string_view text) const {
  std::map<std::string_view, int64_t> known;
  for (size_t i = 0; i < symbols.size(); ++i) known[symbols[i]] = static_cast<int64_t>(i) + 1;
  Ints all;
  for (const std::string_view piece : pieces(text, bytes)) {
    const auto found = known.find(piece);
    all.push_back(found == known.end() ? vocabulary() - 1 : found->second);
  }
  return all;
}

std::string TextCode::text(const Ints& numbers) const {
  std::string all;
  for (const int64_t number : numbers)
    if (number > 0 && number < vocabulary() - 1)
      all += symbols[static_cast<size_t>(number) - 1];
    else if (number != 0)
      all += '?';
  return all;
}

Array TextCode::encode(const std::vector<std::string>& texts) const {
  std::vector<int64_t> x(texts.size() * static_cast<size_t>(length));
  for (size_t i = 0; i < texts.size(); ++i) {
    const Ints one = numbers(texts[i]);
    std::copy_n(one.begin(), std::min<size_t>(one.size(), static_cast<size_t>(length)),
                x.begin() + static_cast<std::ptrdiff_t>(i) * length);
  }
  return from(x, {static_cast<int64_t>(texts.size()), length});
}

TextCode learn_text(const std::vector<std::string>& texts, bool bytes, int64_t length) {
  TextCode code;
  code.bytes = bytes;
  size_t longest = 0;
  std::map<std::string_view, size_t> seen;
  for (const std::string& text : texts) {
    const auto all = pieces(text, bytes);
    longest = std::max(longest, all.size());
    for (const std::string_view piece : all) ++seen[piece];
  }
  for (const auto& [symbol, times] : seen) code.symbols.emplace_back(symbol);
  if (code.symbols.size() > most_symbols) {
    std::stable_sort(code.symbols.begin(), code.symbols.end(),
                     [&](const std::string& a, const std::string& b) { return seen[a] > seen[b]; });
    code.symbols.resize(most_symbols);
    std::sort(code.symbols.begin(), code.symbols.end());
  }
  code.length = length > 0 ? std::min<int64_t>(length, static_cast<int64_t>(longest)) : static_cast<int64_t>(longest);
  return code;
}

data::Dataset windows(const TextCode& code, std::string_view text) {
  const Ints all = code.numbers(text);
  const int64_t count = (static_cast<int64_t>(all.size()) - 1) / code.length;
  const Shape shape{count, code.length};
  return {from(Ints(all.begin(), all.begin() + count * code.length), shape),
          from(Ints(all.begin() + 1, all.begin() + 1 + count * code.length), shape)};
}

std::string read_text(const DataConfig& config, const std::string& path, size_t least) {
  const data::ExpansionLimits limits{.ratio = config.expansion};
  const bool as_it_is = config.unit == "byte" && config.encoding.empty();
  const auto source = as_it_is ? data::open_bytes(path, limits) : data::open_text(path, config.encoding, limits);
  std::string text = data::read_all(*source, path);
  if (text.size() <= least)
    throw FormatError(cat(printable_name(path), ": a text of ", text.size(), " bytes is too short"));
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Bytes are no text of JSON, so symbols are written as the numbers of their bytes.
nlohmann::json to_json_value(const TextCode& code) {
  nlohmann::json symbols = nlohmann::json::array();
  for (const std::string& symbol : code.symbols) symbols.push_back(std::vector<uint8_t>(symbol.begin(), symbol.end()));
  return {{"column", code.column}, {"symbols", symbols}, {"bytes", code.bytes}, {"length", code.length}};
}

TextCode text_code_from(const io::FileValue& value) {
  TextCode code{value.at("column").text(), {}, value.at("bytes").boolean(), value.at("length").integer(1, most_length)};
  std::set<std::string> seen;
  for (const io::FileValue& symbol : value.at("symbols").list(1, most_symbols)) {
    std::string& bytes = code.symbols.emplace_back();
    for (const io::FileValue& byte : symbol.list(1, code.bytes ? 1 : 4))
      bytes += static_cast<char>(static_cast<uint8_t>(byte.integer(0, 255)));
    if (!seen.insert(bytes).second) symbol.fail("a symbol that the others are not");
  }
  return code;
}

}  // namespace koine::train
