#pragma once
#include "ops/family/control.h"

#include <koine/ops.h>

namespace koine::ops {

/// Operands: constants, arguments. Graphs of these: the function; the function that also gives residuals; and the
/// backward function, from residuals and cotangents to cotangents of the arguments.
struct CustomVjp : Control {
  struct Attrs {
    ir::Graphs graphs = {};
    int64_t constants = 0;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::graphs>("graphs", "function, forward, backward"),
      field<&Attrs::constants>("constants", "how many operands in front the functions reach from outside")};
  static constexpr auto doc = "A function with a reverse-mode derivative of its own.";
  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_operands(in, *a.graphs[0]);
    return output_types(*a.graphs[0]);
  }
  static Arrays call(Attrs attrs, std::span<const Array> in) {
    return ir::record(spec<CustomVjp>(), ir::intern_attrs(spec<CustomVjp>(), &attrs), in, {});
  }
  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents cotangents) {
    refuse_constants(node.wanted, a);
    Arrays in = concat({residuals(node, a), chosen(cotangents, node.out, inexact_mask(node.out))});
    return spread(ir::replay(*a.graphs[2], in), argument_mask(node, a));
  }
  /// The backward function is linear in the cotangents; its transpose maps tangents forward.
  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents tangents) {
    refuse_constants(defined_mask(tangents), a);
    Mask floating = inexact_mask(node.out);
    Arrays kept = residuals(node, a), zero = chosen(Arrays(node.out.size()), node.out, floating);
    Mask wrt(kept.size(), 0);
    wrt.insert(wrt.end(), zero.size(), 1);
    ir::GraphRef transpose = transform::vjp(a.graphs[2], wrt);
    Arrays out = ir::replay(*transpose, concat({kept, zero, chosen(tangents, node.in, argument_mask(node, a))}));
    return spread(part(out, out.size() - zero.size(), zero.size()), floating);
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
    std::vector<ir::TypeRef> types(2, ir::intern_type(float64, {3}));
    ir::GraphRef function =
        make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{sin(in[0]) * in[1]}; });
    ir::GraphRef forward =
        make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{sin(in[0]) * in[1], in[0], in[1]}; });
    types.push_back(types[0]);
    ir::GraphRef backward = make_graph(types, "sample", [](std::span<const Array> in) {
      return Arrays{in[2] * cos(in[0]) * in[1], in[2] * sin(in[0])};
    });
    return {sample<CustomVjp>({{{3}, float64}, {{3}, float64}}, {{function, forward, backward}})};
  }

 private:
  static Mask argument_mask(const RuleInput& node, const Attrs& a) {
    return without_constants(inexact_mask(node.in), static_cast<size_t>(a.constants));
  }
  static void refuse_constants(std::span<const uint8_t> wanted, const Attrs& a) {
    refuse_outside("custom_vjp", wanted, static_cast<size_t>(a.constants));
  }
  static Arrays residuals(const RuleInput& node, const Attrs& a) {
    Arrays out = ir::replay(*a.graphs[1], node.in);
    return {out.begin() + static_cast<std::ptrdiff_t>(node.out.size()), out.end()};
  }
};

}  // namespace koine::ops
