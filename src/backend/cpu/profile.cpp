#include "backend/cpu/profile.h"

#include "base/format.h"
#include "ir/node.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace koine::backend::cpu {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

struct Event {
  std::string what, where;
  Clock::time_point start;
  Clock::duration time;
  size_t thread;
};

class Profile {
 public:
  explicit Profile(const char* wanted) : file_(std::strstr(wanted, ".json") ? wanted : ""), begin_(Clock::now()) {}

  void note(const ProfiledStep& step, Clock::time_point start) {
    Clock::duration time = Clock::now() - start;
    std::string where = ir::to_string(step.where);
    std::lock_guard lock(mutex_);
    Line& line = lines_[{step.what, where}];
    ++line.calls;
    line.time += time;
    line.bytes += step.bytes;
    line.flops += step.flops;
    if (!file_.empty() && events_.size() < most_events)
      events_.push_back({step.what, where, start, time, std::hash<std::thread::id>()(std::this_thread::get_id())});
  }

  void report() {
    std::lock_guard lock(mutex_);
    if (file_.empty())
      print_table();
    else
      write_trace();
  }

 private:
  struct Line {
    int64_t calls = 0, bytes = 0, flops = 0;
    Clock::duration time{};
  };

  void print_table() const {
    std::vector<std::pair<std::pair<std::string, std::string>, Line>> sorted(lines_.begin(), lines_.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.time > b.second.time; });
    Clock::duration all{};
    for (const auto& [name, line] : sorted) all += line.time;
    std::fprintf(stderr, "%9s %6s %8s %8s %8s  %s\n", "ms", "share", "calls", "GB/s", "GFLOP/s",
                 "what, and the user's line");
    for (const auto& [name, line] : sorted) {
      double time = milliseconds(line.time);
      std::fprintf(stderr, "%9.3f %5.1f%% %8lld %8.2f %8.2f  %s, %s\n", time, 100 * time / milliseconds(all),
                   static_cast<long long>(line.calls), static_cast<double>(line.bytes) / time * 1e-6,
                   static_cast<double>(line.flops) / time * 1e-6, name.first.c_str(), name.second.c_str());
    }
  }

  void write_trace() const {
    std::ofstream out(file_);
    out << "{\"traceEvents\":[";
    for (size_t i = 0; i < events_.size(); ++i) {
      const Event& event = events_[i];
      out << cat(i ? ",\n" : "\n", "{\"name\":\"", event.what, "\",\"cat\":\"", event.where,
                 "\",\"ph\":\"X\",\"pid\":1,\"tid\":", event.thread % 100000,
                 ",\"ts\":", milliseconds(event.start - begin_) * 1e3, ",\"dur\":", milliseconds(event.time) * 1e3,
                 "}");
    }
    out << "\n]}\n";
  }

  static constexpr size_t most_events = 1'000'000;
  std::string file_;
  Clock::time_point begin_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Line> lines_;
  std::vector<Event> events_;
};

Profile* start_profile() {
  const char* wanted = std::getenv("KOINE_PROFILE");
  if (!wanted || !*wanted || std::strcmp(wanted, "0") == 0) return nullptr;
  static Profile* profile = new Profile(wanted);
  std::atexit([] { profile->report(); });
  return profile;
}
Profile* const profile = start_profile();

}  // namespace

const bool profiling = profile != nullptr;

void note_step(const ProfiledStep& step, Clock::time_point start) { profile->note(step, start); }

}  // namespace koine::backend::cpu
