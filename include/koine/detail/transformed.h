#pragma once
#include <koine/detail/functional.h>
#include <koine/tree.h>

#include <optional>
#include <tuple>

/// What transforms of functions over trees are made with.
namespace koine::detail {

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

}  // namespace koine::detail
