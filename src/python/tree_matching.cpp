#include "base/format.h"
#include "python/trees.h"

/// Trees beside structures: matched by name, replaced where they lie, and what their leaves are called.
namespace koine::python {

using namespace structure;

namespace {

std::string with_article(const std::string& noun) {
  return (std::string("aeiouAEIOU").find(noun[0]) == std::string::npos ? "a " : "an ") + noun;
}

std::string keys_text(PyObject* keys) {
  std::string text;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keys); ++i) {
    if (i == 8) return text + ", ...";
    text += (i ? ", " : "") + text_of(PyTuple_GET_ITEM(keys, i));
  }
  return text;
}

/// What lies in a tree, in words.
std::string description(PyObject* tree) {
  if (tree == Py_None) return "None";
  if (is_array(tree)) return "an array";
  const std::string type = with_article(Py_TYPE(tree)->tp_name);
  if (PyDict_Check(tree)) {
    Owned keys(sorted_keys(tree));
    return PyTuple_GET_SIZE(keys.get()) ? cat(type, " with ", keys_text(keys.get())) : "an empty dict";
  }
  if (PyTuple_Check(tree) || PyList_Check(tree)) return cat(type, " of ", PySequence_Fast_GET_SIZE(tree));
  if (PyUnicode_Check(tree) || PyLong_Check(tree) || PyFloat_Check(tree)) {
    Owned text(PyObject_Repr(tree));
    return cat(type, ", ", text_of(text.get()));
  }
  return type;
}
/// What a structure asks for.
std::string expectation(PyObject* structure) {
  if (is_leaf(structure)) return "an array";
  if (structure == Py_None) return "None";
  if (is(structure, fixed_mark())) return description(PyTuple_GET_ITEM(structure, 2));
  if (is(structure, again_mark())) return "what lies at another place too";
  if (is(structure, extended_mark())) return expectation(PyTuple_GET_ITEM(structure, 1));
  const std::string name = with_article(type(structure)->tp_name);
  const Class kind = class_of(type(structure));
  if (kind == Class::dict) return cat(name, " with ", keys_text(names(structure)));
  return kind == Class::tuple || kind == Class::list ? cat(name, " of ", count(structure)) : name;
}

class Matching {
 public:
  Matching(PyObject* leaves, const std::string& what, Match match) : leaves_(leaves), what_(what), match_(match) {}
  ~Matching() {
    for (PyObject* thing : things_) Py_DECREF(thing);
  }
  Matching(const Matching&) = delete;
  Matching& operator=(const Matching&) = delete;

  void match(PyObject* structure, PyObject* tree, const std::string& path) {
    Deeper deeper;
    const bool absent = tree == Py_None && (match_ == Match::leaves || match_ == Match::tangents);
    if (is_leaf(structure)) {
      if (!absent && match_ != Match::prefix && !may_be_leaf(tree)) fail(structure, tree, path);
      if (PyList_Append(leaves_, tree) < 0) throw PythonError();
      things_.push_back(Py_NewRef(tree));
    } else if (structure == Py_None) {
      if (tree != Py_None) fail(structure, tree, path);
    } else if (kind(structure) == fixed_mark()) {
      const bool fits = match_ == Match::leaves ? !is_array(tree) : is_value_of(structure, tree);
      if (!absent && !fits) fail(structure, tree, path);
    } else if (kind(structure) == again_mark()) {
      if (!absent && tree != things_.at(number(structure)))
        throw ShapeError(cat(what_, at(path), ": one array or model lies at several places, and was given ",
                             "something else at each"));
    } else if (kind(structure) == extended_mark()) {
      extended(structure, tree, path);
    } else {
      if (is_thing(structure)) things_.push_back(Py_NewRef(tree));
      absent ? none(structure, path) : parts(structure, tree, path);
    }
  }

