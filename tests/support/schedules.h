// Schedules of functions, as a device without kernels of its own would get them.
#pragma once

#include "compile/clean.h"
#include "compile/fuse.h"

#include <koine/error.h>

#include <string>
#include <vector>

namespace koine::testing {

template <class F>
compile::Schedule schedule_of(const std::vector<ir::TypeRef>& types, F f) {
  const ir::Captured captured = ir::trace(types, "test", std::source_location::current(), f);
  auto none = [](const ir::OpSpec&) { return false; };
  auto no_views = [](const ir::Graph&, const ir::GraphNode&, std::span<const Ints>) { return false; };
  return compile::fuse(compile::clean(*captured.graph, none).graph, no_views);
}

/// The first line of the error that f throws, or "" when it throws none.
template <class F>
std::string complaint_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
  }
  return "";
}

}  // namespace koine::testing
