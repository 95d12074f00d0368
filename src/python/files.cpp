#include "python/casters.h"
#include "python/named.h"

#include "base/output_file.h"
#include "base/printable.h"
#include "train/event_file.h"

#include <koine/io.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

/// Files of arrays for koine/files.py, event files for koine/train.py. Paths are bytes, as the system has them: not all
/// are text.
namespace koine::python {

namespace nb = nanobind;

namespace {

std::string text_of(const nb::bytes& bytes) { return {bytes.c_str(), bytes.size()}; }

}  // namespace

void add_files(nb::module_& m) {
  m.def("save", [](const nb::bytes& path, const std::vector<std::string>& paths, const std::vector<Array>& arrays,
                   const io::Metadata& metadata) {
    Named tree(paths, arrays);
    const std::string file = text_of(path);
    nb::gil_scoped_release others;
    io::save(file, tree, metadata);
  });
  m.def("load_like", [](const nb::bytes& path, const std::vector<std::string>& paths, const std::vector<Array>& like) {
    Named tree(paths, like);
    const std::string file = text_of(path);
    {
      nb::gil_scoped_release others;
      io::load_into(file, tree);
    }
    return tree.arrays();
  });
  m.def("load_all", [](const nb::bytes& path) {
    const std::string file = text_of(path);
    nb::gil_scoped_release others;
    return io::load_all(file);
  });
  m.def("write_file", [](const nb::bytes& path, const nb::bytes& content, bool append) {
    write_output(text_of(path), text_of(content), append ? OutputFile::Mode::append : OutputFile::Mode::replace);
  });
  nb::class_<train::EventFile>(m, "EventFile")
      .def("__init__",
           [](train::EventFile* self, const nb::bytes& folder) { new (self) train::EventFile(text_of(folder)); })
      .def("scalar", [](train::EventFile& self, const std::string& tag, double value, int64_t step) {
        self.scalar(tag, value, step);
      });
  m.def("printable", [](std::string_view text) { return printable(text); });
  m.def("printable_name", [](std::string_view name) { return printable_name(name); });
  m.def("metadata", [](const nb::bytes& path) { return io::metadata(text_of(path)); });
}

}  // namespace koine::python
