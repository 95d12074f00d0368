#pragma once
#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>

/// Where a program's time goes. KOINE_PROFILE=1 prints a table when the process ends, KOINE_PROFILE=file.json writes a
/// trace for chrome://tracing. Off, it costs the look at one flag for each step.
namespace koine::backend::cpu {

extern const bool profiling;

struct ProfiledStep {
  std::string what;  // the ops that it stands for
  std::source_location where;
  int64_t bytes;  // read and written
  int64_t flops;
};

/// Notes that a step ran on this thread since `start`. The step is kept by reference until the process ends.
void note_step(const ProfiledStep& step, std::chrono::steady_clock::time_point start);

}  // namespace koine::backend::cpu
