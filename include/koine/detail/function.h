// A function that is kept without its type: std::function without the weight of its header.
#pragma once

#include <type_traits>
#include <utility>

namespace koine {

template <class>
class Function;

/// Any callable of a signature, copied with it; empty by default. Calling an empty one is an error of the caller.
template <class R, class... A>
class Function<R(A...)> {
 public:
  Function() = default;
  template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Function> && std::is_invocable_r_v<R, std::decay_t<F>&, A...>)
  Function(F&& f) : target_(new Of<std::decay_t<F>>(std::forward<F>(f))) {}
  Function(const Function& other) : target_(other.target_ ? other.target_->copy() : nullptr) {}
  Function(Function&& other) noexcept : target_(std::exchange(other.target_, nullptr)) {}
  Function& operator=(Function other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~Function() { delete target_; }

  explicit operator bool() const { return target_ != nullptr; }
  R operator()(A... arguments) const { return target_->call(std::forward<A>(arguments)...); }

 private:
  struct Target {
    virtual ~Target() = default;
    virtual R call(A... arguments) = 0;
    virtual Target* copy() const = 0;
  };
  template <class F>
  struct Of final : Target {
    explicit Of(F function) : f(std::move(function)) {}
    R call(A... arguments) override { return f(std::forward<A>(arguments)...); }
    Target* copy() const override { return new Of(f); }
    F f;
  };

  Target* target_ = nullptr;
};

}  // namespace koine
