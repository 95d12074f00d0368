#pragma once
#include "ops/family/control.h"

#include <koine/ops.h>

namespace koine::ops {

struct Checkpoint : Control {
  struct Attrs {
    ir::Graphs body = {};
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::body>("body", "the function")};
  static constexpr auto doc =
      "Calls a function whose inner values are computed again in the backward pass instead of being kept.";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_operands(in, *a.body[0]);
    return output_types(*a.body[0]);
  }
  static Arrays call(ir::GraphRef graph, std::span<const Array> in) {
    Attrs attrs{{std::move(graph)}};
    return ir::record(spec<Checkpoint>(), ir::intern_attrs(spec<Checkpoint>(), &attrs), in, {});
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents tangents) {
    Mask wrt;
    for (const Array& t : tangents) wrt.push_back(t.defined());
    Arrays out = call(transform::jvp(a.body[0], wrt), concat({node.in, chosen(tangents, node.in, wrt)}));
    return spread(part(out, node.out.size(), out.size() - node.out.size()), inexact_mask(node.out));
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents cotangents) {
    Mask wrt = wanted_mask(node), floating = inexact_mask(node.out);
    ir::GraphRef joint = transform::vjp(a.body[0], wrt);
    ir::GraphRef backward = make_graph(input_types(*joint), "checkpoint", [&](std::span<const Array> in) {
      Arrays out = ir::replay(*joint, in);
      return Arrays(out.begin() + static_cast<std::ptrdiff_t>(node.out.size()), out.end());
    });
    return spread(call(backward, concat({node.in, chosen(cotangents, node.out, floating)})), wrt);
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    return call(transform::vmap(a.body[0], {node.batched.begin(), node.batched.end()}, node.size), node.in);
  }
  static void reference(const KernelInput& k, const Attrs& a) { k.runner.run(a.body[0], k.in, k.out); }
  static constexpr Exemption exemptions[] = {{Cell::forward, Reason::control_flow},
                                             {Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    ir::TypeRef x = ir::intern_type(float64, {3});
    ir::GraphRef body = make_graph(std::vector{x, x}, "sample", [](std::span<const Array> in) {
      Array y = tanh(in[0]) * in[1];
      return Arrays{y, y * in[0]};
    });
    return {sample<Checkpoint>({{{3}, float64}, {{3}, float64}}, {{body}})};
  }
};

}  // namespace koine::ops
