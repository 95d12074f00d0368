#pragma once
#include <koine/detail/transformed.h>

/// Control flow, and derivatives of one's own: functions that are traced once and become one node. All transforms of
/// <koine/transform.h> go through them, in any order.
namespace koine {

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
/// transforms; jvp goes through the transpose of `backward`. What the functions reach from outside is a constant: a
/// derivative by it throws NotDifferentiable.
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

/// The branch number `index` of the operands, an integer array without axes; below 0 it is the first one, beyond the
/// last the last. All branches give the same types; only one is computed, under vmap over the index all are.
template <class... Branches, class... A>
auto switch_case(const Arg& index, std::tuple<Branches...> branches, const A&... operands) {
  const std::tuple<A...> all(operands...);
  auto on_leaves = std::apply(
      [&](auto&... branch) {
        return std::tuple(detail::OnLeaves<std::decay_t<decltype(branch)>, A...>(branch, all)...);
      },
      branches);
  std::vector<detail::Callable> list;
  std::apply([&](auto&... one) { (list.push_back(detail::Callable(one)), ...); }, on_leaves);
  const detail::List out = detail::choose(index, list, tree::leaves(all));
  return std::get<0>(on_leaves).with(out);
}

/// Repeats `body(i, carry) -> carry` for the integers from start up to but without stop. Where both have values the
/// number of steps is fixed, and both modes of derivatives work; else it is a `while_loop`, which has none in reverse.
template <class B, class Carry>
Carry fori_loop(const Arg& start, const Arg& stop, B body, const Carry& init,
                std::source_location where = std::source_location::current()) {
  auto step = [&](const detail::List& in) {
    return tree::leaves(Carry(body(in[0], tree::unflatten(init, detail::List(in.begin() + 1, in.end())))));
  };
  return tree::unflatten(init, detail::fori_loop(start, stop, detail::Callable(step), tree::leaves(init), where));
}

struct AssociativeScanOptions {
  bool reverse = false;
  int axis = 0;
};

/// All partial results of an associative operation along an axis of the leaves, `combine(a, b)` of trees of stretches,
/// in a number of steps that is the logarithm of the length (Blelloch, 1990).
template <class F, class T>
T associative_scan(F combine, const T& elements, AssociativeScanOptions options = {},
                   std::source_location where = std::source_location::current()) {
  auto on_leaves = [&](const detail::List& in) {
    const auto middle = in.begin() + static_cast<std::ptrdiff_t>(in.size() / 2);
    return tree::leaves(T(combine(tree::unflatten(elements, detail::List(in.begin(), middle)),
                                  tree::unflatten(elements, detail::List(middle, in.end())))));
  };
  return tree::unflatten(elements, detail::associative_scan(detail::Callable(on_leaves), tree::leaves(elements),
                                                            options.reverse, options.axis, where));
}

}  // namespace koine
