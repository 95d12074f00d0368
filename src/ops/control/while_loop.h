#pragma once
#include "ops/control/cond.h"
#include "ops/family/control.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

/// Operands: constants, initial carries. Both graphs take constants and carries. Results: last carries, the number of
/// steps, and with `max_steps` the carries before each step (kept only when a backward pass reads them).
struct WhileLoop : Control {
  struct Attrs {
    ir::Graphs graphs = {};
    int64_t constants = 0;
    int64_t max_steps = 0;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::graphs>("graphs", "the condition and the body"),
      field<&Attrs::constants>("constants", "how many operands every step gets"),
      field<&Attrs::max_steps>("max_steps", "the loop ends after so many steps; 0 for no bound")};
  static constexpr auto doc = "Repeats a body while a condition holds.";

  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    check_operands(in, *a.graphs[0]);
    check_operands(in, *a.graphs[1]);
    if (a.graphs[0]->output_type(0) != ir::intern_type(bool_, {}))
      throw DTypeError("the condition should give bool[], got " + to_string(*a.graphs[0]->output_type(0)));
    std::vector<TypeValue> out = output_types(*a.graphs[1]);
    size_t nk = out.size();
    for (size_t k = 0; k < nk; ++k)
      if (a.graphs[1]->output_type(k) != in.in[constants(a) + k])
        throw ShapeError("carry " + std::to_string(k) + " goes in as " + to_string(*in.in[constants(a) + k]) +
                         " and comes out as " + to_string(*a.graphs[1]->output_type(k)));
    out.push_back({int64, {}});
    for (size_t k = 0; a.max_steps > 0 && k < nk; ++k) {
      out.push_back(out[k]);
      out.back().shape.insert(0, a.max_steps);
    }
    return out;
  }

  static Arrays call(Attrs attrs, std::span<const Array> in) {
    return ir::record(spec<WhileLoop>(), ir::intern_attrs(spec<WhileLoop>(), &attrs), in, {});
  }

  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents tangents) {
    size_t nc = constants(a), nk = node.in.size() - nc;
    Mask wrt;
    for (size_t i = 0; i < node.in.size(); ++i)
      wrt.push_back(i < nc ? tangents[i].defined() : is_inexact(node.in[i].dtype()));
    Mask wc(wrt.begin(), wrt.begin() + static_cast<std::ptrdiff_t>(nc)),
        wk(wrt.begin() + static_cast<std::ptrdiff_t>(nc), wrt.end());
    ir::GraphRef joint = transform::jvp(a.graphs[1], wrt);
    Arrays tc = chosen(tangents.subspan(0, nc), node.in, wc),
           tk = chosen(tangents.subspan(nc), node.in.subspan(nc), wk);
    Arrays in = concat({part(node.in, 0, nc), tc, part(node.in, nc, nk), tk});
    auto primal = [&](std::span<const Array> x) { return concat({part(x, 0, nc), part(x, nc + tc.size(), nk)}); };
    Attrs attrs{{}, a.constants + static_cast<int64_t>(tc.size()), a.max_steps};
    std::vector<ir::TypeRef> types = types_of(in);
    attrs.graphs = {
        make_graph(types, "while_loop", [&](std::span<const Array> x) { return ir::replay(*a.graphs[0], primal(x)); }),
        make_graph(types, "while_loop", [&](std::span<const Array> x) {
          return ir::replay(*joint, concat({primal(x), part(x, nc, tc.size()), x.subspan(nc + tc.size() + nk)}));
        })};
    Arrays out = call(attrs, in);
    std::span<const Array> y(out);
    Arrays found = concat({part(y, nk, tk.size())});
    if (a.max_steps > 0) found = concat({found, y.subspan(nk + tk.size() + 1 + nk)});
    return spread(found, inexact_mask(node.out));
  }

  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents cotangents) {
    if (a.max_steps == 0)
      throw NotDifferentiable(
          "[while_loop] a loop of unknown length keeps nothing for a backward pass: give it max_steps, or use scan, "
          "or differentiate it forward with jvp");
    size_t nc = constants(a), nk = node.in.size() - nc;
    // All carries, as one may come to depend on what is wanted on the way.
    Mask wrt = wanted_mask(node), inexact = inexact_mask(node.in);
    std::copy_n(inexact.begin() + static_cast<std::ptrdiff_t>(nc), nk, wrt.begin() + static_cast<std::ptrdiff_t>(nc));
    Mask wc(wrt.begin(), wrt.begin() + static_cast<std::ptrdiff_t>(nc)),
        wk(wrt.begin() + static_cast<std::ptrdiff_t>(nc), wrt.end());
    Mask wh;
    for (size_t k = 0; k < nk; ++k) wh.push_back(cotangents[nk + 1 + k].defined());
    ir::GraphRef joint = transform::vjp(a.graphs[1], wrt);
    std::span<const Array> history = node.out.subspan(nk + 1);
    Arrays ck = chosen(cotangents.subspan(0, nk), node.out, wk), cc = chosen(Arrays(nc), node.in, wc),
           ch = chosen(cotangents.subspan(nk + 1), history, wh);
    // The same steps backwards: the carry is the step's number, the cotangents of the carries, and those of the
    // constants.
    Attrs attrs{{}, static_cast<int64_t>(nc + nk + ch.size()), a.max_steps};
    Arrays count{node.out[nk]};
    Arrays in = concat({part(node.in, 0, nc), history, ch, count, ck, cc});
    size_t sizes[] = {nc, nk, ch.size(), 1, ck.size(), cc.size()}, from[7] = {};
    for (int i = 0; i < 6; ++i) from[i + 1] = from[i] + sizes[i];
    std::vector<ir::TypeRef> types = types_of(in);
    attrs.graphs = {make_graph(types, "while_loop", [&](std::span<const Array> x) { return Arrays{x[from[3]] > 0}; }),
                    make_graph(types, "while_loop", [&](std::span<const Array> x) {
                      auto group = [&](int i) { return part(x, from[i], sizes[i]); };
                      Array step = x[from[3]] - 1;
                      auto at_step = [&](std::span<const Array> list) {
                        Arrays values;
                        for (const Array& y : list) values.push_back(gather(y, step, {.axis = 0, .mode = "clip"}));
                        return values;
                      };
                      Arrays found = ir::replay(*joint, concat({group(0), at_step(group(1)), group(4)}));
                      found = spread(part(found, nk, found.size() - nk), wrt);
                      Arrays own = spread(at_step(group(2)), wh), sums = spread(group(5), wc), result{step};
                      for (size_t k = 0; k < nk; ++k)
                        if (wk[k]) result.push_back(own[k].defined() ? found[nc + k] + own[k] : found[nc + k]);
                      for (size_t i = 0; i < nc; ++i)
                        if (wc[i]) result.push_back(sums[i] + found[i]);
                      return result;
                    })};
    Arrays out = call(attrs, in);
    std::span<const Array> y(out);
    return concat({spread(part(y, 1 + ck.size(), cc.size()), wc), spread(part(y, 1, ck.size()), wk)});
  }

  /// Runs until every example is done; one that is done keeps its carries.
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    size_t nc = constants(a), nk = node.in.size() - nc;
    Arrays in(node.in.begin(), node.in.end());
    for (size_t i = 0; i < in.size(); ++i)
      if (!node.batched[i]) in[i] = repeat_in_front(in[i], node.size);
    // One more carry counts the steps of each example.
    in.push_back(zeros({node.size}, int64));
    std::vector<ir::TypeRef> types = types_of(in), single = input_types(*a.graphs[1]);
    Mask all(nc + nk, 1);
    ir::GraphRef condition = transform::vmap(a.graphs[0], all, node.size);
    ir::GraphRef stay = make_graph(single, "while_loop", [&](std::span<const Array> x) {
      return Arrays(x.begin() + static_cast<std::ptrdiff_t>(nc), x.end());
    });
    Cond::Attrs choice{{transform::vmap(a.graphs[1], all, node.size), transform::vmap(stay, all, node.size)},
                       {node.size}};
    Attrs attrs{{}, a.constants, a.max_steps};
    attrs.graphs = {make_graph(types, "while_loop",
                               [&](std::span<const Array> x) {
                                 return Arrays{any(ir::replay(*condition, part(x, 0, nc + nk))[0])};
                               }),
                    make_graph(types, "while_loop", [&](std::span<const Array> x) {
                      Arrays running = ir::replay(*condition, part(x, 0, nc + nk));
                      Arrays next = Cond::call(choice, concat({running, part(x, 0, nc + nk)}));
                      next.push_back(x[nc + nk] + cast(running[0], {.dtype = int64}));
                      return next;
                    })};
    Arrays out = call(attrs, in), result(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(nk));
    result.push_back(out[nk]);  // the counts; the loop's own number of steps is the largest of them
    for (size_t k = 0; a.max_steps > 0 && k < nk; ++k) result.push_back(moveaxis(out[nk + 2 + k], 1, 0));
    return result;
  }

  static void reference(const KernelInput& k, const Attrs& a);
  static constexpr Exemption exemptions[] = {{Cell::forward, Reason::control_flow},
                                             {Cell::symbolic, Reason::fixed_shape}};
  static std::vector<Sample> samples() {
    std::vector<ir::TypeRef> types{ir::intern_type(float64, {2}), ir::intern_type(float64, {2}),
                                   ir::intern_type(int64, {})};
    ir::GraphRef more = make_graph(types, "sample", [](std::span<const Array> in) { return Arrays{in[2] > 0}; });
    ir::GraphRef body = make_graph(
        types, "sample", [](std::span<const Array> in) { return Arrays{tanh(in[1] * in[0] + 1), in[2] - 1}; });
    auto count = [&](double n) { return SampleInput{.shape = {}, .dtype = int64, .values = {n}}; };
    return {sample<WhileLoop>({{{2}, float64}, {{2}, float64}, count(3)}, {{more, body}, 1, 5})};
  }

 private:
  static size_t constants(const Attrs& a) { return static_cast<size_t>(a.constants); }
  static std::vector<ir::TypeRef> types_of(std::span<const Array> arrays) {
    std::vector<ir::TypeRef> types;
    for (const Array& x : arrays) types.push_back(ir::intern_type(x.dtype(), x.shape()));
    return types;
  }
};

}  // namespace koine::ops
