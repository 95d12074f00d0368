#include "base/location.h"
#include "python/python.h"

#include <cstring>
#include <string>

/// Lines of Python as source locations.
namespace koine::python {

int lines_wanted = 0;

namespace {

std::string& package_folder() {
  static std::string& folder = *new std::string;
  return folder;
}

}  // namespace

void set_package_folder(const char* folder) { package_folder() = folder; }

std::source_location user_line() {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  std::source_location found;
  PyFrameObject* frame = PyThreadState_GetFrame(PyThreadState_Get());
  while (frame) {
    PyCodeObject* code = PyFrame_GetCode(frame);
    const char* file = PyUnicode_AsUTF8(code->co_filename);
    bool own = !file || (!package_folder().empty() &&
                         std::strncmp(file, package_folder().c_str(), package_folder().size()) == 0);
    if (!own) found = location_of(file, PyFrame_GetLineNumber(frame));
    Py_DECREF(code);
    PyFrameObject* back = own ? PyFrame_GetBack(frame) : nullptr;
    Py_DECREF(frame);
    frame = back;
  }
  PyErr_Restore(type, value, trace);
  return found;
}

}  // namespace koine::python
