#pragma once
#include <koine/io.h>

#include <optional>

namespace koine::io {

/// A checkpoint in a folder of them.
struct Checkpoint {
  std::string file;
  int64_t step = 0;
};

/// Says that a run is going on in a folder, which is made when there is none. It ends with its owner or, however that
/// ends, with the process. Then the folder is removed if nothing else is in it.
class FolderLock {
 public:
  /// Throws IoError with the number of the process that has the folder, or when it cannot be made.
  explicit FolderLock(std::string folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int file_ = -1;
};

/// A folder with the last few states of a run: safetensors files, and a manifest (manifest.json) with the size and
/// the hash of each. Whenever the process or the machine stops, the folder has the old checkpoints or the new ones too,
/// all of them whole: each file is written beside its place and renamed, the manifest last. Only files that the manifest
/// names, and temporary ones that a killed process left, are ever removed or replaced. One run writes to a folder: see
/// FolderLock.
class Checkpoints {
 public:
  /// The folder is made by the first `save`. Throws ValueError when `keep` is below 1.
  explicit Checkpoints(std::string folder, int64_t keep = 3);

  /// Writes the leaves of a tree as `io::save` does, then removes all but the last `keep`. Throws IoError, as on a full
  /// disk; the checkpoints that were there are still there.
  void save(int64_t step, tree::View tree, const Metadata& notes = {});
  /// The newest one whose bytes are those that were written. The files of others that are newer go to `damaged`.
  /// Throws FormatError for a manifest that is none.
  std::optional<Checkpoint> latest(std::vector<std::string>* damaged = nullptr) const;
  /// Removes all checkpoints, and the folder when nothing else is in it. Throws IoError when one cannot be removed.
  void clear();
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int64_t keep_;
};

}  // namespace koine::io
