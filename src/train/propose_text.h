// Proposals for texts, part of propose.h.
#pragma once

#include <cstdint>
#include <string>

namespace koine::train {

/// A config that learns a file of text symbol by symbol; `file` is what it calls it, `output` where its weights go.
/// Throws ValueError for a text that is too short.
std::string propose_text_file(const std::string& path, const std::string& file, const std::string& output,
                              const std::string& encoding);

/// The layers that tell texts of a table apart, and how to train them on so many.
std::string propose_text_model(size_t classes, size_t rows, const std::string& output);

}  // namespace koine::train
