#include "compile/verify.h"

#include "base/format.h"
#include "compile/lower.h"
#include "compile/passes.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace koine::compile {

using namespace ir;

namespace {

/// What is wrong with a step.
struct Wrong {
  std::string what;
};
[[noreturn]] void fail(std::string what) { throw Wrong{std::move(what)}; }

/// The places of memory that a walk reaches: `first` and what positive steps along the axes add. The axes are sorted,
/// longest step first; those of one place are left out.
struct Walk {
  struct Axis {
    int64_t extent, stride;
    bool operator==(const Axis&) const = default;
  };
  int64_t first = 0, last = 0, count = 1;
  std::vector<Axis> axes;

  void add(int64_t extent, int64_t stride) {
    count *= extent;
    if (extent <= 1) return;
    (stride < 0 ? first : last) += (extent - 1) * stride;
    axes.push_back({extent, std::abs(stride)});
  }
  void sort() {
    std::sort(axes.begin(), axes.end(), [](const Axis& a, const Axis& b) { return a.stride > b.stride; });
  }
  bool is_inside(int64_t elements) const { return count == 0 || (first >= 0 && last < elements); }
  /// Whether each step passes all that the shorter ones reach, so that no place is reached twice.
  bool is_nested() const {
    int64_t reach = 0;
    for (size_t k = axes.size(); k-- > 0;) {
      if (axes[k].stride <= reach) return false;
      reach += (axes[k].extent - 1) * axes[k].stride;
    }
    return true;
  }
};

/// Whether two walks with the same nested axes, one beginning `apart` places behind the other, reach a place in common:
/// whether less than their extents of steps bridge the distance.
bool meets(int64_t apart, std::span<const Walk::Axis> axes) {
  if (axes.empty()) return apart == 0;
  const auto [extent, stride] = axes[0];
  const int64_t steps = apart / stride;
  for (int64_t k = steps - 1; k <= steps + 1; ++k)
    if (std::abs(k) < extent && std::abs(apart - k * stride) < stride && meets(apart - k * stride, axes.subspan(1)))
      return true;
  return false;
}
/// False also where it is not easily seen.
bool overlap(const Walk& a, const Walk& b) {
  if (a.count == 0 || b.count == 0 || a.last < b.first || b.last < a.first) return false;
  return a.axes == b.axes && meets(b.first - a.first, a.axes);
}

Walk walk_of(int64_t offset, const Ints& strides, const Ints& extents) {
  Walk walk{offset, offset, 1, {}};
  for (size_t d = 0; d < extents.size(); ++d) walk.add(extents[d], strides[d]);
  return walk;
}

/// How many elements of a dtype a value has: kernels see a complex number as its two parts. None for other dtypes.
std::optional<int64_t> elements_of(TypeRef type, DType dtype) {
  if (type->dtype == dtype) return type->count;
  if (is_complex(type->dtype) && real_of(type->dtype) == dtype) return 2 * type->count;
  return {};
}

bool folds(scalar::Prim prim) {
  using enum scalar::Prim;
  return prim == add || prim == multiply || prim == minimum || prim == maximum || prim == bit_and || prim == bit_or;
}

class KernelVerifier {
 public:
  KernelVerifier(const Schedule& schedule, const Step& step)
      : schedule_(schedule), step_(step), kernel_(*step.kernel) {}

  void run() const {
    if (kernel_.buffers != step_.in.size() + step_.out.size())
      fail("the kernel has other buffers than operands and results");
    if (kernel_.loads.size() + kernel_.stores.size() > most_accesses || kernel_.buffers > most_accesses)
      fail(cat("the kernel has more than ", most_accesses, " loads and stores"));
    if (kernel_.extents.size() < (kernel_.loop == Loop::column ? 2u : 1u)) fail("the domain has too few axes");
    for (int64_t n : kernel_.extents)
      if (n < 0) fail("the domain has a negative extent");
    if (kernel_.passes == 0) fail("the kernel has no pass");
    for (size_t k = 0; k < kernel_.loads.size(); ++k) check_load(k);
    for (size_t i = 0; i < kernel_.code.size(); ++i) check(i);
    std::vector<std::vector<Walk>> stored(step_.out.size());
    for (size_t k = 0; k < kernel_.stores.size(); ++k) {
      Walk walk = check_store(k);
      stored[kernel_.stores[k].to.buffer - step_.in.size()].push_back(std::move(walk));
    }
    for (size_t r = 0; r < stored.size(); ++r) check_result(r, stored[r]);
  }

