#include "base/dtype_traits.h"
#include "base/format.h"
#include "base/number.h"
#include "ir/node.h"
#include "ir/rethrow.h"
#include "python/python.h"

#include <koine/ops.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

/// Python objects as numbers, attributes and arrays, and back.
namespace koine::python {

namespace nb = nanobind;

namespace {
// An integer of any size; infinite beyond the floating numbers.
double floating_of(PyObject* integer) {
  double value = PyLong_AsDouble(integer);
  if (!PyErr_Occurred()) return value;
  PyErr_Clear();
  int sign = 0;
  PyObject* zero = PyLong_FromLong(0);
  sign = PyObject_RichCompareBool(integer, zero, Py_LT) == 1 ? -1 : 1;
  Py_DECREF(zero);
  return sign * HUGE_VAL;
}
}  // namespace

bool to_number(PyObject* object, Number& number) {
  if (PyFloat_Check(object)) {
    number = PyFloat_AS_DOUBLE(object);
  } else if (PyBool_Check(object)) {
    number = object == Py_True;
  } else if (PyLong_Check(object)) {
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    number = static_cast<int64_t>(value);
    if (overflow == 0) return true;
    unsigned long long wide = overflow > 0 ? PyLong_AsUnsignedLongLong(object) : 0;
    bool beyond = overflow < 0 || PyErr_Occurred();
    PyErr_Clear();
    number = beyond ? Number::beyond_integers(floating_of(object)) : Number(static_cast<uint64_t>(wide));
  } else if (PyComplex_Check(object)) {
    number = Number::complex(PyComplex_RealAsDouble(object), PyComplex_ImagAsDouble(object));
  } else {
    return false;
  }
  return true;
}

PyObject* from_number(const Number& number) {
  switch (number.kind()) {
    case Kind::bool_:
      return PyBool_FromLong(number.integer() != 0);
    case Kind::integer:
      if (number.is_beyond_integers()) return PyFloat_FromDouble(number.real());
      return number.is_unsigned() ? PyLong_FromUnsignedLongLong(static_cast<uint64_t>(number.integer()))
                                  : PyLong_FromLongLong(number.integer());
    case Kind::floating:
      return PyFloat_FromDouble(number.real());
    default:
      return PyComplex_FromDoubles(number.real(), number.imag());
  }
}

int64_t to_int(PyObject* object) {
  int64_t value = 0;
  if (PyLong_CheckExact(object)) {
    value = PyLong_AsLongLong(object);
  } else {
    Owned index(PyNumber_Index(object));
    value = PyLong_AsLongLong(index.get());
  }
  if (value == -1 && PyErr_Occurred()) throw PythonError();
  return value;
}

Ints to_ints(PyObject* object) {
  if (PyLong_Check(object) || PyIndex_Check(object)) return {to_int(object)};
  Owned list(PySequence_Fast(object, "an integer or a sequence of integers is needed"));
  Ints values;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i)
    values.push_back(to_int(PySequence_Fast_GET_ITEM(list.get(), i)));
  return values;
}

namespace {

PyObject* tuple_of(const Ints& list) {
  Owned tuple(PyTuple_New(static_cast<Py_ssize_t>(list.size())));
  for (size_t i = 0; i < list.size(); ++i)
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), PyLong_FromLongLong(list[i]));
  return tuple.release();
}

struct FromAttr {
  PyObject* operator()(bool value) const { return PyBool_FromLong(value); }
  PyObject* operator()(int64_t value) const { return PyLong_FromLongLong(value); }
  PyObject* operator()(double value) const { return PyFloat_FromDouble(value); }
  PyObject* operator()(const std::string& value) const {
    return PyUnicode_FromStringAndSize(value.data(), static_cast<Py_ssize_t>(value.size()));
  }
  PyObject* operator()(DType value) const { return Py_NewRef(dtype_object(value)); }
  PyObject* operator()(const Ints& value) const { return tuple_of(value); }
  PyObject* operator()(const Shape& value) const { return from_shape(value); }
  PyObject* operator()(const Axes& value) const { return value.is_all() ? Py_NewRef(Py_None) : tuple_of(value.list()); }
  PyObject* operator()(const Number& value) const { return from_number(value); }
  PyObject* operator()(const ir::Graphs&) const { return Py_NewRef(Py_None); }
};

