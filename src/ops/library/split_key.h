#pragma once
#include "base/philox.h"
#include "ops/family/explicit.h"
#include "ops/family/random.h"

#include <algorithm>

namespace koine::ops {

struct SplitKey : Library {
  struct Attrs {
    int64_t n = 2;
  };
  static constexpr const char* args[] = {"key"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::n>("n", "how many keys")};
  static constexpr auto doc =
      "New keys along the axis before the words, independent of each other and of what else follows from the key: "
      "child i is the first two words of Philox4x32-10 at the counter {i, i >> 32, 0, 1}.";
  static constexpr auto shapes =
      "A key of shape (..., 2) gives (..., n, 2); ValueError for a negative n, ShapeError or DTypeError for what is"
      " no key.";
  static constexpr auto example =
      ">>> kn.split_key(kn.random.key(0), n=3).shape\n"
      "(3, 2)";
  static constexpr auto not_differentiable = "its result is keys";
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    if (a.n < 0) throw ValueError("cannot split a key into " + std::to_string(a.n));
    Shape shape = axes_of_keys(in);
    shape.push_back(a.n);
    shape.push_back(2);
    return {uint32, shape};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs& a) {
    for_each_key(k.in[0], [&](PhiloxKey key, int64_t number) {
      for (int64_t i = 0; i < a.n; ++i) {
        PhiloxKey child = split(key, static_cast<uint64_t>(i));
        std::copy(child.begin(), child.end(), k.out[0].as<uint32_t>() + 2 * (number * a.n + i));
      }
    });
  }
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6}, keys = key;
    keys.shape = {3, 2};
    return {sample<SplitKey>({key}), sample<SplitKey>({keys}, {.n = 3})};
  }
};

}  // namespace koine::ops
