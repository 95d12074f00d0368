#pragma once
#include "ops/family/composite.h"
#include "ops/family/random.h"

namespace koine::ops {

struct Categorical : Composite {
  struct Attrs {
    int64_t axis = -1;
  };
  static constexpr const char* args[] = {"key", "logits"};
  static constexpr ir::AttrField fields[] = {field<&Attrs::axis>("axis", "the axis of the classes")};
  static constexpr auto doc =
      "Classes drawn with the probabilities softmax(logits) along an axis: argmax(logits - log(-log(u))) with a "
      "float32 u as in normal for each logit. For several draws, broadcast the logits.";
  static constexpr auto shapes =
      "The result has the logits' shape without the axis, in int64; IndexError for an axis that the logits do not "
      "have, ShapeError or DTypeError for what is no key.";
  static constexpr auto example =
      ">>> logits = kn.asarray([[0.0, -kn.inf], [-kn.inf, 0.0]])\n"
      ">>> kn.categorical(kn.random.key(0), logits)\n"
      "array([0, 1])";
  static constexpr auto not_differentiable = "its result is classes";
  static constexpr Promote promote = Promote::none;
  static void normalize(Attrs& a, const TypeInput& in) { canonical_axis(a.axis, in.shape(1)); }
  static Array body(Array key, Array logits, const Attrs& a) {
    // Drawn in one dtype, so that the classes do not depend on that of the logits.
    OpenUniform drawn = open_uniform(key, logits.shape(), float32);
    Array exponential = -where(drawn.centred < 0, log(drawn.u), log1p(-drawn.rest));
    return argmax(logits - log(exponential), {.axis = a.axis});
  }
  static std::vector<Sample> samples() {
    SampleInput key{.shape = {2}, .dtype = uint32, .low = 0, .high = 1e6};
    return {sample<Categorical>({key, {{5}}}), sample<Categorical>({key, {{3, 4}}}, {.axis = -2})};
  }
};

}  // namespace koine::ops
