// Layers and optimisers of C++ as Python objects: what is seen of a struct by reflection, so that nothing is written
// twice.
#pragma once

#include "ir/member_name.h"
#include "python/casters.h"

#include <koine/detail/functional.h>
#include <koine/nn.h>
#include <koine/optim.h>

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace koine::python {

using detail::List;

/// A layer or optimiser as it was made from its options, without values: an immutable object, one for equal options.
class Prototype {
 public:
  virtual ~Prototype() = default;
  virtual const std::string& kind() const = 0;
  /// The options by name.
  virtual nanobind::dict options() const = 0;
  /// (name, value) of the other members: what is declared of a leaf or None, a prototype, or a list of these.
  virtual nanobind::list parts() const = 0;
};

/// A number as an argument of a function: an array that a derivative follows is refused.
struct Plain {
  double value = 0;
  operator double() const { return value; }
};
template <class T>
using PlainFor = std::conditional_t<std::is_same_v<T, double>, Plain, T>;
/// The function with such numbers in the place of its doubles.
template <class R, class... A>
auto plain(R (*f)(A...)) {
  return [f](PlainFor<A>... arguments) { return f(arguments...); };
}

namespace reflect {

template <class L>
inline constexpr int member_count = tree::detail::member_count<L>;

/// The names of the members of a plain aggregate.
template <class L>
const std::vector<std::string>& member_names() {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    if constexpr (member_count<L> > 0)
      for (int64_t at = 0; at < member_count<L>; ++at)
        all.emplace_back(tree::detail::member_name(tree::detail::spell<tree::detail::member_pointers<L>()>(), at));
    return all;
  }());
  return names;
}

/// Calls f(name, member) for each member of a plain aggregate.
template <class L, class F>
void each_member(L& object, F f) {
  using Plain = std::remove_const_t<L>;
  if constexpr (member_count<Plain> > 0)
    tree::detail::Members<member_count<Plain>>::pass(object, [&](auto&... member) {
      const std::string* name = member_names<Plain>().data();
      (f(*name++, member), ...);
    });
}

/// The types of the members.
template <class L>
auto member_types(L& object) {
  if constexpr (member_count<L> > 0)
    return tree::detail::Members<member_count<L>>::pass(object, [](auto&... member) {
      return std::type_identity<std::tuple<std::remove_cvref_t<decltype(member)>...>>();
    });
  else
    return std::type_identity<std::tuple<>>();
}
template <class L>
using Members = typename decltype(member_types(std::declval<L&>()))::type;

template <class T>
inline constexpr bool is_option = std::is_arithmetic_v<T> || std::is_same_v<T, Ints> || std::is_same_v<T, Padding> ||
                                  std::is_same_v<T, nn::Activation> || std::is_same_v<T, optim::Schedule> ||
                                  std::is_same_v<T, DType> || std::is_same_v<T, optim::Groups>;

nanobind::object from_option(bool value);
nanobind::object from_option(int64_t value);
nanobind::object from_option(double value);
nanobind::object from_option(const Ints& value);
nanobind::object from_option(const Padding& value);
nanobind::object from_option(DType value);
nanobind::object from_option(const nn::Activation& value);
nanobind::object from_option(const optim::Schedule& value);
nanobind::object from_option(const optim::Groups& value);
void to_option(nanobind::handle object, std::string& value);
void to_option(nanobind::handle object, bool& value);
void to_option(nanobind::handle object, int64_t& value);
void to_option(nanobind::handle object, double& value);
void to_option(nanobind::handle object, Ints& value);
void to_option(nanobind::handle object, Padding& value);
void to_option(nanobind::handle object, DType& value);
void to_option(nanobind::handle object, nn::Activation& value);
void to_option(nanobind::handle object, optim::Schedule& value);
void to_option(nanobind::handle object, optim::Groups& value);

/// Options as they were given: by position, then by name.
class Given {
 public:
  Given(std::string kind, nanobind::tuple args, nanobind::dict keywords)
      : kind_(std::move(kind)), args_(std::move(args)), keywords_(std::move(keywords)) {}

  /// Sets the next option when it was given. Throws PythonError with a TypeError when it was not and is needed.
  template <class T>
  void take(const std::string& name, T& value) {
    nanobind::object object = find(name);
    if (object.is_valid()) {
      to_option(object, value);
    } else if constexpr (std::is_same_v<T, int64_t>) {
      // A size has no default that means anything.
      if (value == 0) missing(name);
    } else if constexpr (std::is_same_v<T, std::string>) {
      missing(name);
    }
  }
  /// Throws PythonError with a TypeError for options that nobody took.
  void done(const std::vector<std::string>& names) const;

 private:
  nanobind::object find(const std::string& name);
  [[noreturn]] void missing(const std::string& name) const;

  std::string kind_;
  nanobind::tuple args_;
  nanobind::dict keywords_;
  size_t next_ = 0, taken_ = 0;
};

/// The struct with these options; those that were not given have the default that the ones before them imply.
template <class L, class... Before>
L build(Given& given, const Before&... before) {
  constexpr size_t at = sizeof...(Before);
  L made{before...};
  if constexpr (at < std::tuple_size_v<Members<L>>) {
    using Next = std::tuple_element_t<at, Members<L>>;
    if constexpr (is_option<Next>) {
      std::string name;
      Next value{};
      size_t place = 0;
      each_member(made, [&]<class T>(const std::string& member, T& found) {
        if constexpr (std::is_same_v<T, Next>)
          if (place == at) name = member, value = found;
        ++place;
      });
      given.take(name, value);
      return build<L>(given, before..., value);
    }
  }
  std::vector<std::string> names;
  each_member(made, [&]<class T>(const std::string& member, T&) {
    if constexpr (is_option<T>) names.push_back(member);
  });
  given.done(names);
  return made;
}

template <class L>
nanobind::dict options_of(const L& object) {
  nanobind::dict options;
  each_member(object, [&]<class T>(const std::string& name, T& value) {
    if constexpr (is_option<std::remove_const_t<T>>) options[name.c_str()] = from_option(value);
  });
  return options;
}

/// The same object for equal structs: Python compares prototypes by identity.
nanobind::object interned(const std::string& key, const std::function<nanobind::object()>& make);

}  // namespace reflect

}  // namespace koine::python

namespace nanobind::detail {

template <>
struct type_caster<koine::python::Plain> {
  NB_TYPE_CASTER(koine::python::Plain, const_name("float"))
  bool from_python(handle source, uint8_t, cleanup_list*) {
    koine::python::refuse_followed(source.ptr());
    value.value = PyFloat_AsDouble(source.ptr());
    if (value.value != -1 || !PyErr_Occurred()) return true;
    PyErr_Clear();
    return false;
  }
  static handle from_cpp(const koine::python::Plain& number, rv_policy, cleanup_list*) noexcept {
    return PyFloat_FromDouble(number.value);
  }
};

}  // namespace nanobind::detail
