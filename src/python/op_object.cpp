#include "base/few.h"
#include "base/format.h"
#include "ops/family/op.h"
#include "python/python.h"

#include <koine/ops.h>
#include <structmember.h>

#include <algorithm>
#include <cstring>
#include <string>

/// An op of the table as a Python callable. One class serves all: names, defaults and text come from the row.
namespace koine::python {

namespace {

struct Parameter {
  PyObject* name;      // interned
  bool optional;       // an operand that may be left out
  ir::AttrValue like;  // an attribute's default
};

struct OpObject {
  PyObject ob_base;
  vectorcallfunc call;
  const ir::OpSpec* op;
  std::vector<Parameter>* operands;
  std::vector<Parameter>* attributes;
  const std::shared_ptr<void>* defaults;
  std::vector<size_t>* shown;  // outputs that users get
  bool fails, variadic;
};
PyTypeObject* type = nullptr;
OpObject& op_of(PyObject* self) { return *reinterpret_cast<OpObject*>(self); }

[[noreturn]] void type_error(const OpObject& self, const std::string& text) {
  PyErr_SetString(PyExc_TypeError, cat(self.op->name, "() ", text).c_str());
  throw PythonError();
}

/// An operand of a call, with the array that it was converted to.
class Operands {
 public:
  Operands(const OpObject& self, std::source_location where) : self_(self), where_(where) {}

  void set(size_t i, PyObject* object) {
    while (count_ <= i) add(Array());
    if (is_array(object)) {
      arg(i) = Arg(array_of(object), where_);
      if (is_number(object)) numbers_.push_back(i);
    } else if (Number number; to_number(object, number)) {
      arg(i) = Arg(number, where_);
    } else if (object == Py_None && i < self_.operands->size() && (*self_.operands)[i].optional) {
      return;
    } else if (is_array_like(object)) {
      made(i) = to_array(object);
      arg(i) = Arg(made(i), where_);
    } else {
      type_error(self_,
                 cat("takes arrays and numbers, not '", Py_TYPE(object)->tp_name, "'",
                     PyList_Check(object) || PyTuple_Check(object) ? "; koine.asarray makes an array of it" : ""));
    }
    given_ |= uint64_t{1} << std::min<size_t>(i, 63);
  }
  /// Numbers of a trace take the dtypes that numbers of Python would have at their places.
  void settle_numbers() {
    if (numbers_.empty()) return;
    std::vector<ir::OperandDType> dtypes;
    for (const Arg& given : list())
      dtypes.push_back(given.is_array() ? ir::OperandDType{given.array().defined() ? given.array().dtype() : bool_}
                                        : ir::OperandDType{bool_, true, given.number().kind()});
    for (size_t i : numbers_) dtypes[i] = {bool_, true, kind_of(arg(i).array().dtype()), true};
    try {
      self_.op->operand_dtypes(*self_.op, dtypes);
    } catch (const Error&) {  // said by the call itself, with the operands
      for (size_t i : numbers_) dtypes[i].dtype = default_of(arg(i).array().dtype());
    }
    for (size_t i : numbers_) {
      if (arg(i).array().dtype() == dtypes[i].dtype) continue;
      made(i) = cast(arg(i), {.dtype = dtypes[i].dtype});
      arg(i) = Arg(made(i), where_);
    }
  }
  bool has(size_t i) const { return (given_ >> std::min<size_t>(i, 63)) & 1; }
  /// Optional operands at the end may be missing.
  std::span<const Arg> list() {
    size_t count = count_;
    while (count > 0 && !self_.variadic && !has(count - 1)) --count;
    return {few_ ? near_ : far_.data(), count};
  }
  void reserve(size_t count) {
    few_ = count <= most_near;
    if (few_) return;
    far_.reserve(count);
    far_made_.resize(count);
  }

 private:
  static constexpr size_t most_near = 3;
  Arg& arg(size_t i) { return few_ ? near_[i] : far_[i]; }
  Array& made(size_t i) { return few_ ? near_made_[i] : far_made_[i]; }
  void add(const Array&) {
    size_t i = count_++;
    if (few_)
      near_[i] = Arg(near_made_[i], where_);
    else
      far_.push_back(Arg(far_made_[i], where_));
  }

  const OpObject& self_;
  std::source_location where_;
  bool few_ = true;
  size_t count_ = 0;
  uint64_t given_ = 0;
  Arg near_[most_near] = {Arg(0, {}), Arg(0, {}), Arg(0, {})};
  Array near_made_[most_near];
  std::vector<size_t> numbers_;
  std::vector<Arg> far_;
  std::vector<Array> far_made_;
};

/// The attributes of a call: the defaults until one is set.
class Attributes {
 public:
  explicit Attributes(const OpObject& self)
      : self_(self), own_(self.attributes->empty() ? nullptr : self.op->attrs.copy(self.defaults->get())) {}
  void set(size_t i, PyObject* object) {
    const ir::AttrField& field = self_.op->attrs.fields[i];
    try {
      const bool word = field.takes_words && PyUnicode_Check(object);
      field.set(own_.get(), to_attr(object, word ? ir::AttrValue(std::string()) : (*self_.attributes)[i].like));
    } catch (const PythonError&) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw;
      PyErr_Clear();
      type_error(self_, cat("takes for ", field.name, ", ", field.doc, ", no '", Py_TYPE(object)->tp_name, "'"));
    }
  }
  /// Several integers in a row for a shape, as in x.reshape(2, 3).
  bool takes_list(size_t i) const {
    const ir::AttrValue& like = (*self_.attributes)[i].like;
    return std::holds_alternative<Shape>(like) || std::holds_alternative<Ints>(like);
  }
  void* get() { return own_.get(); }

