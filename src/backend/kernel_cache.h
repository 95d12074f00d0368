#pragma once
#include "base/descriptor.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace koine::backend {

/// Compiled kernels on disk, found again by later processes. A key says all that the bytes depend on; a file is named
/// by its key's hash, holds the whole key and a checksum, and appears whole or not at all, so that any number of
/// processes may share a folder. What is damaged counts as absent.
///
/// What lies there will be run, so a folder or file that belongs to somebody else, or that others may write to, is not
/// touched. Nothing here throws: without a cache kernels are compiled again.
class KernelCache {
 public:
  static constexpr int64_t usual_bound = int64_t{256} << 20;

  /// Keeps nothing.
  KernelCache() = default;
  /// Makes the folder when there is none. Above `bound` bytes the files that were not used for longest go.
  explicit KernelCache(const std::string& folder, int64_t bound = usual_bound);
  KernelCache(const KernelCache&) = delete;
  KernelCache& operator=(const KernelCache&) = delete;

  /// Whether it keeps anything.
  bool open() const { return folder_.open(); }
  const std::string& folder() const { return path_; }
  /// Why a folder is not used although it is there; empty when it is.
  const std::string& refusal() const { return refusal_; }

  std::optional<std::string> find(std::string_view key) const;
  void keep(std::string_view key, std::string_view bytes);

  struct Entry {
    std::string name;
    int64_t bytes;
    int64_t last_use;  ///< seconds since 1970, to the hour
  };
  /// The files, those used last first.
  std::vector<Entry> entries() const;
  /// Removes all of them.
  void clear();

 private:
  void remove_oldest();

  std::string path_, refusal_;
  Descriptor folder_;
  int64_t bound_ = 0;
  std::mutex mutex_;
  int64_t bytes_ = -1;  // of all files, as far as this process knows; negative before it looked
};

/// The hash of a key as 32 hexadecimal digits.
std::string digest_of(std::string_view key);

/// The user's: in $KOINE_CACHE, else $XDG_CACHE_HOME/koine, else ~/.cache/koine; with KOINE_CACHE=off there is none.
/// A folder that is refused is told on standard error, once.
KernelCache& kernel_cache();

}  // namespace koine::backend
