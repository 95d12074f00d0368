#include "ir/op_spec.h"
#include "base/narrow.h"

#include <algorithm>
#include <climits>
#include <cstring>

namespace koine::ir {

const char* name(Family family) {
  constexpr const char* names[] = {"elementwise", "structural", "contraction", "reduction",
                                   "scan",        "library",    "control",     "composite"};
  return names[static_cast<int>(family)];
}

bool OpSpec::is_variadic() const { return !args.empty() && std::strstr(args.back(), "...") != nullptr; }

int OpSpec::min_args() const {
  int n = 0;
  for (const char* arg : args) n += std::strchr(arg, '?') == nullptr && std::strstr(arg, "...") == nullptr;
  return n;
}

int OpSpec::max_args() const { return is_variadic() ? INT_MAX : narrow<int>(args.size()); }

const OpSpec* find_op(std::string_view wanted) {
  auto table = op_table();
  auto it = std::lower_bound(table.begin(), table.end(), wanted,
                             [](const OpSpec* op, std::string_view name) { return op->name < name; });
  return it != table.end() && (*it)->name == wanted ? *it : nullptr;
}

}  // namespace koine::ir
