// What hostile files may do: nothing but an error of Koine. A target takes the bytes of one; libFuzzer looks for bytes
// that do more (scripts/fuzz), and the tests replay what was ever found (replay_test.cpp).
#pragma once

#include <koine/error.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace koine::fuzz {

struct Target {
  std::string name;
  void (*run)(std::string_view bytes);
};

/// Those that are linked.
inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}
struct Registered {
  Registered(const char* name, void (*run)(std::string_view)) { targets().push_back({name, run}); }
};

/// Calls something whose errors are what is right for hostile bytes. True when it ended without one.
template <class F>
bool survives(F f) {
  try {
    f();
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// A folder in memory that is gone with the process; its files have the same names for all inputs.
const std::string& folder();
/// Writes a file there, over the one of the name, and gives its path.
std::string file(const std::string& name, std::string_view bytes);

}  // namespace koine::fuzz

/// KOINE_FUZZ_TARGET(csv) { ... } is given `std::string_view bytes`.
#define KOINE_FUZZ_TARGET(name)                                                   \
  static void name##_target(std::string_view bytes);                              \
  static const ::koine::fuzz::Registered name##_registered(#name, name##_target); \
  static void name##_target([[maybe_unused]] std::string_view bytes)
