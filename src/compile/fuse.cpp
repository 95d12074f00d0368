#include "compile/fuse.h"

#include "base/dtype_traits.h"
#include "base/format.h"
#include "base/narrow.h"
#include "compile/group.h"
#include "compile/lower.h"
#include "compile/parts.h"
#include "compile/recompute.h"

#include <algorithm>
#include <map>

namespace koine::compile {

using namespace ir;

namespace {

class Fuser {
 public:
  Fuser(const GraphRef& graph, TakesViews takes_views) : graph_(*graph), takes_views_(takes_views) {
    result_.graph = graph;
    result_.types = graph->types;
    for (ValueId v = 0; v < graph_.input_count; ++v) values_.push_back(memory(v, -1));
  }

  Schedule run() {
    for (uint32_t n = 0; n < graph_.nodes.size(); ++n) {
      const GraphNode& node = graph_.nodes[n];
      if (as_sum_of_parts(node, n)) continue;
      for (ValueId v : graph_.operands_of(node)) settle(v);
      if (!as_structure(node, n)) as_work(node, n);
    }
    for (ValueId output : graph_.outputs) {
      settle(output);
      result_.outputs.push_back(in_memory(output));
    }
    groups_.insert(groups_.begin(), std::make_move_iterator(numbers_.begin()), std::make_move_iterator(numbers_.end()));
    recompute(groups_, needed_);
    // A value is stored when something outside of its group reads it.
    for (const Group& group : groups_)
      for (ValueId base : group.reads()) groups_need(base);
    needed_.resize(result_.types.size());
    for (Group& group : groups_)
      result_.steps.push_back(group.step() ? std::move(*group.step()) : group.finish(needed_));
    std::erase_if(result_.steps, [](const Step& step) { return step.kernel && step.out.empty(); });
    return std::move(result_);
  }

 private:
  TypeRef type_of(const GraphNode& node) const { return graph_.types[node.first_output]; }
  const Shape& shape_of(ValueId v) const { return result_.types[v]->shape; }
  std::vector<Operand> operands_of(const GraphNode& node) const {
    std::vector<Operand> in;
    for (ValueId v : graph_.operands_of(node)) in.push_back(values_[v]);
    return in;
  }
  Operand memory(ValueId v, int32_t group) const {
    return {.view = {v, 0, dense_strides(shape_of(v))}, .type = result_.types[v], .group = group};
  }
  void put(ValueId v, Operand value) {
    if (v == values_.size())
      values_.push_back(std::move(value));
    else
      values_[v] = std::move(value);
  }
  void as_work(const GraphNode& node, uint32_t n) {
    if (!as_fold(node, n) && !as_elementwise(node, n)) as_step(node, n);
  }

  // ---- values in parts

  bool as_sum_of_parts(const GraphNode& node, uint32_t n) {
    if (!node.op->scalar_body || monoid_of(*node.op->scalar_body()) != scalar::Prim::add) return false;
    std::vector<const Parts*> terms;
    for (ValueId v : graph_.operands_of(node)) {
      auto found = parts_.find(v);
      if (found == parts_.end() || graph_.types[v] != type_of(node)) return false;
      terms.push_back(&found->second);
    }
    return put_parts(node.first_output, sum_of(terms, *node.op), n);
  }
  bool put_parts(ValueId v, std::optional<Parts> parts, uint32_t n) {
    if (!parts) return false;
    parts->node = n;
    parts_.emplace(v, std::move(*parts));
    put(v, {});
    return true;
  }

  /// Gives a value in parts its place: from one kernel if that can be, else as its node says.
  void settle(ValueId v) {
    auto found = parts_.extract(v);
    if (!found || assemble(v, found.mapped())) return;
    const uint32_t n = found.mapped().node;
    const GraphNode& node = graph_.nodes[n];
    for (ValueId operand : graph_.operands_of(node)) settle(operand);
    as_work(node, n);
  }

  bool assemble(ValueId v, const Parts& parts) {
    if (!parts.have_one_size() || parts.count() != graph_.types[v]->count) return false;
    auto trial = [&](int32_t g) {
      Group group = groups_[static_cast<size_t>(g)];
      if (group.size() + 2 * parts.boxes.size() > most_nodes || !add_parts(group, parts, v, result_.types))
        return false;
      groups_[static_cast<size_t>(g)] = std::move(group);
      put(v, memory(v, g));
      return true;
    };
    int32_t last = -1;
    for (const Box& box : parts.boxes) last = std::max(last, box.from.group);
    if (last >= 0 && trial(last)) return true;
    if (trial(new_group(parts.boxes[0].from.type->shape))) return true;
    groups_.pop_back();
    return false;
  }

