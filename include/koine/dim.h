// Sizes of arrays: concrete or symbolic, and lists of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace koine {

/// A size: an integer, or an expression over named sizes that are known only at run time.
///
/// Expressions are interned in canonical form (polynomials with integer coefficients over symbols and quotients, maxima
/// and minima of polynomials), so that n * m and m * n are the same Dim. Every symbol stands for a size of at least 2.
/// A Dim may be negative, which makes it usable as an offset. Arithmetic on integers throws ShapeError on overflow.
class Dim {
 public:
  constexpr Dim() = default;
  /// The integer itself. Throws ShapeError outside -2^62 to 2^63 - 1.
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  constexpr Dim(T value) : bits_(static_cast<int64_t>(value)) {
    if ((!std::is_signed_v<T> && bits_ < 0) || bits_ < least) throw_out_of_range();
  }

  /// The size called `name`; equal names give the same Dim. Throws ValueError when the name is not an identifier.
  static Dim symbol(std::string_view name);

  constexpr bool is_concrete() const { return bits_ >= least; }
  /// The integer. Throws ShapeError that shows the expression when symbolic.
  constexpr int64_t value() const {
    if (!is_concrete()) throw_symbolic();
    return bits_;
  }
  /// Equal for the same() Dims of one process.
  constexpr uint64_t hash() const {
    const uint64_t mixed = (static_cast<uint64_t>(bits_) ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
    return mixed ^ (mixed >> 32);
  }

  friend constexpr Dim operator+(Dim a, Dim b) {
    int64_t sum = 0;
    if (a.is_concrete() && b.is_concrete() && !__builtin_add_overflow(a.bits_, b.bits_, &sum) && sum >= least) {
      return Dim(sum);
    }
    return add_slow(a, b);
  }
  friend constexpr Dim operator-(Dim a, Dim b) {
    int64_t difference = 0;
    if (a.is_concrete() && b.is_concrete() && !__builtin_sub_overflow(a.bits_, b.bits_, &difference) &&
        difference >= least) {
      return Dim(difference);
    }
    return subtract_slow(a, b);
  }
  friend constexpr Dim operator*(Dim a, Dim b) {
    int64_t product = 0;
    if (a.is_concrete() && b.is_concrete() && !__builtin_mul_overflow(a.bits_, b.bits_, &product) && product >= least) {
      return Dim(product);
    }
    return multiply_slow(a, b);
  }
  friend constexpr Dim operator-(Dim a) { return Dim(0) - a; }
  constexpr Dim& operator+=(Dim other) { return *this = *this + other; }
  constexpr Dim& operator-=(Dim other) { return *this = *this - other; }
  constexpr Dim& operator*=(Dim other) { return *this = *this * other; }

  /// The quotient rounded to minus infinity. Throws ShapeError for division by zero.
  friend constexpr Dim floor_div(Dim a, Dim b) {
    if (a.is_concrete() && b.is_concrete() && b.bits_ > 0) {
      const int64_t quotient = a.bits_ / b.bits_;
      return Dim(quotient - (a.bits_ % b.bits_ < 0 ? 1 : 0));
    }
    return floor_div_slow(a, b);
  }
  /// The quotient rounded to plus infinity. Throws ShapeError for division by zero.
  friend Dim ceil_div(Dim a, Dim b);
  /// a - b * floor_div(a, b): the remainder with the sign of the divisor. Throws ShapeError for division by zero.
  friend Dim mod(Dim a, Dim b);
  friend constexpr Dim max(Dim a, Dim b) {
    if (a.is_concrete() && b.is_concrete()) return a.bits_ < b.bits_ ? b : a;
    return max_slow(a, b);
  }
  friend constexpr Dim min(Dim a, Dim b) {
    if (a.is_concrete() && b.is_concrete()) return b.bits_ < a.bits_ ? b : a;
    return min_slow(a, b);
  }

  /// Whether the two have the same canonical form; never throws. Two Dims that are not the same may still be equal.
  friend constexpr bool same(Dim a, Dim b) { return a.bits_ == b.bits_; }

  /// Comparisons give the answer that holds for all values (2 and up) of the symbols.
  /// Throw ShapeError when it depends on them, or cannot be found.
  friend constexpr bool operator==(Dim a, Dim b) {
    return a.bits_ == b.bits_ || (!(a.is_concrete() && b.is_concrete()) && equal_slow(a, b));
  }
  friend constexpr bool operator<(Dim a, Dim b) {
    return a.is_concrete() && b.is_concrete() ? a.bits_ < b.bits_ : less_slow(a, b);
  }
  friend constexpr bool operator>(Dim a, Dim b) { return b < a; }
  friend constexpr bool operator<=(Dim a, Dim b) { return !(b < a); }
  friend constexpr bool operator>=(Dim a, Dim b) { return !(a < b); }

  /// "3", "n", "2*n + 1", "(n + 1)//2", "max(m, n)". The same text in every process.
  friend std::string to_string(Dim dim);

  /// The expression with the named symbols replaced; symbols without a value stay.
  /// Throws ShapeError when the result overflows or divides by zero.
  friend Dim substitute(Dim dim, std::span<const std::pair<std::string, int64_t>> values);

 private:
  friend class DimTable;

  // Concrete values are stored as they are; the range below `least` counts interned expressions.
  static constexpr int64_t least = -(int64_t{1} << 62);

  [[noreturn]] static void throw_out_of_range();
  [[noreturn]] void throw_symbolic() const;
  static Dim add_slow(Dim a, Dim b);
  static Dim subtract_slow(Dim a, Dim b);
  static Dim multiply_slow(Dim a, Dim b);
  static Dim floor_div_slow(Dim a, Dim b);
  static Dim max_slow(Dim a, Dim b);
  static Dim min_slow(Dim a, Dim b);
  static bool equal_slow(Dim a, Dim b);
  static bool less_slow(Dim a, Dim b);

  int64_t bits_ = 0;
};

Dim ceil_div(Dim a, Dim b);
Dim mod(Dim a, Dim b);
std::string to_string(Dim dim);
Dim substitute(Dim dim, std::span<const std::pair<std::string, int64_t>> values);

/// The sizes of an array along its axes: a list of Dims, up to 6 of them without an allocation.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<Dim> dims) { assign(dims.begin(), dims.size()); }
  /// From a pair of iterators over Dims or integers.
  template <class Iterator>
    requires requires(Iterator i) { Dim(*i), ++i; }
  Shape(Iterator first, Iterator last) {
    for (; first != last; ++first) push_back(Dim(*first));
  }
  /// From a span, vector or array of Dims or integers.
  template <class Range>
    requires requires(const Range& range) { Dim(*range.data()), range.size(); }
  explicit Shape(const Range& range) : Shape(range.data(), range.data() + range.size()) {}
  Shape(const Shape& other) { assign(other.begin(), other.size()); }
  Shape(Shape&& other) noexcept { take(other); }
  Shape& operator=(const Shape& other) {
    if (this != &other) assign(other.begin(), other.size());
    return *this;
  }
  Shape& operator=(Shape&& other) noexcept {
    if (this != &other) {
      release();
      take(other);
    }
    return *this;
  }
  ~Shape() { release(); }

