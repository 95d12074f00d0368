#include "python/trees.h"

#include "base/format.h"

#include <cmath>
#include <unordered_map>

/// Trees to leaves and structures.
namespace koine::python {

using namespace structure;

namespace {

PyObject* trained_name() {
  static PyObject* name = PyUnicode_InternFromString("_trained");
  return name;
}
PyObject* leaf_name() {
  static PyObject* name = PyUnicode_InternFromString("_is_leaf");
  return name;
}
PyObject* declared_name() {
  static PyObject* name = PyUnicode_InternFromString("_declared");
  return name;
}

PyObject* type_of(PyObject* object) { return reinterpret_cast<PyObject*>(Py_TYPE(object)); }

/// Where in a module a leaf lies, which decides whether it is trained.
struct Owner {
  PyObject* trained = nullptr;  // the paths of those leaves, borrowed; null: whoever is asked trains all
  std::string path;
};

class Flattening {
 public:
  Flattening(PyObject* leaves, const Flatten& how)
      : leaves_(leaves), numbers_(how.numbers), sharing_(how.sharing), is_leaf_(how.is_leaf) {}

  /// A new reference to the structure.
  PyObject* structure(PyObject* tree) {
    if (is_leaf_ && said_to_be_leaf(tree)) return leaf(tree, mark());
    if (is_array(tree)) return is_number(tree) ? number(tree) : array_leaf(tree);
    if (tree == Py_None) return Py_NewRef(Py_None);
    if (PyTuple_CheckExact(tree) || PyList_CheckExact(tree)) return sequence(tree);
    if (PyDict_CheckExact(tree)) return dictionary(tree);
    if (PyObject* functions = registered(Py_TYPE(tree))) return of_registered(tree, functions);
    if (PyTuple_Check(tree) || PyList_Check(tree)) return extended(tree, sequence(tree));
    if (PyDict_Check(tree)) return extended(tree, dictionary(tree));
    if (PyFloat_Check(tree) || PyComplex_Check(tree) || PyLong_Check(tree)) return number_of_python(tree);
    if (PyUnicode_Check(tree) || PyType_Check(tree)) return fixed(tree, type_of(tree));
    return object(tree);
  }
  /// The parts of a tuple as trees of their own.
  PyObject* apart(PyObject* trees) {
    Owned result(container(type_of(trees), Py_None, PyTuple_GET_SIZE(trees)));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(trees); ++i) {
      child(result.get(), i, PyTuple_GET_ITEM(trees, i));
      things_.clear();
    }
    return result.release();
  }

