#include "python/python.h"

#include "base/format.h"

#include <cmath>
#include <cstring>

/// Nested containers of arrays. A structure is a Python object, hashed and compared by Python: "*" for a leaf, "~" for
/// one that a module keeps and that is not trained, None for None, ("=", type, value) for a value that is no array, and
/// (kind, what, children...) for a container.
namespace koine::python {

namespace {

PyObject* leaf_mark() {
  static PyObject* mark = PyUnicode_InternFromString("*");
  return mark;
}
PyObject* state_mark() {
  static PyObject* mark = PyUnicode_InternFromString("~");
  return mark;
}
PyObject* number_mark() {
  static PyObject* mark = PyUnicode_InternFromString("#");
  return mark;
}
PyObject* static_mark() {
  static PyObject* mark = PyUnicode_InternFromString("=");
  return mark;
}
PyObject* fields_name() {
  static PyObject* name = PyUnicode_InternFromString("__dataclass_fields__");
  return name;
}
PyObject* members_name() {
  static PyObject* name = PyUnicode_InternFromString("__koine_tree__");
  return name;
}

PyObject* states_name() {
  static PyObject* name = PyUnicode_InternFromString("_states");
  return name;
}

// What a class says about its trees, or null.
PyObject* class_attribute(PyObject* tree, PyObject* name) {
  PyObject* found = PyObject_GetAttr(reinterpret_cast<PyObject*>(Py_TYPE(tree)), name);
  if (!found) PyErr_Clear();
  return found;
}

PyObject* type_of(PyObject* object) { return reinterpret_cast<PyObject*>(Py_TYPE(object)); }

class Flattening {
 public:
  Flattening(PyObject* leaves, bool numbers) : leaves_(leaves), numbers_(numbers) {}

  /// A new reference to the structure.
  PyObject* structure(PyObject* tree) {
    if (is_array(tree)) return is_number(tree) ? number(tree) : leaf(tree);
    if (tree == Py_None) return Py_NewRef(Py_None);
    if (PyTuple_Check(tree)) return sequence(tree);
    if (PyList_Check(tree)) return sequence(tree);
    if (PyDict_Check(tree)) return dictionary(tree);
    if (numbers_ && (PyFloat_Check(tree) || PyLong_CheckExact(tree) || PyComplex_CheckExact(tree))) return number(tree);
    if (PyFloat_Check(tree)) return floating(tree);
    if (PyLong_Check(tree) || PyUnicode_Check(tree) || PyComplex_Check(tree) || PyType_Check(tree))
      return fixed(tree, type_of(tree));
    return object(tree);
  }

