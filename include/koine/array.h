#pragma once
#include <koine/attr.h>
#include <koine/dim.h>
#include <koine/dtype.h>
#include <koine/error.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <source_location>
#include <span>
#include <string>
#include <vector>

/// The array: what a user holds. A handle to one output of a lazily recorded node.
namespace koine {

namespace ir {
struct Out;
struct OutHeader {
  uint32_t refs;
};
/// Gives up a handle that seems to be the only one, and one that was the last.
void release_only(Out* out) noexcept;
void release_last(Out* out) noexcept;
}  // namespace ir

class Arg;
class At;
class Index;

/// How the text of an error ends: "\n  at file.cpp:12", the line of the outermost SourceScope, or the given one when
/// there is none.
std::string at_line(std::source_location where = std::source_location::current());

/// A multi-dimensional value. Copying copies a handle. An array never changes under another
/// holder: assignment, `+=` and `x.at(i) = v` rebind this handle only. Shape and dtype are known
/// at once; the value is computed when somebody reads it, together with all pending work that is
/// connected with it.
class Array {
 public:
  Array() noexcept = default;
  Array(const Array& other) noexcept : out_(other.out_) { retain(); }
  Array(Array&& other) noexcept : out_(other.out_) { other.out_ = nullptr; }
  Array& operator=(const Array& other) noexcept {
    Array copy(other);
    std::swap(out_, copy.out_);
    return *this;
  }
  Array& operator=(Array&& other) noexcept {
    std::swap(out_, other.out_);
    return *this;
  }
  ~Array() { release(); }

  /// False for a default-constructed handle.
  bool defined() const noexcept { return out_ != nullptr; }
  /// Throws ValueError when the handle is empty, as do all members below.
  const Shape& shape() const;
  DType dtype() const;
  int rank() const;
  /// Concrete length of an axis (negative counts from the end). Throws ShapeError when symbolic.
  int64_t size(int axis) const;
  /// Concrete number of elements.
  int64_t size() const;
  /// Whether it stands for values that only a call of a traced function has, as under `vmap` and `jit`: reading it
  /// throws TraceError.
  bool traced() const;

  /// Evaluates and returns the row-major elements; valid while this array lives. Throws TraceError
  /// under `vmap` and `jit`, where an array has no value.
  const std::byte* data(std::source_location where = std::source_location::current()) const;
  /// The only element, converted to T by the rules of `cast`. Throws ShapeError unless size() is 1.
  template <class T>
  T item(std::source_location where = std::source_location::current()) const;
  /// All elements in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector(std::source_location where = std::source_location::current()) const;
  /// Truth of the only element, so that `if (x > 0)` branches on a value.
  explicit operator bool() const;

  /// Elements, slices and axes as in NumPy: `x.at(0, Slice{1, 5}, all)`. On a non-const array the
  /// result can also be assigned to: `x.at(i) = v` rebinds x to a copy with the part replaced.
  Array at(const Index& i) const&;
  At at(const Index& i) &;
  Array at(const Index& i, const Index& j) const&;
  At at(const Index& i, const Index& j) &;
  Array at(const Index& i, const Index& j, const Index& k) const&;
  At at(const Index& i, const Index& j, const Index& k) &;
  Array at(const Index& i, const Index& j, const Index& k, const Index& l) const&;
  At at(const Index& i, const Index& j, const Index& k, const Index& l) &;
  Array at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m) const&;
  At at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m) &;
  Array at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m, const Index& n) const&;
  At at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m, const Index& n) &;

  Array& operator+=(const Arg& y);
  Array& operator-=(const Arg& y);
  Array& operator*=(const Arg& y);
  Array& operator/=(const Arg& y);
  Array& operator%=(const Arg& y);

  /// The node output behind the handle, for the library itself.
  ir::Out* out() const noexcept { return out_; }
  /// Adopts one reference that the caller already counted.
  static Array adopt(ir::Out* out) noexcept {
    Array array;
    array.out_ = out;
    return array;
  }
  /// Adds a reference of its own.
  static Array share(ir::Out* out) noexcept {
    Array array = adopt(out);
    array.retain();
    return array;
  }

 private:
  void retain() const noexcept {
    if (out_) __atomic_fetch_add(&reinterpret_cast<ir::OutHeader*>(out_)->refs, 1, __ATOMIC_RELAXED);
  }
  void release() noexcept {
    if (!out_) return;
    // The only handle needs no atomic subtraction: another one can then be made under the graph lock alone.
    uint32_t& refs = reinterpret_cast<ir::OutHeader*>(out_)->refs;
    if (__atomic_load_n(&refs, __ATOMIC_ACQUIRE) == 1)
      ir::release_only(out_);
    else if (__atomic_sub_fetch(&refs, 1, __ATOMIC_ACQ_REL) == 0)
      ir::release_last(out_);
  }
  void read_as(DType dtype, void* to, std::source_location where) const;

  ir::Out* out_ = nullptr;
};

