// Files that are read: plain ones alone, so that nothing is waited for and nothing is without an end.
#pragma once

#include "base/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace koine {

/// Opens a plain file. Throws IoError that says what else stands there: a folder, pipe, device or socket, which are
/// neither waited for nor read.
Descriptor open_input(const std::string& path);

/// Reads on where the last call ended: at most to.size() bytes; 0 at the end. Throws IoError, with the name for errors.
size_t read_some(const Descriptor& file, const std::string& path, std::span<char> to);

/// The whole of a file of at most so many bytes. Throws IoError, and FormatError for a larger one.
std::string read_whole(const std::string& path, uint64_t most);

}  // namespace koine
