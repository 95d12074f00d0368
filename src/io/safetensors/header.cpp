#include "io/safetensors/header.h"

#include "base/printable.h"

#include <koine/error.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace koine::io::safetensors {

namespace {

constexpr std::string_view metadata_key = "__metadata__";
constexpr std::string_view complex128_key = "koine.complex128.";

struct DTypeName {
  std::string_view text;
  std::optional<DType> dtype;
};

// All dtypes of the format; those without an equivalent here have a name but no dtype.
constexpr std::array<DTypeName, 22> dtype_names = {
    {{"BOOL", bool_},     {"I8", int8},       {"I16", int16},   {"I32", int32},     {"I64", int64},
     {"U8", uint8},       {"U16", uint16},    {"U32", uint32},  {"U64", uint64},    {"F16", float16},
     {"BF16", bfloat16},  {"F32", float32},   {"F64", float64}, {"C64", complex64}, {"F4", {}},
     {"F6_E2M3", {}},     {"F6_E3M2", {}},    {"F8_E5M2", {}},  {"F8_E4M3", {}},    {"F8_E8M0", {}},
     {"F8_E4M3FNUZ", {}}, {"F8_E5M2FNUZ", {}}}};

// For error messages: names come from files.
std::string shown(std::string_view text) { return "'" + shortened(printable_name(text), 80) + "'"; }

std::string shown(std::span<const int64_t> shape) {
  std::string out = "[";
  for (const int64_t size : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(size);
  return out + "]";
}

// Follows the events of the JSON parser through the three levels that a header has. Events, not a tree of values:
// duplicate keys are seen, nothing is held but the result, and depth is bounded by the states.
class HeaderReader {
 public:
  HeaderReader(Header& header, std::string file) : header_(header), file_(std::move(file)) {}

  using Json = nlohmann::json;
  bool null() { return unexpected("null"); }
  bool boolean(bool) { return unexpected("a boolean"); }
  bool number_integer(Json::number_integer_t) { return unexpected("a negative number"); }
  bool number_float(Json::number_float_t, const Json::string_t& text) {
    return unexpected("the number " + text.substr(0, 40));
  }
  bool binary(Json::binary_t&) { return unexpected("binary data"); }

  bool number_unsigned(Json::number_unsigned_t value) {
    if (state_ == State::shape_list) {
      if (value > static_cast<uint64_t>(INT64_MAX))
        fail(tensor() + ": the size " + std::to_string(value) + " is too large");
      if (entry_.shape.size() == max_rank) fail(tensor() + ": more than " + std::to_string(max_rank) + " axes");
      entry_.shape.push_back(static_cast<int64_t>(value));
      return true;
    }
    if (state_ == State::offset_list) {
      if (offsets_ == 2) fail(tensor() + ": data_offsets has more than two numbers");
      (offsets_++ == 0 ? entry_.begin : entry_.end) = value;
      return true;
    }
    return unexpected("a number");
  }

  bool string(Json::string_t& text) {
    if (state_ == State::metadata_value) {
      header_.metadata[key_] = text;
      state_ = State::metadata;
      return true;
    }
    if (state_ == State::dtype_value) {
      set_dtype(text);
      state_ = State::tensor;
      return true;
    }
    return unexpected("a string");
  }

  bool start_object(size_t) {
    if (state_ == State::begin) {
      state_ = State::top;
    } else if (state_ == State::metadata_object) {
      state_ = State::metadata;
    } else if (state_ == State::tensor_object) {
      state_ = State::tensor;
    } else {
      return unexpected("an object");
    }
    return true;
  }

  bool key(Json::string_t& text) {
    if (state_ == State::top) {
      if (text == metadata_key) {
        if (std::exchange(has_metadata_, true)) fail("the name " + shown(text) + " appears twice");
        state_ = State::metadata_object;
      } else {
        entry_ = Entry{.name = text, .dtype = bool_, .shape = {}};
        has_dtype_ = has_shape_ = false;
        offsets_ = 0;
        has_offsets_ = false;
        state_ = State::tensor_object;
      }
    } else if (state_ == State::metadata) {
      if (header_.metadata.contains(text)) fail("the key " + shown(text) + " appears twice in the metadata");
      if (header_.metadata.size() == max_names)
        fail("more than " + std::to_string(max_names) + " keys in the metadata");
      key_ = text;
      state_ = State::metadata_value;
    } else {
      tensor_key(text);
    }
    return true;
  }

  bool end_object() {
    if (state_ == State::tensor) {
      if (!has_dtype_) fail(tensor() + ": no dtype");
      if (!has_shape_) fail(tensor() + ": no shape");
      if (!has_offsets_) fail(tensor() + ": no data_offsets");
      if (header_.entries.size() == max_names) fail("more than " + std::to_string(max_names) + " tensors");
      header_.entries.push_back(std::move(entry_));
      state_ = State::top;
    } else if (state_ == State::metadata) {
      state_ = State::top;
    }
    return true;
  }

  bool start_array(size_t) {
    if (state_ == State::shape_value) {
      state_ = State::shape_list;
    } else if (state_ == State::offsets_value) {
      state_ = State::offset_list;
    } else {
      return unexpected("a list");
    }
    return true;
  }

  bool end_array() {
    if (state_ == State::offset_list && offsets_ != 2) fail(tensor() + ": data_offsets needs two numbers");
    state_ = State::tensor;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) {
    // Of "[json.exception...] parse error at line ..., column ...: what" the end is for people.
    const std::string_view text = error.what();
    const size_t cut = text.find(": ");
    fail("the header is not valid JSON at byte " + std::to_string(position) + ": " +
         std::string(cut == std::string_view::npos ? text : text.substr(cut + 2)));
  }

 private:
  enum class State : uint8_t {
    begin,
    top,
    metadata_object,
    metadata,
    metadata_value,
    tensor_object,
    tensor,
    dtype_value,
    shape_value,
    shape_list,
    offsets_value,
    offset_list
  };

  void tensor_key(const std::string& text) {
    const auto first = [&](bool& seen) {
      if (seen) fail(tensor() + ": " + shown(text) + " appears twice");
      seen = true;
    };
    if (text == "dtype") {
      first(has_dtype_);
      state_ = State::dtype_value;
    } else if (text == "shape") {
      first(has_shape_);
      state_ = State::shape_value;
    } else if (text == "data_offsets") {
      first(has_offsets_);
      state_ = State::offsets_value;
    } else {
      fail(tensor() + ": unknown entry " + shown(text));
    }
  }

  void set_dtype(const std::string& text) {
    const auto found =
        std::find_if(dtype_names.begin(), dtype_names.end(), [&](auto& row) { return row.text == text; });
    if (found == dtype_names.end()) fail(tensor() + ": the format has no dtype " + shown(text));
    if (!found->dtype) fail(tensor() + ": Koine has no equivalent of the dtype " + text);
    entry_.dtype = *found->dtype;
  }

  std::string tensor() const { return "tensor " + shown(entry_.name); }

  bool unexpected(const std::string& what) const {
    switch (state_) {
      case State::begin:
        fail("the header is " + what + ", not an object");
      case State::metadata_object:
        fail("the metadata are " + what + ", not an object");
      case State::metadata_value:
        fail("the metadata " + shown(key_) + " are " + what + ", not a string");
      case State::tensor_object:
        fail(tensor() + " is " + what + ", not an object");
      case State::dtype_value:
        fail(tensor() + ": the dtype is " + what + ", not a string");
      case State::shape_value:
        fail(tensor() + ": the shape is " + what + ", not a list");
      case State::shape_list:
        fail(tensor() + ": the shape holds " + what + ", not a size");
      case State::offsets_value:
        fail(tensor() + ": data_offsets is " + what + ", not a list");
      default:
        fail(tensor() + ": data_offsets holds " + what + ", not a position");
    }
  }

  [[noreturn]] void fail(const std::string& what) const { throw FormatError(file_ + ": " + what); }

  Header& header_;
  std::string file_;
  State state_ = State::begin;
  bool has_metadata_ = false;
  std::string key_;
  Entry entry_{};
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
  int offsets_ = 0;
};

void check_names(const std::vector<Entry>& entries, const std::string& file) {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw FormatError(file + ": the name " + shown(*twice) + " appears twice");
}

// Every byte of the data belongs to exactly one tensor.
void check_offsets(std::vector<Entry>& entries, uint64_t data_bytes, const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end != b.end ? a.end < b.end : a.name < b.name;
  });
  uint64_t at = 0;
  for (const Entry& entry : entries) {
    const std::string where = file + ": tensor " + shown(entry.name);
    if (entry.end < entry.begin) throw FormatError(where + ": its data end before they begin");
    if (entry.end > data_bytes)
      throw FormatError(where + ": its data end at byte " + std::to_string(entry.end) + ", the file has " +
                        std::to_string(data_bytes) + " bytes of data");
    if (entry.begin < at) throw FormatError(where + ": its data overlap those of another tensor");
    if (entry.begin > at)
      throw FormatError(where + ": " + std::to_string(entry.begin - at) + " unused bytes before its data");
    const uint64_t bytes = byte_count(entry.dtype, entry.shape, where);
    if (bytes != entry.end - entry.begin)
      throw FormatError(where + ": shape " + shown(entry.shape) + " of " + to_string(entry.dtype) + " takes " +
                        std::to_string(bytes) + " bytes, its data have " + std::to_string(entry.end - entry.begin));
    at = entry.end;
  }
  if (at != data_bytes)
    throw FormatError(file + ": " + std::to_string(data_bytes - at) + " unused bytes after the last tensor");
}

