// Walks over trees of every kind: order, paths, copies, pairs of trees, errors.
#include <doctest/doctest.h>
#include <koine/array.h>
#include <koine/tree.h>

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using namespace koine;
using Strings = std::vector<std::string>;
using Values = std::vector<int>;

namespace {

struct Linear {
  Array weight = scalar_array(1), bias = scalar_array(2);
};
struct Net {
  Linear in;
  std::vector<Linear> layers{{}, {}};
  int heads = 4;
  std::string name = "net";
  std::optional<Array> scale;
  std::map<std::string, Array> extra{{"key", scalar_array(8)}, {"another", scalar_array(7)}};
  std::array<Array, 2> two{scalar_array(9), scalar_array(10)};
  std::pair<Array, float> pair{scalar_array(11), 0.5f};
  std::tuple<int, Array, std::tuple<Array>> tuple{1, scalar_array(12), {scalar_array(13)}};
  Array last = scalar_array(14);
};
struct Param : Array {
  static constexpr Role role = Role::param;
  double deviation = 0.1;
};
struct State {
  static constexpr Role role = Role::state;
  Array value;
};
struct Norm {
  Param scale;
  State mean;
  Array plain;
};
struct Choice {
  std::variant<int, Array, Linear> part;
};
struct Node {
  Array value = scalar_array(1);
  std::vector<Node> children;
};
struct Numbered {
  std::map<int, Array> by_number{{-1, scalar_array(1)}, {10, scalar_array(2)}};
};

// A type-erased layer, as a model that is read from a file has.
class Layer {
 public:
  explicit Layer(Linear linear) : linear_(std::move(linear)), is_linear_(true) {}
  explicit Layer(Array array) : array_(std::move(array)) {}
  tree::Ref koine_tree() {
    if (is_linear_) return linear_;
    return array_;
  }

 private:
  Linear linear_;
  Array array_ = scalar_array(3);
  bool is_linear_ = false;
};

class Private {
  KOINE_TREE(Private, weight_, norm_)
 public:
  explicit Private(double value) : weight_(scalar_array(value)), cache_(scalar_array(0)) {}
  const Array& cache() const { return cache_; }

 private:
  Array weight_;
  Linear norm_;
  Array cache_;
};
struct Base {
  Array weight = scalar_array(1);
};
struct Derived : Base {
  KOINE_TREE(Derived, weight, bias)
  Array bias = scalar_array(2);
};
template <class T>
class Stack {
  KOINE_TREE(Stack, parts_)
 public:
  Stack() : parts_(2) {}

 private:
  std::vector<T> parts_;
};
class Opened {
  KOINE_TREE(Opened)
 public:
  Opened() {}

