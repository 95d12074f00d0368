#pragma once
#include <koine/array.h>

#include <utility>
#include <vector>

/// What the transforms of functions share: lists of arrays instead of trees, callables without types.
namespace koine::detail {

using List = std::vector<Array>;
using Flags = std::vector<uint8_t>;

/// A function on lists of arrays, without its type. Does not own the function.
class Callable {
 public:
  template <class F>
  explicit Callable(F& f)
      : self_(&f), call_([](void* self, const List& in) -> List { return (*static_cast<F*>(self))(in); }) {}
  List operator()(const List& in) const { return call_(self_, in); }

 private:
  void* self_;
  List (*call_)(void* self, const List& in);
};

/// A recorded function: shared, immutable, defined where it is used.
struct Recorded;
void retain(Recorded* recorded);
void release(Recorded* recorded);

class RecordedRef {
 public:
  RecordedRef() = default;
  explicit RecordedRef(Recorded* adopted) : recorded_(adopted) {}
  RecordedRef(const RecordedRef& other) : recorded_(other.recorded_) {
    if (recorded_) retain(recorded_);
  }
  RecordedRef(RecordedRef&& other) noexcept : recorded_(std::exchange(other.recorded_, nullptr)) {}
  RecordedRef& operator=(RecordedRef other) noexcept {
    std::swap(recorded_, other.recorded_);
    return *this;
  }
  ~RecordedRef() {
    if (recorded_) release(recorded_);
  }
  explicit operator bool() const { return recorded_ != nullptr; }
  const Recorded& operator*() const { return *recorded_; }

 private:
  Recorded* recorded_ = nullptr;
};

/// The forward pass of a function while it is recorded for a derivative. Leaves flagged in `wanted` get a name of
/// their own in `inputs`. Values may be read while it lives.
class Tape {
 public:
  Tape(List leaves, Flags wanted);
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  const List& inputs() const { return inputs_; }

  /// Gradients of a real scalar: one array a leaf, empty where not wanted. Throws ShapeError or DTypeError.
  List gradients(const Array& result, std::source_location where) const;
  /// The tangents of the results for tangents of the leaves (empty: zero); empty for integer results.
  List push(const List& results, const List& tangents, std::source_location where) const;
  /// The recorded function, for `pull`; it outlives the tape.
  RecordedRef record(const List& results) const;

 private:
  List inputs_;
  Flags wanted_;
  uint64_t since_;
};

/// Cotangents of the leaves of a recorded function (empty where not wanted) for cotangents of its results.
List pull(const Recorded& recorded, const List& cotangents, std::source_location where);
/// Tangents of the results (empty for integers) for tangents of the leaves, of which empty ones are zero.
List push(const Recorded& recorded, const List& tangents, std::source_location where);

/// For each result of f the derivative of each leaf, of shape (result's..., leaf's...): empty for integers and for what
/// is not wanted. Throws DTypeError for a complex result of a complex leaf unless f is holomorphic.
std::vector<List> jacobian(Callable f, const List& leaves, const Flags& wanted, bool forward, bool holomorphic,
                           std::source_location where);
/// What f gives for leaves like these: abstract arrays.
List eval_shape(Callable f, const List& leaves, std::source_location where);

/// In place of a batch axis: what all examples share.
inline constexpr int64_t unbatched = INT64_MIN;
/// f on batched leaves: `axes[i]` is the batch axis of leaf i or `unbatched`; the batch comes out at `out_axes[k]`
/// (the last entry counts for all further results), which is read after f was traced. Throws ValueError where a result
/// that is to have no batch depends on it.
List vmap(Callable f, const List& leaves, const std::vector<int64_t>& axes, const std::vector<int64_t>& out_axes,
          std::source_location where);

/// The function as a graph for leaves like these, with the arrays it reaches from outside.
RecordedRef trace(Callable f, const List& leaves, const char* transform, std::source_location where);
using Leaves = std::vector<const Array*>;
List replay(const Recorded& recorded, const Leaves& leaves, std::source_location where);
/// The recorded values that `pull` and `push` read, and the same function with others.
List values_of(const Recorded& recorded);
RecordedRef with_values(const Recorded& recorded, const List& values);
/// Whether both are the same but for these.
bool is_like(const Recorded& a, const Recorded& b);
/// The arrays that the recorded function takes for constants, and its results for others in their place.
List outside_of(const Recorded& recorded);
List replay_with(const Recorded& recorded, const List& leaves, const List& outside, std::source_location where);
/// Whether the recorded function took the array for a constant.
bool reaches(const Recorded& recorded, const Array& x);
/// Adds the dtypes and shapes of the leaves to the bytes of a cache key.
void add_types(std::string& key, const Leaves& leaves);
/// The recorded graph as text.
std::string to_string(const Recorded& recorded);

List checkpoint(Callable f, const List& leaves, std::source_location where);
/// `forward` gives the results of f and residuals behind them; `backward` maps residuals and cotangents of the
/// floating results to cotangents of the floating leaves.
List custom_vjp(Callable f, Callable forward, Callable backward, const List& leaves, std::source_location where);
/// `rule` maps leaves and tangents of the floating ones to results and tangents of the floating ones.
List custom_jvp(Callable f, Callable rule, const List& leaves, std::source_location where);

/// Results: last carries, then stacked results of the body.
List scan(Callable body, const List& init, const List& sequences, int64_t length, bool reverse,
          std::source_location where);
List while_loop(Callable condition, Callable body, const List& init, int64_t max_steps, std::source_location where);
List cond(const Arg& predicate, Callable yes, Callable no, const List& operands);
List choose(const Arg& index, const std::vector<Callable>& branches, const List& operands);
List fori_loop(const Arg& start, const Arg& stop, Callable body, const List& init, std::source_location where);
/// `combine` maps leaves of two trees to those of their combination.
List associative_scan(Callable combine, const List& leaves, bool reverse, int axis, std::source_location where);

/// Identity matrix rows as arrays like x, in front: shape (x.size(), x.shape...).
Array basis_like(const Array& x);
/// One axis as several of these lengths.
Array split_axis(const Array& x, int axis, const Shape& lengths);

}  // namespace koine::detail
