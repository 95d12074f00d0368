#include "cli/stop.h"

#include "cli/streams.h"

namespace koine::cli {

namespace {

constexpr std::array<int, 3> signals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t mark = 0;
std::array<volatile std::sig_atomic_t, signals.size()> handled{};

void on_signal(int number) {
  mark = number;
  for (size_t i = 0; i < signals.size(); ++i)
    if (handled[i]) std::signal(signals[i], SIG_DFL);
}

}  // namespace

StopSignals::StopSignals() {
  mark = 0;
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < signals.size(); ++i) {
    sigaction(signals[i], nullptr, &before_[i]);
    handled[i] = before_[i].sa_handler != SIG_IGN;
    if (handled[i]) sigaction(signals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
}

int StopSignals::caught() {
  if (mark != 0) return mark;
  return reader_has_gone() ? SIGPIPE : 0;
}

}  // namespace koine::cli
