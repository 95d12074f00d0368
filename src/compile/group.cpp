#include "compile/group.h"

#include "base/narrow.h"
#include "compile/lower.h"
#include "compile/strides.h"

#include <algorithm>

namespace koine::compile {

using namespace ir;

std::optional<FoldedAxes> folded_axes(const Shape& shape, const Axes& axes) {
  Ints lengths = lengths_of(shape);
  auto rank = static_cast<int64_t>(shape.size());
  std::vector<uint8_t> folded(shape.size());
  for (int64_t axis : axes.list()) folded[static_cast<size_t>(axis + rank)] = 1;
  std::optional<FoldedAxes> found;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (!folded[d] || lengths[d] == 1) continue;
    if (!found) found = {d, d};
    for (size_t between = found->last; between < d; ++between)
      if (!folded[between] && lengths[between] != 1) return {};
    found->last = d + 1;
  }
  return found ? found : FoldedAxes{shape.size(), shape.size()};
}

std::optional<FoldPart> part_of_fold(const Shape& shape, FoldedAxes axes) {
  Ints lengths = lengths_of(shape);
  int64_t folded = product(lengths, axes.first, axes.last), columns = product(lengths, axes.last, lengths.size());
  // Many rows are shared by threads as they are, and so are many columns.
  constexpr int64_t many_columns = 512;
  const bool row = columns == 1;
  const int64_t least = row ? 256 : 64, most = row ? fold_columns : 8 * fold_rows;
  if (product(lengths, 0, axes.first) != 1 || columns > many_columns || folded <= most) return {};
  int64_t part = 1;
  for (size_t d = axes.last; d-- > axes.first;) {
    int64_t length = lengths[d];
    if (part * length > most) {
      length = most / part;
      while (lengths[d] % length != 0) --length;
    }
    part *= length;
    if (part == folded || (length != lengths[d] && part < least)) return {};
    if (part >= least) return FoldPart{d, length};
  }
  return {};
}

Group::Group(const Shape& shape) : domain_(lengths_of(shape)), split_(domain_.size()) {}

int64_t Group::extent(size_t from, size_t to) const { return product(domain_, from, to); }

Ints Group::strides_of(Role role) const {
  if (role == Role::whole) return dense(domain_, domain_.size());
  if (role == Role::row) return dense(domain_, split_);
  // The folded rows are gone from between the others.
  Ints lengths = domain_;
  for (size_t d = fold_; d < split_; ++d) lengths[d] = 1;
  Ints strides = dense(lengths, lengths.size());
  for (size_t d = fold_; d < split_; ++d) strides[d] = 0;
  return strides;
}

bool Group::fits_segments(const Ints& strides) const {
  if (loop_ == Loop::map) return true;
  return collapses(strides, domain_, split_, domain_.size()) &&
         (loop_ == Loop::row || collapses(strides, domain_, fold_, split_));
}

/// Strides over axes of these lengths as strides over the domain, or over its rows.
std::optional<Ints> Group::over_domain(const Ints& strides, const Ints& lengths, bool whole) const {
  std::optional<Ints> result =
      over_axes(strides, lengths, Ints(domain_.begin(), domain_.begin() + (whole ? domain_.size() : split_)));
  if (!result) return {};
  result->resize(domain_.size());
  if (!fits_segments(*result)) return {};
  return result;
}

/// The first axis behind so many rows of the domain; an axis is cut in two when the rows end inside of it.
std::optional<size_t> Group::axis_after(int64_t places) {
  size_t axis = 0;
  int64_t before = 1;
  while (before < places && axis < domain_.size()) before *= domain_[axis++];
  if (before == places) return axis;
  if (before < places || before % places != 0) return {};
  int64_t inner = before / places;
  size_t at = axis - 1;
  auto behind = static_cast<std::ptrdiff_t>(axis);
  if (domain_[at] % inner != 0) return {};
  domain_[at] /= inner;
  domain_.insert(domain_.begin() + behind, inner);
  if (fold_ > at) ++fold_;
  if (split_ > at) ++split_;
  auto cut = [&](Ints& strides) {
    strides.insert(strides.begin() + behind, strides[at]);
    strides[at] *= inner;
  };
  for (Entry& entry : entries_) {
    if (entry.part_of) cut(entry.part_of->strides);
    for (Source& source : entry.in)
      if (source.from == Source::From::memory) cut(source.strides);
  }
  return axis;
}