 private:
  static bool may_be_leaf(PyObject* tree) {
    return is_array(tree) || PyFloat_Check(tree) || PyLong_Check(tree) || PyComplex_Check(tree) || is_array_like(tree);
  }
  static bool is_value_of(PyObject* structure, PyObject* tree) {
    PyObject* value = PyTuple_GET_ITEM(structure, 2);
    if (value == tree) return true;
    if (Py_TYPE(value) != Py_TYPE(tree)) return false;
    const int same = PyObject_RichCompareBool(value, tree, Py_EQ);
    if (same < 0) throw PythonError();
    return same != 0;
  }
  static std::string at(const std::string& path) { return path.empty() ? "" : cat(" at '", path, "'"); }
  [[noreturn]] void fail(PyObject* structure, PyObject* tree, const std::string& path) const {
    throw ShapeError(cat(what_, at(path), ": got ", description(tree), ", expected ", expectation(structure)));
  }
  void none(PyObject* structure, const std::string& path) {
    for (Py_ssize_t i = 0; i < count(structure); ++i) match(part(structure, i), Py_None, path);
  }
  void extended(PyObject* structure, PyObject* tree, const std::string& path) {
    match(PyTuple_GET_ITEM(structure, 1), tree, path);
    PyObject* more = tree == Py_None ? nullptr : extra_attributes(tree);
    Owned attributes(more ? more : Py_NewRef(Py_None));
    PyObject* wanted = PyTuple_GET_ITEM(structure, 2);
    match_ == Match::exact || more ? match(wanted, attributes.get(), path) : none(wanted, path);
  }
  void parts(PyObject* structure, PyObject* tree, const std::string& path) {
    if (match_ == Match::exact && Py_TYPE(tree) != type(structure)) fail(structure, tree, path);
    PyObject* names = part_names(structure);
    switch (class_of(type(structure))) {
      case Class::dict:
        return of_dict(structure, tree, path);
      case Class::tuple:
      case Class::list:
        if (names && fields_of(Py_TYPE(tree))) return of_object(structure, tree, path);
        return of_sequence(structure, tree, path);
      case Class::registered:
        return of_registered(structure, tree, path);
      default:
        return PyDict_Check(tree) ? of_dict(structure, tree, path) : of_object(structure, tree, path);
    }
  }
  void of_sequence(PyObject* structure, PyObject* tree, const std::string& path) {
    if ((!PyTuple_Check(tree) && !PyList_Check(tree)) || PySequence_Fast_GET_SIZE(tree) != count(structure))
      fail(structure, tree, path);
    for (Py_ssize_t i = 0; i < count(structure); ++i)
      match(part(structure, i), PySequence_Fast_GET_ITEM(tree, i), join(path, name(structure, i)));
  }
  void of_dict(PyObject* structure, PyObject* tree, const std::string& path) {
    PyObject* names = part_names(structure);
    if (!PyDict_Check(tree) || PyDict_GET_SIZE(tree) > count(structure)) fail(structure, tree, path);
    for (Py_ssize_t i = 0; i < count(structure); ++i) {
      PyObject* value = PyDict_GetItemWithError(tree, PyTuple_GET_ITEM(names, i));
      if (!value && PyErr_Occurred()) throw PythonError();
      if (!value && has_leaves(part(structure, i))) fail(structure, tree, path);
      match(part(structure, i), value ? value : Py_None, join(path, name(structure, i)));
    }
  }
  void of_object(PyObject* structure, PyObject* tree, const std::string& path) {
    PyObject* names = part_names(structure);
    if (match_ == Match::exact) {
      Owned own(class_of(type(structure)) == Class::tuple ? Py_NewRef(names) : attribute_names(tree));
      if (PyTuple_GET_SIZE(own.get()) != count(structure)) fail(structure, tree, path);
    }
    for (Py_ssize_t i = 0; i < count(structure); ++i) {
      PyObject* found = PyObject_GetAttr(tree, PyTuple_GET_ITEM(names, i));
      if (!found) PyErr_Clear();
      if (!found && (match_ == Match::exact || has_leaves(part(structure, i)))) fail(structure, tree, path);
      Owned value(found ? found : Py_NewRef(Py_None));
      match(part(structure, i), value.get(), join(path, name(structure, i)));
    }
  }
  void of_registered(PyObject* structure, PyObject* tree, const std::string& path) {
    if (Py_TYPE(tree) != type(structure)) return of_sequence(structure, tree, path);
    Owned given(registered_parts(tree, registered(type(structure))));
    PyObject *parts = PyTuple_GET_ITEM(given.get(), 0), *own = PyTuple_GET_ITEM(given.get(), 1);
    if (own == Py_None || !part_names(structure)) return of_sequence(structure, parts, path);
    Owned dict(PyDict_New());
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(own); ++i)
      if (PyDict_SetItem(dict.get(), PyTuple_GET_ITEM(own, i), PyTuple_GET_ITEM(parts, i)) < 0) throw PythonError();
    of_dict(structure, dict.get(), path);
  }
  static bool has_leaves(PyObject* structure) {
    if (is_leaf(structure)) return true;
    if (is(structure, extended_mark()))
      return has_leaves(PyTuple_GET_ITEM(structure, 1)) || has_leaves(PyTuple_GET_ITEM(structure, 2));
    for (Py_ssize_t i = 0; is_container(structure) && i < count(structure); ++i)
      if (has_leaves(part(structure, i))) return true;
    return false;
  }

  PyObject* leaves_;
  const std::string& what_;
  Match match_;
  std::vector<PyObject*> things_;
};

