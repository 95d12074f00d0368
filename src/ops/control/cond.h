#pragma once
#include "ops/family/control.h"

#include <koine/ops.h>

#include <cstring>

namespace koine::ops {

struct Cond : Control {
  struct Attrs {
    ir::Graphs branches = {};
    Shape batch = {};
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::branches>("branches", "what is computed where the predicate is true, and where it is false"),
      field<&Attrs::batch>("batch", "the predicate's shape: with one, each example is chosen on its own")};
  static constexpr auto doc =
      "Computes one of two functions of the operands, by a predicate. A predicate with axes chooses per example; then "
      "both sides are computed, and the one not chosen reaches neither the result nor any derivative.";

  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    if (!is_bool(in.dtype(0)) || !ir::equal_value(in.shape(0), a.batch))
      throw DTypeError("the predicate should be bool" + to_string(a.batch) + ", got " + to_string(*in.in[0]));
    check_operands({in.op, in.in.subspan(1), in.attrs}, *a.branches[0]);
    check_operands({in.op, in.in.subspan(1), in.attrs}, *a.branches[1]);
    std::vector<TypeValue> yes = output_types(*a.branches[0]), no = output_types(*a.branches[1]);
    bool fit = yes.size() == no.size();
    for (size_t k = 0; fit && k < yes.size(); ++k)
      fit = yes[k].dtype == no[k].dtype && ir::equal_value(yes[k].shape, no[k].shape);
    if (!fit) throw ShapeError("the two sides give different types");
    return yes;
  }
  static Arrays call(Attrs attrs, std::span<const Array> in) {
    return ir::record(spec<Cond>(), ir::intern_attrs(spec<Cond>(), &attrs), in, {});
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents tangents) {
    Mask wrt;
    for (const Array& t : tangents.subspan(1)) wrt.push_back(t.defined());
    Attrs attrs{{}, a.batch};
    for (const ir::GraphRef& branch : a.branches)
      attrs.branches.push_back(tail(transform::jvp(branch, wrt), node.out.size()));
    Arrays in = concat({node.in, chosen(tangents.subspan(1), node.in.subspan(1), wrt)});
    return spread(call(attrs, in), inexact_mask(node.out));
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents cotangents) {
    Mask wrt = wanted_mask(node);
    wrt.erase(wrt.begin());
    Attrs attrs{{}, a.batch};
    for (const ir::GraphRef& branch : a.branches)
      attrs.branches.push_back(tail(transform::vjp(branch, wrt), node.out.size()));
    Arrays found = spread(call(attrs, concat({node.in, chosen(cotangents, node.out, inexact_mask(node.out))})), wrt);
    found.insert(found.begin(), Array());
    return found;
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    Attrs attrs{{}, a.batch};
    Arrays in(node.in.begin(), node.in.end());
    Mask batched(node.batched.begin() + 1, node.batched.end());
    // Examples that choose for themselves need operands of their own, or a sum over the batch would mix the sides.
    if (node.batched[0] || !a.batch.empty()) {
      batched.assign(batched.size(), 1);
      for (size_t i = 0; i < in.size(); ++i)
        if (!node.batched[i]) in[i] = repeat_in_front(in[i], node.size);
      attrs.batch.insert(0, node.size);
    }
    for (const ir::GraphRef& branch : a.branches) attrs.branches.push_back(transform::vmap(branch, batched, node.size));
    return call(attrs, in);
  }
  static void reference(const KernelInput& k, const Attrs& a) {
    std::span<const ir::TensorRef> in = k.in.subspan(1);
    const auto* choice = k.in[0].as<uint8_t>();
    int64_t examples = k.in[0].count();
    if (a.batch.empty()) return k.runner.run(a.branches[choice[0] ? 0 : 1], in, k.out);
    k.runner.run(a.branches[0], in, k.out);
    std::vector<std::vector<std::byte>> memory;
    std::vector<ir::TensorRef> other(k.out.begin(), k.out.end());
    for (ir::TensorRef& out : other) {
      if (!out.data) continue;
      memory.emplace_back(static_cast<size_t>(out.bytes()));
      out.data = memory.back().data();
    }
    k.runner.run(a.branches[1], in, other);
    for (size_t i = 0; i < other.size(); ++i) {
      if (!other[i].data || examples == 0) continue;
      auto size = static_cast<size_t>(other[i].bytes() / examples);
      for (int64_t e = 0; e < examples; ++e)
        if (!choice[e])
          std::memcpy(k.out[i].data + e * static_cast<int64_t>(size), other[i].data + e * static_cast<int64_t>(size),
                      size);
    }
  }
  static constexpr Exemption exemptions[] = {{Cell::forward, Reason::control_flow},
                                             {Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    std::vector<ir::TypeRef> types(2, ir::intern_type(float64, {3}));
    ir::GraphRef yes =
        make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{tanh(in[0]) * in[1]}; });
    ir::GraphRef no = make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{in[0] * in[0]}; });
    auto choose = [&](double which) {
      return sample<Cond>({{.shape = {}, .dtype = bool_, .values = {which}}, {{3}, float64}, {{3}, float64}},
                          {{yes, no}, {}});
    };
    return {choose(1), choose(0)};
  }

 private:
  /// The graph without its first outputs.
  static ir::GraphRef tail(const ir::GraphRef& graph, size_t dropped) {
    return make_graph(input_types(*graph), "cond", [&](std::span<const Array> in) {
      Arrays out = ir::replay(*graph, in);
      return Arrays(out.begin() + static_cast<std::ptrdiff_t>(dropped), out.end());
    });
  }
};

}  // namespace koine::ops
