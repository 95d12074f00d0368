#pragma once
#include "ir/scalar.h"
#include "ops/family/op.h"

/// Elementwise ops: a scalar body on each element, operands broadcast against each other.
/// An op writes `body` and its partial derivatives; everything else is derived.
namespace koine::ops {

/// Which dtypes an elementwise op accepts, and what it computes in.
enum class Accept : uint8_t {
  any,           // all dtypes
  numeric,       // all but bool (bool is taken as int64)
  real,          // all but complex and bool (bool is taken as int64)
  ordered,       // all but complex
  inexact,       // floating and complex; integers and bool as float32
  floating,      // floating; integers and bool as float32
  bits,          // bool and integers
  integers,      // integers
  logical,       // all, compared with zero
  complex_parts  // float32 and float64, which give complex; narrower ones, integers and bool as float32
};
enum class Result : uint8_t { same, boolean, real_part, complex_pair };

struct ElementwiseData {
  Accept accept;
  Result result;
  /// d y / d x_i, given y and the operands; null where there is none.
  Array (*partials[3])(const Array& y, std::span<const Array> in);
  double low, high;  // samples are drawn from here
};

std::vector<TypeValue> elementwise_infer(const TypeInput& input);
void elementwise_dtypes(const ir::OpSpec& op, std::span<ir::OperandDType> operands);
Arrays elementwise_jvp(const RuleInput& node, Tangents tangents);
Arrays elementwise_vjp(const RuleInput& node, Tangents cotangents);
Arrays elementwise_vmap(const BatchInput& node, std::span<uint8_t> out_batched);
void elementwise_reference(const KernelInput& kernel);
std::vector<Sample> elementwise_samples(const ir::OpSpec& op);

/// Sums a cotangent over the axes that broadcasting added to `shape`.
Array unbroadcast(const Array& cotangent, const Shape& shape);

struct Domain {
  double low = -2, high = 2;
};

/// What users are told of the shapes and dtypes of an elementwise op.
constexpr const char* elementwise_shapes(int operands, Accept accept) {
  bool all = accept == Accept::any || accept == Accept::logical;
  if (operands == 1)
    return all ? "The result has x's shape."
               : "The result has x's shape. DTypeError for a dtype that the function has no meaning for.";
  return all ? "Operands broadcast, and the result has their common shape; ShapeError where they do not."
             : "Operands broadcast, and the result has their common shape; ShapeError where they do not, DTypeError "
               "for "
               "dtypes that the function has no meaning for.";
}

template <int N>
struct Elementwise : OpBase {
  static constexpr int arity = N;
  static constexpr int in_place = -2;
  static constexpr Accept accept = Accept::inexact;
  static constexpr Result result = Result::same;
  static constexpr Domain domain{};
  static constexpr auto args = [] {
    if constexpr (N == 1)
      return std::array<const char*, 1>{"x"};
    else if constexpr (N == 2)
      return std::array<const char*, 2>{"x1", "x2"};
    else
      return std::array<const char*, 3>{"x1", "x2", "x3"};
  }();

  template <class T>
  static constexpr ElementwiseData data() {
    ElementwiseData data{T::accept, T::result, {}, T::domain.low, T::domain.high};
    if constexpr (requires(Array a) { T::partial(a, a); })
      data.partials[0] = [](const Array& y, std::span<const Array> in) -> Array { return T::partial(y, in[0]); };
    if constexpr (requires(Array a) { T::partial_1(a, a, a); })
      data.partials[0] = [](const Array& y, std::span<const Array> in) -> Array {
        return T::partial_1(y, in[0], in[1]);
      };
    if constexpr (requires(Array a) { T::partial_2(a, a, a); })
      data.partials[1] = [](const Array& y, std::span<const Array> in) -> Array {
        return T::partial_2(y, in[0], in[1]);
      };
    if constexpr (requires(Array a) { T::partial_3(a, a, a, a); }) {
      data.partials[0] = [](const Array& y, std::span<const Array> in) { return T::partial_1(y, in[0], in[1], in[2]); };
      data.partials[1] = [](const Array& y, std::span<const Array> in) { return T::partial_2(y, in[0], in[1], in[2]); };
      data.partials[2] = [](const Array& y, std::span<const Array> in) { return T::partial_3(y, in[0], in[1], in[2]); };
    }
    return data;
  }
  template <class T>
  static constexpr ElementwiseData stored = data<T>();

  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = ir::Family::elementwise;
    if (!row.shapes) row.shapes = elementwise_shapes(N, T::accept);
    row.family_data = &stored<T>;
    row.operand_dtypes = elementwise_dtypes;
    row.samples = [] { return elementwise_samples(spec<T>()); };
    row.infer = elementwise_infer;
    row.jvp = elementwise_jvp;
    row.vjp = elementwise_vjp;
    row.vmap = elementwise_vmap;
    row.reference = elementwise_reference;
    row.scalar_body = []() -> const scalar::Program* {
      static const scalar::Program program = scalar::record<N>([](auto... x) { return scalar::Value(T::body(x...)); });
      return &program;
    };
    static_assert(
        !(T::result == Result::same &&
          (T::accept == Accept::inexact || T::accept == Accept::floating || T::accept == Accept::numeric ||
           T::accept == Accept::real || T::accept == Accept::ordered)) ||
            (stored<T>.partials[0] && stored<T>.partials[N - 1]) || T::not_differentiable || requires { &T::vjp; },
        "this elementwise op needs `partial(y, x)` (or partial_1 to partial_n), its own jvp and vjp, or "
        "`not_differentiable = \"reason\"`");
  }
};

}  // namespace koine::ops
