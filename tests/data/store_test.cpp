#include "data/csv.h"
#include "support/temp_folder.h"

#include <koine/data.h>
#include <koine/ops.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

using namespace koine;
using testing::contains;
using testing::message_of;
using testing::TempFolder;

namespace {

std::string table(int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i) + "," + std::to_string(i * 0.5) + "," + std::to_string(i % 3) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a table that is larger than the memory it may take is read from a file, to the same numbers") {
  TempFolder folder;
  const std::string path = folder.write("t.csv", table(5000));
  const data::Dataset whole = data::csv(path), there = data::csv(path, {.memory = 1000});
  CHECK_FALSE(whole.reader);
  REQUIRE(there.reader);
  CHECK(there.defined());
  CHECK(there.size() == 5000);
  CHECK(there.example() == Shape{2});
  const Ints some{4999, 0, 17, 17};
  CHECK(there.take(some).x.to_vector<float>() == whole.take(some).x.to_vector<float>());
  CHECK(there.take(some).y.to_vector<int64_t>() == std::vector<int64_t>{1, 0, 2, 2});
  CHECK(there.rows(10, 20).x.to_vector<float>() == whole.rows(10, 20).x.to_vector<float>());
  const data::Dataset part = there.subset({5, 3}).shape({2, 1});
  CHECK(part.reader);
  CHECK(part.rows(0, 2).x.shape() == Shape{2, 2, 1});
  CHECK(part.rows(0, 2).x.to_vector<float>() == std::vector<float>{5, 2.5, 3, 1.5});
  CHECK(there.split(4000).second.size() == 1000);
  const data::BatchOptions how{.epochs = 2, .shuffle = Key(3)};
  const data::Batches others = there.batches(700, how);
  auto other = others.begin();
  for (const auto& [x, y] : whole.batches(700, how)) {
    CHECK(((*other).x == x).to_vector<bool>() == std::vector<bool>(static_cast<size_t>(x.size()), true));
    CHECK((*other).y.to_vector<int64_t>() == y.to_vector<int64_t>());
    ++other;
  }
  CHECK_THROWS_AS(there.take({5000}), IndexError);
  CHECK_THROWS_AS(there.subset({-1}), IndexError);
  // What is damaged is named all the same.
  const std::string damaged = folder.write("d.csv", table(4000) + "1,x,2\n");
  CHECK(contains(message_of<FormatError>([&] { data::csv(damaged, {.memory = 1000}); }), "d.csv:4001:3"));
}

TEST_CASE("folds: each example is tested on once") {
  const auto folds = data::folds(10, 3, Key(1));
  REQUIRE(folds.size() == 3);
  std::multiset<int64_t> tested;
  for (const data::Fold& fold : folds) {
    CHECK(fold.first.size() + fold.second.size() == 10);
    CHECK(fold.second.size() >= 3);
    tested.insert(fold.second.begin(), fold.second.end());
    for (const int64_t row : fold.second) CHECK(std::count(fold.first.begin(), fold.first.end(), row) == 0);
  }
  CHECK(tested.size() == 10);
  CHECK(std::set<int64_t>(tested.begin(), tested.end()).size() == 10);
  CHECK(data::folds(10, 3, Key(1))[0].second == folds[0].second);
  CHECK(data::folds(10, 5, Key(2))[0].second != data::folds(10, 5, Key(1))[0].second);
  CHECK_THROWS_AS(data::folds(3, 4, Key(1)), ValueError);
  CHECK_THROWS_AS(data::folds(3, 1, Key(1)), ValueError);
}

TEST_CASE("sequences: filled up at the end, and batched by their lengths") {
  const data::Padded padded = data::pad({{1, 2, 3}, {}, {4}}, -1);
  CHECK(padded.x.to_vector<int64_t>() == std::vector<int64_t>{1, 2, 3, -1, -1, -1, 4, -1, -1});
  CHECK(padded.lengths.to_vector<int64_t>() == std::vector<int64_t>{3, 0, 1});
  Ints lengths;
  for (int64_t i = 0; i < 1003; ++i) lengths.push_back(i * 7919 % 100);
  const auto spread = [&](const Ints& order) {
    int64_t total = 0;
    for (size_t first = 0; first < 1000; first += 10) {
      int64_t low = 100, high = 0;
      for (size_t i = first; i < first + 10; ++i) {
        low = std::min(low, lengths[static_cast<size_t>(order[i])]);
        high = std::max(high, lengths[static_cast<size_t>(order[i])]);
      }
      total += high - low;
    }
    return total / 100;
  };
  const Ints order = data::bucketed(Key(1), 0, lengths, 10);
  Ints sorted = order, all(1003);
  std::iota(all.begin(), all.end(), 0);
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == all);
  CHECK(spread(order) < 10);
  CHECK(spread(all) > 50);
  CHECK(data::bucketed(Key(1), 1, lengths, 10) != order);
  CHECK(data::bucketed(Key(1), 0, lengths, 10) == order);
}

TEST_CASE("npz: the arrays that NumPy packed, and archives that are damaged") {
  std::map<std::string, Array> arrays;
  for (const data::NamedArray& one : data::npz("tests/data/arrays.npz")) arrays[one.name] = one.array;
  REQUIRE(arrays.size() == 3);
  CHECK(arrays.at("x").shape() == Shape{4, 3, 2});
  CHECK(arrays.at("x").to_vector<float>()[23] == 23);
  CHECK(arrays.at("y").to_vector<int64_t>() == std::vector<int64_t>{0, 1, 1, 0});
  CHECK(arrays.at("mask").dtype() == bool_);
  TempFolder folder;
  const std::string whole = testing::read_file("tests/data/arrays.npz");
  CHECK(contains(message_of<FormatError>([&] { data::npz(folder.write("n.npz", "no archive at all")); }),
                 "no zip archive"));
  // Every byte is damaged once, and the file is cut everywhere: an error or arrays, nothing else.
  int refused = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string other = whole;
    other[i] = static_cast<char>(other[i] ^ 0x55);
    for (const std::string& bytes : {other, whole.substr(0, i)}) try {
        data::npz(folder.write("d.npz", bytes));
      } catch (const FormatError&) {
        ++refused;
      }
  }
  CHECK(refused > static_cast<int>(whole.size()));
}
