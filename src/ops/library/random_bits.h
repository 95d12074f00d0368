#pragma once
#include "base/philox.h"
#include "ops/family/explicit.h"
#include "ops/family/random.h"

#include <koine/ops.h>

#include <cstring>

namespace koine::ops {

struct RandomBits : Library {
  struct Attrs {
    Shape shape = {};
    DType dtype = uint32;
  };
  static constexpr const char* args[] = {"key"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::shape>("shape", "how many numbers, along which axes"),
                                             field<&Attrs::dtype>("dtype", "an integer dtype")};
  static constexpr auto doc =
      "Integers whose bits are random: the words of Philox4x32-10 at the counters 0, 1, 2 and so on, two words (low "
      "one first) for 64 bits, the low bits of one word for fewer. Several keys along leading axes give each its own.";
  static constexpr auto shapes =
      "The result has the key's axes but the last and then the given shape; DTypeError for a dtype that is no "
      "integer, ShapeError or DTypeError for what is no key.";
  static constexpr auto example =
      ">>> kn.random_bits(kn.random.key(0), (4,), 'uint8').dtype\n"
      "koine.uint8";
  static constexpr auto not_differentiable = "its result is integers";
  static TypeValue infer(const TypeInput& in, const Attrs& a) {
    if (!is_integer(a.dtype)) throw DTypeError("random bits are integers, not " + to_string(a.dtype));
    Shape shape = axes_of_keys(in);
    for (Dim size : a.shape) shape.push_back(size);
    return {a.dtype, shape};
  }
  static Arrays vmap(const BatchInput& node, const Attrs&, std::span<uint8_t>) { return again(node, node.in); }
  static void reference(const KernelInput& k, const Attrs& a) {
    auto size = static_cast<int64_t>(size_of(a.dtype)), n = int64_t{1};
    for (Dim length : a.shape) n *= length.value();
    // A block is four words: two numbers of 64 bits, four of fewer.
    int64_t words = size == 8 ? 2 : 1, each = 4 / words;
    for_each_key(k.in[0], [&](PhiloxKey key, int64_t number) {
      std::byte* to = k.out[0].data + number * n * size;
      PhiloxBlock block{};
      for (int64_t i = 0; i < n; ++i) {
        if (i % each == 0) block = philox_draw(key, static_cast<uint64_t>(i / each));
        std::memcpy(to + i * size, &block[static_cast<size_t>(i % each * words)], static_cast<size_t>(size));
      }
    });
  }
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6}, keys = key;
    keys.shape = {3, 2};
    return {sample<RandomBits>({key}, {.shape = {5}}), sample<RandomBits>({key}, {.shape = {2, 3}, .dtype = uint64}),
            sample<RandomBits>({keys}, {.shape = {}, .dtype = int8})};
  }
};

}  // namespace koine::ops
