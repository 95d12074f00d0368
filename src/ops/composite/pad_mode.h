#pragma once
#include "base/narrow.h"
#include "ops/family/composite.h"
#include "ops/family/reduction.h"

namespace koine::ops {

struct PadMode : Composite {
  struct Attrs {
    Ints before = {};
    Ints after = {};
    std::string mode = "edge";
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::before>("before", "how many elements are put before each axis; none when left out"),
      field<&Attrs::after>("after", "how many elements are put after each axis; none when left out"),
      field<&Attrs::mode>(
          "mode",
          "edge repeats the first and the last element, reflect mirrors at them, symmetric mirrors behind "
          "them, wrap goes on at the other end")};
  static constexpr auto doc =
      "An array with elements of its own put around it, as NumPy's pad by its modes. They may be more than there are: "
      "then the pattern repeats.";
  static constexpr auto shapes =
      "Every axis is longer by what is put before and after; ShapeError unless both name a number for each axis, and "
      "for "
      "an axis without elements, ValueError for a negative number or another mode.";
  static constexpr auto example =
      ">>> kn.pad_mode(kn.asarray([1, 2, 3]), before=[2], after=[1], mode='reflect')\n"
      "array([3, 2, 1, 2, 3, 2])";
  static constexpr ir::Whole whole = ir::Whole::first;
  static constexpr Promote promote = Promote::none;
  static void normalize(Attrs& a, const TypeInput& in) {
    const Shape& shape = in.shape(0);
    if (a.before.empty()) a.before.assign(shape.size(), 0);
    if (a.after.empty()) a.after.assign(shape.size(), 0);
    if (a.before.size() != shape.size() || a.after.size() != shape.size())
      throw ShapeError("before and after must say a number for each axis of " + to_string(shape));
    if (a.mode != "edge" && a.mode != "reflect" && a.mode != "symmetric" && a.mode != "wrap")
      throw ValueError("mode is edge, reflect, symmetric or wrap, got '" + a.mode + "'");
    for (size_t d = 0; d < shape.size(); ++d) {
      if (a.before[d] < 0 || a.after[d] < 0) throw ValueError("cannot put a negative number of elements");
      if (a.before[d] + a.after[d] > 0 && same(shape[static_cast<int64_t>(d)], 0))
        throw ShapeError("an axis without elements has none to put around it: " + to_string(shape));
    }
  }
  /// Which element of an axis of n stands at places -before to n + after - 1.
  static Array sources(Dim n, int64_t before, int64_t after, const std::string& mode) {
    const Array length = counted({n}, 0, int64), last = length - 1;
    const Array place = cumsum(ones({n + before + after}, int64), {.axis = 0}) - (before + 1);
    if (mode == "edge") return clip_to(place, last);
    if (mode == "wrap") return remainder(place, length);
    // There and back again; the ends are passed once, or twice.
    const Array turn = mode == "reflect" ? maximum(last * 2, 1) : length * 2;
    const Array there = remainder(place, turn);
    return minimum(there, mode == "reflect" ? turn - there : turn - 1 - there);
  }
  static Array clip_to(const Array& place, const Array& last) { return minimum(maximum(place, 0), last); }
  static Array body(Array x, const Attrs& a) {
    const auto axes = narrow<int>(a.before.size()), first = x.rank() - axes;
    for (int d = 0; d < axes; ++d) {
      const int64_t before = a.before[static_cast<size_t>(d)], after = a.after[static_cast<size_t>(d)];
      if (before + after == 0) continue;
      x = gather(x, sources(x.shape()[first + d], before, after, a.mode), {.axis = first + d});
    }
    return identity(x);
  }
  static std::vector<Sample> samples() {
    return {sample<PadMode>({{{3}}}, {{2}, {1}, "edge"}), sample<PadMode>({{{2, 3}}}, {{1, 0}, {3, 4}, "reflect"}),
            sample<PadMode>({{{2, 3}}}, {{0, 5}, {1, 4}, "symmetric"}),
            sample<PadMode>({{{3, 2}}}, {{4, 0}, {1, 3}, "wrap"})};
  }
  static constexpr Onnx onnx{"Pad", 13};
};

}  // namespace koine::ops