/// Calls f(leaf mark, path) for each leaf.
template <class F>
void each_leaf(PyObject* structure, const std::string& path, const F& f) {
  if (is_leaf(structure)) return f(structure, path);
  if (is(structure, extended_mark())) {
    each_leaf(PyTuple_GET_ITEM(structure, 1), path, f);
    return each_leaf(PyTuple_GET_ITEM(structure, 2), path, f);
  }
  if (!is_container(structure)) return;
  for (Py_ssize_t i = 0; i < count(structure); ++i) each_leaf(part(structure, i), join(path, name(structure, i)), f);
}

/// Gives a tree other leaves where they lie.
class Replacing {
 public:
  explicit Replacing(PyObject* leaves) : leaves_(leaves) {}

  // Throws where a leaf lies in what cannot be changed.
  static void check(PyObject* structure) {
    if (is_leaf(structure))
      throw ValueError("[step] an array cannot be changed: use x = optimizer.update(x, gradient)");
    if (is(structure, extended_mark())) {
      check(PyTuple_GET_ITEM(structure, 1));
      return check(PyTuple_GET_ITEM(structure, 2));
    }
    if (!is_container(structure)) return;
    const Class kind = class_of(type(structure));
    const bool fixed = kind == Class::tuple || kind == Class::registered;
    for (Py_ssize_t i = 0; i < count(structure); ++i) {
      if (fixed && is_leaf(part(structure, i)))
        throw ValueError(cat("[step] ", with_article(type(structure)->tp_name),
                             " cannot be changed: use model = optimizer.update(model, gradient)"));
      if (!is_leaf(part(structure, i))) check(part(structure, i));
    }
  }
  void replace(PyObject* tree, PyObject* structure) {
    if (is(structure, extended_mark())) {
      replace(tree, PyTuple_GET_ITEM(structure, 1));
      Owned attributes(PyObject_GenericGetDict(tree, nullptr));
      return replace(attributes.get(), PyTuple_GET_ITEM(structure, 2));
    }
    if (!is_container(structure)) return;
    if (!PyType_IsSubtype(Py_TYPE(tree), type(structure)))
      throw ValueError("[tree] the tree is another one than its structure says");
    if (is_thing(structure)) things_.push_back(nullptr);
    for (Py_ssize_t i = 0; i < count(structure); ++i) {
      PyObject* inner = part(structure, i);
      if (is_leaf(inner)) {
        if (next_ >= PyList_GET_SIZE(leaves_))
          throw ValueError("[tree] there are fewer arrays than the tree has leaves");
        things_.push_back(PyList_GET_ITEM(leaves_, next_++));
        set(tree, structure, i, things_.back());
      } else if (is(inner, again_mark())) {
        if (PyObject* thing = things_.at(number(inner))) set(tree, structure, i, thing);
      } else if (is_container(inner) || is(inner, extended_mark())) {
        Owned part(get(tree, structure, i));
        replace(part.get(), inner);
      }
    }
  }

