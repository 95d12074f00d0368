#pragma once
#include <koine/detail/functional.h>
#include <koine/tree.h>

#include <optional>
#include <tuple>

/// Transforms of functions: derivatives, batching, compilation. Arguments and results are trees of arrays
/// (see <koine/tree.h>); all transforms compose in any order.
namespace koine {

/// What `value_and_grad` gives: the function's result and the gradient of it (of its first part).
template <class Value, class Gradient>
struct ValueAndGrad {
  Value value;
  Gradient grad;
};
template <class Value, class Tangent>
struct ValueAndTangent {
  Value value;
  Tangent tangent;
};

namespace detail {

template <class T>
const Array& scalar_of(const T& result) {
  if constexpr (std::is_base_of_v<Array, T>)
    return result;
  else
    return std::get<0>(result);
}

template <size_t... I>
struct Which {
  using Type = std::index_sequence<I...>;
};
template <>
struct Which<> {
  using Type = std::index_sequence<0>;
};

template <class Tuple, size_t... I>
Flags wanted_leaves(const Tuple& arguments, std::index_sequence<I...>) {
  Flags wanted;
  size_t at = 0;
  auto add = [&](const auto& tree) {
    bool chosen = ((at == I) || ...);
    tree::for_each(tree, [&](const Array& leaf, const tree::Path& path) {
      wanted.push_back(chosen && path.role() != Role::state && leaf.defined() && is_inexact(leaf.dtype()));
    });
    ++at;
  };
  std::apply([&](const auto&... argument) { (add(argument), ...); }, arguments);
  return wanted;
}

template <class Tuple, size_t... I>
auto chosen_arguments(const Tuple& arguments, std::index_sequence<I...>) {
  if constexpr (sizeof...(I) == 1)
    return (std::get<I>(arguments), ...);
  else
    return std::tuple(std::get<I>(arguments)...);
}

/// Arguments where they lie: a tree with the parts of a tuple of them, for a walk that is quicker than a copy.
template <class... A>
struct Borrowed {
  std::tuple<const A*...> parts;
};

/// f on the leaves of its arguments; keeps its last result, whose leaves it returns.
template <class F, class... A>
class OnLeaves {
 public:
  using Result = std::decay_t<std::invoke_result_t<F&, const A&...>>;
  OnLeaves(F& f, const std::tuple<A...>& like) : f_(f), like_(like) {}
  List operator()(const List& leaves) {
    result_.emplace(std::apply(f_, tree::unflatten(like_, leaves)));
    return tree::leaves(*result_);
  }
  /// The last result with other leaves.
  Result with(const List& leaves) const { return tree::unflatten(*result_, leaves); }
  const Result& last() const { return *result_; }

 private:
  F& f_;
  const std::tuple<A...>& like_;
  std::optional<Result> result_;
};

/// The function that a transform gives: it holds the functions it was made of and gives them to `body`, before its
/// arguments. It can be called const where the first of them can.
template <class Body, class F, class... More>
class Transformed {
 public:
  explicit Transformed(Body body, F f, More... more)
      : body_(std::move(body)), functions_(std::move(f), std::move(more)...) {}
  template <class... A>
  auto operator()(const A&... arguments) {
    return std::apply([&](auto&... functions) { return body_(functions..., arguments...); }, functions_);
  }
  template <class... A>
    requires std::is_invocable_v<const F&, const A&...>
  auto operator()(const A&... arguments) const {
    return std::apply([&](auto&... functions) { return body_(functions..., arguments...); }, functions_);
  }

