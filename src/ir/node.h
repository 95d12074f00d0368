#pragma once
#include "ir/attrs.h"
#include "ir/op_spec.h"
#include "ir/type.h"

#include <koine/array.h>

#include <cstdint>
#include <mutex>
#include <source_location>
#include <span>
#include <vector>

/// Nodes: the lazily recorded graph behind arrays.
///
/// A node is in one of four states:
/// - pending: recorded, its value not computed; it belongs to a Component;
/// - evaluated: its live outputs have values and its operands are dropped (unless a grad needs them);
/// - abstract: it depends on a placeholder of `vmap` or `jit` and never gets a value;
/// - leaf: no op; data given by the user.
namespace koine::ir {

struct Node;
struct Component;

/// Memory of a value: dense, row-major, aligned to 64 bytes, shared by count.
class Buffer {
 public:
  /// Throws OutOfMemory with the requested bytes.
  static std::shared_ptr<Buffer> allocate(int64_t bytes);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  std::byte* data() { return data_; }
  int64_t bytes() const { return bytes_; }
  /// Bytes held by all live buffers, and the most that ever were.
  static int64_t live_bytes();
  static int64_t peak_bytes();

 private:
  Buffer(std::byte* data, int64_t bytes) : data_(data), bytes_(bytes) {}
  std::byte* data_;
  int64_t bytes_;
};
using BufferRef = std::shared_ptr<Buffer>;

/// One output of a node. `refs` counts handles and operands; it is first, for Array.
struct Out {
  uint32_t refs = 0;
  uint32_t index = 0;  // among the node's outputs
  Node* node = nullptr;
  TypeRef type = nullptr;
  BufferRef value;
  uint64_t mark = 0;  // of the last walk that saw it, with its place there
  uint32_t place = 0;
  bool live = false;  // counted in the node's live_outs
};

struct Node {
  const OpSpec* op = nullptr;  // null for leaves and placeholders
  AttrRef attrs;
  uint64_t serial = 0;  // creation order, operands before users
  Component* component = nullptr;
  uint32_t slot = 0;       // place in the component
  uint64_t visited = 0;    // of the last walk that saw it
  uint32_t live_outs = 0;  // outputs with references
  bool abstract = false;   // depends on a placeholder
  bool taped = false;      // depends on an argument of a running grad
  std::source_location where;
  std::vector<Array> in;
  std::vector<Out> outs;
  const char* placeholder_of = nullptr;  // "vmap" or "jit" for a placeholder
};

/// Pending nodes that are connected by their operands; evaluated together.
struct Component {
  std::vector<Node*> nodes;  // null where a node died
  uint32_t live = 0;
  uint64_t rolling = 0;  // content hash that decides where long work is cut
  int64_t bytes = 0;
  bool sorted = true;
};

/// One lock for recording and evaluating: pending graphs belong to arrays, not to threads.
std::recursive_mutex& graph_mutex();
using GraphLock = std::lock_guard<std::recursive_mutex>;

/// Records an op on operands whose types fit already; infers types (cached) and throws the op's typed
/// errors with op, operand types and the user's line. Returns one array per output.
Arrays record(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where);
/// The same without inference, for replaying nodes of a graph.
Arrays record_typed(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::span<const TypeRef> types,
                    std::source_location where);
/// The types an op would give: inference through the same cache.
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
std::source_location current_source(std::source_location where);
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

/// Computes the value of a pending output; called with the graph lock held. The runtime defines it: the one place
/// where this layer reaches up, by name only.
void evaluate_pending(Out& target);
/// Makes sure that the array has a value. Throws TraceError for an abstract one.
void evaluate(const Array& x, std::source_location where);
/// Takes a node out of its component after evaluation; operands are dropped unless history is kept.
void settle(Node* node);

}  // namespace koine::ir
