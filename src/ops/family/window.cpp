#include "ops/family/window.h"

#include "base/format.h"

namespace koine::ops {

void per_axis(Ints& numbers, size_t n, int64_t otherwise, int64_t least, const char* what) {
  if (numbers.empty()) numbers.assign(n, otherwise);
  if (numbers.size() == 1) numbers.resize(n, numbers[0]);
  if (numbers.size() != n)
    throw ValueError(
        cat(what, " has ", numbers.size(), " numbers for ", n, " spatial axes: give one for all, or one for each"));
  for (const int64_t one : numbers)
    if (one < least) throw ValueError(cat(what, " is at least ", least, ", got ", one));
}

namespace {

// As many places as steps fit into the length; what is odd goes to the end.
void add_same(Ints& pads, Dim length, Dim reached, int64_t stride) {
  const Dim total = max(Dim(0), (ceil_div(length, stride) - 1) * stride + reached - length);
  if (!total.is_concrete())
    throw ShapeError(cat("padding \"same\" with a stride of ", stride, " depends on the length ", length,
                         ", which is not known: give numbers"));
  pads.push_back(total.value() / 2);
  pads.push_back(total.value() - total.value() / 2);
}

}  // namespace

Ints pads_per_axis(const Ints& padding, size_t n) {
  Ints pads = padding;
  if (pads.empty()) pads.assign(2 * n, 0);
  if (pads.size() == 1) pads.resize(2 * n, pads[0]);
  if (pads.size() == n && n > 1) {  // of one axis two numbers are low and high
    pads.clear();
    for (const int64_t both : padding) pads.insert(pads.end(), {both, both});
  }
  if (pads.size() != 2 * n)
    throw ValueError(cat("padding has ", pads.size(), " numbers for ", n,
                         " spatial axes: give one for all, one for each, or (low, high) for each"));
  for (const int64_t one : pads)
    if (one < 0) throw ValueError(cat("padding is at least 0, got ", one));
  return pads;
}

Ints pads_per_axis(const Padding& padding, const Windows& windows) {
  const std::string& word = padding.word();
  if (!word.empty() && word != "same" && word != "valid")
    throw ValueError(cat("padding is \"same\", \"valid\" or numbers, got \"", word, "\""));
  if (word != "same") return pads_per_axis(padding.list(), windows.lengths.size());
  Ints pads;
  for (size_t d = 0; d < windows.lengths.size(); ++d) {
    const auto axis = static_cast<int64_t>(d);
    add_same(pads, windows.lengths[axis], windows.reaches[axis], windows.stride[d]);
  }
  return pads;
}

}  // namespace koine::ops