std::optional<Group::Source> Group::source(const Operand& in, const Shape& shape, bool whole) const {
  Source result{Source::From::constant, in.type->dtype, in.number, in.integer, 0, 0, {}};
  if (in.constant) return result;
  Ints lengths = lengths_of(shape);
  Ints strides = broadcast_strides(in.view.strides, lengths_of(in.type->shape), lengths);
  result.value = in.view.base;
  auto member = members_.find(in.view.base);
  if (member == members_.end()) {
    std::optional<Ints> over = over_domain(strides, lengths, whole);
    if (!over) return {};
    result.from = Source::From::memory;
    result.offset = in.view.offset;
    result.strides = *over;
    return result;
  }
  result.from = Source::From::member;
  if (in.view.offset != 0 || member->second == Role::folded) return {};
  if ((member->second == Role::whole) == whole) {
    // All elements in their own order.
    if (!equal_strides(strides, dense(lengths, lengths.size()), lengths)) return {};
    return result;
  }
  if (!whole) return {};
  // A value of the row for all columns, which are the last axes.
  size_t cut = lengths.size();
  for (int64_t columns = extent(split_, domain_.size()); cut > 0 && columns > 1; --cut) {
    if (lengths[cut - 1] == 1) continue;
    if (strides[cut - 1] != 0 || columns % lengths[cut - 1] != 0) return {};
    columns /= lengths[cut - 1];
  }
  if (product(lengths, 0, cut) != extent(0, split_)) return {};
  Ints rows(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(cut));
  if (!equal_strides(strides, dense(rows, cut), rows)) return {};
  return result;
}

bool Group::add_elementwise(const OpSpec& op, const std::vector<Operand>& in, const Shape& shape, TypeRef type,
                            ValueId out, uint32_t node) {
  if (step_) return false;
  int64_t count = product(lengths_of(shape), 0, shape.size()), all = extent(0, domain_.size());
  bool whole = count == all;
  // An empty domain says nothing about which rows and columns there are.
  if (!whole && (loop_ != Loop::row || count != extent(0, split_))) return false;
  if (all == 0 && !entries_.empty()) return false;
  Entry entry{&op, scalar::Prim::input, {}, type, out, whole ? Role::whole : Role::row, node};
  for (const Operand& operand : in) {
    std::optional<Source> from = source(operand, shape, whole);
    if (!from) return false;
    entry.in.push_back(std::move(*from));
  }
  auto loads = static_cast<size_t>(std::count_if(entry.in.begin(), entry.in.end(),
                                                 [](const Source& from) { return from.from == Source::From::memory; }));
  if (loads_ + loads > most_accesses / 2) return false;
  loads_ += loads;
  members_[out] = entry.role;
  entries_.push_back(std::move(entry));
  return true;
}

bool Group::add_fold(scalar::Prim prim, const Operand& in, FoldedAxes axes, TypeRef type, ValueId out, uint32_t node) {
  if (step_) return false;
  const Shape& shape = in.type->shape;
  Ints lengths = lengths_of(shape);
  if (product(lengths, 0, lengths.size()) != extent(0, domain_.size())) return false;
  if (extent(0, domain_.size()) == 0 && !entries_.empty()) return false;
  bool column = product(lengths, axes.last, lengths.size()) != 1;
  int64_t rows = product(lengths, 0, axes.first), folded = product(lengths, axes.first, axes.last);
  Group trial = *this;
  std::optional<size_t> first = axes.first, last = axes.last;
  if (extent(0, domain_.size()) != 0) {
    first = trial.axis_after(rows);
    if (column) last = trial.axis_after(rows * folded);
  }
  if (!first || !last) return false;
  if (column) {
    if (loop_ == Loop::row || (loop_ == Loop::column && (trial.fold_ != *first || trial.split_ != *last))) return false;
    trial.loop_ = Loop::column;
    trial.fold_ = *first;
    trial.split_ = *last;
  } else {
    if (loop_ == Loop::column || (loop_ == Loop::row && trial.split_ != *first)) return false;
    trial.loop_ = Loop::row;
    trial.split_ = *first;
  }
  for (const Entry& entry : trial.entries_) {
    if (entry.part_of && !trial.fits_segments(entry.part_of->strides)) return false;
    for (const Source& source : entry.in)
      if (source.from == Source::From::memory && !trial.fits_segments(source.strides)) return false;
  }
  std::optional<Source> from = trial.source(in, shape, true);
  if (!from) return false;
  if (from->from == Source::From::member && members_.at(from->value) != Role::whole) return false;
  if (from->from == Source::From::memory && ++trial.loads_ > most_accesses / 2) return false;
  Role role = column ? Role::folded : Role::row;
  trial.entries_.push_back({nullptr, prim, {std::move(*from)}, type, out, role, node});
  trial.members_[out] = role;
  *this = std::move(trial);
  return true;
}