 private:
  std::string text_ = "no arrays";
};
struct CArray {
  KOINE_TREE(CArray, list, last)
  Array list[2] = {scalar_array(1), scalar_array(2)};
  Array last = scalar_array(3);
};

Values values(tree::View tree) {
  Values all;
  for (const Array& leaf : tree::leaves(tree)) all.push_back(leaf.item<int>());
  return all;
}

template <class F>
std::string message(F&& f) {
  try {
    f();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("leaves come in the order of declaration, with their paths") {
  Net net;
  net.layers[1].bias = scalar_array(6);
  CHECK(tree::paths(net) == Strings{"in.weight", "in.bias", "layers.0.weight", "layers.0.bias", "layers.1.weight",
                                    "layers.1.bias", "extra.another", "extra.key", "two.0", "two.1", "pair.0",
                                    "tuple.1", "tuple.2.0", "last"});
  CHECK(values(net) == Values{1, 2, 1, 2, 1, 6, 7, 8, 9, 10, 11, 12, 13, 14});
  CHECK(tree::count(net) == 14);
  net.scale = scalar_array(5);
  CHECK(tree::count(net) == 15);
  CHECK(tree::paths(net)[6] == "scale");
}

TEST_CASE("an array, a container and a lambda are trees of their own") {
  CHECK(tree::paths(scalar_array(1)) == Strings{""});
  CHECK(tree::paths(std::vector<Array>(2)) == Strings{"0", "1"});
  CHECK(tree::paths(std::deque<Array>(1)) == Strings{"0"});
  CHECK(tree::paths(std::map<std::string, Linear>{{"a", {}}}) == Strings{"a.weight", "a.bias"});
  CHECK(tree::paths(std::tuple<Array, int, Linear>{}) == Strings{"0", "2.weight", "2.bias"});
  CHECK(tree::count([](int x) { return x; }) == 0);
  CHECK(tree::count(3) == 0);
  CHECK(tree::count(std::string("text")) == 0);
  const Array captured;
  CHECK(tree::count([captured] { return captured; }) == 0);
}

TEST_CASE("for_each gives leaves that can be assigned to, and const ones of a const tree") {
  Net net;
  tree::for_each(net, [](Array& leaf, const tree::Path& path) {
    if (path.str() == "in.bias") leaf = scalar_array(20);
  });
  CHECK(net.in.bias.item<int>() == 20);
  int count = 0;
  tree::for_each(std::as_const(net), [&](auto& leaf) {
    static_assert(std::is_same_v<decltype(leaf), const Array&>);
    ++count;
  });
  CHECK(count == 14);
  Strings paths;
  tree::for_each(net, [&](const Array&, std::string path) { paths.push_back(path); });
  CHECK(paths == tree::paths(net));
  tree::for_each(tree::View(net), [](auto& leaf) { static_assert(std::is_same_v<decltype(leaf), const Array&>); });
  tree::for_each(tree::Ref(net), [](auto& leaf) { static_assert(std::is_same_v<decltype(leaf), Array&>); });
}

TEST_CASE("map copies the tree, and carries what is no leaf") {
  Net net;
  net.heads = 7;
  const Net doubled = tree::map(net, [](const Array& x) { return scalar_array(2 * x.item<double>()); });
  CHECK(values(doubled) == Values{2, 4, 2, 4, 2, 4, 14, 16, 18, 20, 22, 24, 26, 28});
  CHECK(values(net)[0] == 1);
  CHECK(doubled.heads == 7);
  CHECK(doubled.name == "net");
  CHECK(doubled.pair.second == 0.5f);
  CHECK(!doubled.scale);
  const auto named = tree::map(
      Linear{}, [](const Array&, const tree::Path& path) { return scalar_array(path.str() == "weight" ? 5 : 6); });
  CHECK(values(named) == Values{5, 6});
}

TEST_CASE("leaves and unflatten are inverse") {
  const Net net;
  const auto leaves = tree::leaves(net);
  auto other = leaves;
  other[13] = scalar_array(99);
  CHECK(values(tree::unflatten(net, other))[13] == 99);
  CHECK(values(tree::unflatten(net, std::span<const Array>(leaves))) == values(net));
  other.pop_back();
  CHECK(message([&] { tree::unflatten(net, other); }) == "[tree] a tree of 14 leaves cannot be made of 13 arrays");
}

TEST_CASE("two to four trees are walked together") {
  Linear a, b, c, d;
  b.weight = scalar_array(10);
  tree::zip(a, std::as_const(b), [](Array& x, const Array& y, const tree::Path& path) {
    if (path.str() == "weight") x = y;
  });
  CHECK(values(a) == Values{10, 2});
  Values sums;
  tree::zip(a, b, c, [&](const Array& x, const Array& y, const Array& z) {
    sums.push_back(x.item<int>() + y.item<int>() + z.item<int>());
  });
  CHECK(sums == Values{21, 6});
  tree::zip(a, b, c, d, [](Array& x, Array&, Array&, Array& y) { std::swap(x, y); });
  CHECK(values(a) == Values{1, 2});
  CHECK(values(d) == Values{10, 2});
  const auto sum =
      tree::map(a, d, [](const Array& x, const Array& y) { return scalar_array(x.item<int>() + y.item<int>()); });
  CHECK(values(sum) == Values{11, 4});
  // Trees of different types that have the same paths fit.
  const std::map<std::string, Array> by_name{{"weight", scalar_array(1)}};
  struct Weight {
    Array weight;
  };
  CHECK(values(tree::map(Weight{}, by_name, [](const Array&, const Array& y) { return y; })) == Values{1});
}

TEST_CASE("trees that differ raise an error that names the first difference") {
  const auto difference = [](const auto& a, const auto& b) {
    return message([&] { tree::zip(a, b, [](const Array&, const Array&) {}); });
  };
  const std::string start = "[tree] the trees have different leaves: ";
  Net net, other;
  other.layers.pop_back();
  CHECK(difference(net, other) == start + "\"layers\" holds 2 elements in the first tree and 1 element in the second");
  other = net;
  other.scale = scalar_array(1);
  CHECK(difference(net, other) == start + "\"scale\" holds no value in the first tree and a value in the second");
  other = net;
  other.extra = {{"key", {}}, {"other", {}}};
  CHECK(difference(net, other) == start + "the first tree has \"extra.another\" where the second has \"extra.key\"");
  CHECK(difference(Choice{scalar_array(1)}, Choice{Linear{}}) ==
        start + "\"part\" holds alternative 1 in the first tree and alternative 2 in the second");
  CHECK(difference(Linear{}, Array{}) == start + "the first tree has \"weight\" where the second has the root");
  CHECK(difference(Linear{}, 1) == start + "the first tree has \"weight\" where the second has nothing more");
  const Linear a;
  CHECK(message([&] { tree::zip(a, a, a, 1, [](const auto&...) { FAIL("called"); }); }) ==
        start + "the first tree has \"weight\" where the fourth has nothing more");
  // Static values are no difference.
  other = net;
  other.heads = 1;
  other.name = "other";
  CHECK(difference(net, other) == "no error");
}

TEST_CASE("leaves have roles, and are known by their own type") {
  Norm norm{{scalar_array(1)}, {scalar_array(2)}, scalar_array(3)};
  std::vector<Role> roles;
  tree::for_each(norm, [&](Array& leaf, const tree::Path& path) {
    roles.push_back(path.role());
    leaf = scalar_array(leaf.item<int>() + 1);
    if (const auto* param = path.leaf<Param>()) CHECK(param->deviation == 0.1);
    CHECK((path.leaf<State>() != nullptr) == (path.str() == "mean"));
  });
  CHECK(roles == std::vector<Role>{Role::param, Role::state, Role::none});
  CHECK(values(norm) == Values{2, 3, 4});
  CHECK(tree::paths(norm) == Strings{"scale", "mean", "plain"});
  norm.scale.deviation = 0.5;
  const Norm mapped = tree::map(norm, [](const Array& x) { return x; });
  CHECK(mapped.scale.deviation == 0.5);
}

TEST_CASE("recursive, optional and alternative parts") {
  Node root;
  root.children.resize(2);
  root.children[1].children.resize(1);
  CHECK(tree::paths(root) == Strings{"value", "children.0.value", "children.1.value", "children.1.children.0.value"});
  CHECK(tree::paths(Choice{Linear{}}) == Strings{"part.weight", "part.bias"});
  CHECK(tree::paths(Choice{scalar_array(1)}) == Strings{"part"});
  CHECK(tree::paths(Choice{1}).empty());
  CHECK(tree::paths(std::optional<Linear>()).empty());
  CHECK(tree::paths(std::optional<Linear>(Linear{})) == Strings{"weight", "bias"});
  CHECK(tree::paths(Numbered{}) == Strings{"by_number.-1", "by_number.10"});
}

TEST_CASE("a type-erased part gives the tree that it holds") {
  struct Model {
    std::vector<Layer> layers;
  };
  const Model model{{Layer(Linear{}), Layer(scalar_array(3))}};
  CHECK(tree::paths(model) == Strings{"layers.0.weight", "layers.0.bias", "layers.1"});
  CHECK(values(tree::map(model, [](const Array& x) { return scalar_array(x.item<int>() + 1); })) == Values{2, 3, 4});
}

TEST_CASE("functions that are no template take a tree as a Ref or a View") {
  const auto negate = [](tree::Ref tree, tree::View like) {
    tree::zip(tree, like, [](Array& x, const Array& y) { x = scalar_array(-y.item<int>()); });
  };
  Linear a;
  negate(a, Linear{});
  CHECK(values(a) == Values{-1, -2});
  Array leaf;
  negate(leaf, scalar_array(3));
  CHECK(leaf.item<int>() == -3);
}

TEST_CASE("KOINE_TREE lists the members of a class") {
  Private model(5);
  CHECK(tree::paths(model) == Strings{"weight_", "norm_.weight", "norm_.bias"});
  const Private other = tree::map(model, [](const Array&) { return scalar_array(7); });
  CHECK(values(other) == Values{7, 7, 7});
  CHECK(other.cache().item<int>() == 0);
  CHECK(tree::paths(Derived{}) == Strings{"weight", "bias"});
  CHECK(tree::paths(Stack<Linear>{}) ==
        Strings{"parts_.0.weight", "parts_.0.bias", "parts_.1.weight", "parts_.1.bias"});
  CHECK(tree::count(Opened{}) == 0);
  CHECK(tree::paths(CArray{}) == Strings{"list.0", "list.1", "last"});
  struct Local {
    KOINE_TREE(Local, first)
    Array first;
    Array second;
  };
  CHECK(tree::paths(Local{}) == Strings{"first"});
}
