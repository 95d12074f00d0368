#include "base/format.h"
#include "base/narrow.h"
#include "functional/recorded.h"
#include "ir/rethrow.h"

#include <koine/ops.h>

/// Derivatives of functions: record, cut out the graph, transform it, record the rest.
namespace koine::detail {

// The scope of the history is the tape's own lifetime.
Tape::Tape(List leaves, Flags wanted) : inputs_(std::move(leaves)), wanted_(std::move(wanted)) {
  ir::enter_tape();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (!wanted_[i]) continue;
    inputs_[i] = identity(inputs_[i]);
    ir::mark_taped(inputs_[i]);
  }
  since_ = ir::next_serial();
}

Tape::~Tape() { ir::leave_tape(); }

namespace {

struct Cut {
  ir::Captured captured;
  transform::Mask wrt;
};

Cut cut(const List& results, const List& inputs, const Flags& wanted, uint64_t since) {
  Cut cut;
  ir::Arrays chosen;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (wanted[i]) chosen.push_back(inputs[i]);
  cut.captured = ir::capture(results, chosen, since);
  cut.wrt.assign(cut.captured.graph->input_count, 0);
  std::fill_n(cut.wrt.begin(), chosen.size(), uint8_t{1});
  return cut;
}

List spread(const List& found, const Flags& wanted) {
  List all(wanted.size());
  for (size_t i = 0, k = 0; i < wanted.size(); ++i)
    if (wanted[i]) all[i] = found[k++];
  return all;
}

}  // namespace

List Tape::gradients(const Array& result, std::source_location where) const {
  if (!result.defined()) throw ValueError("[grad] the function returned an empty array" + at_line(where));
  if (result.rank() != 0)
    throw ShapeError(cat("[grad] needs a function that returns a scalar, got ", ir::to_string(*ir::type_of(result)),
                         "; reduce it with mean or sum, or use vjp or jacobian", at_line(where)));
  if (!is_floating(result.dtype()))
    throw DTypeError(cat("[grad] needs a real floating result, got ", name(result.dtype()), at_line(where)));
  Cut graph = cut({result}, inputs_, wanted_, since_);
  ir::GraphRef joint = transform::vjp(graph.captured.graph, graph.wrt);
  const Array one[] = {full({.shape = {}, .value = 1, .dtype = result.dtype()})};
  return spread(transform::replay_joint(*joint, *graph.captured.graph, graph.captured.primal, one, where), wanted_);
}

List Tape::push(const List& results, const List& tangents, std::source_location where) const {
  require_defined(results, "jvp", where);
  return koine::detail::push(*record(results), tangents, where);
}

RecordedRef Tape::record(const List& results) const {
  require_defined(results, "vjp", {});
  Cut graph = cut(results, inputs_, wanted_, since_);
  auto* recorded = new Recorded;
  recorded->graph = graph.captured.graph;
  recorded->primal = std::move(graph.captured.primal);
  recorded->taken = wanted_;
  return RecordedRef(recorded);
}

List pull(const Recorded& recorded, const List& cotangents, std::source_location where) {
  const ir::Graph& graph = *recorded.graph;
  if (cotangents.size() != graph.outputs.size())
    throw ValueError(
        cat("[vjp] ", cotangents.size(), " cotangents for ", graph.outputs.size(), " results", at_line(where)));
  transform::Mask wrt(graph.input_count, 0);
  for (size_t i = 0, k = 0; i < recorded.taken.size(); ++i)
    if (recorded.taken[i]) wrt[k++] = 1;
  ir::Arrays given;
  for (size_t k = 0; k < cotangents.size(); ++k) {
    ir::TypeRef type = graph.output_type(k);
    if (!is_inexact(type->dtype)) continue;
    if (!cotangents[k].defined())
      given.push_back(zeros(type->shape, type->dtype));
    else if (ir::type_of(cotangents[k]) != type)
      throw ShapeError(cat("[vjp] a cotangent is ", ir::to_string(*ir::type_of(cotangents[k])), " where the result is ",
                           ir::to_string(*type), at_line(where)));
    else
      given.push_back(cotangents[k]);
  }
  ir::GraphRef joint = transform::vjp(recorded.graph, wrt);
  return spread(transform::replay_joint(*joint, graph, recorded.primal, given, where), recorded.taken);
}

List push(const Recorded& recorded, const List& tangents, std::source_location where) {
  const ir::Graph& graph = *recorded.graph;
  if (tangents.size() != recorded.taken.size())
    throw ValueError(
        cat("[jvp] ", tangents.size(), " tangents for ", recorded.taken.size(), " arguments", at_line(where)));
  transform::Mask wrt(graph.input_count, 0);
  ir::Arrays given;
  for (size_t i = 0, k = 0; i < tangents.size(); ++i) {
    if (!recorded.taken[i]) continue;
    ir::TypeRef type = graph.types[k];
    wrt[k++] = 1;
    given.push_back(tangents[i].defined() ? tangents[i] : zeros(type->shape, type->dtype));
    if (ir::type_of(given.back()) != type)
      throw ShapeError(cat("[jvp] a tangent is ", ir::to_string(*ir::type_of(tangents[i])), " where the argument is ",
                           ir::to_string(*type), at_line(where)));
  }
  ir::GraphRef joint = transform::jvp(recorded.graph, wrt);
  List found = transform::replay_joint(*joint, graph, recorded.primal, given, where);
  Flags floating;
  for (size_t k = 0; k < graph.outputs.size(); ++k) floating.push_back(is_inexact(graph.output_type(k)->dtype));
  return spread(found, floating);
}

}  // namespace koine::detail
