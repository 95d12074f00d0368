// vmap, vmap_of_vjp, vjp_of_vmap: batches against loops over their elements.
#include "ir/node.h"
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/error.h>
#include <koine/transform.h>

#include <algorithm>
#include <climits>
#include <optional>

namespace koine::optest {
namespace {

using namespace ir;

constexpr double tolerance = 1e-10;

/// One call with operands of several draws: what a batch is made of.
struct Batch {
  GraphRef graph;
  std::vector<Tensors> draws;  // per batch element, the graph's inputs
  std::string name;

  size_t size() const { return draws.size(); }
  size_t inputs() const { return draws[0].size(); }
  /// Inputs of one element: its own where batched, those of the first element where not.
  Tensors element(const Mask& batched, size_t b) const {
    Tensors in;
    for (size_t i = 0; i < inputs(); ++i) in.push_back(draws[batched[i] ? b : 0][i]);
    return in;
  }
  Tensors together(const Mask& batched) const {
    Tensors in;
    for (size_t i = 0; i < inputs(); ++i) {
      Tensors parts;
      for (const Tensors& draw : draws) parts.push_back(draw[i]);
      in.push_back(batched[i] ? stacked(parts) : draws[0][i]);
    }
    return in;
  }
};

std::vector<Batch> batches_of(const OpSpec& op, size_t size) {
  std::vector<Batch> list;
  for (size_t b = 0; b < size; ++b) {
    std::vector<Call> calls = smooth_calls(op, b);
    for (size_t i = 0; i < calls.size(); ++i) {
      if (b == 0) list.push_back({graph_of(calls[i]), {}, describe(calls[i])});
      list[i].draws.push_back(calls[i].in);
    }
  }
  return list;
}

/// The batch with random cotangents as further inputs, and the graph of its vjp.
Batch with_cotangents(const Batch& batch) {
  Batch result = batch;
  result.graph = transform::vjp(batch.graph, inexact_mask(batch.draws[0]));
  for (size_t b = 0; b < batch.size(); ++b)
    for (size_t i = batch.inputs(); i < result.graph->input_count; ++i) {
      std::vector<int64_t> shape;
      for (Dim n : result.graph->types[i]->shape) shape.push_back(n.value());
      result.draws[b].push_back(draw_direction(result.graph->types[i]->dtype, shape, 31 * i + b));
    }
  return result;
}

/// Every subset of the inputs; of many inputs all, and each alone.
std::vector<Mask> batch_masks(size_t inputs, bool every_subset) {
  std::vector<Mask> masks;
  if (every_subset && inputs <= 4) {
    for (size_t bits = 1; bits < size_t{1} << inputs; ++bits) {
      masks.emplace_back();
      for (size_t i = 0; i < inputs; ++i) masks.back().push_back(bits >> i & 1);
    }
    return masks;
  }
  masks.emplace_back(inputs, 1);
  for (size_t i = 0; i < inputs && inputs > 1; ++i) {
    masks.emplace_back(inputs, 0);
    masks.back()[i] = 1;
  }
  return masks;
}

std::string vmap_problem(const Batch& batch, const Mask& batched) {
  std::vector<Tensors> parts(batch.graph->outputs.size());
  for (size_t b = 0; b < batch.size(); ++b) {
    Tensors one = run(batch.graph, batch.element(batched, b));
    for (size_t k = 0; k < one.size(); ++k) parts[k].push_back(one[k]);
  }
  Tensors want;
  for (const Tensors& part : parts) want.push_back(stacked(part));
  GraphRef vmapped = transform::vmap(batch.graph, batched, static_cast<int64_t>(batch.size()));
  return difference(run(vmapped, batch.together(batched)), want, tolerance);
}

std::string text_of(const Mask& batched) {
  std::string text = ", batched ";
  for (uint8_t flag : batched) text += flag ? '1' : '0';
  return text;
}

/// vmap as users call it, along any axis of one operand and into any axis of the results.
std::string axis_problem(const Batch& batch, const Call& call, size_t operand, int in_axis, int out_axis) {
  Arrays in, elements;
  for (const Tensor& tensor : call.in) in.push_back(to_array(tensor));
  auto at = [&](const Array& x) {
    Arrays operands = in;
    operands[operand] = x;
    return apply(*call.op, call.attrs.get(), operands);
  };
  std::vector<Arrays> parts;
  for (size_t b = 0; b < batch.size(); ++b) {
    elements.push_back(to_array(batch.draws[b][operand]));
    Arrays one = at(elements.back());
    parts.resize(one.size());
    for (size_t k = 0; k < one.size(); ++k) parts[k].push_back(one[k]);
  }
  Tensors want;
  for (const Arrays& part : parts) want.push_back(read(stack(part, out_axis)));
  Arrays got = koine::vmap(at, {.in = {in_axis}, .out = {out_axis}})(stack(elements, in_axis));
  return difference(read(got), want, tolerance);
}

/// Every axis of every operand, with the axes of the results in turn.
void expect_every_axis(const OpSpec& op) {
  const std::vector<Batch> batches = batches_of(op, 3);
  const std::vector<Call> calls = smooth_calls(op);
  for (size_t c = 0; c < calls.size(); ++c) {
    int rank = INT_MAX;
    for (TypeRef type : types_after(op, calls[c].attrs.get(), types_of(calls[c].in)))
      rank = std::min(rank, type->rank());
    for (size_t i = 0, turn = 0; i < calls[c].in.size(); ++i)
      for (int axis = 0; axis <= static_cast<int>(calls[c].in[i].shape.size()); ++axis) {
        const int out = static_cast<int>(turn++) % (rank + 1);
        expect(batches[c].name + ", operand " + std::to_string(i) + " along axis " + std::to_string(axis),
               [&] { return axis_problem(batches[c], calls[c], i, axis, out); });
      }
  }
}

/// A batch of thousands, made of few different elements: more than a kernel has in flight at once.
std::string large_batch_problem(const Batch& batch) {
  constexpr size_t size = 4100;
  const Mask all(batch.inputs(), 1);
  std::vector<Tensors> single;
  for (size_t b = 0; b < batch.size(); ++b) single.push_back(run(batch.graph, batch.element(all, b)));
  auto repeated = [&](const std::vector<Tensors>& list) {
    Tensors wide;
    for (size_t i = 0; i < list[0].size(); ++i) {
      Tensors parts;
      for (size_t b = 0; b < size; ++b) parts.push_back(list[b % list.size()][i]);
      wide.push_back(stacked(parts));
    }
    return wide;
  };
  GraphRef vmapped = transform::vmap(batch.graph, all, static_cast<int64_t>(size));
  return difference(run(vmapped, repeated(batch.draws)), repeated(single), tolerance);
}

/// The attribute as the op stores it when it is given as `value`, or nothing when that is refused.
std::optional<AttrValue> stored(const Call& call, const AttrField& field, const AttrValue& value) {
  std::shared_ptr<void> attrs = copy_attrs(*call.op, call.attrs.get());
  field.set(attrs.get(), value);
  Arrays operands;
  for (TypeRef type : types_of(call.in)) operands.push_back(make_placeholder(type, "a test", {}));
  try {
    return field.get(node_of(apply(*call.op, attrs.get(), operands)[0])->attrs->data.get());
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// An axis that counts from the front is stored as counted from the end of an operand.
std::string axis_stored_problem(const Call& call, const AttrField& field, int64_t axis) {
  const bool several = std::holds_alternative<Axes>(field.get(call.attrs.get()));
  auto as_given = [&](int64_t place) { return several ? AttrValue(Axes(place)) : AttrValue(place); };
  const std::optional<AttrValue> got = stored(call, field, as_given(axis));
  if (!got) return "";
  for (const Tensor& operand : call.in) {
    const int64_t from_end = axis - static_cast<int64_t>(operand.shape.size());
    if (from_end < 0 && to_string(*got) == to_string(as_given(from_end))) return "";
  }
  return std::string(field.name) + " " + std::to_string(axis) + " is stored as " + to_string(*got);
}

/// A batch in front must not change what the attributes mean, nor the order of axes what is computed.
void expect_axes_stored(const OpSpec& op) {
  for (const Call& call : calls_of(op))
    for (const AttrField& field : op.attrs.fields) {
      const bool several = std::holds_alternative<Axes>(field.get(call.attrs.get()));
      if (!several && field.name != std::string("axis")) continue;
      for (int64_t axis = 0; axis < 4; ++axis)
        expect(describe(call), [&] { return axis_stored_problem(call, field, axis); });
      if (several && call.in[0].shape.size() == 2)
        expect(describe(call), [&]() -> std::string {
          const std::optional<AttrValue> got = stored(call, field, Axes({1, 0}));
          return !got || to_string(*got) == to_string(Axes({-2, -1})) ? "" : "its axes are not stored in order";
        });
    }
}

TEST_CASE("vmap: a batch is a loop, whichever operands are batched") {
  for_each_op(Cell::vmap, [](const OpSpec& op) {
    for (size_t size : {3, 1})
      for (const Batch& batch : batches_of(op, size)) {
        if (batch.inputs() == 0) {
          // Without operands there is nothing to batch: the value is repeated.
          expect(batch.name, [&] { return vmap_problem(batch, {}); });
          continue;
        }
        for (const Mask& batched : batch_masks(batch.inputs(), size == 3))
          expect(batch.name + text_of(batched), [&] { return vmap_problem(batch, batched); });
      }
    // A batch of batches: the inner one is a graph that was batched already.
    for (Batch& batch : batches_of(op, 2)) {
      Batch nested = batch;
      const Mask all(batch.inputs(), 1);
      nested.graph = transform::vmap(batch.graph, all, 2);
      for (size_t b = 0; b < 2; ++b)
        for (size_t i = 0; i < batch.inputs(); ++i)
          nested.draws[b][i] = stacked({batch.draws[b][i], batch.draws[0][i]});
      for (const Mask& batched : batch_masks(batch.inputs(), false))
        expect(batch.name + " twice" + text_of(batched), [&] { return vmap_problem(nested, batched); });
    }
    const std::vector<Batch> few = batches_of(op, 3);
    for (const Batch* batch : {&few.front(), &few.back()})
      if (batch->inputs()) expect(batch->name + ", a large batch", [&] { return large_batch_problem(*batch); });
    expect_every_axis(op);
    expect_axes_stored(op);
  });
}

TEST_CASE("vmap_of_vjp: a batch of cotangents is a loop") {
  for_each_op(Cell::vmap_of_vjp, [](const OpSpec& op) {
    for (const Batch& batch : batches_of(op, 3)) {
      const Mask floating = inexact_mask(batch.draws[0]);
      if (!std::count(floating.begin(), floating.end(), 1)) continue;
      Batch backward = with_cotangents(batch);
      std::vector<Mask> masks = batch_masks(backward.inputs(), false);
      for (const Mask& batched : masks)
        expect(batch.name + text_of(batched), [&] { return vmap_problem(backward, batched); });
    }
  });
}

/// vjp of the batched graph against a loop over vjp; operands without a batch get the sum over it.
std::string vjp_of_vmap_problem(const Batch& batch, const Mask& batched) {
  const Batch backward = with_cotangents(batch);
  const Mask wrt = inexact_mask(batch.draws[0]);
  const size_t outputs = batch.graph->outputs.size();
  Mask with_ct = batched;
  with_ct.resize(backward.inputs(), 1);
  GraphRef vmapped = transform::vmap(batch.graph, batched, static_cast<int64_t>(batch.size()));
  Tensors got = run(transform::vjp(vmapped, wrt), backward.together(with_ct));

  std::vector<Tensors> parts(backward.graph->outputs.size());
  for (size_t b = 0; b < batch.size(); ++b) {
    Tensors one = run(backward.graph, backward.element(with_ct, b));
    for (size_t k = 0; k < one.size(); ++k) parts[k].push_back(one[k]);
  }
  Tensors want;
  for (size_t k = 0; k < outputs; ++k) want.push_back(stacked(parts[k]));
  for (size_t i = 0, k = outputs; i < batch.inputs(); ++i) {
    if (!wrt[i]) continue;
    const Tensors& part = parts[k++];
    if (batched[i]) {
      want.push_back(stacked(part));
      continue;
    }
    Numbers sum(numbers(part[0]).size());
    for (const Tensor& tensor : part) {
      Numbers values = numbers(tensor);
      for (size_t j = 0; j < sum.size(); ++j) sum[j] += values[j];
    }
    want.push_back(tensor_of(part[0].dtype, part[0].shape, sum));
  }
  return difference(got, want, tolerance);
}

TEST_CASE("vjp_of_vmap: the cotangents of a batch are a loop's, summed where an operand is shared") {
  for_each_op(Cell::vjp_of_vmap, [](const OpSpec& op) {
    for (const Batch& batch : batches_of(op, 3)) {
      const Mask inexact = inexact_mask(batch.draws[0]);
      if (!std::count(inexact.begin(), inexact.end(), 1)) continue;
      for (const Mask& batched : batch_masks(batch.inputs(), true))
        expect(batch.name + text_of(batched), [&] { return vjp_of_vmap_problem(batch, batched); });
    }
  });
}

}  // namespace
}  // namespace koine::optest
