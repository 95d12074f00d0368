#include "compile/fuse.h"

#include "base/dtype_traits.h"
#include "base/format.h"
#include "compile/group.h"
#include "compile/lower.h"
#include "compile/recompute.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace koine::compile {

using namespace ir;

namespace {

constexpr size_t most_boxes = 16;  // of a value

int64_t count_of(const Shape& shape) {
  int64_t n = 1;
  for (Dim d : shape) n *= d.value();
  return n;
}

struct Parts;

/// Where a value is: an input or a step's result in memory, another value's memory walked with strides, the same number
/// everywhere, or nowhere yet, in parts.
struct Place {
  View view;
  int32_t group = -1;  // that makes the view's base
  bool constant = false;
  double number = 0;
  int64_t integer = 0;
  std::shared_ptr<const Parts> parts;
};

/// A box of a value: element i of it, which is element i of `from`, lies at start + steps * i.
struct Box {
  Ints start, size, steps;
  Place from;
  TypeRef type;
};
/// A value that is zero but in boxes that share no element. Sums of such values (the gradients of slices) are such
/// values, and where boxes of one size fill all of it one kernel can make them.
struct Parts {
  std::vector<Box> boxes;
  uint32_t node = 0;
  const OpSpec* sum = nullptr;  // that joined them
};

bool is_zero(const Number& number) {
  return number.real() == 0 && number.imag() == 0 && !std::signbit(number.real()) && !std::signbit(number.imag());
}

bool are_apart(const Box& a, const Box& b) {
  for (size_t d = 0; d < a.start.size(); ++d) {
    int64_t low = std::max(a.start[d], b.start[d]);
    if (a.start[d] + (a.size[d] - 1) * a.steps[d] < low || b.start[d] + (b.size[d] - 1) * b.steps[d] < low) return true;
    if (a.steps[d] == b.steps[d] && (a.start[d] - b.start[d]) % a.steps[d] != 0) return true;
  }
  return false;
}

class Fuser {
 public:
  Fuser(const GraphRef& graph, TakesViews takes_views) : graph_(*graph), takes_views_(takes_views) {
    result_.graph = graph;
    result_.types = graph->types;
    for (ValueId v = 0; v < graph_.input_count; ++v) place_.push_back(memory(v, -1));
  }