  // ---- structural ops

  bool as_structure(const GraphNode& node, uint32_t n) {
    if (!node.op->index_map || node.output_count != 1) return false;
    std::vector<TypeRef> types;
    for (ValueId v : graph_.operands_of(node)) types.push_back(graph_.types[v]);
    const IndexMap map = node.op->index_map({*node.op, types, node.attrs->data.get()});
    return as_view(node, map) || put_parts(node.first_output, parts_of(map, type_of(node), operands_of(node)), n);
  }

  bool as_view(const GraphNode& node, const IndexMap& map) {
    const TypeRef type = type_of(node);
    if (map.pieces.empty()) {
      if (!is_lowered(type->dtype)) return false;
      put(node.first_output, constant_of(map.fill, type));
      return true;
    }
    if (map.pieces.size() != 1) return false;
    const MapPiece& piece = map.pieces[0];
    for (int64_t step : piece.steps)
      if (step != 1) return false;
    for (int64_t d = 0; d < static_cast<int64_t>(type->shape.size()); ++d)
      if (piece.start[d].value() != 0 || piece.size[d].value() != type->shape[d].value()) return false;
    const Operand& from = values_[graph_.operands_of(node)[static_cast<size_t>(piece.operand)]];
    Operand value = from;
    value.type = type;
    if (!from.constant && !through(from.view, from.type->shape, piece, value.view)) {
      const Operand copied = copy(from);
      if (!through(copied.view, from.type->shape, piece, value.view)) return false;
      value.group = copied.group;
    }
    put(node.first_output, std::move(value));
    return true;
  }

  // ---- groups

  int32_t new_group(const Shape& shape) {
    groups_.emplace_back(shape);
    return narrow<int32_t>(groups_.size() - 1);
  }

  /// The group that makes the last of the operands: only it and later ones can use all of them.
  static int32_t last_group(std::span<const Operand> operands) {
    int32_t last = -1;
    for (const Operand& operand : operands) last = std::max(last, operand.group);
    return last;
  }

  /// The group that a node joins: that of its last operand, or one of the latest after it, because what a line computes
  /// ends up together. A fold of columns is the end of what can be computed with a group, so those come last.
  template <class Joins>
  std::optional<int32_t> home_after(int32_t g, Joins joins) {
    constexpr int32_t window = 3;
    auto takes = [&](int32_t one) {
      Group& group = groups_[static_cast<size_t>(one)];
      return group.size() < most_nodes && joins(group);
    };
    if (g >= 0 && takes(g)) return g;
    auto last = narrow<int32_t>(groups_.size()) - 1;
    for (bool column : {false, true})
      for (int32_t near = last; near > g && near > last - window; --near)
        if (groups_[static_cast<size_t>(near)].folds_columns() == column && takes(near)) return near;
    return {};
  }

  bool as_elementwise(const GraphNode& node, uint32_t n) {
    if (!node.op->scalar_body || !is_lowered(graph_.types[node.first_output]->dtype)) return false;
    auto operands = graph_.operands_of(node);
    for (ValueId v : operands)
      if (!is_lowered(graph_.types[v]->dtype)) return false;
    if (std::optional<size_t> same = unchanged_operand(node)) {
      put(node.first_output, Operand(values_[operands[*same]]));
      return true;
    }
    const std::vector<Operand> in = operands_of(node);
    if (is_exact(*node.op->scalar_body()) &&
        std::all_of(in.begin(), in.end(), [](const Operand& operand) { return operand.constant; })) {
      put(node.first_output, computed(node, in, type_of(node)));
      return true;
    }
    const Shape& shape = shape_of(node.first_output);
    int32_t g = last_group(in);
    if (g < 0 && type_of(node)->count == 1) {
      // Numbers such as learning rates are made ready first, so that they bind nothing to a place in the order.
      if (numbers_.empty() || numbers_.back().size() >= most_nodes ||
          !numbers_.back().add_elementwise(*node.op, in, shape, type_of(node), node.first_output, n)) {
        numbers_.emplace_back(shape);
        numbers_.back().add_elementwise(*node.op, in, shape, type_of(node), node.first_output, n);
      }
      put(node.first_output, memory(node.first_output, -1));
      return true;
    }
    std::optional<int32_t> home = home_after(g, [&](Group& group) {
      return group.add_elementwise(*node.op, in, shape, type_of(node), node.first_output, n);
    });
    if (!home) {
      home = new_group(shape);
      if (!groups_.back().add_elementwise(*node.op, in, shape, type_of(node), node.first_output, n))
        throw Error(std::string("[fuse] ") + node.op->name + " does not fit a kernel of its own");
    }
    put(node.first_output, memory(node.first_output, *home));
    return true;
  }

