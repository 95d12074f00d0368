#pragma once
#include <koine/control.h>

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

/// A function from a tangent like the argument to a tangent like the result; empty leaves of a tangent are zero.
template <class Value, class T>
class Pushforward {
 public:
  Pushforward(detail::RecordedRef recorded, Value like) : recorded_(std::move(recorded)), like_(std::move(like)) {}
  Value operator()(const T& tangent, std::source_location where = std::source_location::current()) const {
    return tree::unflatten(like_, detail::push(*recorded_, tree::leaves(tangent), where));
  }

 private:
  detail::RecordedRef recorded_;
  Value like_;
};

namespace detail {
/// f at x, run once, and what was recorded.
template <class F, class T>
auto recorded(F& f, const T& x) {
  std::tuple<T> all(x);
  Tape tape(tree::leaves(all), wanted_leaves(all, std::index_sequence<0>()));
  auto value = f(tree::unflatten(x, tape.inputs()));
  RecordedRef recorded = tape.record(tree::leaves(value));
  return std::pair(std::move(value), std::move(recorded));
}
}  // namespace detail

/// f at x and the function that pulls cotangents back: `auto [y, pull] = vjp(f, x)`.
template <class F, class T>
auto vjp(F f, const T& x) {
  auto [value, recorded] = detail::recorded(f, x);
  Pullback<decltype(value), T> pull(std::move(recorded), x);
  return std::pair(std::move(value), std::move(pull));
}

/// f at x and its derivative there, a linear function of tangents: `auto [y, push] = linearize(f, x)`. f is run once.
template <class F, class T>
auto linearize(F f, const T& x) {
  auto [value, recorded] = detail::recorded(f, x);
  Pushforward<decltype(value), T> push(std::move(recorded), value);
  return std::pair(std::move(value), std::move(push));
}

/// An argument or result of `vmap` that all examples share.
using detail::unbatched;

struct VmapOptions {
  /// The batch axis of each argument; the last entry counts for all further ones.
  std::vector<int64_t> in = {0};
  /// Where the batch axis goes in each leaf of the result; the last entry counts for all further ones. One that is
  /// `unbatched` must not depend on the batch: else ValueError.
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

/// What f would give for arguments like these: its result with arrays of which only shape and dtype are known. Nothing
/// is computed.
template <class F, class... A>
auto eval_shape(F f, const A&... arguments) {
  const std::tuple<A...> all(arguments...);
  detail::OnLeaves<F, A...> on_leaves(f, all);
  const detail::List results =
      detail::eval_shape(detail::Callable(on_leaves), tree::leaves(all), std::source_location::current());
  return on_leaves.with(results);
}

enum class Mode : uint8_t { forward, reverse };

/// The function that gives the Jacobian of f at a tree. Where f gives an array it is a tree like the argument with
/// leaves of shape (result's..., leaf's...), empty for integers and state; else a vector of such trees, one for each
/// leaf of the result. Throws DTypeError for a complex result of a complex argument, unless f is said to be
/// holomorphic: only then is there one number.
template <class F>
auto jacobian(F f, Mode mode = Mode::reverse, bool holomorphic = false,
              std::source_location where = std::source_location::current()) {
  const auto body = [mode, holomorphic, where]<class G, class T>(G& f, const T& x) {
    std::tuple<T> all(x);
    detail::OnLeaves<G, T> on_leaves(f, all);
    const std::vector<detail::List> rows = detail::jacobian(detail::Callable(on_leaves), tree::leaves(x),
                                                            detail::wanted_leaves(all, std::index_sequence<0>()),
                                                            mode == Mode::forward, holomorphic, where);
    if constexpr (std::is_same_v<typename detail::OnLeaves<G, T>::Result, Array>) {
      return tree::unflatten(x, rows.at(0));
    } else {
      std::vector<T> trees;
      for (const detail::List& row : rows) trees.push_back(tree::unflatten(x, row));
      return trees;
    }
  };
  return detail::Transformed(body, std::move(f));
}

/// The function that gives the matrix of second derivatives of a scalar function: shape (x's..., x's...) for an array;
/// for a tree one tree for each of its leaves.
template <class F>
auto hessian(F f, std::source_location where = std::source_location::current()) {
  return jacobian(grad(std::move(f), where), Mode::forward, false, where);
}

/// The product of the Hessian of a scalar function at x with v, without forming it. Trees allowed.
template <class F, class T>
T hvp(F f, const T& x, const T& v) {
  return jvp(grad(std::move(f)), x, v).tangent;
}

}  // namespace koine