  Schedule run() {
    for (uint32_t n = 0; n < graph_.nodes.size(); ++n) {
      const GraphNode& node = graph_.nodes[n];
      if (as_sum_of_parts(node, n)) continue;
      for (ValueId v : graph_.operands_of(node)) settle(v);
      if (!as_view(node) && !as_parts(node, n)) as_work(node, n);
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
  Place memory(ValueId v, int32_t group) const {
    Place place;
    place.view = {v, 0, dense_strides(result_.types[v]->shape)};
    place.group = group;
    return place;
  }
  const Shape& shape_of(ValueId v) const { return result_.types[v]->shape; }
  void put(ValueId v, Place place) {
    if (v == place_.size())
      place_.push_back(std::move(place));
    else
      place_[v] = std::move(place);
  }
  void as_work(const GraphNode& node, uint32_t n) {
    if (!as_fold(node, n) && !as_elementwise(node, n)) as_step(node, n);
  }

  // ---- values in parts

  bool as_parts(const GraphNode& node, uint32_t n) {
    if (!node.op->index_map || node.output_count != 1) return false;
    TypeRef type = type_of(node);
    if (!is_lowered(type->dtype) || type->count == 0) return false;
    std::vector<TypeRef> types;
    for (ValueId v : graph_.operands_of(node)) types.push_back(graph_.types[v]);
    IndexMap map = node.op->index_map({*node.op, types, node.attrs->data.get()});
    Parts parts;
    int64_t filled = 0;
    for (const MapPiece& piece : map.pieces) {
      auto k = static_cast<size_t>(piece.operand);
      Box box{{}, {}, piece.steps, place_[graph_.operands_of(node)[k]], nullptr};
      box.steps.resize(type->shape.size(), 1);
      for (Dim d : piece.start) box.start.push_back(d.value());
      for (Dim d : piece.size) box.size.push_back(d.value());
      box.type = intern_type(type->dtype, piece.size);
      if (box.type->count == 0) continue;
      for (const Box& other : parts.boxes)
        if (!are_apart(box, other)) return false;
      const Place& from = box.from;
      if (from.constant && from.integer == 0 && from.number == 0 && !std::signbit(from.number)) continue;
      if (!from.constant && !through(from.view, types[k]->shape, piece, box.from.view)) return false;
      filled += box.type->count;
      parts.boxes.push_back(std::move(box));
    }
    if (parts.boxes.empty() || parts.boxes.size() > most_boxes) return false;
    if (filled != type->count && !is_zero(map.fill)) return false;
    parts.node = n;
    Place place;
    place.parts = std::make_shared<Parts>(std::move(parts));
    put(node.first_output, std::move(place));
    return true;
  }

  bool as_sum_of_parts(const GraphNode& node, uint32_t n) {
    if (!node.op->scalar_body || monoid_of(*node.op->scalar_body()) != scalar::Prim::add) return false;
    auto operands = graph_.operands_of(node);
    Parts parts;
    for (ValueId v : operands) {
      if (!place_[v].parts || graph_.types[v] != type_of(node)) return false;
      for (const Box& box : place_[v].parts->boxes) {
        if (!parts.boxes.empty() && box.size != parts.boxes[0].size) return false;
        for (const Box& other : parts.boxes)
          if (!are_apart(box, other)) return false;
        parts.boxes.push_back(box);
      }
    }
    if (parts.boxes.size() > most_boxes) return false;
    parts.node = n;
    parts.sum = node.op;
    Place place;
    place.parts = std::make_shared<Parts>(std::move(parts));
    put(node.first_output, std::move(place));
    return true;
  }

  /// Gives a value in parts its place: from one kernel if that can be, else as its node says.
  void settle(ValueId v) {
    std::shared_ptr<const Parts> parts = place_[v].parts;
    if (!parts || assemble(v, *parts)) return;
    const GraphNode& node = graph_.nodes[parts->node];
    for (ValueId operand : graph_.operands_of(node)) settle(operand);
    as_work(node, parts->node);
  }

  bool assemble(ValueId v, const Parts& parts) {
    TypeRef type = graph_.types[v];
    int64_t filled = 0;
    int32_t last = -1;
    for (const Box& box : parts.boxes) {
      if (box.size != parts.boxes[0].size) return false;
      filled += box.type->count;
      if (!box.from.constant) last = std::max(last, box.from.group);
    }
    if (filled != type->count) return false;
    Ints strides = dense_strides(type->shape);
    auto add_all = [&](Group& group) {
      for (const Box& box : parts.boxes) {
        Operand in{box.from.view, box.type, box.from.constant, box.from.number, box.from.integer};
        if (parts.sum) {
          // With nothing added a zero would keep its sign.
          auto fresh = static_cast<ValueId>(result_.types.size());
          result_.types.push_back(box.type);
          Operand zero{{}, box.type, true};
          if (!group.add_elementwise(*parts.sum, {in, zero}, box.type->shape, box.type, fresh, parts.node))
            return false;
          in = {{fresh, 0, dense_strides(box.type->shape)}, box.type};
        }
        int64_t offset = 0;
        Ints apart = strides;
        for (size_t d = 0; d < strides.size(); ++d) {
          offset += box.start[d] * strides[d];
          apart[d] *= box.steps[d];
        }
        if (!group.add_part(in, box.type->shape, offset, apart, v, parts.node)) return false;
      }
      return true;
    };
    auto trial = [&](int32_t g) {
      Group group = groups_[static_cast<size_t>(g)];
      if (group.size() + 2 * parts.boxes.size() > most_nodes || !add_all(group)) return false;
      groups_[static_cast<size_t>(g)] = std::move(group);
      put(v, memory(v, g));
      return true;
    };
    if (last >= 0 && trial(last)) return true;
    if (trial(new_group(parts.boxes[0].type->shape))) return true;
    groups_.pop_back();
    return false;
  }

  // ---- structural ops

  bool as_view(const GraphNode& node) {
    if (!node.op->index_map || node.output_count != 1) return false;
    std::vector<TypeRef> types;
    for (ValueId v : graph_.operands_of(node)) types.push_back(graph_.types[v]);
    IndexMap map = node.op->index_map({*node.op, types, node.attrs->data.get()});
    const Shape& shape = graph_.types[node.first_output]->shape;
    if (map.pieces.empty()) {
      if (!is_lowered(graph_.types[node.first_output]->dtype)) return false;
      put(node.first_output, constant(map.fill, graph_.types[node.first_output]->dtype));
      return true;
    }
    if (map.pieces.size() != 1) return false;
    const MapPiece& piece = map.pieces[0];
    for (int64_t step : piece.steps)
      if (step != 1) return false;
    for (size_t d = 0; d < shape.size(); ++d) {
      auto k = static_cast<int64_t>(d);
      if (piece.start[k].value() != 0 || piece.size[k].value() != shape[k].value()) return false;
    }
    ValueId operand = graph_.operands_of(node)[static_cast<size_t>(piece.operand)];
    Place place = place_[operand];
    if (!place.constant && !through(place_[operand].view, shape_of(operand), piece, place.view)) {
      Place copied = copy(operand);
      if (!through(copied.view, shape_of(operand), piece, place.view)) return false;
      place.group = copied.group;
    }
    put(node.first_output, place);
    return true;
  }

  /// A number in a dtype, by the rules of `cast`.
  static Place constant(const Number& number, DType dtype) {
    std::byte element[8] = {};
    if (number.kind() == Kind::floating || number.kind() == Kind::complex) {
      double real = number.real();
      koine::convert(DType::float64, reinterpret_cast<const std::byte*>(&real), dtype, element, 1);
    } else {
      int64_t integer = number.integer();
      koine::convert(number.is_unsigned() ? DType::uint64 : DType::int64, reinterpret_cast<const std::byte*>(&integer),
                     dtype, element, 1);
    }
    return constant(element, dtype);
  }
  static Place constant(const std::byte* element, DType dtype) {
    Place place;
    place.constant = true;
    koine::convert(dtype, element, DType::float64, reinterpret_cast<std::byte*>(&place.number), 1);
    koine::convert(dtype, element, dtype == DType::uint64 ? DType::uint64 : DType::int64,
                   reinterpret_cast<std::byte*>(&place.integer), 1);
    return place;
  }

  // ---- groups

  int32_t new_group(const Shape& shape) {
    groups_.emplace_back(shape);
    return static_cast<int32_t>(groups_.size() - 1);
  }

  /// The group that makes the last of the operands: only it and later ones can use all of them.
  int32_t last_group(std::span<const ValueId> operands) const {
    int32_t last = -1;
    for (ValueId v : operands)
      if (!place_[v].constant) last = std::max(last, place_[v].group);
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
    auto last = static_cast<int32_t>(groups_.size()) - 1;
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
      put(node.first_output, place_[operands[*same]]);
      return true;
    }
    if (is_exact(*node.op->scalar_body()) &&
        std::all_of(operands.begin(), operands.end(), [&](ValueId v) { return place_[v].constant; })) {
      put(node.first_output, computed(node));
      return true;
    }
    const Shape& shape = shape_of(node.first_output);
    std::vector<Operand> in = operands_of(node);
    int32_t g = last_group(operands);
    if (g < 0 && count_of(shape) == 1) {
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
      const Place& other = place_[operands[1 - k]];
      if (other.constant && graph_.types[operands[k]] == type_of(node) &&
          is_neutral(*node.op->scalar_body(), 1 - k, type_of(node)->dtype, other.number))
        return k;
    }
    return {};
  }

  /// What an op gives for operands that are the same number everywhere, by its own definition.
  Place computed(const GraphNode& node) const {
    struct NoGraphs : GraphRunner {
      void run(const GraphRef&, std::span<const TensorRef>, std::span<const TensorRef>) override {
        throw Error("[fuse] an elementwise op holds no graph");
      }
    } runner;
    auto operands = graph_.operands_of(node);
    std::vector<std::array<std::byte, 8>> numbers(operands.size());
    std::vector<TensorRef> in;
    for (size_t k = 0; k < operands.size(); ++k) {
      const Place& place = place_[operands[k]];
      DType dtype = graph_.types[operands[k]]->dtype;
      bool whole = !is_floating(dtype);
      koine::convert(!whole                   ? DType::float64
                     : dtype == DType::uint64 ? DType::uint64
                                              : DType::int64,
                     whole ? reinterpret_cast<const std::byte*>(&place.integer)
                           : reinterpret_cast<const std::byte*>(&place.number),
                     dtype, numbers[k].data(), 1);
      in.push_back({dtype, {}, numbers[k].data()});
    }
    std::array<std::byte, 8> result{};
    TensorRef out{type_of(node)->dtype, {}, result.data()};
    node.op->reference({*node.op, node.attrs->data.get(), node.attrs, in, {&out, 1}, runner});
    return constant(result.data(), out.dtype);
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
    int32_t g = fold_in_parts(prim, operands_of(node)[0], last_group(graph_.operands_of(node)), *axes, type_of(node),
                              node.first_output, n);
    put(node.first_output, memory(node.first_output, g));
    return true;
  }

  /// A long fold in parts, whose results are folded in their turn. Gives the group that makes the result.
  int32_t fold_in_parts(scalar::Prim prim, Operand in, int32_t g, FoldedAxes axes, TypeRef type, ValueId out,
                        uint32_t n) {
    std::optional<FoldPart> part;
    // A part of a narrow floating dtype would be rounded once more.
    if (computed_in(type->dtype) == type->dtype) part = part_of_fold(in.type->shape, axes);
    if (!part) return add_fold(prim, in, g, axes, type, out, n);
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
    auto partial = static_cast<ValueId>(result_.types.size());
    result_.types.push_back(intern_type(type->dtype, shape));
    g = add_fold(prim, in, g, {at, axes.last}, result_.types[partial], partial, n);
    Operand partials{{partial, 0, dense_strides(shape)}, result_.types[partial]};
    return fold_in_parts(prim, partials, g, {axes.first, at}, type, out, n);
  }

  int32_t add_fold(scalar::Prim prim, Operand in, int32_t g, FoldedAxes axes, TypeRef type, ValueId out, uint32_t n) {
    auto joins = [&](Group& group) { return group.add_fold(prim, in, axes, type, out, n); };
    if (std::optional<int32_t> home = home_after(g, joins)) return *home;
    g = new_group(in.type->shape);
    if (joins(groups_.back())) return g;
    // Its strides do not go with the fold: it is brought into order first.
    groups_.pop_back();
    in.view = copy(in).view;
    g = new_group(in.type->shape);
    if (!joins(groups_.back())) throw Error("[fuse] a fold does not fit a kernel of its own");
    return g;
  }

  TypeRef type_of(const GraphNode& node) const { return graph_.types[node.first_output]; }

  std::vector<Operand> operands_of(const GraphNode& node) const {
    std::vector<Operand> in;
    for (ValueId v : graph_.operands_of(node)) {
      const Place& place = place_[v];
      in.push_back({place.view, graph_.types[v], place.constant, place.number, place.integer});
    }
    return in;
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
        step.in.push_back(place_[v].view);
      else
        step.in.push_back({in_memory(v), 0, dense_strides(shape_of(v))});
      groups_need(step.in.back().base);
    }
    for (uint16_t k = 0; k < node.output_count; ++k) step.out.push_back(node.first_output + k);
    auto g = static_cast<int32_t>(groups_.size());
    groups_.emplace_back(std::move(step));
    for (uint16_t k = 0; k < node.output_count; ++k) put(node.first_output + k, memory(node.first_output + k, g));
  }

