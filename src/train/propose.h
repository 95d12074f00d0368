// A config for data that were looked at.
#pragma once

#include <string>

namespace koine::train {

/// The text of a config that trains a sensible model on a table: which columns are numbers, categories, or of no use
/// (names and numbers of rows), what is to be learnt (`label`, or when that is empty the column that looks like it),
/// the loss, the size of the model. Comments say why. `file` stands in the config as it is given; `path` is where it is
/// read, and `encoding` what a table or text is in, as data::open_text takes it. Throws what reading does, and
/// ValueError for a table that nothing can be learnt from. For a text a model that goes on with it, for a file of
/// arrays one that suits their shapes, for a folder of images (or of MNIST's or CIFAR-10's files) a small convolutional
/// net.
std::string propose_config(const std::string& path, const std::string& file, const std::string& label,
                           const std::string& encoding = {});

}  // namespace koine::train
