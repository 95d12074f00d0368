#include "array/print.h"

#include <koine/array.h>

#include <charconv>
#include <cmath>
#include <complex>
#include <cstdio>

/// Arrays as text, in the layout of NumPy with its default options: 8 digits, lines of 75 characters, and arrays of
/// more than 1000 elements shortened to 3 at each end of an axis.
namespace koine {

namespace {

constexpr int precision = 8;
constexpr size_t line_width = 75;
constexpr int64_t threshold = 1000, edge = 3;

template <class... Format>
std::string digits(double x, Format... format) {
  char text[400];
  return {text, std::to_chars(text, text + sizeof text, x, format...).ptr};
}

/// From where on numbers are written with an exponent: a power of ten that the dtype's digits reach, 1e8 at most.
double exponent_from(DType dtype) {
  switch (dtype) {
    case float16:
      return 1e3;
    case bfloat16:
      return 1e2;
    case float32:
      return 1e6;
    default:
      return 1e8;
  }
}

double rounded_to(DType dtype, double x) {
  switch (dtype) {
    case float16:
      return static_cast<double>(Float16(x));
    case bfloat16:
      return static_cast<double>(BFloat16(x));
    case float32:
      return static_cast<float>(x);
    default:
      return x;
  }
}

/// The fewest significant digits that read back as x in its dtype, in scientific notation.
std::string shortest(double x, DType dtype) {
  std::string text;
  for (int after = 0; after < 17; ++after) {
    text = digits(x, std::chars_format::scientific, after);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    if (rounded_to(dtype, back) == x) break;
  }
  return text;
}

struct Parts {
  std::string whole, fraction;  // the sign belongs to the whole
  std::string exponent;         // with its sign
};

Parts parts_of(const std::string& text) {
  size_t e = std::min(text.find('e'), text.size()), dot = std::min(text.find('.'), e);
  return {text.substr(0, dot), dot < e ? text.substr(dot + 1, e - dot - 1) : "",
          text.substr(std::min(e + 1, text.size()))};
}

void trim_zeros(std::string& fraction) {
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
}

/// x without an exponent: the shortest digits, at most `most` of them after the point.
Parts positional(double x, DType dtype, int most) {
  Parts scientific = parts_of(shortest(x, dtype));
  int exponent = std::atoi(scientific.exponent.c_str());
  const int64_t places = std::max<int64_t>(0, std::ssize(scientific.fraction) - exponent);
  Parts parts = parts_of(digits(x, std::chars_format::fixed, static_cast<int>(std::min<int64_t>(places, most))));
  // Digits of a large number that its dtype does not hold are zeros.
  if (places == 0) {
    size_t sign = x < 0 ? 1 : 0, known = sign + 1 + scientific.fraction.size();
    std::string significant = scientific.whole + scientific.fraction;
    for (size_t k = 0; k < parts.whole.size() && k < known; ++k) parts.whole[k] = significant[k];
    for (size_t k = known; k < parts.whole.size(); ++k) parts.whole[k] = '0';
  }
  trim_zeros(parts.fraction);
  return parts;
}

Parts scientific(double x, DType dtype, int most) {
  std::string text = shortest(x, dtype);
  if (parts_of(text).fraction.size() > static_cast<size_t>(most)) text = digits(x, std::chars_format::scientific, most);
  Parts parts = parts_of(text);
  trim_zeros(parts.fraction);
  return parts;
}

std::string padded(size_t width, const std::string& text) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

std::string not_finite(double x) { return std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf"; }

/// One layout for a list of real numbers: points below each other.
class RealFormat {
 public:
  RealFormat(const std::vector<double>& shown, DType dtype, bool plus = false) : dtype_(dtype), plus_(plus) {
    double most = 0, least = 0;
    bool any = false, negative_infinity = false, all_finite = true;
    for (double x : shown) {
      all_finite = all_finite && std::isfinite(x);
      negative_infinity = negative_infinity || (std::isinf(x) && x < 0);
      if (!std::isfinite(x) || x == 0) continue;
      most = any ? std::max(most, std::fabs(x)) : std::fabs(x);
      least = any ? std::min(least, std::fabs(x)) : std::fabs(x);
      any = true;
    }
    exponents_ = any && (most >= exponent_from(dtype) || least < rounded_to(dtype, 1e-4) ||
                         rounded_to(dtype, most / least) > 1000.0);
    for (double x : shown) {
      if (!std::isfinite(x)) continue;
      Parts parts = exponents_ ? scientific(x, dtype, precision) : positional(x, dtype, precision);
      left_ = std::max(left_, signed_whole(parts).size());
      right_ = std::max(right_, parts.fraction.size());
    }
    width_ = left_ + 1 + right_;
    if (exponents_) {
      for (double x : shown)
        if (std::isfinite(x)) exponent_ = std::max(exponent_, scientific(x, dtype, precision).exponent.size());
      width_ += exponent_ + 1;
    }
    if (!all_finite) {
      size_t wide = std::max<size_t>(3, plus || negative_infinity ? 4 : 3);
      left_ += wide > width_ ? wide - width_ : 0;
      width_ = std::max(width_, wide);
    }
  }

  std::string operator()(double x) const {
    if (!std::isfinite(x))
      return padded(width_, (plus_ && x == x && x > 0 ? "+" : plus_ && x != x ? "+" : "") + not_finite(x));
    Parts parts = exponents_ ? parts_of(digits(x, std::chars_format::scientific, static_cast<int>(right_)))
                             : positional(x, dtype_, precision);
    std::string text = padded(left_, signed_whole(parts)) + "." + parts.fraction;
    if (exponents_)
      return text + "e" + parts.exponent[0] + std::string(exponent_ - parts.exponent.size(), '0') +
             parts.exponent.substr(1);
    return text + std::string(right_ - parts.fraction.size(), ' ');
  }

 private:
  std::string signed_whole(const Parts& parts) const {
    return plus_ && parts.whole[0] != '-' ? "+" + parts.whole : parts.whole;
  }

  DType dtype_;
  bool plus_, exponents_ = false;
  size_t left_ = 0, right_ = 0, exponent_ = 0, width_ = 0;
};

/// A number by itself: all its digits; float64 has an exponent only below 1e-4 and from 1e16 on.
std::string alone(double x, DType dtype) {
  if (!std::isfinite(x)) return not_finite(x);
  double size = std::fabs(x);
  if (x == 0 || (size >= 1e-4 && size < (dtype == float64 ? 1e16 : exponent_from(dtype)))) {
    Parts parts = positional(x, dtype, 40);
    return parts.whole + "." + (parts.fraction.empty() ? "0" : parts.fraction);
  }
  Parts parts = scientific(x, dtype, 17);
  return parts.whole + (parts.fraction.empty() ? "" : "." + parts.fraction) + "e" + parts.exponent;
}

std::string alone(std::complex<double> z, DType dtype) {
  auto part = [&](double x) {
    std::string text = alone(x, dtype);
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
  };
  std::string imaginary = part(z.imag());
  if (z.real() == 0 && !std::signbit(z.real())) return imaginary + "j";
  return "(" + part(z.real()) + (imaginary[0] == '-' ? "" : "+") + imaginary + "j)";
}

/// The elements at these places.
Array elements_of(const Array& x, const std::vector<size_t>& places) {
  const size_t size = size_of(x.dtype());
  const std::byte* from = x.data();
  std::vector<std::byte> bytes;
  for (size_t place : places) bytes.insert(bytes.end(), from + place * size, from + (place + 1) * size);
  return from_bytes(x.dtype(), {static_cast<int64_t>(places.size())}, bytes.data());
}

/// All elements as text of one width.
std::vector<std::string> words_of(const Array& x) {
  std::vector<std::string> words;
  DType dtype = x.dtype();
  if (is_complex(dtype)) {
    auto values = x.to_vector<std::complex<double>>();
    std::vector<double> real, imaginary;
    for (auto z : values) {
      real.push_back(z.real());
      imaginary.push_back(z.imag());
    }
    RealFormat format_real(real, real_of(dtype)), format_imaginary(imaginary, real_of(dtype), true);
    for (auto z : values) {
      std::string tail = format_imaginary(z.imag());
      size_t end = tail.find_last_not_of(' ') + 1;
      words.push_back(format_real(z.real()) + tail.substr(0, end) + "j" + tail.substr(end));
    }
    return words;
  }
  if (is_floating(dtype)) {
    std::vector<double> values = x.to_vector<double>();
    RealFormat format(values, dtype);
    for (double value : values) words.push_back(format(value));
    return words;
  }
  if (is_bool(dtype)) {
    for (bool value : x.to_vector<bool>()) words.push_back(value ? "True" : "False");
  } else if (dtype == uint64) {
    for (uint64_t value : x.to_vector<uint64_t>()) words.push_back(std::to_string(value));
  } else {
    for (int64_t value : x.to_vector<int64_t>()) words.push_back(std::to_string(value));
  }
  size_t width = is_bool(dtype) && x.rank() > 0 ? 5 : 0;
  for (const std::string& word : words) width = std::max(width, word.size());
  for (std::string& word : words) word = padded(width, word);
  return words;
}

class Layout {
 public:
  Layout(const Array& x, std::string separator) : shorten_(x.size() > threshold), separator_(std::move(separator)) {
    for (Dim n : x.shape()) shape_.push_back(n.value());
    collect(0, 0);
    words_ = words_of(elements_of(x, shown_));
  }
  /// The first line begins `indent` columns to the right.
  std::string text(int indent) { return level(0, std::string(static_cast<size_t>(indent) + 1, ' '), line_width); }

 private:
  bool cut(size_t axis) const { return shorten_ && shape_[axis] > 2 * edge; }

  /// Calls f(i) for the positions of an axis that are shown, and gap() between the two ends of a cut one.
  template <class F, class G>
  void each(size_t axis, F f, G gap) const {
    for (int64_t i = 0; i < shape_[axis]; ++i) {
      if (cut(axis) && i == edge) {
        gap();
        i = shape_[axis] - edge;
      }
      f(i);
    }
  }
  void collect(size_t axis, int64_t place) {
    if (axis == shape_.size()) return shown_.push_back(static_cast<size_t>(place));
    each(axis, [&](int64_t i) { collect(axis + 1, place * shape_[axis] + i); }, [] {});
  }

  std::string level(size_t axis, const std::string& indent, size_t width) {
    std::string text;
    if (axis + 1 == shape_.size()) {
      std::string line = indent;
      auto add = [&](const std::string& word) {
        if (line.size() + word.size() > width - 1 && line.size() > indent.size()) {
          text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
          line = indent;
        }
        line += word + separator_;
      };
      each(axis, [&](int64_t) { add(words_[next_++]); }, [&] { add("..."); });
      text += line.substr(0, line.size() - separator_.size());
    } else {
      std::string separator = separator_.substr(0, separator_.size() - 1) + std::string(shape_.size() - axis - 1, '\n');
      each(
          axis, [&](int64_t) { text += indent + level(axis + 1, indent + " ", width - 1) + separator; },
          [&] { text += indent + "..." + separator; });
      text.resize(text.size() - separator.size());
    }
    return "[" + text.substr(indent.size()) + "]";
  }

  bool shorten_;
  std::string separator_;  // ends with a space
  std::vector<int64_t> shape_;
  std::vector<size_t> shown_;
  std::vector<std::string> words_;
  size_t next_ = 0;
};

}  // namespace

std::string to_string(const Array& x) { return detail::layout(x, " ", 0); }

std::string detail::layout(const Array& x, const char* separator, int indent) {
  if (x.size() == 0) return "[]";
  if (x.rank() > 0) return Layout(x, separator).text(indent);
  if (is_complex(x.dtype())) return alone(x.to_vector<std::complex<double>>()[0], real_of(x.dtype()));
  if (is_floating(x.dtype())) return alone(x.item<double>(), x.dtype());
  return words_of(x)[0];
}

void print_line(std::span<const Printable> parts) {
  std::string line;
  for (const Printable& part : parts) line += part.text + " ";
  if (line.empty()) line = " ";
  line.back() = '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
}

}  // namespace koine