template <class T>
concept ArithmeticNumber = std::is_arithmetic_v<T>;

template <class T>
concept ComplexNumber = requires(T z) {
  { z.real() } -> std::floating_point;
  { z.imag() } -> std::floating_point;
};

/// What an op takes: an array or a number without a dtype of its own, with the caller's line.
class Arg {
 public:
  Arg(const Array& array, std::source_location where = std::source_location::current())
      : array_(&array), where_(where) {}
  Arg(const Number& number, std::source_location where = std::source_location::current())
      : number_(number), where_(where) {}
  template <ArithmeticNumber T>
  Arg(T number, std::source_location where = std::source_location::current()) : number_(number), where_(where) {}
  template <ComplexNumber T>
  Arg(const T& z, std::source_location where = std::source_location::current())
      : number_(Number::complex(z.real(), z.imag())), where_(where) {}

  bool is_array() const { return array_ != nullptr; }
  const Array& array() const { return *array_; }
  const Number& number() const { return number_; }
  std::source_location where() const { return where_; }

 private:
  const Array* array_ = nullptr;
  Number number_;
  std::source_location where_;
};

Array operator+(const Arg& x, const Arg& y);
Array operator-(const Arg& x, const Arg& y);
Array operator*(const Arg& x, const Arg& y);
Array operator/(const Arg& x, const Arg& y);
Array operator%(const Arg& x, const Arg& y);
Array operator&(const Arg& x, const Arg& y);
Array operator|(const Arg& x, const Arg& y);
Array operator^(const Arg& x, const Arg& y);
Array operator<<(const Arg& x, const Arg& y);
Array operator>>(const Arg& x, const Arg& y);
Array operator==(const Arg& x, const Arg& y);
Array operator!=(const Arg& x, const Arg& y);
Array operator<(const Arg& x, const Arg& y);
Array operator<=(const Arg& x, const Arg& y);
Array operator>(const Arg& x, const Arg& y);
Array operator>=(const Arg& x, const Arg& y);
Array operator-(const Arg& x);
Array operator~(const Arg& x);
Array operator!(const Arg& x);

/// A bound that was not given: `Slice{none, 5}` is `[:5]`.
inline constexpr int64_t none = INT64_MIN;
/// A range of an axis with Python's meaning, negative bounds and steps included.
struct Slice {
  int64_t start = none, stop = none, step = 1;
};
/// The op `all`, whose name as an index means a whole axis: `x.at(all, 0)`.
struct AllAttrs;
Array all(const Arg& x, AllAttrs attrs);
struct Ellipsis {};
struct NewAxis {};
inline constexpr Ellipsis ellipsis{};
inline constexpr NewAxis newaxis{};

/// One entry of an index: a position, a slice, `ellipsis`, `newaxis`, or an integer or boolean array.
class Index {
 public:
  enum class Kind : uint8_t { position, slice, ellipsis, newaxis, array };
  using Where = std::source_location;
  template <std::integral T>
  Index(T position, Where where = Where::current())
      : kind(Kind::position), slice{static_cast<int64_t>(position)}, where(where) {}
  Index(Slice range, Where where = Where::current()) : kind(Kind::slice), slice(range), where(where) {}
  /// The op `all`, named without arguments, means a whole axis.
  Index(Array (&)(const Arg&, AllAttrs), Where where = Where::current()) : Index(Slice{}, where) {}
  Index(Ellipsis, Where where = Where::current()) : kind(Kind::ellipsis), where(where) {}
  Index(NewAxis, Where where = Where::current()) : kind(Kind::newaxis), where(where) {}
  Index(const Array& indices, Where where = Where::current()) : kind(Kind::array), array(indices), where(where) {}

  Kind kind;
  Slice slice;
  Array array;
  Where where;
};

