#include "array/print.h"
#include "base/dtype_traits.h"
#include "ir/node.h"
#include "python/python.h"

#include <koine/ops.h>
#include <structmember.h>

#include <complex>
#include <cstring>
#include <new>

/// koine.Array: operators, facts, conversion to Python's numbers, the buffer protocol.
namespace koine::python {

PyTypeObject* array_type = nullptr;

namespace {

ArrayObject& object_of(PyObject* self) { return *reinterpret_cast<ArrayObject*>(self); }

std::source_location where_now() { return lines_wanted ? user_line() : std::source_location(); }

// An operand of an operator: false when the other one has to say what to do.
struct Operand {
  Array made;
  Arg arg = Arg(0, {});
  bool set(PyObject* object, std::source_location where) {
    Number number;
    if (is_array(object)) {
      arg = Arg(array_of(object), where);
    } else if (to_number(object, number)) {
      arg = Arg(number, where);
    } else if (is_array_like(object)) {
      made = to_array(object);
      arg = Arg(made, where);
    } else {
      return false;
    }
    return true;
  }
};

using Binary = Array (*)(const Arg&, const Arg&);
using Unary = Array (*)(const Arg&);

bool compares(Binary op) {
  for (Binary one : {less, less_equal, greater, greater_equal, equal, not_equal})
    if (op == one) return true;
  return false;
}

// A number of a trace that meets something with a dtype takes it, as a number of Python would.
Array in_dtype_of(PyObject* number, DType other, Binary op) {
  const Array& x = array_of(number);
  if (compares(op) && is_integer(x.dtype()) && is_integer(other)) return x;  // it may be beyond the other's range
  return cast(x, {.dtype = promote_weak(other, kind_of(x.dtype()))});
}
// What operators make of numbers alone is a number: in the widest dtypes, as Python computes.
bool stays_number(DType dtype) { return dtype == float64 || dtype == int64 || dtype == complex128; }

// An operator on at least one number of a trace.
PyObject* with_numbers(Binary op, PyObject* left, PyObject* right, std::source_location where) {
  Array made[2];
  PyObject* sides[] = {left, right};
  DType dtype = bool_;
  bool numbers_only = true;
  for (PyObject* side : sides) {
    if (is_array(side) && is_number(side)) continue;
    Number number;
    if (to_number(side, number)) continue;
    if (!is_array(side) && !is_array_like(side)) return Py_NewRef(Py_NotImplemented);
    made[side == right] = to_array(side);
    dtype = made[side == right].dtype();
    numbers_only = false;
  }
  Arg args[] = {Arg(0, where), Arg(0, where)};
  for (size_t i = 0; i < 2; ++i) {
    Number number;
    if (made[i].defined()) {
    } else if (is_array(sides[i])) {
      const bool divides = op == static_cast<Binary>(divide) && is_integer(array_of(sides[i]).dtype());
      made[i] = !numbers_only ? in_dtype_of(sides[i], dtype, op)
                : divides     ? cast(array_of(sides[i]), {.dtype = float64})
                              : array_of(sides[i]);
    } else {
      to_number(sides[i], number);
      args[i] = Arg(number, where);
      continue;
    }
    args[i] = Arg(made[i], where);
  }
  Array result = op(args[0], args[1]);
  return numbers_only && stays_number(result.dtype()) ? wrap_number(std::move(result)) : wrap(std::move(result));
}

template <Binary op>
PyObject* binary(PyObject* left, PyObject* right) noexcept {
  return guarded([&]() -> PyObject* {
    std::source_location where = where_now();
    if ((is_array(left) && is_number(left)) || (is_array(right) && is_number(right)))
      return with_numbers(op, left, right, where);
    if (is_array(left) && is_array(right)) return wrap(op(Arg(array_of(left), where), Arg(array_of(right), where)));
    Operand x, y;
    if (!x.set(left, where) || !y.set(right, where)) return Py_NewRef(Py_NotImplemented);
    return wrap(op(x.arg, y.arg));
  });
}
template <Unary op>
PyObject* unary(PyObject* x) noexcept {
  return guarded([&] {
    Array result = op(Arg(array_of(x), where_now()));
    return is_number(x) && stays_number(result.dtype()) ? wrap_number(std::move(result)) : wrap(std::move(result));
  });
}
PyObject* power(PyObject* left, PyObject* right, PyObject*) noexcept { return binary<pow>(left, right); }
PyObject* positive(PyObject* x) noexcept { return Py_NewRef(x); }

PyObject* compare(PyObject* left, PyObject* right, int how) noexcept {
  switch (how) {
    case Py_LT:
      return binary<less>(left, right);
    case Py_LE:
      return binary<less_equal>(left, right);
    case Py_GT:
      return binary<greater>(left, right);
    case Py_GE:
      return binary<greater_equal>(left, right);
    case Py_EQ:
      return binary<equal>(left, right);
    default:
      return binary<not_equal>(left, right);
  }
}

PyObject* element(DType dtype, const std::byte* data) {
  auto as = [&]<class T>(T) {
    T value;
    std::memcpy(&value, data, sizeof(T));
    return value;
  };
  switch (dtype) {
    case DType::bool_:
      return PyBool_FromLong(as(uint8_t()));
    case DType::int8:
      return PyLong_FromLong(as(int8_t()));
    case DType::int16:
      return PyLong_FromLong(as(int16_t()));
    case DType::int32:
      return PyLong_FromLong(as(int32_t()));
    case DType::int64:
      return PyLong_FromLongLong(as(int64_t()));
    case DType::uint8:
      return PyLong_FromLong(as(uint8_t()));
    case DType::uint16:
      return PyLong_FromLong(as(uint16_t()));
    case DType::uint32:
      return PyLong_FromUnsignedLong(as(uint32_t()));
    case DType::uint64:
      return PyLong_FromUnsignedLongLong(as(uint64_t()));
    case DType::float16:
    case DType::bfloat16: {
      double wide = 0;
      convert(dtype, data, float64, reinterpret_cast<std::byte*>(&wide), 1);
      return PyFloat_FromDouble(wide);
    }
    case DType::float32:
      return PyFloat_FromDouble(static_cast<double>(as(float())));
    case DType::float64:
      return PyFloat_FromDouble(as(double()));
    case DType::complex64: {
      auto z = as(std::complex<float>());
      return PyComplex_FromDoubles(static_cast<double>(z.real()), static_cast<double>(z.imag()));
    }
    default: {
      auto z = as(std::complex<double>());
      return PyComplex_FromDoubles(z.real(), z.imag());
    }
  }
}

PyObject* item_of(const Array& x) {
  if (x.size() != 1) {
    PyErr_Format(PyExc_TypeError, "only an array with one element is a number; this one has the shape %s",
                 to_string(x.shape()).c_str());
    throw PythonError();
  }
  return element(x.dtype(), read(x));
}

PyObject* item(PyObject* self, PyObject*) noexcept {
  return guarded([&] {
    Array x = array_of(self);
    if (is_number(self) && ir::node_of(x)->abstract)
      throw TraceError(
          "[jit] a number among the arguments of a jitted function has no value while it is traced; name it in "
          "static_argnums or static_argnames if it decides about shapes, axes or branches");
    return item_of(x);
  });
}
template <PyObject* (*convert)(PyObject*)>
PyObject* as_number(PyObject* self) noexcept {
  PyObject* number = item(self, nullptr);
  if (!number) return nullptr;
  PyObject* result = convert(number);
  Py_DECREF(number);
  return result;
}
PyObject* as_index(PyObject* self) noexcept {
  if (!is_integer(array_of(self).dtype()) || array_of(self).rank() != 0) {
    PyErr_SetString(PyExc_TypeError, "only an integer array without axes is an index");
    return nullptr;
  }
  return item(self, nullptr);
}
PyObject* to_complex(PyObject* number) {
  return PyObject_CallOneArg(reinterpret_cast<PyObject*>(&PyComplex_Type), number);
}
PyObject* as_complex(PyObject* self, PyObject*) noexcept { return as_number<to_complex>(self); }
int truth(PyObject* self) noexcept {
  PyObject* number = nullptr;
  if (array_of(self).size() != 1) {
    PyErr_SetString(PyExc_ValueError,
                    "the truth of an array with more or less than one element is ambiguous; use all() or any()");
    return -1;
  }
  number = item(self, nullptr);
  if (!number) return -1;
  int result = PyObject_IsTrue(number);
  Py_DECREF(number);
  return result;
}

PyObject* list_of(const Array& x, int axis, const std::byte*& at) {
  if (axis == x.rank()) {
    PyObject* value = element(x.dtype(), at);
    at += size_of(x.dtype());
    return value;
  }
  int64_t count = x.size(axis);
  Owned list(PyList_New(count));
  for (int64_t i = 0; i < count; ++i) PyList_SET_ITEM(list.get(), i, list_of(x, axis + 1, at));
  return list.release();
}
PyObject* tolist(PyObject* self, PyObject*) noexcept {
  return guarded([&] {
    Array x = array_of(self);
    const std::byte* at = read(x);
    return list_of(x, 0, at);
  });
}

Py_ssize_t length(PyObject* self) noexcept {
  const Array& x = array_of(self);
  if (x.rank() > 0) return x.shape()[0].is_concrete() ? x.size(0) : -1;
  PyErr_SetString(PyExc_TypeError, "an array without axes has no length");
  return -1;
}
PyObject* iterate(PyObject* self) noexcept { return length(self) < 0 ? nullptr : PySeqIter_New(self); }
PyObject* sequence_item(PyObject* self, Py_ssize_t i) noexcept {
  if (i < 0 || i >= length(self)) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_IndexError, "position out of range");
    return nullptr;
  }
  PyObject* key = PyLong_FromSsize_t(i);
  PyObject* result = key ? get_item(self, key) : nullptr;
  Py_XDECREF(key);
  return result;
}

