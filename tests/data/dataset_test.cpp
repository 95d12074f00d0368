#include <koine/data.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "data/shuffle.h"
#include "support/temp_folder.h"

using namespace koine;
using data::Dataset;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

Dataset read(std::string_view text, const data::CsvOptions& options = {}) {
  TempFolder folder;
  return data::csv(folder.write("a.csv", text), options);
}

// Examples i with the features (10 i, 10 i + 1) and the label i.
Dataset numbered(int64_t n) {
  std::vector<float> x;
  std::vector<int64_t> y;
  for (int64_t i = 0; i < n; ++i) {
    x.push_back(static_cast<float>(10 * i));
    x.push_back(static_cast<float>(10 * i + 1));
    y.push_back(i);
  }
  return {from(x, {n, 2}), from(y, {n})};
}

// The labels of all batches, each batch a list.
std::vector<Ints> labels(const data::Batches& batches) {
  std::vector<Ints> all;
  for (auto [x, y] : batches) {
    all.push_back(y.to_vector<int64_t>());
    const std::vector<float> features = x.to_vector<float>();
    REQUIRE(x.shape() == Shape{y.size(0), 2});
    for (size_t i = 0; i < all.back().size(); ++i) {
      CHECK(features[2 * i] == static_cast<float>(10 * all.back()[i]));
      CHECK(features[2 * i + 1] == static_cast<float>(10 * all.back()[i] + 1));
    }
  }
  return all;
}

Ints joined(const std::vector<Ints>& lists) {
  Ints all;
  for (const Ints& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

using Floats = std::vector<float>;

}  // namespace

TEST_CASE("batches: a range may begin in the middle of an epoch") {
  const Dataset data = numbered(7);
  const auto all = labels(data.batches(2, {.epochs = 2, .shuffle = Key(4)}));
  const auto rest = labels(data.batches(2, {.epochs = 2, .shuffle = Key(4), .first_step = 3}));
  CHECK(rest == std::vector<Ints>(all.begin() + 3, all.end()));
  CHECK_THROWS_AS(data.batches(2, {.first_step = 4}), ValueError);
}

TEST_CASE("dataset: take") {
  CHECK(numbered(5).take({4, 0}).y.to_vector<int64_t>() == Ints{4, 0});
  CHECK_THROWS_AS(numbered(5).take({5}), IndexError);
}

TEST_CASE("data: a table becomes examples and labels") {
  const Dataset set = read("8,0,3\n4,2,1\n", {.scale = 1 / 16.0});
  CHECK(set.size() == 2);
  CHECK(set.x.shape() == Shape{2, 2});
  CHECK(set.x.dtype() == float32);
  CHECK(set.x.to_vector<float>() == Floats{0.5f, 0, 0.25f, 0.125f});
  CHECK(set.y.shape() == Shape{2});
  CHECK(set.y.dtype() == int64);
  CHECK(set.y.to_vector<int64_t>() == Ints{3, 1});
}

TEST_CASE("data: labels by number, by name, fractional, or none") {
  const char* table = "a,b,c\n1,2,3.5\n4,5,6\n";
  CHECK(read(table, {.label = 0}).y.to_vector<int64_t>() == Ints{1, 4});
  CHECK(read(table, {.label = -2}).y.to_vector<int64_t>() == Ints{2, 5});
  CHECK(read(table, {.label = "b"}).x.to_vector<float>() == Floats{1, 3.5f, 4, 6});
  CHECK(read(table, {.label = "c"}).y.dtype() == float32);
  CHECK(read(table, {.label = "c"}).y.to_vector<float>() == Floats{3.5f, 6});
  const Dataset unlabelled = read(table, {.label = none});
  CHECK(unlabelled.x.shape() == Shape{2, 3});
  CHECK(!unlabelled.y.defined());
  CHECK(read("1\n2\n").x.shape() == Shape{2, 0});
  CHECK(read("1,2\n3,4\n", {.header = true}).size() == 1);
  CHECK_THROWS_AS(read("a,2\n3,4\n", {.header = false}), FormatError);
}

TEST_CASE("data: labels that do not exist") {
  const auto error = [](const char* table, data::Column label) {
    return message_of<IndexError>([&] { read(table, {.label = label}); });
  };
  CHECK(contains(error("1,2\n", 2), "a.csv: there is no column 2, the table has 2"));
  CHECK(contains(error("1,2\n", -3), "there is no column -3"));
  CHECK(contains(error("1,2\n", "b"), "there is no column 'b', the table does not name its columns"));
  CHECK(contains(error("a,b\n1,2\n", "c"), "there is no column 'c'"));
  CHECK(contains(error("a,a\n1,2\n", "a"), "more than one column is named 'a'"));
}

TEST_CASE("data: parts and shapes") {
  const auto [first, second] = numbered(5).split(2);
  CHECK(first.y.to_vector<int64_t>() == Ints{0, 1});
  CHECK(second.y.to_vector<int64_t>() == Ints{2, 3, 4});
  CHECK(second.x.to_vector<float>() == Floats{20, 21, 30, 31, 40, 41});
  CHECK(numbered(5).rows(1, 3).y.to_vector<int64_t>() == Ints{1, 2});
  CHECK(numbered(5).split(5).second.size() == 0);
  CHECK(numbered(5).split(0).second.size() == 5);
  CHECK_THROWS_AS(numbered(5).split(6), IndexError);
  CHECK_THROWS_AS(numbered(5).split(-1), IndexError);
  CHECK_THROWS_AS(numbered(5).rows(3, 2), IndexError);
  const Dataset shaped = numbered(5).shape({1, 2, 1});
  CHECK(shaped.x.shape() == Shape{5, 1, 2, 1});
  CHECK(shaped.x.to_vector<float>() == numbered(5).x.to_vector<float>());
  CHECK(shaped.split(2).second.x.shape() == Shape{3, 1, 2, 1});
  CHECK(contains(message_of<ShapeError>([] { numbered(5).shape({3}); }),
                 "examples of shape [3] do not fit examples of shape [2]"));
}

TEST_CASE("data: batches in order") {
  CHECK(labels(numbered(5).batches(2)) == std::vector<Ints>{{0, 1}, {2, 3}, {4}});
  CHECK(labels(numbered(5).batches(2, {.drop_last = true})) == std::vector<Ints>{{0, 1}, {2, 3}});
  CHECK(labels(numbered(4).batches(2, {.epochs = 2})) == std::vector<Ints>{{0, 1}, {2, 3}, {0, 1}, {2, 3}});
  CHECK(labels(numbered(2).batches(5)) == std::vector<Ints>{{0, 1}});
  CHECK(labels(numbered(0).batches(5)).empty());
  CHECK(labels(numbered(3).batches(5, {.epochs = 2, .drop_last = true})).empty());
  CHECK(numbered(5).batches(2).steps() == 3);
  CHECK(numbered(5).batches(2, {.drop_last = true}).steps() == 2);
  CHECK_THROWS_AS(numbered(5).batches(0), ValueError);
  CHECK_THROWS_AS(numbered(5).batches(1, {.epochs = 0}), ValueError);
  CHECK_THROWS_AS((Dataset{numbered(5).x, numbered(4).y}.batches(1)), ShapeError);
}

TEST_CASE("data: shuffled batches hold every example once an epoch, in another order each") {
  const data::Batches batches = numbered(100).batches(7, {.epochs = 3, .shuffle = Key{1}});
  const std::vector<Ints> seen = labels(batches);
  CHECK(seen == labels(batches));
  CHECK(seen == labels(numbered(100).batches(7, {.epochs = 3, .shuffle = Key{1}})));
  CHECK(seen != labels(numbered(100).batches(7, {.epochs = 3, .shuffle = Key{2}})));
  const Ints all = joined(seen);
  REQUIRE(all.size() == 300);
  std::set<Ints> orders;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    const Ints order(all.begin() + 100 * epoch, all.begin() + 100 * (epoch + 1));
    CHECK(std::set<int64_t>(order.begin(), order.end()).size() == 100);
    orders.insert(order);
  }
  CHECK(orders.size() == 3);
  CHECK(joined(labels(numbered(100).batches(7, {.epochs = 2, .shuffle = Key{1}, .first_epoch = 1}))) ==
        Ints(all.begin() + 100, all.end()));
}

