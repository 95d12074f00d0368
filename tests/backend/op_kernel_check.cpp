#include "backend/op_kernel_check.h"

#include "backend/cpu/kernel.h"
#include "backend/cpu/pool.h"
#include "base/dtype_traits.h"
#include "ir/graph.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace koine::backend::cpu {

namespace {

struct NoGraphs : ir::GraphRunner {
  void run(const ir::GraphRef&, std::span<const ir::TensorRef>, std::span<const ir::TensorRef>) override {
    FAIL("the kernel holds no graph");
  }
};

std::vector<double> values_of(DType dtype, const std::byte* data, int64_t count) {
  std::vector<double> values(static_cast<size_t>(count));
  load_wide(dtype, data, count, values.data());
  return values;
}

const OpKernel* kernel_of(const char* op) {
  for (const OpKernel& kernel : op_kernels())
    if (std::strcmp(kernel.op, op) == 0) return &kernel;
  return nullptr;
}

}  // namespace

bool check_op_kernel(const char* name, const NamedAttrs& given, DType dtype, const Shapes& shapes, double tolerance) {
  const ir::OpSpec& op = *ir::find_op(name);
  std::vector<ir::TypeRef> in_types;
  for (const auto& shape : shapes) in_types.push_back(ir::intern_type(dtype, Shape(shape.begin(), shape.end())));
  std::shared_ptr<void> attrs = op.attrs.make ? op.attrs.make() : nullptr;
  for (const auto& [key, value] : given)
    for (const ir::AttrField& field : op.attrs.fields)
      if (key == field.name) field.set(attrs.get(), value);
  ir::TypeInput types{op, in_types, attrs.get()};
  if (op.normalize) op.normalize(attrs.get(), types);
  ir::TypeValue value = op.infer(types)[0];
  ir::TypeRef out_type = ir::intern_type(value.dtype, value.shape);

  const OpKernel* maker = kernel_of(name);
  auto kernel = maker ? maker->make({op, attrs.get(), in_types, {&out_type, 1}}) : nullptr;
  if (!kernel) return false;
  CAPTURE(ir::to_string(*in_types[0]));
  CAPTURE(ir::to_string(*in_types[1]));

  std::mt19937 random(1);
  auto bytes_of = [](ir::TypeRef type) { return type->count * static_cast<int64_t>(size_of(type->dtype)); };
  auto tensor = [](ir::TypeRef type, std::byte* data) {
    ir::TensorRef t{type->dtype, {}, data};
    for (Dim d : type->shape) t.shape.push_back(d.value());
    return t;
  };
  std::vector<ir::BufferRef> buffers;
  std::vector<ir::TensorRef> in;
  std::vector<const std::byte*> addresses;
  for (ir::TypeRef type : in_types) {
    buffers.push_back(ir::Buffer::allocate(bytes_of(type)));
    std::vector<double> numbers(static_cast<size_t>(type->count));
    for (double& x : numbers) x = std::uniform_real_distribution<double>(-1, 1)(random);
    store_wide(dtype, numbers.data(), type->count, buffers.back()->data());
    in.push_back(tensor(type, buffers.back()->data()));
    addresses.push_back(buffers.back()->data());
  }
  const int64_t bytes = bytes_of(out_type), count = out_type->count;
  auto wanted = ir::Buffer::allocate(bytes), got = ir::Buffer::allocate(bytes),
       scratch = ir::Buffer::allocate(kernel->scratch_bytes());
  ir::TensorRef out = tensor(out_type, wanted->data());
  NoGraphs runner;
  op.reference({op, attrs.get(), ir::intern_attrs(op, attrs.get()), in, {&out, 1}, runner});

  std::vector<std::byte> first;
  for (int threads : {1, 2, 3}) {
    set_thread_count(threads);
    std::memset(got->data(), 0xff, static_cast<size_t>(bytes));
    std::byte* address = got->data();
    kernel->run(addresses, {&address, 1}, scratch->data());
    std::vector<std::byte> bits(got->data(), got->data() + bytes);
    if (first.empty()) first = bits;
    CHECK_MESSAGE(bits == first, "other bits with ", threads, " threads");
  }
  set_thread_count(0);

  std::vector<double> expected = values_of(value.dtype, wanted->data(), count),
                      found = values_of(value.dtype, got->data(), count);
  double largest = 1e-30, off = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    double d = std::abs(expected[i] - found[i]);
    off = d >= off ? d : std::isnan(d) ? INFINITY : off;
  }
  CHECK(off <= tolerance * largest);
  return true;
}

}  // namespace koine::backend::cpu
