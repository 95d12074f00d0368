// jvp, vjp, second_order, jvp_of_vjp: derivatives against differences and against each other, in double precision.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace koine::optest {
namespace {

using namespace ir;

constexpr double difference_tolerance = 1e-6, identity_tolerance = 1e-9;

Tensors joined(Tensors first, const Tensors& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// A random direction for each tensor that the mask names.
Tensors directions(const Tensors& like, const Mask& mask, uint64_t seed) {
  Tensors list;
  for (size_t i = 0; i < like.size(); ++i)
    if (mask[i]) list.push_back(draw_direction(like[i].dtype, like[i].shape, seed + i));
  return list;
}

/// Random cotangents for the inexact outputs of a graph.
Tensors cotangents_of(const Graph& graph, uint64_t seed) {
  Tensors list;
  for (size_t k = 0; k < graph.outputs.size(); ++k) {
    TypeRef type = graph.output_type(k);
    if (!is_inexact(type->dtype)) continue;
    std::vector<int64_t> shape;
    for (Dim size : type->shape) shape.push_back(size.value());
    list.push_back(draw_direction(type->dtype, shape, seed + 100 + k));
  }
  return list;
}

/// The tensors moved by `step` along the directions.
Tensors moved(const Tensors& in, const Mask& wrt, const Tensors& directions, double step) {
  Tensors result = in;
  for (size_t i = 0, d = 0; i < in.size(); ++i) {
    if (!wrt[i]) continue;
    Numbers x = numbers(in[i]), t = numbers(directions[d++]);
    for (size_t k = 0; k < x.size(); ++k) x[k] += step * t[k];
    result[i] = tensor_of(in[i].dtype, in[i].shape, x);
  }
  return result;
}

Tensors only(const Tensors& tensors, const Mask& mask) {
  Tensors list;
  for (size_t i = 0; i < tensors.size(); ++i)
    if (mask[i]) list.push_back(tensors[i]);
  return list;
}

/// Central differences of the inexact outputs, extrapolated once: the error is of the fourth order.
Tensors differences(const GraphRef& graph, const Tensors& in, const Mask& wrt, const Tensors& directions) {
  constexpr double step = 2e-4;
  const Mask outputs = inexact_outputs(*graph);
  auto slope = [&](double h) {
    std::vector<Numbers> slopes;
    Tensors above = only(run(graph, moved(in, wrt, directions, h)), outputs);
    Tensors below = only(run(graph, moved(in, wrt, directions, -h)), outputs);
    for (size_t k = 0; k < above.size(); ++k) {
      Numbers a = numbers(above[k]), b = numbers(below[k]);
      for (size_t i = 0; i < a.size(); ++i) a[i] = (a[i] - b[i]) / (2 * h);
      slopes.push_back(std::move(a));
    }
    return slopes;
  };
  std::vector<Numbers> wide = slope(step), fine = slope(step / 2);
  Tensors result = only(run(graph, in), outputs);
  for (size_t k = 0; k < result.size(); ++k) {
    for (size_t i = 0; i < fine[k].size(); ++i) fine[k][i] = (4.0 * fine[k][i] - wide[k][i]) / 3.0;
    result[k] = tensor_of(result[k].dtype, result[k].shape, fine[k]);
  }
  return result;
}

/// jvp of a graph against its differences, in one direction.
std::string jvp_problem(const GraphRef& graph, const Tensors& in, const Mask& wrt, uint64_t seed) {
  Tensors direction = directions(in, wrt, seed);
  Tensors got = run(transform::jvp(graph, wrt), joined(in, direction));
  Tensors primal(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(graph->outputs.size()));
  if (std::string text = difference(primal, run(graph, in), 0); !text.empty()) return "primal " + text;
  got.erase(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(graph->outputs.size()));
  return difference(got, differences(graph, in, wrt, direction), difference_tolerance);
}

/// Sum of Re(conj(a) b), and the same of magnitudes.
struct Product {
  double value = 0, scale = 0;
  void add(const Tensor& a, const Tensor& b) {
    Numbers x = numbers(a), y = numbers(b);
    for (size_t i = 0; i < x.size(); ++i) {
      value += (std::conj(x[i]) * y[i]).real();
      scale += std::abs(x[i]) * std::abs(y[i]);
    }
  }
};

/// <ct, J t> = <J' ct, t> for one direction and one cotangent.
std::string adjoint_problem(const GraphRef& graph, const Tensors& in, const Mask& wrt, uint64_t seed) {
  const size_t outputs = graph->outputs.size();
  Tensors t = directions(in, wrt, seed), ct = cotangents_of(*graph, seed);
  Tensors forward = run(transform::jvp(graph, wrt), joined(in, t));
  Tensors backward = run(transform::vjp(graph, wrt), joined(in, ct));
  if (forward.size() != outputs + ct.size()) return "jvp gave " + std::to_string(forward.size()) + " arrays";
  if (backward.size() != outputs + t.size()) return "vjp gave " + std::to_string(backward.size()) + " arrays";
  Product left, right;
  for (size_t k = 0; k < ct.size(); ++k) left.add(ct[k], forward[outputs + k]);
  for (size_t k = 0; k < t.size(); ++k) {
    if (difference(backward[outputs + k], t[k], 1e300) != "")
      return "vjp: " + difference(backward[outputs + k], t[k], 1e300);
    right.add(backward[outputs + k], t[k]);
  }
  const double bound = identity_tolerance * (1 + left.scale + right.scale);
  if (std::abs(left.value - right.value) <= bound) return "";
  return "<ct, J t> is " + std::to_string(left.value) + ", <J' ct, t> is " + std::to_string(right.value);
}

/// All inexact operands, then each alone where there are several.
std::vector<Mask> derivative_masks(const Tensors& in) {
  Mask all = inexact_mask(in);
  std::vector<Mask> masks{all};
  if (std::count(all.begin(), all.end(), 1) < 2) return masks;
  for (size_t i = 0; i < in.size(); ++i)
    if (all[i]) {
      masks.emplace_back(in.size(), 0);
      masks.back()[i] = 1;
    }
  return masks;
}

/// The graph with one of its outputs only, for an op with several.
std::vector<GraphRef> graphs_by_output(const GraphRef& graph) {
  std::vector<GraphRef> list{graph};
  const Mask inexact = inexact_outputs(*graph);
  for (size_t k = 0; k < inexact.size() && inexact.size() > 1; ++k) {
    if (!inexact[k]) continue;
    Graph single = *graph;
    single.outputs = {graph->outputs[k]};
    seal(single);
    list.push_back(std::make_shared<const Graph>(std::move(single)));
  }
  return list;
}

using Body = std::function<void(const GraphRef& graph, const Call& call, uint64_t seed)>;
void for_each_smooth_call(Cell cell, const Body& body) {
  for_each_op(cell, [&](const OpSpec& op) {
    uint64_t seed = 1000;
    for (const Call& call : smooth_calls(op)) {
      GraphRef graph = graph_of(call);
      const Mask wrt = inexact_mask(call.in), outputs = inexact_outputs(*graph);
      if (std::count(wrt.begin(), wrt.end(), 1) && std::count(outputs.begin(), outputs.end(), 1))
        body(graph, call, seed += 1000);
    }
  });
}

TEST_CASE("jvp: tangents are central differences") {
  for_each_smooth_call(Cell::jvp, [](const GraphRef& graph, const Call& call, uint64_t seed) {
    for (const Mask& wrt : derivative_masks(call.in))
      expect(describe(call), [&] { return jvp_problem(graph, call.in, wrt, ++seed); });
  });
}

TEST_CASE("vjp: <ct, J t> = <J' ct, t>") {
  for_each_smooth_call(Cell::vjp, [](const GraphRef& whole, const Call& call, uint64_t seed) {
    for (const GraphRef& graph : graphs_by_output(whole))
      for (const Mask& wrt : derivative_masks(call.in))
        for (int i = 0; i < 2; ++i)
          expect(describe(call), [&] { return adjoint_problem(graph, call.in, wrt, seed += 200); });
  });
}

TEST_CASE("second_order: derivatives of derivatives are differences of derivatives") {
  for_each_smooth_call(Cell::second_order, [](const GraphRef& graph, const Call& call, uint64_t seed) {
    const Mask wrt = inexact_mask(call.in);
    const Tensors backward_in = joined(call.in, cotangents_of(*graph, seed));
    const Tensors forward_in = joined(call.in, directions(call.in, wrt, seed));
    expect(describe(call) + ": jvp of vjp",
           [&] { return jvp_problem(transform::vjp(graph, wrt), backward_in, inexact_mask(backward_in), seed + 1); });
    expect(describe(call) + ": jvp of jvp",
           [&] { return jvp_problem(transform::jvp(graph, wrt), forward_in, inexact_mask(forward_in), seed + 2); });
    expect(describe(call) + ": vjp of vjp", [&] {
      return adjoint_problem(transform::vjp(graph, wrt), backward_in, inexact_mask(backward_in), seed + 300);
    });
  });
}

// The second derivative is symmetric: the tangent of the cotangent is the cotangent of the tangent.
TEST_CASE("jvp_of_vjp: equals vjp of jvp") {
  for_each_smooth_call(Cell::jvp_of_vjp, [](const GraphRef& graph, const Call& call, uint64_t seed) {
    const Mask wrt = inexact_mask(call.in);
    const Tensors t = directions(call.in, wrt, seed), ct = cotangents_of(*graph, seed);
    expect(describe(call), [&] {
      const size_t outputs = graph->outputs.size();
      Mask first = wrt;
      first.resize(wrt.size() + ct.size(), 0);
      Tensors forward_over_reverse =
          run(transform::jvp(transform::vjp(graph, wrt), first), joined(joined(call.in, ct), t));
      first.assign(wrt.begin(), wrt.end());
      first.resize(wrt.size() + t.size(), 0);
      Tensors primal_ct;
      for (const Tensor& one : ct) primal_ct.push_back(tensor_of(one.dtype, one.shape, Numbers(numbers(one).size())));
      Tensors reverse_over_forward =
          run(transform::vjp(transform::jvp(graph, wrt), first), joined(joined(joined(call.in, t), primal_ct), ct));
      // The last t.size() results of both are what is compared.
      auto tail = [&](const Tensors& all) {
        return Tensors(all.end() - static_cast<std::ptrdiff_t>(t.size()), all.end());
      };
      if (forward_over_reverse.size() != 2 * outputs + 2 * t.size() - (outputs - ct.size()))
        return "jvp of vjp gave " + std::to_string(forward_over_reverse.size()) + " arrays";
      return difference(tail(forward_over_reverse), tail(reverse_over_forward), identity_tolerance);
    });
  });
}

}  // namespace
}  // namespace koine::optest