 private:
  static PyObject* get(PyObject* tree, PyObject* structure, Py_ssize_t i) {
    switch (class_of(type(structure))) {
      case Class::tuple:
      case Class::list:
        return PySequence_GetItem(tree, i);
      case Class::dict:
        return PyObject_GetItem(tree, PyTuple_GET_ITEM(names(structure), i));
      case Class::registered: {
        Owned given(registered_parts(tree, registered(type(structure))));
        return PySequence_GetItem(PyTuple_GET_ITEM(given.get(), 0), i);
      }
      default:
        return PyObject_GetAttr(tree, PyTuple_GET_ITEM(names(structure), i));
    }
  }
  static void set(PyObject* tree, PyObject* structure, Py_ssize_t i, PyObject* leaf) {
    int failed = 0;
    switch (class_of(type(structure))) {
      case Class::list:
        failed = PySequence_SetItem(tree, i, leaf);
        break;
      case Class::dict:
        failed = PyObject_SetItem(tree, PyTuple_GET_ITEM(names(structure), i), leaf);
        break;
      case Class::tuple:  // the leaf lies elsewhere too, where it was set
      case Class::registered:
        throw ValueError("[step] an array that lies at several places of a model cannot be changed in a tuple");
      default:
        failed = PyObject_GenericSetAttr(tree, PyTuple_GET_ITEM(names(structure), i), leaf);
    }
    if (failed < 0) throw PythonError();
  }

  PyObject* leaves_;
  Py_ssize_t next_ = 0;
  std::vector<PyObject*> things_;  // leaves, and null for models
};

}  // namespace

PyObject* leaves_like(PyObject* structure, PyObject* tree, const std::string& what, Match match) {
  Owned leaves(PyList_New(0));
  Matching(leaves.get(), what, match).match(structure, tree, "");
  return leaves.release();
}

size_t leaf_count(PyObject* structure) {
  if (is_leaf(structure)) return 1;
  size_t total = 0;
  if (is(structure, extended_mark()))
    return leaf_count(PyTuple_GET_ITEM(structure, 1)) + leaf_count(PyTuple_GET_ITEM(structure, 2));
  for (Py_ssize_t i = 0; is_container(structure) && i < count(structure); ++i) total += leaf_count(part(structure, i));
  return total;
}

PyObject* fixed_values(PyObject* structure) {
  Owned values(PyList_New(0));
  std::vector<PyObject*> stack{structure};
  while (!stack.empty()) {
    PyObject* top = stack.back();
    stack.pop_back();
    if (!PyTuple_Check(top) || kind(top) == again_mark()) continue;
    if (kind(top) == fixed_mark()) {
      if (PyList_Append(values.get(), PyTuple_GET_ITEM(top, 2)) < 0) throw PythonError();
    } else if (kind(top) == extended_mark()) {
      stack.push_back(PyTuple_GET_ITEM(top, 1));
      stack.push_back(PyTuple_GET_ITEM(top, 2));
    } else {
      for (Py_ssize_t i = 0; i < count(top); ++i) stack.push_back(part(top, i));
    }
  }
  return values.release();
}

std::vector<std::string> paths_of(PyObject* structure) {
  std::vector<std::string> paths;
  each_leaf(structure, "", [&](PyObject*, const std::string& path) { paths.push_back(path); });
  return paths;
}

void assign(PyObject* tree, PyObject* structure, PyObject* leaves) {
  Replacing::check(structure);
  Owned list(PySequence_List(leaves));
  Replacing(list.get()).replace(tree, structure);
}

std::vector<bool> trained(PyObject* structure, const std::vector<Array>& leaves) {
  std::vector<bool> wanted;
  each_leaf(structure, "", [&](PyObject* mark, const std::string&) {
    const size_t i = wanted.size();
    wanted.push_back(mark == leaf_mark() && i < leaves.size() && leaves[i].defined() && is_inexact(leaves[i].dtype()));
  });
  wanted.resize(leaves.size(), false);
  return wanted;
}

}  // namespace koine::python
