#pragma once
#include "ir/attrs.h"
#include "ir/buffer.h"
#include "ir/lock.h"
#include "ir/op_spec.h"
#include "ir/type.h"

#include <koine/array.h>

#include <cstdint>
#include <memory>
#include <source_location>
#include <span>
#include <vector>

/// Nodes: the lazily recorded graph behind arrays.
///
/// A node is in one of four states:
/// - pending: recorded, its value not computed; it belongs to a Component, which may be running;
/// - evaluated: its live outputs have values and its operands are dropped (unless a grad needs them);
/// - abstract: it depends on a placeholder of `vmap` or `jit` and never gets a value;
/// - leaf: no op; data given by the user.
///
/// Everything in it is guarded by the graph lock, but for `Out::refs` and `Out::ready` and what never changes (`node`,
/// `type`, `op`, `where`).
namespace koine::ir {

struct Node;
struct Component;

/// One output of a node. `refs` counts handles; it is first, for Array.
struct alignas(64) Out {
  uint32_t refs = 0;
  /// What keeps it: operands that read it, and one for every time that its handles will go back to none.
  uint32_t uses = 0;
  Node* node = nullptr;
  TypeRef type = nullptr;
  BufferRef value;
  uint64_t mark = 0;               // of the last walk that saw it, with what that noted:
  uint32_t place = 0;              // its number there
  uint32_t seen = 0;               // how many operands there read it
  std::atomic<bool> ready{false};  // it has a value
};

/// Its members lie in the order in which they are used, in three cache lines.
struct alignas(64) Node {
  const OpSpec* op = nullptr;  // null for leaves and placeholders
  AttrRef attrs;
  Component* component = nullptr;
  uint64_t serial = 0;     // creation order, operands before users
  uint32_t slot = 0;       // place in the component
  uint32_t live_outs = 0;  // outputs with uses

  std::span<Out* const> in() const { return {in_, in_count_}; }
  std::span<Out> outs() { return {outs_, out_count_}; }

 private:
  friend class NodePool;
  static constexpr size_t near_operands = 3;

  uint32_t in_count_ = 0, out_count_ = 0;
  // Most ops have few operands and one result; others have them elsewhere, in arrays of their own.
  Out** in_ = near_in_;
  Out* outs_ = &near_out_;
  Out* near_in_[near_operands] = {};

 public:
  std::source_location where;
  bool abstract = false;                 // depends on a placeholder
  bool taped = false;                    // depends on an argument of a running grad
  const char* placeholder_of = nullptr;  // "vmap" or "jit" for a placeholder
  uint64_t visited = 0;                  // of the last walk that saw it

 private:
  Node* next_ = nullptr;  // among nodes that died
  Out near_out_;
};

/// Pending nodes that are connected by their operands; evaluated together.
struct Component {
  std::vector<Node*> nodes;  // null where a node died
  uint32_t live = 0;
  size_t called = 0;     // nodes of the graphs that these call
  uint64_t rolling = 0;  // content hash that decides where long work is cut
  int64_t bytes = 0;
  bool sorted = true;         // by serial
  bool running = false;       // a program computes the values: nodes are neither added nor taken away
  Component* next = nullptr;  // among those that wait to be used again
};

/// Records an op on operands whose types fit already; infers types (cached) and throws the op's typed
/// errors with op, operand types and the user's line. Returns one array per output.
Arrays record(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where);
/// The same for an op with one output.
Array record_one(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where);
/// The same without inference, for replaying nodes of a graph.
Arrays record_typed(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::span<const TypeRef> types,
                    std::source_location where);
/// The types an op would give, from a bounded cache or by inference.
std::vector<TypeRef> infer_types(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> in);

/// An array with a value.
Array make_leaf(TypeRef type, BufferRef value, std::source_location where);
/// An array without a value, for tracing. `transform` is named in the error when somebody reads it.
Array make_placeholder(TypeRef type, const char* transform, std::source_location where);
/// A handle to an output that may have none left while its node lives.
Array revive(Out* out);
/// Marks an array as an argument that a running grad follows.
void mark_taped(const Array& x);

inline TypeRef type_of(const Array& x) { return x.out()->type; }
inline Node* node_of(const Array& x) { return x.out()->node; }
uint64_t next_serial();

/// The user's line: that of the outermost SourceScope, else the given one.
inline constinit thread_local bool scope_set = false;
inline constinit thread_local std::source_location scope_where;
inline std::source_location current_source(std::source_location where) { return scope_set ? scope_where : where; }
/// "file.cpp:12"
std::string to_string(const std::source_location& where);

/// Between the two, evaluation on this thread keeps the history of taped nodes, so that a backward pass can follow
/// it. They nest; the outermost `leave_tape` drops what was kept.
void enter_tape();
void leave_tape() noexcept;
bool tape_active();

/// While it lives, numbers in op bodies and rules become constants of the graph.
class BodyScope {
 public:
  BodyScope();
  ~BodyScope();
  BodyScope(const BodyScope&) = delete;
  BodyScope& operator=(const BodyScope&) = delete;
  static bool active();
};

/// Computes the value of an output that is pending or running; called with the graph lock held, which it gives up
/// while a program runs. The runtime defines it: the one place where this layer reaches up, by name only.
void evaluate_pending(Out& target);
/// Makes sure that the array has a value. Throws TraceError for an abstract one.
void evaluate(const Array& x, std::source_location where);

}  // namespace koine::ir