const char* format_of(DType dtype) {
  constexpr const char* formats[dtype_count] = {"?", "b", "h",     "i", "l", "B",  "H", "I",
                                                "L", "e", nullptr, "f", "d", "Zf", "Zd"};
  return formats[static_cast<int>(dtype)];
}

/// What a view of the elements needs as long as it lives: the handle may be rebound meanwhile.
struct Exported {
  Array array;
  std::vector<Py_ssize_t> lengths, strides;
};

int get_buffer(PyObject* self, Py_buffer* view, int flags) noexcept {
  view->obj = nullptr;
  const Array& x = array_of(self);
  const char* format = format_of(x.dtype());
  if (!format || (flags & PyBUF_WRITABLE)) {
    PyErr_SetString(PyExc_BufferError, format ? "arrays of Koine are values: a view of one cannot be written to"
                                              : "the buffer protocol does not know bfloat16; cast to float32");
    return -1;
  }
  PyObject* done = guarded([&] {
    auto exported = std::make_unique<Exported>();
    exported->array = x;
    const std::byte* data = read(exported->array);
    auto bytes = static_cast<Py_ssize_t>(size_of(x.dtype()));
    for (Dim n : x.shape()) exported->lengths.push_back(n.value());
    exported->strides.resize(exported->lengths.size());
    Py_ssize_t stride = bytes;
    for (size_t d = exported->lengths.size(); d-- > 0; stride *= exported->lengths[d]) exported->strides[d] = stride;
    view->buf = const_cast<std::byte*>(data);
    view->len = x.size() * bytes;
    view->readonly = 1;
    view->itemsize = bytes;
    view->format = flags & PyBUF_FORMAT ? const_cast<char*>(format) : nullptr;
    view->ndim = x.rank();
    view->shape = flags & PyBUF_ND ? exported->lengths.data() : nullptr;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? exported->strides.data() : nullptr;
    view->suboffsets = nullptr;
    view->internal = exported.release();
    view->obj = Py_NewRef(self);
    return self;
  });
  return done ? 0 : -1;
}
void release_buffer(PyObject*, Py_buffer* view) { delete static_cast<Exported*>(view->internal); }

