// poison: kernels write every byte of the outputs that are wanted, nothing around them, and nothing of their operands.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include "ir/body.h"

#include <koine/error.h>

#include <cstring>

namespace koine::optest {
namespace {

using namespace ir;

constexpr size_t guard = 64;

/// Memory filled with one byte, with more of it on both sides.
class Poisoned {
 public:
  Poisoned(TypeRef type, uint8_t fill) : fill_(static_cast<std::byte>(fill)) {
    ref_.dtype = type->dtype;
    for (Dim size : type->shape) ref_.shape.push_back(size.value());
    bytes_.assign(2 * guard + static_cast<size_t>(ref_.bytes()), fill_);
    ref_.data = bytes_.data() + guard;
  }
  TensorRef ref() const { return ref_; }
  Tensor tensor() const { return {ref_.dtype, ref_.shape, {ref_.data, ref_.data + ref_.bytes()}}; }
  bool guarded() const {
    for (size_t i = 0; i < guard; ++i)
      if (bytes_[i] != fill_ || bytes_[bytes_.size() - 1 - i] != fill_) return false;
    return true;
  }

 private:
  std::byte fill_;
  std::vector<std::byte> bytes_;
  TensorRef ref_;
};

/// Runs graphs node by node, every value in poisoned memory of its own.
class PoisonedRunner : public GraphRunner {
 public:
  explicit PoisonedRunner(uint8_t fill) : fill_(fill) {}

  void run(const GraphRef& graph, std::span<const TensorRef> in, std::span<const TensorRef> out) override {
    std::vector<Poisoned> values;
    std::vector<TensorRef> refs(in.begin(), in.end());
    values.reserve(graph->types.size());
    for (size_t v = graph->input_count; v < graph->types.size(); ++v) {
      values.emplace_back(graph->types[v], fill_);
      refs.push_back(values.back().ref());
    }
    for (const GraphNode& node : graph->nodes) {
      std::vector<TensorRef> operands;
      std::vector<TypeRef> types;
      for (ValueId operand : graph->operands_of(node)) {
        operands.push_back(refs[operand]);
        types.push_back(graph->types[operand]);
      }
      kernel(*node.op, node.attrs, types, operands, {refs.data() + node.first_output, node.output_count});
    }
    for (const Poisoned& value : values)
      if (!value.guarded()) throw Error("a kernel inside wrote beside its output");
    for (size_t k = 0; k < out.size(); ++k) {
      const TensorRef& value = refs[graph->outputs[k]];
      if (out[k].data && value.bytes()) std::memcpy(out[k].data, value.data, static_cast<size_t>(value.bytes()));
    }
  }

  void kernel(const OpSpec& op, const AttrRef& attrs, std::span<const TypeRef> types, std::span<const TensorRef> in,
              std::span<const TensorRef> out) {
    if (op.reference)
      op.reference({op, attrs->data.get(), attrs, in, out, *this});
    else
      run(body_graph(op, attrs, types), in, out);
  }

