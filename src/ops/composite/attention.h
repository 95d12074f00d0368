#pragma once
#include "base/format.h"
#include "ops/family/composite.h"
#include "ops/family/elementwise.h"
#include "ops/family/reduction.h"

#include <koine/warning.h>

#include <limits>

namespace koine::ops {

struct Attention : Composite {
  struct Attrs {
    bool causal = false;
    double scale = 0;
    std::string layout = "";
    double dropout = 0;
  };
  static constexpr const char* args[] = {"q", "k", "v", "mask?", "key?"};
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::causal>("causal", "query i sees the keys 0 to i only"),
      field<&Attrs::scale>("scale", "factor of the scores; 0 stands for 1 / sqrt(dim)"),
      field<&Attrs::layout>(
          "layout",
          "blhd for (batch, length, heads, dim), bhld for (batch, heads, length, dim), PyTorch's; blhd "
          "when left out, with a warning where the shapes look like the other"),
      field<&Attrs::dropout>("dropout", "this part of the weights is dropped, drawn by the key")};
  static constexpr auto doc =
      "softmax(scale * q k' + bias) v for each head. q is (batch, queries, heads, dim), k (batch, keys, heads, dim), v "
      "(batch, keys, heads, any), the result (batch, queries, heads, any); k and v may have fewer heads, each for as "
      "many neighbouring heads of q. The mask broadcasts to (batch, heads, queries, keys): a bool one is true where a "
      "query sees a key, a floating one is the bias that is added to the scores, -inf where it sees none. A query that "
      "sees no key gives 0; what nobody sees has no influence, NaN or not (Vaswani et al., 2017).";
  static constexpr auto shapes =
      "ShapeError for q, k and v that do not fit each other or a mask that does not broadcast, DTypeError for a mask "
      "of "
      "integers, ValueError for another layout.";
  static constexpr auto example =
      ">>> q = k = kn.zeros((1, 3, 1, 2))\n"
      ">>> v = kn.reshape(kn.asarray([1.0, 2.0, 6.0]), (1, 3, 1, 1))\n"
      ">>> kn.attention(q, k, v)[0, :, 0, 0]\n"
      "array([3., 3., 3.])\n"
      ">>> kn.attention(q, k, v, causal=True)[0, :, 0, 0]\n"
      "array([1. , 1.5, 3. ])";
  static void operand_dtypes(std::span<ir::OperandDType> operands) {
    floating_dtypes(operands.first(3));
    if (operands.size() < 4) return;
    ir::OperandDType& mask = operands[3];
    if (mask.number && mask.kind == Kind::floating) mask.dtype = operands[0].dtype;
    if (mask.number ? mask.kind != Kind::floating : mask.dtype != bool_ && !is_floating(mask.dtype))
      throw DTypeError(cat("the mask is a bool array, or a floating one that is added to the scores, got ",
                           mask.number ? "a number that is not floating" : name(mask.dtype)));
  }
  static void normalize(Attrs& a, const TypeInput& in) {
    const Shape &q = in.shape(0), &k = in.shape(1);
    if (!(a.dropout >= 0 && a.dropout <= 1)) throw ValueError(cat("dropout is from 0 to 1, got ", a.dropout));
    if (a.dropout > 0 && in.in.size() < 5) throw ValueError("dropout takes a key, as the operand behind the mask");
    if (a.layout.empty()) {
      a.layout = "blhd";
      const auto more_heads = [](const Shape& x) {
        return x.size() == 4 && x[1].is_concrete() && x[2].is_concrete() && x[2].value() > x[1].value();
      };
      if (more_heads(q) && more_heads(k) && k[1].value() > 1)
        warn(cat("[attention] q ", q,
                 " is read as (batch, length, heads, dim), with more heads than positions: for "
                 "(batch, heads, length, dim) say layout = \"bhld\", else layout = \"blhd\""));
    }
    if (a.layout != "blhd" && a.layout != "bhld")
      throw ValueError(cat("layout is \"blhd\" or \"bhld\", got \"", a.layout, "\""));
    check(by_length(q, a), by_length(k, a), by_length(in.shape(2), a));
    if (in.in.size() < 4) return;
    const Shape scores{q[0], by_length(q, a)[2], by_length(q, a)[1], by_length(k, a)[1]};
    if (!(broadcast(in.shape(3), scores) == scores))
      throw ShapeError(cat("the mask ", in.shape(3), " does not broadcast to (batch, heads, queries, keys) ", scores));
  }
  static Shape by_length(const Shape& x, const Attrs& a) {
    if (a.layout == "blhd" || x.size() != 4) return x;
    return {x[0], x[2], x[1], x[3]};
  }
  static void check(const Shape& q, const Shape& k, const Shape& v) {
    bool fit = q.size() == 4 && k.size() == 4 && v.size() == 4 && same(q[0], k[0]) && same(q[0], v[0]) &&
               same(k[1], v[1]) && same(k[2], v[2]) && same(q[3], k[3]) && !same(k[2], 0) &&
               same(floor_div(q[2], k[2]) * k[2], q[2]);
    if (!fit)
      throw ShapeError(
          cat("q ", q, ", k ", k, ", v ", v,
              " are not (batch, length, heads, dim) of one batch, with heads of q a multiple of those of k"));
  }
  /// (batch, heads, length, dim), with as many heads as q.
  static Array by_head(const Array& x, Dim heads, const Attrs& a) {
    Array wide = a.layout == "bhld" ? widened(x) : swapaxes(widened(x), 1, 2);
    Shape shape = wide.shape();
    if (same(shape[1], heads)) return wide;
    shape.insert(2, floor_div(heads, shape[1]));
    wide = broadcast_to(expand_dims(wide, 2), {.shape = shape});
    return reshape(wide, {.shape = {shape[0], heads, shape[3], shape[4]}});
  }
  static Array places(Dim n) { return cumsum(ones({n}, int64), {.axis = 0}); }
  static Array scaled(const Array& x, double scale) {
    if (scale != 0) return x * scale;
    return x * rsqrt(counted(x.shape(), -1, x.dtype()));
  }

