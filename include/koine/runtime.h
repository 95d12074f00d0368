#pragma once
#include <cstdint>
#include <string>
#include <vector>

/// What the runtime did and holds.
namespace koine::runtime {

struct Stats {
  int64_t cache_hits;     ///< evaluations that found their program
  int64_t programs_made;  ///< graphs that were new
  int64_t programs_held;  ///< programs in the cache now
  int64_t live_bytes;     ///< memory of arrays and programs
  int64_t peak_bytes;
};
Stats stats();

struct DeviceInfo {
  std::string name;
  std::string doc;
};
/// The devices of this build; the first is used unless KOINE_DEVICE names another.
std::vector<DeviceInfo> devices();

}  // namespace koine::runtime
