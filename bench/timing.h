#pragma once
#include <functional>
#include <string>

/// Timing by the rules of the peers (shared/peers/timing.py), so that our lines stand beside theirs.
namespace bench {

/// `step` does one step and waits for its values; `check` is a number that peers agree on after the first step.
struct Run {
  std::function<void()> step;
  std::function<double()> check = {};
  std::string unit = "ms/step";
  double scale = 1e3;  // from seconds to the unit
};

/// Runs it and prints one JSON line: first call, then the median, least and most of blocks of at least PEER_SECONDS,
/// of which those count that other processes disturbed least.
void report(const std::string& workload, const Run& run);

}  // namespace bench
