#include "python/trees.h"

#include "base/format.h"

/// What a class is as a part of a tree, and what structures are made of.
namespace koine::python {

namespace {
constexpr int deepest = 1000;
thread_local int depth = 0;
}  // namespace

Deeper::Deeper() {
  if (depth >= deepest) throw ValueError(cat("[tree] a tree is deeper than ", deepest, " levels, or contains itself"));
  ++depth;
}
Deeper::~Deeper() { --depth; }

namespace structure {

namespace {

PyObject* interned(const char* text) { return PyUnicode_InternFromString(text); }

// Held for good: classes that are registered once.
PyObject* registry() {
  static PyObject* all = PyDict_New();
  return all;
}

bool truth(PyObject* object) {
  const int value = PyObject_IsTrue(object);
  if (value < 0) throw PythonError();
  return value != 0;
}

}  // namespace

#define KOINE_NAME(function, text)            \
  PyObject* function() {                      \
    static PyObject* object = interned(text); \
    return object;                            \
  }
KOINE_NAME(leaf_mark, "*")
KOINE_NAME(state_mark, "~")
KOINE_NAME(number_mark, "#")
KOINE_NAME(fixed_mark, "=")
KOINE_NAME(again_mark, "&")
KOINE_NAME(extended_mark, "+")
namespace {
KOINE_NAME(dataclass_name, "__dataclass_fields__")
KOINE_NAME(tree_name, "__koine_tree__")
KOINE_NAME(fields_name, "_fields")
KOINE_NAME(slots_name, "__slots__")
KOINE_NAME(factory_name, "default_factory")
}  // namespace
#undef KOINE_NAME

PyObject* class_attribute(PyTypeObject* type, PyObject* name) { return _PyType_Lookup(type, name); }

PyObject* imported(const char* module, const char* name) {
  Owned found(PyImport_ImportModule(module));
  return Owned(PyObject_GetAttrString(found.get(), name)).release();
}

PyObject* registered(PyTypeObject* type) {
  if (PyDict_GET_SIZE(registry()) == 0) return nullptr;
  PyObject* found = PyDict_GetItemWithError(registry(), reinterpret_cast<PyObject*>(type));
  if (!found && PyErr_Occurred()) throw PythonError();
  return found;
}

PyObject* fields_of(PyTypeObject* type) {
  const bool is_tuple = PyType_HasFeature(type, Py_TPFLAGS_TUPLE_SUBCLASS);
  return is_tuple && type != &PyTuple_Type ? class_attribute(type, fields_name()) : nullptr;
}

Class class_of(PyTypeObject* type) {
  if (type == &PyTuple_Type) return Class::tuple;
  if (type == &PyList_Type) return Class::list;
  if (type == &PyDict_Type) return Class::dict;
  if (registered(type)) return Class::registered;
  if (PyType_HasFeature(type, Py_TPFLAGS_TUPLE_SUBCLASS)) return Class::tuple;
  if (PyType_HasFeature(type, Py_TPFLAGS_LIST_SUBCLASS)) return Class::list;
  if (PyType_HasFeature(type, Py_TPFLAGS_DICT_SUBCLASS)) return Class::dict;
  if (PyObject* mark = class_attribute(type, tree_name())) return truth(mark) ? Class::model : Class::other;
  PyObject* fields = class_attribute(type, dataclass_name());
  return fields && PyDict_Check(fields) ? Class::data : Class::other;
}

bool is_value(PyTypeObject* type) { return class_attribute(type, tree_name()) != nullptr; }

PyObject* part_names(PyObject* structure) {
  PyObject* known = names(structure);
  if (registered(type(structure))) known = PyTuple_GET_ITEM(known, 1);
  if (known == Py_None) known = fields_of(type(structure));
  return known && PyTuple_Check(known) && PyTuple_GET_SIZE(known) >= count(structure) ? known : nullptr;
}

std::string text_of(PyObject* name) {
  Owned text(PyObject_Str(name));
  Py_ssize_t size = 0;
  if (const char* bytes = PyUnicode_AsUTF8AndSize(text.get(), &size)) return {bytes, static_cast<size_t>(size)};
  PyErr_Clear();
  Owned shown(PyObject_ASCII(text.get()));
  throw ValueError(cat("[tree] the name ", PyUnicode_AsUTF8(shown.get()), " is no text: it has half a character"));
}

std::string name(PyObject* structure, Py_ssize_t i) {
  PyObject* known = part_names(structure);
  return known ? text_of(PyTuple_GET_ITEM(known, i)) : std::to_string(i);
}

// A field of a dataclass belongs to its instances, unlike class variables and arguments of the constructor.
namespace {
bool is_field(PyObject* field) {
  static PyObject* kind = imported("dataclasses", "_FIELD");
  Owned own(PyObject_GetAttrString(field, "_field_type"));
  return own.get() == kind;
}
}  // namespace

PyObject* attribute_names(PyObject* object) {
  PyObject* attributes = PyObject_GenericGetDict(object, nullptr);
  if (!attributes) PyErr_Clear();
  Owned dict(attributes ? attributes : PyDict_New());
  PyObject* fields = class_attribute(Py_TYPE(object), dataclass_name());
  const bool is_dataclass = fields && PyDict_Check(fields), has_slots = class_attribute(Py_TYPE(object), slots_name());
  if (!is_dataclass && !has_slots) return Owned(PySequence_Tuple(dict.get())).release();
  Owned names(PyDict_New());  // as a set in order
  auto add = [&](PyObject* name) {
    if (PyDict_SetItem(names.get(), name, Py_None) < 0) throw PythonError();
  };
  Py_ssize_t at = 0;
  PyObject *name = nullptr, *value = nullptr;
  while (is_dataclass && PyDict_Next(fields, &at, &name, &value))
    if (is_field(value)) add(name);
  if (has_slots) {
    static PyObject* slot_names = imported("copyreg", "_slotnames");
    Owned slots(PyObject_CallOneArg(slot_names, reinterpret_cast<PyObject*>(Py_TYPE(object))));
    for (Py_ssize_t i = 0; PyList_Check(slots.get()) && i < PyList_GET_SIZE(slots.get()); ++i)
      if (PyObject_HasAttr(object, PyList_GET_ITEM(slots.get(), i))) add(PyList_GET_ITEM(slots.get(), i));
  }
  at = 0;
  while (PyDict_Next(dict.get(), &at, &name, &value)) add(name);
  return Owned(PySequence_Tuple(names.get())).release();
}

PyObject* extra_attributes(PyObject* tree) {
  static PyObject* default_dict = imported("collections", "defaultdict");
  const bool makes_values = PyObject_TypeCheck(tree, reinterpret_cast<PyTypeObject*>(default_dict));
  PyObject* attributes = PyObject_GenericGetDict(tree, nullptr);
  if (!attributes) PyErr_Clear();
  Owned own(attributes ? attributes : PyDict_New());
  if (!makes_values && PyDict_GET_SIZE(own.get()) == 0) return nullptr;
  Owned all(PyDict_Copy(own.get()));
  if (makes_values) {
    Owned factory(PyObject_GetAttr(tree, factory_name()));
    if (PyDict_SetItem(all.get(), factory_name(), factory.get()) < 0) throw PythonError();
  }
  return all.release();
}

PyObject* registered_parts(PyObject* object, PyObject* functions) {
  Owned given(PyObject_CallOneArg(PyTuple_GET_ITEM(functions, 0), object));
  const char* type = Py_TYPE(object)->tp_name;
  if (!PyTuple_Check(given.get()) || PyTuple_GET_SIZE(given.get()) != 2)
    throw ValueError(
        cat("[tree] the flatten of ", type, " should give (parts, value), not a ", Py_TYPE(given.get())->tp_name));
  PyObject *parts = PyTuple_GET_ITEM(given.get(), 0), *value = PyTuple_GET_ITEM(given.get(), 1);
  const bool named = PyDict_Check(parts);
  if (!named && !PyTuple_Check(parts) && !PyList_Check(parts))
    throw ValueError(cat("[tree] the flatten of ", type, " should give its parts as a tuple, list or dict, not as a ",
                         Py_TYPE(parts)->tp_name));
  Owned names(named ? PySequence_Tuple(parts) : Py_NewRef(Py_None));
  Owned values(named ? PyDict_Values(parts) : Py_NewRef(parts)), list(PySequence_Tuple(values.get()));
  return Owned(PyTuple_Pack(3, list.get(), names.get(), value)).release();
}

PyObject* sorted_keys(PyObject* dict) {
  static PyObject* sorted = imported("koine.tree", "in_order");
  // Dicts with the same keys come again and again.
  static PyObject* known = PyDict_New();
  Owned list(PyDict_Keys(dict)), tuple(PyList_AsTuple(list.get()));
  PyObject* keys = tuple.get();
  bool texts = true;
  for (Py_ssize_t i = 0; texts && i < PyTuple_GET_SIZE(keys); ++i)
    texts = PyUnicode_CheckExact(PyTuple_GET_ITEM(keys, i));
  if (!texts) return Owned(PyObject_CallOneArg(sorted, keys)).release();
  if (PyObject* found = PyDict_GetItemWithError(known, keys)) return Py_NewRef(found);
  if (PyErr_Occurred()) throw PythonError();
  Owned made(PyObject_CallOneArg(sorted, keys));
  if (PyDict_GET_SIZE(known) >= 4096) PyDict_Clear(known);
  if (PyDict_SetItem(known, keys, made.get()) < 0) throw PythonError();
  return made.release();
}
}  // namespace structure

void register_class(PyObject* type, PyObject* flatten, PyObject* unflatten) {
  if (!PyType_Check(type)) throw ValueError(cat("[register] a class is needed, not a ", Py_TYPE(type)->tp_name));
  if (type == reinterpret_cast<PyObject*>(array_type) || type == reinterpret_cast<PyObject*>(&PyTuple_Type) ||
      type == reinterpret_cast<PyObject*>(&PyList_Type) || type == reinterpret_cast<PyObject*>(&PyDict_Type) ||
      type == reinterpret_cast<PyObject*>(Py_TYPE(Py_None)))
    throw ValueError("[register] Koine has a meaning for this class already");
  if (!PyCallable_Check(flatten) || !PyCallable_Check(unflatten))
    throw ValueError("[register] flatten and unflatten are functions");
  Owned functions(PyTuple_Pack(2, flatten, unflatten));
  if (PyDict_SetItem(structure::registry(), type, functions.get()) < 0) throw PythonError();
}

}  // namespace koine::python
