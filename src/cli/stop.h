// How a run that takes long is asked to end.
#pragma once

#include <array>
#include <csignal>

namespace koine::cli {

/// While it lives, SIGINT (Ctrl-C), SIGTERM and SIGHUP only set a mark, so that a run can end after its step and save
/// what it has; a second one ends the process at once. What the process was started to ignore, as by nohup, stays
/// ignored. A reader of standard output that has gone is a mark too.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The signal that was caught, SIGPIPE for a reader that has gone; 0 for none.
  static int caught();
  /// With which a process ends that was stopped.
  static int status() { return 128 + caught(); }

 private:
  std::array<struct sigaction, 3> before_;
};

}  // namespace koine::cli
