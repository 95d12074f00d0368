#include "ir/derivative_names.h"
#include "ir/node.h"
#include "python/casters.h"

#include <koine/linalg.h>
#include <koine/ops.h>
#include <koine/runtime.h>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>

/// The module koine._core: ops from the table, and arrays.
namespace nb = nanobind;

namespace koine::python {

namespace {

using List = std::vector<Array>;

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
  add_trees(m);
  add_transforms(m);
  add_watch(m);
  add_public_functions(m);
  add_layers(m);
  add_losses(m);
  add_metrics(m);
  add_optimizers(m);
  add_files(m);
  add_callbacks(m);
}

}  // namespace koine::python
