// The kinds of data that a config's file or folder may be.
#pragma once

#include "train/config.h"

#include <koine/data.h>

#include <string>
#include <vector>

namespace koine::train {

enum class SourceKind : uint8_t { table, text, images, mnist, cifar, array };

/// What stands at a path: a folder of images, of MNIST's or of CIFAR-10's files, a text (.txt), arrays (.npy, .npz,
/// .safetensors, IDX), else a table.
SourceKind kind_of(const std::string& path);

/// Examples that are arrays from the start, images uint8; those of MNIST and CIFAR are the training files, then the
/// test file. `classes` are their names, if they have any.
struct ArraySource {
  data::Dataset examples;
  std::vector<std::string> classes;
  /// Of images: the file of each example, and what was left out.
  std::vector<std::string> files = {};
  std::vector<data::ImageFolder::LeftOut> left_out = {};
};

/// Throws ConfigError with the place of the setting that does not fit, FormatError and IoError. Without labels all
/// images below a folder are taken.
ArraySource read_arrays(const Config& config, const std::string& path, bool labels);

/// Throws FormatError for the name of a folder that cannot be that of a class, since it is not UTF-8.
void check_class_name(const std::string& folder, const std::string& name);

}  // namespace koine::train
