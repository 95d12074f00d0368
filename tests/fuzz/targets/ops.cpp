#include "fuzz/generate.h"
#include "fuzz/targets/target.h"
#include "ir/graph.h"
#include "ir/op_spec.h"
#include "ops/family/op.h"

#include <koine/runtime.h>

#include <array>
#include <cstring>
#include <limits>

using namespace koine;

namespace {

constexpr int64_t large = std::numeric_limits<int64_t>::max(), small = std::numeric_limits<int64_t>::min();
constexpr std::array numbers = {int64_t{0},          int64_t{1},
                                int64_t{-1},         int64_t{2},
                                int64_t{3},          int64_t{-2},
                                int64_t{7},          int64_t{100},
                                int64_t{1} << 16,    int64_t{1} << 31,
                                -(int64_t{1} << 31), int64_t{1} << 32,
                                int64_t{1} << 40,    int64_t{1} << 62,
                                -(int64_t{1} << 62), large,
                                large - 1,           small,
                                small + 1,           large / 3};

/// Decisions made by the bytes of an input.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}
  size_t pick(size_t n) { return n == 0 ? 0 : byte() % n; }
  bool chance(size_t one_in) { return pick(one_in) == 0; }
  int64_t number() {
    if (!chance(4)) return numbers[pick(numbers.size())];
    int64_t value = 0;
    for (int i = 0; i < 8; ++i) value = static_cast<int64_t>(static_cast<uint64_t>(value) << 8 | byte());
    return value;
  }
  double real() {
    constexpr double usual[] = {0,
                                -0.0,
                                1,
                                -1,
                                0.5,
                                1e300,
                                -1e300,
                                1e-300,
                                5e18,
                                std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::quiet_NaN()};
    return usual[pick(std::size(usual))];
  }
  Ints list() {
    Ints all(pick(4));
    for (int64_t& one : all) one = number();
    return all;
  }

 private:
  uint8_t byte() {
    if (at_ < bytes_.size()) return static_cast<uint8_t>(bytes_[at_++]);
    return 1;
  }
  std::string_view bytes_;
  size_t at_ = 0;
};

struct Changed {
  Choices& choices;
  ir::AttrValue operator()(bool) { return choices.chance(2); }
  ir::AttrValue operator()(int64_t) { return choices.number(); }
  ir::AttrValue operator()(double) { return choices.real(); }
  ir::AttrValue operator()(const std::string& text) { return choices.chance(2) ? text + "x" : std::string(); }
  ir::AttrValue operator()(DType) { return static_cast<DType>(choices.pick(15)); }
  ir::AttrValue operator()(const Ints&) { return choices.list(); }
  ir::AttrValue operator()(const Shape&) { return choices.list(); }
  ir::AttrValue operator()(const Axes&) { return Axes(choices.list()); }
  ir::AttrValue operator()(const Number&) { return Number(choices.number()); }
  ir::AttrValue operator()(const ir::Graphs& graphs) { return graphs; }
};

int64_t count_of(const Array& x) { return ir::type_of(x)->count; }

}  // namespace

// An op with attributes and shapes of any size: every size is computed without overflow, and what is small enough is
// computed too.
KOINE_FUZZ_TARGET(ops) {
  static const std::vector<const ir::OpSpec*> usable = [] {
    std::vector<const ir::OpSpec*> all;
    for (const ir::OpSpec* op : ir::op_table())
      if (op->family != ir::Family::control && !op->internal && op->samples) all.push_back(op);
    runtime::limit_memory(int64_t{1} << 28);
    return all;
  }();
  Choices choices(bytes);
  fuzz::survives([&] {
    const ir::OpSpec& op = *usable[(choices.pick(256) + 256 * choices.pick(256)) % usable.size()];
    const std::vector<ir::Sample> samples = op.samples();
    if (samples.empty()) return;
    const ir::Sample& sample = samples[choices.pick(samples.size())];
    const std::shared_ptr<void> attrs = sample.attrs->data ? op.attrs.copy(sample.attrs->data.get()) : nullptr;
    if (attrs)
      for (const ir::AttrField& field : op.attrs.fields)
        if (choices.chance(2)) field.set(attrs.get(), std::visit(Changed{choices}, field.get(attrs.get())));
    const bool abstract = choices.chance(2);
    std::vector<Arg> args;
    for (const ir::SampleInput& operand : sample.in) {
      const DType dtype = choices.chance(8) ? static_cast<DType>(choices.pick(15)) : operand.dtype;
      Shape shape = operand.shape;
      if (abstract && choices.chance(2))
        for (Dim& dim : shape)
          if (choices.chance(3)) dim = choices.number();
      if (abstract) {
        for (const Dim dim : shape)
          if (dim < 0) return;
        args.emplace_back(ir::make_placeholder(ir::intern_type(dtype, shape), "fuzz", {}));
      } else {
        const ir::TypeRef type = ir::intern_type(dtype, shape);
        if (!operand.values.empty())
          args.emplace_back(cast(from(operand.values, shape), {.dtype = dtype}));
        else
          args.emplace_back(from_bytes(dtype, shape, fuzz::draw(type, operand.low, operand.high, 1).bytes.data()));
      }
    }
    const ir::Arrays out = ops::invoke(op, args, attrs.get());
    if (abstract) return;
    for (const Array& y : out)
      if (y.shape().is_concrete() && count_of(y) < 100'000) y.data();
  });
}
