#include "compile/parts.h"

#include "base/narrow.h"
#include "compile/lower.h"

#include <algorithm>
#include <cmath>

namespace koine::compile {

using namespace ir;

namespace {

constexpr size_t most_boxes = 16;  // of a value

bool is_zero(const Number& number) {
  return number.real() == 0 && number.imag() == 0 && !std::signbit(number.real()) && !std::signbit(number.imag());
}
bool is_zero(const Operand& operand) {
  return operand.constant && operand.integer == 0 && operand.number == 0 && !std::signbit(operand.number);
}

bool are_apart(const Box& a, const Box& b) {
  for (size_t d = 0; d < a.start.size(); ++d) {
    int64_t low = std::max(a.start[d], b.start[d]);
    if (a.start[d] + (a.size[d] - 1) * a.steps[d] < low || b.start[d] + (b.size[d] - 1) * b.steps[d] < low) return true;
    if (a.steps[d] == b.steps[d] && (a.start[d] - b.start[d]) % a.steps[d] != 0) return true;
  }
  return false;
}

bool is_apart(const Box& box, const Parts& parts) {
  return std::all_of(parts.boxes.begin(), parts.boxes.end(), [&](const Box& other) { return are_apart(box, other); });
}

}  // namespace

bool Parts::have_one_size() const {
  return std::all_of(boxes.begin(), boxes.end(), [&](const Box& box) { return box.size == boxes[0].size; });
}

int64_t Parts::count() const {
  int64_t n = 0;
  for (const Box& box : boxes) n += box.from.type->count;
  return n;
}

std::optional<Parts> parts_of(const IndexMap& map, TypeRef type, std::span<const Operand> operands) {
  if (!is_lowered(type->dtype) || type->count == 0) return {};
  Parts parts;
  for (const MapPiece& piece : map.pieces) {
    const Operand& operand = operands[static_cast<size_t>(piece.operand)];
    Box box{{}, {}, piece.steps, operand};
    box.steps.resize(type->shape.size(), 1);
    for (Dim d : piece.start) box.start.push_back(d.value());
    for (Dim d : piece.size) box.size.push_back(d.value());
    box.from.type = intern_type(type->dtype, piece.size);
    if (box.from.type->count == 0) continue;
    if (!is_apart(box, parts)) return {};
    if (is_zero(operand)) continue;
    if (!operand.constant && !through(operand.view, operand.type->shape, piece, box.from.view)) return {};
    if (parts.boxes.size() == most_boxes) return {};
    parts.boxes.push_back(std::move(box));
  }
  if (parts.boxes.empty()) return {};
  if (parts.count() != type->count && !is_zero(map.fill)) return {};
  return parts;
}

std::optional<Parts> sum_of(std::span<const Parts* const> terms, const OpSpec& sum) {
  Parts parts;
  parts.sum = &sum;
  for (const Parts* term : terms)
    for (const Box& box : term->boxes) {
      if (!is_apart(box, parts)) return {};
      parts.boxes.push_back(box);
    }
  if (parts.boxes.size() > most_boxes || !parts.have_one_size()) return {};
  return parts;
}

bool add_parts(Group& group, const Parts& parts, ValueId v, std::vector<TypeRef>& types) {
  const Ints strides = dense_strides(types[v]->shape);
  for (const Box& box : parts.boxes) {
    Operand in = box.from;
    const TypeRef type = in.type;
    if (parts.sum) {
      // With nothing added a zero would keep its sign.
      auto fresh = narrow<ValueId>(types.size());
      types.push_back(type);
      if (!group.add_elementwise(*parts.sum, {in, {.type = type, .constant = true}}, type->shape, type, fresh,
                                 parts.node))
        return false;
      in = {.view = {fresh, 0, dense_strides(type->shape)}, .type = type};
    }
    int64_t offset = 0;
    Ints apart = strides;
    for (size_t d = 0; d < strides.size(); ++d) {
      offset += box.start[d] * strides[d];
      apart[d] *= box.steps[d];
    }
    if (!group.add_part(in, type->shape, offset, apart, v, parts.node)) return false;
  }
  return true;
}

}  // namespace koine::compile