void Group::add_copy(const Operand& in, ValueId out) {
  Entry entry{nullptr, scalar::Prim::input, {*source(in, in.type->shape, true)}, in.type, out, Role::whole, UINT32_MAX};
  members_[out] = Role::whole;
  entries_.push_back(std::move(entry));
}

bool Group::add_part(const Operand& in, const Shape& box, int64_t offset, const Ints& strides, ValueId out,
                     uint32_t node) {
  if (step_ || product(lengths_of(box), 0, box.size()) != extent(0, domain_.size())) return false;
  std::optional<Source> from = source(in, box, true);
  std::optional<Ints> to = over_domain(strides, lengths_of(box), true);
  if (!from || !to) return false;
  if (++loads_ > most_accesses / 2) return false;
  Entry entry{nullptr, scalar::Prim::input, {std::move(*from)}, in.type, out, Role::folded, node};
  entry.part_of = Access{0, in.type->dtype, offset, std::move(*to)};
  members_[out] = Role::folded;
  entries_.push_back(std::move(entry));
  return true;
}

std::vector<ValueId> Group::reads() const {
  std::vector<ValueId> bases;
  for (const Entry& entry : entries_)
    for (const Source& source : entry.in)
      if (source.from == Source::From::memory) bases.push_back(source.value);
  return bases;
}

/// Writes the kernel of a group.
class Emitter {
 public:
  Emitter(const Group& group, const std::vector<uint8_t>& needed) : group_(group), needed_(needed) {}

  Step run() {
    kernel_.loop = group_.loop_;
    std::vector<uint16_t> results;
    for (const Group::Entry& entry : group_.entries_) results.push_back(emit(entry));
    kernel_.buffers = narrow<uint16_t>(step_.in.size());
    for (size_t e = 0; e < results.size(); ++e) {
      const Group::Entry& entry = group_.entries_[e];
      if (entry.again || !needed_[entry.out]) continue;
      if (step_.out.empty() || step_.out.back() != entry.out) {
        step_.out.push_back(entry.out);
        ++kernel_.buffers;
      }
      Access to = entry.part_of ? *entry.part_of : Access{0, entry.type->dtype, 0, group_.strides_of(entry.role)};
      to.buffer = static_cast<uint16_t>(kernel_.buffers - 1);
      kernel_.stores.push_back({results[e], to});
    }
    collapse();
    order();
    step_.kernel = std::move(kernel_);
    return std::move(step_);
  }

 private:
  uint16_t emit(const Group::Entry& entry) {
    std::vector<uint16_t> in;
    for (const Group::Source& source : entry.in) in.push_back(value_of(source));
    DType out = entry.type->dtype;
    uint16_t result = 0;
    if (entry.op)
      result = lower_body(kernel_.code, *entry.op->scalar_body(), in, out);
    else if (entry.fold != scalar::Prim::input)
      result = lower_fold(kernel_.code, entry.fold, lower_convert(kernel_.code, in[0], out));
    else
      result = in[0];
    values_[entry.out] = result;
    if (!entry.again && entry.node != UINT32_MAX && (step_.nodes.empty() || step_.nodes.back() != entry.node))
      step_.nodes.push_back(entry.node);
    return result;
  }

