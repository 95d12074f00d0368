// How each C++ type is a tree: for <koine/tree.h>, which says what a user needs to know.
//
// A type becomes a small constant, the Type, whose only function names the parts of an object to a Step. All walks
// are in src/ir/tree.cpp, so that a type costs the user's compiler one small function and not one for each walk.
#pragma once

#include <koine/detail/fields.h>
#include <koine/detail/tree_kinds.h>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace koine::tree {

class Step;
class Path;
struct Walk;

namespace detail {

struct Type {
  /// Names the parts of an object of this type, or the bytes of a static value.
  void (*expand)(void* object, Step& step);
  const std::type_info* id;
  /// True when no object of the type holds a leaf, and nothing but `structure_key` has to look into it.
  bool is_value;
  Role role = Role::none;
};

struct Target {
  const Type* type;
  void* object;
};

template <class T>
struct Describe;
template <class T>
inline constexpr Type type = Describe<T>::describe();

}  // namespace detail

/// The place of a leaf in its tree. Lives as long as the call that it is passed to.
class Path {
 public:
  /// The names of members, keys and positions from the root, joined by dots: "layers.0.weight". Empty when the tree
  /// is itself a leaf. A struct that has reference members gives positions in the place of names.
  std::string str() const;
  operator std::string() const;

  Role role() const { return leaf_.type ? leaf_.type->role : Role::none; }

  /// The leaf as the type it has in the tree, or null when that is not exactly L: `path.leaf<nn::Param>()`.
  template <class L>
  const L* leaf() const {
    return leaf_.type && *leaf_.type->id == typeid(L) ? static_cast<const L*>(leaf_.object) : nullptr;
  }

 private:
  friend class Step;
  friend struct Walk;

  const Path* parent_ = nullptr;
  const char* text_ = nullptr;  // the names of all members, a key, or null when the place is a number
  int64_t number_ = 0;          // which member, the length of the key, or the number
  bool is_key_ = false;
  detail::Target leaf_ = {};
};

/// One object in a walk. `Type::expand` tells it the parts of the object.
class Step {
 public:
  enum class Choice : unsigned char { elements, presence, alternative };

  void leaf(Array& array, const detail::Type& type, const void* object);
  /// The members of a struct by name, or of a tuple by position when `names` is null.
  void members(const char* names, const detail::Type* const* types, void* const* objects, size_t count);
  /// What the object has chosen about its structure: a size, 0 or 1 for presence, or the index of an alternative.
  void choose(Choice choice, size_t number);
  void element(const detail::Type& type, size_t index, void* object);
  void entry(const detail::Type& type, const char* key, size_t length, void* object);
  void entry(const detail::Type& type, int64_t key, void* object);
  /// A part that adds nothing to the path.
  void inside(const detail::Type& type, void* object);
  /// As inside, for a tree whose type is only known now.
  void erased(detail::Target tree);
  /// What the structure holds besides: bytes, or a value that only its type is known of.
  void value(const void* bytes, size_t size);
  void opaque(const detail::Type& type);

 private:
  friend struct Walk;
  Step(Walk& walk, const Path& path) : walk_(walk), path_(path) {}
  void go(const detail::Type& type, void* object, const char* text, int64_t number, bool is_key);

