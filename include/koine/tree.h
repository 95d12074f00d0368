// Trees of arrays: what a function takes and gives when it is not a single Array.
//
// A tree is
//  - a leaf: an Array, a type derived from it, or a type marked by a static Role;
//  - a plain aggregate of trees, also one with operator(); its members are seen by reflection;
//  - a std::vector, array, map (keys are strings or integers), optional, variant, pair or tuple of trees;
//  - anything else (numbers, strings, enumerators, lambdas, references): a static value. It belongs to the structure
//    of the tree, and a copy of the tree carries it unchanged.
//
//   struct Linear { Array weight, bias; };
//   struct Net { Linear in; std::vector<Linear> layers; int heads = 4; };
//
// has the leaves in.weight, in.bias, layers.0.weight, layers.0.bias and so on, in the order of declaration.
//
// A class that is not a plain aggregate of at most 64 members names what belongs to its tree: see KOINE_TREE. One of
// another library that holds no arrays is made a static value by
// `template <> inline constexpr bool koine::tree::is_static<Clock> = true;`.
#pragma once

#include <koine/detail/tree_types.h>

#include <string>
#include <vector>

namespace koine::tree {

/// Any tree, without its type: what a function takes that is not a template. Does not own the tree. Functions that
/// take a tree take a Ref too; its leaves can be assigned to.
class Ref {
 public:
  template <class T>
    requires(!detail::Erased<T> && !std::is_const_v<T>)
  Ref(T& tree) : target_(detail::target(tree)) {}

  detail::Target target() const { return target_; }

 private:
  detail::Target target_;
};

/// As Ref, for reading only. A temporary can be passed where a View is taken.
class View {
 public:
  template <class T>
    requires(!detail::Erased<T>)
  View(const T& tree) : target_(detail::target(tree)) {}
  View(const Ref& tree) : target_(tree.target()) {}

  detail::Target target() const { return target_; }

 private:
  detail::Target target_;
};

/// The leaves in the order of declaration.
std::vector<Array> leaves(View tree);

/// The path of each leaf, in the same order.
std::vector<std::string> paths(View tree);

/// The number of leaves.
size_t count(View tree);

/// The type of the tree and all that `map` carries unchanged, as bytes: which members are present, sizes, keys and
/// static values. Trees with equal keys differ only in their arrays. A pointer or reference counts by its address. A
/// static value of a class counts by `uint64_t koine_hash(const T&)` found beside its class, else by its bytes when it
/// is trivially copyable, else by its type alone (see `has_opaque`).
std::string structure_key(View tree);

/// The hash of `structure_key`.
uint64_t structure_hash(View tree);

/// Whether the tree holds a static value that `structure_key` knows by its type alone, such as a std::function: two
/// trees of equal keys may then differ.
bool has_opaque(View tree);

/// `leaves`, `structure_key` and `has_opaque` by one walk.
struct Flat {
  std::vector<const Array*> leaves;  // where they lie in the tree
  std::string structure_key;
  bool has_opaque = false;
};
Flat flatten(View tree);

/// Calls `f(leaf, path)` or `f(leaf)` for each leaf in the order of declaration. A leaf is an Array&, const when the
/// tree is; the path is a `const Path&`, which becomes a std::string on demand.
template <class T, class F>
void for_each(T&& tree, F&& f) {
  detail::walk_leaves(f, tree);
}

/// A copy of the tree with `f(leaf, path)` or `f(leaf)` in the place of each leaf. Of a leaf that is marked by a role
/// only the array is replaced.
template <class T, class F>
T map(T tree, F&& f) {
  static_assert(!detail::Erased<T>, "koine: tree::map copies a tree, so it needs the tree itself and not a Ref");
  for_each(tree, [&f](Array& leaf, const Path& path) { leaf = detail::call(f, path, std::as_const(leaf)); });
  return tree;
}

/// Calls `f(leaf_a, leaf_b, path)` or `f(leaf_a, leaf_b)` for the leaves of two, three or four trees with the same leaf
/// paths; static values may differ. Throws ValueError that names the first difference, before the first call.
template <class A, class B, class F>
void zip(A&& a, B&& b, F&& f) {
  detail::walk_leaves(f, a, b);
}
template <class A, class B, class C, class F>
void zip(A&& a, B&& b, C&& c, F&& f) {
  detail::walk_leaves(f, a, b, c);
}
template <class A, class B, class C, class D, class F>
void zip(A&& a, B&& b, C&& c, D&& d, F&& f) {
  detail::walk_leaves(f, a, b, c, d);
}

/// A copy of the first tree with `f(leaf_a, leaf_b, path)` or `f(leaf_a, leaf_b)` in the place of each leaf. Throws
/// as `zip` does.
template <class A, class B, class F>
A map(A a, const B& b, F&& f) {
  static_assert(!detail::Erased<A>, "koine: tree::map copies a tree, so it needs the tree itself and not a Ref");
  zip(a, b, [&f](Array& leaf, const Array& other, const Path& path) {
    leaf = detail::call(f, path, std::as_const(leaf), other);
  });
  return a;
}

/// Assigns the arrays to the leaves in the order of declaration. Throws ValueError unless there are as many, before
/// the first is assigned.
void assign(Ref tree, const Array* arrays, size_t count);

/// A copy of `like` with the arrays (a vector or span) as its leaves, the inverse of `leaves`. Throws as `assign`.
template <class T, class Arrays>
T unflatten(T like, const Arrays& arrays) {
  static_assert(!detail::Erased<T>, "koine: tree::unflatten copies a tree, so it needs the tree itself and not a Ref");
  if constexpr (std::is_same_v<T, Array>)
    if (arrays.size() == 1) return arrays[0];
  assign(like, arrays.data(), arrays.size());
  return like;
}

}  // namespace koine::tree

/// Inside a class that Koine cannot see into (private members, base classes, C arrays, more than 64 members, a
/// constructor), names the members that belong to its tree: arrays, parts that hold arrays, and the values that a
/// computation with it depends on. Members that are not named are copied with the object and not looked at:
///
///   class Net {
///     KOINE_TREE(Net, in_, out_)
///    public:
///     explicit Net(int width);
///    private:
///     Linear in_, out_;
///     Cache cache_;
///   };
///
/// Access (public or private) stays as it was. A derived class needs its own. In a class template, give the name
/// without arguments.
#define KOINE_TREE(Type, ...)                                                        \
  friend struct ::koine::tree::detail::Access;                                       \
  static Type* koine_tree_type() { return nullptr; }                                 \
  static constexpr const char* koine_tree_names() { return "{{" #__VA_ARGS__ "}}"; } \
  void koine_tree_members(const ::koine::tree::detail::Listed& koine_tree_take) { koine_tree_take(__VA_ARGS__); }
