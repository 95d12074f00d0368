#include "transform/memo.h"

#include "base/hash.h"

#include <unordered_map>

namespace koine::transform {

namespace {
struct Key {
  const char* transform;
  ir::GraphRef graph;
  Mask mask;
  Dim size;
  bool operator==(const Key& other) const {
    return transform == other.transform && mask == other.mask && same(size, other.size) &&
           (graph == other.graph || ir::same(*graph, *other.graph));
  }
};
struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = hash_combine(reinterpret_cast<uintptr_t>(key.transform), key.graph->hash);
    return hash_combine(hash_combine(hash, hash_bytes(key.mask.data(), key.mask.size())), key.size.hash());
  }
};
constexpr size_t cache_bound = 4096;
}  // namespace

ir::GraphRef remembered(const char* transform, const ir::GraphRef& graph, const Mask& mask, Dim size,
                        const std::function<ir::GraphRef()>& make) {
  static std::unordered_map<Key, ir::GraphRef, KeyHash> cache;
  ir::GraphLock lock(ir::graph_mutex());
  Key key{transform, graph, mask, size};
  if (auto found = cache.find(key); found != cache.end()) return found->second;
  ir::GraphRef result = make();
  if (cache.size() >= cache_bound) cache.clear();
  cache.emplace(std::move(key), result);
  return result;
}

}  // namespace koine::transform