struct ToAttr {
  PyObject* object;
  ir::AttrValue operator()(bool) const {
    int truth = PyObject_IsTrue(object);
    if (truth < 0) throw PythonError();
    return truth != 0;
  }
  ir::AttrValue operator()(int64_t) const { return to_int(object); }
  ir::AttrValue operator()(double) const {
    double value = PyFloat_AsDouble(object);
    if (value == -1 && PyErr_Occurred()) throw PythonError();
    return value;
  }
  ir::AttrValue operator()(const std::string&) const {
    const char* text = PyUnicode_AsUTF8(object);
    if (!text) throw PythonError();
    return std::string(text);
  }
  ir::AttrValue operator()(DType) const { return to_dtype(object); }
  ir::AttrValue operator()(const Ints&) const { return to_ints(object); }
  ir::AttrValue operator()(const Shape&) const { return Shape(to_ints(object)); }
  ir::AttrValue operator()(const Axes&) const { return object == Py_None ? Axes() : Axes(to_ints(object)); }
  ir::AttrValue operator()(const Number&) const {
    Number number;
    if (to_number(object, number)) return number;
    if (is_array(object)) {  // an array without axes stands for its number
      Owned item(PyObject_CallMethod(object, "item", nullptr));
      if (to_number(item.get(), number)) return number;
    }
    PyErr_Format(PyExc_TypeError, "a number is needed, not '%s'", Py_TYPE(object)->tp_name);
    throw PythonError();
  }
  ir::AttrValue operator()(const ir::Graphs&) const { throw ValueError("a graph cannot be given from Python"); }
};

}  // namespace

PyObject* from_attr(const ir::AttrValue& value) { return std::visit(FromAttr(), value); }

ir::AttrValue to_attr(PyObject* object, const ir::AttrValue& like) {
  refuse_followed(object);
  if (object == Py_None && !std::holds_alternative<Axes>(like)) return like;
  return std::visit(ToAttr{object}, like);
}

PyObject* from_shape(const Shape& shape) {
  Owned tuple(PyTuple_New(static_cast<Py_ssize_t>(shape.size())));
  for (size_t d = 0; d < shape.size(); ++d) {
    Dim n = shape.data()[d];
    PyObject* length = n.is_concrete() ? PyLong_FromLongLong(n.value()) : PyUnicode_FromString(to_string(n).c_str());
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(d), length);
  }
  return tuple.release();
}

namespace {
thread_local int64_t followed_reads = 0;
}

int64_t reads_of_followed() { return followed_reads; }

void refuse_followed(PyObject* object) {
  if (!is_array(object) || !ir::tape_active() || !ir::node_of(array_of(object))->taped) return;
  if (!is_inexact(array_of(object).dtype())) return;
  throw DTypeError(cat("a plain number is taken here, and a derivative by ", to_string(*ir::type_of(array_of(object))),
                       " would be lost: float(x) takes its value alone", at_line(user_line())));
}

const std::byte* read(const Array& x) {
  // A bool that decides about a branch is no number that a derivative would go through.
  if (x.defined() && ir::tape_active() && ir::node_of(x)->taped && is_inexact(x.dtype())) ++followed_reads;
  if (!x.defined() || x.out()->ready.load(std::memory_order_acquire)) return x.data({});
  std::source_location where = user_line();
  nb::gil_scoped_release others;
  return x.data(where);
}

namespace {

/// What other libraries lent and nobody holds any more. An array may die on any thread and with the graph's lock held,
/// where Python must not be called: its lender is told by the interpreter's main thread, a little later.
class Lenders {
 public:
  static void give_back(void* lender) {
    Lenders& all = self();
    {
      std::lock_guard lock(all.mutex_);
      all.waiting_.push_back(static_cast<nb::ndarray<nb::ro>*>(lender));
    }
    if (Py_IsInitialized()) Py_AddPendingCall([](void*) { return drain(), 0; }, nullptr);
  }
  static void drain() {
    std::vector<nb::ndarray<nb::ro>*> list;
    {
      std::lock_guard lock(self().mutex_);
      list.swap(self().waiting_);
    }
    for (auto* lender : list) delete lender;
  }