 private:
  uint8_t fill_;
};

/// The op as its kernel is called: attributes and operands after promotion and normalisation.
struct Kernel {
  const OpSpec* op;
  AttrRef attrs;
  std::vector<TypeRef> types, results;
  Tensors in;
};

Kernel kernel_of(const Call& call) {
  GraphRef graph = graph_of(call);
  // Promotion casts come before the op's own node, which is the last one.
  const GraphNode& node = graph->nodes.back();
  Kernel kernel{node.op, node.attrs, {}, {}, {}};
  Graph operands = *graph;
  operands.outputs.assign(graph->operands_of(node).begin(), graph->operands_of(node).end());
  seal(operands);
  kernel.in = run(prune(operands), call.in);
  kernel.types = types_of(kernel.in);
  for (uint16_t k = 0; k < node.output_count; ++k) kernel.results.push_back(graph->types[node.first_output + k]);
  return kernel;
}

/// Runs the kernel into memory filled with one byte; outputs that are not wanted have none.
std::string run_poisoned(const Kernel& kernel, uint8_t fill, const Mask& wanted, int in_place, Tensors& results) {
  Tensors in = kernel.in;
  std::vector<TensorRef> operands, outputs;
  std::vector<Poisoned> memory;
  memory.reserve(kernel.results.size());
  for (Tensor& operand : in) {
    // Memory of an array is never null, also when it is empty.
    if (operand.bytes.empty()) operand.bytes.resize(1);
    operands.push_back({operand.dtype, operand.shape, operand.bytes.data()});
  }
  for (size_t k = 0; k < kernel.results.size(); ++k) {
    memory.emplace_back(kernel.results[k], fill);
    outputs.push_back(memory.back().ref());
    if (!wanted[k]) outputs.back().data = nullptr;
  }
  if (in_place >= 0) outputs[0].data = in[static_cast<size_t>(in_place)].bytes.data();
  PoisonedRunner(fill).kernel(*kernel.op, kernel.attrs, kernel.types, operands, outputs);
  results.clear();
  for (size_t k = 0; k < memory.size(); ++k) {
    if (!memory[k].guarded()) return "wrote beside output " + std::to_string(k);
    if (wanted[k]) results.push_back(in_place >= 0 && k == 0 ? in[static_cast<size_t>(in_place)] : memory[k].tensor());
  }
  for (size_t i = 0; i < in.size(); ++i)
    if (static_cast<int>(i) != in_place &&
        std::memcmp(in[i].bytes.data(), kernel.in[i].bytes.data(), kernel.in[i].bytes.size()))
      return "changed operand " + std::to_string(i);
  return "";
}

std::string same_bytes(const Tensors& got, const Tensors& want) {
  for (size_t k = 0; k < want.size(); ++k)
    if (got[k].bytes != want[k].bytes) return "output " + std::to_string(k) + " depends on what its memory held";
  return "";
}

std::string poison_problem(const Kernel& kernel) {
  const size_t n = kernel.results.size();
  Tensors want, got;
  std::string problem = run_poisoned(kernel, 0xA5, Mask(n, 1), -1, want);
  if (problem.empty()) problem = run_poisoned(kernel, 0x5A, Mask(n, 1), -1, got);
  if (problem.empty()) problem = same_bytes(got, want);
  for (size_t k = 0; k < n && n > 1 && problem.empty(); ++k) {
    Mask alone(n, 0);
    alone[k] = 1;
    problem = run_poisoned(kernel, 0xA5, alone, -1, got);
    if (problem.empty()) problem = same_bytes(got, {want[k]});
    if (!problem.empty()) problem += ", wanted alone";
  }
  // What the op allows to be overwritten.
  for (size_t i = 0; i < kernel.in.size() && problem.empty(); ++i) {
    const bool allowed = kernel.op->in_place == static_cast<int>(i) || kernel.op->in_place == -2;
    if (!allowed || n != 1 || kernel.types[i]->count == 0 || kernel.types[i]->count != kernel.results[0]->count ||
        kernel.types[i]->dtype != kernel.results[0]->dtype ||
        (kernel.op->in_place == -2 && kernel.types[i] != kernel.results[0]))
      continue;
    problem = run_poisoned(kernel, 0xA5, Mask(n, 1), static_cast<int>(i), got);
    if (problem.empty()) problem = same_bytes(got, want);
    if (!problem.empty()) problem += ", in place of operand " + std::to_string(i);
  }
  return problem;
}

/// Far outside of any axis: an op whose kernel then throws has to say that it can.
std::string failure_problem(Kernel kernel) {
  bool any = false;
  for (Tensor& operand : kernel.in) {
    if (!is_signed_integer(operand.dtype)) continue;
    any = true;
    operand = tensor_of(operand.dtype, operand.shape, Numbers(numbers(operand).size(), 100.0));
  }
  if (!any || !kernel.op->reference || kernel.op->can_fail) return "";
  Tensors results;
  try {
    run_poisoned(kernel, 0xA5, Mask(kernel.results.size(), 1), -1, results);
  } catch (const IndexError&) {
    return "its kernel throws, which its file does not say (can_fail)";
  }
  return "";
}

/// The operand that the result may take the place of has to be one that can be: of as many elements of its dtype.
std::string in_place_problem(const OpSpec& op) {
  for (const Call& call : calls_of(op)) {
    const Kernel kernel = kernel_of(call);
    const auto i = static_cast<size_t>(op.in_place);
    if (i < kernel.in.size() && kernel.types[i]->dtype == kernel.results[0]->dtype &&
        kernel.types[i]->count == kernel.results[0]->count)
      return "";
  }
  return "its result never fits into the memory of the operand that its file names (in_place)";
}

/// Boxes of a result lie within it and go forwards, and are read from within their operands: compilers rely on it.
std::string map_problem(const Kernel& kernel) {
  if (!kernel.op->index_map) return "";
  for (const MapPiece& piece : kernel.op->index_map({*kernel.op, kernel.types, kernel.attrs->data.get()}).pieces) {
    int64_t first = piece.offset.value(), last = first;
    bool empty = false;
    for (int d = 0; d < kernel.results[0]->rank(); ++d) {
      const int64_t step = piece.steps.empty() ? 1 : piece.steps[static_cast<size_t>(d)];
      const int64_t start = piece.start[d].value(), more = piece.size[d].value() - 1;
      if (step < 1) return "a box goes backwards";
      empty = empty || more < 0;
      if (start < 0 || start + std::max<int64_t>(more, 0) * step > kernel.results[0]->shape[d].value() - (more >= 0))
        return "a box leaves the result";
      const int64_t stride = piece.strides[d].value();
      (stride < 0 ? first : last) += more * stride;
    }
    if (!empty && (first < 0 || last >= kernel.types[static_cast<size_t>(piece.operand)]->count))
      return "a box reads beside its operand";
  }
  return "";
}

TEST_CASE("poison: kernels write what is wanted, all of it and nothing else") {
  for_each_op(Cell::poison, [](const OpSpec& op) {
    for (const Call& call : calls_of(op)) {
      expect(describe(call), [&] { return poison_problem(kernel_of(call)); });
      expect(describe(call) + ", its map", [&] { return map_problem(kernel_of(call)); });
      expect(describe(call) + ", of large integers", [&] { return failure_problem(kernel_of(call)); });
    }
    for (const Call& call : smooth_calls(op)) expect(describe(call), [&] { return poison_problem(kernel_of(call)); });
    if (op.in_place >= 0) expect("in place", [&] { return in_place_problem(op); });
  });
}

}  // namespace
}  // namespace koine::optest
