#include "python/python.h"

#include <bit>
#include <cstring>
#include <map>
#include <string>

/// Lines of Python as source locations.
namespace koine::python {

int lines_wanted = 0;

namespace {

std::string& package_folder() {
  static std::string& folder = *new std::string;
  return folder;
}

// What a std::source_location points at, in libstdc++ and libc++ alike: the language has no way to make one of a line
// that no compiler saw.
struct Place {
  const char* file;
  const char* function;
  unsigned line;
  unsigned column;
};
static_assert(sizeof(std::source_location) == sizeof(const Place*));

// Places live as long as the process, as nodes point at them.
std::source_location location_of(const char* file, int line) {
  static auto& places = *new std::map<std::pair<std::string, int>, Place>;
  auto [at, added] = places.try_emplace({file, line});
  if (added) at->second = {at->first.first.c_str(), "", static_cast<unsigned>(line), 0};
  const Place* place = &at->second;
  return std::bit_cast<std::source_location>(place);
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
