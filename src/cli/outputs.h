// What a command writes to, checked before it computes anything.
#pragma once

#include "cli/commands.h"
#include "train/config.h"

#include <string>
#include <vector>

namespace koine::cli {

/// A file by the setting or option that names it: "train.output".
struct NamedFile {
  std::string what, path;
};

/// Throws ConfigError or ValueError where something that a command writes is what it reads, by whatever names and
/// links, or two things that it writes are one file. To what is given come standard output and the files of
/// KOINE_PROFILE and KOINE_INSPECT. `weights` is empty where they are not read.
void check_outputs(const RunArguments& arguments, const train::Config& config, const std::string& weights,
                   std::vector<NamedFile> outputs = {});

/// The same for the weights that are to be trained, which need a place of their own: a plain file in a folder that can
/// be written to.
void check_trained(const RunArguments& arguments, const train::Config& config);

}  // namespace koine::cli
