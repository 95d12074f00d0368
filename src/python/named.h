// A tree of Python as C++ sees it.
#pragma once

#include <koine/array.h>
#include <koine/tree.h>

#include <string>
#include <utility>
#include <vector>

namespace koine::python {

/// Arrays with paths: what C++ sees of a model or gradient of Python.
class Named {
 public:
  using value_type = std::pair<std::string, Array>;
  using key_type = std::string;
  using mapped_type = Array;

  Named() = default;
  Named(const std::vector<std::string>& paths, const std::vector<Array>& arrays) {
    for (size_t i = 0; i < paths.size(); ++i) entries_.emplace_back(paths[i], arrays.at(i));
  }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  size_t size() const { return entries_.size(); }
  std::vector<Array> arrays() const {
    std::vector<Array> list;
    for (const value_type& entry : entries_) list.push_back(entry.second);
    return list;
  }

 private:
  std::vector<value_type> entries_;
};

}  // namespace koine::python
