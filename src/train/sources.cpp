#include "train/sources.h"

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "data/image.h"
#include "data/numpy_file.h"
#include "io/array_file.h"

#include <koine/ops.h>

#include <algorithm>
#include <filesystem>

namespace koine::train {

namespace {

namespace fs = std::filesystem;
using io::ArrayFile;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// The file, or the same compressed; empty when there is neither.
std::string plain_or_gzip(const fs::path& file) {
  for (const char* end : {"", ".gz"})
    if (is_there(file.string() + end)) return file.string() + end;
  return "";
}

bool is_idx_name(std::string name) {
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with("-ubyte") || name.ends_with(".idx");
}

int64_t memory_of(const Config& config) { return static_cast<int64_t>(config.data.memory * 1e6); }

data::Dataset mnist(const Config& config, const std::string& folder) {
  std::vector<Array> x, y;
  for (const char* part : {"train", "t10k"}) {
    const std::string images = plain_or_gzip(fs::path(folder) / cat(part, "-images-idx3-ubyte"));
    const std::string labels = plain_or_gzip(fs::path(folder) / cat(part, "-labels-idx1-ubyte"));
    if (images.empty() || labels.empty()) continue;
    x.push_back(data::idx(images, config.data.expansion));
    y.push_back(cast(data::idx(labels, config.data.expansion), {.dtype = int64}));
    if (x.back().rank() != 3 || y.back().rank() != 1 || x.back().size(0) != y.back().size(0))
      throw FormatError(cat(printable_name(images), " and ", printable_name(labels),
                            " do not belong together: ", x.back().shape(), " and ", y.back().shape()));
  }
  const Array all = x.size() == 1 ? x[0] : concatenate(x, {.axis = 0});
  return {expand_dims(all, 3), y.size() == 1 ? y[0] : concatenate(y, {.axis = 0})};
}

data::Dataset cifar(const Config& config, const std::string& folder) {
  std::vector<std::string> files;
  for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                           "data_batch_5.bin", "test_batch.bin"})
    if (is_there(fs::path(folder) / name)) files.push_back((fs::path(folder) / name).string());
  return data::cifar(files, false, config.data.expansion);
}

const ArrayFile::Entry& find(const Config& config, const ArrayFile& file, const std::string& name,
                             std::string_view setting, const std::string& path) {
  if (const ArrayFile::Entry* found = file.find(name)) return *found;
  std::vector<std::string_view> names;
  for (const ArrayFile::Entry& known : file.entries()) names.push_back(known.name);
  const std::string guess = did_you_mean(name, names);
  config.fail(setting,
              cat(path, " has no array '", name, "'", guess.empty() ? cat("; there are ", file.list()) : guess));
}

// What is in one file: the inputs and, where they are wanted, the labels.
data::Dataset array_file(const Config& config, const std::string& path, bool labels) {
  if (ArrayFile::is_one(path)) {
    const ArrayFile file(path, config.data.expansion);
    data::Dataset all = file.examples(find(config, file, config.data.x, "data.x", path), memory_of(config));
    if (labels) all.y = file.read(find(config, file, config.data.y, "data.y", path));
    return all;
  }
  data::Dataset all;
  if (is_idx_name(path))
    all.x = data::idx(path, config.data.expansion);
  else
    all = data::npy_examples(path, memory_of(config), config.data.expansion);
  if (!labels) return all;
  if (config.data.labels.empty())
    config.fail("data.labels", cat(path, " has no labels in it; name the file that has them by labels"));
  all.y = is_idx_name(config.data.labels) ? data::idx(config.data.labels, config.data.expansion)
                                          : data::npy(config.data.labels, config.data.expansion);
  return all;
}

}  // namespace

SourceKind kind_of(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (!plain_or_gzip(fs::path(path) / "train-images-idx3-ubyte").empty()) return SourceKind::mnist;
    return is_there(fs::path(path) / "data_batch_1.bin") ? SourceKind::cifar : SourceKind::images;
  }
  if (path.ends_with(".txt") || path.ends_with(".txt.gz")) return SourceKind::text;
  const bool array = path.ends_with(".npy") || path.ends_with(".npz") || path.ends_with(".safetensors");
  return array || is_idx_name(path) ? SourceKind::array : SourceKind::table;
}

void check_class_name(const std::string& folder, const std::string& name) {
  if (!is_utf8(name))
    throw FormatError(cat(printable_name(folder), ": the folder ", printable_name(name),
                          " names a class, but its name is not UTF-8; rename it"));
}

ArraySource read_arrays(const Config& config, const std::string& path, bool labels) {
  ArraySource source;
  switch (kind_of(path)) {
    case SourceKind::mnist:
      source.examples = mnist(config, path);
      break;
    case SourceKind::cifar:
      source.examples = cifar(config, path);
      source.classes = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
      break;
    case SourceKind::images: {
      const std::vector<int64_t>& size = config.data.size;
      if (size.size() > 2)
        config.fail("data.size", "an image has a height and a width, so size takes one number or two");
      data::ImageFolder folder = data::image_folder(path, {.height = size[0],
                                                           .width = size.back(),
                                                           .channels = config.data.channels == "grey" ? 1 : 3,
                                                           .skip_damaged = config.data.damaged == "skip",
                                                           .classes = labels,
                                                           .memory = memory_of(config),
                                                           .most_pixels = config.data.pixels});
      if (labels && folder.classes.empty())
        config.fail("data.file", cat(path, " has images, but no folder of them for each class"));
      for (const std::string& name : folder.classes) check_class_name(path, name);
      source = {std::move(folder.examples), std::move(folder.classes), std::move(folder.files),
                std::move(folder.left_out)};
      break;
    }
    default:
      source.examples = array_file(config, path, labels);
      if (!source.examples.reader && source.examples.x.rank() == 0)
        throw FormatError(cat(printable_name(path), " holds a single number"));
      if (!labels) break;
      Array& y = source.examples.y;
      if (y.rank() == 0 || y.size(0) != source.examples.size())
        config.fail(config.data.labels.empty() ? "data.y" : "data.labels",
                    cat("the labels have shape ", y.shape(), ", but there are ", source.examples.size(), " examples"));
      if (!is_floating(y.dtype())) y = cast(y, {.dtype = int64});
  }
  return source;
}

}  // namespace koine::train
