#include "base/location.h"

#include <bit>
#include <map>
#include <mutex>
#include <tuple>

namespace koine {

namespace {

// No text has such a column: `file` is the place's whole text.
constexpr unsigned text_column = ~0U;

// What a std::source_location points at, in libstdc++ and libc++ alike: the language has no way to make one of a line
// that no compiler saw.
struct Place {
  const char* file;
  const char* function;
  unsigned line;
  unsigned column;
};
static_assert(sizeof(std::source_location) == sizeof(const Place*));

// Places live as long as the process, as nodes point at them; each is there once.
std::source_location kept(const std::string& file, int line, unsigned column) {
  static auto& mutex = *new std::mutex;
  static auto& places = *new std::map<std::tuple<std::string, int, unsigned>, Place>;
  const std::lock_guard lock(mutex);
  const auto [at, added] = places.try_emplace({file, line, column});
  if (added) at->second = {std::get<0>(at->first).c_str(), "", static_cast<unsigned>(line), column};
  const Place* place = &at->second;
  return std::bit_cast<std::source_location>(place);
}

}  // namespace

std::source_location location_of(const std::string& file, int line) { return kept(file, line, 0); }
std::source_location location_of(const std::string& text) { return kept(text, 1, text_column); }

const char* own_text(const std::source_location& where) {
  return where.column() == text_column ? where.file_name() : nullptr;
}

}  // namespace koine