 private:
  const OpObject& self_;
  std::shared_ptr<void> own_;
};

size_t place_of(const std::vector<Parameter>& list, PyObject* name) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i].name == name) return i;
  for (size_t i = 0; i < list.size(); ++i)
    if (PyUnicode_Compare(list[i].name, name) == 0) return i;
  return list.size();
}

[[noreturn]] void unknown_keyword(const OpObject& self, PyObject* name) {
  std::vector<std::string_view> known;
  for (const auto* list : {self.operands, self.attributes})
    for (const Parameter& parameter : *list) known.push_back(PyUnicode_AsUTF8(parameter.name));
  std::string given = PyUnicode_AsUTF8(name);
  type_error(self, cat("has no parameter '", given, "'", did_you_mean(given, known)));
}

void set_attributes(const OpObject& self, Attributes& attributes, PyObject* const* args, Py_ssize_t count) {
  bool row = count > 1 && self.attributes->size() == 1 && attributes.takes_list(0);
  if (row) {
    Owned list(PyTuple_New(count));
    for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(list.get(), i, Py_NewRef(args[i]));
    return attributes.set(0, list.get());
  }
  if (count > static_cast<Py_ssize_t>(self.attributes->size()))
    type_error(self, cat("takes at most ", self.operands->size() + self.attributes->size(), " arguments"));
  for (Py_ssize_t i = 0; i < count; ++i) attributes.set(static_cast<size_t>(i), args[i]);
}

/// A list or tuple of arrays for a variadic op.
void set_list(const OpObject& self, Operands& operands, PyObject* object) {
  if (!PyList_Check(object) && !PyTuple_Check(object))
    type_error(self, cat("takes a list or tuple of arrays, not '", Py_TYPE(object)->tp_name, "'"));
  auto count = static_cast<size_t>(PySequence_Fast_GET_SIZE(object));
  operands.reserve(count);
  for (size_t i = 0; i < count; ++i) operands.set(i, PySequence_Fast_GET_ITEM(object, static_cast<Py_ssize_t>(i)));
}

PyObject* results(const OpObject& self, std::vector<Array> out) {
  if (self.shown->size() == 1) return wrap(std::move(out[(*self.shown)[0]]));
  Owned tuple(PyTuple_New(static_cast<Py_ssize_t>(self.shown->size())));
  for (size_t k = 0; k < self.shown->size(); ++k)
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(k), wrap(std::move(out[(*self.shown)[k]])));
  return tuple.release();
}

PyObject* call(PyObject* callable, PyObject* const* args, size_t flags, PyObject* keywords) noexcept {
  return guarded([&]() -> PyObject* {
    const OpObject& self = op_of(callable);
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    auto operand_count = static_cast<Py_ssize_t>(self.operands->size());
    std::source_location where;
    if (self.fails || lines_wanted) where = user_line();
    Operands operands(self, where);
    operands.reserve(self.operands->size());
    Attributes attributes(self);
    if (self.variadic) {
      if (count > 0) set_list(self, operands, args[0]);
    } else {
      for (Py_ssize_t i = 0; i < count && i < operand_count; ++i) operands.set(static_cast<size_t>(i), args[i]);
    }
    if (count > operand_count) set_attributes(self, attributes, args + operand_count, count - operand_count);
    Py_ssize_t keyword_count = keywords ? PyTuple_GET_SIZE(keywords) : 0;
    for (Py_ssize_t k = 0; k < keyword_count; ++k) {
      PyObject *name = PyTuple_GET_ITEM(keywords, k), *value = args[count + k];
      if (size_t i = place_of(*self.attributes, name); i < self.attributes->size()) {
        attributes.set(i, value);
      } else if (size_t o = place_of(*self.operands, name); o < self.operands->size()) {
        if (static_cast<Py_ssize_t>(o) < count)
          type_error(self, cat("got the argument '", PyUnicode_AsUTF8(name), "' twice"));
        self.variadic ? set_list(self, operands, value) : operands.set(o, value);
      } else {
        unknown_keyword(self, name);
      }
    }
    for (size_t i = 0; i < self.operands->size() && !self.variadic; ++i)
      if (!operands.has(i) && (!(*self.operands)[i].optional || i < operands.list().size()))
        type_error(self, cat("needs the argument '", PyUnicode_AsUTF8((*self.operands)[i].name), "'"));
    operands.settle_numbers();
    std::span<const Arg> given = operands.list();
    if (self.op->outputs.size() != 1) return results(self, ops::invoke(*self.op, given, attributes.get()));
    Few<const Arg*, 3> pointers(given.size());
    for (size_t i = 0; i < given.size(); ++i) pointers[i] = &given[i];
    return wrap(ops::invoke_one(*self.op, pointers.all(), attributes.get()));
  });
}