  Walk& walk_;
  const Path& path_;
};
namespace detail {

/// The address of an object; the walks do not change what is const.
template <class T>
void* address(T& object) {
  return const_cast<void*>(static_cast<const volatile void*>(__builtin_addressof(object)));
}

template <class T>
Target target(T& tree) {
  if constexpr (Erased<T>)
    return tree.target();
  else
    return {&type<std::remove_cv_t<T>>, address(tree)};
}

template <class T>
inline constexpr bool is_bytes = std::is_enum_v<T> || (std::is_arithmetic_v<T> && !std::is_same_v<T, long double>);

template <size_t Size>
void expand_bytes(void* object, Step& step) {
  step.value(object, Size);
}

inline void expand_reference(void* object, Step& step) { step.value(&object, sizeof object); }
inline constexpr Type reference_type{expand_reference, &typeid(void*), true};

/// The type of a member or element, const or a reference as it was declared.
template <class T>
constexpr const Type& part_type() {
  using Part = std::remove_cv_t<T>;
  if constexpr (std::is_reference_v<T>) {
    return reference_type;
  } else {
    if constexpr (std::is_const_v<T>)
      static_assert(type<Part>.is_value || std::is_trivially_copyable_v<Part>,
                    "koine: a const member cannot hold arrays of a tree: drop the const");
    return type<Part>;
  }
}

/// The type of a member of T, which has reference members; `Member` does not tell, but a const one may be one of them.
template <class T, size_t At, class Member>
constexpr const Type& possible_reference_type() {
  using Value = std::remove_reference_t<Member>;
  if constexpr (std::is_const_v<Value> || is_reference_member<T, At>(probes<T>()))
    return reference_type;
  else
    return part_type<Value>();
}

template <class T>
void expand_members(void* object, Step& step) {
  Members<member_count<T>>::pass(*static_cast<T*>(object), [&step](auto&... member) {
    void* const objects[] = {address(member)...};
    if constexpr (HasNames<T>) {
      static constexpr const Type* types[] = {&part_type<std::remove_reference_t<decltype(member)>>()...};
      step.members(spell<member_pointers<T>()>(), types, objects, sizeof...(member));
    } else {
      [&]<size_t... At>(std::index_sequence<At...>) {
        static constexpr const Type* types[] = {&possible_reference_type<T, At, decltype(member)>()...};
        step.members(nullptr, types, objects, sizeof...(member));
      }(std::make_index_sequence<sizeof...(member)>());
    }
  });
}

/// Takes what a class lists by KOINE_TREE.
struct Listed {
  Step& step;
  const char* names;
  template <class... Member>
  void operator()(Member&... member) const {
    static constexpr const Type* types[] = {&part_type<Member>()..., nullptr};
    void* const objects[] = {address(member)..., nullptr};
    step.members(names, types, objects, sizeof...(member));
  }
};

template <class T>
void expand_listed(void* object, Step& step) {
  Access::pass(*static_cast<T*>(object), Listed{step, Access::names<T>()});
}

template <class T>
void expand_tuple(void* object, Step& step) {
  [&]<size_t... At>(std::index_sequence<At...>) {
    static constexpr const Type* types[] = {&part_type<std::tuple_element_t<At, T>>()..., nullptr};
    void* const objects[] = {address(get<At>(*static_cast<T*>(object)))..., nullptr};
    step.members(nullptr, types, objects, sizeof...(At));
  }(std::make_index_sequence<std::tuple_size_v<T>>());
}

template <class T>
void expand_range(void* object, Step& step) {
  auto& range = *static_cast<T*>(object);
  using Element = typename T::value_type;
  step.choose(Step::Choice::elements, range.size());
  if constexpr (is_bytes<Element> && requires { range.data(); }) {
    if (range.size() != 0) step.value(range.data(), range.size() * sizeof(Element));
  } else if constexpr (std::is_lvalue_reference_v<decltype(*range.begin())>) {
    size_t index = 0;
    for (auto& element : range)
      step.element(part_type<std::remove_reference_t<decltype(element)>>(), index++, address(element));
  } else {
    for (Element element : range) type<Element>.expand(address(element), step);
  }
}

template <class T>
void expand_map(void* object, Step& step) {
  auto& map = *static_cast<T*>(object);
  const Type& mapped = part_type<typename T::mapped_type>();
  step.choose(Step::Choice::elements, map.size());
  for (auto& [key, value] : map) {
    if constexpr (IsText<typename T::key_type>)
      step.entry(mapped, key.data(), key.size(), address(value));
    else
      step.entry(mapped, static_cast<int64_t>(key), address(value));
  }
}

template <class T>
void expand_optional(void* object, Step& step) {
  auto& optional = *static_cast<T*>(object);
  step.choose(Step::Choice::presence, optional.has_value());
  if (optional.has_value()) step.inside(part_type<typename T::value_type>(), address(*optional));
}

template <class T>
struct Alternatives;
template <template <class...> class Variant, class... T>
struct Alternatives<Variant<T...>> {
  static constexpr bool are_values = (type<T>.is_value && ...);
  static void expand(void* object, Step& step) {
    auto& choice = *static_cast<Variant<T...>*>(object);
    step.choose(Step::Choice::alternative, choice.index());
    [&]<size_t... At>(std::index_sequence<At...>) {
      ((choice.index() == At ? step.inside(part_type<T>(), address(*get_if<At>(&choice))) : void()), ...);
    }(std::index_sequence_for<T...>());
  }
};

/// What T is, in the order in which the questions are asked.
template <class T>
struct Describe {
  static_assert(!std::is_volatile_v<T> && !std::is_function_v<T>);

