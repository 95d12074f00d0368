// strided, broadcast: operands that are views of larger arrays, shared or about to be freed, and of different shapes.
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/array.h>
#include <koine/error.h>
#include <koine/ops.h>

#include <algorithm>

namespace koine::optest {
namespace {

using namespace ir;

/// The operand as every second row of a larger array, pending: a view of memory in another order.
Array strided(const Tensor& tensor) {
  // Of a number the second of two; of other operands rows are doubled along the first axis.
  const bool number = tensor.shape.empty();
  Array twice = to_array(stacked({tensor, tensor}));
  Shape wide(tensor.shape);
  if (number)
    wide = {2};
  else
    wide[0] = wide[0] * 2;
  Array x = reshape(number ? twice : moveaxis(twice, 0, 1), {.shape = wide});
  for (int i = 0; i < 2; ++i) x = transpose(x);
  Ints starts(wide.size(), 0), stops, steps(wide.size(), 1);
  for (Dim size : wide) stops.push_back(size.value());
  starts[0] = number ? 1 : 0;
  steps[0] = 2;
  x = slice(x, {.starts = starts, .stops = stops, .steps = steps});
  return number ? reshape(x, {.shape = {}}) : x;
}

TEST_CASE("strided: results do not depend on where operands come from, and operands stay as they are") {
  for_each_op(Cell::strided, [](const OpSpec& op) {
    for (const Call& call : calls_of(op)) {
      expect(describe(call), [&]() -> std::string {
        const Tensors want = apply(call);
        Arrays views, kept;
        for (const Tensor& operand : call.in) views.push_back(strided(operand));
        if (std::string text = difference(read(apply(op, call.attrs.get(), views)), want, 0); !text.empty())
          return "of views: " + text;
        if (std::string text = difference(read(views), call.in, 0); !text.empty())
          return "changed its operand: " + text;
        // Operands that nobody else holds may be overwritten by the result.
        Arrays result;
        {
          Arrays last;
          for (const Tensor& operand : call.in) last.push_back(strided(operand));
          result = apply(op, call.attrs.get(), last);
        }
        if (std::string text = difference(read(result), want, 0); !text.empty()) return "of last references: " + text;
        {
          Arrays last;
          for (const Tensor& operand : call.in) last.push_back(to_array(operand));
          result = apply(op, call.attrs.get(), last);
        }
        if (std::string text = difference(read(result), want, 0); !text.empty()) return "of given operands: " + text;
        for (const Tensor& operand : call.in) kept.push_back(to_array(operand));
        result = apply(op, call.attrs.get(), kept);
        if (std::string text = difference(read(result), want, 0); !text.empty()) return "of kept operands: " + text;
        return difference(read(kept), call.in, 0);
      });
      // One array in several places.
      for (size_t i = 1; i < call.in.size(); ++i) {
        if (call.in[i].dtype != call.in[0].dtype || call.in[i].shape != call.in[0].shape) continue;
        expect(describe(call) + ", one array twice", [&]() -> std::string {
          Call twice = call;
          twice.in[i] = twice.in[0];
          Arrays shared;
          for (const Tensor& operand : twice.in) shared.push_back(to_array(operand));
          shared[i] = shared[0];
          return difference(read(apply(op, call.attrs.get(), shared)), apply(twice), 0);
        });
      }
    }
  });
}

/// The tensor repeated to a shape that it broadcasts to, element by element.
Tensor repeated(const Tensor& tensor, const std::vector<int64_t>& shape) {
  const Numbers values = numbers(tensor);
  Numbers result(1);
  for (int64_t n : shape) result.resize(result.size() * static_cast<size_t>(n));
  for (size_t i = 0; i < result.size(); ++i) {
    size_t rest = i, at = 0, step = 1;
    for (size_t d = shape.size(), own = tensor.shape.size(); d-- > 0;) {
      const size_t index = rest % static_cast<size_t>(shape[d]);
      rest /= static_cast<size_t>(shape[d]);
      if (own == 0) continue;
      --own;
      if (tensor.shape[own] != 1) at += index * step;
      step *= static_cast<size_t>(tensor.shape[own]);
    }
    result[i] = values[at];
  }
  return tensor_of(tensor.dtype, shape, result);
}

TEST_CASE("broadcast: operands of every pair of shapes are repeated to their common shape") {
  const std::vector<std::vector<int64_t>> shapes{{},     {1},       {3},       {2, 1},      {2, 3},
                                                 {1, 3}, {2, 1, 3}, {2, 1, 1}, {1, 1, 1, 1}};
  for_each_op(Cell::broadcast, [&](const OpSpec& op) {
    const Sample sample = op.samples()[0];
    const size_t n = sample.in.size();
    for (size_t first = 0; first < n; ++first)
      for (size_t second = 0; second < n; ++second) {
        if (first == second) continue;
        for (const auto& a : shapes)
          for (const auto& b : shapes) {
            Call call{&op, copy_attrs(op, sample.attrs->data.get()), {}};
            for (size_t i = 0; i < n; ++i) {
              SampleInput operand = sample.in[i];
              operand.shape = i == first ? Shape(a) : i == second ? Shape(b) : Shape();
              call.in.push_back(draw_operand(operand, 7 * i + 1));
            }
            Call whole = call;
            std::vector<int64_t> common;
            const Shape joined = koine::broadcast(Shape(a), Shape(b));
            for (Dim size : joined) common.push_back(size.value());
            for (Tensor& operand : whole.in) operand = repeated(operand, common);
            expect(describe(call), [&] { return difference(apply(call), apply(whole), 0); });
          }
        // Sizes that do not fit are refused, in every axis.
        for (const auto& [a, b] : {std::pair<Shape, Shape>{{2}, {3}}, {{2, 3}, {3, 3}}, {{4, 2}, {4, 3}}}) {
          std::vector<TypeRef> types;
          for (size_t i = 0; i < n; ++i)
            types.push_back(intern_type(sample.in[i].dtype, i == first ? a : i == second ? b : Shape()));
          expect("shapes that do not fit", [&]() -> std::string {
            try {
              types_after(op, sample.attrs->data.get(), types);
            } catch (const ShapeError&) {
              return "";
            }
            return "were accepted";
          });
        }
      }
  });
}

}  // namespace
}  // namespace koine::optest
