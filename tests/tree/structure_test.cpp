// The structure of a tree: what makes two trees need two programs.
#include <doctest/doctest.h>
#include <koine/array.h>
#include <koine/tree.h>

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

using namespace koine;

namespace other_library {
class Clock {
 public:
  Clock() {}
  ~Clock() {}

 private:
  std::string text_;
};
class Version {
 public:
  explicit Version(int number) : text_(std::to_string(number)) {}
  friend uint64_t koine_hash(const Version& version) { return version.text_.size(); }

 private:
  std::string text_;
};
}  // namespace other_library
template <>
inline constexpr bool koine::tree::is_static<other_library::Clock> = true;

namespace {

enum class Mode { fast, exact };
struct Settings {
  int width = 1;
  bool bias = true;  // leaves padding behind it
  double rate = 0.1;
  Mode mode = Mode::fast;
};
struct Model {
  Array weight;
  Settings settings;
  std::string name = "a";
  std::vector<int> sizes{1, 2};
  std::vector<bool> bits{true, false};
  std::optional<Array> bias;
  std::map<std::string, int> counts{{"a", 1}};
  std::variant<int, float> number = 1;
  long double wide = 1;
};
struct Role1 : Array {
  static constexpr Role role = Role::param;
};
int first = 0, second = 0;
struct Pointers {
  int* raw = &first;
  std::shared_ptr<const int> shared;
  const int& reference;
};

/// Whether a change of the tree changes its structure.
template <class T, class Change>
bool changes(T tree, Change change) {
  const auto before = tree::structure_hash(tree);
  const auto key = tree::structure_key(tree);
  CHECK(tree::structure_hash(T(tree)) == before);
  change(tree);
  CHECK((tree::structure_hash(tree) != before) == (tree::structure_key(tree) != key));
  return tree::structure_hash(tree) != before;
}

}  // namespace

TEST_CASE("arrays are no part of the structure, what surrounds them is") {
  CHECK(!changes(Model{}, [](Model& m) { m.weight = scalar_array(5); }));
  CHECK(changes(Model{}, [](Model& m) { m.bias = scalar_array(5); }));
  CHECK(changes(std::vector<Array>(2), [](auto& v) { v.resize(3); }));
  CHECK(changes(std::map<std::string, Array>{{"a", {}}}, [](auto& m) { m = {{"b", {}}}; }));
  CHECK(changes(std::variant<Array, int>(), [](auto& v) { v = 1; }));
  CHECK(tree::structure_hash(Array()) != tree::structure_hash(std::vector<Array>(1)));
  CHECK(tree::structure_hash(Array()) != tree::structure_hash(Role1()));
  struct A {
    std::vector<Array> x, y;
  };
  CHECK(tree::structure_key(A{std::vector<Array>(1), {}}) != tree::structure_key(A{{}, std::vector<Array>(1)}));
}

TEST_CASE("static values are part of the structure") {
  CHECK(changes(Model{}, [](Model& m) { m.settings.width = 2; }));
  CHECK(changes(Model{}, [](Model& m) { m.settings.bias = false; }));
  CHECK(changes(Model{}, [](Model& m) { m.settings.rate = 0.2; }));
  CHECK(changes(Model{}, [](Model& m) { m.settings.mode = Mode::exact; }));
  CHECK(changes(Model{}, [](Model& m) { m.name = "b"; }));
  CHECK(changes(Model{}, [](Model& m) { m.name = ""; }));
  CHECK(changes(Model{}, [](Model& m) { m.sizes[1] = 3; }));
  CHECK(changes(Model{}, [](Model& m) { m.sizes.clear(); }));
  CHECK(changes(Model{}, [](Model& m) { m.bits[0] = false; }));
  CHECK(changes(Model{}, [](Model& m) { m.counts["a"] = 2; }));
  CHECK(changes(Model{}, [](Model& m) { m.number = 1.0f; }));
  CHECK(changes(Model{}, [](Model& m) { m.wide = 2; }));
  CHECK(changes(std::set<int>{1}, [](auto& s) { s = {2}; }));
  CHECK(!tree::has_opaque(Model{}));
}

TEST_CASE("padding is no part of the structure") {
  alignas(Settings) unsigned char a[sizeof(Settings)], b[sizeof(Settings)];
  std::memset(a, 0, sizeof a);
  std::memset(b, 255, sizeof b);
  const auto* x = new (a) Settings;
  const auto* y = new (b) Settings;
  CHECK(tree::structure_key(*x) == tree::structure_key(*y));
}

TEST_CASE("pointers and references count by their address") {
  const Pointers pointers{&first, nullptr, first};
  CHECK(tree::structure_key(pointers) == tree::structure_key(Pointers{&first, nullptr, first}));
  CHECK(tree::structure_key(pointers) != tree::structure_key(Pointers{&second, nullptr, first}));
  CHECK(tree::structure_key(pointers) != tree::structure_key(Pointers{&first, nullptr, second}));
  CHECK(tree::structure_key(pointers) != tree::structure_key(Pointers{&first, std::make_shared<const int>(1), first}));
}

TEST_CASE("a lambda counts by its type and what it captures") {
  const auto add = [](int n) { return [n](int x) { return x + n; }; };
  CHECK(tree::structure_key(add(1)) == tree::structure_key(add(1)));
  CHECK(tree::structure_key(add(1)) != tree::structure_key(add(2)));
  CHECK(tree::structure_key([] {}) != tree::structure_key([] {}));
  const std::string text = "text";
  CHECK(tree::has_opaque([text] { return text; }));
}

TEST_CASE("values that cannot be seen are known to be so, unless they have a hash") {
  CHECK(tree::has_opaque(std::function<void()>()));
  CHECK(tree::has_opaque(other_library::Clock()));
  CHECK(tree::has_opaque(std::unordered_map<int, int>()));
  CHECK(!tree::has_opaque(other_library::Version(1)));
  CHECK(changes(other_library::Version(1), [](auto& version) { version = other_library::Version(10); }));
  struct Holder {
    Array x;
    other_library::Clock clock;
  };
  CHECK(tree::has_opaque(Holder{}));
  CHECK(tree::paths(Holder{}) == std::vector<std::string>{"x"});
}
