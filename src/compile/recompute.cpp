#include "compile/recompute.h"

#include "base/dtype_traits.h"
#include "compile/strides.h"

#include <algorithm>
#include <set>

namespace koine::compile {

using namespace ir;
using scalar::Prim;

namespace {

// Nanoseconds on one core, rounded; what counts is how they compare. Sizes play no part: another batch size shall not
// need other code.
constexpr double byte_moved = 0.1;
constexpr double cheap_op = 0.02, division = 0.3, function = 0.35, rare_function = 2;

double cost_of(Prim prim) {
  switch (prim) {
    case Prim::input:
    case Prim::constant:
      return 0;
    case Prim::divide:
    case Prim::sqrt:
      return division;
    case Prim::exp:
    case Prim::expm1:
    case Prim::log:
    case Prim::log1p:
    case Prim::log2:
    case Prim::tanh:
    case Prim::erf:
      return function;
    case Prim::floor_divide:
    case Prim::remainder:
    case Prim::power:
    case Prim::atan2:
    case Prim::hypot:
    case Prim::sin:
    case Prim::cos:
    case Prim::tan:
    case Prim::asin:
    case Prim::acos:
    case Prim::atan:
    case Prim::sinh:
    case Prim::cosh:
    case Prim::asinh:
    case Prim::acosh:
    case Prim::atanh:
      return rare_function;
    default:
      return cheap_op;
  }
}

/// Of one element.
double cost_of(const OpSpec& op, DType dtype) {
  double cost = 0;
  for (const scalar::Instr& instr : op.scalar_body()->code) cost += cost_of(instr.prim);
  return size_of(dtype) == 8 ? 2 * cost : cost;
}

}  // namespace

class Recomputer {
 public:
  Recomputer(std::vector<Group>& groups, const std::vector<uint8_t>& needed) : groups_(groups), needed_(needed) {}

  void run() {
    for (size_t g = 0; g < groups_.size(); ++g) note_makers(g);
    for (size_t g = 0; g < groups_.size(); ++g) note_readers(g);
    // Earlier values first: what becomes of them is known when later ones are looked at.
    for (size_t g = 0; g < groups_.size(); ++g)
      for (size_t e = 0; e < groups_[g].entries_.size(); ++e)
        if (is_candidate(groups_[g].entries_[e])) consider({g, e});
  }

 private:
  using Entry = Group::Entry;
  using Source = Group::Source;
  using Role = Group::Role;
  struct Place {
    size_t group, entry;
  };
  /// How a reader computes a value: its maker's entries, with sources as the reader sees them.
  struct Plan {
    size_t reader;
    std::vector<Entry> entries;
    std::set<ValueId> made;
    double cost = 0;         // of one element
    size_t large_loads = 0;  // of values that the reader did not read before, an element for each place
  };

  void note_makers(size_t g) {
    for (size_t e = 0; e < groups_[g].entries_.size(); ++e) {
      const Entry& entry = groups_[g].entries_[e];
      if (!entry.part_of) maker_[entry.out] = {g, e};
    }
  }
  void note_readers(size_t g) {
    for (ValueId v : groups_[g].reads()) readers_[v].insert(g);
  }
  bool is_stored(ValueId v) const {
    if (v < needed_.size() && needed_[v]) return true;
    auto found = readers_.find(v);
    return found != readers_.end() && !found->second.empty();
  }
  bool is_candidate(const Entry& entry) const {
    if (entry.again || !entry.op || entry.role != Role::whole) return false;
    return !(entry.out < needed_.size() && needed_[entry.out]) && is_stored(entry.out);
  }

  void consider(Place maker) {
    const Entry value = groups_[maker.group].entries_[maker.entry];
    const double element = byte_moved * static_cast<double>(size_of(value.type->dtype));
    double saved = element, cost = 0;
    std::vector<Plan> plans;
    for (size_t reader : readers_.at(value.out)) {
      Plan plan{reader, {}, {}, 0, 0};
      if (!reads_in_order(groups_[reader], value.out) || !add(plan, maker) || !fits(plan)) return;
      saved += element;
      cost += plan.cost;
      plans.push_back(std::move(plan));
    }
    if (cost >= saved) return;
    for (Plan& plan : plans) apply(plan, value.out);
    readers_.erase(value.out);
  }

  /// A reader that walks over the value as its maker does.
  static bool reads_in_order(const Group& reader, ValueId v) {
    const Ints order = dense(reader.domain_, reader.domain_.size());
    for (const Entry& entry : reader.entries_)
      for (const Source& source : entry.in)
        if (source.from == Source::From::memory && source.value == v &&
            (source.offset != 0 || !equal_strides(source.strides, order, reader.domain_)))
          return false;
    return true;
  }

  /// Adds what computes a value of the maker, operands first.
  bool add(Plan& plan, Place at) {
    const Group& reader = groups_[plan.reader];
    const Group& maker = groups_[at.group];
    Entry entry = maker.entries_[at.entry];
    for (Source& source : entry.in)
      if (!translate(plan, source, maker, reader)) return false;
    entry.again = true;
    plan.cost += cost_of(*entry.op, entry.type->dtype);
    plan.made.insert(entry.out);
    plan.entries.push_back(std::move(entry));
    return plan.entries.size() <= most_nodes;
  }