  /// The rank.
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Dim* data() { return capacity_ > inline_capacity ? heap_ : inline_; }
  const Dim* data() const { return capacity_ > inline_capacity ? heap_ : inline_; }
  Dim* begin() { return data(); }
  Dim* end() { return data() + size_; }
  const Dim* begin() const { return data(); }
  const Dim* end() const { return data() + size_; }

  /// A negative axis counts from the end. Throws IndexError when out of range.
  Dim& operator[](int64_t axis) { return data()[position(axis)]; }
  const Dim& operator[](int64_t axis) const { return data()[position(axis)]; }
  /// The last size. Throws IndexError when the rank is 0.
  Dim& back() { return (*this)[-1]; }
  const Dim& back() const { return (*this)[-1]; }

  void push_back(Dim dim) {
    if (size_ == capacity_) grow(size_ + 1);
    data()[size_++] = dim;
  }
  void pop_back() { erase(-1); }
  /// Puts `dim` before that axis, which may be size(). Throws IndexError when out of range.
  void insert(int64_t axis, Dim dim);
  /// Removes an axis. Throws IndexError when out of range.
  void erase(int64_t axis);
  void clear() { size_ = 0; }

  bool is_concrete() const;
  /// Equal for equal Shapes of one process.
  uint64_t hash() const;
  /// Equal rank, and every size the same(). Never throws.
  friend bool operator==(const Shape& a, const Shape& b);

 private:
  static constexpr uint32_t inline_capacity = 6;

  void assign(const Dim* dims, size_t count);
  void take(Shape& other) noexcept;
  void release() noexcept;
  void grow(size_t capacity);
  [[noreturn]] void throw_axis(int64_t axis) const;
  size_t position(int64_t axis) const {
    const int64_t from_start = axis < 0 ? axis + size_ : axis;
    if (from_start < 0 || from_start >= size_) throw_axis(axis);
    return static_cast<size_t>(from_start);
  }

  uint32_t size_ = 0;
  uint32_t capacity_ = inline_capacity;
  union {
    Dim inline_[inline_capacity] = {};
    Dim* heap_;
  };
};

/// The number of elements: the product of the sizes, 1 for rank 0. Throws ShapeError on overflow.
Dim count(const Shape& shape);

/// "[2, n, 3]".
std::string to_string(const Shape& shape);

/// The shape of an elementwise operation on two arrays by NumPy's rule: axes are aligned at the end, and a size of 1
/// is repeated. A symbolic size is never 1, so it fits itself and 1 only.
/// Throws ShapeError that shows both shapes and the axis.
Shape broadcast(const Shape& a, const Shape& b);

}  // namespace koine
