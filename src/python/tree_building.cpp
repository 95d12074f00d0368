#include "python/trees.h"

#include "base/format.h"

/// Leaves and structures to trees.
namespace koine::python {

using namespace structure;

namespace {

// The keys as the dict had them.
PyObject* keys_as_given(PyObject* keys) {
  if (PyTuple_CheckExact(keys)) return Py_NewRef(keys);
  return Owned(PyObject_GetAttrString(keys, "given")).release();
}

/// A type of C that lies below the classes of Python that derive from it: its tp_new makes their instances without
/// running what they say.
PyTypeObject* base_of(PyTypeObject* type) {
  while (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) type = type->tp_base;
  return type;
}

class Building {
 public:
  Building(PyObject* leaves, bool is_derivative) : leaves_(leaves), is_derivative_(is_derivative) {}

  PyObject* tree(PyObject* structure) {
    if (is_leaf(structure)) {
      if (next_ >= PyList_GET_SIZE(leaves_)) throw ValueError("[tree] there are fewer arrays than the tree has leaves");
      PyObject* given = PyList_GET_ITEM(leaves_, next_++);
      PyObject* made = structure == number_mark() ? Owned(wrap_number(array_of(given))).release() : Py_NewRef(given);
      things_.push_back(made);
      return made;
    }
    if (structure == Py_None) return Py_NewRef(Py_None);
    if (kind(structure) == fixed_mark()) return fixed(PyTuple_GET_ITEM(structure, 2));
    if (kind(structure) == again_mark()) return Py_NewRef(things_.at(number(structure)));
    if (kind(structure) == extended_mark()) return extended(structure);
    PyTypeObject* what = type(structure);
    switch (class_of(what)) {
      case Class::registered:
        return of_registered(structure);
      case Class::tuple:
        return tuple(what, parts(structure));
      case Class::list:
        return list(what, parts(structure));
      case Class::dict:
        return dictionary(what, structure);
      default:
        return object(what, structure);
    }
  }
  bool done() const { return next_ == PyList_GET_SIZE(leaves_); }

