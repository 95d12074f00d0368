#pragma once
#include <koine/dtype.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

/// The types that op attributes are written in, beside bool, int64_t, double, std::string, DType and Shape.
namespace koine {

using Ints = std::vector<int64_t>;

/// Axes of a reduction: all of them (the default), one, or a list. Negative ones count from the end.
class Axes {
 public:
  Axes() = default;
  Axes(int64_t axis) : list_(1, axis), all_(false) {}
  Axes(int axis) : Axes(static_cast<int64_t>(axis)) {}
  Axes(std::initializer_list<int64_t> axes) : list_(axes), all_(false) {}
  Axes(Ints axes) : list_(static_cast<Ints&&>(axes)), all_(false) {}
  bool is_all() const { return all_; }
  const Ints& list() const { return list_; }
  bool operator==(const Axes&) const = default;

 private:
  Ints list_;
  bool all_ = true;
};

/// What is added around windows: one number for all sides of all spatial axes, one for each axis, or (low, high) for
/// each axis one after the other; or a word, "valid" for nothing and "same" for as many places as strides fit into the
/// length (what is left over is added at the end).
class Padding {
 public:
  Padding() = default;
  Padding(int64_t all) : list_(1, all) {}
  Padding(int all) : Padding(static_cast<int64_t>(all)) {}
  Padding(std::initializer_list<int64_t> list) : list_(list) {}
  Padding(Ints list) : list_(static_cast<Ints&&>(list)) {}
  Padding(std::string word) : word_(static_cast<std::string&&>(word)) {}
  Padding(const char* word) : word_(word) {}
  /// Empty when numbers are given.
  const std::string& word() const { return word_; }
  const Ints& list() const { return list_; }
  bool operator==(const Padding&) const = default;
  /// As an option of a layer it belongs to the structure of a model.
  friend uint64_t koine_hash(const Padding& padding) {
    uint64_t hash = 14695981039346656037u;
    const auto add = [&](uint64_t part) { hash = (hash ^ part) * 1099511628211u; };
    for (const char letter : padding.word_) add(static_cast<uint64_t>(letter));
    for (const int64_t number : padding.list_) add(static_cast<uint64_t>(number) + 256);
    return hash;
  }

 private:
  std::string word_;
  Ints list_;
};

/// A number that takes the dtype of what it meets.
class Number {
 public:
  constexpr Number() = default;
  template <class T>
    requires std::is_arithmetic_v<T>
  constexpr Number(T value) {
    if constexpr (std::is_same_v<T, bool>) {
      kind_ = Kind::bool_;
      integer_ = value;
    } else if constexpr (std::is_integral_v<T>) {
      kind_ = Kind::integer;
      integer_ = static_cast<int64_t>(value);
      unsigned_ = std::is_unsigned_v<T>;
    } else {
      kind_ = Kind::floating;
      real_ = static_cast<double>(value);
    }
  }
  static constexpr Number complex(double real, double imag) {
    Number number;
    number.kind_ = Kind::complex;
    number.real_ = real;
    number.imag_ = imag;
    return number;
  }
  /// An integer that 64 bits do not hold, as the nearest floating number.
  static constexpr Number beyond_integers(double value) {
    Number number;
    number.beyond_ = true;
    number.real_ = value;
    return number;
  }
  constexpr Kind kind() const { return kind_; }
  constexpr bool is_beyond_integers() const { return beyond_; }
  /// The exact integer of a bool or integer within 64 bits; for an unsigned 64-bit one the same bits.
  constexpr int64_t integer() const { return integer_; }
  constexpr bool is_unsigned() const { return unsigned_; }
  constexpr double real() const {
    if (kind_ == Kind::floating || kind_ == Kind::complex || beyond_) return real_;
    return unsigned_ ? static_cast<double>(static_cast<uint64_t>(integer_)) : static_cast<double>(integer_);
  }
  constexpr double imag() const { return imag_; }

 private:
  Kind kind_ = Kind::integer;
  bool unsigned_ = false, beyond_ = false;
  int64_t integer_ = 0;
  double real_ = 0, imag_ = 0;
};

}  // namespace koine
