// Proposals for files of arrays, part of propose.h.
#pragma once

#include <string>

namespace koine::train {

/// A config for a .npz or .safetensors file with inputs and labels; `file` is what it calls it, `output` where its
/// weights go. Throws ValueError for a file in which it cannot tell them.
std::string propose_arrays(const std::string& path, const std::string& file, const std::string& output);

}  // namespace koine::train
