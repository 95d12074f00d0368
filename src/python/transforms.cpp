#include "ir/node.h"
#include "python/casters.h"

#include <koine/detail/functional.h>
#include <koine/key.h>
#include <koine/ops.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

/// The transforms on lists of arrays, which the modules of Python put trees around.
namespace koine::python {

namespace nb = nanobind;

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

detail::Leaves pointers_to(const List& leaves) {
  detail::Leaves pointers;
  for (const Array& leaf : leaves) pointers.push_back(&leaf);
  return pointers;
}

}  // namespace

void add_transforms(nb::module_& m) {
  nb::class_<detail::RecordedRef>(m, "Recorded")
      .def("replay", [](const detail::RecordedRef& self,
                        const List& leaves) { return detail::replay(*self, pointers_to(leaves), {}); })
      .def("outside", [](const detail::RecordedRef& self) { return detail::outside_of(*self); })
      .def("replay_with", [](const detail::RecordedRef& self, const List& leaves,
                             const List& outside) { return detail::replay_with(*self, leaves, outside, user_line()); })
      .def("pull", [](const detail::RecordedRef& self,
                      const List& cotangents) { return detail::pull(*self, cotangents, user_line()); })
      .def("push", [](const detail::RecordedRef& self,
                      const List& tangents) { return detail::push(*self, tangents, user_line()); })
      .def("values", [](const detail::RecordedRef& self) { return detail::values_of(*self); })
      .def("with_values",
           [](const detail::RecordedRef& self, const List& values) { return detail::with_values(*self, values); })
      .def("is_like", [](const detail::RecordedRef& self,
                         const detail::RecordedRef& other) { return detail::is_like(*self, *other); })
      .def("holds", [](const detail::RecordedRef& self, const Array& x) { return detail::reaches(*self, x); })
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
  // Where the results' batches go is known when f has been called: `out` is filled by then.
  m.def("vmap", [](nb::callable f, const List& leaves, const std::vector<int64_t>& axes, const nb::list& out) {
    Function function{std::move(f)};
    std::vector<int64_t> places{0};
    auto called = [&](const List& in) {
      List results = function(in);
      places = nb::cast<std::vector<int64_t>>(out);
      places.push_back(0);
      return results;
    };
    return traced([&](std::source_location where) {
      return detail::vmap(detail::Callable(called), leaves, axes, places, where);
    });
  });
  m.attr("unbatched") = detail::unbatched;
  m.def("jacobian",
        [](nb::callable f, const List& leaves, const std::vector<bool>& wanted, bool forward, bool holomorphic) {
          Function function{std::move(f)};
          return detail::jacobian(detail::Callable(function), leaves, Flags(wanted.begin(), wanted.end()), forward,
                                  holomorphic, user_line());
        });
  m.def("eval_shape", [](nb::callable f, const List& leaves) {
    Function function{std::move(f)};
    return traced(
        [&](std::source_location where) { return detail::eval_shape(detail::Callable(function), leaves, where); });
  });
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
  m.def("switch_case", [](const Array& index, const std::vector<nb::callable>& branches, const List& operands) {
    std::vector<Function> functions;
    for (const nb::callable& branch : branches) functions.push_back({branch});
    std::vector<detail::Callable> list;
    for (Function& function : functions) list.emplace_back(function);
    return traced([&](std::source_location where) { return detail::choose(Arg(index, where), list, operands); });
  });
  m.def("fori_loop", [](const Array& start, const Array& stop, nb::callable body, const List& init) {
    Function function{std::move(body)};
    return traced([&](std::source_location where) {
      return detail::fori_loop(Arg(start, where), Arg(stop, where), detail::Callable(function), init, where);
    });
  });
  m.def("associative_scan", [](nb::callable combine, const List& leaves, bool reverse, int axis) {
    Function function{std::move(combine)};
    return detail::associative_scan(detail::Callable(function), leaves, reverse, axis, user_line());
  });
  m.def("reads_of_followed", reads_of_followed);
  m.def("is_number", [](nb::handle x) { return is_array(x.ptr()) && is_number(x.ptr()); });
  m.def("split_key", [](const Array& key, int64_t count) {
    std::vector<Key> keys = Key(key, user_line()).split(count, user_line());
    return stack(List(keys.begin(), keys.end()));
  });
  // Whether a transform follows one of these: a derivative that is running, or a trace.
  m.def("followed", [](const List& leaves) {
    return std::any_of(leaves.begin(), leaves.end(), [](const Array& x) {
      return x.defined() && (x.traced() || (ir::tape_active() && ir::node_of(x)->taped));
    });
  });
}

}  // namespace koine::python