/// The part of x that an index selects, placed as in NumPy: a position drops its axis, slices keep theirs, integer
/// arrays broadcast together and put their axes where the indexed one was, or in front when other entries lie between
/// them. Throws IndexError for a position outside, at the call; for an integer in an array, when it is evaluated.
/// Throws ValueError for a boolean mask, which would give a shape that depends on values.
Array get_at(const Array& x, std::span<const Index> index,
             std::source_location where = std::source_location::current());
/// x with the selected part replaced by a value that broadcasts to it and takes x's dtype; of values for one element
/// the last stays. A boolean mask selects where one value for all goes. Throws what get_at throws, ShapeError when the
/// value does not fit, and DTypeError when its kind does not (a floating number into integers).
Array set_at(const Array& x, std::span<const Index> index, const Arg& value);

/// The result of `x.at(...)` on a non-const array: an array, and a place in another that can be assigned to while it
/// is a temporary. Kept in a variable it is the part as it was: views never alias.
class At : public Array {
 public:
  At(Array& target, std::vector<Index> index);
  At(const At&) = default;
  At& operator=(const At&) & = delete;
  void operator=(const At& value) && { assign(Arg(static_cast<const Array&>(value))); }
  void operator=(const Arg& value) && { assign(value); }
  void operator+=(const Arg& value) &&;
  void operator-=(const Arg& value) &&;
  void operator*=(const Arg& value) &&;
  void operator/=(const Arg& value) &&;

 private:
  void assign(const Arg& value);
  void combine(const Arg& value, Array (*op)(const Arg&, const Arg&));

  Array* target_;
  std::vector<Index> index_;
};

namespace detail {
inline Array part(const Array& x, std::initializer_list<Index> index) {
  return get_at(x, {index.begin(), index.size()}, index.begin()->where);
}
}  // namespace detail
inline Array Array::at(const Index& i) const& { return detail::part(*this, {i}); }
inline At Array::at(const Index& i) & { return At(*this, {i}); }
inline Array Array::at(const Index& i, const Index& j) const& { return detail::part(*this, {i, j}); }
inline At Array::at(const Index& i, const Index& j) & { return At(*this, {i, j}); }
inline Array Array::at(const Index& i, const Index& j, const Index& k) const& { return detail::part(*this, {i, j, k}); }
inline At Array::at(const Index& i, const Index& j, const Index& k) & { return At(*this, {i, j, k}); }
inline Array Array::at(const Index& i, const Index& j, const Index& k, const Index& l) const& {
  return detail::part(*this, {i, j, k, l});
}
inline At Array::at(const Index& i, const Index& j, const Index& k, const Index& l) & {
  return At(*this, {i, j, k, l});
}
inline Array Array::at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m) const& {
  return detail::part(*this, {i, j, k, l, m});
}
inline At Array::at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m) & {
  return At(*this, {i, j, k, l, m});
}
inline Array Array::at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m,
                       const Index& n) const& {
  return detail::part(*this, {i, j, k, l, m, n});
}
inline At Array::at(const Index& i, const Index& j, const Index& k, const Index& l, const Index& m, const Index& n) & {
  return At(*this, {i, j, k, l, m, n});
}

template <class T>
concept Element = std::is_arithmetic_v<T> && !std::is_same_v<T, long double>;

/// The dtype that stores a C++ number exactly.
template <Element T>
constexpr DType element_dtype() {
  if constexpr (std::is_same_v<T, bool>) return bool_;
  if constexpr (std::is_floating_point_v<T>) return sizeof(T) == 4 ? float32 : float64;
  constexpr DType integers[2][4] = {{uint8, uint16, uint32, uint64}, {int8, int16, int32, int64}};
  return integers[std::is_signed_v<T>][sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3];
}

template <class T>
T Array::item(std::source_location where) const {
  if (size() != 1) throw ShapeError("[item] needs one element, got shape " + to_string(shape()) + at_line(where));
  return to_vector<T>(where)[0];
}
template <class T>
std::vector<T> Array::to_vector(std::source_location where) const {
  if constexpr (std::is_same_v<T, bool>) {
    std::vector<uint8_t> bytes(static_cast<size_t>(size()));
    read_as(bool_, bytes.data(), where);
    return {bytes.begin(), bytes.end()};
  } else {
    std::vector<T> values(static_cast<size_t>(size()));
    if constexpr (Element<T>)
      read_as(element_dtype<T>(), values.data(), where);
    else
      read_as(sizeof(T) == 8 ? complex64 : complex128, values.data(), where);
    return values;
  }
}

