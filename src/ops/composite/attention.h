#pragma once
#include "ops/family/composite.h"
#include "ops/family/reduction.h"

#include <limits>

namespace koine::ops {

struct Attention : Composite {
  struct Attrs {
    bool causal = false;
    double scale = 0;
  };
  static constexpr const char* args[] = {"q", "k", "v", "mask?"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::causal>("causal", "query i sees the keys 0 to i only"),
      field<&Attrs::scale>("scale", "factor of the scores; 0 stands for 1 / sqrt(dim)")};
  static constexpr auto doc =
      "softmax(scale * q k') v for each head. q is (batch, queries, heads, dim), k (batch, keys, heads, dim), v "
      "(batch, keys, heads, any), the result (batch, queries, heads, any); k and v may have fewer heads, each for as "
      "many neighbouring heads of q. A bool mask that broadcasts to (batch, heads, queries, keys) is true where a "
      "query sees a key; a query that sees none gives 0, and what no query sees may be NaN (Vaswani et al., 2017).";
  static constexpr auto shapes =
      "ShapeError for q, k and v that do not fit each other, DTypeError for a mask that is not bool.";
  static constexpr auto example =
      ">>> q = k = kn.zeros((1, 3, 1, 2))\n"
      ">>> v = kn.reshape(kn.asarray([1.0, 2.0, 6.0]), (1, 3, 1, 1))\n"
      ">>> kn.attention(q, k, v)[0, :, 0, 0]\n"
      "array([3., 3., 3.])\n"
      ">>> kn.attention(q, k, v, causal=True)[0, :, 0, 0]\n"
      "array([1. , 1.5, 3. ])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    floating_dtypes(operands.first(3));
    for (const ir::OperandDType& mask : operands.subspan(3))
      if (mask.number || mask.dtype != bool_) throw DTypeError("the mask should be a bool array");
  }
  static void check(const Shape& q, const Shape& k, const Shape& v) {
    bool fit = q.size() == 4 && k.size() == 4 && v.size() == 4 && same(q[0], k[0]) && same(q[0], v[0]) &&
               same(k[1], v[1]) && same(k[2], v[2]) && same(q[3], k[3]) && !same(k[2], 0) &&
               same(floor_div(q[2], k[2]) * k[2], q[2]);
    if (!fit)
      throw ShapeError("q " + to_string(q) + ", k " + to_string(k) + ", v " + to_string(v) +
                       " are not (batch, length, heads, dim) of one batch, with heads of q a multiple of those of k");
  }
  /// (batch, heads, length, dim), with as many heads as q.
  static Array by_head(const Array& x, Dim heads) {
    Array wide = widened(x);
    Shape shape = x.shape();
    if (!same(shape[2], heads)) {
      shape.insert(3, floor_div(heads, shape[2]));
      wide = broadcast_to(expand_dims(wide, 3), {.shape = shape});
      shape = {shape[0], shape[1], heads, shape[4]};
      wide = reshape(wide, {.shape = shape});
    }
    return swapaxes(wide, 1, 2);
  }
  static Array places(Dim n) { return cumsum(ones({n}, int64), {.axis = 0}); }
  static Array scaled(const Array& x, double scale) {
    if (scale != 0) return x * scale;
    return x * rsqrt(counted(x.shape(), -1, x.dtype()));
  }
  /// x by head, with 0 in place of what no query sees, which may be infinite or NaN.
  static Array seen_by_head(const Array& x, Dim heads, const Array& mask) {
    Array wide = by_head(x, heads);
    if (!mask.defined()) return wide;
    Array seen = mask;
    while (seen.rank() < 2) seen = expand_dims(seen, 0);
    return where(swapaxes(any(seen, {.axis = -2, .keepdims = true}), -1, -2), wide, 0);
  }
  /// How much each query takes of each key's value: (batch, heads, queries, keys), from scaled q.
  static Array weights(const Array& q, const Array& k, Array mask, const Attrs& a) {
    const Dim queries = q.shape()[2], keys = k.shape()[2];
    Array scores = matmul(q, swapaxes(k, 2, 3));
    if (a.causal) {
      Array seen = places(keys) <= expand_dims(places(queries), 1);
      mask = mask.defined() ? mask & seen : seen;
    }
    constexpr double nothing = -std::numeric_limits<double>::infinity();
    if (mask.defined()) scores = where(broadcast_to(mask, {.shape = scores.shape()}), scores, nothing);
    Array top = stop_gradient(max(scores, {.axis = -1, .keepdims = true}));
    // Where no key is seen the maximum is -inf, every weight 0, and so is their sum.
    if (mask.defined()) top = where(top == nothing, 0, top);
    Array parts = exp(scores - top);
    Array total = sum(parts, {.axis = -1, .keepdims = true});
    if (mask.defined()) total = where(total == 0, 1, total);
    return parts * (1 / total);
  }
  static Array body(Array q, Array k, Array v, Array mask, const Attrs& a) {
    check(q.shape(), k.shape(), v.shape());
    const Dim heads = q.shape()[2];
    if (same(k.shape()[1], 0)) return zeros({q.shape()[0], q.shape()[1], heads, v.shape()[3]}, q.dtype());
    Array part = weights(scaled(by_head(q, heads), a.scale), seen_by_head(k, heads, mask), mask, a);
    return cast(swapaxes(matmul(part, seen_by_head(v, heads, mask)), 1, 2), {.dtype = q.dtype()});
  }
  /// The cotangent of x from that of `by_head`: heads that shared one of x add up.
  static Array from_heads(const Array& ct, const Array& x) {
    Array part = swapaxes(ct, 1, 2);
    Shape shape = x.shape();
    if (!same(part.shape()[2], shape[2])) {
      shape.insert(3, floor_div(part.shape()[2], shape[2]));
      part = sum(reshape(part, {.shape = shape}), {.axis = 3});
    }
    return cast(part, {.dtype = x.dtype()});
  }
  // Through softmax by its result (see softmax.h), so that the weights are all that is kept of them.
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    const Array &q = node.in[0], &k = node.in[1], &v = node.in[2];
    Arrays given(node.in.size());
    if (same(k.shape()[1], 0)) return given;
    const Dim heads = q.shape()[2];
    Array mask = node.in.size() > 3 ? node.in[3] : Array();
    Array qs = scaled(by_head(q, heads), a.scale), ks = seen_by_head(k, heads, mask), cts = by_head(ct[0], heads);
    Array part = weights(qs, ks, mask, a);
    Array ct_part = matmul(cts, swapaxes(seen_by_head(v, heads, mask), 2, 3));
    Array ct_scores = part * (ct_part - sum(ct_part * part, {.axis = -1, .keepdims = true}));
    given[0] = from_heads(scaled(matmul(ct_scores, ks), a.scale), q);
    given[1] = from_heads(matmul(swapaxes(ct_scores, 2, 3), qs), k);
    given[2] = from_heads(matmul(swapaxes(part, 2, 3), cts), v);
    return given;
  }
  static std::vector<Sample> samples() {
    SampleInput mask{.shape = {2, 3}, .dtype = bool_, .values = {1, 0, 1, 0, 0, 0}};
    return {sample<Attention>({{{2, 2, 2, 3}}, {{2, 3, 2, 3}}, {{2, 3, 2, 2}}}),
            sample<Attention>({{{1, 3, 2, 2}}, {{1, 3, 1, 2}}, {{1, 3, 1, 2}}}, {.causal = true, .scale = 0.5}),
            sample<Attention>({{{1, 2, 2, 2}}, {{1, 3, 2, 2}}, {{1, 3, 2, 2}}, mask})};
  }
};

}  // namespace koine::ops
