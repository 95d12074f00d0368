#pragma once
#include "ir/op_spec.h"

#include <memory>
#include <span>
#include <string>

/// How the CPU device runs a single node by a library or by hand. A file of src/backend/cpu/ops serves the op that it
/// is named after and defines `make_<op>`; the build lists them, so that a new one is that file alone.
namespace koine::backend::cpu {

/// What a device's own kernel for an op knows when it is made: everything is concrete.
struct NodeTypes {
  const ir::OpSpec& op;
  const void* attrs;
  std::span<const ir::TypeRef> in;
  std::span<const ir::TypeRef> out;
  /// How far apart the elements of each operand lie along its axes; none when all operands are dense.
  std::span<const Ints> strides = {};
};

/// A node run by a library or by hand. Made once for its types; may run on several threads at once.
class NodeKernel {
 public:
  virtual ~NodeKernel() = default;
  /// Memory that `run` needs beside operands and results, aligned to 64 bytes.
  virtual int64_t scratch_bytes() const { return 0; }
  /// Sums and products that a run takes, 0 where nobody counts them.
  virtual int64_t flops() const { return 0; }
  /// What runs, for who looks at the program; "" where the op says it all.
  virtual std::string text() const { return ""; }
  /// Whether the operands' values are such that `run` may be called; else the op's own definition runs, and says what
  /// is wrong with them.
  virtual bool accepts(std::span<const std::byte* const>) const { return true; }
  /// Results, and operands unless the kernel was made for others, are dense and row-major, aligned to 64 bytes where
  /// allocated by us.
  virtual void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte* scratch) const = 0;
};

/// ", 8 parts for threads", or "" for one.
std::string in_parts(int64_t parts);

/// The device's own file for an op: `make` returns null when it has nothing for these types and strides.
struct OpKernel {
  const char* op;
  std::unique_ptr<NodeKernel> (*make)(const NodeTypes& node);
};
/// One for each file of src/backend/cpu/ops, sorted by name.
std::span<const OpKernel> op_kernels();

}  // namespace koine::backend::cpu
