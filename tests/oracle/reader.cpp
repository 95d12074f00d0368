#include "oracle/reader.h"

#include <koine/error.h>

#include <cmath>
#include <complex>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <type_traits>

#include "base/dtype_traits.h"

namespace koine::oracle {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw FormatError(std::string("not a hexadecimal digit: ") + c);
}

int64_t element_count(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  return count;
}

Tensor read_tensor(const nlohmann::json& json) {
  Tensor tensor;
  tensor.dtype = dtype_from_name(json.at("dtype").get<std::string>());
  tensor.shape = json.at("shape").get<std::vector<int64_t>>();
  const auto& hex = json.at("hex").get_ref<const std::string&>();
  const size_t bytes = static_cast<size_t>(element_count(tensor.shape)) * size_of(tensor.dtype);
  if (hex.size() != 2 * bytes) throw FormatError("a tensor whose bytes do not fill its shape");
  tensor.bytes.reserve(bytes);
  for (size_t i = 0; i < hex.size(); i += 2) {
    tensor.bytes.push_back(static_cast<std::byte>(hex_digit(hex[i]) * 16 + hex_digit(hex[i + 1])));
  }
  return tensor;
}

Tolerance read_tolerance(const nlohmann::json& json) {
  Tolerance tolerance;
  if (json == "exact") return tolerance;
  for (const auto& [key, value] : json.items()) {
    if (key == "ulp") {
      tolerance.ulp = value.get<int64_t>();
    } else if (key == "rel" || key == "abs") {
      tolerance.bounded = true;
      (key == "rel" ? tolerance.rel : tolerance.abs) = value.get<double>();
    } else {
      throw FormatError("unknown tolerance " + key);
    }
  }
  return tolerance;
}

std::vector<Tensor> read_tensors(const nlohmann::json& json) {
  std::vector<Tensor> tensors;
  for (const auto& entry : json) tensors.push_back(read_tensor(entry));
  return tensors;
}

// The integer type of a floating type's size.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 2, int16_t, std::conditional_t<sizeof(T) == 4, int32_t, int64_t>>;

// The place of a floating value in the order of all values of its type; both zeros are at 0.
template <class T>
int64_t place(T value) {
  Bits<T> bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits >= 0 ? int64_t{bits} : int64_t{std::numeric_limits<Bits<T>>::min()} - int64_t{bits};
}

bool is_nan(double x) { return std::isnan(x); }
bool is_nan(std::complex<double> z) { return std::isnan(z.real()) || std::isnan(z.imag()); }

template <class W>
bool within_bounds(W got, W want, const Tolerance& tolerance) {
  if (!tolerance.bounded) return false;
  if (got == want) return true;
  const double difference = std::abs(got - want);
  return std::isfinite(std::abs(want)) && difference <= tolerance.abs + tolerance.rel * std::abs(want);
}

template <class T>
bool same(T got, T want, const Tolerance& tolerance) {
  if constexpr (is_complex_type<T>) {
    const std::complex<double> a(got), b(want);
    return a == b || (is_nan(a) && is_nan(b)) || within_bounds(a, b, tolerance);
  } else if constexpr (is_floating_type<T>) {
    const double a = convert_value<double>(got), b = convert_value<double>(want);
    if (is_nan(a) || is_nan(b)) return is_nan(a) && is_nan(b);
    if (a == b && std::signbit(a) == std::signbit(b)) return true;
    // Subtracted unsigned, because the distance of opposite signs may pass the range of int64_t.
    const int64_t p = place(got), q = place(want);
    const uint64_t apart = p > q ? static_cast<uint64_t>(p) - static_cast<uint64_t>(q)
                                 : static_cast<uint64_t>(q) - static_cast<uint64_t>(p);
    const bool near = a != b && tolerance.ulp >= 0 && apart <= static_cast<uint64_t>(tolerance.ulp);
    if (near && std::isfinite(a) && std::isfinite(b)) return true;
    return within_bounds(a, b, tolerance);
  } else {
    return got == want;
  }
}

template <class T>
void show(std::ostream& out, T value) {
  if constexpr (is_complex_type<T>) {
    out << value;
  } else if constexpr (is_floating_type<T>) {
    out << convert_value<double>(value);
  } else {
    out << +value;
  }
}

}  // namespace

std::filesystem::path values_folder() { return std::filesystem::path("tests") / "oracle" / "values"; }

Values load(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw IoError("cannot read " + file.string());
  try {
    const nlohmann::json json = nlohmann::json::parse(stream);
    Values values{json.at("op").get<std::string>(), json.at("reference").get<std::string>(), {}};
    for (const auto& entry : json.at("cases")) {
      values.cases.push_back({entry.at("attrs"), read_tensors(entry.at("inputs")), read_tensors(entry.at("outputs")),
                              read_tolerance(entry.at("tolerance"))});
    }
    return values;
  } catch (const nlohmann::json::exception& error) {
    throw FormatError(file.string() + ": " + error.what());
  }
}

std::string differ(DType dtype, const std::vector<int64_t>& shape, const std::byte* got, const std::byte* want,
                   const Tolerance& tolerance) {
  const int64_t count = element_count(shape);
  return visit(dtype, [&](auto tag) -> std::string {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < count; ++i) {
      T a, b;
      std::memcpy(&a, got + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
      std::memcpy(&b, want + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
      if (same(a, b, tolerance)) continue;
      std::ostringstream out;
      out.precision(17);
      out << "element " << i << " of " << count << " is ";
      show(out, a);
      out << " instead of ";
      show(out, b);
      out << " (" << name(dtype) << ")";
      return out.str();
    }
    return "";
  });
}

}  // namespace koine::oracle
