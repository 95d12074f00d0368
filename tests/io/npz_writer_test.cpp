#include "io/array_file.h"
#include "support/temp_folder.h"

#include <koine/array.h>
#include <koine/error.h>
#include <koine/io.h>
#include <koine/ops.h>

#include <map>

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

using Tree = std::map<std::string, Array>;

Tree some_tree() {
  return {{"", from(std::vector<float>{1.5}, {1})},
          {"a/../b", from(std::vector<int64_t>{1, -2, 3}, {3})},
          {"x.npy", from(std::vector<double>{0.25, 4}, {2, 1})},
          {"x", cast(from(std::vector<float>{1, 2}, {2}), {.dtype = bfloat16})},
          {"empty", from(std::vector<float>{}, {0, 7})},
          {"scalar", from(std::vector<uint8_t>{9}, {})}};
}

}  // namespace

TEST_CASE("npz: a tree comes back from a file of that name, and equal trees give equal files") {
  const TempFolder folder;
  const Tree tree = some_tree();
  io::save(folder / "a.npz", tree);
  io::save(folder / "b.npz", tree);
  CHECK(testing::read_file(folder / "a.npz") == testing::read_file(folder / "b.npz"));
  const Tree loaded = io::load(folder / "a.npz", tree);
  for (const auto& [name, array] : tree) {
    CHECK(loaded.at(name).dtype() == array.dtype());
    CHECK(loaded.at(name).shape() == array.shape());
    CHECK(loaded.at(name).to_vector<double>() == array.to_vector<double>());
  }
  CHECK(io::load_all(folder / "a.npz").size() == tree.size());
  CHECK(io::metadata(folder / "a.npz").empty());
  // Not by chance a file of the other format.
  CHECK(testing::read_file(folder / "a.npz").starts_with("PK"));
}

TEST_CASE("npz: what an archive cannot hold is refused, and the old file stays") {
  const TempFolder folder;
  const std::string path = folder.write("a.npz", "old");
  const Array one = from(std::vector<float>{1}, {1});
  const auto refusal = [&](const std::string& name) {
    return message_of<FormatError>([&] { io::save(path, Tree{{name, one}}); });
  };
  CHECK(contains(refusal(std::string("a\0b", 3)), "\"a\\u0000b\" has a zero byte"));
  CHECK(contains(refusal("caf\xe9"), "\"caf\\udce9\" is not UTF-8"));
  CHECK(contains(refusal(std::string(70000, 'x')), "too long"));
  CHECK(contains(message_of<ValueError>([&] { io::save(path, Tree{{"a", one}}, {{"note", "n"}}); }), "keep no notes"));
  struct Twice {
    Tree a, b;
  };
  const std::map<std::string, Tree> twice{{"a", {{"b.c", one}}}, {"a.b", {{"c", one}}}};
  CHECK(contains(message_of<ValueError>([&] { io::save(path, twice); }), "the path 'a.b.c'"));
  CHECK(testing::read_file(path) == "old");
}

TEST_CASE("npz: more arrays than 16 bits count") {
  const TempFolder folder;
  constexpr int many = (1 << 16) + 7;
  Tree tree;
  for (int i = 0; i < many; ++i) tree[std::to_string(i)] = from(std::vector<int>{i}, {});
  io::save(folder / "many.npz", tree);
  const auto all = io::load_all(folder / "many.npz");
  REQUIRE(all.size() == many);
  for (const auto& [name, array] : all)
    if (name != std::to_string(array.item<int>())) FAIL(name);
}
