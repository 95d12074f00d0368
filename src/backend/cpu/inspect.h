#pragma once
#include <string_view>

namespace koine::backend::cpu {

/// KOINE_INSPECT=1 prints every program's text at each stage to standard error, or to the file that it names instead:
/// the graph, the graph cleaned, the schedule with its kernels, where values live, the tape of what runs, and the code
/// that is emitted for kernels.
bool inspecting();
/// Throws IoError.
void show_stage(std::string_view stage, std::string_view text);

}  // namespace koine::backend::cpu