std::string literal(const ir::AttrValue& value) {
  // By name: in a signature inspect allows nothing but literals.
  if (const DType* dtype = std::get_if<DType>(&value)) return "'" + std::string(name(*dtype)) + "'";
  Owned object(from_attr(value));
  Owned text(PyObject_Repr(object.get()));
  return PyUnicode_AsUTF8(text.get());
}

std::string signature(const OpObject& self) {
  std::string text = "(";
  auto add = [&](const std::string& part) { text += cat(text.size() > 1 ? ", " : "", part); };
  for (const Parameter& operand : *self.operands)
    add(cat(PyUnicode_AsUTF8(operand.name), operand.optional ? "=None" : ""));
  for (const Parameter& attribute : *self.attributes)
    add(cat(PyUnicode_AsUTF8(attribute.name), "=", literal(attribute.like)));
  return text + ")";
}

PyObject* get_doc(PyObject* self, void*) {
  return guarded([&] {
    const OpObject& object = op_of(self);
    std::string text = cat(object.op->name, signature(object), "\n\n", object.op->doc, "\n");
    for (const ir::AttrField& field : object.op->attrs.fields) text += cat("\n    ", field.name, ": ", field.doc);
    if (object.op->shapes) text += cat("\n\n", object.op->shapes);
    if (object.op->not_differentiable) text += cat("\n\nIt has no derivative: ", object.op->not_differentiable, ".");
    if (object.op->example) text += cat("\n\n", object.op->example, "\n");
    return PyUnicode_FromString(text.c_str());
  });
}
PyObject* get_name(PyObject* self, void*) { return PyUnicode_FromString(op_of(self).op->name); }
PyObject* get_module(PyObject*, void*) { return PyUnicode_FromString("koine"); }
// For inspect, and so for help() and editors.
PyObject* get_signature(PyObject* self, void*) {
  return guarded([&] { return PyUnicode_FromString(signature(op_of(self)).c_str()); });
}
PyObject* represent(PyObject* self) { return PyUnicode_FromFormat("<op koine.%s>", op_of(self).op->name); }
PyObject* reduce(PyObject* self, PyObject*) { return get_name(self, nullptr); }
// As an attribute of koine.Array an op is a method.
PyObject* bind(PyObject* self, PyObject* object, PyObject*) {
  return object && object != Py_None ? PyMethod_New(self, object) : Py_NewRef(self);
}

PyMemberDef call_place[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(OpObject, call), READONLY, nullptr}, {}};
PyGetSetDef members[] = {{"__doc__", get_doc, nullptr, nullptr, nullptr},
                         {"__name__", get_name, nullptr, nullptr, nullptr},
                         {"__qualname__", get_name, nullptr, nullptr, nullptr},
                         {"__module__", get_module, nullptr, nullptr, nullptr},
                         {"__text_signature__", get_signature, nullptr, nullptr, nullptr},
                         {}};
PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, nullptr}, {}};
PyType_Slot slots[] = {{Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                       {Py_tp_repr, reinterpret_cast<void*>(represent)},
                       {Py_tp_descr_get, reinterpret_cast<void*>(bind)},
                       {Py_tp_members, call_place},
                       {Py_tp_getset, members},
                       {Py_tp_methods, methods},
                       {}};
PyType_Spec spec = {
    "koine.Op", sizeof(OpObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    slots};

}  // namespace

bool add_op_type(PyObject* module) {
  type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return type && PyModule_AddObjectRef(module, "Op", reinterpret_cast<PyObject*>(type)) == 0;
}

// Ops live as long as the process.
PyObject* make_op(const ir::OpSpec& op) {
  PyObject* self = type->tp_alloc(type, 0);
  if (!self) return nullptr;
  OpObject& object = op_of(self);
  object.call = call;
  object.op = &op;
  object.operands = new std::vector<Parameter>;
  object.attributes = new std::vector<Parameter>;
  object.defaults = new std::shared_ptr<void>(op.attrs.make ? op.attrs.make() : nullptr);
  object.shown = new std::vector<size_t>;
  object.fails = op.can_fail;
  object.variadic = op.is_variadic();
  for (const char* name : op.args) {
    std::string text = name;
    bool optional = text.ends_with('?');
    while (!text.empty() && (text.back() == '?' || text.back() == '.')) text.pop_back();
    object.operands->push_back({PyUnicode_InternFromString(text.c_str()), optional, {}});
  }
  for (const ir::AttrField& field : op.attrs.fields)
    object.attributes->push_back({PyUnicode_InternFromString(field.name), false, field.get(object.defaults->get())});
  for (size_t k = 0; k < op.outputs.size(); ++k)
    if (op.outputs[k][0] != '_') object.shown->push_back(k);
  return self;
}

}  // namespace koine::python