  /// The operand that the result is, such as x in x * 1.
  std::optional<size_t> unchanged_operand(const GraphNode& node) const {
    auto operands = graph_.operands_of(node);
    if (operands.size() != 2) return {};
    for (size_t k = 0; k < 2; ++k) {
      const Operand& other = values_[operands[1 - k]];
      if (other.constant && graph_.types[operands[k]] == type_of(node) &&
          is_neutral(*node.op->scalar_body(), 1 - k, type_of(node)->dtype, other.number))
        return k;
    }
    return {};
  }

  bool as_fold(const GraphNode& node, uint32_t n) {
    if (!node.op->fold) return false;
    Fold fold = node.op->fold(node.attrs->data.get());
    scalar::Prim prim = monoid_of(*fold.combine);
    ValueId operand = graph_.operands_of(node)[0];
    if (prim == scalar::Prim::input || !is_lowered(graph_.types[operand]->dtype)) return false;
    const Shape& shape = shape_of(operand);
    std::optional<FoldedAxes> axes = folded_axes(shape, fold.axes);
    if (!axes) return false;
    int32_t g = fold_in_parts(prim, values_[operand], *axes, type_of(node), node.first_output, n);
    put(node.first_output, memory(node.first_output, g));
    return true;
  }

  /// A long fold in parts, whose results are folded in their turn. Gives the group that makes the result.
  int32_t fold_in_parts(scalar::Prim prim, Operand in, FoldedAxes axes, TypeRef type, ValueId out, uint32_t n) {
    std::optional<FoldPart> part;
    // A part of a narrow floating dtype would be rounded once more.
    if (computed_in(type->dtype) == type->dtype) part = part_of_fold(in.type->shape, axes);
    if (!part) return add_fold(prim, in, axes, type, out, n);
    Shape shape = in.type->shape;
    size_t at = part->axis;
    if (auto axis = static_cast<int64_t>(at); part->length != shape[at].value()) {
      shape[at] = shape[at].value() / part->length;
      shape.insert(axis + 1, part->length);
      if (!in.constant) {
        int64_t stride = in.view.strides[at];
        in.view.strides[at] = stride * part->length;
        in.view.strides.insert(in.view.strides.begin() + axis + 1, stride);
      }
      in.type = intern_type(in.type->dtype, shape);
      ++at;
      ++axes.last;
    }
    for (size_t d = axes.last; d-- > at;) shape.erase(static_cast<int64_t>(d));
    auto partial = narrow<ValueId>(result_.types.size());
    result_.types.push_back(intern_type(type->dtype, shape));
    const int32_t g = add_fold(prim, in, {at, axes.last}, result_.types[partial], partial, n);
    return fold_in_parts(prim, memory(partial, g), {axes.first, at}, type, out, n);
  }

  int32_t add_fold(scalar::Prim prim, Operand in, FoldedAxes axes, TypeRef type, ValueId out, uint32_t n) {
    auto joins = [&](Group& group) { return group.add_fold(prim, in, axes, type, out, n); };
    if (std::optional<int32_t> home = home_after(in.group, joins)) return *home;
    int32_t g = new_group(in.type->shape);
    if (joins(groups_.back())) return g;
    // Its strides do not go with the fold: it is brought into order first.
    groups_.pop_back();
    in.view = copy(in).view;
    g = new_group(in.type->shape);
    if (!joins(groups_.back())) throw Error("[fuse] a fold does not fit a kernel of its own");
    return g;
  }

  // ---- nodes of their own

