// Nested containers of arrays, and the structures that they leave behind.
#pragma once

#include "python/python.h"

#include <string>
#include <vector>

namespace koine::python {

/// What becomes of Python's numbers in plain containers. Those among the attributes of an object are always fixed: it
/// was made with them.
enum class Numbers : uint8_t {
  fixed,    // they belong to the structure
  weak,     // ints, floats and complex are leaves that take the dtype of what they meet: numbers of a trace
  inexact,  // floats and complex are arrays of their default dtype: what can have a derivative
  arrays,   // all are arrays of their default dtype
  raw       // all are leaves, as they are
};

/// What is one thing when it lies at two places of a tree: an instance of a model, and within a model an array.
enum class Sharing : uint8_t {
  whole,  // in all of the tree
  parts,  // in each part of a tuple: arguments of a function are trees of their own
  none    // nothing: they are values
};

struct Flatten {
  Numbers numbers = Numbers::fixed;
  Sharing sharing = Sharing::whole;
  /// A function that says of a part whether it is a leaf, or null.
  PyObject* is_leaf = nullptr;
};
/// (list of leaves, structure). Dicts are walked in the order of their sorted keys.
PyObject* flatten(PyObject* tree, Flatten how = {});
/// The tree with these leaves; a dict has its keys in the order that it had. In a derivative what is no leaf has none:
/// it is None in plain containers, and so are floats among the attributes of objects.
PyObject* unflatten(PyObject* structure, PyObject* leaves, bool is_derivative = false);

/// How closely a tree follows a structure that it is matched with.
enum class Match : uint8_t {
  exact,     // the same containers, names and fixed values
  leaves,    // the same names and lengths; None stands for a leaf, or for all those of a part
  tangents,  // the same, and what is no leaf has nothing but None, or the value itself
  prefix     // where the structure has a leaf the tree has any part
};
/// The leaves of a tree in the order of a structure, matched by name: None or the objects that lie there. Throws
/// ShapeError with the path where the tree is another one; `what` begins its text.
PyObject* leaves_like(PyObject* structure, PyObject* tree, const std::string& what, Match match);

/// The path of each leaf, as "layers.0.weight", in the order of the tree.
std::vector<std::string> paths_of(PyObject* structure);
/// Gives a tree other leaves, where they lie. Throws ValueError, before anything is changed, for leaves in what cannot
/// be changed.
void assign(PyObject* tree, PyObject* structure, PyObject* leaves);
size_t leaf_count(PyObject* structure);
/// The values in a structure that are no leaves, a new list.
PyObject* fixed_values(PyObject* structure);
/// For each leaf whether it has a gradient: it is of real or complex numbers, and no state that a module keeps.
std::vector<bool> trained(PyObject* structure, const std::vector<Array>& leaves);
/// Makes the instances of a class containers: flatten(object) gives (parts, value), unflatten(value, parts) the object.
void register_class(PyObject* type, PyObject* flatten, PyObject* unflatten);

/// What structures are made of. One is a Python object, hashed and compared by Python: a mark for a leaf, None for
/// None, and tuples for the rest.
namespace structure {

/// "*": a leaf. "~": one that a module keeps and that is not trained. "#": a number of a trace.
PyObject* leaf_mark();
PyObject* state_mark();
PyObject* number_mark();
/// ("=", type, value): what is no array. ("&", n): leaf or object number n again. ("+", container, attributes): a
/// container whose class has attributes too. Others are (type, names, parts...), in which names are None, a tuple, or
/// what a class of the user gave.
PyObject* fixed_mark();
PyObject* again_mark();
PyObject* extended_mark();

inline bool is_leaf(PyObject* structure) {
  return structure == leaf_mark() || structure == state_mark() || structure == number_mark();
}
inline PyObject* kind(PyObject* structure) { return PyTuple_GET_ITEM(structure, 0); }
inline bool is(PyObject* structure, PyObject* mark) { return PyTuple_Check(structure) && kind(structure) == mark; }
inline bool is_container(PyObject* structure) {
  return PyTuple_Check(structure) && kind(structure) != fixed_mark() && kind(structure) != again_mark() &&
         kind(structure) != extended_mark();
}
inline PyTypeObject* type(PyObject* structure) { return reinterpret_cast<PyTypeObject*>(kind(structure)); }
inline PyObject* names(PyObject* structure) { return PyTuple_GET_ITEM(structure, 1); }
inline Py_ssize_t count(PyObject* structure) { return PyTuple_GET_SIZE(structure) - 2; }
inline PyObject* part(PyObject* structure, Py_ssize_t i) { return PyTuple_GET_ITEM(structure, i + 2); }
inline size_t number(PyObject* again) { return PyLong_AsSize_t(PyTuple_GET_ITEM(again, 1)); }
/// The names of the parts: keys, attributes, or the fields of a named tuple; null where they have none. Borrowed.
PyObject* part_names(PyObject* structure);
/// A name as text.
std::string text_of(PyObject* name);
/// The name of a part, for paths: its position where it has none.
std::string name(PyObject* structure, Py_ssize_t i);
/// "a.b" of "a" and "b".
inline std::string join(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

/// What a class is as a part of a tree.
enum class Class : uint8_t { tuple, list, dict, registered, model, data, other };
/// `model`: it says so by __koine_tree__; its instances are things, so that one that lies at two places is one.
/// `data`: a dataclass. `other`: no container.
Class class_of(PyTypeObject* type);
/// Whether the structure stands for a thing that can be referred to again.
inline bool is_thing(PyObject* structure) {
  return is_leaf(structure) || (is_container(structure) && class_of(type(structure)) == Class::model);
}
/// Whether a class says that its instances are values, though they may look like more.
bool is_value(PyTypeObject* type);
/// The names of the attributes that are parts of an object: the fields of a dataclass, then its slots and what its
/// __dict__ holds. A new tuple.
PyObject* attribute_names(PyObject* object);
/// What a subclass of a container has besides its elements, a new dict or null: its attributes, and how a defaultdict
/// makes values.
PyObject* extra_attributes(PyObject* tree);
/// The fields of a named tuple, or null. Borrowed.
PyObject* fields_of(PyTypeObject* type);
/// The two functions that a class was registered with, a tuple, or null. Borrowed.
PyObject* registered(PyTypeObject* type);
/// (parts, names or None, value) of an instance of such a class.
PyObject* registered_parts(PyObject* object, PyObject* functions);
/// What the class says, or null. Borrowed.
PyObject* class_attribute(PyTypeObject* type, PyObject* name);
/// An object of a module of Python: a new reference.
PyObject* imported(const char* module, const char* name);
/// The keys of a dict in an order that depends on them alone: a tuple, or where the dict has them otherwise a subclass
/// of it that remembers so in `given`.
PyObject* sorted_keys(PyObject* dict);

}  // namespace structure

/// One level deeper in a tree. Throws ValueError where it never ends, and before the stack does.
class Deeper {
 public:
  Deeper();
  ~Deeper();
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
};

}  // namespace koine::python
