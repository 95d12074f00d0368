#include "backend/cpu/inspect.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace koine::backend::cpu {

namespace {

/// Null when nobody wants to see anything.
std::FILE* shown_in() {
  static std::FILE* const file = []() -> std::FILE* {
    const char* value = std::getenv("KOINE_INSPECT");
    const std::string_view wanted = value ? value : "";
    if (wanted.empty() || wanted == "0") return nullptr;
    std::FILE* opened = wanted == "1" ? stderr : std::fopen(value, "a");
    return opened ? opened : stderr;
  }();
  return file;
}

}  // namespace

bool inspecting() { return shown_in() != nullptr; }

void show_stage(std::string_view stage, std::string_view text) {
  std::fprintf(shown_in(), "== %.*s\n%.*s\n", static_cast<int>(stage.size()), stage.data(),
               static_cast<int>(text.size()), text.data());
  std::fflush(shown_in());
}

}  // namespace koine::backend::cpu
