#include "ir/node.h"

#include "base/format.h"
#include "base/hash.h"
#include "ir/body.h"
#include "ir/rethrow.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

namespace koine::ir {

namespace {

thread_local int tape_depth = 0;
thread_local int body_depth = 0;
thread_local std::vector<Array>* tape_history = nullptr;

// Pending work is cut when it is long and its content hash says so, so that a loop that repeats is
// always cut at the same place of its body; at the latest after `longest`.
constexpr uint32_t long_enough = 4096, longest = 16384;
constexpr uint64_t cut_mask = 0xff;
constexpr int64_t most_bytes = int64_t{4} << 30;

bool eager() {
  static const bool on = [] {
    const char* value = std::getenv("KOINE_EAGER");
    return value && *value && std::strcmp(value, "0") != 0;
  }();
  return on;
}

void absorb(Component& into, Component* from) {
  into.sorted = into.sorted && (into.nodes.empty() || from->nodes.empty());
  for (Node* node : from->nodes) {
    if (!node) continue;
    node->component = &into;
    node->slot = static_cast<uint32_t>(into.nodes.size());
    into.nodes.push_back(node);
  }
  into.live += from->live;
  into.bytes += from->bytes;
  into.rolling ^= from->rolling;
  delete from;
}

void join_component(Node* node) {
  Component* home = nullptr;
  for (const Array& operand : node->in) {
    Component* other = node_of(operand)->component;
    if (!other || other == home) continue;
    if (home && home->nodes.size() < other->nodes.size()) std::swap(home, other);
    if (home)
      absorb(*home, other);
    else
      home = other;
  }
  if (!home) home = new Component;
  node->component = home;
  node->slot = static_cast<uint32_t>(home->nodes.size());
  home->nodes.push_back(node);
  ++home->live;
  home->rolling = hash_combine(home->rolling, node->attrs->hash);
  for (const Out& out : node->outs)
    home->bytes += out.type->concrete ? out.type->count * static_cast<int64_t>(size_of(out.type->dtype)) : 0;
}

bool should_cut(const Component& component) {
  if (component.bytes > most_bytes || component.live >= longest) return true;
  return component.live >= long_enough && (component.rolling & cut_mask) == 0;
}

Arrays handles_of(Node* node) {
  Arrays handles;
  handles.reserve(node->outs.size());
  for (Out& out : node->outs) {
    out.refs = 1;
    handles.push_back(Array::adopt(&out));
  }
  return handles;
}

Node* new_node(std::span<const TypeRef> types, std::source_location where) {
  auto* node = new Node;
  node->serial = next_serial();
  node->where = where;
  node->live_outs = static_cast<uint32_t>(types.size());
  node->outs.resize(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    node->outs[i].node = node;
    node->outs[i].index = static_cast<uint32_t>(i);
    node->outs[i].type = types[i];
    node->outs[i].live = true;
  }
  return node;
}

void destroy(Node* node) {
  if (Component* home = node->component) {
    home->nodes[node->slot] = nullptr;
    if (--home->live == 0) delete home;
  }
  delete node;
}

struct InferKey {
  const OpSpec* op;
  uint64_t attrs;
  std::vector<TypeRef> in;
  bool operator==(const InferKey&) const = default;
};
struct InferHash {
  size_t operator()(const InferKey& key) const {
    uint64_t hash = hash_combine(reinterpret_cast<uintptr_t>(key.op), key.attrs);
    for (TypeRef type : key.in) hash = hash_combine(hash, type->hash);
    return hash;
  }
};
constexpr size_t infer_cache_bound = 1 << 16;

}  // namespace

std::recursive_mutex& graph_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

uint64_t next_serial() {
  static std::atomic<uint64_t> serial{1};
  return serial.fetch_add(1, std::memory_order_relaxed);
}

void release_last(Out* out) noexcept {
  // A queue instead of recursion: a chain of a million nodes is legal.
  thread_local std::vector<Out*> queue;
  thread_local bool busy = false;
  queue.push_back(out);
  if (busy) return;
  busy = true;
  {
    GraphLock lock(graph_mutex());
    while (!queue.empty()) {
      Out* dead = queue.back();
      queue.pop_back();
      if (__atomic_load_n(&dead->refs, __ATOMIC_ACQUIRE) != 0 || !dead->live) continue;
      dead->live = false;
      if (--dead->node->live_outs == 0) destroy(dead->node);
    }
  }
  busy = false;
}

Array revive(Out* out) {
  GraphLock lock(graph_mutex());
  if (!out->live) {
    out->live = true;
    ++out->node->live_outs;
  }
  return Array::share(out);
}

std::vector<TypeRef> infer_types(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> in) {
  static std::unordered_map<InferKey, std::vector<TypeRef>, InferHash> cache;
  GraphLock lock(graph_mutex());
  InferKey key{&op, attrs->id, {in.begin(), in.end()}};
  if (auto found = cache.find(key); found != cache.end()) return found->second;
  std::vector<TypeRef> types;
  if (op.infer) {
    for (const TypeValue& value : op.infer({op, in, attrs->data.get()}))
      types.push_back(intern_type(value.dtype, value.shape));
  } else {
    GraphRef body = body_graph(op, attrs, in);
    for (size_t k = 0; k < body->outputs.size(); ++k) types.push_back(body->output_type(k));
  }
  if (cache.size() >= infer_cache_bound) cache.clear();
  cache.emplace(std::move(key), types);
  return types;
}

Arrays record_typed(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::span<const TypeRef> types,
                    std::source_location where) {
  GraphLock lock(graph_mutex());
  Node* node = new_node(types, where);
  node->op = &op;
  node->attrs = attrs;
  node->in.assign(in.begin(), in.end());
  for (const Array& operand : in) {
    node->abstract |= node_of(operand)->abstract;
    node->taped |= node_of(operand)->taped;
  }
  if (!node->abstract)
    for (TypeRef type : types) node->abstract |= !type->concrete;
  if (!node->abstract) join_component(node);
  return handles_of(node);
}

Arrays record(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where) {
  where = current_source(where);
  std::vector<TypeRef> operand_types, types;
  for (const Array& operand : in) operand_types.push_back(type_of(operand));
  try {
    types = infer_types(op, attrs, operand_types);
  } catch (const Error& error) {
    rethrow_for_op(error, op, operand_types, attrs.get(), where);
  }
  GraphLock lock(graph_mutex());
  Arrays out = record_typed(op, attrs, in, types, where);
  Node* node = node_of(out[0]);
  // Inside a body values stay unknown even where they could be known: they are part of the graph.
  if (node->component && body_depth == 0 && (eager() || should_cut(*node->component))) evaluate(out[0], where);
  return out;
}

Array make_leaf(TypeRef type, BufferRef value, std::source_location where) {
  Node* node = new_node({&type, 1}, current_source(where));
  node->outs[0].value = std::move(value);
  return handles_of(node)[0];
}

Array make_placeholder(TypeRef type, const char* transform, std::source_location where) {
  Node* node = new_node({&type, 1}, current_source(where));
  node->abstract = true;
  node->placeholder_of = transform;
  return handles_of(node)[0];
}

void mark_taped(const Array& x) { node_of(x)->taped = true; }

void enter_tape() {
  if (tape_depth++ == 0) tape_history = new std::vector<Array>;
}
void leave_tape() noexcept {
  if (--tape_depth != 0) return;
  std::vector<Array>* history = tape_history;
  tape_history = nullptr;
  GraphLock lock(graph_mutex());
  for (const Array& x : *history) {
    std::vector<Array> operands;
    std::swap(operands, node_of(x)->in);
  }
  delete history;
}
bool tape_active() { return tape_depth > 0; }

BodyScope::BodyScope() { ++body_depth; }
BodyScope::~BodyScope() { --body_depth; }
bool BodyScope::active() { return body_depth > 0; }

void settle(Node* node) {
  if (Component* home = node->component) {
    home->nodes[node->slot] = nullptr;
    node->component = nullptr;
    if (--home->live == 0) delete home;
  }
  if (node->taped && tape_history) {
    tape_history->push_back(revive(&node->outs[0]));
    return;
  }
  std::vector<Array> operands;
  std::swap(operands, node->in);
}

namespace {
const char* transform_of(Node* node) {
  std::vector<Node*> stack{node};
  uint64_t mark = next_serial();
  while (!stack.empty()) {
    Node* top = stack.back();
    stack.pop_back();
    if (top->placeholder_of) return top->placeholder_of;
    for (const Array& operand : top->in) {
      Node* next = node_of(operand);
      if (next->abstract && next->outs[0].mark != mark) {
        next->outs[0].mark = mark;
        stack.push_back(next);
      }
    }
  }
  return "a trace";
}
}  // namespace

void evaluate(const Array& x, std::source_location where) {
  GraphLock lock(graph_mutex());
  Out& out = *x.out();
  if (out.value) return;
  where = current_source(where);
  if (out.node->abstract)
    throw TraceError(cat("[read] inside ", transform_of(out.node),
                         " only shapes are known, not values: ", out.node->op ? out.node->op->name : "argument", " : ",
                         to_string(*out.type), " made at ", to_string(out.node->where), "\n  at ", to_string(where)));
  evaluate_pending(out);
}

}  // namespace koine::ir
