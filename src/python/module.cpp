#include "ir/derivative_names.h"
#include "ir/node.h"
#include "python/casters.h"

#include <koine/detail/functional.h>
#include <koine/key.h>
#include <koine/linalg.h>
#include <koine/ops.h>
#include <koine/runtime.h>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>

/// The module koine._core: ops from the table, arrays, and the transforms on lists of arrays that koine/transforms.py
/// puts trees around.
namespace nb = nanobind;

namespace koine::python {

namespace {

using detail::Flags;
using detail::List;

/// A function of Python on lists of arrays.
struct Function {
  nb::callable f;
  List operator()(const List& in) { return nb::cast<List>(f(in)); }
};

/// Calls a transform that traces functions: their ops remember lines.
template <class F>
auto traced(F f) {
  WithLines lines;
  return f(user_line());
}

std::string text_of(const Array& x) { return to_string(x); }

/// The elements as an object that other libraries take by DLPack.
nb::object exchange(const Array& x, bool read_only) {
  using Code = nb::dlpack::dtype_code;
  auto* data = const_cast<std::byte*>(read(x));
  DType dtype = x.dtype();
  Code code = is_bool(dtype)               ? Code::Bool
              : is_signed_integer(dtype)   ? Code::Int
              : is_unsigned_integer(dtype) ? Code::UInt
              : dtype == bfloat16          ? Code::Bfloat
              : is_complex(dtype)          ? Code::Complex
                                           : Code::Float;
  std::vector<size_t> shape;
  for (Dim n : x.shape()) shape.push_back(static_cast<size_t>(n.value()));
  nb::capsule owner(new Array(x), [](void* held) noexcept { delete static_cast<Array*>(held); });
  nb::dlpack::dtype type{static_cast<uint8_t>(code), static_cast<uint8_t>(bits_of(dtype)), 1};
  if (read_only)
    return nb::cast(nb::ndarray<nb::array_api, nb::ro>(data, shape.size(), shape.data(), owner, nullptr, type));
  return nb::cast(nb::ndarray<nb::array_api>(data, shape.size(), shape.data(), owner, nullptr, type));
}

Array restore(nb::handle dtype, const std::vector<int64_t>& shape, nb::bytes data) {
  Shape sizes{shape};
  DType type = to_dtype(dtype.ptr());
  if ((count(sizes) * Dim(static_cast<int64_t>(size_of(type)))).value() != static_cast<int64_t>(data.size()))
    throw ValueError("[unpickle] the bytes do not fill the shape " + to_string(sizes));
  return from_bytes(type, sizes, data.data(), {});
}

void add_arrays(nb::module_& m) {
  m.def(
      "to_array",
      [](nb::handle object, nb::handle dtype) {
        if (dtype.is_none()) return to_array(object.ptr());
        DType wanted = to_dtype(dtype.ptr());
        return to_array(object.ptr(), &wanted);
      },
      nb::arg("object"), nb::arg("dtype").none() = nb::none());
  m.def("borrow", [](nb::handle object, bool may_copy) { return borrow_array(object.ptr(), may_copy); });
  m.def("exchange", exchange);
  m.def("restore", restore);
  m.def("to_bytes", [](const Array& x) {
    return nb::bytes(reinterpret_cast<const char*>(read(x)), static_cast<size_t>(ir::type_of(x)->bytes));
  });
  m.def("share", [](const Array& x) { return x; });
  m.def("to_dtype", [](nb::handle object) { return nb::borrow(dtype_object(to_dtype(object.ptr()))); });
  m.def("promote", [](nb::handle a, nb::handle b) {
    return nb::borrow(dtype_object(promote(to_dtype(a.ptr()), to_dtype(b.ptr()))));
  });
  m.def("promote_weak", [](nb::handle dtype, nb::handle number) {
    Number value;
    if (!to_number(number.ptr(), value)) throw ValueError("a number of Python is needed");
    return nb::borrow(dtype_object(promote_weak(to_dtype(dtype.ptr()), value.kind())));
  });
  m.def("iota", [](int64_t count, nb::handle dtype) { return arange(0, count, 1, to_dtype(dtype.ptr()), {}); });
  m.def("moveaxis", [](const Array& x, int from, int to) { return moveaxis(Arg(x, {}), from, to); });
  m.def("nonzero", [](const Array& x) { return positions_of(x); });
  m.def("copied", [](const Array& x) { return from_bytes(x.dtype(), x.shape(), read(x), {}); });
  m.def("broadcast_shapes", [](const std::vector<std::vector<int64_t>>& shapes) {
    Shape shape;
    for (const std::vector<int64_t>& one : shapes) shape = broadcast(shape, Shape(one));
    return steal(from_shape(shape));
  });
  m.def("broadcast_arrays", [](const List& arrays) {
    Shape shape;
    for (const Array& x : arrays) shape = broadcast(shape, x.shape());
    List result;
    for (const Array& x : arrays) result.push_back(broadcast_to(Arg(x, {}), {.shape = shape}));
    return result;
  });
  // The bits of bfloat16, for libraries that do not know it.
  m.def("bits16", [](const Array& x) { return from_bytes(uint16, x.shape(), read(x), {}); });
  m.def("from_bits16", [](const Array& x) { return from_bytes(bfloat16, x.shape(), read(x), {}); });
  m.def("evaluate", [](const Array& x) { read(x); });
  m.def("is_abstract", [](const Array& x) { return ir::node_of(x)->abstract; });
  m.def("to_text", text_of);
  m.def("einsum", [](const std::string& subscripts, const std::vector<Array>& operands) {
    return einsum(subscripts, operands, user_line());
  });
  m.def("multi_dot", [](const List& arrays) { return multi_dot(arrays, user_line()); });
  m.def("block_diag", [](const List& arrays) { return block_diag(arrays, user_line()); });
}

detail::Leaves pointers_to(const List& leaves) {
  detail::Leaves pointers;
  for (const Array& leaf : leaves) pointers.push_back(&leaf);
  return pointers;
}

void add_transforms(nb::module_& m) {
  nb::class_<detail::RecordedRef>(m, "Recorded")
      .def("replay", [](const detail::RecordedRef& self,
                        const List& leaves) { return detail::replay(*self, pointers_to(leaves), {}); })
      .def("pull", [](const detail::RecordedRef& self,
                      const List& cotangents) { return detail::pull(*self, cotangents, user_line()); })
      .def("__str__", [](const detail::RecordedRef& self) { return detail::to_string(*self); });
  nb::class_<detail::Tape>(m, "Tape")
      .def("inputs", &detail::Tape::inputs)
      .def("gradients",
           [](const detail::Tape& self, const Array& result) { return self.gradients(result, user_line()); })
      .def("push", [](const detail::Tape& self, const List& results,
                      const List& tangents) { return self.push(results, tangents, user_line()); })
      .def("record", &detail::Tape::record);
  m.def("with_tape", [](const List& leaves, const std::vector<bool>& wanted, const nb::callable& f) {
    // The tape ends with the scope, also when f throws: what f keeps of it is of no more use.
    detail::Tape tape(leaves, Flags(wanted.begin(), wanted.end()));
    return f(nb::cast(tape, nb::rv_policy::reference));
  });
  m.def("vmap",
        [](nb::callable f, const List& leaves, const std::vector<int64_t>& axes, const std::vector<int64_t>& out) {
          Function function{std::move(f)};
          return traced([&](std::source_location where) {
            return detail::vmap(detail::Callable(function), leaves, axes, out, where);
          });
        });
  m.attr("unbatched") = INT64_MIN;
  m.def("trace", [](nb::callable f, const List& leaves, nb::str transform) {
    static PyObject* names = PyDict_New();  // placeholders point at the name as long as they live
    const char* name = PyUnicode_AsUTF8(PyDict_SetDefault(names, transform.ptr(), transform.ptr()));
    Function function{std::move(f)};
    return traced(
        [&](std::source_location where) { return detail::trace(detail::Callable(function), leaves, name, where); });
  });
  m.def("types_key", [](const List& leaves) {
    std::string key;
    detail::add_types(key, pointers_to(leaves));
    return nb::bytes(key.data(), key.size());
  });
  m.def("checkpoint", [](nb::callable f, const List& leaves) {
    Function function{std::move(f)};
    return traced(
        [&](std::source_location where) { return detail::checkpoint(detail::Callable(function), leaves, where); });
  });
  m.def("custom_vjp", [](nb::callable f, nb::callable forward, nb::callable backward, const List& leaves) {
    Function function{std::move(f)}, first{std::move(forward)}, second{std::move(backward)};
    return traced([&](std::source_location where) {
      return detail::custom_vjp(detail::Callable(function), detail::Callable(first), detail::Callable(second), leaves,
                                where);
    });
  });
  m.def("custom_jvp", [](nb::callable f, nb::callable rule, const List& leaves) {
    Function function{std::move(f)}, second{std::move(rule)};
    return traced([&](std::source_location where) {
      return detail::custom_jvp(detail::Callable(function), detail::Callable(second), leaves, where);
    });
  });
  m.def("scan", [](nb::callable body, const List& init, const List& sequences, int64_t length, bool reverse) {
    Function function{std::move(body)};
    return traced([&](std::source_location where) {
      return detail::scan(detail::Callable(function), init, sequences, length, reverse, where);
    });
  });
  m.def("while_loop", [](nb::callable condition, nb::callable body, const List& init, int64_t max_steps) {
    Function test{std::move(condition)}, step{std::move(body)};
    return traced([&](std::source_location where) {
      return detail::while_loop(detail::Callable(test), detail::Callable(step), init, max_steps, where);
    });
  });
  m.def("cond", [](const Array& predicate, nb::callable yes, nb::callable no, const List& operands) {
    Function first{std::move(yes)}, second{std::move(no)};
    return traced([&](std::source_location where) {
      return detail::cond(Arg(predicate, where), detail::Callable(first), detail::Callable(second), operands);
    });
  });
  m.def("split_key", [](const Array& key, int64_t count) {
    std::vector<Key> keys = Key(key, user_line()).split(count, user_line());
    return stack(List(keys.begin(), keys.end()));
  });
  m.def("basis_like", detail::basis_like);
  m.def(
      "flatten",
      [](nb::handle tree, bool numbers) { return steal(guarded([&] { return flatten(tree.ptr(), numbers); })); },
      nb::arg("tree").none(), nb::arg("numbers") = false,
      R"(flatten(tree)

The arrays of a tree in order, and its structure, which `unflatten` takes.

>>> kn.tree.flatten({"a": kn.asarray(1), "b": [kn.asarray(2), "name"]})[0]
[array(1), array(2)]
)");
  m.def(
      "unflatten",
      [](nb::handle structure, nb::handle leaves) {
        return steal(guarded([&] { return unflatten(structure.ptr(), leaves.ptr()); }));
      },
      nb::arg("structure").none(), nb::arg("leaves"),
      R"(unflatten(structure, leaves)

The tree of a structure with these arrays in it. ValueError where they are not as many as it has places.

>>> leaves, structure = kn.tree.flatten({"a": kn.asarray(1), "b": [kn.asarray(2), "name"]})
>>> kn.tree.unflatten(structure, [x * 10 for x in leaves])
{'a': array(10), 'b': [array(20), 'name']}
)");
  m.def("paths_of", [](nb::handle structure) { return paths_of(structure.ptr()); }, nb::arg("structure").none());
  m.def(
      "assign",
      [](nb::handle tree, nb::handle structure, nb::handle leaves) {
        assign(tree.ptr(), structure.ptr(), leaves.ptr());
      },
      nb::arg("tree").none(), nb::arg("structure").none(), nb::arg("leaves"));
  m.def(
      "trained", [](nb::handle structure, const List& leaves) { return trained(structure.ptr(), leaves); },
      nb::arg("structure").none(), nb::arg("leaves"));
}

/// Name, operands, results and attributes of every op for users, with their text: what stubs and pages are made of.
nb::dict op_facts() {
  nb::dict facts;
  for (const ir::OpSpec* op : ir::op_table()) {
    if (op->internal) continue;
    nb::dict row;
    nb::list operands, results, attributes;
    for (const char* name : op->args) operands.append(name);
    for (const char* name : op->outputs)
      if (name[0] != '_') results.append(name);
    std::shared_ptr<void> defaults = op->attrs.make ? op->attrs.make() : nullptr;
    constexpr const char* types[] = {"bool",     "int",      "float",       "str",    "DType",
                                     "Integers", "Integers", "AnyIntegers", "Number", "Graphs"};
    for (const ir::AttrField& field : op->attrs.fields) {
      ir::AttrValue value = field.get(defaults.get());
      const std::string type = std::string(types[value.index()]) + (field.takes_words ? " | str" : "");
      attributes.append(nb::make_tuple(field.name, type, steal(from_attr(value)), field.doc));
    }
    row["family"] = ir::name(op->family);
    row["doc"] = op->doc;
    row["shapes"] = op->shapes;
    row["example"] = op->example;
    row["operands"] = operands;
    row["results"] = results;
    row["attributes"] = attributes;
    row["not_differentiable"] = op->not_differentiable;
    facts[op->name] = row;
  }
  return facts;
}

}  // namespace

NB_MODULE(_core, m) {
  // What the user's modules still hold when the interpreter ends is no news to the user.
  nb::set_leak_warnings(false);
  nb::register_exception_translator([](const std::exception_ptr& error, void*) {
    try {
      std::rethrow_exception(error);
    } catch (const Error&) {
      set_error();
    } catch (const PythonError&) {
      set_error();
    }
  });
  take_warnings();
  array_type = make_array_type();
  if (!array_type || PyModule_AddObjectRef(m.ptr(), "Array", reinterpret_cast<PyObject*>(array_type)) < 0 ||
      !add_dtypes(m.ptr()) || !add_op_type(m.ptr()))
    throw nb::python_error();
  nb::dict ops;
  for (const ir::OpSpec* op : ir::op_table())
    if (!op->internal) ops[op->name] = steal(make_op(*op));
  m.attr("ops") = ops;
  m.def("op_facts", op_facts);
  m.def("set_package_folder", [](const std::string& folder) { set_package_folder(folder.c_str()); });
  m.def("want_lines", [](bool wanted) { lines_wanted += wanted ? 1 : -1; });
  m.def("check_nan", [](bool wanted) {
    nan_checked = wanted;
    ir::derivative_names = wanted;
  });
  m.def("nan_checked", [] { return nan_checked; });
  m.def("stats", [] {
    runtime::Stats stats = runtime::stats();
    nb::dict result;
    result["cache_hits"] = stats.cache_hits;
    result["programs_made"] = stats.programs_made;
    result["programs_held"] = stats.programs_held;
    result["live_bytes"] = stats.live_bytes;
    result["peak_bytes"] = stats.peak_bytes;
    return result;
  });
  m.def("limit_memory", runtime::limit_memory);
  add_arrays(m);
  add_transforms(m);
  add_layers(m);
  add_losses(m);
  add_metrics(m);
  add_optimizers(m);
  add_files(m);
  add_callbacks(m);
}

}  // namespace koine::python
