#include "functional/recorded.h"

#include "base/format.h"
#include "ir/call.h"

namespace koine::detail {

void retain(Recorded* recorded) { recorded->count.fetch_add(1, std::memory_order_relaxed); }
void release(Recorded* recorded) {
  if (recorded->count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete recorded;
}

std::vector<ir::TypeRef> types_of(const List& leaves) {
  std::vector<ir::TypeRef> types;
  for (const Array& leaf : leaves) types.push_back(leaf.defined() ? ir::type_of(leaf) : nullptr);
  return types;
}

ir::Arrays defined(const List& leaves) {
  ir::Arrays list;
  for (const Array& leaf : leaves)
    if (leaf.defined()) list.push_back(leaf);
  return list;
}

void require_defined(const List& results, const char* transform, std::source_location where) {
  for (const Array& result : results)
    if (!result.defined())
      throw ValueError(cat("[", transform, "] the function returned an empty array", at_line(where)));
}

ir::Captured trace_leaves(const Callable& f, const std::vector<ir::TypeRef>& types, const char* transform,
                          std::source_location where) {
  uint64_t since = ir::next_serial();
  List leaves;
  for (ir::TypeRef type : types) leaves.push_back(type ? ir::make_placeholder(type, transform, where) : Array());
  List results = f(leaves);
  require_defined(results, transform, where);
  return ir::capture(results, defined(leaves), since);
}

RecordedRef trace(Callable f, const List& leaves, const char* transform, std::source_location where) {
  ir::Captured captured = trace_leaves(f, types_of(leaves), transform, where);
  auto* recorded = new Recorded;
  recorded->graph = ir::prune(*captured.graph);
  recorded->outside = std::move(captured.outside);
  recorded->call = ir::call_of(recorded->graph);
  return RecordedRef(recorded);
}

List replay(const Recorded& recorded, const List& leaves, std::source_location where) {
  ir::Arrays in = defined(leaves);
  in.insert(in.end(), recorded.outside.begin(), recorded.outside.end());
  ir::Arrays out = ir::record_call(recorded.call, in, where);
  return out.empty() ? ir::replay(*recorded.graph, in, where) : out;
}

std::string to_string(const Recorded& recorded) { return ir::to_string(*recorded.graph); }

std::string types_key(const List& leaves) {
  std::string key;
  for (ir::TypeRef type : types_of(leaves)) {
    auto bits = reinterpret_cast<uintptr_t>(type);
    key.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  }
  return key;
}

}  // namespace koine::detail
