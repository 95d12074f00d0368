// What kind of tree a C++ type is, by what it can do, so that no header of a container has to be read here. For
// <koine/tree.h> only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace koine {

class Array;

/// What a leaf is in a model. A leaf type says it by `static constexpr Role role`, and is derived from Array or holds
/// one in a member `value`.
enum class Role : unsigned char {
  none,   ///< an array of its own, such as a batch of data; in a model, the same as `param`
  param,  ///< trained
  state   ///< kept by the model and not trained, such as the statistics of a batch norm
};

namespace tree {

/// Specialise as true for a class that holds no arrays but that Koine cannot see into: it is a static value.
template <class T>
inline constexpr bool is_static = false;

class Ref;
class View;

namespace detail {

template <class T>
inline constexpr bool always_false = false;

template <auto>
struct Constant;

template <class T>
concept Erased = std::is_same_v<std::remove_cv_t<T>, Ref> || std::is_same_v<std::remove_cv_t<T>, View>;

template <class T>
concept HoldsRole = requires {
  typename Constant<T::role>;
  requires std::is_same_v<decltype(T::role), const Role>;
};
template <class T>
concept IsLeaf = std::is_same_v<T, Array> || std::is_base_of_v<Array, T> || HoldsRole<T>;

/// A type-erased part of a model gives the tree that it holds by `koine::tree::Ref koine_tree()`.
template <class T>
concept IsErased = Erased<T> || requires(T& t) { requires std::is_same_v<decltype(t.koine_tree()), Ref>; };

/// The way to what KOINE_TREE adds to a class.
struct Access {
  template <class T>
  static constexpr bool is_listed = requires { requires std::is_same_v<decltype(T::koine_tree_type()), T*>; };
  template <class T>
  static constexpr const char* names() {
    return T::koine_tree_names();
  }
  template <class T, class Take>
  static void pass(T& object, const Take& take) {
    object.koine_tree_members(take);
  }
};

template <class T>
concept HasHash = requires(const T& t) { static_cast<uint64_t>(koine_hash(t)); };
template <class T>
concept IsText = requires(const T& t) {
  requires std::is_same_v<typename T::value_type, char> || std::is_same_v<typename T::value_type, wchar_t> ||
               std::is_same_v<typename T::value_type, char8_t> || std::is_same_v<typename T::value_type, char16_t> ||
               std::is_same_v<typename T::value_type, char32_t>;
  t.data();
  t.size();
};
template <class T>
concept IsRange = requires(T& t) {
  typename T::value_type;
  t.begin();
  t.end();
  t.size();
  requires !requires { typename T::element_type; };
};
template <class T>
concept IsUnordered = IsRange<T> && requires { typename T::hasher; };
template <class T>
concept IsMap = IsRange<T> && requires { typename T::mapped_type; };
template <class T>
concept IsOptional = requires(T& t) {
  typename T::value_type;
  t.has_value();
  *t;
  requires !requires { t.error(); };
};
template <class T>
concept IsChoice = requires(const T& t) {
  t.index();
  t.valueless_by_exception();
};
template <class T>
concept IsTuple = requires { std::tuple_size<T>::value; };
template <class T>
concept IsPointer = requires(const T& t) {
  typename T::element_type;
  t.get();
  t.operator->();
};

/// Whether the compiler's name of T begins with std:: or is the name of a lambda.
template <class T>
constexpr bool is_foreign() {
  const char* text = __PRETTY_FUNCTION__;
  while (text[0] != 'T' || text[1] != ' ' || text[2] != '=') ++text;
  text += 4;
  constexpr auto starts = [](const char* text, const char* with) {
    while (*with && *text == *with) ++text, ++with;
    return *with == '\0';
  };
  if (starts(text, "std::") || starts(text, "(lambda at ")) return true;
  const char* end = text;
  while (*end) ++end;
  end -= 2;
  if (*end != '>') return false;
  // GCC writes `scope::<lambda(int)>`: what the last bracket closes tells it from a template of a lambda.
  for (int depth = 0; end != text; --end) {
    depth += *end == '>' ? 1 : *end == '<' ? -1 : 0;
    if (depth == 0) break;
  }
  return starts(end, "<lambda(");
}

}  // namespace detail
}  // namespace tree
}  // namespace koine