 private:
  Body body_;
  std::tuple<F, More...> functions_;
};

}  // namespace detail

namespace tree::detail {

template <class... A>
struct Describe<koine::detail::Borrowed<A...>> {
  static void expand(void* object, Step& step) {
    std::apply(
        [&step](const A*... parts) {
          static constexpr const Type* types[] = {&part_type<A>()..., nullptr};
          void* const objects[] = {address(*parts)..., nullptr};
          step.members(nullptr, types, objects, sizeof...(A));
        },
        static_cast<const koine::detail::Borrowed<A...>*>(object)->parts);
  }
  static constexpr Type describe() { return {expand, &typeid(koine::detail::Borrowed<A...>), false}; }
};

}  // namespace tree::detail

/// The function that gives f's result and its gradient with respect to the chosen arguments (the first by
/// default: `value_and_grad<0, 2>(f)` chooses two and gives a tuple). f returns a real scalar, or a pair or
/// tuple that begins with one; the rest is passed through. A gradient is a tree like its argument; leaves that
/// are integers or state stay empty arrays. Complex arguments follow PyTorch: the gradient is the direction of
/// steepest ascent. Throws ShapeError when the result is no scalar, NotDifferentiable when an op has no derivative.
template <size_t... I, class F>
auto value_and_grad(F f, std::source_location where = std::source_location::current()) {
  const auto body = [where]<class G, class... A>(G& f, const A&... arguments) {
    using Chosen = typename detail::Which<I...>::Type;
    std::tuple<A...> all(arguments...);
    detail::Tape tape(tree::leaves(all), detail::wanted_leaves(all, Chosen()));
    auto value = std::apply(f, tree::unflatten(all, tape.inputs()));
    auto gradients = tree::unflatten(all, tape.gradients(detail::scalar_of(value), where));
    auto grad = detail::chosen_arguments(gradients, Chosen());
    return ValueAndGrad<decltype(value), decltype(grad)>{std::move(value), std::move(grad)};
  };
  return detail::Transformed(body, std::move(f));
}
/// The same at once: `auto [loss, grad] = value_and_grad(f, model)`.
template <size_t... I, class F, class A>
auto value_and_grad(F f, const A& argument, std::source_location where = std::source_location::current()) {
  return value_and_grad<I...>(std::move(f), where)(argument);
}

/// The function that gives the gradient alone.
template <size_t... I, class F>
auto grad(F f, std::source_location where = std::source_location::current()) {
  const auto body = [](auto& inner, const auto&... arguments) { return inner(arguments...).grad; };
  return detail::Transformed(body, value_and_grad<I...>(std::move(f), where));
}

/// f at x and its directional derivative along a tangent like x: `auto [y, dy] = jvp(f, x, dx)`. Empty leaves of the
/// tangent are zero; integer leaves of the result have an empty tangent.
template <class F, class T, class U>
auto jvp(F f, const T& x, const U& tangent, std::source_location where = std::source_location::current()) {
  detail::List leaves = tree::leaves(x), tangents = tree::leaves(tangent);
  detail::Flags wanted;
  for (const Array& t : tangents) wanted.push_back(t.defined());
  detail::Tape tape(leaves, wanted);
  auto value = f(tree::unflatten(x, tape.inputs()));
  auto pushed = tree::unflatten(value, tape.push(tree::leaves(value), tangents, where));
  return ValueAndTangent<decltype(value), decltype(value)>{std::move(value), std::move(pushed)};
}

/// A function from a cotangent like the result to a cotangent like the argument.
template <class Value, class T>
class Pullback {
 public:
  Pullback(detail::RecordedRef recorded, T like) : recorded_(std::move(recorded)), like_(std::move(like)) {}
  T operator()(const Value& cotangent, std::source_location where = std::source_location::current()) const {
    return tree::unflatten(like_, detail::pull(*recorded_, tree::leaves(cotangent), where));
  }

