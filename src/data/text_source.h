// Files of text as UTF-8, whatever encoding they are in.
#pragma once

#include "data/byte_source.h"

#include <memory>
#include <string>

namespace koine::data {

/// Opens a text, plain or compressed with gzip, and gives it as UTF-8 without a byte order mark. A mark at its
/// beginning (of UTF-8, UTF-16 or UTF-32) says what it is; else `encoding` does, a name that the system's iconv knows,
/// as "latin-1", "windows-1252" or "shift-jis"; empty is UTF-8. Throws ValueError for an encoding that is not known,
/// FormatError "file:line:column: ..." at the first byte that is no text of the encoding, and what open_bytes throws.
std::unique_ptr<ByteSource> open_text(const std::string& path, const std::string& encoding = {},
                                      const ExpansionLimits& limits = {});

/// Whether the system knows an encoding of this name; the empty one is UTF-8.
bool is_encoding(const std::string& name);

}  // namespace koine::data
