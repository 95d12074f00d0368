#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The scalar language: what the body of an elementwise op is written in. A body is an ordinary generic
/// function; called with `scalar::Value` it records the program that every device lowers.
namespace koine::scalar {

/// The primitives. Their meaning for each class of numbers, edges included, is that of `docs/architecture.md`.
enum class Prim : uint8_t {
  input,
  constant,
  negative,
  absolute,
  sign,
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  remainder,
  power,
  atan2,
  hypot,
  minimum,
  maximum,
  sqrt,
  exp,
  expm1,
  log,
  log1p,
  log2,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  erf,
  floor,
  ceil,
  round,
  trunc,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  bit_and,
  bit_or,
  bit_xor,
  bit_not,
  shift_left,
  shift_right,
  logical_not,
  select,
  is_nan,
  is_inf,
  is_finite,
  real,
  imag,
  conj,
  make_complex
};
inline constexpr int prim_count = static_cast<int>(Prim::make_complex) + 1;
const char* name(Prim prim);
int arity(Prim prim);

struct Instr {
  Prim prim;
  uint8_t a = 0, b = 0, c = 0;  // earlier instructions; for `input` a is the operand
  double number = 0;            // of a constant
};

/// A scalar function in single-assignment form; the last instruction is its result.
struct Program {
  int inputs = 0;
  std::vector<Instr> code;
};
std::string to_string(const Program& program);

/// A scalar under construction.
class Value {
 public:
  Value(Program* program, uint8_t index) : program_(program), index_(index) {}
  Value(double number);  // a constant of the program that is being recorded
  Program* program() const { return program_; }
  uint8_t index() const { return index_; }

 private:
  Program* program_;
  uint8_t index_;
};

Value apply(Prim prim, std::span<const Value> operands);

/// Records a body of N operands once.
template <int N, class F>
Program record(F body);

namespace detail {
void begin(Program* program);
void end(const Value& result);
Value input(int index);
}  // namespace detail

template <int N, class F>
Program record(F body) {
  Program program;
  program.inputs = N;
  detail::begin(&program);
  if constexpr (N == 1)
    detail::end(body(detail::input(0)));
  else if constexpr (N == 2)
    detail::end(body(detail::input(0), detail::input(1)));
  else
    detail::end(body(detail::input(0), detail::input(1), detail::input(2)));
  return program;
}

#define KOINE_SCALAR_1(function, prim)  \
  inline Value function(Value x) {      \
    Value operands[] = {x};             \
    return apply(Prim::prim, operands); \
  }
#define KOINE_SCALAR_2(function, prim)      \
  inline Value function(Value x, Value y) { \
    Value operands[] = {x, y};              \
    return apply(Prim::prim, operands);     \
  }
KOINE_SCALAR_1(operator-, negative)
KOINE_SCALAR_1(abs, absolute)
KOINE_SCALAR_1(sign, sign)
KOINE_SCALAR_2(operator+, add)
KOINE_SCALAR_2(operator-, subtract)
KOINE_SCALAR_2(operator*, multiply)
KOINE_SCALAR_2(operator/, divide)
KOINE_SCALAR_2(floor_divide, floor_divide)
KOINE_SCALAR_2(remainder, remainder)
KOINE_SCALAR_2(pow, power)
KOINE_SCALAR_2(atan2, atan2)
KOINE_SCALAR_2(hypot, hypot)
KOINE_SCALAR_2(min, minimum)
KOINE_SCALAR_2(max, maximum)
KOINE_SCALAR_1(sqrt, sqrt)
KOINE_SCALAR_1(exp, exp)
KOINE_SCALAR_1(expm1, expm1)
KOINE_SCALAR_1(log, log)
KOINE_SCALAR_1(log1p, log1p)
KOINE_SCALAR_1(log2, log2)
KOINE_SCALAR_1(sin, sin)
KOINE_SCALAR_1(cos, cos)
KOINE_SCALAR_1(tan, tan)
KOINE_SCALAR_1(asin, asin)
KOINE_SCALAR_1(acos, acos)
KOINE_SCALAR_1(atan, atan)
KOINE_SCALAR_1(sinh, sinh)
KOINE_SCALAR_1(cosh, cosh)
KOINE_SCALAR_1(tanh, tanh)
KOINE_SCALAR_1(asinh, asinh)
KOINE_SCALAR_1(acosh, acosh)
KOINE_SCALAR_1(atanh, atanh)
KOINE_SCALAR_1(erf, erf)
KOINE_SCALAR_1(floor, floor)
KOINE_SCALAR_1(ceil, ceil)
KOINE_SCALAR_1(round, round)
KOINE_SCALAR_1(trunc, trunc)
KOINE_SCALAR_2(operator==, equal)
KOINE_SCALAR_2(operator!=, not_equal)
KOINE_SCALAR_2(operator<, less)
KOINE_SCALAR_2(operator<=, less_equal)
KOINE_SCALAR_2(operator>, greater)
KOINE_SCALAR_2(operator>=, greater_equal)
KOINE_SCALAR_2(operator&, bit_and)
KOINE_SCALAR_2(operator|, bit_or)
KOINE_SCALAR_2(operator^, bit_xor)
KOINE_SCALAR_1(operator~, bit_not)
KOINE_SCALAR_2(operator<<, shift_left)
KOINE_SCALAR_2(operator>>, shift_right)
KOINE_SCALAR_1(operator!, logical_not)
KOINE_SCALAR_1(is_nan, is_nan)
KOINE_SCALAR_1(is_inf, is_inf)
KOINE_SCALAR_1(is_finite, is_finite)
KOINE_SCALAR_1(real, real)
KOINE_SCALAR_1(imag, imag)
KOINE_SCALAR_1(conj, conj)
KOINE_SCALAR_2(make_complex, make_complex)
#undef KOINE_SCALAR_1
#undef KOINE_SCALAR_2
inline Value select(Value condition, Value yes, Value no) {
  Value operands[] = {condition, yes, no};
  return apply(Prim::select, operands);
}

}  // namespace koine::scalar