 private:
  static Lenders& self() {
    static Lenders& all = *new Lenders;
    return all;
  }
  std::mutex mutex_;
  std::vector<nb::ndarray<nb::ro>*> waiting_;
};

std::optional<DType> dtype_of(nb::dlpack::dtype given) {
  using Code = nb::dlpack::dtype_code;
  for (int k = 0; k < dtype_count; ++k) {
    auto dtype = static_cast<DType>(k);
    Code code = is_bool(dtype)               ? Code::Bool
                : is_signed_integer(dtype)   ? Code::Int
                : is_unsigned_integer(dtype) ? Code::UInt
                : dtype == bfloat16          ? Code::Bfloat
                : is_complex(dtype)          ? Code::Complex
                                             : Code::Float;
    if (given.code == static_cast<uint8_t>(code) && given.bits == bits_of(dtype) && given.lanes == 1) return dtype;
  }
  return std::nullopt;
}

bool is_dense(const nb::ndarray<nb::ro>& x) {
  int64_t expected = 1;
  for (size_t d = x.ndim(); d-- > 0;) {
    if (x.shape(d) != 1 && x.stride(d) != expected) return false;
    expected *= static_cast<int64_t>(x.shape(d));
  }
  return true;
}

// Elements of any strides, one after the other.
void gather_elements(const nb::ndarray<nb::ro>& x, size_t axis, const std::byte* from, size_t bytes, std::byte*& to) {
  if (axis == x.ndim()) {
    std::copy_n(from, bytes, to);
    to += bytes;
    return;
  }
  for (size_t i = 0; i < x.shape(axis); ++i)
    gather_elements(x, axis + 1, from + static_cast<int64_t>(i) * x.stride(axis) * static_cast<int64_t>(bytes), bytes,
                    to);
}

Array take(PyObject* object, bool may_share, bool may_copy) {
  Owned owner(PyObject_HasAttrString(object, "__dlpack__") || PyObject_CheckBuffer(object)
                  ? Py_NewRef(object)
                  : PyObject_CallMethod(object, "__array__", nullptr));
  nb::ndarray<nb::ro> x;
  if (!nb::try_cast(nb::handle(owner.get()), x) || x.device_type() != nb::device::cpu::value) {
    PyErr_Format(PyExc_TypeError, "an object of type '%s' gives no array of numbers in this machine's memory",
                 Py_TYPE(object)->tp_name);
    throw PythonError();
  }
  std::optional<DType> dtype = dtype_of(x.dtype());
  if (!dtype) throw DTypeError("[asarray] Koine has no dtype for the elements of this array");
  Shape shape;
  for (size_t d = 0; d < x.ndim(); ++d) shape.push_back(static_cast<int64_t>(x.shape(d)));
  auto* data = static_cast<std::byte*>(const_cast<void*>(x.data()));
  bool dense = is_dense(x) && reinterpret_cast<uintptr_t>(data) % size_of(*dtype) == 0;
  if (!may_copy && !dense)
    throw ValueError("[asarray] copy=False, but the elements do not lie one after the other in memory");
  if (may_share && dense && x.size() > 0) {
    auto bytes = static_cast<int64_t>(x.nbytes());
    auto buffer = ir::Buffer::borrow(data, bytes, Lenders::give_back, new nb::ndarray<nb::ro>(x));
    return ir::make_leaf(ir::intern_type(*dtype, shape), std::move(buffer), user_line());
  }
  if (dense || x.size() == 0) return from_bytes(*dtype, shape, data, {});
  std::vector<std::byte> elements(x.nbytes());
  std::byte* to = elements.data();
  gather_elements(x, 0, data, size_of(*dtype), to);
  return from_bytes(*dtype, shape, elements.data(), {});
}

/// Numbers of nested sequences, as far as they are nothing but numbers.
struct Numbers {
  Ints shape;
  std::vector<Number> values;
  bool plain = true, bottom = false;  // whether the first number was found, which settles the rank

