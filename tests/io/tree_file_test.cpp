#include <koine/array.h>
#include <koine/io.h>

#include <map>

#include "support/temp_folder.h"

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

struct Layer {
  Array weight, bias;
};
struct Net {
  Layer in;
  std::vector<Layer> more;
  std::map<std::string, Array> named;
  int heads = 4;
};

Array counting(const Shape& shape, float first) {
  std::vector<float> values;
  for (int64_t i = 0; i < count(shape).value(); ++i) values.push_back(first + static_cast<float>(i));
  return from(values, shape);
}

Net some_net(float first) {
  return {{counting({2, 3}, first), counting({3}, first + 10)},
          {{counting({1}, first + 20), from(std::vector<double>{first + 30.0}, {})}},
          {{"steps", from(std::vector<int64_t>{static_cast<int64_t>(first)}, {1})}},
          2};
}

std::string error_of(const std::string& path, Net like) {
  const std::string message = message_of<FormatError>([&] { io::load_into(path, like); });
  return message.substr(std::min(message.size(), path.size()));
}

}  // namespace

TEST_CASE("io: all arrays of a file, by name") {
  TempFolder folder;
  const std::string path = folder / "net.safetensors";
  io::save(path, some_net(1));
  const auto all = io::load_all(path);
  REQUIRE(all.size() == 5);
  CHECK(all[0].first == "in.bias");
  CHECK(all[1].second.to_vector<float>() == some_net(1).in.weight.to_vector<float>());
  CHECK(all[4].first == "named.steps");
  CHECK_THROWS_AS(io::load_all(folder / "missing.safetensors"), IoError);
}

TEST_CASE("io: a tree comes back from a file") {
  TempFolder folder;
  const std::string path = folder / "net.safetensors";
  io::save(path, some_net(1));
  const Net loaded = io::load(path, some_net(100));
  CHECK(loaded.in.weight.to_vector<float>() == some_net(1).in.weight.to_vector<float>());
  CHECK(loaded.in.weight.shape() == Shape{2, 3});
  CHECK(loaded.in.bias.to_vector<float>() == some_net(1).in.bias.to_vector<float>());
  CHECK(loaded.more[0].bias.item<double>() == 31);
  CHECK(loaded.more[0].bias.dtype() == float64);
  CHECK(loaded.named.at("steps").item<int64_t>() == 1);
  CHECK(loaded.heads == 2);
}

TEST_CASE("io: names in the file are the paths of the tree, and equal trees give equal files") {
  TempFolder folder;
  io::save(folder / "1", some_net(1));
  io::save(folder / "2", some_net(1));
  const std::string bytes = testing::read_file(folder / "1");
  CHECK(bytes == testing::read_file(folder / "2"));
  for (const char* name : {"\"in.weight\"", "\"in.bias\"", "\"more.0.weight\"", "\"more.0.bias\"", "\"named.steps\""})
    CHECK(contains(bytes, name));
}

TEST_CASE("io: leaves without a value take what the file holds") {
  TempFolder folder;
  io::save(folder / "net", some_net(1));
  Net empty;
  empty.more.resize(1);
  empty.named["steps"];
  const Net loaded = io::load(folder / "net", empty);
  CHECK(loaded.in.weight.shape() == Shape{2, 3});
  CHECK(contains(message_of<ValueError>([&] { io::save(folder / "empty", empty); }), "has a value yet"));
  Net partly = some_net(1);
  partly.in.bias = Array();
  io::save(folder / "partly", partly);
  CHECK(!io::load(folder / "partly", partly).in.bias.defined());
  CHECK(contains(error_of(folder / "partly", some_net(1)), "'in.bias' is not in the file"));
}

TEST_CASE("io: everything that does not fit is told, and nothing is assigned") {
  TempFolder folder;
  const std::string path = folder / "net";
  io::save(path, some_net(1));
  Net other = some_net(1);
  other.in.weight = counting({3, 2}, 0);
  other.in.bias = from(std::vector<double>{1, 2, 3}, {3});
  other.named = {{"extra", counting({1}, 0)}};
  CHECK(error_of(path, other) ==
        " does not fit:"
        "\n  'in.weight' is float32 of shape [3, 2], in the file float32 of shape [2, 3]"
        "\n  'in.bias' is float64 of shape [3], in the file float32 of shape [3]"
        "\n  'named.extra' is not in the file"
        "\n  'named.steps' is in the file only");
  Net partly = some_net(100);
  partly.named.clear();
  CHECK_THROWS_AS(io::load_into(path, partly), FormatError);
  CHECK(partly.in.weight.to_vector<float>()[0] == 100);
}

TEST_CASE("io: an array by itself, sizes of zero, and notes") {
  TempFolder folder;
  const std::string path = folder / "a";
  io::save(path, counting({2}, 5), {{"b", "2"}, {"a", "1"}});
  CHECK(io::load(path, Array()).to_vector<float>() == std::vector<float>{5, 6});
  CHECK(io::metadata(path) == io::Metadata{{"a", "1"}, {"b", "2"}});
  io::save(path, counting({0, 3}, 0));
  CHECK(io::load(path, Array()).shape() == Shape{0, 3});
  CHECK(io::metadata(path).empty());
}

TEST_CASE("io: files that are not there") {
  TempFolder folder;
  CHECK_THROWS_AS(io::load(folder / "none", Array()), IoError);
  CHECK_THROWS_AS(io::save(folder / "no/such", counting({1}, 0)), IoError);
}
