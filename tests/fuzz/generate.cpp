#include "fuzz/generate.h"

#include "base/dtype_traits.h"
#include "ops/family/op.h"
#include "transform/transforms.h"

#include <koine/ops.h>
#include <koine/transform.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string_view>
#include <utility>

namespace koine::fuzz {

using namespace ir;

namespace {

using Random = std::mt19937_64;

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> list = {{},     {1},          {0},      {3},       {17},        {2, 3},    {1, 5},
                                          {7, 1}, {4, 16},      {33, 65}, {3, 1, 5}, {2, 64, 33}, {5000},    {128, 257},
                                          {0, 4}, {2, 3, 4, 5}, {64},     {1, 1},    {300, 3},    {9, 40, 2}};
  return list;
}
constexpr DType dtypes[] = {float32, float32, float32, float64, bfloat16, float16,
                            int32,   int64,   uint8,   int8,    uint32,   bool_};

const SampleInput in_range{{}, float32, -3, 3};

/// Whether the op's result tells the sign of a NaN.
bool reads_signs(const OpSpec& op) {
  return op.name == std::string_view("signbit") || op.name == std::string_view("copysign");
}

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  Case run() {
    std::vector<TypeRef> types;
    Arrays placeholders;
    size_t count = 1 + pick(4);
    uint64_t since = next_serial();
    for (size_t i = 0; i < count; ++i)
      input(intern_type(dtypes[pick(std::size(dtypes))], shapes()[pick(shapes().size())]));
    size_t steps = 1 + pick(12);
    for (size_t tries = 0; made_ < steps && tries < 4 * steps; ++tries) {
      try {
        chance(8) ? control() : step();
      } catch (const Error&) {
        // What does not fit is refused at the call.
      }
    }
    // The last values, and some others.
    Arrays outputs;
    for (size_t k = pool_.size(); k-- > count && outputs.size() < 1 + pick(3);) outputs.push_back(pool_[k]);
    if (outputs.empty()) outputs.push_back(pool_[0]);
    Captured captured = capture(outputs, inputs_, since);
    Case result{prune(*captured.graph), values_};
    // Numbers that are not part of the graph.
    for (const Array& x : captured.outside) {
      const std::byte* data = x.data();
      result.inputs.push_back(
          {type_of(x), {data, data + type_of(x)->count * static_cast<int64_t>(size_of(x.dtype()))}});
    }
    if (chance(3)) transform(result);
    if (chance(5)) transform(result);
    return result;
  }

 private:
  size_t pick(size_t n) { return static_cast<size_t>(random_() % n); }
  bool chance(size_t one_in) { return pick(one_in) == 0; }

  Array input(TypeRef type, double low = -3, double high = 3) {
    if (inside_) throw Error("the inputs of a body are given");
    inputs_.push_back(make_placeholder(type, "fuzz", {}));
    values_.push_back(draw(type, low, high, random_()));
    pool_.push_back(inputs_.back());
    return inputs_.back();
  }