  uint16_t value_of(const Group::Source& source) {
    if (source.from == Group::Source::From::member) return values_.at(source.value);
    if (source.from == Group::Source::From::constant)
      return lower_constant(kernel_.code, source.dtype, source.number, source.integer);
    uint16_t buffer = 0;
    while (buffer < step_.in.size() && step_.in[buffer].base != source.value) ++buffer;
    if (buffer == step_.in.size()) step_.in.push_back({source.value, 0, {}});
    for (size_t k = 0; k < kernel_.loads.size(); ++k) {
      const Access& load = kernel_.loads[k];
      if (load.buffer == buffer && load.offset == source.offset && load.strides == source.strides) return load_of_[k];
    }
    kernel_.loads.push_back({buffer, source.dtype, source.offset, source.strides});
    Instr instr{Action::load, source.dtype, false};
    instr.a = narrow<uint16_t>(kernel_.loads.size() - 1);
    kernel_.code.push_back(instr);
    load_of_.push_back(narrow<uint16_t>(kernel_.code.size() - 1));
    return load_of_.back();
  }

  template <class F>
  void each_access(F f) {
    for (Access& load : kernel_.loads) f(load);
    for (Store& store : kernel_.stores) f(store.to);
  }

  /// Makes neighbouring axes one where all accesses allow it, within rows, folded rows and columns.
  void collapse() {
    const Ints& domain = group_.domain_;
    std::vector<Ints> axes;  // groups of axes of the domain
    auto walk = [&](size_t from, size_t to, bool always) {
      size_t before = axes.size();
      for (size_t d = from; d < to; ++d) {
        if (domain[d] == 1) continue;
        bool joins = axes.size() > before;
        if (joins) {
          auto outer = static_cast<size_t>(axes.back().back());
          each_access(
              [&](const Access& access) { joins = joins && access.strides[outer] == access.strides[d] * domain[d]; });
        }
        if (!joins) axes.emplace_back();
        axes.back().push_back(static_cast<int64_t>(d));
      }
      if (always && axes.size() == before) axes.emplace_back();
    };
    size_t rank = domain.size();
    switch (group_.loop_) {
      case Loop::map:
        walk(0, rank, true);
        break;
      case Loop::row:
        walk(0, group_.split_, false);
        walk(group_.split_, rank, true);
        break;
      case Loop::column:
        walk(0, group_.fold_, false);
        walk(group_.fold_, group_.split_, true);
        walk(group_.split_, rank, true);
        break;
    }
    for (const Ints& axis : axes) {
      int64_t n = 1;
      for (int64_t d : axis) n *= domain[static_cast<size_t>(d)];
      kernel_.extents.push_back(n);
    }
    each_access([&](Access& access) {
      Ints strides;
      for (const Ints& axis : axes)
        strides.push_back(axis.empty() ? 0 : access.strides[static_cast<size_t>(axis.back())]);
      access.strides = strides;
    });
  }

  /// Which values there are for every column, and in which pass each is made.
  void order() {
    std::vector<uint8_t> ready(kernel_.code.size());
    for (size_t i = 0; i < kernel_.code.size(); ++i) {
      Instr& instr = kernel_.code[i];
      if (instr.action == Action::load) instr.wide = kernel_.loads[instr.a].strides.back() != 0;
      if (instr.action == Action::compute || instr.action == Action::convert) {
        const uint16_t operands[] = {instr.a, instr.b, instr.c};
        int count = instr.action == Action::convert ? 1 : scalar::arity(instr.prim);
        for (int k = 0; k < count; ++k) {
          instr.wide = instr.wide || kernel_.code[operands[k]].wide;
          instr.pass = std::max(instr.pass, ready[operands[k]]);
        }
      }
      ready[i] = instr.pass;
      if (instr.action == Action::fold) {
        instr.pass = ready[instr.a];
        ready[i] = static_cast<uint8_t>(instr.pass + 1);
        instr.wide = kernel_.loop == Loop::column;
      }
      if (instr.wide || instr.action == Action::fold)
        kernel_.passes = std::max<uint8_t>(kernel_.passes, static_cast<uint8_t>(instr.pass + 1));
    }
    // A value of the row that is stored in every column waits for the pass after it is made.
    for (const Store& store : kernel_.stores)
      if (store.to.strides.back() != 0)
        kernel_.passes = std::max<uint8_t>(kernel_.passes, static_cast<uint8_t>(ready[store.value] + 1));
  }

  const Group& group_;
  const std::vector<uint8_t>& needed_;
  Kernel kernel_;
  Step step_;
  std::map<ValueId, uint16_t> values_;
  std::vector<uint16_t> load_of_;
};

Step Group::finish(const std::vector<uint8_t>& needed) const { return Emitter(*this, needed).run(); }

}  // namespace koine::compile
