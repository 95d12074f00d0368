#include "ops/harness.h"

#include "base/dtype_traits.h"
#include "base/hash.h"
#include "ir/attrs.h"
#include "ops/family/op.h"

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string_view>

namespace koine::optest {

using namespace ir;

namespace {

// Uniform in [0, 1): a mixed counter, so that an element depends on its seed and place only.
double uniform(uint64_t seed, uint64_t place) {
  uint64_t bits = hash_combine(hash_combine(0x6b6f696e65, seed), place);
  bits ^= bits >> 33;
  bits *= 0xff51afd7ed558ccdu;
  bits ^= bits >> 29;
  bits *= 0xc4ceb9fe1a85ec53u;
  bits ^= bits >> 32;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

uint64_t seed_of(const char* name) { return hash_bytes(name, std::strlen(name)); }

std::vector<int64_t> sizes_of(const Shape& shape) {
  std::vector<int64_t> sizes;
  for (Dim size : shape) sizes.push_back(size.value());
  return sizes;
}

DType wide_dtype(DType dtype) { return is_complex(dtype) ? complex128 : is_floating(dtype) ? float64 : dtype; }

/// A pair is a complex number.
Number number_value(const nlohmann::json& json) {
  if (json.is_array()) return Number::complex(json.at(0).get<double>(), json.at(1).get<double>());
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_float()) return json.get<double>();
  return json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX ? Number(json.get<uint64_t>())
                                                                       : Number(json.get<int64_t>());
}

AttrValue attr_value(const AttrField& field, const void* attrs, const nlohmann::json& json) {
  if (std::holds_alternative<Number>(field.get(attrs))) return number_value(json);
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_array()) return json.get<Ints>();
  const auto text = json.get<std::string>();
  if (std::holds_alternative<DType>(field.get(attrs))) return dtype_from_name(text);
  return text;
}

template <class F>
void change_dtypes(const OpSpec& op, void* attrs, F&& change) {
  for (const AttrField& field : op.attrs.fields) {
    AttrValue value = field.get(attrs);
    if (auto* dtype = std::get_if<DType>(&value)) field.set(attrs, change(*dtype));
  }
}

}  // namespace

int64_t count(const Tensor& tensor) {
  return std::accumulate(tensor.shape.begin(), tensor.shape.end(), int64_t{1}, std::multiplies<>());
}

Array to_array(const Tensor& tensor) { return from_bytes(tensor.dtype, Shape(tensor.shape), tensor.bytes.data()); }

Tensor read(const Array& array) {
  const std::byte* data = array.data();
  Tensor tensor{array.dtype(), sizes_of(array.shape()), {}};
  tensor.bytes.assign(data, data + optest::count(tensor) * static_cast<int64_t>(size_of(tensor.dtype)));
  return tensor;
}

Tensors read(const Arrays& arrays) {
  Tensors tensors;
  for (const Array& array : arrays) tensors.push_back(read(array));
  return tensors;
}

Tensor converted(const Tensor& tensor, DType dtype) {
  Tensor result{dtype, tensor.shape, std::vector<std::byte>(static_cast<size_t>(count(tensor)) * size_of(dtype))};
  convert(tensor.dtype, tensor.bytes.data(), dtype, result.bytes.data(), count(tensor));
  return result;
}

Numbers numbers(const Tensor& tensor) {
  Tensor wide = converted(tensor, complex128);
  Numbers values(static_cast<size_t>(count(tensor)));
  if (!values.empty()) std::memcpy(values.data(), wide.bytes.data(), wide.bytes.size());
  return values;
}

Tensor tensor_of(DType dtype, std::vector<int64_t> shape, const Numbers& values) {
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  return converted({complex128, std::move(shape), {bytes, bytes + values.size() * sizeof(values[0])}}, dtype);
}

