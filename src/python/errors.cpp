#include "ir/host.h"
#include "ir/node.h"
#include "python/python.h"

#include <nanobind/nanobind.h>

#include <koine/error.h>
#include <koine/warning.h>

#include <iostream>
#include <new>
#include <string>

/// Exceptions of C++ as those of koine/errors.py.
namespace koine::python {

namespace {

template <class E>
bool is(const Error& error) {
  return dynamic_cast<const E*>(&error) != nullptr;
}

const char* class_name(const Error& error) {
  return is<ShapeError>(error)          ? "ShapeError"
         : is<DTypeError>(error)        ? "DTypeError"
         : is<IndexError>(error)        ? "IndexError"
         : is<OverflowError>(error)     ? "OverflowError"
         : is<ValueError>(error)        ? "ValueError"
         : is<TraceError>(error)        ? "TraceError"
         : is<NotDifferentiable>(error) ? "NotDifferentiable"
         : is<FormatError>(error)       ? "FormatError"
         : is<ConfigError>(error)       ? "ConfigError"
         : is<OutOfMemory>(error)       ? "OutOfMemory"
         : is<DeviceError>(error)       ? "DeviceError"
         : is<IoError>(error)           ? "IoError"
         : is<ir::CallbackError>(error) ? "CallbackError"
                                        : "Error";
}

// The core knows no line of Python unless it was told one.
std::string with_line(std::string text) {
  constexpr std::string_view mark = "\n  at ", unknown = "unknown line";
  size_t at = text.rfind(mark);
  bool has_line = at != std::string::npos;
  if (has_line && text.compare(at + mark.size(), unknown.size(), unknown) != 0) return text;
  std::source_location line = user_line();
  if (line.line() == 0) return text;
  if (has_line) return text.replace(at + mark.size(), unknown.size(), ir::to_string(line));
  return text + std::string(mark) + ir::to_string(line);
}

// Takes over the cause of the error that is set.
void set_cause(PyObject* cause) {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  PyException_SetCause(value, cause);
  PyErr_Restore(type, value, trace);
}

// A warning of Python, of the user's line. Where nobody holds the interpreter it waits for nobody.
void show_warning(std::string_view text) {
  if (!Py_IsInitialized() || !PyGILState_Check()) {
    std::cerr << "koine: warning: " << text << std::endl;
    return;
  }
  const std::string whole = with_line(std::string(text));
  if (PyErr_WarnEx(PyExc_UserWarning, whole.c_str(), 1) < 0) throw PythonError();
}

}  // namespace

void take_warnings() { set_warning_handler(show_warning); }

void raise(const char* name, const Error& error) {
  PyObject* cause = is<ir::CallbackError>(error) ? take_callback_failure() : nullptr;
  if (cause && !PyObject_TypeCheck(cause, reinterpret_cast<PyTypeObject*>(PyExc_Exception))) {
    // Ctrl-C and the end of the program are no errors of a function.
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(cause)), cause);
    Py_DECREF(cause);
    return;
  }
  PyObject* module = PyImport_ImportModule("koine.errors");
  PyObject* type = module ? PyObject_GetAttrString(module, name) : nullptr;
  if (type) {
    // A text may quote the bytes of a file.
    std::string text = with_line(error.what());
    PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "backslashreplace");
    if (decoded) PyErr_SetObject(type, decoded);
    Py_XDECREF(decoded);
    if (cause) set_cause(cause);
  }
  Py_XDECREF(type);
  Py_XDECREF(module);
}

void set_error() noexcept {
  try {
    throw;
  } catch (const PythonError&) {
  } catch (nanobind::python_error& error) {
    error.restore();
  } catch (const Error& error) {
    raise(class_name(error), error);
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_RuntimeError, "an unknown exception");
  }
}

}  // namespace koine::python