TEST_CASE("data: a shuffle is the same on every machine") {
  // From the plain Python Philox of tests/oracle: sorted by the 64-bit draws of the key folded with the epoch.
  CHECK(data::shuffled(Key{1}, 0, 8) == Ints{0, 7, 2, 6, 4, 1, 3, 5});
  CHECK(data::shuffled(Key{1}, 1, 8) == Ints{3, 6, 0, 4, 5, 2, 7, 1});
  CHECK(data::shuffled(Key{0x123456789abcdef0}, 5, 8) == Ints{1, 6, 2, 4, 3, 7, 0, 5});
  CHECK(data::shuffled(Key{1}, 0, 0).empty());
}

TEST_CASE("data: an iterator knows its epoch and step") {
  const data::Batches batches = numbered(3).batches(2, {.epochs = 2});
  std::vector<Ints> places;
  for (auto it = batches.begin(); it != batches.end(); ++it) places.push_back({it.epoch(), it.step()});
  CHECK(places == std::vector<Ints>{{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  static_assert(std::input_iterator<data::Batches::Iterator>);
}

template <class R>
concept Begins = requires(R&& range) { std::forward<R>(range).begin(); };

TEST_CASE("data: a loop may walk the batches of a temporary, whose begin alone would dangle") {
  static_assert(Begins<data::Batches&> && Begins<const data::Batches&>);
  static_assert(!Begins<data::Batches> && !Begins<const data::Batches>);
  std::vector<int64_t> seen;
  for (auto [x, y] : numbered(3).batches(2)) seen.push_back(x.size(0));
  CHECK(seen == std::vector<int64_t>{2, 1});
}

TEST_CASE("data: keys") {
  CHECK(Key{0x1234567890abcdefu}.to_vector<uint32_t>() == std::vector<uint32_t>{0x90abcdef, 0x12345678});
  CHECK(Key{-1}.to_vector<uint32_t>() == std::vector<uint32_t>{0xffffffff, 0xffffffff});
  CHECK(Key(static_cast<const Array&>(Key{7})).to_vector<uint32_t>() == std::vector<uint32_t>{7, 0});
  CHECK_THROWS_AS(Key(from(Ints{1, 2}, {2})), DTypeError);
  CHECK_THROWS_AS(Key(from(std::vector<uint32_t>{1}, {1})), ShapeError);
}

TEST_CASE("data: the real digits") {
  const auto [train, test] = data::csv("data/digits.csv.gz", {.label = -1, .scale = 1 / 16.0}).split(1347);
  CHECK(train.x.shape() == Shape{1347, 64});
  CHECK(test.x.shape() == Shape{450, 64});
  const std::vector<float> pixels = train.x.to_vector<float>();
  CHECK(*std::max_element(pixels.begin(), pixels.end()) == 1.0f);
  CHECK(train.shape({8, 8, 1}).batches(64).steps() == 22);
}
