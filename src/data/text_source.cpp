#include "data/text_source.h"

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"

#include <koine/error.h>

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace koine::data {

namespace {

/// How a text may begin; longer marks first, since one begins with another.
struct Mark {
  std::string_view bytes;
  const char* encoding;
};
constexpr Mark marks[] = {{{"\xff\xfe\0\0", 4}, "UTF-32LE"},
                          {{"\0\0\xfe\xff", 4}, "UTF-32BE"},
                          {"\xef\xbb\xbf", ""},
                          {"\xff\xfe", "UTF-16LE"},
                          {"\xfe\xff", "UTF-16BE"}};
constexpr size_t longest_mark = 4, longest_character = 4;

/// A place in a text, from 1.
class Position {
 public:
  void pass(std::string_view text) {
    const auto lines = std::count(text.begin(), text.end(), '\n');
    line_ += static_cast<size_t>(lines);
    column_ = lines == 0 ? column_ + text.size() : text.size() - text.rfind('\n');
  }
  std::string of(const std::string& path) const { return cat(path, ":", line_, ":", column_); }

 private:
  size_t line_ = 1, column_ = 1;
};

std::string shown(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    char hex[8];
    std::snprintf(hex, sizeof hex, " 0x%02x", static_cast<unsigned>(static_cast<uint8_t>(c)));
    out += hex;
  }
  return cat(bytes.size() == 1 ? "the byte" : "the bytes", out);
}

// Without what people write in between: "utf8" of "UTF-8".
std::string plain_name(std::string name) {
  std::erase_if(name, [](char c) { return c == '-' || c == '_' || c == ' '; });
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return name;
}

bool is_utf8_name(const std::string& name) {
  const std::string plain = plain_name(name);
  return plain.empty() || plain == "utf8" || plain == "utf8sig";
}

/// A conversion to UTF-8 by the system.
class Converter {
 public:
  explicit Converter(const std::string& encoding) : handle_(opened(encoding)) {
    if (handle_ == none())
      throw ValueError(cat("the encoding '", printable_name(encoding),
                           "' is not known here; usual ones are utf-8, latin-1, windows-1252, utf-16"));
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// Converts what it can; both spans then begin behind what was used. The error of iconv, 0 for none.
  int convert(std::span<char>& from, std::span<char>& to) {
    char *in = from.data(), *out = to.data();
    size_t in_left = from.size(), out_left = to.size();
    const bool failed = iconv(handle_, &in, &in_left, &out, &out_left) == static_cast<size_t>(-1);
    const int error = failed ? errno : 0;
    from = from.last(in_left);
    to = to.last(out_left);
    return error;
  }

 private:
  static iconv_t none() { return reinterpret_cast<iconv_t>(-1); }
  // People write "latin-1" and "utf_16", systems "LATIN1" and "UTF-16".
  static iconv_t opened(const std::string& encoding) {
    // What follows a slash would let iconv replace what it cannot convert.
    if (encoding.find('/') != std::string::npos) return none();
    std::string dashed = encoding;
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    for (const std::string& name : {encoding, dashed, plain_name(encoding)})
      if (iconv_t handle = iconv_open("UTF-8", name.c_str()); handle != none()) return handle;
    return none();
  }

  iconv_t handle_;
};

class Text final : public ByteSource {
 public:
  Text(std::unique_ptr<ByteSource> bytes, std::string path, std::string encoding)
      : bytes_(std::move(bytes)), path_(std::move(path)), encoding_(std::move(encoding)), buffer_(size_t{1} << 16) {
    refill(longest_mark);
    for (const Mark& mark : marks)
      if (waiting().substr(0, mark.bytes.size()) == mark.bytes) {
        encoding_ = mark.encoding;
        begin_ += mark.bytes.size();
        break;
      }
    // Without a mark it is the order of nearly all machines.
    if (plain_name(encoding_) == "utf16") encoding_ = "UTF-16LE";
    if (plain_name(encoding_) == "utf32") encoding_ = "UTF-32LE";
    if (!is_utf8_name(encoding_)) converter_.emplace(encoding_);
  }

  size_t read(std::span<char> to) override {
    if (to.empty()) return 0;
    // Less room than a character takes is filled from what is converted ahead.
    if (ahead_.empty() && to.size() < longest_character) {
      ahead_.resize(longest_character);
      ahead_.resize(next(std::span(ahead_)));
    }
    if (ahead_.empty()) return next(to);
    const size_t count = std::min(to.size(), ahead_.size());
    std::memcpy(to.data(), ahead_.data(), count);
    ahead_.erase(0, count);
    return count;
  }

 private:
  std::string_view waiting() const { return {buffer_.data() + begin_, end_ - begin_}; }
  // Reads on until so many bytes wait or the file ends.
  void refill(size_t least) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    while (end_ < least) {
      const size_t count = bytes_->read(std::span(buffer_).subspan(end_));
      if (count == 0) break;
      end_ += count;
    }
  }

  // Whole characters; 0 at the end alone.
  size_t next(std::span<char> to) {
    for (;;) {
      const size_t before = end_ - begin_;
      const size_t count = converter_ ? converted(to) : checked(to);
      position_.pass({to.data(), count});
      if (count > 0) return count;
      if (end_ - begin_ < before) continue;  // a mark, or a change of state, that is no character
      refill(before + 1);
      if (end_ == before && before == 0) return 0;
      if (end_ == before) fail(converter_ ? std::min<size_t>(before, longest_character) : 1);
    }
  }
  size_t checked(std::span<char> to) {
    const std::string_view some = waiting().substr(0, to.size());
    const size_t count = utf8_prefix(some);
    if (count == 0 && some.size() >= longest_character) fail(1);
    std::memcpy(to.data(), some.data(), count);
    begin_ += count;
    return count;
  }
  size_t converted(std::span<char> to) {
    std::span<char> from(buffer_.data() + begin_, end_ - begin_), room = to;
    const int error = converter_->convert(from, room);
    begin_ = end_ - from.size();
    const size_t count = to.size() - room.size();
    // What was converted before the place that is wrong is given first.
    if (error == EILSEQ && count == 0) fail(1);
    return count;
  }

  [[noreturn]] void fail(size_t bytes) const {
    const std::string where = position_.of(path_), what = shown(waiting().substr(0, bytes));
    if (!converter_)
      throw FormatError(cat(where, ": ", what,
                            " is not UTF-8; say what the text is in by encoding, as \"latin-1\" or \"windows-1252\", "
                            "or save it as UTF-8"));
    throw FormatError(cat(where, ": ", what, " is no text in ", encoding_));
  }

  std::unique_ptr<ByteSource> bytes_;
  std::string path_;
  /// Empty for UTF-8.
  std::string encoding_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  std::optional<Converter> converter_;
  std::string ahead_;
  Position position_;
};

}  // namespace

std::unique_ptr<ByteSource> open_text(const std::string& path, const std::string& encoding,
                                      const ExpansionLimits& limits) {
  return std::make_unique<Text>(open_bytes(path, limits), printable_name(path), encoding);
}

bool is_encoding(const std::string& name) {
  try {
    return is_utf8_name(name) || (Converter(name), true);
  } catch (const ValueError&) {
    return false;
  }
}

}  // namespace koine::data