 private:
  PyObject* leaf(PyObject* array) {
    if (PyList_Append(leaves_, array) < 0) throw PythonError();
    return Py_NewRef(leaf_mark());
  }
  // A number as a leaf in the widest dtype of its kind, or where they are no leaves in its own.
  PyObject* number(PyObject* value) {
    if (is_array(value)) {
      Owned array(wrap(numbers_ ? array_of(value) : plain(value)));
      PyObject* mark = leaf(array.get());
      if (!numbers_) return mark;
      Py_DECREF(mark);
      return Py_NewRef(number_mark());
    }
    int overflow = 0;
    if (PyLong_Check(value)) PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0) return fixed(value, type_of(value));
    Number held;
    to_number(value, held);
    const double parts[] = {held.real(), held.imag()};
    const int64_t integer = held.integer();
    const bool is_integer = held.kind() == Kind::integer;
    const DType dtype = is_integer ? int64 : held.kind() == Kind::floating ? float64 : complex128;
    const void* bytes = is_integer ? static_cast<const void*>(&integer) : parts;
    Owned array(wrap(from_bytes(dtype, {}, static_cast<const std::byte*>(bytes), {})));
    Py_DECREF(leaf(array.get()));
    return Py_NewRef(number_mark());
  }
  PyObject* fixed(PyObject* value, PyObject* kind) {
    Owned result(PyTuple_Pack(3, static_mark(), kind, value));
    return result.release();
  }
  // 0.0 and -0.0 are equal and not the same.
  PyObject* floating(PyObject* value) {
    double x = PyFloat_AS_DOUBLE(value);
    if (x == 0 && std::signbit(x)) {
      Owned kind(PyUnicode_FromString("-0"));
      return fixed(value, kind.get());
    }
    return fixed(value, type_of(value));
  }
  void child(PyObject* parent, Py_ssize_t place, PyObject* tree) {
    if (Py_EnterRecursiveCall(" in a tree of arrays")) throw PythonError();
    PyObject* made = nullptr;
    try {
      made = structure(tree);
    } catch (...) {
      Py_LeaveRecursiveCall();
      throw;
    }
    Py_LeaveRecursiveCall();
    PyTuple_SET_ITEM(parent, place, made);
  }
  PyObject* container(PyObject* kind, PyObject* what, Py_ssize_t count) {
    Owned result(PyTuple_New(count + 2));
    PyTuple_SET_ITEM(result.get(), 0, Py_NewRef(kind));
    PyTuple_SET_ITEM(result.get(), 1, Py_NewRef(what));
    return result.release();
  }
  PyObject* sequence(PyObject* tree) {
    Py_ssize_t count = PySequence_Fast_GET_SIZE(tree);
    Owned result(container(type_of(tree), Py_None, count));
    for (Py_ssize_t i = 0; i < count; ++i) child(result.get(), i + 2, PySequence_Fast_GET_ITEM(tree, i));
    return result.release();
  }
  PyObject* dictionary(PyObject* tree) {
    Owned keys(PySequence_Tuple(tree));
    return members(tree, keys.get(), [tree](PyObject* key) { return Py_XNewRef(PyDict_GetItemWithError(tree, key)); });
  }
  template <class Get>
  PyObject* members(PyObject* tree, PyObject* names, Get get) {
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    Owned result(container(type_of(tree), names, count));
    for (Py_ssize_t i = 0; i < count; ++i) {
      Owned value(get(PyTuple_GET_ITEM(names, i)));
      child(result.get(), i + 2, value.get());
    }
    return result.release();
  }
  // A module says by name which of its arrays are state.
  static void mark_states(PyObject* tree, PyObject* names, PyObject* structure) {
    PyObject* states = PyObject_GetAttr(tree, states_name());
    if (!states) return PyErr_Clear();
    Owned held(states);
    if (!PyTuple_Check(states) || PyTuple_GET_SIZE(states) == 0) return;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
      if (PyTuple_GET_ITEM(structure, i + 2) != leaf_mark()) continue;
      int found = PySequence_Contains(states, PyTuple_GET_ITEM(names, i));
      if (found < 0) throw PythonError();
      if (found == 0) continue;
      Py_DECREF(leaf_mark());
      PyTuple_SET_ITEM(structure, i + 2, Py_NewRef(state_mark()));
    }
  }
  // Numbers among the attributes of a class are what it was made with: they belong to the structure.
  PyObject* object(PyObject* tree) {
    const bool numbers = std::exchange(numbers_, false);
    PyObject* result = nullptr;
    try {
      result = members_of(tree);
    } catch (...) {
      numbers_ = numbers;
      throw;
    }
    numbers_ = numbers;
    return result;
  }
  PyObject* members_of(PyObject* tree) {
    if (PyObject* found = class_attribute(tree, members_name())) {
      Owned mark(found);
      const int is_tree = PyObject_IsTrue(mark.get());
      if (is_tree < 0) throw PythonError();
      if (is_tree == 0) return fixed(tree, type_of(tree));
      Owned attributes(PyObject_GenericGetDict(tree, nullptr));
      Owned names(PySequence_Tuple(attributes.get()));
      Owned result(members(tree, names.get(), [&](PyObject* name) {
        return Py_XNewRef(PyDict_GetItemWithError(attributes.get(), name));
      }));
      mark_states(tree, names.get(), result.get());
      return result.release();
    }
    if (PyObject* found = class_attribute(tree, fields_name())) {
      Owned fields(found);
      Owned names(PySequence_Tuple(fields.get()));
      return members(tree, names.get(), [tree](PyObject* name) { return PyObject_GetAttr(tree, name); });
    }
    if (is_array_like(tree)) {
      Owned array(wrap(to_array(tree)));
      return leaf(array.get());
    }
    return fixed(tree, type_of(tree));
  }

  PyObject* leaves_;
  bool numbers_;
};

class Building {
 public:
  explicit Building(PyObject* leaves) : leaves_(leaves) {}

