#pragma once
#include "ir/scalar.h"
#include "ops/family/op.h"

/// Scans: a monoid accumulated along an axis; element k of the result combines elements 0 to k, or k to the last when
/// reversed. An op writes `combine` (a scalar body), and its derivative: `linear`, a second output with the place that
/// each result was taken from, or its own jvp and vjp.
namespace koine::ops {

struct ScanData {
  bool widened, linear;
  const scalar::Program& (*combine)();
};

/// Axis and direction of a scan, whatever op holds them.
struct ScanAttrs {
  int64_t axis;
  bool reverse;
};

std::vector<TypeValue> scan_infer(const TypeInput& in);
Arrays scan_jvp(const RuleInput& node, ScanAttrs attrs, Tangents tangents);
Arrays scan_place_vjp(const RuleInput& node, ScanAttrs attrs, Tangents cotangents);
void scan_reference(const KernelInput& kernel, ScanAttrs attrs);
/// y[k] = x1[k] * y[k - 1] + x2[k], and x2 at the first place; from the other end when reversed.
void recurrence_reference(const KernelInput& kernel, ScanAttrs attrs);

/// Each element's predecessor along the axis in the direction of a scan, `first` where there is none.
Array previous(const Array& x, ScanAttrs attrs, Number first);
/// The conjugate where there is one.
Array conjugate(const Array& x);

struct Cumulative : OpBase {
  static constexpr bool widened = false;
  static constexpr bool linear = false;
  static constexpr auto shapes = "The result has x's shape; IndexError for an axis that x does not have.";

  template <class T>
  static const scalar::Program& program() {
    static const scalar::Program recorded = scalar::record<2>([](auto x, auto y) { return T::combine(x, y); });
    return recorded;
  }
  template <class T>
  static constexpr ScanData stored{T::widened, T::linear, &program<T>};

  template <class T>
  static constexpr void complete(ir::OpSpec& row) {
    constexpr bool places = std::size(T::outputs) == 2;
    row.family = ir::Family::scan;
    row.family_data = &stored<T>;
    row.normalize = [](void* attrs, const TypeInput& in) {
      canonical_axis(static_cast<typename T::Attrs*>(attrs)->axis, in.shape(0));
    };
    row.infer = scan_infer;
    if constexpr (T::linear || places) {
      row.jvp = [](const RuleInput& node, Tangents t) { return scan_jvp(node, view<T>(node.attrs), t); };
      row.vjp = [](const RuleInput& node, Tangents ct) -> Arrays {
        if constexpr (T::linear) {
          typename T::Attrs turned = detail::attrs_of<T>(node.attrs);
          turned.reverse = !turned.reverse;
          return {record<T>({ct[0]}, turned)};
        } else {
          return scan_place_vjp(node, view<T>(node.attrs), ct);
        }
      };
    } else {
      static_assert(
          requires {
            &T::jvp;
            &T::vjp;
          }, "this scan needs `linear = true`, a second output with places, or its own jvp and vjp");
    }
    row.vmap = [](const BatchInput& node, std::span<uint8_t>) { return again(node, node.in); };
    row.reference = [](const KernelInput& kernel) { scan_reference(kernel, view<T>(kernel.attrs)); };
    row.samples = []() -> std::vector<Sample> {
      return {sample<T>({{{5}}}, {-1, false}), sample<T>({{{2, 3}}}, {-2, true}), sample<T>({{{2, 3, 2}}}, {-2, false}),
              sample<T>({{{4}}}, {-1, true}), sample<T>({{{2, 0}}}, {-1, false})};
    };
  }

 private:
  template <class T>
  static ScanAttrs view(const void* attrs) {
    const typename T::Attrs& own = detail::attrs_of<T>(attrs);
    return {own.axis, own.reverse};
  }
};

}  // namespace koine::ops
