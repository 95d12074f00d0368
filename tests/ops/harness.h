// What the generated tests of every op share: sampled calls, their graphs, numbers, and the count of cells.
#pragma once

#include "ir/graph.h"
#include "ir/op_spec.h"
#include "oracle/reader.h"
#include "transform/transforms.h"

#include <complex>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace koine::optest {

using oracle::Tensor;
using Tensors = std::vector<Tensor>;
/// Elements of an array as complex numbers, whatever its dtype.
using Numbers = std::vector<std::complex<double>>;
using transform::Mask;

/// A call of an op: its attributes as the user gives them (null without any), and its operands.
struct Call {
  const ir::OpSpec* op = nullptr;
  std::shared_ptr<void> attrs;
  Tensors in;
};

/// The samples of an op with operands drawn from a counter. Another `draw` gives other values.
std::vector<Call> calls_of(const ir::OpSpec& op, uint64_t draw = 0);
/// Uniform values as the sample describes them; given values are repeated, shifted by `draw`.
Tensor draw_operand(const ir::SampleInput& input, uint64_t seed, uint64_t draw = 0);
/// Uniform in [-1, 1), of complex numbers in both parts; a generator that depends on the seed alone.
Tensor draw_direction(DType dtype, const std::vector<int64_t>& shape, uint64_t seed);

/// A copy of the call in float64 and complex128: operands and attributes that name an inexact dtype.
Call widened(const Call& call);
/// The same, with its real operands made complex, or nothing when it has none.
Call made_complex(const Call& call, uint64_t seed);
/// The calls that derivatives are tested on: every sample in float64, and in complex128 where the op takes it.
std::vector<Call> smooth_calls(const ir::OpSpec& op, uint64_t draw = 0);

/// Attributes by name, as tests write them; the others at their defaults. Throws ValueError for an unknown name.
std::shared_ptr<void> attrs_from(const ir::OpSpec& op, const nlohmann::json& json);
std::shared_ptr<void> copy_attrs(const ir::OpSpec& op, const void* attrs);
/// The call as a user makes it: promotion, normalisation, inference, recording. `attrs` stays as it is.
ir::Arrays apply(const ir::OpSpec& op, const void* attrs, std::span<const Array> in);
/// The call on values, evaluated.
Tensors apply(const Call& call);
/// What the call gives for operand types, which may be symbolic. Throws what the call throws.
std::vector<ir::TypeRef> types_after(const ir::OpSpec& op, const void* attrs, std::span<const ir::TypeRef> in);

std::vector<ir::TypeRef> types_of(const Tensors& tensors);
/// The call as a graph of its operands.
ir::GraphRef graph_of(const ir::OpSpec& op, const void* attrs, std::span<const ir::TypeRef> types);
ir::GraphRef graph_of(const Call& call);
/// The graph on values, evaluated.
Tensors run(const ir::GraphRef& graph, const Tensors& in);

Array to_array(const Tensor& tensor);
Tensor read(const Array& array);
Tensors read(const ir::Arrays& arrays);
int64_t count(const Tensor& tensor);
Numbers numbers(const Tensor& tensor);
Tensor tensor_of(DType dtype, std::vector<int64_t> shape, const Numbers& values);
/// The elements of another dtype, by the cast of the language.
Tensor converted(const Tensor& tensor, DType dtype);
/// Arrays of one type along a new first axis, and the b-th of them.
Tensor stacked(const Tensors& parts);
Tensor part(const Tensor& stack, int64_t b);
Mask inexact_mask(const Tensors& tensors);
Mask inexact_outputs(const ir::Graph& graph);

/// "" when dtype and shape are equal and every element is within `tolerance` of the larger of 1 and the largest
/// magnitude, else what differs. A tolerance of 0 asks for equal values.
std::string difference(const Tensor& got, const Tensor& want, double tolerance);
std::string difference(const Tensors& got, const Tensors& want, double tolerance);

/// The ops to test: all, or those that the environment variable KOINE_TEST_OP names, separated by commas.
std::vector<const ir::OpSpec*> tested_ops();

/// Runs the body for every op of which this kind of test is not left out, with the op named in failures. The body
/// has to expect something. An exemption that is not true of the op fails.
void for_each_op(ir::Cell cell, const std::function<void(const ir::OpSpec&)>& body);
/// Counts a check of the running cell; it fails with the text of the problem unless that is empty.
void expect(const std::string& problem);
/// The same for a check that may throw: an exception is a problem.
void expect(const std::string& what, const std::function<std::string()>& check);

/// "tanh({axis=1}) on float32[2, 3], int64[4]"
std::string describe(const Call& call);

}  // namespace koine::optest
