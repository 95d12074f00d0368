// What a checkpoint notes of a run besides its arrays.
#pragma once

#include <koine/train.h>

#include <string>
#include <vector>

namespace koine::train {

/// As JSON. `numbers_from` throws FormatError for a text that is none; `plateau.options` stay as they are.
std::string to_json(const RunNumbers& numbers);
void numbers_from(const std::string& json, const std::string& file, RunNumbers& numbers);

/// The figures of the epochs so far; `epochs_from` throws likewise.
std::string to_json(const std::vector<EpochFigures>& epochs);
std::vector<EpochFigures> epochs_from(const std::string& json, const std::string& file);

}  // namespace koine::train
