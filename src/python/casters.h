// Arrays of Koine in functions that nanobind binds.
#pragma once

#include "python/python.h"

#include <nanobind/nanobind.h>

namespace nanobind::detail {

/// Arrays go through without nanobind's own objects; None is an empty one.
template <>
struct type_caster<koine::Array> {
  NB_TYPE_CASTER(koine::Array, const_name("koine.Array"))
  bool from_python(handle source, uint8_t, cleanup_list*) {
    if (koine::python::is_array(source.ptr()))
      value = koine::python::plain(source.ptr());
    else
      return source.is_none();
    return true;
  }
  static handle from_cpp(const koine::Array& array, rv_policy, cleanup_list*) noexcept {
    return koine::python::guarded([&] { return koine::python::wrap(array); });
  }
};

}  // namespace nanobind::detail

namespace koine::python {

/// Takes over a new reference; the Python error for null.
inline nanobind::object steal(PyObject* object) {
  if (!object) throw nanobind::python_error();
  return nanobind::steal(object);
}

/// What other files add to the module.
void add_trees(nanobind::module_& m);
void add_transforms(nanobind::module_& m);
void add_watch(nanobind::module_& m);
void add_public_functions(nanobind::module_& m);
void add_layers(nanobind::module_& m);
void add_losses(nanobind::module_& m);
void add_metrics(nanobind::module_& m);
void add_optimizers(nanobind::module_& m);
void add_files(nanobind::module_& m);
void add_callbacks(nanobind::module_& m);

}  // namespace koine::python
