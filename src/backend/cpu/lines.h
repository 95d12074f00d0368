#pragma once
#include "backend/cpu/attr.h"
#include "backend/cpu/pool.h"

#include <algorithm>

namespace koine::backend::cpu {

/// An array as lines along an axis: [before, length, after].
struct AxisLines {
  int64_t before = 1, length = 1, after = 1;

  /// `axis` counts from the end.
  AxisLines(const Shape& shape, int64_t axis) : AxisLines(shape, static_cast<int64_t>(shape.size()) + axis, 1) {}
  /// Lines through `axes` axes from `first` on.
  AxisLines(const Shape& shape, int64_t first, int64_t axes) {
    for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
      (d < first ? before : d < first + axes ? length : after) *= shape[d].value();
  }
  int64_t count() const { return before * after; }
  /// The first element of a line; the next ones are `after` apart.
  int64_t start(int64_t line) const { return line / after * length * after + line % after; }
};

/// Calls f(first, last) for stretches of lines that are worth a thread.
template <class F>
void for_lines(const AxisLines& lines, F f) {
  constexpr int64_t worth = 8192;
  const int64_t chunk = std::max<int64_t>(1, worth / std::max<int64_t>(lines.length, 1));
  parallel_for((lines.count() + chunk - 1) / chunk,
               [&](int64_t at) { f(at * chunk, std::min(lines.count(), (at + 1) * chunk)); });
}

}  // namespace koine::backend::cpu