 private:
  PyObject* parts(PyObject* structure) {
    Owned list(PyTuple_New(count(structure)));
    for (Py_ssize_t i = 0; i < count(structure); ++i) PyTuple_SET_ITEM(list.get(), i, tree(part(structure, i)));
    return list.release();
  }
  // Nobody shall take a value for its own derivative.
  PyObject* fixed(PyObject* value) const {
    const bool has_none = is_derivative_ && (objects_ == 0 || PyFloat_Check(value) || PyComplex_Check(value));
    return Py_NewRef(has_none ? Py_None : value);
  }
  static PyObject* make(PyTypeObject* type, PyObject* args) {
    PyObject* made = base_of(type)->tp_new(type, args, nullptr);
    if (made) return made;
    PyErr_Clear();
    throw ValueError(cat("[tree] no ", type->tp_name, " can be made of its parts; say how with koine.tree.register"));
  }
  static PyObject* tuple(PyTypeObject* type, PyObject* parts) {
    Owned elements(parts);
    if (type == &PyTuple_Type) return elements.release();
    // A sequence of C with names, such as time.struct_time, has more fields than elements.
    Owned args(PyTuple_Pack(1, elements.get()));
    PyObject* kind = reinterpret_cast<PyObject*>(type);
    if (!PyObject_HasAttrString(kind, "n_sequence_fields")) return make(type, args.get());
    return Owned(PyObject_CallOneArg(kind, elements.get())).release();
  }
  static PyObject* list(PyTypeObject* type, PyObject* parts) {
    Owned elements(parts), none(PyTuple_New(0));
    if (type == &PyList_Type) return Owned(PySequence_List(elements.get())).release();
    Owned made(make(type, none.get()));
    if (PyList_SetSlice(made.get(), 0, 0, elements.get()) < 0) throw PythonError();
    return made.release();
  }
  PyObject* dictionary(PyTypeObject* type, PyObject* structure) {
    Owned found(PyDict_New()), none(PyTuple_New(0));
    for (Py_ssize_t i = 0; i < count(structure); ++i) {
      Owned value(tree(part(structure, i)));
      if (PyDict_SetItem(found.get(), PyTuple_GET_ITEM(names(structure), i), value.get()) < 0) throw PythonError();
    }
    const bool plain = type == &PyDict_Type;
    if (plain && PyTuple_CheckExact(names(structure))) return found.release();
    Owned made(plain ? PyDict_New() : make(type, none.get())), keys(keys_as_given(names(structure)));
    static PyObject* ordered_dict = imported("collections", "OrderedDict");
    const bool has_order = PyType_IsSubtype(type, reinterpret_cast<PyTypeObject*>(ordered_dict));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keys.get()); ++i) {
      PyObject* key = PyTuple_GET_ITEM(keys.get(), i);
      PyObject* value = PyDict_GetItemWithError(found.get(), key);
      if (!value) throw PythonError();
      if (has_order) {
        Owned set(PyObject_CallMethod(ordered_dict, "__setitem__", "OOO", made.get(), key, value));
      } else if (PyDict_SetItem(made.get(), key, value) < 0) {
        throw PythonError();
      }
    }
    return made.release();
  }
  PyObject* extended(PyObject* structure) {
    Owned made(tree(PyTuple_GET_ITEM(structure, 1)));
    ++objects_;
    Owned attributes(tree(PyTuple_GET_ITEM(structure, 2)));
    --objects_;
    Py_ssize_t at = 0;
    PyObject *name = nullptr, *value = nullptr;
    while (PyDict_Next(attributes.get(), &at, &name, &value))
      if (PyObject_GenericSetAttr(made.get(), name, value) < 0) throw PythonError();
    return made.release();
  }
  PyObject* of_registered(PyObject* structure) {
    PyObject *value = PyTuple_GET_ITEM(names(structure), 0), *keys = PyTuple_GET_ITEM(names(structure), 1);
    Owned given(parts(structure));
    PyObject* unflatten = PyTuple_GET_ITEM(registered(type(structure)), 1);
    if (keys == Py_None) return Owned(PyObject_CallFunctionObjArgs(unflatten, value, given.get(), nullptr)).release();
    Owned dict(PyDict_New());
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keys); ++i)
      if (PyDict_SetItem(dict.get(), PyTuple_GET_ITEM(keys, i), PyTuple_GET_ITEM(given.get(), i)) < 0)
        throw PythonError();
    return Owned(PyObject_CallFunctionObjArgs(unflatten, value, dict.get(), nullptr)).release();
  }
  // Made without its constructor, which may do anything; a frozen dataclass is filled too. It is there before its
  // parts, which may refer to it.
  PyObject* object(PyTypeObject* type, PyObject* structure) {
    Owned none(PyTuple_New(0)), made(make(type, none.get()));
    if (class_of(type) == Class::model) things_.push_back(made.get());
    ++objects_;
    for (Py_ssize_t i = 0; i < count(structure); ++i) {
      Owned value(tree(part(structure, i)));
      if (PyObject_GenericSetAttr(made.get(), PyTuple_GET_ITEM(names(structure), i), value.get()) < 0)
        throw PythonError();
    }
    --objects_;
    return made.release();
  }

  PyObject* leaves_;
  bool is_derivative_;
  int objects_ = 0;  // how many objects this is inside of
  Py_ssize_t next_ = 0;
  std::vector<PyObject*> things_;  // borrowed: what is made holds them
};

}  // namespace

PyObject* unflatten(PyObject* structure, PyObject* leaves, bool is_derivative) {
  Owned list(PySequence_List(leaves));
  Building building(list.get(), is_derivative);
  Owned tree(building.tree(structure));
  if (!building.done()) throw ValueError("[tree] there are more arrays than the tree has leaves");
  return tree.release();
}

}  // namespace koine::python
