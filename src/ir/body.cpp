#include "ir/body.h"

#include "base/hash.h"

#include <unordered_map>

namespace koine::ir {

namespace {
struct Key {
  uint64_t attrs;
  std::vector<TypeRef> types;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = key.attrs;
    for (TypeRef type : key.types) hash = hash_combine(hash, type->hash);
    return hash;
  }
};
constexpr size_t cache_bound = 4096;
}  // namespace

GraphRef body_graph(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> types) {
  // The box is kept with its graph, so that the id in the key stays its own.
  static std::unordered_map<Key, std::pair<AttrRef, GraphRef>, KeyHash> cache;
  GraphLock lock(graph_mutex());
  Key key{attrs->id, {types.begin(), types.end()}};
  if (auto found = cache.find(key); found != cache.end()) return found->second.second;
  BodyScope body;
  Captured captured = trace(types, op.name, current_source({}),
                            [&](std::span<const Array> in) { return op.body(in, attrs->data.get()); });
  if (!captured.outside.empty())
    throw Error(std::string("[") + op.name + "] its body uses an array that is not an operand");
  if (cache.size() >= cache_bound) cache.clear();
  cache.emplace(std::move(key), std::pair(attrs, captured.graph));
  return captured.graph;
}

}  // namespace koine::ir