  PyObject* tree(PyObject* structure) {
    if (structure == leaf_mark() || structure == state_mark()) {
      if (next_ >= PyList_GET_SIZE(leaves_)) throw ValueError("[tree] there are fewer arrays than the tree has leaves");
      return Py_NewRef(PyList_GET_ITEM(leaves_, next_++));
    }
    if (structure == number_mark()) {
      if (next_ >= PyList_GET_SIZE(leaves_)) throw ValueError("[tree] there are fewer arrays than the tree has leaves");
      return wrap_number(array_of(PyList_GET_ITEM(leaves_, next_++)));
    }
    if (structure == Py_None) return Py_NewRef(Py_None);
    PyObject *kind = PyTuple_GET_ITEM(structure, 0), *what = PyTuple_GET_ITEM(structure, 1);
    if (kind == static_mark()) return Py_NewRef(PyTuple_GET_ITEM(structure, 2));
    Py_ssize_t count = PyTuple_GET_SIZE(structure) - 2;
    auto* type = reinterpret_cast<PyTypeObject*>(kind);
    Owned parts(PyTuple_New(count));
    for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(parts.get(), i, tree(PyTuple_GET_ITEM(structure, i + 2)));
    if (kind == reinterpret_cast<PyObject*>(&PyTuple_Type)) return parts.release();
    if (PyType_IsSubtype(type, &PyTuple_Type)) return PyObject_CallObject(kind, parts.get());  // a named tuple
    if (PyType_IsSubtype(type, &PyList_Type)) return PyObject_CallOneArg(kind, parts.get());
    Owned names(PyDict_New());
    for (Py_ssize_t i = 0; i < count; ++i)
      if (PyDict_SetItem(names.get(), PyTuple_GET_ITEM(what, i), PyTuple_GET_ITEM(parts.get(), i)) < 0)
        throw PythonError();
    if (kind == reinterpret_cast<PyObject*>(&PyDict_Type)) return names.release();
    if (PyType_IsSubtype(type, &PyDict_Type)) return PyObject_CallOneArg(kind, names.get());
    return object(type, names.get());
  }
  bool done() const { return next_ == PyList_GET_SIZE(leaves_); }

 private:
  // Made without its constructor, which may do anything; a frozen dataclass is filled too.
  PyObject* object(PyTypeObject* type, PyObject* members) {
    Owned none(PyTuple_New(0));
    Owned made(PyBaseObject_Type.tp_new(type, none.get(), nullptr));
    Py_ssize_t at = 0;
    PyObject *name = nullptr, *value = nullptr;
    while (PyDict_Next(members, &at, &name, &value))
      if (PyObject_GenericSetAttr(made.get(), name, value) < 0) throw PythonError();
    return made.release();
  }

  PyObject* leaves_;
  Py_ssize_t next_ = 0;
};

}  // namespace

PyObject* flatten(PyObject* tree, bool numbers) {
  Owned leaves(PyList_New(0));
  Owned structure(Flattening(leaves.get(), numbers).structure(tree));
  Owned pair(PyTuple_Pack(2, leaves.get(), structure.get()));
  return pair.release();
}

namespace {

bool is_leaf(PyObject* structure) { return structure == leaf_mark() || structure == state_mark(); }
bool is_container(PyObject* structure) {
  return PyTuple_Check(structure) && PyTuple_GET_ITEM(structure, 0) != static_mark();
}

void add_marks(PyObject* structure, std::vector<PyObject*>& marks) {
  if (is_leaf(structure)) return marks.push_back(structure);
  if (!is_container(structure)) return;
  for (Py_ssize_t i = 2; i < PyTuple_GET_SIZE(structure); ++i) add_marks(PyTuple_GET_ITEM(structure, i), marks);
}

void add_paths(PyObject* structure, const std::string& path, std::vector<std::string>& paths) {
  if (is_leaf(structure)) return paths.push_back(path);
  if (!is_container(structure)) return;
  PyObject *kind = PyTuple_GET_ITEM(structure, 0), *what = PyTuple_GET_ITEM(structure, 1);
  PyObject* fields = what == Py_None ? PyObject_GetAttrString(kind, "_fields") : Py_NewRef(what);
  if (!fields) PyErr_Clear();
  Owned names(fields ? fields : Py_NewRef(Py_None));
  const std::string before = path.empty() ? path : path + ".";
  for (Py_ssize_t i = 2; i < PyTuple_GET_SIZE(structure); ++i) {
    std::string name = std::to_string(i - 2);
    if (fields) {
      Owned text(PyObject_Str(PyTuple_GET_ITEM(fields, i - 2)));
      Py_ssize_t size = 0;
      const char* bytes = PyUnicode_AsUTF8AndSize(text.get(), &size);
      if (!bytes) {
        PyErr_Clear();
        Owned shown(PyObject_ASCII(text.get()));
        throw ValueError(
            cat("[tree] the name ", PyUnicode_AsUTF8(shown.get()), " is no text: it has half a character"));
      }
      name.assign(bytes, static_cast<size_t>(size));
    }
    add_paths(PyTuple_GET_ITEM(structure, i), before + name, paths);
  }
}

PyTypeObject* kind_of(PyObject* structure) { return reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(structure, 0)); }