/// A copy of row-major memory as an array.
Array from_bytes(DType dtype, const Shape& shape, const void* data,
                 std::source_location where = std::source_location::current());
template <Element T>
Array from(std::span<const T> values, const Shape& shape,
           std::source_location where = std::source_location::current()) {
  if (shape.size() != 1 || values.size() != static_cast<size_t>(count(shape).value())) {
    if (count(shape).value() != static_cast<int64_t>(values.size()))
      throw ShapeError("[from] " + std::to_string(values.size()) + " values do not fill shape " + to_string(shape) +
                       at_line(where));
  }
  return from_bytes(element_dtype<T>(), shape, values.data(), where);
}
template <Element T>
Array from(const std::vector<T>& values, const Shape& shape,
           std::source_location where = std::source_location::current()) {
  return from(std::span<const T>(values), shape, where);
}

/// Literals: integers give int64, floating numbers float32, as everywhere in Koine.
Array array(std::initializer_list<Number> values, std::source_location where = std::source_location::current());
Array array(std::initializer_list<std::initializer_list<Number>> rows,
            std::source_location where = std::source_location::current());
Array array(std::initializer_list<std::initializer_list<std::initializer_list<Number>>> blocks,
            std::source_location where = std::source_location::current());
/// A 0-d array of a number: int64, float32, complex64 or bool.
Array scalar_array(Number value, std::source_location where = std::source_location::current());

Array zeros(const Shape& shape, DType dtype = float32, std::source_location where = std::source_location::current());
Array ones(const Shape& shape, DType dtype = float32, std::source_location where = std::source_location::current());
Array full_like(const Array& x, Number value, std::source_location where = std::source_location::current());
Array zeros_like(const Array& x, std::source_location where = std::source_location::current());
Array ones_like(const Array& x, std::source_location where = std::source_location::current());
/// Numbers from start, below stop, by step; int64 unless a dtype is given.
Array arange(int64_t stop, std::source_location where = std::source_location::current());
Array arange(int64_t start, int64_t stop, int64_t step = 1, DType dtype = int64,
             std::source_location where = std::source_location::current());
/// n evenly spaced numbers from start to stop, both included.
Array linspace(double start, double stop, int64_t n, DType dtype = float32,
               std::source_location where = std::source_location::current());
Array eye(int64_t n, DType dtype = float32, std::source_location where = std::source_location::current());

Array expand_dims(const Arg& x, int axis);
Array squeeze(const Arg& x, int axis);
/// Moves one axis to another place; the others keep their order.
Array moveaxis(const Arg& x, int from, int to);
Array swapaxes(const Arg& x, int axis1, int axis2);
/// x repeated along a new first axis.
Array repeat_in_front(const Arg& x, Dim size);
/// Joins arrays of one shape along a new axis.
Array stack(const std::vector<Array>& arrays, int axis = 0,
            std::source_location where = std::source_location::current());
/// Equal parts along an axis. Throws ShapeError when they do not divide the axis.
std::vector<Array> split(const Arg& x, int parts, int axis = 0);
Array flatten(const Arg& x);
/// Einstein summation with explicit or implicit output: `einsum("bij,bjk->bik", {x, y})`.
Array einsum(std::string_view subscripts, const std::vector<Array>& operands,
             std::source_location where = std::source_location::current());

/// The value as text in NumPy's layout, long arrays shortened.
std::string to_string(const Array& x);
/// Prints its arguments with spaces between, numbers and arrays alike, and ends the line.
class Printable {
 public:
  Printable(const char* text) : text(text) {}
  Printable(const std::string& text) : text(text) {}
  template <ArithmeticNumber T>
  Printable(T number) : text(to_string(scalar_array(number))) {}
  Printable(const Array& array) : text(to_string(array)) {}
  Printable(const Shape& shape) : text(to_string(shape)) {}
  std::string text;
};
void print_line(std::span<const Printable> parts);
template <class... T>
void print(const T&... parts) {
  const Printable list[] = {Printable(parts)...};
  print_line(list);
}

/// While it lives, errors and nodes name the line given here instead of lines inside the library.
class SourceScope {
 public:
  explicit SourceScope(std::source_location where);
  ~SourceScope();
  SourceScope(const SourceScope&) = delete;
  SourceScope& operator=(const SourceScope&) = delete;

 private:
  bool outer_;
};

}  // namespace koine
