#include "python/casters.h"

#include <structmember.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

/// A function of the package as users call it: what Python or the binding say of wrong arguments becomes an error with
/// the function's name and the way out (koine/public.py). A call that goes well costs a pointer more.
namespace koine::python {

namespace nb = nanobind;

namespace {

struct FunctionObject {
  PyObject ob_base;
  vectorcallfunc call;
  PyObject* function;
  PyObject* name;
  PyObject* weak_references;
};
PyTypeObject* type = nullptr;
FunctionObject& object_of(PyObject* self) { return *reinterpret_cast<FunctionObject*>(self); }

/// Replaces the error that is set by what koine.public.explained makes of it.
void explain(const FunctionObject& self, PyObject* const* args, size_t flags, PyObject* names) {
  PyObject *kind = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&kind, &value, &trace);
  PyErr_NormalizeException(&kind, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  const Py_ssize_t count = PyVectorcall_NARGS(flags);
  PyObject* given = PyTuple_New(count);
  for (Py_ssize_t i = 0; given && i < count; ++i) PyTuple_SET_ITEM(given, i, Py_NewRef(args[i]));
  PyObject* keywords = PyDict_New();
  for (Py_ssize_t k = 0; keywords && names && k < PyTuple_GET_SIZE(names); ++k)
    PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, k), args[count + k]);
  PyObject* module = PyImport_ImportModule("koine.public");
  PyObject* better = nullptr;
  if (given && keywords && module)
    better = PyObject_CallMethod(module, "explained", "OOOOO", self.function, self.name, given, keywords, value);
  if (better && better != Py_None) {
    Py_XDECREF(kind);
    Py_XDECREF(trace);
    Py_DECREF(value);
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(better)), better);
    Py_DECREF(better);
  } else {
    Py_XDECREF(better);
    PyErr_Clear();
    PyErr_Restore(kind, value, trace);
  }
  Py_XDECREF(module);
  Py_XDECREF(keywords);
  Py_XDECREF(given);
}

PyObject* call(PyObject* callable, PyObject* const* args, size_t flags, PyObject* names) noexcept {
  const FunctionObject& self = object_of(callable);
  PyObject* result = PyObject_Vectorcall(self.function, args, flags, names);
  if (!result && PyErr_Occurred()) explain(self, args, flags, names);
  return result;
}

// It looks like the function itself, for help(), inspect and editors; but it is pickled by its own name.
PyObject* get_attribute(PyObject* self, PyObject* name) noexcept {
  const char* text = PyUnicode_AsUTF8(name);
  if (!text) return nullptr;
  if (std::strcmp(text, "__wrapped__") == 0) return Py_NewRef(object_of(self).function);
  constexpr std::string_view own[] = {"__reduce__", "__reduce_ex__", "__get__",  "__call__",     "__repr__",
                                      "__eq__",     "__hash__",      "__copy__", "__deepcopy__", "__weakref__"};
  if (std::find(std::begin(own), std::end(own), text) == std::end(own)) {
    PyObject* found = PyObject_GetAttr(object_of(self).function, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();
  }
  return PyObject_GenericGetAttr(self, name);
}
int set_attribute(PyObject* self, PyObject* name, PyObject* value) noexcept {
  return PyObject_SetAttr(object_of(self).function, name, value);
}

PyObject* represent(PyObject* self) { return PyUnicode_FromFormat("<function koine.%U>", object_of(self).name); }
PyObject* reduce(PyObject* self, PyObject*) { return PyObject_GetAttrString(object_of(self).function, "__qualname__"); }
PyObject* itself(PyObject* self, PyObject*) { return Py_NewRef(self); }
// As an attribute of a class it is a method.
PyObject* bind(PyObject* self, PyObject* object, PyObject*) {
  return object && object != Py_None ? PyMethod_New(self, object) : Py_NewRef(self);
}
int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(object_of(self).function);
  return 0;
}
void destroy(PyObject* self) {
  PyObject_GC_UnTrack(self);
  if (object_of(self).weak_references) PyObject_ClearWeakRefs(self);
  Py_CLEAR(object_of(self).function);
  Py_CLEAR(object_of(self).name);
  PyTypeObject* own = Py_TYPE(self);
  PyObject_GC_Del(self);
  Py_DECREF(own);
}

PyMemberDef places[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, call), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY, nullptr},
    {}};
PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, nullptr},
                         {"__copy__", itself, METH_NOARGS, nullptr},
                         {"__deepcopy__", itself, METH_O, nullptr},
                         {}};
PyType_Slot slots[] = {{Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                       {Py_tp_repr, reinterpret_cast<void*>(represent)},
                       {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
                       {Py_tp_setattro, reinterpret_cast<void*>(set_attribute)},
                       {Py_tp_descr_get, reinterpret_cast<void*>(bind)},
                       {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
                       {Py_tp_members, places},
                       {Py_tp_methods, methods},
                       {}};
PyType_Spec spec = {"koine.Function", sizeof(FunctionObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR |
                        Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                    slots};

}  // namespace

void add_public_functions(nb::module_& m) {
  type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (!type) throw nb::python_error();
  m.attr("Function") = nb::handle(reinterpret_cast<PyObject*>(type));
  m.def("public_function", [](nb::handle function, nb::str name) {
    PyObject* self = type->tp_alloc(type, 0);
    if (!self) throw nb::python_error();
    object_of(self).call = call;
    object_of(self).function = Py_NewRef(function.ptr());
    object_of(self).name = Py_NewRef(name.ptr());
    object_of(self).weak_references = nullptr;
    return nb::steal(self);
  });
}

}  // namespace koine::python
