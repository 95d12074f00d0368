#include "backend/cpu/inspect.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace koine::backend::cpu {

bool inspecting() {
  static const bool wanted = [] {
    const char* value = std::getenv("KOINE_INSPECT");
    return value && *value && std::strcmp(value, "0") != 0;
  }();
  return wanted;
}

void show_stage(std::string_view stage, std::string_view text) {
  std::fprintf(stderr, "== %.*s\n%.*s\n", static_cast<int>(stage.size()), stage.data(), static_cast<int>(text.size()),
               text.data());
}

}  // namespace koine::backend::cpu