// Leaves lie in what can be changed.
void check_owners(PyObject* structure) {
  if (is_leaf(structure)) throw ValueError("[step] an array cannot be changed: use x = optimizer.update(x, gradient)");
  if (!is_container(structure)) return;
  const bool is_tuple = PyType_IsSubtype(kind_of(structure), &PyTuple_Type);
  for (Py_ssize_t i = 2; i < PyTuple_GET_SIZE(structure); ++i) {
    PyObject* child = PyTuple_GET_ITEM(structure, i);
    if (is_tuple && is_leaf(child))
      throw ValueError("[step] a tuple cannot be changed: use model = optimizer.update(model, gradient)");
    if (!is_leaf(child)) check_owners(child);
  }
}

// Replaces the leaves from that number on, and gives the number of the next one.
Py_ssize_t replace(PyObject* tree, PyObject* structure, PyObject* leaves, Py_ssize_t next) {
  if (!is_container(structure)) return next;
  PyTypeObject* kind = kind_of(structure);
  if (!PyType_IsSubtype(Py_TYPE(tree), kind))
    throw ValueError("[tree] the tree is another one than its structure says");
  PyObject* names = PyTuple_GET_ITEM(structure, 1);
  const bool is_list = PyType_IsSubtype(kind, &PyList_Type), is_dict = PyType_IsSubtype(kind, &PyDict_Type);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(structure) - 2; ++i) {
    PyObject* child = PyTuple_GET_ITEM(structure, i + 2);
    if (!is_leaf(child)) {
      if (!is_container(child)) continue;
      Owned part(names == Py_None ? PySequence_GetItem(tree, i)
                 : is_dict        ? PyObject_GetItem(tree, PyTuple_GET_ITEM(names, i))
                                  : PyObject_GetAttr(tree, PyTuple_GET_ITEM(names, i)));
      next = replace(part.get(), child, leaves, next);
      continue;
    }
    if (next >= PyList_GET_SIZE(leaves)) throw ValueError("[tree] there are fewer arrays than the tree has leaves");
    PyObject* leaf = PyList_GET_ITEM(leaves, next++);
    const int failed = is_list   ? PySequence_SetItem(tree, i, leaf)
                       : is_dict ? PyObject_SetItem(tree, PyTuple_GET_ITEM(names, i), leaf)
                                 : PyObject_GenericSetAttr(tree, PyTuple_GET_ITEM(names, i), leaf);
    if (failed < 0) throw PythonError();
  }
  return next;
}

}  // namespace

std::vector<std::string> paths_of(PyObject* structure) {
  std::vector<std::string> paths;
  add_paths(structure, "", paths);
  return paths;
}

void assign(PyObject* tree, PyObject* structure, PyObject* leaves) {
  check_owners(structure);
  Owned list(PySequence_List(leaves));
  replace(tree, structure, list.get(), 0);
}

std::vector<bool> trained(PyObject* structure, const std::vector<Array>& leaves) {
  std::vector<PyObject*> marks;
  add_marks(structure, marks);
  std::vector<bool> wanted;
  for (size_t i = 0; i < leaves.size(); ++i)
    wanted.push_back(is_inexact(leaves[i].dtype()) && (i >= marks.size() || marks[i] == leaf_mark()));
  return wanted;
}

PyObject* unflatten(PyObject* structure, PyObject* leaves) {
  Owned list(PySequence_List(leaves));
  Building building(list.get());
  Owned tree(building.tree(structure));
  if (!building.done()) throw ValueError("[tree] there are more arrays than the tree has leaves");
  return tree.release();
}

}  // namespace koine::python
