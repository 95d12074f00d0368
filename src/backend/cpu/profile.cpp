#include "backend/cpu/profile.h"

#include "base/format.h"
#include "base/location.h"
#include "base/output_file.h"
#include "ir/node.h"

#include <koine/error.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace koine::backend::cpu {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

/// What an event says of its step, which may be gone when it is written.
struct Names {
  std::string kernel, where, module;
};

struct Event {
  const Names* names;
  int64_t bytes, flops;
  Clock::time_point start;
  Clock::duration time;
  size_t thread;
};

class Profile {
 public:
  // The path is that of now: a program may change its folder before it ends.
  explicit Profile(const char* wanted) : file_(std::strstr(wanted, ".json") ? wanted : ""), begin_(Clock::now()) {
    std::error_code error;
    const std::filesystem::path full = std::filesystem::absolute(file_, error);
    if (!file_.empty() && !error) file_ = full.string();
  }

  void note(const ProfiledStep& step, Clock::time_point start) {
    const Clock::duration time = Clock::now() - start;
    const std::string kernel = name_of(step), where = ir::to_string(step.where), line = cat(kernel, ", ", where);
    std::lock_guard lock(mutex_);
    const Names& names = names_.try_emplace(line, Names{kernel, where, module_of(step.where)}).first->second;
    by_kernel_[line].add(time, step.bytes, step.flops);
    by_module_[names.module.empty() ? where : names.module].add(time, step.bytes, step.flops);
    const auto ops = static_cast<int64_t>(step.ops.size());
    for (const char* op : step.ops) by_op_[op].add(time / ops, step.bytes / ops, step.flops / ops);
    if (ops == 0) by_op_["copy"].add(time, step.bytes, step.flops);
    if (!file_.empty() && events_.size() < most_events)
      events_.push_back(
          {&names, step.bytes, step.flops, start, time, std::hash<std::thread::id>()(std::this_thread::get_id())});
  }

  void report() {
    std::lock_guard lock(mutex_);
    // Of a process that computed nothing, as one that was refused, there is nothing to write.
    if (by_kernel_.empty()) return;
    if (!file_.empty()) return write_output(file_, trace());
    const std::string text = table("kernel, and the user's line", by_kernel_) + table("module", by_module_) +
                             table("op; a kernel's are thought to take equal shares", by_op_);
    if (!write_all(STDERR_FILENO, std::as_bytes(std::span(text))))
      throw IoError(cat("cannot write to standard error: ", std::strerror(errno)));
  }

 private:
  struct Line {
    int64_t calls = 0, bytes = 0, flops = 0;
    Clock::duration time{};
    void add(Clock::duration more, int64_t more_bytes, int64_t more_flops) {
      ++calls;
      time += more;
      bytes += more_bytes;
      flops += more_flops;
    }
  };
  using Lines = std::map<std::string, Line>;

  static std::string name_of(const ProfiledStep& step) {
    std::string name;
    for (const char* op : step.ops) name += cat(name.empty() ? "" : "+", op);
    return name.empty() ? "copy" : name;
  }

  static std::string table(const char* title, const Lines& lines) {
    std::vector<std::pair<std::string, Line>> sorted(lines.begin(), lines.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.time > b.second.time; });
    Clock::duration all{};
    for (const auto& [name, line] : sorted) all += line.time;
    char numbers[160];
    std::snprintf(numbers, sizeof numbers, "%9s %6s %8s %8s %8s  ", "ms", "share", "calls", "GB/s", "GFLOP/s");
    std::string text = cat(numbers, title, "\n");
    for (const auto& [name, line] : sorted) {
      const double time = milliseconds(line.time);
      std::snprintf(numbers, sizeof numbers, "%9.3f %5.1f%% %8lld %8.2f %8.2f  ", time, 100 * time / milliseconds(all),
                    static_cast<long long>(line.calls), static_cast<double>(line.bytes) / time * 1e-6,
                    static_cast<double>(line.flops) / time * 1e-6);
      text += cat(numbers, name, "\n");
    }
    return text + "\n";
  }

  static std::string quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      if (static_cast<unsigned char>(c) >= ' ') quoted += c;
    }
    return quoted + "\"";
  }

  std::string trace() const {
    std::string out = "{\"traceEvents\":[";
    for (size_t i = 0; i < events_.size(); ++i) {
      const Event& event = events_[i];
      const Names& names = *event.names;
      out += cat(i ? ",\n" : "\n", "{\"name\":", quoted(names.kernel), ",\"cat\":", quoted(names.where),
                 ",\"ph\":\"X\",\"pid\":1,\"tid\":", event.thread % 100000,
                 ",\"ts\":", milliseconds(event.start - begin_) * 1e3, ",\"dur\":", milliseconds(event.time) * 1e3,
                 ",\"args\":{\"module\":", quoted(names.module), ",\"bytes\":", event.bytes, ",\"flops\":", event.flops,
                 "}}");
    }
    return out + "\n]}\n";
  }

  static constexpr size_t most_events = 1'000'000;
  std::string file_;
  Clock::time_point begin_;
  std::mutex mutex_;
  std::map<std::string, Names> names_;  // by kernel and line
  Lines by_kernel_, by_module_, by_op_;
  std::vector<Event> events_;
};

Profile* start_profile() {
  const char* wanted = std::getenv("KOINE_PROFILE");
  if (!wanted || !*wanted || std::strcmp(wanted, "0") == 0) return nullptr;
  static Profile* profile = new Profile(wanted);
  std::atexit([] {
    try {
      profile->report();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "koine: KOINE_PROFILE: %s\n", error.what());
      // The status is given already. What else has to happen at the end has happened, since this began first.
      std::fflush(nullptr);
      _exit(1);
    }
  });
  return profile;
}
Profile* const profile = start_profile();

}  // namespace

const bool profiling = profile != nullptr;

std::string module_of(const std::source_location& where) {
  if (const char* text = own_text(where)) {
    const char* name = std::strstr(text, ": ");
    return name ? name + 2 : text;
  }
  // As compilers write it: "Array (anonymous namespace)::Block::operator()(Array) const", "main()::<lambda(int)>".
  std::string name = where.function_name();
  for (const char* lambda : {"::<lambda", "::(anonymous class)"}) name = name.substr(0, name.find(lambda));
  for (const char* hidden : {"{anonymous}::", "(anonymous namespace)::"})
    while (name.find(hidden) != std::string::npos) name.erase(name.find(hidden), std::strlen(hidden));
  const size_t call = name.find("::operator()(");
  name = name.substr(0, call != std::string::npos ? call : name.find('('));
  // In front of it stands the type of the result; spaces in the arguments of a template are its own.
  size_t begin = name.size();
  for (int depth = 0; begin > 0 && (depth > 0 || name[begin - 1] != ' '); --begin)
    depth += (name[begin - 1] == '>') - (name[begin - 1] == '<');
  return name.substr(begin);
}

void note_step(const ProfiledStep& step, Clock::time_point start) { profile->note(step, start); }

}  // namespace koine::backend::cpu
