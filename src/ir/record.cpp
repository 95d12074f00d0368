#include "ir/record.h"
#include "base/format.h"
#include "base/hash.h"
#include "ir/body.h"
#include "ir/pending.h"
#include "ir/rethrow.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

/// Recording: types, the node, and when pending work is evaluated early.
namespace koine::ir {

namespace {

thread_local int body_depth = 0;

bool eager() {
  static const bool on = [] {
    const char* value = std::getenv("KOINE_EAGER");
    return value && *value && std::strcmp(value, "0") != 0;
  }();
  return on;
}

struct Inference {
  AttrRef attrs;
  std::vector<TypeRef> in, out;
};
constexpr size_t inference_places = 1 << 13;

/// Types by inference, remembered at one place for each hash. Valid until the next call.
std::span<const TypeRef> inferred(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> in) {
  static std::vector<Inference>& table = *new std::vector<Inference>(inference_places);
  uint64_t hash = attrs->id;
  for (TypeRef type : in) hash = hash_combine(hash, reinterpret_cast<uintptr_t>(type));
  Inference& place = table[hash % inference_places];
  if (place.attrs == attrs && std::ranges::equal(place.in, in)) return place.out;
  std::vector<TypeRef> out;
  if (op.infer) {
    for (const TypeValue& value : op.infer({op, in, attrs->data.get()}))
      out.push_back(intern_type(value.dtype, value.shape));
  } else {
    GraphRef body = body_graph(op, attrs, in);
    for (size_t k = 0; k < body->outputs.size(); ++k) out.push_back(body->output_type(k));
  }
  place = {attrs, {in.begin(), in.end()}, std::move(out)};
  return place.out;
}

void connect(Node* node, const OpSpec& op, const AttrRef& attrs) {
  node->op = &op;
  node->attrs = attrs;
  if (!node->abstract)
    for (const Out& out : node->outs()) node->abstract |= !out.type->concrete;
  if (!node->abstract) join_component(node);
}

Node* add_node(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::span<const TypeRef> types,
               std::source_location where) {
  Node* node = new_node(in.size(), types, where);
  for (const Array& operand : in) add_operand(node, operand.out());
  connect(node, op, attrs);
  return node;
}

// Inside a body values stay unknown even where they could be known: they are part of the graph.
bool is_due(const Node* node) {
  return node->component && body_depth == 0 && (eager() || should_cut(*node->component));
}

Node* infer_and_add(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where) {
  constexpr size_t few = 8;
  TypeRef near[few];
  std::vector<TypeRef> far(in.size() > few ? in.size() : 0);
  std::span<TypeRef> types(in.size() > few ? far.data() : near, in.size());
  for (size_t i = 0; i < in.size(); ++i) types[i] = type_of(in[i]);
  try {
    return add_node(op, attrs, in, inferred(op, attrs, types), where);
  } catch (const Error& error) {
    rethrow_for_op(error, op, types, attrs.get(), where);
  }
}

Arrays handles_of(Node* node) {
  Arrays handles;
  handles.reserve(node->outs().size());
  for (Out& out : node->outs()) handles.push_back(Array::adopt(&out));
  return handles;
}

// ---- calls that are known -----------------------------------------------------------------------

struct KnownCall {
  const OpSpec* op = nullptr;
  uint64_t hash = 0;
  std::array<TypeRef, most_known_operands> in{};
  AttrRef given, attrs;
  TypeRef out = nullptr;
};
constexpr size_t known_places = 1 << 12;

struct CallKey {
  uint64_t hash;
  std::array<TypeRef, most_known_operands> in{};

  CallKey(const OpSpec& op, std::span<const Array* const> operands, const void* attrs)
      : hash(hash_attrs(reinterpret_cast<uintptr_t>(&op), op, attrs)) {
    for (size_t i = 0; i < operands.size(); ++i) {
      in[i] = type_of(*operands[i]);
      hash = hash_combine(hash, reinterpret_cast<uintptr_t>(in[i]));
    }
  }
};

KnownCall& known_place(uint64_t hash) {
  static std::vector<KnownCall>& table = *new std::vector<KnownCall>(known_places);
  return table[hash % known_places];
}

}  // namespace

std::vector<TypeRef> infer_types(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> in) {
  GraphLock lock(graph_mutex());
  auto types = inferred(op, attrs, in);
  return {types.begin(), types.end()};
}

Arrays record_typed(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::span<const TypeRef> types,
                    std::source_location where) {
  GraphLock lock(graph_mutex());
  return handles_of(add_node(op, attrs, in, types, where));
}

Arrays record(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where) {
  where = current_source(where);
  Arrays out;
  bool due = false;
  {
    GraphLock lock(graph_mutex());
    Node* node = infer_and_add(op, attrs, in, where);
    out = handles_of(node);
    due = is_due(node);
  }
  if (due) evaluate(out[0], where);
  return out;
}

Array record_one(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where) {
  where = current_source(where);
  Array out;
  bool due = false;
  {
    GraphLock lock(graph_mutex());
    Node* node = infer_and_add(op, attrs, in, where);
    out = Array::adopt(&node->outs()[0]);
    due = is_due(node);
  }
  if (due) evaluate(out, where);
  return out;
}

Array record_known(const OpSpec& op, std::span<const Array* const> in, const void* attrs, std::source_location where) {
  CallKey key(op, in, attrs);
  Array out;
  bool due = false;
  {
    GraphLock lock(graph_mutex());
    const KnownCall& known = known_place(key.hash);
    if (known.op != &op || known.hash != key.hash || known.in != key.in ||
        !equal_attrs(op, known.given->data.get(), attrs))
      return out;
    Node* node = new_node(in.size(), {&known.out, 1}, current_source(where));
    for (const Array* operand : in) add_operand(node, operand->out());
    connect(node, op, known.attrs);
    out = Array::adopt(&node->outs()[0]);
    due = is_due(node);
  }
  if (due) evaluate(out, where);
  return out;
}

void remember_call(std::span<const Array* const> in, const AttrRef& given, const Array& out) {
  const OpSpec& op = *given->op;
  CallKey key(op, in, given->data.get());
  GraphLock lock(graph_mutex());
  known_place(key.hash) = {&op, key.hash, key.in, given, node_of(out)->attrs, type_of(out)};
}

BodyScope::BodyScope() { ++body_depth; }
BodyScope::~BodyScope() { --body_depth; }
bool BodyScope::active() { return body_depth > 0; }

}  // namespace koine::ir
