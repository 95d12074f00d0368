#pragma once
#include <koine/io.h>

#include <optional>

namespace koine::io {

/// A checkpoint in a folder of them.
struct Checkpoint {
  std::string file;
  int64_t step = 0;
};

/// A folder with the last few states of a run: safetensors files, and a manifest (manifest.json) with the size and
/// the hash of each. Whenever the process or the machine stops, the folder has the old checkpoints or the new ones too,
/// all of them whole: each file is written beside its place and renamed, the manifest last.
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
  /// Removes all checkpoints, and the folder when nothing else is in it.
  void clear();
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int64_t keep_;
};

}  // namespace koine::io
