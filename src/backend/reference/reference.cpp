#include "backend/reference/reference.h"

#include "backend/reference/plan.h"
#include "ir/body.h"

#include <cstring>
#include <mutex>
#include <unordered_map>

namespace koine::backend {

using namespace ir;

namespace {

struct ReferenceProgram : Program {
  Plan plan;
};

using Buffers = std::vector<BufferRef>;

class Interpreter : public GraphRunner {
 public:
  /// Fills `values` (inputs are there) by running every node.
  void execute(const Plan& plan, std::vector<TensorRef>& values, const Buffers& slots) {
    const Graph& graph = *plan.graph;
    for (size_t value = graph.input_count; value < graph.types.size(); ++value) {
      uint32_t slot = plan.slot[value];
      values[value] = {graph.types[value]->dtype, plan.shape[value], slot == no_slot ? nullptr : slots[slot]->data()};
    }
    std::vector<TensorRef> in;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      const GraphNode& node = graph.nodes[i];
      in.clear();
      for (ValueId operand : graph.operands_of(node)) in.push_back(values[operand]);
      std::span<const TensorRef> out(values.data() + node.first_output, node.output_count);
      try {
        kernel(node, graph, in, out);
      } catch (const NodeFailure& inner) {
        throw NodeFailure{i, inner.error};
      } catch (const OutOfMemory&) {
        throw;
      } catch (...) {
        throw NodeFailure{i, std::current_exception()};
      }
    }
  }

  void run(const GraphRef& graph, std::span<const TensorRef> in, std::span<const TensorRef> out) override {
    const Plan& plan = plan_of(graph);
    std::vector<TensorRef> values(graph->types.size());
    std::copy(in.begin(), in.end(), values.begin());
    const Buffers slots = allocate(plan);  // results are read from them below
    execute(plan, values, slots);
    for (size_t k = 0; k < out.size(); ++k) {
      const TensorRef& value = values[graph->outputs[k]];
      if (out[k].data && value.bytes()) std::memcpy(out[k].data, value.data, static_cast<size_t>(value.bytes()));
    }
  }

  static Buffers allocate(const Plan& plan, std::span<Buffer* const> inputs = {}) {
    Buffers slots;
    for (size_t s = 0; s < plan.slot_bytes.size(); ++s)
      slots.push_back(plan.input_of[s] == no_slot ? Buffer::allocate(plan.slot_bytes[s])
                                                  : BufferRef(inputs[plan.input_of[s]]));
    return slots;
  }

 private:
  void kernel(const GraphNode& node, const Graph& graph, std::span<const TensorRef> in,
              std::span<const TensorRef> out) {
    if (node.op->reference) {
      node.op->reference({*node.op, node.attrs->data.get(), node.attrs, in, out, *this});
      return;
    }
    std::vector<TypeRef> types;
    for (ValueId operand : graph.operands_of(node)) types.push_back(graph.types[operand]);
    run(body_graph(*node.op, node.attrs, types), in, out);
  }

  const Plan& plan_of(const GraphRef& graph) {
    auto found = plans_.find(graph);
    if (found != plans_.end()) return found->second;
    return plans_.emplace(graph, make_plan(graph, std::vector<uint8_t>(graph->input_count, 0))).first->second;
  }

  std::unordered_map<GraphRef, Plan> plans_;
};

std::shared_ptr<Program> compile(const GraphRef& graph, const std::vector<uint8_t>& donated) {
  auto program = std::make_shared<ReferenceProgram>();
  program->plan = make_plan(graph, donated);
  return program;
}

void run(const Program& program, std::span<Buffer* const> inputs, std::span<BufferRef> outputs) {
  const Plan& plan = static_cast<const ReferenceProgram&>(program).plan;
  const Graph& graph = *plan.graph;
  Interpreter interpreter;
  std::vector<TensorRef> values(graph.types.size());
  for (uint32_t i = 0; i < graph.input_count; ++i)
    values[i] = {graph.types[i]->dtype, plan.shape[i], inputs[i]->data()};
  Buffers slots = Interpreter::allocate(plan, inputs);
  interpreter.execute(plan, values, slots);
  for (size_t k = 0; k < outputs.size(); ++k) {
    ValueId output = graph.outputs[k];
    outputs[k] = plan.slot[output] == no_slot ? BufferRef(inputs[output]) : slots[plan.slot[output]];
  }
}

constexpr DeviceApi api{api_version, "reference", "interprets each op's own definition; slow and exact",
                        compile,     run,         [] { return std::vector<runtime::CacheInfo>(); }};

}  // namespace

const DeviceApi& reference_device() { return api; }

}  // namespace koine::backend