Tensor draw_operand(const SampleInput& input, uint64_t seed, uint64_t draw) {
  std::vector<int64_t> shape = sizes_of(input.shape);
  Numbers values(static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>())));
  for (size_t i = 0; i < values.size(); ++i) {
    if (!input.values.empty()) {
      values[i] = input.values[(i + draw) % input.values.size()];
      continue;
    }
    auto pick = [&](uint64_t place) {
      double number = input.low + (input.high - input.low) * uniform(hash_combine(seed, draw), place);
      return is_inexact(input.dtype) ? number : std::floor(number);
    };
    values[i] = {pick(2 * i), is_complex(input.dtype) ? pick(2 * i + 1) : 0};
    if (is_bool(input.dtype)) values[i] = uniform(hash_combine(seed, draw), i) < 0.5 ? 0 : 1;
  }
  return tensor_of(input.dtype, std::move(shape), values);
}

Tensor draw_direction(DType dtype, const std::vector<int64_t>& shape, uint64_t seed) {
  return draw_operand({Shape(shape), dtype, -1, 1, {}}, hash_combine(seed, 77));
}

std::shared_ptr<void> attrs_from(const OpSpec& op, const nlohmann::json& json) {
  std::shared_ptr<void> attrs = op.attrs.make ? op.attrs.make() : nullptr;
  for (const auto& [name, value] : json.items()) {
    bool found = false;
    for (const AttrField& field : op.attrs.fields) {
      if (name != field.name) continue;
      field.set(attrs.get(), attr_value(field, attrs.get(), value));
      found = true;
    }
    if (!found) throw ValueError("the op has no attribute " + name);
  }
  return attrs;
}

std::shared_ptr<void> copy_attrs(const OpSpec& op, const void* attrs) { return attrs ? op.attrs.copy(attrs) : nullptr; }

std::vector<Call> calls_of(const OpSpec& op, uint64_t draw) {
  std::vector<Call> calls;
  for (const Sample& sample : op.samples()) {
    Call call{&op, copy_attrs(op, sample.attrs->data.get()), {}};
    uint64_t seed = hash_combine(seed_of(op.name), calls.size());
    for (const SampleInput& input : sample.in)
      call.in.push_back(draw_operand(input, hash_combine(seed, call.in.size()), draw));
    calls.push_back(std::move(call));
  }
  return calls;
}

namespace {
// Graphs have the dtypes that they were made with.
bool holds_graphs(const OpSpec& op, const void* attrs) {
  for (const AttrField& field : op.attrs.fields)
    if (std::holds_alternative<Graphs>(field.get(attrs))) return true;
  return false;
}
}  // namespace

Call widened(const Call& call) {
  if (holds_graphs(*call.op, call.attrs.get())) return call;
  Call wide{call.op, copy_attrs(*call.op, call.attrs.get()), {}};
  change_dtypes(*call.op, wide.attrs.get(), wide_dtype);
  for (const Tensor& operand : call.in) wide.in.push_back(converted(operand, wide_dtype(operand.dtype)));
  return wide;
}

Call made_complex(const Call& call, uint64_t seed) {
  if (holds_graphs(*call.op, call.attrs.get())) return {};
  Call result = widened(call);
  bool any = false;
  for (size_t i = 0; i < result.in.size(); ++i) {
    Tensor& operand = result.in[i];
    if (operand.dtype != float64) continue;
    any = true;
    Numbers values = numbers(operand), other = values;
    // The imaginary parts are of the same range: other numbers of the same operand, shrunk a little.
    for (size_t k = 0; k < values.size(); ++k) {
      double scale = 0.4 + 0.5 * uniform(hash_combine(seed, i), k);
      values[k] = {other[k].real(), scale * other[(k + 1) % other.size()].real()};
    }
    operand = tensor_of(complex128, operand.shape, values);
  }
  return any ? result : Call();
}

std::vector<Call> smooth_calls(const OpSpec& op, uint64_t draw) {
  std::vector<Call> calls;
  for (const Call& call : calls_of(op, draw)) calls.push_back(widened(call));
  for (size_t i = 0, n = calls.size(); i < n; ++i) {
    Call complex = made_complex(calls[i], i);
    if (!complex.op) continue;
    try {
      types_after(op, complex.attrs.get(), types_of(complex.in));
    } catch (const DTypeError&) {
      continue;
    }
    calls.push_back(std::move(complex));
  }
  return calls;
}

Arrays apply(const OpSpec& op, const void* attrs, std::span<const Array> in) {
  std::vector<Arg> args(in.begin(), in.end());
  std::shared_ptr<void> own = copy_attrs(op, attrs);
  return ops::invoke(op, args, own.get());
}

