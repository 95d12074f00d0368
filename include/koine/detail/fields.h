// What can be learnt about a plain aggregate without its help: how many members it has, what they are called, and
// each of them. For <koine/tree.h> only.
#pragma once

#include <koine/detail/members.h>
#include <koine/detail/tree_kinds.h>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace koine::tree::detail {

/// The most members of a type that is seen without KOINE_TREE.
inline constexpr size_t max_members = 64;

// The probes stand for a member in an initialiser list. None converts to T itself, which would copy the whole object.
// They are never run; they have bodies because a compiler may look into a constexpr constructor that takes one.

/// Initialises any member that can be copied, references too. It converts to an lvalue: a member like
/// std::optional<X>, which takes whatever converts to X, is ambiguous for a probe that converts to values.
template <class T>
struct Copied {
  template <class Member>
    requires(!std::is_same_v<const Member, const T>)
  operator Member&() const {
    __builtin_unreachable();
  }
};

/// Initialises members that cannot be copied, and no reference to a variable.
template <class T>
struct Made {
  template <class Member>
    requires(!std::is_same_v<const Member, const T>)
  operator Member() {
    __builtin_unreachable();
  }
};

/// As Made, for the members that Made is ambiguous for.
template <class T>
struct MadeExactly {
  template <class Member>
    requires(!std::is_same_v<const Member, const T> && !std::is_convertible_v<Made<T>, Member>)
  operator Member() {
    __builtin_unreachable();
  }
};

/// Initialises members that have no default.
template <class T>
struct Undefaulted {
  template <class Member>
    requires(!std::is_same_v<const Member, const T> && !requires(void (&take)(Member)) { take({}); })
  operator Member&() const {
    __builtin_unreachable();
  }
};

/// Initialises a base class, or an empty one, and nothing else.
template <class T, bool Empty>
struct Base {
  template <class Class>
    requires(std::is_base_of_v<Class, T> && !std::is_same_v<const Class, const T> && (!Empty || std::is_empty_v<Class>))
  operator Class() {
    __builtin_unreachable();
  }
};

template <class T, class... P>
concept Takes = requires { T{P()...}; };

template <class... P>
struct Probes {};

/// One probe for each initialiser of T, or void when there are too many or one that no probe fits. The list is
/// complete when T takes it and none that is longer. Until T takes it a later member has no default, so it grows
/// unseen.
template <class T, class... P>
constexpr auto probes() {
  if constexpr (sizeof...(P) > max_members) {
    return;
  } else if constexpr (Takes<T, P..., Copied<T>>) {
    return probes<T, P..., Copied<T>>();
  } else if constexpr (Takes<T, P..., Made<T>>) {
    return probes<T, P..., Made<T>>();
  } else if constexpr (!Takes<T, P...>) {
    return probes<T, P..., Copied<T>>();
  } else if constexpr (!requires { T{P()..., {}}; }) {
    return Probes<P...>();
  }
}

/// Whether T takes its probes with one replaced by R.
template <class T, size_t At, class R, class... P>
constexpr bool takes_at(Probes<P...>) {
  return []<size_t... Each>(std::index_sequence<Each...>) {
    return Takes<T, std::conditional_t<At == Each, R, P>...>;
  }(std::index_sequence_for<P...>());
}

/// Whether `{}` can stand for the member between the others. It cannot for the first element of a C array, because
/// there it stands for all of them and the others are too many.
template <class T, size_t... Before, size_t... After>
constexpr bool takes_braces(std::index_sequence<Before...>, std::index_sequence<After...>) {
  return requires { T{(void(Before), Copied<T>())..., {}, (void(After), Copied<T>())...}; };
}

template <class T, class... P>
constexpr bool has_c_array(Probes<P...> list) {
  if constexpr (Members<sizeof...(P)>::template braces<T> || !(std::is_same_v<P, Copied<T>> && ...)) {
    return false;
  } else {
    return [list]<size_t... At>(std::index_sequence<At...>) {
      return ((!takes_braces<T>(std::make_index_sequence<At>(), std::make_index_sequence<sizeof...(P) - At - 1>()) &&
               !takes_at<T, At, Undefaulted<T>>(list) && takes_at<T, At, Made<T>>(list)) ||
              ...);
    }(std::index_sequence_for<P...>());
  }
}

template <class T, class First, class... Rest>
constexpr bool has_base(Probes<First, Rest...>) {
  return Takes<T, Base<T, false>, Rest...>;
}

/// How many of the first initialisers are base classes.
template <class T, bool Empty, size_t Skip = 0, class... P>
constexpr size_t count_bases(Probes<P...> list) {
  if constexpr (Skip < sizeof...(P)) {
    if constexpr (takes_at<T, Skip, Base<T, Empty>>(list)) return count_bases<T, Empty, Skip + 1>(list);
  }
  return Skip;
}

/// Whether a member is a reference to a variable.
template <class T, size_t At, class... P>
constexpr bool is_reference_member(Probes<P...> list) {
  constexpr size_t place = At + count_bases<T, true>(Probes<P...>());
  return !takes_at<T, place, Made<T>>(list) && !takes_at<T, place, MadeExactly<T>>(list);
}

template <class T, class... P>
constexpr int count_members(Probes<P...> list) {
  if constexpr (sizeof...(P) == 0) {
    return 0;
  } else if constexpr (has_c_array<T>(list)) {
    return -1;
  } else if constexpr (!has_base<T>(list)) {
    return sizeof...(P);
  } else {
    constexpr size_t bases = count_bases<T, true>(list);
    return count_bases<T, false>(list) == bases ? static_cast<int>(sizeof...(P) - bases) : -1;
  }
}
template <class T>
constexpr int count_members() {
  if constexpr (std::is_union_v<T> || std::is_void_v<decltype(probes<T>())>)
    return -1;
  else
    return count_members<T>(probes<T>());
}

/// The number of members of the aggregate T, or -1 when they cannot be seen: a base class with members, a C array,
/// more than 64, or a member that no probe fits.
template <class T>
inline constexpr int member_count = count_members<T>();

// Names: the compiler spells a pointer to a member of an object by the member's name. The object is only named.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

template <class T>
struct Named {
  T value;
  static const Named object;
};

template <size_t Count>
struct Pointers {
  const void* list[Count];
};

template <class T>
constexpr auto member_pointers() {
  return Members<member_count<T>>::pass(Named<T>::object.value, [](auto&... member) {
    return Pointers<sizeof...(member)>{{__builtin_addressof(member)...}};
  });
}

#ifdef __clang__
#pragma clang diagnostic pop
#endif

/// False when a member is a reference: what it refers to has no name.
template <class T>
concept HasNames = requires { typename Constant<member_pointers<T>()>; };

/// Text of the form `...{...{x.y.first, x.y.second}}...`, from which `member_name` in src/ir/tree.cpp takes the
/// names when somebody asks for them, so that they cost neither compile time nor the walk of a tree.
template <auto Pointers>
constexpr const char* spell() {
  return __PRETTY_FUNCTION__;
}

}  // namespace koine::tree::detail