void restore_complex128(Header& header, const std::string& file) {
  for (Entry& entry : header.entries) {
    const auto mark = header.metadata.find(std::string(complex128_key) + entry.name);
    if (mark == header.metadata.end()) continue;
    if (entry.dtype != float64 || entry.shape.empty() || entry.shape.back() != 2)
      throw FormatError(file + ": tensor " + shown(entry.name) + ": marked as complex128, but it is " +
                        to_string(entry.dtype) + " of shape " + shown(entry.shape));
    entry.dtype = complex128;
    entry.shape.pop_back();
    header.metadata.erase(mark);
  }
}

std::string json_string(const std::string& text, const std::string& what, const std::string& file) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    throw FormatError(file + ": " + what + " is not UTF-8 and cannot be written");
  }
}

std::string entry_json(const Entry& entry) {
  std::vector<int64_t> shape = entry.shape;
  DType dtype = entry.dtype;
  if (dtype == complex128) {
    shape.push_back(2);
    dtype = float64;
  }
  const auto row = std::find_if(dtype_names.begin(), dtype_names.end(), [&](auto& row) { return row.dtype == dtype; });
  std::string out = "{\"dtype\":\"" + std::string(row->text) + "\",\"shape\":[";
  for (size_t i = 0; i < shape.size(); ++i) out += (i ? "," : "") + std::to_string(shape[i]);
  return out + "],\"data_offsets\":[" + std::to_string(entry.begin) + "," + std::to_string(entry.end) + "]}";
}

}  // namespace

