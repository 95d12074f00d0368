#include <koine/warning.h>

#include <atomic>
#include <iostream>
#include <mutex>
#include <set>
#include <string>

namespace koine {

namespace {

void write_once(std::string_view text) {
  // Never destroyed: what runs at exit may warn too.
  static auto& mutex = *new std::mutex;
  static auto& said = *new std::set<std::string, std::less<>>;
  constexpr size_t most = 1000;
  const std::lock_guard lock(mutex);
  if (said.size() >= most || !said.emplace(text).second) return;
  std::cerr << "koine: warning: " << text << std::endl;
}

std::atomic<WarningHandler> handler_now = write_once;

}  // namespace

WarningHandler set_warning_handler(WarningHandler handler) {
  return handler_now.exchange(handler ? handler : write_once);
}

void warn(std::string_view text) { handler_now.load()(text); }

}  // namespace koine
