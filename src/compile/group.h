#pragma once
#include "compile/fuse.h"
#include "compile/operand.h"

#include <map>
#include <optional>
#include <vector>

namespace koine::compile {

/// The most nodes of a group, so that no kernel grows without bound.
inline constexpr size_t most_nodes = 96;

/// The axes [first, last) of a shape, which a fold takes away; axes of length 1 among them do not matter.
struct FoldedAxes {
  size_t first, last;
};
/// None when longer axes that stay lie between the folded ones.
std::optional<FoldedAxes> folded_axes(const Shape& shape, const Axes& axes);

/// The inner part of a long fold: the last `length` places of `axis`, and all axes behind it.
struct FoldPart {
  size_t axis;
  int64_t length;
};
/// A fold to few results is cut into parts that threads can share and that fuse with what is computed row by row. The
/// cut follows from the lengths alone, as the order of every fold does. None when the fold stays whole.
std::optional<FoldPart> part_of_fold(const Shape& shape, FoldedAxes axes);

/// Nodes that will be one kernel: all run over one domain, the shape of the first.
///
/// A value of the group is `whole` (an element for each place of the domain), `row` (one for each row: the domain
/// without the columns that a fold took away) or `folded` (the result of a column fold, or a value that is stored in
/// parts: known only at the end, and so of no use in the group).
class Group {
 public:
  explicit Group(const Shape& shape);
  /// A node of its own, in the order of the groups.
  explicit Group(Step step) : step_(std::move(step)) {}

  /// Each gives false, and changes nothing, when the node cannot be part of the group.
  bool add_elementwise(const ir::OpSpec& op, const std::vector<Operand>& in, const Shape& shape, ir::TypeRef type,
                       ir::ValueId out, uint32_t node);
  bool add_fold(scalar::Prim prim, const Operand& in, FoldedAxes axes, ir::TypeRef type, ir::ValueId out,
                uint32_t node);
  void add_copy(const Operand& in, ir::ValueId out);
  /// Stores an operand of shape `box` as a part of a value: its first element at `offset`, the others by `strides`.
  bool add_part(const Operand& in, const Shape& box, int64_t offset, const Ints& strides, ir::ValueId out,
                uint32_t node);

  size_t size() const { return entries_.size(); }
  bool folds_columns() const { return loop_ == Loop::column; }
  std::optional<Step>& step() { return step_; }
  /// The values in memory that the group reads.
  std::vector<ir::ValueId> reads() const;
  /// The kernel, which stores the values that are needed.
  Step finish(const std::vector<uint8_t>& needed) const;

 private:
  enum class Role : uint8_t { whole, row, folded };
  /// An operand as the domain sees it.
  struct Source {
    enum class From : uint8_t { constant, member, memory } from;
    DType dtype;
    double number = 0;
    int64_t integer = 0;
    ir::ValueId value = 0;  // of a member, or the base in memory
    int64_t offset = 0;
    Ints strides;  // over the axes of the domain
  };
  struct Entry {
    const ir::OpSpec* op;  // null for folds and copies
    scalar::Prim fold;
    std::vector<Source> in;
    ir::TypeRef type;
    ir::ValueId out;
    Role role;
    uint32_t node;
    std::optional<Access> part_of = std::nullopt;  // where in `out` it is stored, when it is not all of it
    bool again = false;                            // another group makes it too, and stores it if anybody does
  };

  std::optional<Source> source(const Operand& in, const Shape& shape, bool whole) const;
  std::optional<Ints> over_domain(const Ints& strides, const Ints& lengths, bool whole) const;
  Ints strides_of(Role role) const;
  std::optional<size_t> axis_after(int64_t places);
  bool fits_segments(const Ints& strides) const;
  int64_t extent(size_t from, size_t to) const;
  friend class Emitter;
  friend class Recomputer;

  std::optional<Step> step_;
  Ints domain_;
  Loop loop_ = Loop::map;
  // Row: the columns are the axes from `split_`. Column: the rows are the axes [fold_, split_).
  size_t fold_ = 0, split_ = 0;
  std::vector<Entry> entries_;
  size_t loads_ = 0;  // at most, of all entries
  std::map<ir::ValueId, Role> members_;
};

}  // namespace koine::compile
