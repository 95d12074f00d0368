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

/// From now on what lives takes at most so many bytes, 0 for no limit; what would take more throws OutOfMemory and leaves
/// all arrays usable.
void limit_memory(int64_t bytes);

/// What the process keeps to be found again; what was not used lately goes first.
struct CacheInfo {
  std::string name;
  int64_t held, bound;  ///< entries
};
std::vector<CacheInfo> caches();

struct DeviceInfo {
  std::string name;
  std::string doc;
};
/// The devices of this build; the first is used unless KOINE_DEVICE names another.
std::vector<DeviceInfo> devices();

}  // namespace koine::runtime