  static constexpr Type make(void (*expand)(void*, Step&), bool is_value, Role role = Role::none) {
    return {expand, &typeid(T), is_value, role};
  }

  static void expand_leaf(void* object, Step& step) {
    auto& leaf = *static_cast<T*>(object);
    if constexpr (std::is_same_v<T, Array> || std::is_base_of_v<Array, T>) {
      step.leaf(leaf, type<T>, object);
    } else {
      static_assert(
          requires(Array& array) { array = leaf.value; },
          "koine: a type with a static Role is a leaf: derive it from Array or give it an Array `value`");
      step.leaf(leaf.value, type<T>, object);
    }
  }
  static void expand_erased(void* object, Step& step) {
    if constexpr (Erased<T>)
      step.erased(static_cast<T*>(object)->target());
    else
      step.erased(static_cast<T*>(object)->koine_tree().target());
  }
  static void expand_elements(void* object, Step& step) {
    size_t index = 0;
    for (auto& element : *static_cast<T*>(object))
      step.element(part_type<std::remove_extent_t<T>>(), index++, address(element));
  }
  static void expand_hash(void* object, Step& step) {
    const auto hash = static_cast<uint64_t>(koine_hash(*static_cast<const T*>(object)));
    step.value(&hash, sizeof hash);
  }
  static void expand_pointer(void* object, Step& step) {
    const void* pointer = static_cast<const T*>(object)->get();
    step.value(&pointer, sizeof pointer);
  }
  static void expand_long_double(void* object, Step& step) {
    const auto rounded = static_cast<double>(*static_cast<long double*>(object));
    step.value(&rounded, sizeof rounded);
  }
  static void expand_nothing(void*, Step&) {}
  static void expand_opaque(void*, Step& step) { step.opaque(type<T>); }

  template <size_t... At>
  static constexpr bool are_values(std::index_sequence<At...>) {
    return (part_type<std::tuple_element_t<At, T>>().is_value && ...);
  }

  static constexpr Type describe() {
    if constexpr (IsLeaf<T>) {
      if constexpr (HoldsRole<T>)
        return make(expand_leaf, false, T::role);
      else
        return make(expand_leaf, false);
    } else if constexpr (IsErased<T>) {
      return make(expand_erased, false);
    } else if constexpr (Access::is_listed<T>) {
      return make(expand_listed<T>, false);
    } else if constexpr (std::is_same_v<T, long double>) {
      return make(expand_long_double, true);
    } else if constexpr (std::is_scalar_v<T>) {
      return make(expand_bytes<sizeof(T)>, true);
    } else if constexpr (std::is_bounded_array_v<T>) {
      return make(expand_elements, type<std::remove_cv_t<std::remove_extent_t<T>>>.is_value);
    } else if constexpr (is_static<T>) {
      return value_type();
    } else {
      return container_type();
    }
  }

