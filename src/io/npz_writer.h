// Writing NumPy's .npz files: zip archives with an .npy file for each array.
#pragma once

#include "base/output_file.h"
#include "io/safetensors/safetensors.h"

#include <vector>

namespace koine::io {

/// Writes the arrays, stored and not packed, in the order of their names; equal arrays give equal files. bfloat16,
/// which NumPy does not have, is written as its bits, of NumPy's dtype V2. The caller commits. Throws FormatError for a
/// name that an archive cannot hold: with a zero byte, not UTF-8, or too long.
void write_npz(OutputFile& file, std::vector<safetensors::TensorBytes> arrays);

}  // namespace koine::io
