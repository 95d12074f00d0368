#pragma once
#include "base/narrow.h"
#include "ir/attrs.h"
#include "ir/type.h"

#include <koine/array.h>

#include <functional>
#include <span>
#include <string_view>
#include <vector>

/// Everything the system knows about an op: one row of the op table.
namespace koine::scalar {
struct Program;
}
namespace koine::ir {

using Arrays = std::vector<Array>;

/// A node as its rules see it. Undefined arrays among tangents and cotangents are zeros.
struct RuleInput {
  const OpSpec& op;
  const void* attrs;
  const AttrRef& box;
  std::span<const Array> in;
  std::span<const Array> out;
  /// In reverse: the operands whose cotangents are asked for.
  std::span<const uint8_t> wanted = {};
};

/// What a batching rule knows: `in` are the batched operands, their batch axis in front.
struct BatchInput {
  const OpSpec& op;
  const void* attrs;
  const AttrRef& box;
  std::span<const Array> in;
  std::span<const uint8_t> batched;
  Dim size;
  /// The operand's rank in the unbatched program.
  int rank(int i) const { return in[i].rank() - (batched[i] ? 1 : 0); }
};

struct TypeInput {
  const OpSpec& op;
  std::span<const TypeRef> in;
  const void* attrs;
  const Shape& shape(int i) const { return in[i]->shape; }
  DType dtype(int i) const { return in[i]->dtype; }
};
/// An operand before promotion: an array's dtype, or the kind of a number that has none.
struct OperandDType {
  DType dtype;
  bool number = false;
  Kind kind = Kind::integer;
  bool traced = false;  // a number whose value only a call of the traced function has
};
struct TypeValue {
  DType dtype;
  Shape shape;
};

/// Where a box of a result comes from: element i of the box, which lies at `start + steps * i` of the result, is
/// element `offset + sum(strides[d] * i[d])` of the operand, both row-major.
struct MapPiece {
  int operand = 0;
  Shape start, size;  // of the box, in the result
  Dim offset = 0;
  Shape strides;    // per axis of the result, in elements of the operand
  Ints steps = {};  // per axis of the result, positive; 1 when left out
};

/// The whole result as boxes; later boxes cover earlier ones, what no box covers is `fill`.
struct IndexMap {
  std::vector<MapPiece> pieces;
  Number fill = 0;
};

/// A reduction: the operand in the result's dtype, folded over axes with a monoid. `identity` is null where the monoid
/// has none among the numbers (max, min).
struct Fold {
  const scalar::Program* combine;
  const int64_t* identity;
  const Axes& axes;
  bool keepdims;
};

/// Dense row-major memory of a concrete type. `data` is null for an output that nobody reads.
struct TensorRef {
  DType dtype = DType::float32;
  std::vector<int64_t> shape;
  std::byte* data = nullptr;
  int64_t count() const {
    int64_t n = 1;
    for (int64_t d : shape) n *= d;
    return n;
  }
  int64_t bytes() const { return count() * static_cast<int64_t>(size_of(dtype)); }
  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
};

/// How a reference kernel runs the graphs it holds.
class GraphRunner {
 public:
  virtual ~GraphRunner() = default;
  /// Outputs without data are not stored. Throws what the kernels throw.
  virtual void run(const GraphRef& graph, std::span<const TensorRef> in, std::span<const TensorRef> out) = 0;
  /// Calls f(i) for each i below n, in any order, on several threads where the device has them.
  virtual void each(int64_t n, const std::function<void(int64_t)>& f) {
    for (int64_t i = 0; i < n; ++i) f(i);
  }
};

struct KernelInput {
  const OpSpec& op;
  const void* attrs;
  const AttrRef& box;
  std::span<const TensorRef> in;
  std::span<const TensorRef> out;
  GraphRunner& runner;
};

/// The name and first opset version under which ONNX knows the op; no name when it does not.
struct Onnx {
  const char* name = nullptr;
  int since = 0;
};

/// An operand of a test sample: random in [low, high), or given values (as doubles).
struct SampleInput {
  Shape shape;
  DType dtype = DType::float32;
  double low = -2, high = 2;
  std::vector<double> values = {};
};
struct Sample {
  std::vector<SampleInput> in;
  AttrRef attrs;
};

/// The kinds of generated tests, and the closed list of reasons for which an op may leave one out.
enum class Cell : uint8_t {
  forward,
  jvp,
  vjp,
  second_order,
  vmap,
  vmap_of_vjp,
  vjp_of_vmap,
  jvp_of_vjp,
  symbolic,
  zero_size,
  strided,
  broadcast,
  dtypes,
  poison
};
inline constexpr int cell_count = 14;
enum class Reason : uint8_t {
  none,
  not_differentiable,  // the op declares NotDifferentiable or its result is not floating
  discontinuous,       // differences straddle a jump at the sample
  fixed_shape,         // the op has no operand whose size could vary
  not_elementwise,     // broadcasting is not part of its contract
  control_flow,        // tested by its own tests over real bodies
  random               // compared by distribution and by bits instead
};
struct Exemption {
  Cell cell;
  Reason reason;
};

/// Which operands of a composite may have further axes in front with the op staying whole under a batch.
enum class Whole : uint8_t { never, first, all };

enum class Family : uint8_t { elementwise, structural, contraction, reduction, scan, library, control, composite };
const char* name(Family family);

struct OpSpec {
  const char* name = nullptr;
  Family family = Family::composite;
  const char* doc = nullptr;
  const char* shapes = nullptr;          // what operands fit and what comes out, and what is raised otherwise
  const char* example = nullptr;         // in Python, as in its interpreter, with `import koine as kn` before it
  std::span<const char* const> args;     // operand names; "xs..." is variadic, "mask?" optional
  std::span<const char* const> outputs;  // result names; a single op has {"y"}; a leading '_' hides one from users
  AttrLayout attrs;

