#pragma once
#include "base/dtype_traits.h"
#include "base/number.h"
#include "base/philox.h"
#include "ops/family/explicit.h"
#include "ops/family/random.h"
#include "ops/family/structural.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

struct FoldIn : Library {
  static constexpr const char* args[] = {"key", "data"};
  static constexpr auto doc =
      "The key mixed with an integer, such as a step or the number of a layer: the first two words of Philox4x32-10 at "
      "the counter {data, data >> 32, 0, 2}. Keys and integers are as many as each other, or one of them is one.";
  static constexpr auto shapes =
      "The result has the keys' shape; ShapeError where keys and integers are not as many, DTypeError for data that"
      " are no integers.";
  static constexpr auto example =
      ">>> key = kn.random.key(0)\n"
      ">>> kn.fold_in(key, 7).shape, bool(kn.all(kn.fold_in(key, 7) == kn.fold_in(key, 8)))\n"
      "((2,), False)";
  static constexpr auto not_differentiable = "its result is a key";
  // A number beyond int64 is one of uint64.
  static Array instead(const ir::OpSpec&, std::span<const Arg> args) {
    if (args[1].is_array() || args[1].number().kind() != Kind::integer || in_range(args[1].number(), int64)) return {};
    return fold_in(args[0], full({.shape = {}, .value = args[1].number(), .dtype = uint64}));
  }
  static TypeValue infer(const TypeInput& in, const Attrs&) {
    if (!is_integer(in.dtype(1))) throw DTypeError("a key is mixed with integers, not " + to_string(in.dtype(1)));
    Shape keys = axes_of_keys(in), shape = in.shape(1);
    if (!shape.empty() && !keys.empty() && !(keys == shape))
      throw ShapeError("keys along " + to_string(keys) + ", integers along " + to_string(shape));
    if (shape.empty()) shape = keys;
    shape.push_back(2);
    return {uint32, shape};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) {
    Arrays in = all_batched(node);
    Shape keys = in[0].shape(), data = in[1].shape();
    keys.pop_back();
    // One side was single: it is repeated, as the batch makes it many.
    if (keys.size() < data.size()) {
      Shape wide = keys, full = data;
      while (wide.size() < data.size()) wide.push_back(1);
      wide.push_back(2);
      full.push_back(2);
      in[0] = broadcast_to(reshape(in[0], {.shape = wide}), {.shape = full});
    } else if (data.size() < keys.size()) {
      while (data.size() < keys.size()) data.push_back(1);
      in[1] = broadcast_to(reshape(in[1], {.shape = data}), {.shape = keys});
    }
    return again(node, in);
  }
  static void reference(const KernelInput& k, const Attrs&) {
    int64_t n = k.out[0].count() / 2, keys = k.in[0].count() / 2;
    std::vector<int64_t> data(static_cast<size_t>(k.in[1].count()));
    load_wide(k.in[1].dtype, k.in[1].data, k.in[1].count(), data.data());
    for (int64_t i = 0; i < n; ++i) {
      const uint32_t* words = k.in[0].as<uint32_t>() + (keys == 1 ? 0 : 2 * i);
      PhiloxKey mixed = fold_in(PhiloxKey{words[0], words[1]},
                                static_cast<uint64_t>(data[data.size() == 1 ? 0 : static_cast<size_t>(i)]));
      std::copy(mixed.begin(), mixed.end(), k.out[0].as<uint32_t>() + 2 * i);
    }
  }
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6}, keys = key;
    keys.shape = {3, 2};
    return {sample<FoldIn>({key, {.shape = {}, .dtype = int64, .values = {7}}}),
            sample<FoldIn>({keys, {.shape = {3}, .dtype = int32, .values = {1, -2, 3}}}),
            sample<FoldIn>({key, {.shape = {3}, .dtype = uint8, .values = {1, 2, 3}}}),
            sample<FoldIn>({keys, {.shape = {}, .dtype = int64, .values = {5}}})};
  }
};

}  // namespace koine::ops
