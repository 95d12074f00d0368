#pragma once
#include "ops/family/control.h"

#include <koine/ops.h>

#include <algorithm>
#include <cstring>

namespace koine::ops {

/// Operands: constants, initial carries, sequences (their first axis is walked). The body takes constants, carries
/// and one element of each sequence, and gives carries and one element of each result. Results: last carries,
/// stacked results, and the carries before each step (kept only when a backward pass reads them).
struct Scan : Control {
  struct Attrs {
    ir::Graphs body = {};
    int64_t constants = 0;
    int64_t carries = 0;
    Shape length = {};
    bool reverse = false;
  };
  static constexpr ir::AttrField fields[] = {field<&Attrs::body>("body", "one step"),
                                             field<&Attrs::constants>("constants", "how many operands every step gets"),
                                             field<&Attrs::carries>("carries", "how many values go from step to step"),
                                             field<&Attrs::length>("length", "the number of steps"),
                                             field<&Attrs::reverse>("reverse", "walk from the end")};
  static constexpr auto doc = "Repeats a step over the first axis of arrays, carrying values from step to step.";

  static std::vector<TypeValue> infer(const TypeInput& in, const Attrs& a) {
    const ir::Graph& body = *a.body[0];
    size_t fixed = first_sequence(a);
    std::vector<ir::TypeRef> step(in.in.begin(), in.in.begin() + static_cast<std::ptrdiff_t>(fixed));
    for (size_t i = fixed; i < in.in.size(); ++i) {
      Shape shape = in.in[i]->shape;
      if (shape.empty() || !same(shape[0], a.length[0]))
        throw ShapeError("sequence " + std::to_string(i - fixed) + " has shape " + to_string(shape) +
                         ", but there are " + to_string(a.length[0]) + " steps");
      shape.erase(0);
      step.push_back(ir::intern_type(in.in[i]->dtype, shape));
    }
    check_operands({in.op, step, in.attrs}, body);
    std::vector<TypeValue> out = output_types(body);
    for (size_t k = 0; k < carries(a); ++k)
      if (body.output_type(k) != step[constants(a) + k])
        throw ShapeError("carry " + std::to_string(k) + " goes in as " + to_string(*step[constants(a) + k]) +
                         " and comes out as " + to_string(*body.output_type(k)));
    for (size_t k = carries(a); k < out.size(); ++k) out[k].shape.insert(0, a.length[0]);
    for (size_t k = 0; k < carries(a); ++k) {
      out.push_back(out[k]);
      out.back().shape.insert(0, a.length[0]);
    }
    return out;
  }

  static Arrays call(Attrs attrs, std::span<const Array> in) {
    return ir::record(spec<Scan>(), ir::intern_attrs(spec<Scan>(), &attrs), in, {});
  }

  static Arrays jvp(const RuleInput& node, const Attrs& a, Tangents tangents) {
    size_t nc = constants(a), nk = carries(a), ns = node.in.size() - nc - nk, ny = results(node, a);
    Mask wrt;
    for (size_t i = 0; i < node.in.size(); ++i)
      wrt.push_back(i >= nc && i < nc + nk ? is_inexact(node.in[i].dtype()) : tangents[i].defined());
    Mask wc(wrt.begin(), wrt.begin() + static_cast<std::ptrdiff_t>(nc)), wk = slice_of(wrt, nc, nk),
                                                                         ws = slice_of(wrt, nc + nk, ns);
    ir::GraphRef joint = transform::jvp(a.body[0], wrt);
    Arrays tc = chosen(part(tangents, 0, nc), node.in, wc),
           tk = chosen(part(tangents, nc, nk), part(node.in, nc, nk), wk),
           ts = chosen(part(tangents, nc + nk, ns), part(node.in, nc + nk, ns), ws);
    // Constants, carries and sequences each come with their tangents behind them.
    Attrs attrs = a;
    attrs.constants += static_cast<int64_t>(tc.size());
    attrs.carries += static_cast<int64_t>(tk.size());
    size_t sizes[] = {nc, tc.size(), nk, tk.size(), ns, ts.size()}, from[7] = {};
    for (int i = 0; i < 6; ++i) from[i + 1] = from[i] + sizes[i];
    Arrays in = concat({part(node.in, 0, nc), tc, part(node.in, nc, nk), tk, part(node.in, nc + nk, ns), ts});
    attrs.body = {make_graph(step_types(in, attrs), "scan", [&](std::span<const Array> x) {
      auto group = [&](int i) { return part(x, from[i], sizes[i]); };
      Arrays out = ir::replay(*joint, concat({group(0), group(2), group(4), group(1), group(3), group(5)}));
      std::span<const Array> y(out);
      size_t ty = out.size() - nk - ny - tk.size();
      return concat({part(y, 0, nk), part(y, nk + ny, tk.size()), part(y, nk, ny), part(y, nk + ny + tk.size(), ty)});
    })};
    Arrays out = call(attrs, in);
    std::span<const Array> y(out);
    size_t all_k = nk + tk.size(), ty = count_of(inexact_mask(part(node.out, nk, ny)));
    Arrays found = concat({part(y, nk, tk.size()), part(y, all_k + ny, ty), part(y, all_k + ny + ty + nk, tk.size())});
    return spread(found, inexact_mask(node.out));
  }

