// What the files of the extension share: arrays as Python objects, conversions both ways, errors and lines.
#pragma once

#include <Python.h>

#include "ir/op_spec.h"

#include <koine/array.h>
#include <koine/error.h>

#include <exception>
#include <source_location>
#include <string>
#include <vector>

namespace koine::python {

/// Warnings of the core become those of Python.
void take_warnings();

/// koine.Array: a handle, rebound by `x[i] = v`.
struct ArrayObject {
  PyObject ob_base;
  Array array;
  PyObject* weak_references;
  /// A number of Python among the arguments of a function that is traced: a placeholder in the widest dtype of its
  /// kind, which takes the dtype of what it meets.
  bool is_number;
};
extern PyTypeObject* array_type;
PyTypeObject* make_array_type();
inline bool is_array(PyObject* object) { return Py_TYPE(object) == array_type; }
inline Array& array_of(PyObject* object) { return reinterpret_cast<ArrayObject*>(object)->array; }
/// A new reference; None for an empty handle.
PyObject* wrap(Array array);
PyObject* wrap_number(Array array);
inline bool is_number(PyObject* object) { return reinterpret_cast<ArrayObject*>(object)->is_number; }
/// The dtype that a number of this dtype has by itself.
DType default_of(DType number);
/// The array; of a number one of its default dtype.
Array plain(PyObject* object);

/// koine.float32 and the others: one object a dtype.
bool add_dtypes(PyObject* module);
PyObject* dtype_object(DType dtype);  // borrowed
bool is_dtype(PyObject* object);
/// A koine dtype, its name, a Python type of numbers, or another library's dtype. Throws DTypeError or PythonError.
DType to_dtype(PyObject* object);

/// The error that Python's own functions have set.
struct PythonError {};
/// Sets the Python error for the exception that is being handled, with the user's line where it lacks one.
void set_error() noexcept;
/// The exception of the callback that failed last, or null: a new reference.
PyObject* take_callback_failure();
/// Sets the class of koine/errors.py with that name as the Python error.
void raise(const char* name, const Error& error);
/// f(), or null with the Python error set for what it throws.
template <class F>
PyObject* guarded(F f) noexcept {
  try {
    return f();
  } catch (...) {
    set_error();
    return nullptr;
  }
}
/// A new reference that is given up at the end of the scope. Throws PythonError for null.
class Owned {
 public:
  explicit Owned(PyObject* object) : object_(object) {
    if (!object) throw PythonError();
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { Py_XDECREF(object_); }
  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }

 private:
  PyObject* object_;
};

/// The innermost line of Python that lies outside the package.
std::source_location user_line();
/// Lines inside this folder are not the user's.
void set_package_folder(const char* folder);
/// Ops remember the user's line at each call: while a function is traced, and when somebody asked for it. Else only
/// those do that can fail when they run, because looking it up takes longer than the call.
extern int lines_wanted;
struct WithLines {
  WithLines() { ++lines_wanted; }
  ~WithLines() { --lines_wanted; }
  WithLines(const WithLines&) = delete;
  WithLines& operator=(const WithLines&) = delete;
};

/// Every array that is given to Python is looked at for NaN.
extern bool nan_checked;
/// Evaluates what the array is made of, op by op. Throws PythonError with a NanError that names the first op that made
/// a NaN of operands without one.
void check_nan(const Array& result);

/// The row-major elements; others may use Python while they are computed.
const std::byte* read(const Array& x);
/// Throws DTypeError where an array is taken for a plain number though a derivative follows it: it would be lost.
void refuse_followed(PyObject* object);
/// How often this thread read values that a running derivative follows.
int64_t reads_of_followed();

/// A bool, int, float or complex of Python; false for anything else. Throws PythonError for an int beyond 64 bits.
bool to_number(PyObject* object, Number& number);
/// An array of anything that holds numbers: an array, a number, nested sequences, another library's array (copied).
/// In that dtype, or by default the one that it has: int64, float32, complex64 or bool of numbers. Throws PythonError
/// with a TypeError for other objects, ShapeError for ragged sequences.
Array to_array(PyObject* object, const DType* dtype = nullptr);
/// The same memory as another library's array, without a copy where it is dense and in this machine's memory.
Array borrow_array(PyObject* object, bool may_copy);
/// Whether `to_array` takes it though it is neither an array of Koine nor a number.
bool is_array_like(PyObject* object);

/// The Python value of an attribute.
PyObject* from_attr(const ir::AttrValue& value);
/// A Python object as an attribute of the same type as `like`. Throws PythonError or ValueError.
ir::AttrValue to_attr(PyObject* object, const ir::AttrValue& like);
int64_t to_int(PyObject* object);
/// One integer, or a sequence of them.
Ints to_ints(PyObject* object);
PyObject* from_shape(const Shape& shape);
PyObject* from_number(const Number& number);

/// x[key] and x[key] = value.
PyObject* get_item(PyObject* x, PyObject* key) noexcept;
int set_item(PyObject* x, PyObject* key, PyObject* value) noexcept;
/// The positions of the elements that are not zero, an array for each axis. Throws TraceError where there are no
/// values.
std::vector<Array> positions_of(const Array& x);

/// An op of the table as a Python callable: operands, then attributes, by position or keyword.
bool add_op_type(PyObject* module);
PyObject* make_op(const ir::OpSpec& op);

}  // namespace koine::python
