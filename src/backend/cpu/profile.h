#pragma once
#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>
#include <vector>

/// Where a program's time goes. KOINE_PROFILE=1 prints tables when the process ends (by kernel and user's line, by
/// module, by op), KOINE_PROFILE=file.json writes a trace for chrome://tracing; where that fails the process ends with
/// status 1. Off, it costs the look at one flag for each step.
namespace koine::backend::cpu {

extern const bool profiling;

struct ProfiledStep {
  std::vector<const char*> ops;  // that it stands for; none for a copy
  std::source_location where;
  int64_t bytes;  // read and written
  int64_t flops;
};

/// What a line belongs to: the class whose call operator, or else the function, it stands in; the layer of a config.
/// Empty where nothing is known, as of Python.
std::string module_of(const std::source_location& where);

/// Notes that a step ran on this thread since `start`.
void note_step(const ProfiledStep& step, std::chrono::steady_clock::time_point start);

}  // namespace koine::backend::cpu