  static Arrays vjp(const RuleInput& node, const Attrs& a, Tangents cotangents) {
    size_t nc = constants(a), nk = carries(a), ns = node.in.size() - nc - nk, ny = results(node, a);
    // All carries, as one may come to depend on what is wanted on the way.
    Mask wrt = wanted_mask(node), inexact = inexact_mask(node.in);
    std::copy_n(inexact.begin() + static_cast<std::ptrdiff_t>(nc), nk, wrt.begin() + static_cast<std::ptrdiff_t>(nc));
    Mask wk = slice_of(wrt, nc, nk), wc = slice_of(wrt, 0, nc), ws = slice_of(wrt, nc + nk, ns);
    Mask wy = inexact_mask(part(node.out, nk, ny));
    size_t dk = count_of(wk), dc = count_of(wc);
    ir::GraphRef joint = transform::vjp(a.body[0], wrt);
    std::span<const Array> history = part(node.out, nk + ny, nk);
    Mask wh;  // histories that have cotangents of their own
    for (size_t k = 0; k < nk; ++k) wh.push_back(cotangents[nk + ny + k].defined());

    // The backward scan carries the cotangents of the carries and the sums of those of the constants.
    Arrays ck = chosen(part(cotangents, 0, nk), node.out, wk), cc = chosen(Arrays(nc), node.in, wc),
           cy = chosen(part(cotangents, nk, ny), part(node.out, nk, ny), wy),
           ch = chosen(part(cotangents, nk + ny, nk), history, wh);
    Attrs attrs{{}, a.constants, static_cast<int64_t>(dk + dc), a.length, !a.reverse};
    size_t sizes[] = {nc, dk, dc, nk, ns, cy.size(), ch.size()}, from[8] = {};
    for (int i = 0; i < 7; ++i) from[i + 1] = from[i] + sizes[i];
    Arrays in = concat({part(node.in, 0, nc), ck, cc, history, part(node.in, nc + nk, ns), cy, ch});
    attrs.body = {make_graph(step_types(in, attrs), "scan", [&](std::span<const Array> x) {
      auto group = [&](int i) { return part(x, from[i], sizes[i]); };
      Arrays out = ir::replay(*joint, concat({group(0), group(3), group(4), group(1), group(5)}));
      Arrays found = spread(part(out, nk + ny, out.size() - nk - ny), wrt);
      Arrays own = spread(group(6), wh), result;
      for (size_t k = 0; k < nk; ++k)
        if (wk[k]) result.push_back(own[k].defined() ? found[nc + k] + own[k] : found[nc + k]);
      Arrays sums = spread(group(2), wc);
      for (size_t i = 0; i < nc; ++i)
        if (wc[i]) result.push_back(sums[i] + found[i]);
      for (size_t i = 0; i < ns; ++i)
        if (ws[i]) result.push_back(found[nc + nk + i]);
      return result;
    })};
    Arrays out = call(attrs, in);
    std::span<const Array> y(out);
    return concat(
        {spread(part(y, dk, dc), wc), spread(part(y, 0, dk), wk), spread(part(y, dk + dc, count_of(ws)), ws)});
  }

  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    size_t nc = constants(a), nk = carries(a);
    Arrays in(node.in.begin(), node.in.end());
    Mask batched(node.batched.begin(), node.batched.end());
    for (size_t i = nc; i < in.size(); ++i) {
      if (i < nc + nk) {
        if (!batched[i]) in[i] = repeat_in_front(in[i], node.size);
        batched[i] = 1;
      } else if (batched[i]) {
        in[i] = moveaxis(in[i], 1, 0);
      }
    }
    Attrs attrs = a;
    attrs.body = {transform::vmap(a.body[0], batched, node.size)};
    Arrays out = call(attrs, in);
    for (size_t k = nk; k < out.size(); ++k) out[k] = moveaxis(out[k], 1, 0);
    return out;
  }

  static void reference(const KernelInput& k, const Attrs& a);
  static constexpr Exemption exemptions[] = {{Cell::forward, Reason::control_flow}};
  static std::vector<Sample> samples() {
    std::vector<ir::TypeRef> types(3, ir::intern_type(float64, {2}));
    ir::GraphRef body = make_graph(types, "sample", [](std::span<const Array> in) {
      Array h = tanh(in[1] * in[0] + in[2]);
      return Arrays{h, h * in[2]};
    });
    auto walk = [&](bool reverse) {
      return sample<Scan>({{{2}, float64}, {{2}, float64}, {{4, 2}, float64}}, {{body}, 1, 1, {4}, reverse});
    };
    return {walk(false), walk(true)};
  }

 private:
  static size_t constants(const Attrs& a) { return static_cast<size_t>(a.constants); }
  static size_t carries(const Attrs& a) { return static_cast<size_t>(a.carries); }
  static size_t first_sequence(const Attrs& a) { return constants(a) + carries(a); }
  static size_t results(const RuleInput& node, const Attrs& a) { return node.out.size() - 2 * carries(a); }
  static Mask slice_of(const Mask& mask, size_t first, size_t count) {
    return {mask.begin() + static_cast<std::ptrdiff_t>(first),
            mask.begin() + static_cast<std::ptrdiff_t>(first + count)};
  }
  static size_t count_of(const Mask& mask) {
    size_t n = 0;
    for (uint8_t flag : mask) n += flag;
    return n;
  }
  /// The types one step sees of these operands.
  static std::vector<ir::TypeRef> step_types(std::span<const Array> in, const Attrs& a) {
    std::vector<ir::TypeRef> types;
    for (size_t i = 0; i < in.size(); ++i) {
      Shape shape = in[i].shape();
      if (i >= first_sequence(a)) shape.erase(0);
      types.push_back(ir::intern_type(in[i].dtype(), shape));
    }
    return types;
  }
};

}  // namespace koine::ops