  /// Which operands the device takes as the views they are: all of them, or one.
  std::vector<uint8_t> viewed_operands(const GraphNode& node) const {
    auto operands = graph_.operands_of(node);
    std::vector<uint8_t> views;
    for (ValueId v : operands) views.push_back(!place_[v].constant && !is_same_memory(v));
    auto takes = [&](const std::vector<uint8_t>& some) {
      std::vector<Ints> strides;
      for (size_t k = 0; k < operands.size(); ++k)
        strides.push_back(some[k] ? place_[operands[k]].view.strides : dense_strides(shape_of(operands[k])));
      return takes_views_(graph_, node, strides);
    };
    std::vector<uint8_t> none(views.size());
    if (views == none) return none;
    if (takes(views)) return views;
    for (size_t k = 0; k < views.size(); ++k) {
      std::vector<uint8_t> one = none;
      one[k] = views[k];
      if (one != none && takes(one)) return one;
    }
    return none;
  }

  bool is_same_memory(ValueId v) const {
    const Place& place = place_[v];
    return !place.constant && is_dense(place.view, shape_of(v)) &&
           count_of(shape_of(v)) == count_of(shape_of(place.view.base));
  }

  /// The value whose memory holds the elements of v in their order; made when there is none.
  ValueId in_memory(ValueId v) {
    ValueId base = is_same_memory(v) ? place_[v].view.base : copy(v).view.base;
    groups_need(base);
    return base;
  }

  void groups_need(ValueId base) {
    needed_.resize(result_.types.size());
    needed_[base] = 1;
  }

  Place copy(ValueId v) {
    const Place& place = place_[v];
    return copy({place.view, result_.types[v], place.constant, place.number, place.integer});
  }
  Place copy(Operand in) {
    auto fresh = static_cast<ValueId>(result_.types.size());
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
  std::vector<Place> place_;    // per value of the graph
  std::vector<Group> numbers_;  // of a single number each, from inputs alone; they come before the others
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
