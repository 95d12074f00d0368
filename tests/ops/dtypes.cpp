// dtypes: every dtype is refused with a DTypeError, or agrees with the same call in the widest dtype of its kind.
#include "ops/family/op.h"
#include "ops/harness.h"

#include <doctest/doctest.h>

#include <koine/error.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace koine::optest {
namespace {

using namespace ir;

DType widest(DType dtype) { return is_complex(dtype) ? complex128 : is_floating(dtype) ? float64 : int64; }

double tolerance_of(DType dtype) {
  switch (real_of(dtype)) {
    case DType::float16:
      return 1e-2;
    case DType::bfloat16:
      return 8e-2;
    case DType::float32:
      return 2e-5;
    default:
      return 1e-12;
  }
}

/// The operand with values that the dtype and the widest one of its kind hold exactly.
Tensor in_dtype(const Tensor& operand, DType dtype) {
  Numbers values = numbers(operand);
  for (size_t i = 0; i < values.size(); ++i) {
    double real = values[i].real();
    if (!is_inexact(dtype)) real = std::clamp(std::trunc(real), is_signed_integer(dtype) ? -3.0 : 0.0, 3.0);
    if (is_bool(dtype)) real = real != 0;
    values[i] = {real, is_complex(dtype) ? 0.5 * values[(i + 1) % values.size()].real() : 0};
  }
  return tensor_of(dtype, operand.shape, values);
}

/// The lowest bits of integers, as bool: what bitwise ops on bool give, where sums give what is not zero.
Tensor lowest_bits(const Tensor& wide) {
  Numbers values = numbers(wide);
  for (std::complex<double>& value : values) value = std::fmod(std::abs(value.real()), 2) != 0;
  return tensor_of(bool_, wide.shape, values);
}

/// What the call gives, or nothing when it refuses its dtypes.
std::optional<Tensors> given(const Call& call) {
  try {
    types_after(*call.op, call.attrs.get(), types_of(call.in));
  } catch (const DTypeError&) {
    return std::nullopt;
  }
  return apply(call);
}

/// `own` is the dtype that the sample has there: an op may take nothing else.
std::string dtype_problem(const Call& narrow, const Call& wide, DType dtype, DType own) {
  const std::optional<Tensors> got = given(narrow);
  if (!got) return "";
  const std::optional<Tensors> want = given(wide);
  if (!want) return is_bool(dtype) || dtype == own ? "" : "accepted, but " + describe(wide) + " is not";
  for (size_t k = 0; k < got->size(); ++k) {
    const Tensor& result = (*got)[k];
    const double tolerance = is_inexact(result.dtype) ? std::max(tolerance_of(dtype), tolerance_of(result.dtype)) : 0;
    const Tensor& reference = (*want)[k];
    std::string text = difference(result, converted(reference, result.dtype), tolerance);
    if (!text.empty() && is_bool(result.dtype) && is_integer(reference.dtype))
      text = difference(result, lowest_bits(reference), 0);
    if (!text.empty()) return "result " + std::to_string(k) + ": " + text;
  }
  return "";
}

/// The number as a user writes it.
Arg arg_of(const Number& number) {
  if (number.kind() == Kind::integer) return number.integer();
  if (number.kind() == Kind::floating) return number.real();
  return std::complex<double>(number.real(), number.imag());
}

/// The call with a number in place of operand i: what a 0-d array gives, of the dtype that the number takes there.
std::string number_problem(const Call& call, size_t i, const Number& number, DType beside) {
  auto with = [&](const Arg& operand) -> std::optional<Tensors> {
    std::vector<Array> arrays;
    std::vector<Arg> args;
    for (const Tensor& tensor : call.in) arrays.push_back(to_array(tensor));
    for (size_t k = 0; k < arrays.size(); ++k) args.push_back(k == i ? operand : Arg(arrays[k]));
    std::shared_ptr<void> attrs = copy_attrs(*call.op, call.attrs.get());
    try {
      return read(ops::invoke(*call.op, args, attrs.get()));
    } catch (const DTypeError&) {
      return std::nullopt;
    }
  };
  constexpr DType defaults[] = {bool_, int64, float32, complex64};
  const std::optional<Tensors> got = with(arg_of(number));
  for (DType dtype : {promote_weak(beside, number.kind()), defaults[static_cast<int>(number.kind())]}) {
    const Array taken = to_array(tensor_of(dtype, {}, {{number.real(), number.imag()}}));
    const std::optional<Tensors> want = with(taken);
    if (got.has_value() == want.has_value() && (!got || difference(*got, *want, 0).empty())) return "";
  }
  return got ? "a number gives something else than an array of it" : "a number is refused where an array of it is not";
}

/// Numbers beside arrays of every dtype, where the op takes an array of no axes.
void expect_numbers(const Call& call) {
  for (size_t i = 0; i < call.in.size() && call.in.size() > 1; ++i)
    for (int d = 0; d < dtype_count; ++d) {
      const auto dtype = static_cast<DType>(d);
      Call narrow = call;
      for (Tensor& operand : narrow.in)
        if (operand.dtype == call.in[i].dtype) operand = in_dtype(operand, dtype);
      narrow.in[i] = tensor_of(dtype, {}, {1.0});
      try {
        if (!given(narrow)) continue;
      } catch (const Error&) {
        continue;  // an operand that needs axes
      }
      std::vector<Number> beside{1};
      if (is_inexact(dtype)) beside.push_back(0.5);
      // These two are no constants of the graph but its inputs.
      if (dtype == float32) beside.insert(beside.end(), {0.3, Number::complex(0.3, -0.2)});
      for (const Number& number : beside)
        expect(describe(narrow) + ", with a number", [&] { return number_problem(narrow, i, number, dtype); });
    }
}

/// What promotion would change is refused where an op is recorded without it, as rules and files of graphs do.
std::string unpromoted_problem(const Call& call) {
  std::vector<OperandDType> promoted;
  for (const Tensor& operand : call.in) promoted.push_back({operand.dtype});
  try {
    call.op->operand_dtypes(*call.op, promoted);
  } catch (const DTypeError&) {
    return "";
  }
  bool same = true;
  for (size_t i = 0; i < call.in.size(); ++i) same = same && promoted[i].dtype == call.in[i].dtype;
  if (same) return "";
  Arrays operands;
  for (TypeRef type : types_of(call.in)) operands.push_back(make_placeholder(type, "a test", {}));
  try {
    record(*call.op, intern_attrs(*call.op, call.attrs.get()), operands, {});
  } catch (const DTypeError&) {
    return "";
  }
  return "is recorded with dtypes that promotion would have changed";
}

/// Numbers alone: as arrays of the dtypes that numbers have by default.
std::string numbers_problem(const OpSpec& op, std::span<const Number> numbers) {
  constexpr DType defaults[] = {bool_, int64, float32, complex64};
  auto given = [&](bool as_arrays) -> std::optional<Tensors> {
    std::vector<Array> arrays;
    std::vector<Arg> args;
    for (const Number& number : numbers)
      arrays.push_back(to_array(tensor_of(defaults[static_cast<int>(number.kind())], {}, {number.real()})));
    for (size_t i = 0; i < arrays.size(); ++i) args.push_back(as_arrays ? Arg(arrays[i]) : arg_of(numbers[i]));
    std::shared_ptr<void> attrs = op.attrs.make ? op.attrs.make() : nullptr;
    try {
      return read(ops::invoke(op, args, attrs.get()));
    } catch (const Error&) {
      return std::nullopt;
    }
  };
  const std::optional<Tensors> got = given(false), want = given(true);
  if (got.has_value() != want.has_value()) return "numbers alone are not taken as arrays of them";
  return got ? difference(*got, *want, 0) : "";
}

TEST_CASE("dtypes: every dtype agrees with the widest of its kind, or is refused") {
  for_each_op(Cell::dtypes, [](const OpSpec& op) {
    for (const Call& call : calls_of(op)) {
      // Operands of one dtype in the sample change together; the others, indices for example, stay.
      std::vector<DType> kinds;
      for (const Tensor& operand : call.in)
        if (std::find(kinds.begin(), kinds.end(), operand.dtype) == kinds.end()) kinds.push_back(operand.dtype);
      for (DType changed : kinds)
        for (int d = 0; d < dtype_count; ++d) {
          const auto dtype = static_cast<DType>(d);
          Call narrow = call, wide = call;
          for (size_t i = 0; i < call.in.size(); ++i) {
            if (call.in[i].dtype != changed) continue;
            narrow.in[i] = in_dtype(call.in[i], dtype);
            wide.in[i] = converted(narrow.in[i], widest(dtype));
          }
          expect(describe(narrow), [&] { return dtype_problem(narrow, wide, dtype, changed); });
        }
      // One operand alone: promoted or refused, and never anything else.
      for (size_t i = 0; i < call.in.size() && call.in.size() > 1; ++i)
        for (int d = 0; d < dtype_count; ++d) {
          Call mixed = call;
          mixed.in[i] = in_dtype(call.in[i], static_cast<DType>(d));
          expect(describe(mixed), [&]() -> std::string {
            given(mixed);
            return call.op->body ? "" : unpromoted_problem(mixed);
          });
        }
      // Attributes that are dtypes.
      for (const AttrField& field : op.attrs.fields) {
        if (!std::holds_alternative<DType>(field.get(call.attrs.get()))) continue;
        for (int d = 0; d < dtype_count; ++d) {
          Call other{call.op, copy_attrs(op, call.attrs.get()), call.in};
          field.set(other.attrs.get(), static_cast<DType>(d));
          expect(describe(other), [&]() -> std::string {
            const std::optional<Tensors> got = given(other);
            return !got || (*got)[0].dtype == static_cast<DType>(d) ? "" : "the result has another dtype";
          });
        }
      }
      expect_numbers(call);
      // An op without operands and dtypes among its attributes still has a dtype.
      if (call.in.empty()) expect(describe(call), [&]() -> std::string { return given(call) ? "" : "refused"; });
    }
    const Number numbers[][3] = {{0.3, 2, 1}, {2, 0.3, 1}, {2, 1, 0.3}};
    for (const auto& list : numbers)
      if (op.args.size() > 1 && op.args.size() <= 3)
        expect("numbers alone", [&] { return numbers_problem(op, {list, op.args.size()}); });
  });
}

}  // namespace
}  // namespace koine::optest
