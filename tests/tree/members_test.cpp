// What the compiler tells of a struct: the number of its members and their names.
#include <doctest/doctest.h>
#include <koine/array.h>
#include <koine/tree.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

using namespace koine;
using tree::detail::member_count;

namespace {

struct Empty {};
struct Pair {
  Array weight, bias;
};
struct NoDefault {
  explicit NoDefault(int value) : value(value) {}
  int value;
};
struct Implicit {
  Implicit(int) {}
};
struct Greedy {
  Greedy() = default;
  template <class T>
  Greedy(T&&) {}
};
struct MoveOnly {
  std::unique_ptr<int> a;
  std::unique_ptr<int> b;
};
struct Defaults {
  Pair in{};
  int width = 4;
  NoDefault made = NoDefault(3);
  std::optional<Pair> skip = std::nullopt;
  Implicit implicit = 2;
  std::array<Pair, 3> list{};
  std::string text = "x";
};
struct NoDefaults {
  std::optional<Pair> skip;
  NoDefault made;
  std::vector<Pair> list;
  NoDefault other;
  std::function<void(int)> call;
};
int outside = 0;
struct References {
  int& first;
  Array weight;
  const std::string& text;
  std::optional<int> maybe;
  NoDefault made;
};
struct DefaultReference {
  Array weight;
  int& place = outside;
  Array bias;
};
struct Wrappers {
  std::tuple<std::string> one;
  std::tuple<int, Array> two;
  std::pair<Array, int> pair;
  std::variant<int, Array> either;
  std::variant<Pair> single;
  std::optional<std::optional<Array>> nested;
  std::shared_ptr<const int> shared;
  std::map<std::string, Pair> map;
  std::vector<bool> bits;
  std::function<int(int)> call;
};
struct Callable {
  Pair in;
  int operator()(int x) const { return x; }
};
struct Mixin {};
template <class T>
struct Marked {};
struct EmptyBases : Mixin, Marked<int> {
  Array a, b, c;
};
struct BaseWithMembers : Pair {
  Array scale;
};
struct MovableBase : MoveOnly {
  Array scale;
};
struct CArray {
  Array a;
  float values[3];
};
struct CArrayFirst {
  Pair pairs[2];
  NoDefault made = NoDefault(1);
};
struct GreedyMember {
  Array a;
  Greedy greedy;
};
template <class A, class B>
struct Template {
  std::map<A, B> m_1;
  B second_one;
  A (*function)(B);
};
struct Sixty4 {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7,
      c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5,
      f6, f7, f8, f9, g0, g1, g2;
  Array last;
};
struct Sixty5 {
  Sixty4 many;
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7,
      c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5,
      f6, f7, f8, f9, g0, g1, g2;
  Array last;
};

// Each struct that is walked has arrays for members, so that paths() shows their names.
struct Names {
  Array a;
  Array trailing_;
  Array CamelCase;
  Array x1, operators, value, list, T, object;
  Array größe;
};
template <class T>
struct NamesIn {
  Array first;
  T second;
  std::array<T, 2> third;
};

}  // namespace

TEST_CASE("members are counted") {
  CHECK(member_count<Empty> == 0);
  CHECK(member_count<Pair> == 2);
  CHECK(member_count<MoveOnly> == 2);
  CHECK(member_count<Defaults> == 7);
  CHECK(member_count<NoDefaults> == 5);
  CHECK(member_count<References> == 5);
  CHECK(member_count<DefaultReference> == 3);
  CHECK(member_count<Wrappers> == 10);
  CHECK(member_count<Callable> == 1);
  CHECK(member_count<EmptyBases> == 3);
  CHECK(member_count<GreedyMember> == 2);
  CHECK(member_count<Template<int, Pair>> == 3);
  CHECK(member_count<Sixty4> == 64);
  struct Local {
    Array a;
    int b;
    Pair c;
  };
  CHECK(member_count<Local> == 3);
}

TEST_CASE("what cannot be seen is known") {
  CHECK(member_count<BaseWithMembers> == -1);
  CHECK(member_count<MovableBase> == -1);
  CHECK(member_count<CArray> == -1);
  CHECK(member_count<CArrayFirst> == -1);

  CHECK(member_count<Sixty5> == -1);
  union Either {
    int a;
    float b;
  };
  CHECK(member_count<Either> == -1);
}

TEST_CASE("members have the names of their declaration") {
  using List = std::vector<std::string>;
  CHECK(tree::paths(Names{}) ==
        List{"a", "trailing_", "CamelCase", "x1", "operators", "value", "list", "T", "object", "größe"});
  CHECK(tree::paths(NamesIn<Pair>{}) == List{"first", "second.weight", "second.bias", "third.0.weight", "third.0.bias",
                                             "third.1.weight", "third.1.bias"});
  struct Local {
    Pair in;
    NamesIn<Array> out;
    int number;
    Array last;
  };
  CHECK(tree::paths(Local{}) ==
        List{"in.weight", "in.bias", "out.first", "out.second", "out.third.0", "out.third.1", "last"});
  const auto lambda = [](std::pair<int, int>) {};
  struct Hidden {
    NamesIn<std::pair<decltype(lambda), Array>> in;
  };
  CHECK(tree::paths(Hidden{{{}, {lambda, {}}, {{{lambda, {}}, {lambda, {}}}}}}) ==
        List{"in.first", "in.second.1", "in.third.0.1", "in.third.1.1"});
  CHECK(tree::paths(Sixty4{}) == List{"last"});
  CHECK(tree::paths(EmptyBases{}) == List{"a", "b", "c"});
  CHECK(tree::paths(Callable{}) == List{"in.weight", "in.bias"});
}

TEST_CASE("members that have no default or are references do not matter") {
  using List = std::vector<std::string>;
  CHECK(tree::paths(Defaults{}) == List{"in.weight", "in.bias", "list.0.weight", "list.0.bias", "list.1.weight",
                                        "list.1.bias", "list.2.weight", "list.2.bias"});
  int place = 0;
  const std::string text = "text";
  // A reference has no name, and takes away those of its neighbours.
  CHECK(tree::paths(References{place, {}, text, {}, NoDefault(1)}) == List{"1"});
  CHECK(tree::paths(DefaultReference{}) == List{"0", "2"});
}