 private:
  TypeRef type_of(size_t buffer) const {
    const size_t operands = step_.in.size();
    return schedule_.types[buffer < operands ? step_.in[buffer].base : step_.out[buffer - operands]];
  }

  void check_access(const Access& access, const char* what, size_t k) const {
    if (access.strides.size() != kernel_.extents.size()) fail(cat(what, k, " has other axes than the domain"));
    if (!elements_of(type_of(access.buffer), access.dtype))
      fail(cat(what, k, " takes ", to_string(*type_of(access.buffer)), " for ", name(access.dtype)));
  }
  void check_inside(const Walk& walk, const Access& access, const char* what, size_t k) const {
    const int64_t elements = *elements_of(type_of(access.buffer), access.dtype);
    if (!walk.is_inside(elements))
      fail(cat(what, k, " reaches elements ", walk.first, " to ", walk.last, " of ", elements));
  }

  void check_load(size_t k) const {
    const Access& access = kernel_.loads[k];
    if (access.buffer >= step_.in.size()) fail(cat("load ", k, " is not from an operand"));
    check_access(access, "load ", k);
    // A row has its values even when it has no columns.
    Ints extents = kernel_.extents;
    if (kernel_.loop == Loop::row && access.strides.back() == 0) extents.back() = 1;
    check_inside(walk_of(access.offset, access.strides, extents), access, "load ", k);
  }

  // ---- instructions

  /// The first pass in which a value can be used.
  int known_in(uint16_t value) const {
    const Instr& instr = kernel_.code[value];
    return instr.pass + (instr.action == Action::fold ? 1 : 0);
  }

  void check(size_t i) const {
    const Instr& instr = kernel_.code[i];
    if (!is_lowered(instr.dtype)) fail(cat("%", i, " has a dtype that kernels do not compute with"));
    const bool in_pass = instr.wide || instr.action == Action::fold;
    if (instr.pass + (in_pass ? 1 : 0) > kernel_.passes) fail(cat("%", i, " belongs to a pass that there is not"));
    uint16_t room[3];
    for (uint16_t operand : operands_of(instr, room)) {
      if (operand >= i) fail(cat("%", i, " uses %", operand, ", which is not made before it"));
      if (known_in(operand) > instr.pass) fail(cat("%", i, " uses %", operand, " in an earlier pass than it is known"));
      const Instr& made = kernel_.code[operand];
      if (made.wide && !in_pass) fail(cat("%", i, " is of the row and uses %", operand, " of every column"));
      // Behind the folded rows there is no row to take a value from.
      if (kernel_.loop == Loop::column && instr.pass > 0 && made.action != Action::constant && known_in(operand) == 0)
        fail(cat("%", i, " uses %", operand, " of a row after the rows are folded"));
    }
    switch (instr.action) {
      case Action::load:
        return check_loaded(i);
      case Action::constant:
        if (instr.wide) fail(cat("%", i, " is a constant and of every column"));
        return;
      case Action::compute:
        return check_computed(i);
      case Action::convert:
        return;
      case Action::fold:
        return check_fold(i);
    }
  }

  void check_loaded(size_t i) const {
    const Instr& instr = kernel_.code[i];
    if (instr.a >= kernel_.loads.size()) fail(cat("%", i, " is load ", instr.a, ", which there is not"));
    const Access& access = kernel_.loads[instr.a];
    if (instr.dtype != access.dtype) fail(cat("%", i, " loads ", name(access.dtype), " as ", name(instr.dtype)));
    if (instr.wide != (access.strides.back() != 0))
      fail(cat("%", i, " and the strides of its load say otherwise of the columns"));
  }

