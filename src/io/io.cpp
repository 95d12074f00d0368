#include <koine/array.h>
#include <koine/io.h>

#include <algorithm>
#include <map>

#include "base/format.h"
#include "io/safetensors/safetensors.h"
#include "io/tree_file.h"

namespace koine::io {

namespace {

Shape shape_of(const safetensors::Entry& entry) {
  Shape shape;
  for (const int64_t size : entry.shape) shape.push_back(size);
  return shape;
}

std::string type_text(DType dtype, const Shape& shape) { return cat(dtype, " of shape ", shape); }

// What does not fit between a leaf and its entry; empty when all does.
std::string mismatch(const std::string& path, const Array& leaf, const safetensors::Entry* entry) {
  if (!leaf.defined()) return "";
  if (!entry) return cat("'", path, "' is not in the file");
  const Shape shape = shape_of(*entry);
  if (leaf.dtype() == entry->dtype && leaf.shape() == shape) return "";
  return cat("'", path, "' is ", type_text(leaf.dtype(), leaf.shape()), ", in the file ",
             type_text(entry->dtype, shape));
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
    throw ValueError(cat("[save] no array of the tree has a value yet: ", file.path()));
  safetensors::write(file, std::move(tensors), {metadata.begin(), metadata.end()});
}

void save(const std::string& path, tree::View tree, const Metadata& metadata) {
  OutputFile file(path);
  write_tree(file, tree, metadata);
  file.commit();
}

void load_into(const std::string& path, tree::Ref tree) {
  const safetensors::Reader reader(path);
  std::map<std::string_view, const safetensors::Entry*> unused;
  for (const auto& entry : reader.header().entries) unused[entry.name] = &entry;
  const std::vector<Array> leaves = tree::leaves(tree);
  const std::vector<std::string> paths = tree::paths(tree);
  std::vector<const safetensors::Entry*> entries;
  std::string wrong;
  for (size_t i = 0; i < leaves.size(); ++i) {
    const auto found = unused.find(paths[i]);
    entries.push_back(found == unused.end() ? nullptr : found->second);
    if (found != unused.end()) unused.erase(found);
    const std::string line = mismatch(paths[i], leaves[i], entries.back());
    if (!line.empty()) wrong += "\n  " + line;
  }
  for (const auto& [name, entry] : unused) wrong += cat("\n  '", name, "' is in the file only");
  if (!wrong.empty()) throw FormatError(cat(path, " does not fit:", wrong));
  std::vector<Array> loaded;
  for (const auto* entry : entries)
    loaded.push_back(entry ? from_bytes(entry->dtype, shape_of(*entry), reader.read(*entry).data()) : Array());
  tree::assign(tree, loaded.data(), loaded.size());
}

std::vector<std::pair<std::string, Array>> load_all(const std::string& path) {
  const safetensors::Reader reader(path);
  std::vector<std::pair<std::string, Array>> arrays;
  for (const auto& entry : reader.header().entries)
    arrays.emplace_back(entry.name, from_bytes(entry.dtype, shape_of(entry), reader.read(entry).data()));
  std::sort(arrays.begin(), arrays.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return arrays;
}

Metadata metadata(const std::string& path) {
  const safetensors::Reader reader(path);
  return {reader.header().metadata.begin(), reader.header().metadata.end()};
}

}  // namespace koine::io