uint64_t byte_count(DType dtype, std::span<const int64_t> shape, const std::string& where) {
  // A size of 0 makes the whole 0, also when the other sizes multiplied would overflow: check those all the same.
  uint64_t bytes = size_of(dtype);
  bool empty = false;
  for (const int64_t size : shape) {
    if (size < 0) throw FormatError(where + ": the shape " + shown(shape) + " has a negative size");
    if (size == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes)) {
      throw FormatError(where + ": the shape " + shown(shape) + " overflows");
    }
  }
  return empty ? 0 : bytes;
}

Header parse_header(std::string_view json, uint64_t data_bytes, const std::string& file) {
  if (json.empty() || json[0] != '{') throw FormatError(file + ": the header does not start with '{'");
  // The parser would take a zero byte for the end and leave what follows unseen.
  if (json.find('\0') != std::string_view::npos)
    throw FormatError(file + ": the header is not valid JSON: it holds a zero byte");
  Header header;
  HeaderReader reader(header, file);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  check_names(header.entries, file);
  check_offsets(header.entries, data_bytes, file);
  restore_complex128(header, file);
  return header;
}

std::string write_header(const Header& header, const std::string& file) {
  std::map<std::string, std::string> metadata = header.metadata;
  for (const auto& [key, value] : metadata)
    if (key.starts_with(complex128_key))
      throw FormatError(file + ": no note can be named " + shown(key) + ", which says what a tensor is");
  std::set<std::string_view> names;
  for (const Entry& entry : header.entries) {
    if (entry.name == metadata_key) throw FormatError(file + ": no tensor can be named " + shown(metadata_key));
    if (!names.insert(entry.name).second) throw FormatError(file + ": two tensors are named " + shown(entry.name));
    if (entry.dtype == complex128) metadata[std::string(complex128_key) + entry.name] = "";
  }
  std::string out = "{";
  if (!metadata.empty()) {
    for (const auto& [key, value] : metadata)
      out += std::string(out.size() > 1 ? "," : "\"__metadata__\":{") +
             json_string(key, "a key of the metadata", file) + ":" +
             json_string(value, "the metadata " + shown(key), file);
    out += "}";
  }
  for (const Entry& entry : header.entries)
    out +=
        (out.size() > 1 ? "," : "") + json_string(entry.name, "the name of a tensor", file) + ":" + entry_json(entry);
  out += "}";
  out.resize((out.size() + 7) / 8 * 8, ' ');
  if (out.size() > max_header_bytes)
    throw FormatError(file + ": the names take more than the format's 100,000,000 bytes");
  return out;
}

}  // namespace koine::io::safetensors
