#include "ir/type.h"

#include "base/hash.h"
#include "ir/node.h"

#include <unordered_map>

namespace koine::ir {

TypeRef intern_type(DType dtype, const Shape& shape) {
  static std::unordered_multimap<uint64_t, std::unique_ptr<Type>> table;
  uint64_t hash = hash_combine(shape.hash(), static_cast<uint64_t>(dtype) + 1);
  GraphLock lock(graph_mutex());
  auto [first, last] = table.equal_range(hash);
  for (auto it = first; it != last; ++it)
    if (it->second->dtype == dtype && equal_value(it->second->shape, shape)) return it->second.get();
  for (Dim n : shape)
    if (n.is_concrete() && n.value() < 0) throw ShapeError("an axis of negative length in shape " + to_string(shape));
  auto type = std::make_unique<Type>(Type{dtype, shape, hash, shape.is_concrete()});
  if (type->concrete) {
    type->count = count(shape).value();
    // Creation refuses what does not fit; a type of it may be asked about.
    __builtin_mul_overflow(type->count, static_cast<int64_t>(size_of(dtype)), &type->bytes);
  }
  return table.emplace(hash, std::move(type))->second.get();
}

std::string to_string(const Type& type) { return std::string(name(type.dtype)) + to_string(type.shape); }

}  // namespace koine::ir
