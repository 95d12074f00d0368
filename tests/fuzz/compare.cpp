#include "fuzz/compare.h"

#include "backend/cpu/pool.h"
#include "backend/cpu/program.h"
#include "base/dtype_traits.h"
#include "base/format.h"
#include "ir/body.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <memory>

namespace koine::fuzz {

using namespace ir;
using backend::cpu::CpuProgram;

namespace {

/// Memory whose end is the end of a page that may be used.
class Guarded {
 public:
  explicit Guarded(size_t bytes) {
    auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_t whole = (bytes + page - 1) / page * page;
    size_ = whole + page;
    void* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw OutOfMemory("[fuzz] no memory");
    start_ = static_cast<std::byte*>(memory);
    mprotect(start_ + whole, page, PROT_NONE);
    data_ = start_ + whole - bytes;
    std::memset(data_, 0xa5, bytes);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(start_, size_); }
  std::byte* data() const { return data_; }

 private:
  std::byte *start_, *data_;
  size_t size_;
};

TensorRef tensor_of(TypeRef type, std::byte* data) {
  TensorRef tensor{type->dtype, {}, data};
  for (Dim d : type->shape) tensor.shape.push_back(d.value());
  return tensor;
}
size_t bytes_of(TypeRef type) { return static_cast<size_t>(type->count) * size_of(type->dtype); }

using Results = std::vector<Value>;

Results run(const CpuProgram& program, const Graph& graph, const std::vector<Value>& inputs) {
  std::vector<std::unique_ptr<Guarded>> memory;
  std::vector<TensorRef> in, out;
  auto place = [&](TypeRef type) {
    memory.push_back(std::make_unique<Guarded>(bytes_of(type)));
    return tensor_of(type, memory.back()->data());
  };
  for (const Value& input : inputs) {
    in.push_back(place(input.type));
    if (!input.bytes.empty()) std::memcpy(in.back().data, input.bytes.data(), input.bytes.size());
  }
  for (ValueId v : graph.outputs) out.push_back(place(graph.types[v]));
  program.run(in, out);
  Results results;
  for (size_t k = 0; k < out.size(); ++k) {
    TypeRef type = graph.types[graph.outputs[k]];
    results.push_back({type, {out[k].data, out[k].data + bytes_of(type)}});
  }
  return results;
}

/// On buffers, some of which the program may write over; those that it may not have to stay as they are.
Results run_donated(const Graph& graph, const GraphRef& shared, const std::vector<Value>& inputs, uint64_t donated,
                    std::string& problem) {
  std::vector<uint8_t> given;
  for (size_t i = 0; i < inputs.size(); ++i) given.push_back(donated >> i % 64 & 1);
  CpuProgram program(shared, given);
  Results results;
  for (int again = 0; again < 2; ++again) {
    std::vector<BufferRef> buffers, computed(graph.outputs.size());
    std::vector<Buffer*> in;
    for (const Value& input : inputs) {
      buffers.push_back(Buffer::allocate(static_cast<int64_t>(input.bytes.size())));
      std::copy(input.bytes.begin(), input.bytes.end(), buffers.back()->data());
      in.push_back(buffers.back().get());
    }
    program.run(in, computed);
    results.clear();
    for (size_t k = 0; k < computed.size(); ++k) {
      TypeRef type = graph.types[graph.outputs[k]];
      results.push_back({type, {computed[k]->data(), computed[k]->data() + bytes_of(type)}});
    }
    for (size_t i = 0; i < inputs.size(); ++i)
      if (!given[i] && !std::equal(inputs[i].bytes.begin(), inputs[i].bytes.end(), in[i]->data()))
        problem = cat("input ", i, " is written to, and was not donated");
  }
  return results;
}

/// Elements as doubles, parts of complex ones side by side; integers exactly as text would be too slow, so their bits
/// count.
std::vector<double> numbers_of(const Value& value) {
  bool complex = is_complex(value.type->dtype);
  auto n = static_cast<size_t>(value.type->count) * (complex ? 2 : 1);
  std::vector<double> numbers(n);
  convert(value.type->dtype, value.bytes.data(), complex ? complex128 : float64,
          reinterpret_cast<std::byte*>(numbers.data()), value.type->count);
  return numbers;
}

/// Equal bits, but that a NaN is a NaN.
std::string differ_in_bits(const Value& a, const Value& b) {
  if (a.bytes == b.bytes) return "";
  if (!is_inexact(a.type->dtype)) return "integers differ";
  std::vector<double> x = numbers_of(a), y = numbers_of(b);
  for (size_t i = 0; i < x.size(); ++i)
    if (!(std::isnan(x[i]) && std::isnan(y[i])) && (x[i] != y[i] || std::signbit(x[i]) != std::signbit(y[i])))
      return cat("element ", i, " of ", to_string(*a.type), ": ", x[i], " and ", y[i]);
  return "";
}

Results expect_equal(const Results& all, const Results& some, const char* how, std::string& problem) {
  for (size_t k = 0; k < all.size() && problem.empty(); ++k)
    if (std::string text = differ_in_bits(all[k], some[k]); !text.empty())
      problem = cat("result ", k, ", ", how, ": ", text);
  return some;
}

/// Runs kernels of single nodes by their definition.
class Definition : public GraphRunner {
 public:
  void run(const GraphRef& graph, std::span<const TensorRef> in, std::span<const TensorRef> out) override {
    std::vector<std::vector<std::byte>> memory;
    std::vector<TensorRef> values(in.begin(), in.end());
    for (size_t v = graph->input_count; v < graph->types.size(); ++v) {
      memory.emplace_back(bytes_of(graph->types[v]) + 16);
      values.push_back(tensor_of(graph->types[v], memory.back().data()));
    }
    for (const GraphNode& node : graph->nodes) {
      std::vector<TensorRef> operands;
      std::vector<TypeRef> types;
      for (ValueId v : graph->operands_of(node)) {
        operands.push_back(values[v]);
        types.push_back(graph->types[v]);
      }
      std::span<const TensorRef> results(values.data() + node.first_output, node.output_count);
      if (node.op->reference)
        node.op->reference({*node.op, node.attrs->data.get(), node.attrs, operands, results, *this});
      else
        run(body_graph(*node.op, node.attrs, types), operands, results);
    }
    for (size_t k = 0; k < out.size(); ++k) {
      const TensorRef& value = values[graph->outputs[k]];
      if (value.bytes()) std::memcpy(out[k].data, value.data, static_cast<size_t>(value.bytes()));
    }
  }
};

/// How far a result may be from the definition, which computes in double: units of the dtype's last place, of the
/// largest operand where sums may cancel.
std::string check_node(const Graph& graph, const GraphNode& node, const std::vector<Value>& values) {
  auto single = std::make_shared<Graph>();
  std::vector<TensorRef> in, out;
  std::vector<std::vector<std::byte>> memory;
  double largest = 1;
  for (ValueId v : graph.operands_of(node)) {
    single->types.push_back(graph.types[v]);
    memory.push_back(values[v].bytes);
    memory.back().resize(memory.back().size() + 16);
    in.push_back(tensor_of(graph.types[v], memory.back().data()));
    if (is_inexact(graph.types[v]->dtype))
      for (double x : numbers_of(values[v]))
        if (std::isfinite(x)) largest = std::max(largest, std::fabs(x));
  }
  single->input_count = node.operand_count;
  GraphNode copy = node;
  copy.first_operand = 0;
  copy.first_output = node.operand_count;
  for (uint16_t i = 0; i < node.operand_count; ++i) single->operands.push_back(i);
  for (uint16_t k = 0; k < node.output_count; ++k) {
    single->types.push_back(graph.types[node.first_output + k]);
    single->outputs.push_back(node.operand_count + k);
    memory.emplace_back(bytes_of(single->types.back()) + 16);
    out.push_back(tensor_of(single->types.back(), memory.back().data()));
  }
  single->nodes.push_back(copy);
  Definition().run(single, in, out);
  // A body of one primitive is right by itself; in others terms may cancel.
  bool elementwise = node.op->scalar_body && node.op->scalar_body()->code.size() <= node.operand_count + 1u;
  for (uint16_t k = 0; k < node.output_count; ++k) {
    const Value& got = values[node.first_output + k];
    Value want{got.type, {out[k].data, out[k].data + bytes_of(got.type)}};
    if (!is_inexact(got.type->dtype)) {
      if (got.bytes != want.bytes) return cat(node.op->name, " gives other integers than its definition");
      continue;
    }
    double unit = got.type->dtype == bfloat16              ? 0x1p-8
                  : got.type->dtype == float16             ? 0x1p-11
                  : size_of(real_of(got.type->dtype)) == 4 ? 0x1p-24
                                                           : 0x1p-53;
    double loose = elementwise ? 16 : 4096;
    std::vector<double> x = numbers_of(got), y = numbers_of(want);
    for (size_t i = 0; i < x.size(); ++i) {
      if (std::isnan(x[i]) && std::isnan(y[i])) continue;
      // Where the narrow result overflows on the way, or the wide one does not, nothing is said.
      if (!std::isfinite(x[i]) || !std::isfinite(y[i])) {
        if (elementwise && x[i] != y[i] && std::fabs(std::isfinite(x[i]) ? x[i] : y[i]) < 1e30 && largest < 1e15)
          return cat(node.op->name, " element ", i, ": ", x[i], " instead of ", y[i]);
        continue;
      }
      double allowed =
          loose * unit * (elementwise ? std::fabs(y[i]) : std::max(std::fabs(y[i]), largest * largest)) + 1e-37;
      if (std::fabs(x[i] - y[i]) > allowed && largest < 1e12)
        return cat(node.op->name, " element ", i, " of ", to_string(*got.type), ": ", x[i], " instead of ", y[i],
                   ", allowed ", allowed);
    }
  }
  return "";
}

std::string check(const Case& one) {
  const Graph& graph = *one.graph;
  const std::vector<uint8_t> none(graph.input_count);
  CpuProgram interpreted(one.graph, none, backend::cpu::Tier::interpreted), program(one.graph, none);
  std::string problem;
  Results first;
  try {
    first = run(interpreted, graph, one.inputs);
  } catch (const backend::NodeFailure&) {
    return "";  // an index outside, say; whether it should fail is the definition's matter
  }
  for (const char* how : {"seen for the first time", "compiled"})
    expect_equal(first, run(program, graph, one.inputs), how, problem);
  for (uint64_t donated : {~uint64_t{0}, uint64_t{0x5555555555555555}})
    expect_equal(first, run_donated(graph, one.graph, one.inputs, donated, problem), "with donated inputs", problem);
  for (int threads : {1, 2, 3}) {
    backend::cpu::set_thread_count(threads);
    expect_equal(first, run(program, graph, one.inputs), "other threads", problem);
  }
  backend::cpu::set_thread_count(0);
  // The same with every value stored, so that nothing is fused away.
  auto open = std::make_shared<Graph>(graph);
  open->outputs.clear();
  for (ValueId v = 0; v < graph.types.size(); ++v) open->outputs.push_back(v);
  seal(*open);
  CpuProgram all(open, none);
  Results values = run(all, *open, one.inputs);
  for (size_t k = 0; k < first.size() && problem.empty(); ++k)
    if (std::string text = differ_in_bits(first[k], values[graph.outputs[k]]); !text.empty())
      problem = cat("result ", k, ", with every value stored: ", text);
  for (size_t n = 0; n < graph.nodes.size() && problem.empty(); ++n)
    // What steps of a loop round differently can end anywhere.
    if (std::string text =
            graph.nodes[n].op->family == Family::control ? "" : check_node(graph, graph.nodes[n], values);
        !text.empty())
      problem = cat("node ", n, ": ", text);
  return problem;
}

}  // namespace

std::string problem_of(const Case& one) {
  try {
    return check(one);
  } catch (const Error& error) {
    return cat("an error: ", error.what());
  }
}

Case smaller(Case one) {
  // One output of a shorter program at a time, as long as the problem stays.
  for (bool again = true; again;) {
    again = false;
    for (ValueId v = one.graph->input_count; v < one.graph->types.size() && !again; ++v) {
      auto shorter = std::make_shared<Graph>(*one.graph);
      shorter->outputs = {v};
      seal(*shorter);
      Case trial{prune(*shorter), one.inputs};
      if (trial.graph->nodes.size() < one.graph->nodes.size() && !problem_of(trial).empty()) {
        one = std::move(trial);
        again = true;
      }
    }
  }
  return one;
}

std::string to_string(const Case& one) {
  std::string text = ir::to_string(*one.graph);
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    text += cat("\ninput ", i, ":");
    std::vector<double> numbers = numbers_of(one.inputs[i]);
    for (size_t k = 0; k < std::min<size_t>(numbers.size(), 12); ++k) text += cat(" ", numbers[k]);
    if (numbers.size() > 12) text += " ...";
  }
  return text;
}

}  // namespace koine::fuzz
