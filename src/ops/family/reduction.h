#pragma once
#include "ir/scalar.h"
#include "ops/family/op.h"

/// Reductions: a monoid folded over axes. An op writes `combine` (a scalar body), `identity` where an empty axis has
/// a value, and its derivative: `linear`, or `partial` with the derivative of the result by each element.
namespace koine::ops {

/// The dtype of the result.
enum class Reduced : uint8_t {
  same,     // that of the operand, which must not be complex
  widened,  // bool and integers give int64 or uint64, others stay
  boolean,  // elements are compared with zero
  index     // int64: the place, in row-major order of the reduced axes, where the reduced value stands first
};

struct ReductionData {
  Reduced result;
  bool has_identity, linear;
  int64_t identity;
  const scalar::Program& (*combine)();
  /// d y / d x, given y with the reduced axes kept, x and the axes; null for a linear reduction.
  Array (*partial)(const Array& y, const Array& x, const Axes& axis);
};

/// Axes and keepdims of a reduction, whatever op holds them.
struct ReductionAttrs {
  const Axes& axis;
  bool keepdims;
};

TypeValue reduction_infer(const TypeInput& in, ReductionAttrs attrs);
Arrays reduction_jvp(const RuleInput& node, ReductionAttrs attrs, Tangents tangents);
Arrays reduction_vjp(const RuleInput& node, ReductionAttrs attrs, Tangents cotangents);
void reduction_reference(const KernelInput& kernel, ReductionAttrs attrs);

/// The shape with the reduced axes of length 1, or without them.
Shape reduced_shape(const Shape& shape, const Axes& axis, bool keepdims);
/// A reduced array with its axes of length 1 put back.
Array with_axes(const Array& y, const Shape& shape, const Axes& axis);
/// The derivative of a largest or smallest element: equal ones share it.
Array share_of_equals(const Array& y, const Array& x, const Axes& axis);
/// The product of all elements but each one's own, along the axes. No element is divided by, so zeros do no harm.
Array product_of_others(const Array& x, const Axes& axis);
/// How many elements become one.
Dim reduced_count(const Shape& shape, const Axes& axis);
/// The same as a number of that dtype; when symbolic, it is known at run time.
Array counted(const Shape& shape, const Axes& axis, DType dtype);

struct Reduction : OpBase {
  static constexpr Reduced result = Reduced::same;
  static constexpr bool linear = false;
  static constexpr auto shapes =
      "The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x "
      "does not have, ValueError for one that is named twice.";

  template <class T>
  static const scalar::Program& program() {
    static const scalar::Program recorded = scalar::record<2>([](auto x, auto y) { return T::combine(x, y); });
    return recorded;
  }
  template <class T>
  static constexpr ReductionData data() {
    ReductionData data{T::result, false, T::linear, 0, &program<T>, nullptr};
    if constexpr (requires { T::identity; }) {
      data.has_identity = true;
      data.identity = T::identity;
    }
    if constexpr (requires { &T::partial; }) data.partial = &T::partial;
    static_assert(
        T::linear || T::not_differentiable || requires { &T::partial; },
        "this reduction needs `partial(y, x, axis)`, `linear = true` or `not_differentiable = \"reason\"`");
    return data;
  }
  template <class T>
  static constexpr ReductionData stored = data<T>();

  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    row.family = ir::Family::reduction;
    row.family_data = &stored<T>;
    row.normalize = [](void* attrs, const TypeInput& in) {
      auto& own = *static_cast<typename T::Attrs*>(attrs);
      own.axis = axes_from_end(own.axis, in.shape(0));
    };
    row.infer = [](const TypeInput& in) { return detail::to_types(reduction_infer(in, view<T>(in.attrs))); };
    if constexpr (T::result != Reduced::index)
      row.fold = [](const void* attrs) {
        const ReductionData& data = stored<T>;
        return ir::Fold{&data.combine(), data.has_identity ? &data.identity : nullptr, view<T>(attrs).axis,
                        view<T>(attrs).keepdims};
      };
    row.jvp = [](const RuleInput& node, Tangents t) { return reduction_jvp(node, view<T>(node.attrs), t); };
    row.vjp = [](const RuleInput& node, Tangents ct) { return reduction_vjp(node, view<T>(node.attrs), ct); };
    row.vmap = [](const BatchInput& node, std::span<uint8_t>) { return again(node, node.in); };
    row.reference = [](const KernelInput& kernel) { reduction_reference(kernel, view<T>(kernel.attrs)); };
    row.samples = []() -> std::vector<Sample> {
      return {sample<T>({{{2, 3, 4}}}, {Axes{-2}, false}), sample<T>({{{2, 3}}}, {Axes{-2, -1}, true}),
              sample<T>({{{5}}}, {Axes{-1}, false}), sample<T>({{{3, 2}}}, {Axes{-2}, true}),
              sample<T>({{{}}}, {Axes(Ints()), false})};
    };
  }

 private:
  template <class T>
  static ReductionAttrs view(const void* attrs) {
    const typename T::Attrs& own = detail::attrs_of<T>(attrs);
    return {own.axis, own.keepdims};
  }
};

}  // namespace koine::ops
