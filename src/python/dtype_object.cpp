#include "python/python.h"

#include <string>

/// dtypes as Python objects: one each, with NumPy's names; another library's of the same elements is equal.
namespace koine::python {

namespace {

struct DTypeObject {
  PyObject ob_base;
  DType dtype;
};
PyTypeObject* type = nullptr;
PyObject* objects[dtype_count];

DType value_of(PyObject* self) { return reinterpret_cast<DTypeObject*>(self)->dtype; }
std::string text_of(PyObject* self) { return std::string(name(value_of(self))); }

PyObject* represent(PyObject* self) { return PyUnicode_FromFormat("koine.%s", text_of(self).c_str()); }
PyObject* get_name(PyObject* self, void*) { return PyUnicode_FromString(text_of(self).c_str()); }
PyObject* get_itemsize(PyObject* self, void*) { return PyLong_FromSize_t(size_of(value_of(self))); }
PyObject* get_kind(PyObject* self, void*) {
  DType dtype = value_of(self);
  return PyUnicode_FromString(is_bool(dtype)               ? "b"
                              : is_signed_integer(dtype)   ? "i"
                              : is_unsigned_integer(dtype) ? "u"
                              : is_floating(dtype)         ? "f"
                                                           : "c");
}
// Pickled as what it is called.
PyObject* reduce(PyObject* self, PyObject*) {
  return PyUnicode_FromString((text_of(self) == "bool" ? "bool_" : text_of(self)).c_str());
}

// NumPy's own, so that numpy.zeros(shape, x.dtype) is understood.
PyObject* get_numpy(PyObject* self, void*) {
  PyObject* numpy = PyImport_ImportModule("numpy");
  if (!numpy) return nullptr;
  PyObject* found = PyObject_CallMethod(numpy, "dtype", "s", text_of(self).c_str());
  Py_DECREF(numpy);
  return found;
}
PyObject* get_type(PyObject* self, void*) {
  PyObject* dtype = get_numpy(self, nullptr);
  PyObject* found = dtype ? PyObject_GetAttrString(dtype, "type") : nullptr;
  Py_XDECREF(dtype);
  return found;
}
// Equal to what is the same dtype elsewhere: numpy.float32, numpy.dtype("float32"), "float32".
PyObject* compare(PyObject* self, PyObject* other, int how) noexcept {
  if (how != Py_EQ && how != Py_NE) return Py_NewRef(Py_NotImplemented);
  bool same = self == other;
  if (!same && !is_dtype(other)) {
    if (!PyUnicode_Check(other) && !PyType_Check(other) && !PyObject_HasAttrString(other, "itemsize"))
      return Py_NewRef(Py_NotImplemented);
    try {
      same = to_dtype(other) == value_of(self);
    } catch (...) {
      PyErr_Clear();
    }
  }
  return PyBool_FromLong(same == (how == Py_EQ));
}
Py_hash_t hash(PyObject* self) { return static_cast<Py_hash_t>(value_of(self)) + 1; }

PyGetSetDef members[] = {
    {"dtype", get_numpy, nullptr, "NumPy's dtype of the same elements", nullptr},
    {"type", get_type, nullptr, "NumPy's class of the same numbers", nullptr},
    {"name", get_name, nullptr, "the name, as in 'float32'", nullptr},
    {"itemsize", get_itemsize, nullptr, "bytes of one element", nullptr},
    {"kind", get_kind, nullptr, "'b' bool, 'i' and 'u' integers, 'f' floating, 'c' complex", nullptr},
    {}};
PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, nullptr}, {}};
PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(represent)},
                       {Py_tp_richcompare, reinterpret_cast<void*>(compare)},
                       {Py_tp_hash, reinterpret_cast<void*>(hash)},
                       {Py_tp_getset, members},
                       {Py_tp_methods, methods},
                       {Py_tp_doc, const_cast<char*>("The type of an array's elements: koine.float32 and the others.")},
                       {}};
PyType_Spec spec = {"koine.DType", sizeof(DTypeObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                    slots};

}  // namespace

bool add_dtypes(PyObject* module) {
  type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (!type || PyModule_AddObjectRef(module, "DType", reinterpret_cast<PyObject*>(type)) < 0) return false;
  for (int k = 0; k < dtype_count; ++k) {
    objects[k] = type->tp_alloc(type, 0);
    if (!objects[k]) return false;
    auto dtype = static_cast<DType>(k);
    reinterpret_cast<DTypeObject*>(objects[k])->dtype = dtype;
    std::string text(name(dtype));
    if (PyModule_AddObjectRef(module, (text == "bool" ? "bool_" : text).c_str(), objects[k]) < 0) return false;
  }
  return true;
}

PyObject* dtype_object(DType dtype) { return objects[static_cast<int>(dtype)]; }
bool is_dtype(PyObject* object) { return Py_TYPE(object) == type; }

DType to_dtype(PyObject* object) {
  if (is_dtype(object)) return value_of(object);
  if (object == reinterpret_cast<PyObject*>(&PyBool_Type)) return bool_;
  if (object == reinterpret_cast<PyObject*>(&PyLong_Type)) return int64;
  if (object == reinterpret_cast<PyObject*>(&PyFloat_Type)) return float32;
  if (object == reinterpret_cast<PyObject*>(&PyComplex_Type)) return complex64;
  if (PyUnicode_Check(object)) return dtype_from_name(PyUnicode_AsUTF8(object));
  // Another library's: numpy.dtype has a name, numpy.float32 is a class that is called so, torch prints
  // "torch.float32".
  for (const char* attribute : {"name", "__name__"}) {
    PyObject* found = PyObject_GetAttrString(object, attribute);
    if (!found) {
      PyErr_Clear();
      continue;
    }
    Owned text(found);
    if (PyUnicode_Check(found)) return dtype_from_name(PyUnicode_AsUTF8(found));
  }
  Owned text(PyObject_Str(object));
  std::string words = PyUnicode_AsUTF8(text.get());
  return dtype_from_name(words.substr(words.rfind('.') + 1));
}

}  // namespace koine::python