 private:
  detail::RecordedRef recorded_;
  T like_;
};

/// f at x and the function that pulls cotangents back: `auto [y, pull] = vjp(f, x)`.
template <class F, class T>
auto vjp(F f, const T& x) {
  std::tuple<T> all(x);
  detail::Tape tape(tree::leaves(all), detail::wanted_leaves(all, std::index_sequence<0>()));
  auto value = f(tree::unflatten(x, tape.inputs()));
  Pullback<decltype(value), T> pull(tape.record(tree::leaves(value)), x);
  return std::pair(std::move(value), std::move(pull));
}

/// An argument of `vmap` that all examples share.
inline constexpr int64_t unbatched = INT64_MIN;

struct VmapOptions {
  /// The batch axis of each argument; the last entry counts for all further ones.
  std::vector<int64_t> in = {0};
  /// Where the batch axis goes in each leaf of the result; the last entry counts for all further ones.
  std::vector<int64_t> out = {0};
};

/// The function that applies f to every example of a batch, as one computation. Reading a value inside f throws
/// TraceError. Throws ShapeError when the arguments' batches differ in length.
template <class F>
auto vmap(F f, VmapOptions options = {}, std::source_location where = std::source_location::current()) {
  auto body = [options = std::move(options), where]<class G, class... A>(G& f, const A&... arguments) {
    std::tuple<A...> all(arguments...);
    std::vector<int64_t> axes;
    size_t at = 0;
    auto add = [&](const auto& tree) {
      axes.insert(axes.end(), tree::count(tree), options.in[std::min(at, options.in.size() - 1)]);
      ++at;
    };
    (add(arguments), ...);
    detail::OnLeaves<G, A...> on_leaves(f, all);
    return on_leaves.with(detail::vmap(detail::Callable(on_leaves), tree::leaves(all), axes, options.out, where));
  };
  return detail::Transformed(std::move(body), std::move(f));
}

/// A function that is traced once per structure and types of its arguments; later calls only replay the graph.
/// Arrays that f reaches from outside are fixed at the first call. Copies share nothing. Several threads may call it.
template <class F>
class Jit {
 public:
  Jit(F f, std::source_location where) : f_(std::move(f)), where_(where) {}
  Jit(const Jit& other) : f_(other.f_), where_(other.where_) {}
  Jit(Jit&& other) noexcept
      : f_(std::move(other.f_)), where_(other.where_), first_(std::exchange(other.first_, nullptr)) {}
  Jit& operator=(const Jit&) = delete;
  ~Jit() {
    while (first_) delete std::exchange(first_, first_->next);
  }

  template <class... A>
  auto operator()(const A&... arguments) {
    return call(f_, arguments...);
  }
  template <class... A>
    requires std::is_invocable_v<const F&, const A&...>
  auto operator()(const A&... arguments) const {
    return call(f_, arguments...);
  }
  /// How many different calls were traced.
  size_t traces() const {
    size_t count = 0;
    for (const Entry* entry = first(); entry; entry = entry->next) ++count;
    return count;
  }

 private:
  template <class G, class... A>
  auto call(G& f, const A&... arguments) const {
    using Result = typename detail::OnLeaves<G, A...>::Result;
    auto [leaves, key, has_opaque] = tree::flatten(detail::Borrowed<A...>{{__builtin_addressof(arguments)...}});
    // A value that is known by its type alone may differ: such a call is traced each time.
    if (has_opaque) return Result(f(arguments...));
    detail::add_types(key, leaves);
    for (const Entry* entry = first(); entry; entry = entry->next)
      if (entry->key == key)
        return tree::unflatten(*static_cast<const Result*>(entry->result),
                               detail::replay(*entry->graph, leaves, where_));
    const std::tuple<A...> all(arguments...);
    detail::OnLeaves<G, A...> on_leaves(f, all);
    detail::RecordedRef graph = detail::trace(detail::Callable(on_leaves), tree::leaves(all), "jit", where_);
    detail::List results = detail::replay(*graph, leaves, where_);
    add(new Entry(std::move(key), std::move(graph), on_leaves.last()));
    return on_leaves.with(results);
  }

