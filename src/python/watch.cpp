#include "base/format.h"
#include "python/casters.h"

#include <nanobind/stl/string.h>

/// What a traced function took from outside of its arguments, for koine/watch.py: whether it is still the same.
namespace koine::python {

namespace nb = nanobind;

namespace {

/// The same object, or an equal number or text.
bool same(PyObject* a, PyObject* b) {
  if (a == b) return true;
  if (!a || Py_TYPE(a) != Py_TYPE(b)) return false;
  if (!PyLong_CheckExact(a) && !PyFloat_CheckExact(a) && !PyUnicode_CheckExact(a)) return false;
  const int equal = PyObject_RichCompareBool(a, b, Py_EQ);
  if (equal < 0) PyErr_Clear();
  return equal == 1;
}

class Watch {
 public:
  /// (kind, holder, name, value) of each.
  explicit Watch(const nb::list& entries) {
    for (nb::handle entry : entries) {
      nb::tuple parts = nb::cast<nb::tuple>(entry);
      entries_.push_back({nb::cast<int>(parts[0]), parts[1], parts[2], parts[3], Array()});
      nb::object& value = entries_.back().value;
      if (is_array(value.ptr())) entries_.back().array = array_of(value.ptr());
    }
  }
  /// What is another one now, in words, or None.
  nb::object changed() const {
    for (const Entry& entry : entries_)
      if (!holds(entry)) return nb::cast(description(entry));
    return nb::none();
  }

 private:
  enum Kind { item, cell, list, dict, attribute };
  struct Entry {
    int kind;
    nb::object holder, name, value;
    Array array;  // x[i] = v makes another value of the same object
  };
  static bool holds(const Entry& entry) {
    PyObject *holder = entry.holder.ptr(), *value = entry.value.ptr();
    switch (entry.kind) {
      case item:
        return is_value(PyDict_GetItem(holder, entry.name.ptr()), entry);
      case cell:
        return is_value(PyCell_GET(holder), entry);
      case list:
        if (PyList_GET_SIZE(holder) != PyTuple_GET_SIZE(value)) return false;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i)
          if (!same(PyList_GET_ITEM(holder, i), PyTuple_GET_ITEM(value, i))) return false;
        return true;
      case dict:
        return is_same_dict(holder, value);
      default: {
        nb::object now = nb::steal(PyObject_GetAttr(holder, entry.name.ptr()));
        if (!now.is_valid()) PyErr_Clear();
        return is_value(now.ptr(), entry);
      }
    }
  }
  static bool is_value(PyObject* now, const Entry& entry) {
    if (!same(now, entry.value.ptr())) return false;
    return !entry.array.defined() || array_of(now).out() == entry.array.out();
  }
  static bool is_same_dict(PyObject* now, PyObject* before) {
    if (PyDict_GET_SIZE(now) != PyDict_GET_SIZE(before)) return false;
    Py_ssize_t at = 0;
    PyObject *key = nullptr, *value = nullptr;
    while (PyDict_Next(before, &at, &key, &value))
      if (!same(PyDict_GetItem(now, key), value)) return false;
    return true;
  }
  static std::string description(const Entry& entry) {
    if (!entry.name.is_none()) return nb::cast<std::string>(nb::str(entry.name));
    return entry.kind == cell ? "a variable of an outer function" : cat("a ", Py_TYPE(entry.holder.ptr())->tp_name);
  }

  std::vector<Entry> entries_;
};

}  // namespace

void add_watch(nb::module_& m) {
  nb::class_<Watch>(m, "Watch").def(nb::init<const nb::list&>()).def("changed", &Watch::changed);
}

}  // namespace koine::python