Tensors apply(const Call& call) {
  Arrays in;
  for (const Tensor& operand : call.in) in.push_back(to_array(operand));
  return read(apply(*call.op, call.attrs.get(), in));
}

std::vector<TypeRef> types_of(const Tensors& tensors) {
  std::vector<TypeRef> types;
  for (const Tensor& tensor : tensors) types.push_back(intern_type(tensor.dtype, Shape(tensor.shape)));
  return types;
}

std::vector<TypeRef> types_after(const OpSpec& op, const void* attrs, std::span<const TypeRef> in) {
  Arrays operands;
  for (TypeRef type : in) operands.push_back(make_placeholder(type, "a test", {}));
  std::vector<TypeRef> types;
  for (const Array& output : apply(op, attrs, operands)) types.push_back(type_of(output));
  return types;
}

GraphRef graph_of(const OpSpec& op, const void* attrs, std::span<const TypeRef> types) {
  Captured captured = trace(types, "a test", {}, [&](std::span<const Array> in) { return apply(op, attrs, in); });
  if (!captured.outside.empty()) throw Error("the call reaches arrays that are not its operands");
  return captured.graph;
}

GraphRef graph_of(const Call& call) { return graph_of(*call.op, call.attrs.get(), types_of(call.in)); }

Tensors run(const GraphRef& graph, const Tensors& in) {
  Arrays arrays;
  for (const Tensor& tensor : in) arrays.push_back(to_array(tensor));
  return read(replay(*graph, arrays));
}

Tensor stacked(const Tensors& parts) {
  Tensor result{parts[0].dtype, parts[0].shape, {}};
  result.shape.insert(result.shape.begin(), static_cast<int64_t>(parts.size()));
  for (const Tensor& tensor : parts) result.bytes.insert(result.bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
  return result;
}

Tensor part(const Tensor& stack, int64_t b) {
  Tensor result{stack.dtype, {stack.shape.begin() + 1, stack.shape.end()}, {}};
  auto bytes = static_cast<std::ptrdiff_t>(stack.bytes.size()) / stack.shape[0];
  result.bytes.assign(stack.bytes.begin() + b * bytes, stack.bytes.begin() + (b + 1) * bytes);
  return result;
}

Mask inexact_mask(const Tensors& tensors) {
  Mask mask;
  for (const Tensor& tensor : tensors) mask.push_back(is_inexact(tensor.dtype));
  return mask;
}

Mask inexact_outputs(const Graph& graph) {
  Mask mask;
  for (size_t k = 0; k < graph.outputs.size(); ++k) mask.push_back(is_inexact(graph.output_type(k)->dtype));
  return mask;
}

std::string difference(const Tensor& got, const Tensor& want, double tolerance) {
  if (got.dtype != want.dtype || got.shape != want.shape)
    return to_string(*intern_type(got.dtype, Shape(got.shape))) + " instead of " +
           to_string(*intern_type(want.dtype, Shape(want.shape)));
  if (tolerance == 0 || !is_inexact(got.dtype))
    return oracle::differ(got.dtype, got.shape, got.bytes.data(), want.bytes.data(), {.bounded = tolerance > 0});
  double scale = 1;
  for (std::complex<double> value : numbers(want))
    if (std::isfinite(std::abs(value))) scale = std::max(scale, std::abs(value));
  return oracle::differ(got.dtype, got.shape, got.bytes.data(), want.bytes.data(),
                        {.bounded = true, .abs = tolerance * scale});
}

std::string difference(const Tensors& got, const Tensors& want, double tolerance) {
  if (got.size() != want.size())
    return std::to_string(got.size()) + " arrays instead of " + std::to_string(want.size());
  for (size_t k = 0; k < got.size(); ++k)
    if (std::string text = difference(got[k], want[k], tolerance); !text.empty())
      return "result " + std::to_string(k) + ": " + text;
  return "";
}

std::string describe(const Call& call) {
  std::string text = std::string(call.op->name) + "(";
  if (call.attrs) text += "{" + to_string(intern_attrs(*call.op, call.attrs.get()).get()) + "}";
  text += ") on";
  for (TypeRef type : types_of(call.in)) text += " " + to_string(*type);
  return text;
}

}  // namespace koine::optest
