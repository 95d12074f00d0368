#include "backend/cpu/inspect.h"

#include "base/format.h"
#include "base/output_file.h"

#include <koine/error.h>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace koine::backend::cpu {

namespace {

/// "1" for standard error, else the file; empty when nobody wants to see anything.
const std::string& wanted() {
  static const std::string value = [] {
    const char* text = std::getenv("KOINE_INSPECT");
    return std::string(text && std::strcmp(text, "0") != 0 ? text : "");
  }();
  return value;
}

}  // namespace

bool inspecting() { return !wanted().empty(); }

void show_stage(std::string_view stage, std::string_view text) {
  const std::string shown = cat("== ", stage, "\n", text, "\n");
  if (wanted() != "1") {
    // Never destroyed: programs may be made while the process ends.
    static auto* const file = new OutputFile(wanted(), OutputFile::Mode::append);
    file->write(shown);
  } else if (!write_all(STDERR_FILENO, std::as_bytes(std::span(shown)))) {
    throw IoError(cat("cannot write to standard error, as KOINE_INSPECT=1 asks: ", std::strerror(errno)));
  }
}

}  // namespace koine::backend::cpu
