#include "compile/lower.h"
#include "base/narrow.h"

#include <cmath>
#include <limits>

namespace koine::compile {

using scalar::Prim;

namespace {

uint16_t push(std::vector<Instr>& code, Instr instr) {
  code.push_back(instr);
  return narrow<uint16_t>(code.size() - 1);
}

/// The least and the greatest number of a dtype: what a maximum or minimum starts from.
void extreme(Instr& instr, bool least) {
  double inf = std::numeric_limits<double>::infinity();
  instr.number = least ? -inf : inf;
  if (is_floating(instr.dtype)) return;
  if (is_bool(instr.dtype)) return void(instr.integer = !least);
  int bits = bits_of(instr.dtype);
  if (is_unsigned_integer(instr.dtype))
    instr.integer = least ? 0 : static_cast<int64_t>(bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1);
  else
    instr.integer = least ? INT64_MIN >> (64 - bits) : INT64_MAX >> (64 - bits);
}

}  // namespace

bool is_test(Prim prim) {
  switch (prim) {
    case Prim::equal:
    case Prim::not_equal:
    case Prim::less:
    case Prim::less_equal:
    case Prim::greater:
    case Prim::greater_equal:
    case Prim::logical_not:
    case Prim::is_nan:
    case Prim::is_inf:
    case Prim::is_finite:
      return true;
    default:
      return false;
  }
}

bool is_lowered(DType dtype) { return !is_complex(dtype); }

DType computed_in(DType dtype) { return dtype == DType::float16 || dtype == DType::bfloat16 ? DType::float32 : dtype; }

uint16_t lower_constant(std::vector<Instr>& code, DType dtype, double number, int64_t integer) {
  Instr instr{Action::constant, dtype, false};
  instr.number = number;
  instr.integer = integer;
  return push(code, instr);
}

uint16_t lower_convert(std::vector<Instr>& code, uint16_t value, DType to) {
  if (code[value].dtype == to) return value;
  Instr instr{Action::convert, to, false};
  instr.a = value;
  return push(code, instr);
}

uint16_t lower_body(std::vector<Instr>& code, const scalar::Program& body, std::span<const uint16_t> operands,
                    DType out) {
  // Constants have the type of the operands; that of `select` is the chosen ones'.
  DType wide = computed_in(code[operands.back()].dtype);
  std::vector<uint16_t> values;
  for (const scalar::Instr& from : body.code) {
    if (from.prim == Prim::input) {
      values.push_back(operands[from.a]);
      continue;
    }
    if (from.prim == Prim::constant) {
      values.push_back(lower_constant(code, wide, from.number, static_cast<int64_t>(from.number)));
      continue;
    }
    Instr instr{Action::compute, wide, false};
    instr.prim = from.prim;
    instr.a = values[from.a];
    const int arity = scalar::arity(from.prim);
    if (arity > 1) instr.b = values[from.b];
    if (arity > 2) instr.c = values[from.c];
    // What a test gives counts as a number where it meets one.
    auto meet = [&](uint16_t& x, uint16_t& y) {
      DType left = computed_in(code[x].dtype), right = computed_in(code[y].dtype);
      if (left == right) return left;
      if (is_bool(left)) x = lower_convert(code, x, right);
      if (is_bool(right)) y = lower_convert(code, y, left);
      return is_bool(left) ? right : left;
    };
    if (from.prim == Prim::select)
      instr.dtype = meet(instr.b, instr.c);
    else
      instr.dtype = arity > 1 ? meet(instr.a, instr.b) : computed_in(code[instr.a].dtype);
    // Of real numbers.
    if (from.prim == Prim::real || from.prim == Prim::conj) {
      values.push_back(instr.a);
      continue;
    }
    if (from.prim == Prim::imag) {
      values.push_back(lower_constant(code, instr.dtype, 0, 0));
      continue;
    }
    if (is_test(from.prim)) instr.dtype = DType::bool_;
    values.push_back(push(code, instr));
  }
  return lower_convert(code, values.back(), out);
}

namespace {

/// The primitive that a body of two operands is, or Prim::input when it is more or less.
Prim only_prim(const scalar::Program& body) {
  const std::vector<scalar::Instr>& code = body.code;
  bool plain = code.size() == 3 && code[0].prim == Prim::input && code[1].prim == Prim::input && code[0].a == 0 &&
               code[1].a == 1 && code[2].a == 0 && code[2].b == 1;
  return plain ? code[2].prim : Prim::input;
}

}  // namespace

bool is_neutral(const scalar::Program& body, size_t k, DType dtype, double number) {
  if (is_bool(dtype)) return false;
  switch (only_prim(body)) {
    case Prim::multiply:
      return number == 1;
    case Prim::divide:
      return k == 1 && number == 1;
    case Prim::subtract:
      return k == 1 && number == 0 && !std::signbit(number);
    case Prim::add:
      // x + 0 is not x when x is -0; x + -0 is.
      return number == 0 && (std::signbit(number) || !is_floating(dtype));
    default:
      return false;
  }
}

bool is_exact(const scalar::Program& body) {
  size_t inputs = 0;
  while (inputs < body.code.size() && body.code[inputs].prim == Prim::input) ++inputs;
  if (inputs == 0 || body.code.size() > inputs + 1) return false;
  if (body.code.size() == inputs) return true;  // a cast
  Prim prim = body.code.back().prim;
  switch (prim) {
    case Prim::negative:
    case Prim::absolute:
    case Prim::add:
    case Prim::subtract:
    case Prim::multiply:
    case Prim::divide:
    case Prim::minimum:
    case Prim::maximum:
    case Prim::sqrt:
    case Prim::floor:
    case Prim::ceil:
    case Prim::trunc:
      return true;
    default:
      return is_test(prim);
  }
}

Prim monoid_of(const scalar::Program& combine) {
  switch (Prim prim = only_prim(combine)) {
    case Prim::add:
    case Prim::multiply:
    case Prim::minimum:
    case Prim::maximum:
    case Prim::bit_and:
    case Prim::bit_or:
      return prim;
    default:
      return Prim::input;
  }
}

uint16_t lower_fold(std::vector<Instr>& code, Prim prim, uint16_t value) {
  DType out = code[value].dtype;
  Instr instr{Action::fold, computed_in(out), false};
  instr.prim = prim;
  instr.a = value;
  switch (prim) {
    case Prim::multiply:
      instr.number = 1;
      instr.integer = 1;
      break;
    case Prim::minimum:
      extreme(instr, false);
      break;
    case Prim::maximum:
      extreme(instr, true);
      break;
    case Prim::bit_and:
      instr.integer = is_bool(out) ? 1 : -1;
      break;
    default:
      break;
  }
  return lower_convert(code, push(code, instr), out);
}

}  // namespace koine::compile
