#include "compile/operand.h"

#include "base/dtype_traits.h"

#include <array>

namespace koine::compile {

using namespace ir;

namespace {

Operand constant(const std::byte* element, TypeRef type) {
  Operand result;
  result.type = type;
  result.constant = true;
  const DType whole = type->dtype == DType::uint64 ? DType::uint64 : DType::int64;
  koine::convert(type->dtype, element, DType::float64, reinterpret_cast<std::byte*>(&result.number), 1);
  koine::convert(type->dtype, element, whole, reinterpret_cast<std::byte*>(&result.integer), 1);
  return result;
}

}  // namespace

Operand constant_of(const Number& number, TypeRef type) {
  std::byte element[8] = {};
  if (number.kind() == Kind::floating || number.kind() == Kind::complex) {
    double real = number.real();
    koine::convert(DType::float64, reinterpret_cast<const std::byte*>(&real), type->dtype, element, 1);
  } else {
    int64_t integer = number.integer();
    koine::convert(number.is_unsigned() ? DType::uint64 : DType::int64, reinterpret_cast<const std::byte*>(&integer),
                   type->dtype, element, 1);
  }
  return constant(element, type);
}

Operand computed(const GraphNode& node, std::span<const Operand> in, TypeRef type) {
  struct NoGraphs : GraphRunner {
    void run(const GraphRef&, std::span<const TensorRef>, std::span<const TensorRef>) override {
      throw Error("[fuse] an elementwise op holds no graph");
    }
  } runner;
  std::vector<std::array<std::byte, 8>> numbers(in.size());
  std::vector<TensorRef> tensors;
  for (size_t k = 0; k < in.size(); ++k) {
    const DType dtype = in[k].type->dtype;
    if (is_floating(dtype))
      koine::convert(DType::float64, reinterpret_cast<const std::byte*>(&in[k].number), dtype, numbers[k].data(), 1);
    else
      koine::convert(dtype == DType::uint64 ? DType::uint64 : DType::int64,
                     reinterpret_cast<const std::byte*>(&in[k].integer), dtype, numbers[k].data(), 1);
    tensors.push_back({dtype, {}, numbers[k].data()});
  }
  std::array<std::byte, 8> result{};
  TensorRef out{type->dtype, {}, result.data()};
  node.op->reference({*node.op, node.attrs->data.get(), node.attrs, tensors, {&out, 1}, runner});
  return constant(result.data(), type);
}

}  // namespace koine::compile