 private:
  PyObject* leaf(PyObject* object, PyObject* mark) {
    if (PyList_Append(leaves_, object) < 0) throw PythonError();
    ++count_;
    return Py_NewRef(mark);
  }
  bool said_to_be_leaf(PyObject* tree) const {
    Owned answer(PyObject_CallOneArg(is_leaf_, tree));
    const int is = PyObject_IsTrue(answer.get());
    if (is < 0) throw PythonError();
    return is != 0;
  }
  PyObject* mark() {
    if (!owner_.trained) return leaf_mark();
    Owned path(PyUnicode_FromStringAndSize(owner_.path.data(), static_cast<Py_ssize_t>(owner_.path.size())));
    const int found = PySet_Contains(owner_.trained, path.get());
    if (found < 0) throw PythonError();
    return found ? leaf_mark() : state_mark();
  }
  // Within a model an array is a thing too: one that lies at two places is one parameter.
  PyObject* array_leaf(PyObject* array) {
    if (models_ > 0)
      if (PyObject* again = seen(array)) return again;
    return leaf(array, mark());
  }
  // A reference to a thing that was seen before, or null; then it is remembered. Who holds it alone lies at one place.
  PyObject* seen(PyObject* thing) {
    if (Py_REFCNT(thing) <= 2 || sharing_ == Sharing::none) return nullptr;
    const auto [at, is_new] = things_.emplace(thing, count_);
    if (is_new) return nullptr;
    Owned place(PyLong_FromSize_t(at->second));
    return PyTuple_Pack(2, again_mark(), place.get());
  }
  PyObject* number_of_python(PyObject* value) {
    const bool is_bool = PyBool_Check(value), is_int = PyLong_Check(value) && !is_bool;
    const bool exact = PyFloat_CheckExact(value) || PyComplex_CheckExact(value) || PyLong_CheckExact(value) || is_bool;
    switch (numbers_) {
      case Numbers::fixed:
        break;
      case Numbers::weak:
        if ((exact || PyFloat_Check(value)) && !is_bool) return number(value);
        break;
      case Numbers::inexact:
        if (!is_int && !is_bool) return converted(value);
        break;
      case Numbers::arrays:
        if (exact || !is_int) return converted(value);
        break;
      case Numbers::raw:
        return leaf(value, mark());
    }
    return PyFloat_Check(value) ? floating(value) : fixed(value, type_of(value));
  }
  PyObject* converted(PyObject* value) {
    Owned array(wrap(to_array(value)));
    return leaf(array.get(), mark());
  }
  // A number as a leaf in the widest dtype of its kind, or where they are no leaves in its own.
  PyObject* number(PyObject* value) {
    if (is_array(value)) {
      Owned array(wrap(numbers_ == Numbers::weak ? array_of(value) : plain(value)));
      return leaf(array.get(), numbers_ == Numbers::weak ? number_mark() : leaf_mark());
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
    return leaf(array.get(), number_mark());
  }
  static PyObject* fixed(PyObject* value, PyObject* kind) {
    return Owned(PyTuple_Pack(3, fixed_mark(), kind, value)).release();
  }
  // 0.0 and -0.0 are equal and not the same.
  static PyObject* floating(PyObject* value) {
    const double x = PyFloat_AS_DOUBLE(value);
    return fixed(value, x == 0 && std::signbit(x) ? state_mark() : type_of(value));
  }
  void child(PyObject* parent, Py_ssize_t place, PyObject* tree) {
    Deeper deeper;
    PyTuple_SET_ITEM(parent, place + 2, structure(tree));
  }
  // A part of a container, whose name says where in a module it lies.
  void named_child(PyObject* parent, Py_ssize_t place, PyObject* name, PyObject* tree) {
    if (!owner_.trained) return child(parent, place, tree);
    const size_t before = owner_.path.size();
    owner_.path = join(owner_.path, name ? text_of(name) : std::to_string(place));
    child(parent, place, tree);
    owner_.path.resize(before);
  }
  static PyObject* container(PyObject* kind, PyObject* what, Py_ssize_t count) {
    Owned result(PyTuple_New(count + 2));
    PyTuple_SET_ITEM(result.get(), 0, Py_NewRef(kind));
    PyTuple_SET_ITEM(result.get(), 1, Py_NewRef(what));
    for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(result.get(), i + 2, Py_NewRef(Py_None));
    return result.release();
  }
  PyObject* sequence(PyObject* tree) {
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(tree);
    Owned result(container(type_of(tree), Py_None, count));
    for (Py_ssize_t i = 0; i < count; ++i) {
      if (i >= PySequence_Fast_GET_SIZE(tree)) throw ValueError("[tree] a list became shorter while it was read");
      Owned part(Py_NewRef(PySequence_Fast_GET_ITEM(tree, i)));
      named_child(result.get(), i, nullptr, part.get());
    }
    return result.release();
  }
  PyObject* dictionary(PyObject* tree) {
    Owned names(sorted_keys(tree));
    return members(tree, names.get(), [tree](PyObject* key) {
      PyObject* value = PyDict_GetItemWithError(tree, key);
      if (!value && !PyErr_Occurred()) throw ValueError("[tree] a dict changed while it was read");
      return Py_XNewRef(value);
    });
  }
  template <class Get>
  PyObject* members(PyObject* tree, PyObject* names, Get get) {
    const Py_ssize_t count = PyTuple_GET_SIZE(names);
    Owned result(container(type_of(tree), names, count));
    for (Py_ssize_t i = 0; i < count; ++i) {
      Owned value(get(PyTuple_GET_ITEM(names, i)));
      named_child(result.get(), i, PyTuple_GET_ITEM(names, i), value.get());
    }
    return result.release();
  }
  // A subclass of a container may have attributes besides its elements.
  PyObject* extended(PyObject* tree, PyObject* elements) {
    Owned inner(elements);
    PyObject* more = extra_attributes(tree);
    if (!more) return inner.release();
    Owned attributes(more);
    const Within within(*this, false);
    Owned extra(dictionary(attributes.get()));
    return Owned(PyTuple_Pack(3, extended_mark(), inner.get(), extra.get())).release();
  }
  PyObject* of_registered(PyObject* tree, PyObject* functions) {
    Owned given(registered_parts(tree, functions));
    PyObject *children = PyTuple_GET_ITEM(given.get(), 0), *names = PyTuple_GET_ITEM(given.get(), 1);
    Owned what(PyTuple_Pack(2, PyTuple_GET_ITEM(given.get(), 2), names));
    Owned result(container(type_of(tree), what.get(), PyTuple_GET_SIZE(children)));
    const Owner before = std::exchange(owner_, {});
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(children); ++i) child(result.get(), i, PyTuple_GET_ITEM(children, i));
    owner_ = before;
    return result.release();
  }
  // Numbers among the attributes of an object are what it was made with: they belong to the structure.
  PyObject* object(PyObject* tree) {
    const Class kind = class_of(Py_TYPE(tree));
    if (kind == Class::model) {
      if (PyObject* again = seen(tree)) return again;
      ++count_;
    } else if (kind != Class::data) {
      if (numbers_ == Numbers::raw && class_attribute(Py_TYPE(tree), leaf_name())) return leaf(tree, mark());
      if (is_value(Py_TYPE(tree)) || !is_array_like(tree)) return fixed(tree, type_of(tree));
      Owned array(wrap(to_array(tree)));
      return leaf(array.get(), mark());
    }
    const Within within(*this, kind == Class::model);
    Owned names(attribute_names(tree)), trained(kind == Class::model ? trained_of(tree) : Py_NewRef(Py_None));
    owner_.trained = trained.get() == Py_None ? nullptr : trained.get();
    return members(tree, names.get(), [tree](PyObject* name) { return PyObject_GenericGetAttr(tree, name); });
  }
  /// Among the attributes of an object.
  class Within {
   public:
    Within(Flattening& self, bool is_model)
        : self_(self), numbers_(self.numbers_), owner_(std::move(self.owner_)), is_model_(is_model) {
      self.numbers_ = Numbers::fixed;
      self.owner_ = {};
      self.models_ += is_model_;
    }
    ~Within() {
      self_.numbers_ = numbers_;
      self_.owner_ = std::move(owner_);
      self_.models_ -= is_model_;
    }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    Flattening& self_;
    Numbers numbers_;
    Owner owner_;
    bool is_model_;
  };
  // What a module says of its leaves, the paths of those that are trained; None for other classes, which train all.
  static PyObject* trained_of(PyObject* tree) {
    PyObject* of_class = class_attribute(Py_TYPE(tree), trained_name());
    if (!of_class) return Py_NewRef(Py_None);
    PyObject* attributes = PyObject_GenericGetDict(tree, nullptr);
    if (!attributes) return PyErr_Clear(), Py_NewRef(of_class);
    Owned dict(attributes);
    PyObject* declared = PyDict_GetItemWithError(dict.get(), declared_name());
    return declared ? PyObject_GetAttr(declared, trained_name()) : Py_NewRef(of_class);
  }

  PyObject* leaves_;
  Numbers numbers_;
  Sharing sharing_;
  PyObject* is_leaf_;
  Owner owner_;
  int models_ = 0;    // how many models this is inside of
  size_t count_ = 0;  // things so far: leaves, and instances of models
  std::unordered_map<PyObject*, size_t> things_;
};

}  // namespace

PyObject* flatten(PyObject* tree, Flatten how) {
  Owned leaves(PyList_New(0));
  Flattening flattening(leaves.get(), how);
  const bool apart = how.sharing == Sharing::parts && PyTuple_CheckExact(tree);
  Owned structure(apart ? flattening.apart(tree) : flattening.structure(tree));
  return Owned(PyTuple_Pack(2, leaves.get(), structure.get())).release();
}

}  // namespace koine::python