  static constexpr Type container_type() {
    if constexpr (IsUnordered<T>) {
      if constexpr (IsMap<T>)
        static_assert(type<typename T::mapped_type>.is_value,
                      "koine: an unordered map has no order for its arrays: take std::map");
      return make(expand_opaque, true);
    } else if constexpr (IsMap<T>) {
      static_assert(IsText<typename T::key_type> || std::is_integral_v<typename T::key_type> ||
                        std::is_enum_v<typename T::key_type>,
                    "koine: the keys of a map in a tree are strings or integers");
      return make(expand_map<T>, type<typename T::mapped_type>.is_value);
    } else if constexpr (IsText<T> || IsRange<T>) {
      return make(expand_range<T>, type<typename T::value_type>.is_value);
    } else if constexpr (IsOptional<T>) {
      return make(expand_optional<T>, type<typename T::value_type>.is_value);
    } else if constexpr (IsChoice<T>) {
      return make(Alternatives<T>::expand, Alternatives<T>::are_values);
    } else if constexpr (IsTuple<T>) {
      return make(expand_tuple<T>, are_values(std::make_index_sequence<std::tuple_size_v<T>>()));
    } else if constexpr (IsPointer<T>) {
      static_assert(std::is_const_v<typename T::element_type> || !std::is_class_v<typename T::element_type>,
                    "koine: what a pointer points to is not part of a tree: hold the value itself (or std::optional, "
                    "std::vector), or point to const for a static value");
      return make(expand_pointer, true);
    } else {
      return class_type();
    }
  }

  static constexpr Type class_type() {
    // An Array is not trivially copyable, so a class that is holds none.
    if constexpr (std::is_trivially_copyable_v<T> &&
                  (std::is_empty_v<T> || !std::is_aggregate_v<T> || std::has_unique_object_representations_v<T>)) {
      return value_type();
    } else if constexpr (std::is_aggregate_v<T>) {
      if constexpr (member_count<T> == 0) {
        return make(expand_nothing, true);
      } else if constexpr (member_count<T> > 0) {
        return make(expand_members<T>, false);
      } else if constexpr (std::is_trivially_copyable_v<T>) {
        return value_type();
      } else {
        static_assert(always_false<T>,
                      "koine: the members of this struct cannot be seen (it has a base class with members, a C array, "
                      "more than 64 members, or a member that needs an explicit constructor): list those that belong "
                      "to its tree by KOINE_TREE(Type, member, ...) inside it");
        return value_type();
      }
    } else if constexpr (HasHash<T> || is_foreign<T>()) {
      return value_type();
    } else {
      static_assert(always_false<T>,
                    "koine: this class is not a plain aggregate, so the arrays in it cannot be seen: list the members "
                    "that belong to its tree by KOINE_TREE(Type, member, ...) inside it, KOINE_TREE(Type) for none; "
                    "or, if it is not yours and holds no arrays, specialise koine::tree::is_static<Type>");
      return value_type();
    }
  }

  static constexpr Type value_type() {
    if constexpr (HasHash<T>)
      return make(expand_hash, true);
    else if constexpr (std::is_empty_v<T>)
      return make(expand_nothing, true);
    else if constexpr (std::is_trivially_copyable_v<T>)
      return make(expand_bytes<sizeof(T)>, true);
    else
      return make(expand_opaque, true);
  }
};

/// Calls `call(function, leaves, path)` with the leaves at each path of one to four trees that have the same leaves.
void walk(const Target* trees, size_t count, void (*call)(void*, Array* const*, const Path&), void* function);

template <class F, class... Leaf>
decltype(auto) call(F& f, const Path& path, Leaf&... leaf) {
  if constexpr (std::is_invocable_v<F&, Leaf&..., const Path&>)
    return f(leaf..., path);
  else
    return f(leaf...);
}

/// The leaf as a tree of type T gives it: const when the tree is.
template <class T>
auto& as_in(Array& leaf) {
  using Tree = std::remove_reference_t<T>;
  if constexpr (std::is_same_v<View, Tree> || (std::is_const_v<Tree> && !std::is_same_v<const Ref, Tree>))
    return std::as_const(leaf);
  else
    return leaf;
}

template <class F, class... Tree>
void walk_leaves(F& f, Tree&&... tree) {
  const Target trees[] = {target(tree)...};
  constexpr auto call_at = [](void* function, Array* const* leaf, const Path& path) {
    [&]<size_t... At>(std::index_sequence<At...>) {
      call(*static_cast<F*>(function), path, as_in<Tree>(*leaf[At])...);
    }(std::index_sequence_for<Tree...>());
  };
  walk(trees, sizeof...(Tree), call_at, address(f));
}

}  // namespace detail
}  // namespace koine::tree