PyObject* get_shape(PyObject* self, void*) {
  return guarded([&] { return from_shape(array_of(self).shape()); });
}
PyObject* get_dtype(PyObject* self, void*) {
  DType dtype = array_of(self).dtype();
  return Py_NewRef(dtype_object(is_number(self) ? default_of(dtype) : dtype));
}
PyObject* get_ndim(PyObject* self, void*) { return PyLong_FromLong(array_of(self).rank()); }
PyObject* get_size(PyObject* self, void*) {
  return guarded([&] { return PyLong_FromLongLong(array_of(self).size()); });
}
PyObject* get_nbytes(PyObject* self, void*) {
  return guarded([&] { return PyLong_FromLongLong(ir::type_of(array_of(self))->bytes); });
}
PyObject* get_itemsize(PyObject* self, void*) { return PyLong_FromSize_t(size_of(array_of(self).dtype())); }
PyObject* get_device(PyObject*, void*) { return PyUnicode_InternFromString("cpu"); }
PyObject* get_transposed(PyObject* self, void*) {
  return guarded([&] {
    const Array& x = array_of(self);
    return x.rank() < 2 ? Py_NewRef(self) : wrap(transpose(Arg(x, where_now())));
  });
}
PyObject* get_matrix_transposed(PyObject* self, void*) {
  return guarded([&] { return wrap(swapaxes(Arg(array_of(self), where_now()), -1, -2)); });
}
PyObject* get_real(PyObject* self, void*) { return unary<real>(self); }
PyObject* get_imag(PyObject* self, void*) { return unary<imag>(self); }