  DType operand_dtype(uint16_t value) const { return computed_in(kernel_.code[value].dtype); }

  void check_computed(size_t i) const {
    using enum scalar::Prim;
    const Instr& instr = kernel_.code[i];
    switch (instr.prim) {
      case input:
      case constant:
      case real:
      case imag:
      case conj:
      case make_complex:
        fail(cat("%", i, " computes ", scalar::name(instr.prim), ", which kernels do not"));
      default:
        break;
    }
    // Of a choice the chosen ones count.
    const bool choice = instr.prim == select;
    const uint16_t first = choice ? instr.b : instr.a, second = choice ? instr.c : instr.b;
    if (choice && !is_bool(kernel_.code[instr.a].dtype)) fail(cat("%", i, " chooses by a number"));
    if (scalar::arity(instr.prim) > 1 && operand_dtype(first) != operand_dtype(second))
      fail(cat("%", i, " computes with ", name(operand_dtype(first)), " and ", name(operand_dtype(second))));
    const DType result = is_test(instr.prim) ? DType::bool_ : operand_dtype(first);
    if (instr.dtype != result) fail(cat("%", i, " should be ", name(result), " but is ", name(instr.dtype)));
  }

  void check_fold(size_t i) const {
    const Instr& instr = kernel_.code[i];
    if (kernel_.loop == Loop::map) fail(cat("%", i, " folds in a loop that folds nothing"));
    if (!folds(instr.prim)) fail(cat("%", i, " folds by ", scalar::name(instr.prim)));
    if (operand_dtype(instr.a) != instr.dtype)
      fail(cat("%", i, " folds ", name(operand_dtype(instr.a)), " to ", name(instr.dtype)));
    if (instr.wide != (kernel_.loop == Loop::column)) fail(cat("%", i, " is not of the axis that stays"));
  }

  // ---- results

  Walk check_store(size_t k) const {
    const Store& store = kernel_.stores[k];
    const Access& to = store.to;
    if (to.buffer < step_.in.size() || to.buffer >= kernel_.buffers) fail(cat("store ", k, " is not to a result"));
    check_access(to, "store ", k);
    if (store.value >= kernel_.code.size()) fail(cat("store ", k, " takes %", store.value, ", which there is not"));
    const Instr& value = kernel_.code[store.value];
    if (value.dtype != to.dtype) fail(cat("store ", k, " puts ", name(value.dtype), " into ", name(to.dtype)));
    if (to.strides.back() != 0 && known_in(store.value) >= kernel_.passes)
      fail(cat("store ", k, " is in no pass that knows its value"));
    // What is folded is stored without the folded axis, and a value of the row once.
    Ints extents = kernel_.extents;
    if (kernel_.loop == Loop::column) {
      if (known_in(store.value) > 0) extents[extents.size() - 2] = 1;
      if (!value.wide && to.strides.back() == 0) fail(cat("store ", k, " is of the row where columns are folded"));
    } else if (!value.wide && to.strides.back() == 0) {
      extents.back() = 1;
    }
    Walk walk = walk_of(to.offset, to.strides, extents);
    walk.sort();
    check_inside(walk, to, "store ", k);
    if (walk.count > 0 && !walk.is_nested()) fail(cat("store ", k, " writes an element more than once"));
    return walk;
  }

  void check_result(size_t r, const std::vector<Walk>& stored) const {
    const ValueId v = step_.out[r];
    if (stored.empty()) fail(cat("%", v, " is never stored"));
    int64_t places = 0;
    for (const Walk& walk : stored) places += walk.count;
    for (size_t a = 0; a < stored.size(); ++a)
      for (size_t b = 0; b < a; ++b)
        if (overlap(stored[a], stored[b])) fail(cat("two stores of %", v, " write the same element"));
    const TypeRef type = schedule_.types[v];
    const int64_t elements = is_complex(type->dtype) ? 2 * type->count : type->count;
    if (places != elements) fail(cat(places, " elements of %", v, " are stored, it has ", elements));
  }

