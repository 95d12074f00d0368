#include "python/casters.h"
#include "python/trees.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

/// What koine/tree.py and the transforms are made with. Structures come from here alone, so they are taken as they are.
namespace koine::python {

namespace nb = nanobind;

void add_trees(nb::module_& m) {
  m.def(
      "flatten",
      [](nb::handle tree, int numbers, int sharing, nb::handle is_leaf) {
        const Flatten how{static_cast<Numbers>(numbers), static_cast<Sharing>(sharing),
                          is_leaf.is_none() ? nullptr : is_leaf.ptr()};
        return steal(guarded([&] { return flatten(tree.ptr(), how); }));
      },
      nb::arg("tree").none(), nb::arg("numbers") = 0, nb::arg("sharing") = 0, nb::arg("is_leaf").none() = nb::none());
  m.def(
      "unflatten",
      [](nb::handle structure, nb::handle leaves, bool is_derivative) {
        return steal(guarded([&] { return unflatten(structure.ptr(), leaves.ptr(), is_derivative); }));
      },
      nb::arg("structure").none(), nb::arg("leaves"), nb::arg("is_derivative") = false);
  m.def(
      "leaves_like",
      [](nb::handle structure, nb::handle tree, const std::string& what, int match) {
        return steal(
            guarded([&] { return leaves_like(structure.ptr(), tree.ptr(), what, static_cast<Match>(match)); }));
      },
      nb::arg("structure").none(), nb::arg("tree").none(), nb::arg("what"), nb::arg("match"));
  m.def("paths_of", [](nb::handle structure) { return paths_of(structure.ptr()); }, nb::arg("structure").none());
  m.def(
      "assign",
      [](nb::handle tree, nb::handle structure, nb::handle leaves) {
        assign(tree.ptr(), structure.ptr(), leaves.ptr());
      },
      nb::arg("tree").none(), nb::arg("structure").none(), nb::arg("leaves"));
  m.def(
      "trained",
      [](nb::handle structure, const std::vector<Array>& leaves) { return trained(structure.ptr(), leaves); },
      nb::arg("structure").none(), nb::arg("leaves"));
  m.def("leaf_count", [](nb::handle structure) { return leaf_count(structure.ptr()); }, nb::arg("structure").none());
  m.def(
      "fixed_values",
      [](nb::handle structure) { return steal(guarded([&] { return fixed_values(structure.ptr()); })); },
      nb::arg("structure").none());
  m.def("register_class", [](nb::handle type, nb::handle flatten, nb::handle unflatten) {
    register_class(type.ptr(), flatten.ptr(), unflatten.ptr());
  });
  m.def("is_registered",
        [](nb::handle type) { return structure::registered(reinterpret_cast<PyTypeObject*>(type.ptr())) != nullptr; });
}

}  // namespace koine::python
