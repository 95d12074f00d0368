#include "ops/family/control.h"

#include "base/format.h"

#include <algorithm>

namespace koine::ops {

std::vector<ir::TypeRef> input_types(const ir::Graph& graph) {
  return {graph.types.begin(), graph.types.begin() + graph.input_count};
}

std::vector<TypeValue> output_types(const ir::Graph& graph) {
  std::vector<TypeValue> types;
  for (size_t k = 0; k < graph.outputs.size(); ++k)
    types.push_back({graph.output_type(k)->dtype, graph.output_type(k)->shape});
  return types;
}

void check_operands(const TypeInput& in, const ir::Graph& graph) {
  if (in.in.size() != graph.input_count)
    throw ShapeError(cat("its graph takes ", graph.input_count, " operands, got ", in.in.size()));
  for (size_t i = 0; i < in.in.size(); ++i)
    if (in.in[i] != graph.types[i]) {
      const std::string text =
          cat("operand ", i, " should be ", to_string(*graph.types[i]), " but is ", to_string(*in.in[i]));
      if (in.in[i]->dtype != graph.types[i]->dtype) throw DTypeError(text);
      throw ShapeError(text);
    }
}

Mask inexact_mask(std::span<const Array> arrays) {
  Mask mask;
  for (const Array& x : arrays) mask.push_back(is_inexact(x.dtype()));
  return mask;
}

Mask wanted_mask(const RuleInput& node) {
  Mask mask = inexact_mask(node.in);
  for (size_t i = 0; i < node.wanted.size(); ++i) mask[i] &= node.wanted[i];
  return mask;
}

Mask defined_mask(std::span<const Array> arrays) {
  Mask mask;
  for (const Array& x : arrays) mask.push_back(x.defined());
  return mask;
}

Mask without_constants(Mask mask, size_t constants) {
  std::fill_n(mask.begin(), constants, uint8_t{0});
  return mask;
}

void refuse_outside(const char* transform, std::span<const uint8_t> wanted, size_t constants) {
  const auto first = wanted.first(std::min(wanted.size(), constants));
  if (std::find(first.begin(), first.end(), 1) == first.end()) return;
  throw NotDifferentiable(std::string("[") + transform +
                          "] the functions reach an array from outside by which a derivative is asked for, and the "
                          "rule says nothing about it: pass it as an argument");
}

Arrays chosen(std::span<const Array> arrays, std::span<const Array> like, const Mask& mask) {
  Arrays list;
  for (size_t i = 0; i < mask.size(); ++i)
    if (mask[i]) list.push_back(arrays[i].defined() ? arrays[i] : zeros_like(like[i]));
  return list;
}

Arrays spread(std::span<const Array> list, const Mask& mask) {
  Arrays all(mask.size());
  for (size_t i = 0, k = 0; i < mask.size(); ++i)
    if (mask[i]) all[i] = list[k++];
  return all;
}

Arrays concat(std::initializer_list<std::span<const Array>> lists) {
  Arrays all;
  for (std::span<const Array> list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace koine::ops