  /// A source of the maker as one of the reader.
  bool translate(Plan& plan, Source& source, const Group& maker, const Group& reader) {
    if (source.from == Source::From::constant) return true;
    const bool here = plan.made.count(source.value) || is_made_again(reader, source.value);
    if (source.from == Source::From::memory) {
      if (reader.members_.count(source.value)) {
        if (!here || source.offset != 0 ||
            !equal_strides(source.strides, dense(maker.domain_, maker.domain_.size()), maker.domain_))
          return false;
        return as_member(source);
      }
      return as_load(plan, source, maker, reader);
    }
    if (here) return as_member(source);
    if (reader.members_.count(source.value)) return false;
    const Place at = maker_.at(source.value);
    const Entry& made = groups_[at.group].entries_[at.entry];
    // Values of rows are small; they are stored for this if they were not.
    const bool loads = made.role == Role::row || is_stored(source.value);
    if (!loads) return made.op && made.role == Role::whole && add(plan, at) && as_member(source);
    source.offset = 0;
    source.strides = maker.strides_of(made.role);
    return as_load(plan, source, maker, reader);
  }
  static bool as_member(Source& source) {
    source.from = Source::From::member;
    source.offset = 0;
    source.strides.clear();
    return true;
  }
  bool as_load(Plan& plan, Source& source, const Group& maker, const Group& reader) const {
    source.from = Source::From::memory;
    std::optional<Ints> over = reader.over_domain(source.strides, maker.domain_, true);
    if (!over) return false;
    source.strides = std::move(*over);
    const auto loads_it = [&](const Entry& entry) {
      return std::any_of(entry.in.begin(), entry.in.end(), [&](const Source& other) {
        return other.from == Source::From::memory && other.value == source.value && other.offset == source.offset &&
               other.strides == source.strides;
      });
    };
    if (std::any_of(reader.entries_.begin(), reader.entries_.end(), loads_it) ||
        std::any_of(plan.entries.begin(), plan.entries.end(), loads_it))
      return true;
    bool broadcast = false;
    for (size_t d = 0; d < reader.domain_.size(); ++d)
      broadcast = broadcast || (reader.domain_[d] != 1 && source.strides[d] == 0);
    if (broadcast) return true;
    ++plan.large_loads;
    plan.cost += byte_moved * static_cast<double>(size_of(source.dtype));
    return true;
  }
  static bool is_made_again(const Group& reader, ValueId v) {
    auto is_it = [v](const Entry& entry) { return entry.again && entry.out == v; };
    return std::any_of(reader.entries_.begin(), reader.entries_.end(), is_it);
  }

  /// One load may take the place of the value's, and kernels stay bounded.
  bool fits(const Plan& plan) const {
    const Group& reader = groups_[plan.reader];
    return plan.large_loads <= 1 && reader.entries_.size() + plan.entries.size() <= most_nodes &&
           reader.loads_ + loads_of(plan) <= most_accesses / 2;
  }
  static size_t loads_of(const Plan& plan) {
    size_t loads = 0;
    for (const Entry& entry : plan.entries)
      for (const Source& source : entry.in) loads += source.from == Source::From::memory;
    return loads;
  }

  void apply(Plan& plan, ValueId v) {
    Group& reader = groups_[plan.reader];
    reader.loads_ += loads_of(plan);
    for (const Entry& entry : plan.entries) {
      reader.members_[entry.out] = entry.role;
      for (const Source& source : entry.in)
        if (source.from == Source::From::memory) readers_[source.value].insert(plan.reader);
    }
    for (Entry& entry : reader.entries_)
      for (Source& source : entry.in)
        if (source.from == Source::From::memory && source.value == v) as_member(source);
    // Behind what was added before, in front of all others.
    auto first = std::find_if(reader.entries_.begin(), reader.entries_.end(), [](const Entry& e) { return !e.again; });
    reader.entries_.insert(first, std::make_move_iterator(plan.entries.begin()),
                           std::make_move_iterator(plan.entries.end()));
    note_makers_of_own(plan.reader);
  }
  /// The reader's own values have moved behind those that were added.
  void note_makers_of_own(size_t g) {
    for (size_t e = 0; e < groups_[g].entries_.size(); ++e) {
      const Entry& entry = groups_[g].entries_[e];
      if (!entry.part_of && !entry.again) maker_[entry.out] = {g, e};
    }
  }

  std::vector<Group>& groups_;
  const std::vector<uint8_t>& needed_;
  std::map<ValueId, Place> maker_;
  std::map<ValueId, std::set<size_t>> readers_;  // groups that load it
};

void recompute(std::vector<Group>& groups, const std::vector<uint8_t>& needed) { Recomputer(groups, needed).run(); }

}  // namespace koine::compile
