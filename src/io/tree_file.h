// Trees in files that are open.
#pragma once

#include "base/output_file.h"

#include <koine/io.h>

namespace koine::io {

/// What `save` writes; the caller commits. Throws as it does.
void write_tree(OutputFile& file, tree::View tree, const Metadata& metadata);

}  // namespace koine::io
