#pragma once
#include "backend/cpu/kernel.h"

#include <string>

/// Nodes that read and write the positions that an operand of integers names.
namespace koine::backend::cpu {

/// What indices outside of an axis mean.
enum class Outside : uint8_t { raise, clip, wrap, none };

/// Indices of a node: operand 1.
class Indices {
 public:
  /// `length` is that of the axis that they are positions on.
  Indices(ir::TypeRef type, int64_t length, Outside outside);
  /// Whether positions of this dtype are read here.
  static bool reads(DType dtype);
  /// Whether no index is one that the op refuses.
  bool accepts(const std::byte* data) const;
  /// The position that index number i names, -1 for none.
  int64_t at(const std::byte* data, int64_t i) const;
  int64_t count() const { return count_; }

 private:
  DType dtype_;
  int64_t count_, length_;
  Outside outside_;
};

/// x as [batch, before, length, after] and the indices as [batch, picks].
struct Picked {
  int64_t batch = 1, before = 1, length = 1, after = 1, picks = 1;
  Outside outside = Outside::raise;
  bool none_is_nan = false;  // what is read where an index names no position
};
Picked picked_of(const NodeTypes& node);

/// Rows of x at the indices.
std::unique_ptr<NodeKernel> make_gathered(const NodeTypes& node);
/// x with rows added at the indices; each element is summed in double precision and rounded once.
std::unique_ptr<NodeKernel> make_scattered_sum(const NodeTypes& node);
/// Of each line of x along an axis the elements at indices of its own.
std::unique_ptr<NodeKernel> make_taken_along(const NodeTypes& node);
/// x with one element added to each line along an axis, at an index of its own; null for more than one.
std::unique_ptr<NodeKernel> make_put_along(const NodeTypes& node);

}  // namespace koine::backend::cpu