  void collect(PyObject* object, size_t depth) {
    if (!plain) return;
    if (PyList_Check(object) || PyTuple_Check(object)) {
      Py_ssize_t count = PySequence_Fast_GET_SIZE(object);
      if (depth == shape.size() && !bottom) shape.push_back(count);
      if (depth >= shape.size() || shape[depth] != count) ragged();
      if (depth > 64) throw ValueError("[asarray] sequences are nested deeper than 64 levels");
      for (Py_ssize_t i = 0; i < count && plain; ++i) collect(PySequence_Fast_GET_ITEM(object, i), depth + 1);
      if (count == 0) bottom = true;
      return;
    }
    Number number;
    plain = to_number(object, number);
    if (!plain) return;
    bottom = true;
    if (depth != shape.size()) ragged();
    values.push_back(number);
  }
  [[noreturn]] static void ragged() { throw ShapeError("[asarray] rows have different lengths"); }
};

void check_value(const Number& value, DType dtype) {
  try {
    check_fits(value, dtype);
  } catch (const Error& error) {
    ir::rethrow_with(error, cat("[asarray] ", error.what()));
  }
}

Array from_numbers(const Numbers& numbers, const DType* wanted) {
  Kind kind = numbers.values.empty() ? Kind::floating : Kind::bool_;
  bool wide = false;
  for (const Number& value : numbers.values) {
    kind = std::max(kind, value.kind());
    wide = wide || value.is_unsigned();
  }
  constexpr DType defaults[] = {bool_, int64, float32, complex64};
  DType dtype = wanted ? *wanted : wide && kind == Kind::integer ? uint64 : defaults[static_cast<int>(kind)];
  for (const Number& value : numbers.values) check_value(value, dtype);
  // What is beyond 64 bits fits floating numbers alone.
  for (const Number& value : numbers.values)
    if (value.is_beyond_integers()) kind = std::max(kind, Kind::floating);
  std::vector<std::byte> stored;
  auto store = [&](auto number) {
    auto* bytes = reinterpret_cast<const std::byte*>(&number);
    stored.insert(stored.end(), bytes, bytes + sizeof(number));
  };
  for (const Number& value : numbers.values) {
    if (kind <= Kind::integer) store(value.integer());
    if (kind >= Kind::floating) store(value.real());
    if (kind == Kind::complex) store(value.imag());
  }
  DType given = kind <= Kind::integer ? (wide ? uint64 : int64) : kind == Kind::floating ? float64 : complex128;
  auto count = static_cast<int64_t>(numbers.values.size());
  std::vector<std::byte> converted(static_cast<size_t>(count) * size_of(dtype));
  convert(given, stored.data(), dtype, converted.data(), count);
  return from_bytes(dtype, Shape(numbers.shape), converted.data(), {});
}

}  // namespace

bool is_array_like(PyObject* object) {
  if (PyUnicode_Check(object) || PyBytes_Check(object) || PyType_Check(object)) return false;
  return PyObject_CheckBuffer(object) || PyObject_HasAttrString(object, "__dlpack__") ||
         PyObject_HasAttrString(object, "__array__");
}

Array borrow_array(PyObject* object, bool may_copy) { return take(object, true, may_copy); }

Array to_array(PyObject* object, const DType* dtype) {
  auto in_dtype = [&](Array x) {
    if (!dtype || x.dtype() == *dtype) return x;
    if (is_complex(x.dtype()) && !is_complex(*dtype) && !is_bool(*dtype))
      throw DTypeError(
          cat("[asarray] ", name(x.dtype()), " numbers cannot become ", name(*dtype), "; take x.real or abs(x)"));
    return cast(x, {.dtype = *dtype});
  };
  if (is_array(object)) return in_dtype(dtype ? array_of(object) : plain(object));
  // NumPy's float64 and complex128 scalars are Python numbers too, but have a dtype.
  bool exact = PyFloat_CheckExact(object) || PyComplex_CheckExact(object);
  if (!exact && (PyFloat_Check(object) || PyComplex_Check(object)) && is_array_like(object))
    return in_dtype(take(object, false, true));
  Numbers numbers;
  numbers.collect(object, 0);
  if (numbers.plain) return from_numbers(numbers, dtype);
  if (PyList_Check(object) || PyTuple_Check(object)) {
    std::vector<Array> parts;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i)
      parts.push_back(to_array(PySequence_Fast_GET_ITEM(object, i), dtype));
    for (const Array& part : parts)
      if (!(part.shape() == parts[0].shape())) Numbers::ragged();
    return stack(parts, 0, {});
  }
  if (is_array_like(object)) return in_dtype(take(object, false, true));
  PyErr_Format(PyExc_TypeError, "an object of type '%s' is no array of numbers", Py_TYPE(object)->tp_name);
  throw PythonError();
}

}  // namespace koine::python
