// Trees of arrays in files.
#pragma once

#include <koine/tree.h>

#include <string>
#include <utility>
#include <vector>

namespace koine::io {

/// Notes of the user that a file keeps beside its arrays.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// Writes the leaves of a tree to a safetensors file, named by their paths ("in.weight"). A file that was there before
/// is replaced as a whole or, when anything fails, not at all. Equal trees give equal files. Leaves without a value,
/// such as a bias that a layer does without, are left out. Throws ValueError when no leaf has a value, TraceError under
/// `vmap` and `jit`, FormatError for notes that are not UTF-8, and IoError.
void save(const std::string& path, tree::View tree, const Metadata& metadata = {});

/// Assigns the arrays of a safetensors file to the leaves of their names. A leaf that has a shape and dtype asks the
/// file for the same; a leaf without a value takes what is there, if anything.
/// Throws FormatError that names each leaf that is missing or of another shape or dtype and each array that is left
/// over, before the first one is assigned, and IoError.
void load_into(const std::string& path, tree::Ref tree);

/// A copy of `like` with the arrays of a file as its leaves. Throws as `load_into`.
template <class T>
T load(const std::string& path, T like) {
  load_into(path, like);
  return like;
}

/// All arrays of a file, sorted by name. Throws FormatError and IoError.
std::vector<std::pair<std::string, Array>> load_all(const std::string& path);

/// The notes of a file, sorted by name.
Metadata metadata(const std::string& path);

}  // namespace koine::io
