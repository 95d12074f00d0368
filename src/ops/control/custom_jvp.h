#pragma once
#include "ops/family/control.h"

#include <koine/ops.h>

namespace koine::ops {

/// Operands: constants, arguments. Graphs: the function of these; its rule, of these and tangents of the arguments, to
/// results and tangents.
struct CustomJvp : Control {
  struct Attrs {
    ir::Graphs graphs = {};
    int64_t constants = 0;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::graphs>("graphs", "function, rule"),
      field<&Attrs::constants>("constants", "how many operands in front the functions reach from outside")};
  static constexpr auto doc = "A function with a forward-mode derivative of its own; reverse mode is its transpose.";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_operands(in, *a.graphs[0]);
    return output_types(*a.graphs[0]);
  }
  static Arrays call(Attrs attrs, std::span<const Array> in) {
    return ir::record(spec<CustomJvp>(), ir::intern_attrs(spec<CustomJvp>(), &attrs), in, {});
  }
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents tangents) {
    const auto constants = static_cast<size_t>(a.constants);
    refuse_outside("custom_jvp", defined_mask(tangents), constants);
    Mask floating = without_constants(inexact_mask(node.in), constants);
    Arrays out = ir::replay(*a.graphs[1], concat({node.in, chosen(tangents, node.in, floating)}));
    return spread(part(out, node.out.size(), out.size() - node.out.size()), inexact_mask(node.out));
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents cotangents) {
    const auto constants = static_cast<size_t>(a.constants);
    refuse_outside("custom_jvp", node.wanted, constants);
    Mask wrt = without_constants(inexact_mask(node.in), constants), floating = inexact_mask(node.out),
         tangent_inputs(node.in.size(), 0);
    Arrays zero = chosen(Arrays(node.in.size()), node.in, wrt);
    tangent_inputs.insert(tangent_inputs.end(), zero.size(), 1);
    ir::GraphRef transpose = transform::vjp(a.graphs[1], tangent_inputs);
    Arrays none = chosen(Arrays(node.out.size()), node.out, floating);
    Arrays out = ir::replay(*transpose, concat({node.in, zero, none, chosen(cotangents, node.out, floating)}));
    return spread(part(out, out.size() - zero.size(), zero.size()), wrt);
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    Arrays in(node.in.begin(), node.in.end());
    for (size_t i = 0; i < in.size(); ++i)
      if (!node.batched[i]) in[i] = repeat_in_front(in[i], node.size);
    Attrs attrs{{}, a.constants};
    for (const ir::GraphRef& graph : a.graphs)
      attrs.graphs.push_back(transform::vmap(graph, Mask(graph->input_count, 1), node.size));
    return call(attrs, in);
  }
  static void reference(const KernelInput& k, const Attrs& a) { k.runner.run(a.graphs[0], k.in, k.out); }
  static constexpr Exemption exemptions[] = {{Cell::forward, Reason::control_flow},
                                             {Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    std::vector<ir::TypeRef> types(1, ir::intern_type(float64, {3}));
    ir::GraphRef function = make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{sin(in[0])}; });
    types.push_back(types[0]);
    ir::GraphRef rule =
        make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{sin(in[0]), in[1] * cos(in[0])}; });
    return {sample<CustomJvp>({{{3}, float64}}, {{function, rule}})};
  }
};

}  // namespace koine::ops
