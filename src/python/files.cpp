#include "python/casters.h"
#include "python/named.h"

#include "train/event_file.h"

#include <koine/io.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

/// Safetensors files for koine/files.py, event files for koine/train.py.
namespace koine::python {

namespace nb = nanobind;

void add_files(nb::module_& m) {
  m.def("save_safetensors", [](const std::string& path, const std::vector<std::string>& paths,
                               const std::vector<Array>& arrays, const io::Metadata& metadata) {
    Named tree(paths, arrays);
    nb::gil_scoped_release others;
    io::save(path, tree, metadata);
  });
  m.def("load_safetensors",
        [](const std::string& path, const std::vector<std::string>& paths, const std::vector<Array>& like) {
          Named tree(paths, like);
          {
            nb::gil_scoped_release others;
            io::load_into(path, tree);
          }
          return tree.arrays();
        });
  m.def("load_all_safetensors", [](const std::string& path) {
    nb::gil_scoped_release others;
    return io::load_all(path);
  });
  nb::class_<train::EventFile>(m, "EventFile")
      .def(nb::init<const std::string&>())
      .def("scalar", [](train::EventFile& self, const std::string& tag, double value, int64_t step) {
        self.scalar(tag, value, step);
      });
  m.def("metadata", [](const std::string& path) { return io::metadata(path); });
}

}  // namespace koine::python