PyObject* describe(PyObject* self, const char* separator, int indent) noexcept {
  return guarded([&]() -> PyObject* {
    Array x = array_of(self);
    if (ir::node_of(x)->abstract)
      return PyUnicode_FromFormat("<%s inside a trace>", ir::to_string(*ir::type_of(x)).c_str());
    read(x);
    return PyUnicode_FromString(detail::layout(x, separator, indent).c_str());
  });
}
PyObject* text(PyObject* self) noexcept { return describe(self, " ", 0); }
PyObject* represent(PyObject* self) noexcept {
  PyObject* elements = describe(self, ", ", 6);
  if (!elements) return nullptr;
  DType dtype = array_of(self).dtype();
  bool plain = dtype == float32 || dtype == int64 || dtype == bool_;
  bool empty = array_of(self).size() == 0;
  std::string tail;
  if (empty && array_of(self).rank() != 1) tail += ", shape=" + to_string(array_of(self).shape());
  if (!plain || (empty && dtype != float32)) tail += ", dtype=" + std::string(name(dtype));
  PyObject* result = PyUnicode_FromFormat("array(%U%s)", elements, tail.c_str());
  Py_DECREF(elements);
  return result;
}

void destroy(PyObject* self) {
  ArrayObject& object = object_of(self);
  if (object.weak_references) PyObject_ClearWeakRefs(self);
  object.array.~Array();
  PyTypeObject* type = Py_TYPE(self);
  PyObject_Free(self);
  Py_DECREF(type);
}

PyGetSetDef facts[] = {{"shape", get_shape, nullptr, "the length of each axis, a tuple", nullptr},
                       {"dtype", get_dtype, nullptr, "the type of the elements", nullptr},
                       {"ndim", get_ndim, nullptr, "the number of axes", nullptr},
                       {"size", get_size, nullptr, "the number of elements", nullptr},
                       {"nbytes", get_nbytes, nullptr, "bytes of all elements", nullptr},
                       {"itemsize", get_itemsize, nullptr, "bytes of one element", nullptr},
                       {"device", get_device, nullptr, "where the elements are", nullptr},
                       {"T", get_transposed, nullptr, "the axes in reversed order", nullptr},
                       {"mT", get_matrix_transposed, nullptr, "the last two axes exchanged", nullptr},
                       {"real", get_real, nullptr, "the real part", nullptr},
                       {"imag", get_imag, nullptr, "the imaginary part", nullptr},
                       {}};
