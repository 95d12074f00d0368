// NumPy's .npy files, an array each, and .npz files, archives of them.
#pragma once

#include "data/zip_file.h"

#include <koine/data.h>

#include <string>
#include <vector>

namespace koine::data {

/// What a .npy file says before its elements.
struct NpyHeader {
  DType dtype;
  Shape shape;
  /// How many bytes it takes.
  uint64_t bytes = 0;
  /// Elements in the order of Fortran, their bytes in that of big-endian machines.
  bool columns_first = false, big_endian = false;
};

/// The arrays of a file, each read when it is asked for. Throws FormatError that names file and array, and IoError.
class NpzFile {
 public:
  struct Member {
    /// Without ".npy".
    std::string name;
    NpyHeader header;
    ZipEntry entry;
  };

  explicit NpzFile(const std::string& path, double expansion = usual_expansion);
  const std::vector<Member>& members() const { return members_; }
  Array read(const Member& member) const;
  /// Its examples, along the first axis, without labels. More than `memory` bytes of them are read where they are when
  /// they are stored, and from a temporary file when they are packed; damage is found here all the same.
  Dataset examples(const Member& member, int64_t memory) const;

 private:
  std::string name_of(const Member& member) const;

  ZipFile zip_;
  std::vector<Member> members_;
};

/// The examples of a .npy file, plain or compressed with gzip; as NpzFile::examples.
Dataset npy_examples(const std::string& path, int64_t memory, double expansion = usual_expansion);

}  // namespace koine::data