  const Schedule& schedule_;
  const Step& step_;
  const Kernel& kernel_;
};

class ScheduleVerifier {
 public:
  explicit ScheduleVerifier(const Schedule& schedule) : schedule_(schedule), graph_(*schedule.graph) {
    made_.resize(schedule.types.size());
    std::fill_n(made_.begin(), std::min<size_t>(graph_.input_count, made_.size()), uint8_t{1});
  }

  void check(const Step& step) {
    for (const View& view : step.in)
      if (!is_made(view.base)) fail(cat("%", view.base, " is not made before it is read"));
    for (uint32_t n : step.nodes)
      if (n >= graph_.nodes.size()) fail(cat("the graph has no node ", n));
    for (ValueId v : step.out) {
      if (v >= made_.size()) fail(cat("%", v, " is no value"));
      if (made_[v]) fail(cat("%", v, v < graph_.input_count ? " is an input" : " is made a second time"));
      made_[v] = 1;
    }
    if (step.kernel)
      KernelVerifier(schedule_, step).run();
    else
      check_node(step);
  }

  void check_values() const {
    if (schedule_.types.size() < graph_.types.size() ||
        !std::equal(graph_.types.begin(), graph_.types.end(), schedule_.types.begin()))
      fail("the values of the graph have other types");
  }

  void check_outputs() const {
    if (schedule_.outputs.size() != graph_.outputs.size()) fail("the graph has another number of outputs");
    for (size_t k = 0; k < schedule_.outputs.size(); ++k) {
      const ValueId v = schedule_.outputs[k];
      if (!is_made(v)) fail(cat("output %", v, " is not made"));
      const TypeRef is = schedule_.types[v], wanted = graph_.output_type(k);
      if (is->dtype != wanted->dtype || is->count != wanted->count)
        fail(cat("output %", v, " is ", to_string(*is), ", that of the graph ", to_string(*wanted)));
    }
  }

 private:
  bool is_made(ValueId v) const { return v < made_.size() && made_[v]; }

  void check_node(const Step& step) const {
    if (step.nodes.size() != 1) fail(cat("it has no kernel and ", step.nodes.size(), " nodes"));
    const GraphNode& node = graph_.nodes[step.nodes[0]];
    bool same = step.out.size() == node.output_count;
    for (size_t k = 0; same && k < step.out.size(); ++k) same = step.out[k] == node.first_output + k;
    if (!same) fail("it has other results than its node");
    if (step.in.size() != node.operand_count) fail("it has other operands than its node");
    for (size_t k = 0; k < step.in.size(); ++k) {
      const View& view = step.in[k];
      const TypeRef base = schedule_.types[view.base], type = graph_.types[graph_.operands_of(node)[k]];
      if (base->dtype != type->dtype) fail(cat("operand ", k, " takes ", to_string(*base), " for ", to_string(*type)));
      if (view.strides.size() != type->shape.size()) fail(cat("operand ", k, " has other axes than its view"));
      Ints lengths;
      for (Dim d : type->shape) lengths.push_back(d.value());
      const Walk walk = walk_of(view.offset, view.strides, lengths);
      if (!walk.is_inside(base->count))
        fail(cat("operand ", k, " reaches elements ", walk.first, " to ", walk.last, " of ", base->count));
    }
  }

  const Schedule& schedule_;
  const Graph& graph_;
  std::vector<uint8_t> made_;  // so far, per value
};

}  // namespace

void verify(const Schedule& schedule) {
  size_t s = 0;
  try {
    ScheduleVerifier verifier(schedule);
    verifier.check_values();
    for (; s < schedule.steps.size(); ++s) verifier.check(schedule.steps[s]);
    verifier.check_outputs();
  } catch (const Wrong& wrong) {
    throw Error(cat("[verify] step ", s, ": ", wrong.what, "\n", to_string(schedule)));
  }
}

bool verifying() {
  static const bool wanted = [] {
    const char* value = std::getenv("KOINE_VERIFY");
    return value && *value && std::strcmp(value, "0") != 0;
  }();
  return wanted;
}

}  // namespace koine::compile
