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

/// The call with a number in place of operand i: what a 0-d array gives, of the dtype that the number takes there.
std::string number_problem(const Call& call, size_t i, bool real, DType beside) {
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
  const Number number = real ? Number(0.5) : Number(1);
  const std::optional<Tensors> got = with(real ? Arg(0.5) : Arg(1));
  for (DType dtype : {promote_weak(beside, number.kind()), defaults[static_cast<int>(number.kind())]}) {
    const Array taken = to_array(tensor_of(dtype, {}, {number.real()}));
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
      expect(describe(narrow) + ", with a number", [&] { return number_problem(narrow, i, false, dtype); });
      if (is_inexact(dtype))
        expect(describe(narrow) + ", with a real number", [&] { return number_problem(narrow, i, true, dtype); });
    }
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
            return "";
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
  });
}

}  // namespace
}  // namespace koine::optest
