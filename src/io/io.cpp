#include <koine/array.h>
#include <koine/io.h>

#include <algorithm>

#include "base/format.h"
#include "base/printable.h"
#include "io/array_file.h"
#include "io/npz_writer.h"
#include "io/tree_file.h"

namespace koine::io {

namespace {

std::string type_text(DType dtype, const Shape& shape) { return cat(dtype, " of shape ", shape); }

// What does not fit between a leaf and its entry; empty when all does.
std::string mismatch(const std::string& path, const Array& leaf, const ArrayFile::Entry* entry) {
  if (!leaf.defined()) return "";
  if (!entry) return cat("'", printable_name(path), "' is not in the file");
  if (leaf.dtype() == entry->dtype && leaf.shape() == entry->shape) return "";
  return cat("'", printable_name(path), "' is ", type_text(leaf.dtype(), leaf.shape()), ", in the file ",
             type_text(entry->dtype, entry->shape));
}

// A path stands for one array: {"a.b": x, "a": {"b": y}} has two of one path.
void check_paths(const char* call, std::vector<std::string> paths, const std::string& file) {
  std::sort(paths.begin(), paths.end());
  const auto twice = std::adjacent_find(paths.begin(), paths.end());
  if (twice != paths.end())
    throw ValueError(cat("[", call, "] two arrays of the tree have the path '", printable_name(*twice),
                         "': ", printable_name(file)));
}

}  // namespace

void write_tree(OutputFile& file, tree::View tree, const Metadata& metadata) {
  const std::vector<Array> leaves = tree::leaves(tree);
  const std::vector<std::string> paths = tree::paths(tree);
  std::vector<safetensors::TensorBytes> tensors;
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].defined()) continue;
    std::vector<int64_t> shape;
    for (int axis = 0; axis < leaves[i].rank(); ++axis) shape.push_back(leaves[i].size(axis));
    const size_t bytes = static_cast<size_t>(leaves[i].size()) * size_of(leaves[i].dtype());
    tensors.push_back({paths[i], leaves[i].dtype(), std::move(shape), {leaves[i].data(), bytes}});
  }
  if (tensors.empty() && !leaves.empty())
    throw ValueError(cat("[save] no array of the tree has a value yet: ", printable_name(file.path())));
  check_paths("save", paths, file.path());
  if (!ArrayFile::is_npz(file.path()))
    safetensors::write(file, std::move(tensors), {metadata.begin(), metadata.end()});
  else if (metadata.empty())
    write_npz(file, std::move(tensors));
  else
    throw ValueError(cat("[save] npz files keep no notes; save as .safetensors: ", printable_name(file.path())));
}

void save(const std::string& path, tree::View tree, const Metadata& metadata) {
  OutputFile file(path);
  write_tree(file, tree, metadata);
  file.commit();
}

void load_into(const std::string& path, tree::Ref tree) {
  const ArrayFile file(path);
  const std::vector<Array> leaves = tree::leaves(tree);
  const std::vector<std::string> paths = tree::paths(tree);
  check_paths("load", paths, path);
  std::vector<bool> used(file.entries().size());
  std::vector<const ArrayFile::Entry*> entries;
  std::string wrong;
  for (size_t i = 0; i < leaves.size(); ++i) {
    const ArrayFile::Entry* found = file.find(paths[i]);
    if (found) used[static_cast<size_t>(found - file.entries().data())] = true;
    const std::string line = mismatch(paths[i], leaves[i], found);
    if (!line.empty()) wrong += "\n  " + line;
    entries.push_back(found);
  }
  for (size_t i = 0; i < used.size(); ++i)
    if (!used[i]) wrong += cat("\n  '", printable_name(file.entries()[i].name), "' is in the file only");
  if (!wrong.empty()) throw FormatError(cat(printable_name(path), " does not fit:", wrong));
  std::vector<Array> loaded;
  for (const auto* entry : entries) loaded.push_back(entry ? file.read(*entry) : Array());
  tree::assign(tree, loaded.data(), loaded.size());
}

std::vector<std::pair<std::string, Array>> load_all(const std::string& path) {
  const ArrayFile file(path);
  std::vector<std::pair<std::string, Array>> arrays;
  for (const auto& entry : file.entries()) arrays.emplace_back(entry.name, file.read(entry));
  return arrays;
}

Metadata metadata(const std::string& path) { return ArrayFile(path).notes(); }

}  // namespace koine::io
