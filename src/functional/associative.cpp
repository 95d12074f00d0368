#include "base/format.h"
#include "functional/recorded.h"

#include <koine/ops.h>

#include <algorithm>

/// The scan of an associative operation: in a number of steps that is the logarithm of the length (Blelloch, 1990).
namespace koine::detail {

namespace {

struct Scan {
  Callable combine;
  int axis;

  List pick(const List& leaves, int64_t start, int64_t stop, int64_t step) const {
    List picked;
    for (const Array& x : leaves) picked.push_back(range(x, start, stop, step));
    return picked;
  }
  Array range(const Array& x, int64_t start, int64_t stop, int64_t step) const {
    SliceAttrs attrs{.starts = Ints(axis, 0), .stops = Ints(axis, none), .steps = Ints(axis, 1)};
    attrs.starts.push_back(start);
    attrs.stops.push_back(stop);
    attrs.steps.push_back(step);
    return slice(x, attrs);
  }
  List combined(List first, const List& second) const {
    first.insert(first.end(), second.begin(), second.end());
    return combine(first);
  }
  /// Elements of two lists in turn; the first may have one more.
  Array interleaved(const Array& even, const Array& odd) const {
    const int64_t pairs = odd.size(axis);
    const Array most = range(even, 0, pairs, 1);
    Shape shape = odd.shape();
    shape[axis] = 2 * pairs;
    const Array turns = reshape(stack({most, odd}, axis + 1), {.shape = shape});
    if (even.size(axis) == pairs) return turns;
    return concatenate({turns, range(even, pairs, pairs + 1, 1)}, {.axis = axis});
  }
  List operator()(const List& leaves) const {
    const int64_t count = leaves[0].size(axis);
    if (count < 2) return leaves;
    // The scan of neighbours combined gives every second result, and one more combination the others.
    const List odd = (*this)(combined(pick(leaves, 0, count - 1, 2), pick(leaves, 1, count, 2)));
    const List rest = pick(leaves, 2, count, 2), first = pick(leaves, 0, 1, 1);
    List even = first;
    if (count > 2) {
      const List more = combined(pick(odd, 0, rest[0].size(axis), 1), rest);
      for (size_t i = 0; i < even.size(); ++i) even[i] = concatenate({first[i], more[i]}, {.axis = axis});
    }
    for (size_t i = 0; i < even.size(); ++i) even[i] = interleaved(even[i], odd[i]);
    return even;
  }
};

}  // namespace

List associative_scan(Callable combine, const List& leaves, bool reverse, int axis, std::source_location where) {
  SourceScope scope(where);
  if (leaves.empty()) return leaves;
  int place = axis < 0 ? axis + leaves[0].rank() : axis;
  for (const Array& x : leaves)
    if (place < 0 || place >= x.rank() || x.size(place) != leaves[0].size(place))
      throw ShapeError(cat("[associative_scan] all arrays should have the same length along axis ", axis, ", got ",
                           ir::to_string(*ir::type_of(leaves[0])), " and ", ir::to_string(*ir::type_of(x)),
                           at_line(where)));
  auto checked = [&](const List& in) {
    List out = combine(in);
    bool fit = out.size() == leaves.size();
    for (size_t i = 0; fit && i < out.size(); ++i) fit = ir::type_of(out[i]) == ir::type_of(in[i]);
    if (!fit)
      throw ShapeError(
          cat("[associative_scan] the combination of two parts should be like each of them", at_line(where)));
    return out;
  };
  auto turned = [&](const List& list) {
    List result;
    for (const Array& x : list) result.push_back(koine::reverse(x, {.axes = {place}}));
    return result;
  };
  const Scan scan{Callable(checked), place};
  return reverse ? turned(scan(turned(leaves))) : scan(leaves);
}

}  // namespace koine::detail