  /// The dtypes that operands are cast to before the op sees them. Throws DTypeError.
  void (*operand_dtypes)(const OpSpec& op, std::span<OperandDType> operands) = nullptr;
  /// Another expression where the op itself cannot take such operands and their meaning is known all the same; an empty
  /// array where it can, or where nobody can. Null for most ops.
  Array (*instead)(const OpSpec& op, std::span<const Arg> args) = nullptr;
  /// Rewrites attributes to their canonical form (negative axes, filled defaults) or throws.
  void (*normalize)(void* attrs, const TypeInput& input) = nullptr;
  /// Shape and dtype rule. Throws ShapeError or DTypeError.
  std::vector<TypeValue> (*infer)(const TypeInput& input) = nullptr;
  Arrays (*jvp)(const RuleInput& node, std::span<const Array> tangents) = nullptr;
  Arrays (*vjp)(const RuleInput& node, std::span<const Array> cotangents) = nullptr;
  /// Outputs carry the batch in front; clear `out_batched[k]` for an output that has none.
  Arrays (*vmap)(const BatchInput& node, std::span<uint8_t> out_batched) = nullptr;
  /// Runs the op on the reference device.
  void (*reference)(const KernelInput& kernel) = nullptr;
  /// The scalar body of an elementwise op, recorded for the classes of its operands; null otherwise.
  const scalar::Program* (*scalar_body)() = nullptr;
  /// Where the elements of a structural op's result come from, when the types and attributes say so; null otherwise.
  IndexMap (*index_map)(const TypeInput& input) = nullptr;
  /// The fold of a reduction that has no other output than the folded values; null otherwise.
  Fold (*fold)(const void* attrs) = nullptr;
  /// The array body of a composite; null otherwise. What rules it lacks follow from the body.
  Arrays (*body)(std::span<const Array> in, const void* attrs) = nullptr;
  std::vector<Sample> (*samples)() = nullptr;

  /// Constants of the op for its family's code.
  const void* family_data = nullptr;

  /// Why the op has no derivative, or null.
  const char* not_differentiable = nullptr;
  /// The operand whose memory the result may take over when nobody else needs it: every element of the result
  /// depends on that operand only at its own place. -1 for none, -2 for any of the result's type.
  int in_place = -1;
  /// The kernel can throw on the values of its operands.
  bool can_fail = false;
  Whole whole = Whole::never;
  /// Not part of the user's functions: called by the library only.
  bool internal = false;
  std::span<const Exemption> exemptions;
  Onnx onnx;
  const char* file = nullptr;

  int output_count() const { return narrow<int>(outputs.size()); }
  bool is_variadic() const;
  int min_args() const;
  int max_args() const;  // a large number when variadic
};

/// All rows, sorted by name.
std::span<const OpSpec* const> op_table();
/// The row of a name, or null.
const OpSpec* find_op(std::string_view name);

}  // namespace koine::ir
