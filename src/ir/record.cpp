#include "ir/record.h"
#include "base/few.h"
#include "base/format.h"
#include "base/hash.h"
#include "ir/body.h"
#include "ir/pending.h"
#include "ir/rethrow.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

/// Recording: types, the node, and when pending work is evaluated early.
namespace koine::ir {

namespace {

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

Node* infer_and_add(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::source_location where) {
  Few<Out*, 8> outs(in.size());
  Few<TypeRef, 8> types(in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    outs[i] = in[i].out();
    types[i] = type_of(in[i]);
  }
  try {
    return add_node(op, attrs, outs.all(), inferred(op, attrs, types.all()), where);
  } catch (const Error& error) {
    rethrow_for_op(error, op, types.all(), attrs.get(), where);
  }
}

/// A known call: what it is known by, and what it gives. `given` are the attributes before they were brought to their
/// canonical form.
struct KnownCall {
  const OpSpec* op = nullptr;
  std::array<TypeRef, most_known_operands> in{};
  uint64_t attrs_hash = 0;
  TypeRef out = nullptr;
  AttrRef attrs, given;
};

uint64_t attrs_hash(const OpSpec& op, const void* attrs) {
  return op.attrs.fields.empty() ? 0 : hash_attrs(0, op, attrs);
}

// Inlined by force, here and in pending.h, because every op of the user passes here: a tenth of its cost.
[[gnu::always_inline]] inline KnownCall& place_of(const OpSpec& op, std::span<const TypeRef> in, uint64_t attrs_hash) {
  constexpr int bits = 12;
  static std::array<KnownCall, size_t{1} << bits>& table = *new std::array<KnownCall, size_t{1} << bits>;
  uint64_t hash = reinterpret_cast<uintptr_t>(&op) ^ attrs_hash;
  for (TypeRef type : in) hash = std::rotl(hash, 21) + reinterpret_cast<uintptr_t>(type);
  return table[(hash * 0x9e3779b97f4a7c15u) >> (64 - bits)];
}

/// The same for so many operands, which the compiler then needs no loops for.
template <size_t count>
Array record_known(const OpSpec& op, const Arg* const* args, const void* attrs) {
  std::array<Out*, count> in;
  std::array<TypeRef, count> types;
  for (size_t i = 0; i < count; ++i) {
    if (!args[i]->is_array() || !args[i]->array().defined()) return Array();
    in[i] = args[i]->array().out();
    types[i] = in[i]->type;
  }
  const uint64_t hash = attrs_hash(op, attrs);
  std::source_location where;
  if constexpr (count > 0) where = args[0]->where();
  where = current_source(where);
  Node* node = nullptr;
  bool due = false;
  {
    GraphLock lock(graph_mutex());
    const KnownCall& known = place_of(op, types, hash);
    if (known.op != &op || known.attrs_hash != hash) return Array();
    for (size_t i = 0; i < most_known_operands; ++i)
      if (known.in[i] != (i < count ? types[i] : nullptr)) return Array();
    if (!op.attrs.fields.empty() && !equal_attrs(op, known.given->data.get(), attrs)) return Array();
    node = NodePool::make_near(op, known.attrs, in, known.out, where);
    if (!node->abstract) join_component(node, in, known.out->bytes);
    due = is_due(node);
  }
  Array out = Array::adopt(&node->outs()[0]);
  if (due) evaluate(out, where);
  return out;
}

}  // namespace

const bool eager = [] {
  const char* value = std::getenv("KOINE_EAGER");
  return value && *value && std::strcmp(value, "0") != 0;
}();

Node* add_node(const OpSpec& op, const AttrRef& attrs, std::span<Out* const> in, std::span<const TypeRef> types,
               std::source_location where) {
  Node* node = NodePool::make(in.size(), types, where);
  for (Out* operand : in) NodePool::add_operand(node, operand);
  node->op = &op;
  node->attrs = attrs;
  node->taped &= running_tapes != 0;
  for (const Out& out : node->outs()) node->abstract |= !out.type->concrete;
  if (!node->abstract) join_component(node, in, bytes_of(node));
  return node;
}

Arrays handles_of(Node* node) {
  Arrays handles;
  handles.reserve(node->outs().size());
  for (Out& out : node->outs()) handles.push_back(Array::adopt(&out));
  return handles;
}

std::vector<TypeRef> infer_types(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> in) {
  GraphLock lock(graph_mutex());
  auto types = inferred(op, attrs, in);
  return {types.begin(), types.end()};
}

Arrays record_typed(const OpSpec& op, const AttrRef& attrs, std::span<const Array> in, std::span<const TypeRef> types,
                    std::source_location where) {
  Few<Out*, 8> outs(in.size());
  for (size_t i = 0; i < in.size(); ++i) outs[i] = in[i].out();
  GraphLock lock(graph_mutex());
  return handles_of(add_node(op, attrs, outs.all(), types, where));
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

Array record_known(const OpSpec& op, std::span<const Arg* const> args, const void* attrs) {
  static_assert(most_known_operands == 3);
  switch (args.size()) {
    case 0:
      return record_known<0>(op, args.data(), attrs);
    case 1:
      return record_known<1>(op, args.data(), attrs);
    case 2:
      return record_known<2>(op, args.data(), attrs);
    case 3:
      return record_known<3>(op, args.data(), attrs);
    default:
      return Array();
  }
}

void remember_call(std::span<const Array> in, const AttrRef& given, const Array& out) {
  if (in.size() > most_known_operands) return;
  const OpSpec& op = *given->op;
  KnownCall call;
  call.op = &op;
  for (size_t i = 0; i < in.size(); ++i) call.in[i] = type_of(in[i]);
  call.attrs_hash = attrs_hash(op, given->data.get());
  call.out = type_of(out);
  call.given = given;
  GraphLock lock(graph_mutex());
  call.attrs = node_of(out)->attrs;
  place_of(op, std::span(call.in).first(in.size()), call.attrs_hash) = call;
}

BodyScope::BodyScope() { ++body_depth; }
BodyScope::~BodyScope() { --body_depth; }
bool BodyScope::active() { return body_depth > 0; }

}  // namespace koine::ir