PyMethodDef methods[] = {
    {"item", item, METH_NOARGS, "item()\n\nThe only element as a number of Python."},
    {"tolist", tolist, METH_NOARGS, "tolist()\n\nThe elements as nested lists of Python's numbers."},
    {"__complex__", as_complex, METH_NOARGS, nullptr},
    {}};
PyMemberDef weak_place[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(ArrayObject, weak_references), READONLY, nullptr}, {}};

template <class F>
void* slot(F* f) {
  return reinterpret_cast<void*>(f);
}

}  // namespace

PyObject* wrap(Array array) {
  if (!array.defined()) return Py_NewRef(Py_None);
  if (nan_checked) check_nan(array);
  ArrayObject* object = PyObject_New(ArrayObject, array_type);
  if (!object) throw PythonError();
  new (&object->array) Array(std::move(array));
  object->weak_references = nullptr;
  object->is_number = false;
  return reinterpret_cast<PyObject*>(object);
}

PyObject* wrap_number(Array array) {
  PyObject* object = wrap(std::move(array));
  if (object != Py_None) object_of(object).is_number = true;
  return object;
}

DType default_of(DType number) { return number == float64 ? float32 : number == complex128 ? complex64 : number; }

Array plain(PyObject* object) {
  const Array& x = array_of(object);
  return is_number(object) && default_of(x.dtype()) != x.dtype() ? cast(x, {.dtype = default_of(x.dtype())}) : x;
}

PyTypeObject* make_array_type() {
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_repr, slot(represent)},
      {Py_tp_str, slot(text)},
      {Py_tp_hash, slot(PyObject_HashNotImplemented)},
      {Py_tp_richcompare, slot(compare)},
      {Py_tp_iter, slot(iterate)},
      {Py_tp_getset, facts},
      {Py_tp_methods, methods},
      {Py_tp_members, weak_place},
      {Py_tp_doc,
       const_cast<char*>("A multi-dimensional value. It never changes: x[i] = v makes x another value, and what "
                         "else was x keeps the old one. koine.asarray makes one.\n\n"
                         ">>> x = kn.asarray([[1, 2], [3, 4]])\n"
                         ">>> x[:, 0] @ x, x.T.shape, x.sum(axis=0).tolist()\n"
                         "(array([10, 14]), (2, 2), [4, 6])")},
      {Py_nb_add, slot(binary<add>)},
      {Py_nb_subtract, slot(binary<subtract>)},
      {Py_nb_multiply, slot(binary<multiply>)},
      {Py_nb_true_divide, slot(binary<divide>)},
      {Py_nb_floor_divide, slot(binary<floor_divide>)},
      {Py_nb_remainder, slot(binary<remainder>)},
      {Py_nb_matrix_multiply, slot(binary<matmul>)},
      {Py_nb_power, slot(power)},
      {Py_nb_and, slot(binary<bitwise_and>)},
      {Py_nb_or, slot(binary<bitwise_or>)},
      {Py_nb_xor, slot(binary<bitwise_xor>)},
      {Py_nb_lshift, slot(binary<bitwise_left_shift>)},
      {Py_nb_rshift, slot(binary<bitwise_right_shift>)},
      {Py_nb_negative, slot(unary<negative>)},
      {Py_nb_positive, slot(positive)},
      {Py_nb_absolute, slot(unary<abs>)},
      {Py_nb_invert, slot(unary<bitwise_invert>)},
      {Py_nb_bool, slot(truth)},
      {Py_nb_int, slot(as_number<PyNumber_Long>)},
      {Py_nb_float, slot(as_number<PyNumber_Float>)},
      {Py_nb_index, slot(as_index)},
      {Py_mp_length, slot(length)},
      {Py_mp_subscript, slot(get_item)},
      {Py_mp_ass_subscript, slot(set_item)},
      {Py_sq_item, slot(sequence_item)},
      {Py_bf_getbuffer, slot(get_buffer)},
      {Py_bf_releasebuffer, slot(release_buffer)},
      {}};
  static PyType_Spec spec = {"koine.Array", sizeof(ArrayObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
}

}  // namespace koine::python