  void as_step(const GraphNode& node, uint32_t n) {
    Step step;
    step.nodes = {n};
    auto operands = graph_.operands_of(node);
    std::vector<uint8_t> viewed = viewed_operands(node);
    for (size_t k = 0; k < operands.size(); ++k) {
      ValueId v = operands[k];
      if (viewed[k])
        step.in.push_back(values_[v].view);
      else
        step.in.push_back({in_memory(v), 0, dense_strides(shape_of(v))});
      groups_need(step.in.back().base);
    }
    for (uint32_t k = 0; k < node.output_count; ++k) step.out.push_back(node.first_output + k);
    auto g = narrow<int32_t>(groups_.size());
    groups_.emplace_back(std::move(step));
    for (uint32_t k = 0; k < node.output_count; ++k) put(node.first_output + k, memory(node.first_output + k, g));
  }

  /// Which operands the device takes as the views they are: all of them, or one of a few.
  std::vector<uint8_t> viewed_operands(const GraphNode& node) const {
    auto operands = graph_.operands_of(node);
    std::vector<uint8_t> views;
    for (ValueId v : operands) views.push_back(!values_[v].constant && !is_same_memory(v));
    auto takes = [&](const std::vector<uint8_t>& some) {
      std::vector<Ints> strides;
      for (size_t k = 0; k < operands.size(); ++k)
        strides.push_back(some[k] ? values_[operands[k]].view.strides : dense_strides(shape_of(operands[k])));
      return takes_views_(graph_, node, strides);
    };
    std::vector<uint8_t> none(views.size());
    if (views == none) return none;
    if (takes(views)) return views;
    constexpr size_t few = 4;
    for (size_t k = 0; views.size() <= few && k < views.size(); ++k) {
      std::vector<uint8_t> one = none;
      one[k] = views[k];
      if (one != none && takes(one)) return one;
    }
    return none;
  }

  bool is_same_memory(ValueId v) const {
    const Operand& value = values_[v];
    return !value.constant && is_dense(value.view, shape_of(v)) &&
           value.type->count == result_.types[value.view.base]->count;
  }

  /// The value whose memory holds the elements of v in their order; made when there is none.
  ValueId in_memory(ValueId v) {
    ValueId base = is_same_memory(v) ? values_[v].view.base : copy(values_[v]).view.base;
    groups_need(base);
    return base;
  }

  void groups_need(ValueId base) {
    needed_.resize(result_.types.size());
    needed_[base] = 1;
  }

  /// The elements of a value in a memory of their own, in their order.
  Operand copy(Operand in) {
    auto fresh = narrow<ValueId>(result_.types.size());
    result_.types.push_back(in.type);
    if (is_complex(in.type->dtype)) {
      // Kernels know real numbers only: its parts are copied, along one more axis.
      Shape parts = in.type->shape;
      parts.push_back(2);
      in.type = intern_type(real_of(in.type->dtype), parts);
      in.view.offset *= 2;
      for (int64_t& stride : in.view.strides) stride *= 2;
      in.view.strides.push_back(1);
    }
    int32_t g = new_group(in.type->shape);
    groups_.back().add_copy(in, fresh);
    return memory(fresh, g);
  }

  const Graph& graph_;
  TakesViews takes_views_;
  Schedule result_;
  std::vector<Operand> values_;     // of the graph, so far
  std::map<ValueId, Parts> parts_;  // of those that have no place yet
  std::vector<Group> numbers_;      // of a single number each, from inputs alone; they come before the others
  std::vector<Group> groups_;
  std::vector<uint8_t> needed_;  // by a node or a caller
};

}  // namespace

std::string to_string(const Schedule& schedule) {
  std::string text;
  // Also of a schedule in which something is wrong.
  auto value = [&](ValueId v) {
    return v < schedule.types.size() ? cat("%", v, " : ", to_string(*schedule.types[v])) : cat("%", v);
  };
  const std::vector<GraphNode>& nodes = schedule.graph->nodes;
  for (size_t s = 0; s < schedule.steps.size(); ++s) {
    const Step& step = schedule.steps[s];
    text += cat("step ", s, ":");
    for (uint32_t n : step.nodes) text += cat(" ", n < nodes.size() ? nodes[n].op->name : "?");
    for (const View& view : step.in) text += cat("\n  reads ", value(view.base));
    for (ValueId v : step.out) text += cat("\n  makes ", value(v));
    text += "\n";
    if (step.kernel) text += to_string(*step.kernel);
  }
  text += "outputs";
  for (ValueId v : schedule.outputs) text += cat(" %", v);
  return text + "\n";
}

Schedule fuse(const GraphRef& graph, TakesViews takes_views) { return Fuser(graph, takes_views).run(); }

}  // namespace koine::compile