  void step() {
    static const std::vector<const OpSpec*> usable = [] {
      std::vector<const OpSpec*> list;
      for (const OpSpec* op : op_table())
        if (op->family != Family::control && !op->internal && op->max_args() > 0) list.push_back(op);
      return list;
    }();
    const OpSpec& op = *usable[pick(usable.size())];
    std::vector<Sample> samples = op.samples();
    const Sample& sample = samples[pick(samples.size())];
    std::shared_ptr<void> attrs = sample.attrs->data ? op.attrs.copy(sample.attrs->data.get()) : nullptr;
    Arrays in;
    bool free_shape = op.family == Family::elementwise;
    Shape shape = shapes()[pick(shapes().size())];
    DType floating = chance(3) ? dtypes[pick(6)] : float32;
    for (const SampleInput& operand : sample.in) {
      DType dtype = is_floating(operand.dtype) ? floating : operand.dtype;
      if (free_shape && is_floating(operand.dtype) && chance(6)) dtype = dtypes[pick(std::size(dtypes))];
      Shape wanted = free_shape ? narrowed(shape) : operand.shape;
      if (!operand.values.empty() || !is_floating(dtype) || is_complex(dtype))
        in.push_back(given(operand, dtype, wanted));
      else
        in.push_back(fitted(pool_[pick(pool_.size())], dtype, wanted, operand));
      // The sign of a NaN is not defined.
      if (reads_signs(op)) in.back() = where(isnan(in.back()), 0, in.back());
    }
    std::vector<Arg> args(in.begin(), in.end());
    Arrays out = ops::invoke(op, args, attrs.get());
    for (Array& y : out)
      if (y.shape().is_concrete() && count(y.shape()).value() < 200'000) pool_.push_back(y);
    ++made_;
  }

  /// What ops make of some arrays, as a value of a type: the body of an op of control flow. The same at every call with
  /// the same seed.
  Array body(uint64_t seed, Arrays given, TypeRef type) {
    Random outer = std::exchange(random_, Random(seed));
    Arrays pool = std::exchange(pool_, std::move(given));
    bool inside = std::exchange(inside_, true);
    const size_t made = made_, last = made + 1 + pick(4);
    for (int tries = 0; made_ < last && tries < 12; ++tries) {
      try {
        step();
      } catch (const Error&) {
        // What does not fit is refused at the call.
      }
    }
    // A value without elements cannot become one with some.
    Array last_value = pool_.back();
    if (count(last_value.shape()).value() == 0 && type->count != 0) last_value = zeros({1});
    Array result = fitted(last_value, type->dtype, type->shape, in_range);
    random_ = outer;
    pool_ = std::move(pool);
    inside_ = inside;
    made_ = made;
    return result;
  }

  void control() {
    constexpr DType carried[] = {float32, float32, float64, bfloat16, int32};
    TypeRef type = intern_type(carried[pick(std::size(carried))], shapes()[pick(shapes().size())]);
    if (type->count > 3000) return;
    auto any = [&](const Shape& shape) { return fitted(pool_[pick(pool_.size())], type->dtype, shape, in_range); };
    const int64_t length = static_cast<int64_t>(1 + pick(4));
    const uint64_t seed = random_(), other = random_();
    Array init = any(type->shape), outside = pool_[pick(pool_.size())];
    Array result;
    switch (pick(4)) {
      case 0: {
        Shape many = type->shape;
        many.insert(0, length);
        auto step = [&](const Array& carry, const Array& x) {
          return std::pair(body(seed, {outside, carry, x}, type), body(other, {carry, x}, type));
        };
        auto [last, all] = scan(step, init, any(many), {.reverse = chance(2)});
        pool_.push_back(all);
        result = last;
        break;
      }
      case 1: {
        auto unfinished = [&](const std::pair<Array, Array>& state) { return state.first < length; };
        auto next = [&](const std::pair<Array, Array>& state) {
          return std::pair(state.first + 1, body(seed, {outside, state.second}, type));
        };
        result =
            while_loop(unfinished, next, std::pair(zeros({}, int64), init), {.max_steps = chance(2) ? 0 : 5}).second;
        break;
      }
      case 2: {
        auto yes = [&](const Array& x) { return body(seed, {outside, x}, type); };
        auto no = [&](const Array& x) { return body(other, {x}, type); };
        result = cond(sum(cast(outside, {.dtype = float32})) > 0, yes, no, init);
        break;
      }
      default:
        result = checkpoint([&](const Array& x) { return body(seed, {outside, x}, type); })(init);
    }
    pool_.push_back(result);
    ++made_;
  }

  /// A shape that broadcasts to it.
  Shape narrowed(Shape shape) {
    while (!shape.empty() && chance(5)) shape.erase(0);
    for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
      if (chance(5)) shape[d] = 1;
    return shape;
  }

  /// An operand with the sample's own numbers.
  Array given(const SampleInput& operand, DType dtype, const Shape& shape) {
    Array x = input(intern_type(dtype, shape), operand.low, operand.high);
    if (operand.values.empty()) return x;
    std::vector<double> numbers;
    for (int64_t i = 0, n = count(shape).value(); i < n; ++i)
      numbers.push_back(operand.values[static_cast<size_t>(i) % operand.values.size()]);
    Value& value = values_.back();
    convert(float64, reinterpret_cast<const std::byte*>(numbers.data()), dtype, value.bytes.data(),
            static_cast<int64_t>(numbers.size()));
    return x;
  }

  /// A value of the program brought to a dtype, a shape and a range.
  Array fitted(Array x, DType dtype, const Shape& shape, const SampleInput& operand) {
    if (is_complex(x.dtype())) x = real(x);
    int64_t have = count(x.shape()).value(), want = count(shape).value();
    if (have == 0 && want != 0) return input(intern_type(dtype, shape), operand.low, operand.high);
    if (x.dtype() != dtype) x = cast(x, {.dtype = dtype});
    if (!(x.shape() == shape)) {
      x = reshape(x, {.shape = {have}});
      if (have < want) {
        int64_t times = (want + have - 1) / have;
        x = reshape(broadcast_to(x, {.shape = {times, have}}), {.shape = {times * have}});
        have *= times;
      }
      if (have > want) {
        int64_t from = static_cast<int64_t>(pick(static_cast<size_t>(have - want + 1)));
        x = chance(2) ? slice(x, {.steps = {1}, .offsets = {from}, .sizes = {want}})
                      : slice(x, {.steps = {-1}, .offsets = {have - 1 - from}, .sizes = {want}});
      }
      x = reshape(x, {.shape = shape});
    }
    // Functions with a domain get numbers of it.
    if (is_floating(dtype) && chance(2)) x = clip(x, operand.low, operand.high);
    return x;
  }

  void transform(Case& one) {
    transform::Mask floating;
    for (const Value& value : one.inputs) floating.push_back(is_floating(value.type->dtype));
    try {
      size_t kind = pick(3);
      if (kind == 2) {
        transform::Mask batched;
        for (size_t i = 0; i < one.inputs.size(); ++i) batched.push_back(chance(2));
        if (!std::count(batched.begin(), batched.end(), 1)) return;
        constexpr int64_t size = 3;
        GraphRef graph = prune(*transform::vmap(one.graph, batched, size));
        for (size_t i = 0; i < one.inputs.size(); ++i) {
          if (!batched[i]) continue;
          Shape shape = one.inputs[i].type->shape;
          shape.insert(0, size);
          TypeRef type = intern_type(one.inputs[i].type->dtype, shape);
          std::vector<std::byte> bytes;
          for (int64_t k = 0; k < size; ++k)
            bytes.insert(bytes.end(), one.inputs[i].bytes.begin(), one.inputs[i].bytes.end());
          one.inputs[i] = {type, std::move(bytes)};
        }
        one.graph = graph;
        return;
      }
      if (!std::count(floating.begin(), floating.end(), 1)) return;
      GraphRef graph = prune(kind == 0 ? *transform::vjp(one.graph, floating) : *transform::jvp(one.graph, floating));
      for (size_t i = one.inputs.size(); i < graph->input_count; ++i)
        one.inputs.push_back(draw(graph->types[i], -1, 1, random_()));
      one.graph = graph;
    } catch (const Error&) {
      // Not everything has a derivative.
    }
  }

  Random random_;
  Arrays inputs_, pool_;
  std::vector<Value> values_;
  size_t made_ = 0;
  bool inside_ = false;  // a body
};

}  // namespace

Value draw(TypeRef type, double low, double high, uint64_t seed) {
  Random random(seed);
  auto parts = static_cast<size_t>(type->count);
  std::vector<double> numbers(parts);
  bool strange = is_floating(type->dtype) && random() % 4 == 0;
  const double inf = std::numeric_limits<double>::infinity();
  const double edges[] = {0.0, -0.0, inf, -inf, std::nan(""), 1e-40, -1e-310, 3e38, 1.0, -1.0, 65504, 0.5};
  for (double& number : numbers) {
    number = low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
    if (strange && random() % 4 == 0) number = edges[random() % std::size(edges)];
    if (!is_inexact(type->dtype)) number = std::floor(number);
    if (is_bool(type->dtype)) number = static_cast<double>(random() % 2);
  }
  Value value{type, std::vector<std::byte>(parts * size_of(type->dtype))};
  convert(float64, reinterpret_cast<const std::byte*>(numbers.data()), type->dtype, value.bytes.data(), type->count);
  return value;
}

Case generate(uint64_t seed) { return Generator(seed).run(); }

}  // namespace koine::fuzz
