#include "ir/scalar.h"

#include "base/format.h"
#include "base/narrow.h"

#include <koine/error.h>

namespace koine::scalar {

namespace {
struct Row {
  const char* name;
  int arity;
};
constexpr Row rows[prim_count] = {
    {"input", 0},       {"constant", 0},    {"negative", 1},   {"absolute", 1}, {"sign", 1},
    {"add", 2},         {"subtract", 2},    {"multiply", 2},   {"divide", 2},   {"floor_divide", 2},
    {"remainder", 2},   {"power", 2},       {"atan2", 2},      {"hypot", 2},    {"minimum", 2},
    {"maximum", 2},     {"sqrt", 1},        {"exp", 1},        {"expm1", 1},    {"log", 1},
    {"log1p", 1},       {"log2", 1},        {"sin", 1},        {"cos", 1},      {"tan", 1},
    {"asin", 1},        {"acos", 1},        {"atan", 1},       {"sinh", 1},     {"cosh", 1},
    {"tanh", 1},        {"asinh", 1},       {"acosh", 1},      {"atanh", 1},    {"erf", 1},
    {"floor", 1},       {"ceil", 1},        {"round", 1},      {"trunc", 1},    {"equal", 2},
    {"not_equal", 2},   {"less", 2},        {"less_equal", 2}, {"greater", 2},  {"greater_equal", 2},
    {"bit_and", 2},     {"bit_or", 2},      {"bit_xor", 2},    {"bit_not", 1},  {"shift_left", 2},
    {"shift_right", 2}, {"logical_not", 1}, {"select", 3},     {"is_nan", 1},   {"is_inf", 1},
    {"is_finite", 1},   {"real", 1},        {"imag", 1},       {"conj", 1},     {"make_complex", 2}};

thread_local Program* recording = nullptr;

uint8_t push(Program* program, const Instr& instr) {
  if (program->code.size() >= 255) throw Error("[scalar] a scalar body has at most 255 instructions");
  program->code.push_back(instr);
  return narrow<uint8_t>(program->code.size() - 1);
}
}  // namespace

const char* name(Prim prim) { return rows[static_cast<int>(prim)].name; }
int arity(Prim prim) { return rows[static_cast<int>(prim)].arity; }

Value::Value(double number) : program_(recording), index_(push(recording, {Prim::constant, 0, 0, 0, number})) {}

Value apply(Prim prim, std::span<const Value> operands) {
  Instr instr{prim};
  uint8_t* slots[] = {&instr.a, &instr.b, &instr.c};
  for (size_t i = 0; i < operands.size(); ++i) *slots[i] = operands[i].index();
  return {recording, push(recording, instr)};
}

void detail::begin(Program* program) {
  recording = program;
  for (int i = 0; i < program->inputs; ++i) push(program, {Prim::input, static_cast<uint8_t>(i)});
}
Value detail::input(int index) { return {recording, static_cast<uint8_t>(index)}; }
void detail::end(const Value& result) {
  // The result is the last instruction; a body that returns an earlier value is cut there.
  recording->code.resize(static_cast<size_t>(result.index()) + 1);
  recording = nullptr;
}

std::string to_string(const Program& program) {
  std::string text;
  for (size_t i = 0; i < program.code.size(); ++i) {
    const Instr& instr = program.code[i];
    text += cat(i ? "\n" : "", "s", i, " = ", name(instr.prim));
    if (instr.prim == Prim::input) text += cat(" ", int{instr.a});
    if (instr.prim == Prim::constant) text += cat(" ", instr.number);
    const uint8_t slots[] = {instr.a, instr.b, instr.c};
    for (int k = 0; k < arity(instr.prim); ++k) text += cat(k ? ", s" : " s", int{slots[k]});
  }
  return text;
}

}  // namespace koine::scalar
