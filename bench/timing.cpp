#include "timing.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

namespace bench {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double setting(const char* name, double otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::atof(text) : otherwise;
}

constexpr double quiet = 0.08;  // of a core

/// How much of one core other processes used since the last call of `share`.
class Neighbours {
 public:
  Neighbours() { share(); }
  double share() {
    std::ifstream file("/proc/stat");
    std::string cpu;
    double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0;
    file >> cpu >> user >> nice >> system >> idle >> wait >> irq >> soft;
    rusage own{};
    getrusage(RUSAGE_SELF, &own);
    auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    double busy = (user + nice + system + irq + soft) / static_cast<double>(sysconf(_SC_CLK_TCK)) -
                  seconds(own.ru_utime) - seconds(own.ru_stime);
    double now = seconds_since(start_), used = std::max(0.0, (busy - busy_) / std::max(1e-9, now - at_));
    at_ = now;
    busy_ = busy;
    return used;
  }

 private:
  Clock::time_point start_ = Clock::now();
  double at_ = 0, busy_ = 0;
};

void wait_for_quiet() {
  Neighbours neighbours;
  auto start = Clock::now();
  double patience = setting("PEER_PATIENCE", 60);
  while (seconds_since(start) < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (neighbours.share() < quiet) return;
  }
}

/// Pages that this process met for the first time.
int64_t page_faults() {
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  return own.ru_minflt;
}

double timed_block(const Run& run, int64_t count) {
  auto start = Clock::now();
  for (int64_t i = 0; i < count; ++i) run.step();
  return seconds_since(start);
}

}  // namespace

void report(const std::string& workload, const Run& run) {
  wait_for_quiet();
  double first = timed_block(run, 1);
  std::string check;
  if (run.check) {
    char text[64];
    std::snprintf(text, sizeof(text), ", \"check\": %.5g", run.check());
    check = text;
  }
  wait_for_quiet();
  double least = setting("PEER_SECONDS", 0.3), patience = setting("PEER_PATIENCE", 60);
  timed_block(run, 3);
  double spent = timed_block(run, 1);
  auto repeats = static_cast<size_t>(setting("PEER_REPEATS", 7));
  if (spent > 2) repeats = std::min<size_t>(repeats, 5);
  int64_t count = 1;
  while (spent < least) {
    count = spent > least / 50
                ? std::max(count + 1, static_cast<int64_t>(static_cast<double>(count) * 1.15 * least / spent))
                : count * 10;
    spent = timed_block(run, count);
  }
  std::vector<std::pair<double, double>> blocks;  // share of others, result
  Neighbours neighbours;
  auto start = Clock::now();
  const int64_t faults_before = page_faults();
  int64_t steps = 0;
  while (blocks.size() < 3 * repeats && (blocks.size() < repeats || seconds_since(start) < patience)) {
    spent = timed_block(run, count);
    steps += count;
    blocks.emplace_back(neighbours.share(), spent / static_cast<double>(count) * run.scale);
    if (std::count_if(blocks.begin(), blocks.end(), [](auto& block) { return block.first < quiet; }) ==
        static_cast<std::ptrdiff_t>(repeats))
      break;
  }
  const double faults = static_cast<double>(page_faults() - faults_before) / static_cast<double>(steps);
  std::sort(blocks.begin(), blocks.end());
  blocks.resize(repeats);
  double others = blocks.back().first;
  std::vector<double> results;
  for (auto& [share, result] : blocks) results.push_back(result);
  std::sort(results.begin(), results.end());
  size_t middle = results.size() / 2;
  double median = results.size() % 2 ? results[middle] : (results[middle - 1] + results[middle]) / 2;
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf(
      "{\"workload\": \"%s\", \"peer\": \"koine\", \"unit\": \"%s\", \"median\": %.4g, \"min\": %.4g, \"max\": %.4g, "
      "\"first_call_s\": %.4g, \"peak_rss_mb\": %ld, \"version\": \"koine %s\", \"others\": %.4g, \"faults\": "
      "%.3g%s}\n",
      workload.c_str(), run.unit.c_str(), median, results.front(), results.back(), first, used.ru_maxrss / 1024,
      KOINE_VERSION, others, faults, check.c_str());
  std::fflush(stdout);
}

}  // namespace bench
