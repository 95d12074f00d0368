#pragma once
#include "base/format.h"
#include "ir/host.h"
#include "ops/family/control.h"

#include <koine/ops.h>

#include <algorithm>

namespace koine::ops {

struct Callback : Control {
  struct Attrs {
    int64_t function = 0;
    ir::Graphs results = {};
    Shape batch = {};
    bool vectorized = false;
  };
  static constexpr ir::AttrField fields[] = {
      field<&Attrs::function>("function", "its number"), field<&Attrs::results>("results", "the types of its results"),
      field<&Attrs::batch>("batch", "axes in front of all operands and results, added by vmap"),
      field<&Attrs::vectorized>("vectorized", "call it once with these axes, not once for each of their places")};
  static constexpr auto doc = "Calls a function of the host language, such as Python, with the values of its operands.";
  static constexpr auto not_differentiable =
      "what a function of the host does is not known; give it a derivative by custom_vjp or custom_jvp";
  static constexpr bool can_fail = true;

  static Arrays call(const ir::HostCall& host, bool vectorized, std::span<const Array> in, std::source_location where) {
    Attrs attrs{host.number, {host.results}, {}, vectorized};
    return ir::record(spec<Callback>(), ir::intern_attrs(spec<Callback>(), &attrs), in, where);
  }
  static std::vector<TypeValue> infer(const TypeInput&, const Attrs& a) {
    std::vector<TypeValue> types = output_types(*a.results[0]);
    for (TypeValue& type : types) {
      Shape shape = a.batch;
      for (const Dim& n : type.shape) shape.push_back(n);
      type.shape = shape;
    }
    return types;
  }
  static Arrays vmap(const BatchInput& node, const Attrs& a, std::span<uint8_t>) {
    Arrays in(node.in.begin(), node.in.end());
    for (size_t i = 0; i < in.size(); ++i)
      if (!node.batched[i]) in[i] = repeat_in_front(in[i], node.size);
    Attrs attrs = a;
    attrs.batch.insert(0, node.size);
    return ir::record(spec<Callback>(), ir::intern_attrs(spec<Callback>(), &attrs), in, {});
  }
  static void reference(const KernelInput& k, const Attrs& a) {
    std::shared_ptr<ir::HostFunction> function = ir::host_function(a.function);
    if (a.vectorized || a.batch.empty()) return function->call(k.in, k.out);
    const int64_t places = count(a.batch).value();
    for (int64_t i = 0; i < places; ++i) function->call(at_place(k.in, a, i), at_place(k.out, a, i));
  }
  static constexpr Exemption exemptions[] = {{Cell::forward, Reason::control_flow},
                                             {Cell::symbolic, Reason::fixed_shape},
                                             {Cell::zero_size, Reason::control_flow},
                                             {Cell::dtypes, Reason::control_flow}};
  static std::vector<Sample> samples() {
    // Twice each number of the operand.
    class Double : public ir::HostFunction {
     public:
      void call(std::span<const ir::TensorRef> in, std::span<const ir::TensorRef> out) override {
        const auto* x = in[0].as<double>();
        std::transform(x, x + in[0].count(), out[0].as<double>(), [](double value) { return 2 * value; });
      }
    };
    static const ir::TypeRef type = ir::intern_type(float64, {3});
    static const ir::HostCall host = ir::register_host(std::make_shared<Double>(), {&type, 1});
    return {sample<Callback>({{{3}, float64}}, {host.number, {host.results}, {}, false})};
  }

 private:
  // The parts of tensors that belong to one place of the batch.
  static std::vector<ir::TensorRef> at_place(std::span<const ir::TensorRef> tensors, const Attrs& a, int64_t place) {
    std::vector<ir::TensorRef> parts;
    for (const ir::TensorRef& whole : tensors) {
      ir::TensorRef part{whole.dtype,
                         {whole.shape.begin() + static_cast<std::ptrdiff_t>(a.batch.size()), whole.shape.end()}};
      if (whole.data) part.data = whole.data + place * part.bytes();
      parts.push_back(std::move(part));
    }
    return parts;
  }
};

}  // namespace koine::ops