  /// The operands by head, q scaled. What a mask lets nobody see, and queries that see nothing, are 0: a product with a
  /// weight of 0 would keep their NaN.
  struct Heads {
    Array q, k, v, bias, seen;
  };
  static constexpr double nothing = -std::numeric_limits<double>::infinity();
  static Heads heads_of(const Array& q, const Array& k, const Array& v, const Array& mask, const Attrs& a) {
    const Dim heads = by_length(q.shape(), a)[2];
    Heads all{scaled(by_head(q, heads, a), a.scale), by_head(k, heads, a), by_head(v, heads, a), {}, {}};
    if (mask.defined() && mask.dtype() != bool_) all.bias = widened(mask);
    if (mask.defined()) all.seen = all.bias.defined() ? all.bias != nothing : mask;
    if (a.causal) {
      Array before = places(all.k.shape()[2]) <= expand_dims(places(all.q.shape()[2]), 1);
      all.seen = all.seen.defined() ? all.seen & before : before;
    }
    if (!mask.defined()) return all;
    Shape shape = all.seen.shape();
    while (shape.size() < 4) shape.insert(0, 1);
    const Array seen = reshape(all.seen, {.shape = shape}), by_query = any(seen, {.axis = -1, .keepdims = true});
    const Array by_key = swapaxes(any(seen, {.axis = -2, .keepdims = true}), 2, 3);
    all.q = where(by_query, all.q, 0);
    all.k = where(by_key, all.k, 0);
    all.v = where(by_key, all.v, 0);
    return all;
  }
  /// How much each query takes of each key's value: (batch, heads, queries, keys).
  static Array weights(const Heads& h) {
    Array scores = matmul(h.q, swapaxes(h.k, 2, 3));
    if (h.bias.defined()) scores = scores + h.bias;
    if (h.seen.defined()) scores = where(broadcast_to(h.seen, {.shape = scores.shape()}), scores, nothing);
    Array top = stop_gradient(max(scores, {.axis = -1, .keepdims = true}));
    // Where no key is seen the maximum is -inf, every weight 0, and so is their sum.
    if (h.seen.defined()) top = where(top == nothing, 0, top);
    Array parts = exp(scores - top);
    Array total = sum(parts, {.axis = -1, .keepdims = true});
    if (h.seen.defined()) total = where(total == 0, 1, total);
    return parts * (1 / total);
  }
  /// What each weight is multiplied by: 0 where it is dropped, else so much that the mean stays.
  static Array kept(const Array& weights, const Array& key, const Attrs& a) {
    return dropout(ones_like(weights), key, {.rate = a.dropout});
  }
  static Array body(Array q, Array k, Array v, Array mask, Array key, const Attrs& a) {
    const Shape to = by_length(q.shape(), a), from = by_length(k.shape(), a);
    if (same(from[1], 0)) {
      const Shape shape{to[0], to[1], to[2], v.shape()[3]};
      return zeros(by_length(shape, a), q.dtype());
    }
    const Heads h = heads_of(q, k, v, mask, a);
    Array part = weights(h);
    if (a.dropout > 0) part = part * kept(part, key, a);
    Array y = matmul(part, h.v);
    return cast(a.layout == "bhld" ? y : swapaxes(y, 1, 2), {.dtype = q.dtype()});
  }
  /// The cotangent of x from that of `by_head`: heads that shared one of x add up.
  static Array from_heads(const Array& ct, const Array& x, const Attrs& a) {
    Array part = ct;
    Shape shape = by_length(x.shape(), a);
    shape = {shape[0], shape[2], shape[1], shape[3]};
    if (!same(part.shape()[1], shape[1])) {
      shape.insert(2, floor_div(part.shape()[1], shape[1]));
      part = sum(reshape(part, {.shape = shape}), {.axis = 2});
    }
    return cast(a.layout == "bhld" ? part : swapaxes(part, 1, 2), {.dtype = x.dtype()});
  }
  // Through softmax by its result (see softmax.h), so that the weights are all that is kept of them.
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents ct) {
    const Array &q = node.in[0], &k = node.in[1], &v = node.in[2];
    const Array mask = node.in.size() > 3 ? node.in[3] : Array();
    Arrays given(node.in.size());
    const Dim heads = by_length(q.shape(), a)[2];
    if (same(by_length(k.shape(), a)[1], 0)) return given;
    const Heads h = heads_of(q, k, v, mask, a);
    Array cts = by_head(ct[0], heads, a), part = weights(h);
    Array ct_part = matmul(cts, swapaxes(h.v, 2, 3)), used = part;
    if (a.dropout > 0) {
      const Array factor = kept(part, node.in[4], a);
      ct_part = ct_part * factor;
      used = part * factor;
    }
    Array ct_scores = part * (ct_part - sum(ct_part * part, {.axis = -1, .keepdims = true}));
    given[0] = from_heads(scaled(matmul(ct_scores, h.k), a.scale), q, a);
    given[1] = from_heads(matmul(swapaxes(ct_scores, 2, 3), h.q), k, a);
    given[2] = from_heads(matmul(swapaxes(used, 2, 3), cts), v, a);
    if (h.bias.defined()) given[3] = cast(unbroadcast(ct_scores, mask.shape()), {.dtype = mask.dtype()});
    return given;
  }
  static std::vector<Sample> samples() {
    SampleInput mask{.shape = {2, 3}, .dtype = bool_, .values = {1, 0, 1, 0, 0, 0}};
    SampleInput bias{.shape = {2, 1, 2, 3}};
    return {sample<Attention>({{{2, 2, 2, 3}}, {{2, 3, 2, 3}}, {{2, 3, 2, 2}}}, {.layout = "blhd"}),
            sample<Attention>({{{1, 3, 2, 2}}, {{1, 3, 1, 2}}, {{1, 3, 1, 2}}},
                              {.causal = true, .scale = 0.5, .layout = "blhd"}),
            sample<Attention>({{{1, 4, 2, 3}}, {{1, 2, 3, 3}}, {{1, 2, 3, 2}}}, {.layout = "bhld"}),
            sample<Attention>({{{2, 2, 2, 2}}, {{2, 3, 2, 2}}, {{2, 3, 2, 2}}, bias}, {.layout = "blhd"}),
            sample<Attention>({{{1, 2, 2, 2}}, {{1, 3, 2, 2}}, {{1, 3, 2, 2}}, mask}, {.layout = "blhd"})};
  }
};

}  // namespace koine::ops