  struct Entry {
    template <class R>
    Entry(std::string key, detail::RecordedRef graph, const R& like)
        : key(std::move(key)),
          graph(std::move(graph)),
          result(new R(like)),
          destroy([](void* object) { delete static_cast<R*>(object); }) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { destroy(result); }
    std::string key;
    detail::RecordedRef graph;
    void* result;
    void (*destroy)(void*);
    Entry* next = nullptr;
  };
  // Several threads may call at once: entries are only ever added, in front.
  const Entry* first() const { return __atomic_load_n(&first_, __ATOMIC_ACQUIRE); }
  void add(Entry* entry) const {
    entry->next = __atomic_load_n(&first_, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&first_, &entry->next, entry, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
  }

  F f_;
  std::source_location where_;
  mutable Entry* first_ = nullptr;
};

template <class F>
Jit<F> jit(F f, std::source_location where = std::source_location::current()) {
  return Jit<F>(std::move(f), where);
}

/// The function that gives the graph of f for arguments like its own, as text: `print(graph_text(grad(f))(x))`. f is
/// traced and not run.
template <class F>
auto graph_text(F f, std::source_location where = std::source_location::current()) {
  const auto body = [where]<class G, class... A>(G& f, const A&... arguments) {
    std::tuple<A...> all(arguments...);
    detail::OnLeaves<G, A...> on_leaves(f, all);
    return detail::to_string(*detail::trace(detail::Callable(on_leaves), tree::leaves(all), "graph_text", where));
  };
  return detail::Transformed(body, std::move(f));
}

enum class Mode : uint8_t { forward, reverse };

/// The function that gives the Jacobian of f at an array: shape (result's..., argument's...).
template <class F>
auto jacobian(F f, Mode mode = Mode::reverse) {
  const auto body = [mode](auto& f, const Array& x) -> Array {
    if (mode == Mode::forward) {
      auto along = [&](const Array& direction) { return jvp(f, x, direction).tangent; };
      Array columns = vmap(along)(detail::basis_like(x));  // (x.size(), result's...)
      return detail::split_axis(moveaxis(columns, 0, -1), -1, x.shape());
    }
    auto [y, pull] = vjp(f, x);
    Array rows = vmap([&pull = pull](const Array& ct) { return pull(ct); })(detail::basis_like(y));
    return detail::split_axis(rows, 0, y.shape());
  };
  return detail::Transformed(body, std::move(f));
}

/// The function that gives the matrix of second derivatives of a scalar function: shape (x's..., x's...).
template <class F>
auto hessian(F f) {
  return jacobian(grad(std::move(f)), Mode::forward);
}

/// The product of the Hessian of a scalar function at x with v, without forming it. Trees allowed.
template <class F, class T>
T hvp(F f, const T& x, const T& v) {
  return jvp(grad(std::move(f)), x, v).tangent;
}

/// The function that computes its inner values again in a backward pass instead of keeping them.
template <class F>
auto checkpoint(F f, std::source_location where = std::source_location::current()) {
  const auto body = [where]<class G, class... A>(G& f, const A&... arguments) {
    std::tuple<A...> all(arguments...);
    detail::OnLeaves<G, A...> on_leaves(f, all);
    return on_leaves.with(detail::checkpoint(detail::Callable(on_leaves), tree::leaves(all), where));
  };
  return detail::Transformed(body, std::move(f));
}

/// f with a reverse-mode derivative of its own: `forward(x...)` gives a pair of f's result and residuals,
/// `backward(residuals, cotangent)` a cotangent like the argument (a tuple for several). Composes with all
/// transforms; jvp goes through the transpose of `backward`. Both must not reach differentiated arrays from outside.
template <class F, class Forward, class Backward>
auto custom_vjp(F f, Forward forward, Backward backward, std::source_location where = std::source_location::current()) {
  const auto body = [where]<class G, class... A>(G& f, auto& forward, auto& backward, const A&... arguments) {
    using Kept = std::decay_t<std::invoke_result_t<decltype(forward), const A&...>>;
    using Residuals = std::decay_t<typename Kept::second_type>;
    std::tuple<A...> all(arguments...);
    detail::OnLeaves<G, A...> on_leaves(f, all);
    std::optional<Kept> kept;
    auto run_forward = [&](const detail::List& leaves) {
      kept.emplace(std::apply(forward, tree::unflatten(all, leaves)));
      return tree::leaves(*kept);
    };
    auto run_backward = [&](const detail::List& in) {
      size_t residuals = tree::count(kept->second);
      Residuals own =
          tree::unflatten(kept->second, detail::List(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(residuals)));
      detail::List given(in.begin() + static_cast<std::ptrdiff_t>(residuals), in.end());
      return tree::leaves(backward(own, tree::unflatten(kept->first, given)));
    };
    return on_leaves.with(detail::custom_vjp(detail::Callable(on_leaves), detail::Callable(run_forward),
                                             detail::Callable(run_backward), tree::leaves(all), where));
  };
  return detail::Transformed(body, std::move(f), std::move(forward), std::move(backward));
}

/// f with a forward-mode derivative of its own: `rule(x, dx)` gives a pair of f's result and its tangent. One
/// argument, a tree; reverse mode goes through the transpose of the rule.
template <class F, class Rule>
auto custom_jvp(F f, Rule rule, std::source_location where = std::source_location::current()) {
  const auto body = [where]<class G, class A>(G& f, auto& rule, const A& argument) {
    std::tuple<A> all(argument);
    detail::OnLeaves<G, A> on_leaves(f, all);
    size_t n = tree::count(argument);
    auto run_rule = [&](const detail::List& in) {
      auto middle = in.begin() + static_cast<std::ptrdiff_t>(n);
      return tree::leaves(rule(tree::unflatten(argument, detail::List(in.begin(), middle)),
                               tree::unflatten(argument, detail::List(middle, in.end()))));
    };
    return on_leaves.with(
        detail::custom_jvp(detail::Callable(on_leaves), detail::Callable(run_rule), tree::leaves(all), where));
  };
  return detail::Transformed(body, std::move(f), std::move(rule));
}

struct ScanOptions {
  bool reverse = false;
  /// The number of steps, needed when there are no sequences.
  int64_t length = -1;
};

/// Repeats `step(carry, x) -> pair(carry, y)` over the first axis of every leaf of xs: gives the last carry and the
/// stacked y. Carry, x and y are trees; differentiable in both modes. Throws ShapeError when the carry changes type.
template <class F, class Carry, class X>
auto scan(F step, const Carry& init, const X& xs, ScanOptions options = {},
          std::source_location where = std::source_location::current()) {
  using Pair = std::decay_t<std::invoke_result_t<F&, const Carry&, const X&>>;
  std::optional<Pair> last;
  size_t carries = tree::count(init);
  auto body = [&](const detail::List& in) {
    auto middle = in.begin() + static_cast<std::ptrdiff_t>(carries);
    last.emplace(step(tree::unflatten(init, detail::List(in.begin(), middle)),
                      tree::unflatten(xs, detail::List(middle, in.end()))));
    return tree::leaves(*last);
  };
  detail::List out = detail::scan(detail::Callable(body), tree::leaves(init), tree::leaves(xs), options.length,
                                  options.reverse, where);
  return tree::unflatten(*last, out);
}

struct WhileOptions {
  /// The loop ends after so many steps; needed for reverse mode.
  int64_t max_steps = 0;
};

/// Repeats `body(carry) -> carry` while `condition(carry)` (a bool array without axes) holds. Forward mode always
/// works, reverse mode with `max_steps`; under vmap it runs until every example is done.
template <class C, class B, class Carry>
Carry while_loop(C condition, B body, const Carry& init, WhileOptions options = {},
                 std::source_location where = std::source_location::current()) {
  auto test = [&](const detail::List& in) { return detail::List{condition(tree::unflatten(init, in))}; };
  auto step = [&](const detail::List& in) { return tree::leaves(Carry(body(tree::unflatten(init, in)))); };
  return tree::unflatten(init, detail::while_loop(detail::Callable(test), detail::Callable(step), tree::leaves(init),
                                                  options.max_steps, where));
}

/// `yes(operands...)` where the predicate (a bool array without axes) is true, else `no(operands...)`; only one is
/// computed. Under vmap over the predicate both are, and the one not chosen reaches no result and no gradient.
template <class Yes, class No, class... A>
auto cond(const Arg& predicate, Yes yes, No no, const A&... operands) {
  std::tuple<A...> all(operands...);
  detail::OnLeaves<Yes, A...> first(yes, all);
  detail::OnLeaves<No, A...> second(no, all);
  detail::List out = detail::cond(predicate, detail::Callable(first), detail::Callable(second), tree::leaves(all));
  return first.with(out);
}

}  // namespace koine
