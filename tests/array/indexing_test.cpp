// x.at(...): parts of arrays read, replaced and updated as NumPy does; the expected values are NumPy's.
#include <doctest/doctest.h>

#include <koine/ops.h>
#include <koine/runtime.h>

#include <numeric>
#include <string>

namespace koine {
namespace {

using Values = std::vector<int64_t>;
using Changes = std::vector<std::pair<size_t, int64_t>>;

Array numbers() { return reshape(arange(24), {.shape = {2, 3, 4}}); }
Values changed(const Changes& changes) {
  Values values(24);
  std::iota(values.begin(), values.end(), 0);
  for (auto [place, value] : changes) values[place] = value;
  return values;
}
Values range(int64_t first, int64_t last) {
  Values values(static_cast<size_t>(last - first));
  std::iota(values.begin(), values.end(), first);
  return values;
}

struct Part {
  Array array;
  Shape shape;
  Values values;
};

void check(const std::vector<Part>& parts) {
  for (size_t k = 0; k < parts.size(); ++k) {
    CAPTURE(k);
    CHECK(parts[k].array.shape() == parts[k].shape);
    CHECK(parts[k].array.to_vector<int64_t>() == parts[k].values);
  }
}

TEST_CASE("at: positions, slices, ellipsis and new axes") {
  const Array x = numbers();
  check({
      {x.at(0), {3, 4}, range(0, 12)},
      {x.at(-1, 2), {4}, {20, 21, 22, 23}},
      {x.at(1, 2, 3), {}, {23}},
      {x.at(all, 1), {2, 4}, {4, 5, 6, 7, 16, 17, 18, 19}},
      {x.at(ellipsis, -1), {2, 3}, {3, 7, 11, 15, 19, 23}},
      {x.at(0, ellipsis, 1), {3}, {1, 5, 9}},
      {x.at(ellipsis), {2, 3, 4}, range(0, 24)},
      {x.at(all, Slice{1}, Slice{none, none, 2}), {2, 2, 2}, {4, 6, 8, 10, 16, 18, 20, 22}},
      {x.at(all, Slice{none, none, -1}, Slice{-1, none, -2}), {2, 3, 2}, {11, 9, 7, 5, 3, 1, 23, 21, 19, 17, 15, 13}},
      {x.at(1, Slice{-2, -1}, Slice{10, none, -3}), {1, 2}, {19, 16}},
      {x.at(all, Slice{2, 1}), {2, 0, 4}, {}},
      {x.at(newaxis, 0, all, newaxis, 1), {1, 3, 1}, {1, 5, 9}},
      {x.at(ellipsis, newaxis), {2, 3, 4, 1}, range(0, 24)},
  });
  CHECK(scalar_array(7).at(ellipsis).item<int>() == 7);
}

TEST_CASE("at: integer arrays broadcast together and stand where NumPy puts them") {
  const Array x = numbers(), i = array({1, 0, 1}), j = reshape(array({2, 0}), {.shape = {2, 1}}), k = scalar_array(-1);
  check({
      {x.at(all, i), {2, 3, 4}, {4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 16, 17, 18, 19}},
      {x.at(ellipsis, j), {2, 3, 2, 1}, {2, 0, 6, 4, 10, 8, 14, 12, 18, 16, 22, 20}},
      {x.at(0, i), {3, 4}, {4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7}},
      {x.at(k), {3, 4}, range(12, 24)},
      {x.at(all, k, Slice{1, 3}), {2, 2}, {9, 10, 21, 22}},
      {x.at(i, i), {3, 4}, {16, 17, 18, 19, 0, 1, 2, 3, 16, 17, 18, 19}},
      {x.at(all, i, j), {2, 2, 3}, {6, 2, 6, 4, 0, 4, 18, 14, 18, 16, 12, 16}},
      {x.at(i, all, i), {3, 3}, {13, 17, 21, 0, 4, 8, 13, 17, 21}},
      {x.at(0, all, i), {3, 3}, {1, 5, 9, 0, 4, 8, 1, 5, 9}},
      {x.at(i, all, 2), {3, 3}, {14, 18, 22, 2, 6, 10, 14, 18, 22}},
      {x.at(all, 1, i), {2, 3}, {5, 4, 5, 17, 16, 17}},
      {x.at(i, j, k), {2, 3}, {23, 11, 23, 15, 3, 15}},
      {x.at(all, i, ellipsis, i), {3, 2}, {5, 17, 0, 12, 5, 17}},
      {x.at(i, newaxis, i), {3, 1, 4}, {16, 17, 18, 19, 0, 1, 2, 3, 16, 17, 18, 19}},
      {x.at(newaxis, i, i, Slice{0, 3, 2}), {1, 3, 2}, {16, 18, 0, 2, 16, 18}},
      {x.at(i, 1, newaxis, k), {3, 1}, {19, 7, 19}},
      {x.at(Slice{1}, i, Slice{none, none, -3}), {1, 3, 2}, {19, 16, 15, 12, 19, 16}},
  });
}

template <class... I>
Values set(const Array& value, const I&... index) {
  Array x = numbers();
  x.at(index...) = value;
  return x.to_vector<int64_t>();
}

TEST_CASE("at: parts are replaced, of values for one element the last stays") {
  const Array one = scalar_array(-1), pair = array({100, 101}), triple = array({100, 101, 102});
  const Array row = array({100, 101, 102, 103}), i = array({1, 0, 1}), j = array({2, 0}), k = scalar_array(-1);
  CHECK(set(one, all, 1, 2) == changed({{6, -1}, {18, -1}}));
  CHECK(set(row, 1, Slice{none, none, 2}) ==
        changed({{12, 100}, {13, 101}, {14, 102}, {15, 103}, {20, 100}, {21, 101}, {22, 102}, {23, 103}}));
  CHECK(set(pair, ellipsis, 0, Slice{none, none, -2}) == changed({{3, 100}, {1, 101}, {15, 100}, {13, 101}}));
  CHECK(set(row, newaxis, 1, 2) == changed({{20, 100}, {21, 101}, {22, 102}, {23, 103}}));
  CHECK(set(array({{1, 2}}), 0, 0, Slice{0, 2}) == changed({{0, 1}, {1, 2}}));
  CHECK(set(one, ellipsis) == Values(24, -1));
  CHECK(set(one, all, Slice{2, 1}) == changed({}));
  CHECK(set(row, i, i) ==
        changed({{0, 100}, {1, 101}, {2, 102}, {3, 103}, {16, 100}, {17, 101}, {18, 102}, {19, 103}}));
  CHECK(set(triple, i, all, i) == changed({{0, 100}, {4, 101}, {8, 102}, {13, 100}, {17, 101}, {21, 102}}));
  CHECK(set(triple, all, 1, i) == changed({{4, 101}, {5, 102}, {16, 101}, {17, 102}}));
  CHECK(set(array({{{100, 101}}}), 1, Slice{1}, j) == changed({{16, 100}, {18, 100}, {20, 101}, {22, 101}}));
  CHECK(set(triple, 0, ellipsis, k) == changed({{3, 100}, {7, 101}, {11, 102}}));
}

TEST_CASE("at: masks choose where values go") {
  const Array x = numbers(), one = scalar_array(-1), row = array({100, 101, 102, 103});
  CHECK(set(one, x % 10 == 0) == changed({{0, -1}, {10, -1}, {20, -1}}));
  CHECK(set(one, ellipsis, array({false, true, false, false})) ==
        changed({{1, -1}, {5, -1}, {9, -1}, {13, -1}, {17, -1}, {21, -1}}));
  CHECK(set(row, array({false, true}), Slice{1, 2}) == changed({{16, 100}, {17, 101}, {18, 102}, {19, 103}}));
  CHECK(set(one, all, reshape(arange(12), {.shape = {3, 4}}) % 7 == 5) == changed({{5, -1}, {17, -1}}));
  Array y = numbers();
  y.at(y > 20) += 100;
  CHECK(y.to_vector<int64_t>() == changed({{21, 121}, {22, 122}, {23, 123}}));
  CHECK_THROWS_AS(set(array({1, 2, 3}), x > 20), ShapeError);
  CHECK_THROWS_AS(x.at(x > 3), ValueError);
  CHECK_THROWS_AS(set(one, 0, array({true, false, true})), ValueError);
  CHECK_THROWS_AS(set(one, array({true, false, true})), IndexError);
}

TEST_CASE("at: compound assignment reads once and replaces") {
  const Array i = array({1, 0, 1});
  Array x = numbers();
  x.at(1, Slice{1}, Slice{none, none, -2}) *= 10;
  CHECK(x.to_vector<int64_t>() == changed({{17, 170}, {19, 190}, {21, 210}, {23, 230}}));
  x = numbers();
  x.at(i, 0, 0) += 100;  // once, though 1 is named twice
  CHECK(x.to_vector<int64_t>() == changed({{0, 100}, {12, 112}}));
  x = numbers();
  x.at(0, 0) -= x.at(0, 0);
  CHECK(x.to_vector<int64_t>() == changed({{0, 0}, {1, 0}, {2, 0}, {3, 0}}));
  Array y = cast(numbers(), {.dtype = float32});
  y.at(1, 2, 3) /= 2;
  CHECK(y.at(1, 2, 3).item<float>() == 11.5f);
  CHECK_THROWS_AS(x.at(0) /= 2, DTypeError);
}

TEST_CASE("at: values, not places") {
  Array x = numbers();
  const Array before = x;
  x.at(0) = x.at(1);
  CHECK(before.to_vector<int64_t>() == changed({}));
  CHECK(x.at(0, 0, 0).item<int>() == 12);
  CHECK_THROWS_AS(x.at(0) = x, ShapeError);
  CHECK(x.at(1, 2, 3).item<int>() == 23);
}

TEST_CASE("at: the last reference is updated in place") {
  Array x = numbers() + 0;
  const std::byte* memory = x.data();
  x.at(0, Slice{1}) = 5;
  x.at(all, 2) += 1;
  CHECK(x.data() == memory);
  const Array other = x;
  x.at(0) = 0;
  CHECK(x.data() != memory);
  CHECK(other.at(1, 2, 3).item<int>() == 24);
}

TEST_CASE("at: what does not fit is refused at the call") {
  const Array x = numbers();
  CHECK_THROWS_WITH_AS(x.at(0, 3), doctest::Contains("index 3 is out of range for axis 1 of shape [2, 3, 4]"),
                       IndexError);
  const std::string line = "indexing_test.cpp:" + std::to_string(__LINE__ + 1);
  CHECK_THROWS_WITH_AS(x.at(-3), doctest::Contains(line.c_str()), IndexError);
  CHECK_THROWS_WITH_AS(set(scalar_array(0), 5), doctest::Contains("indexing_test.cpp:"), IndexError);
  CHECK_THROWS_AS(x.at(0, 0, 0, 0), IndexError);
  CHECK_THROWS_AS(x.at(ellipsis, ellipsis), IndexError);
  CHECK_THROWS_AS(x.at(Slice{0, 1, 0}), ValueError);
  CHECK_THROWS_AS(x.at(array({0.5})), DTypeError);
  CHECK_THROWS_AS(set(array({1, 2, 3}), 0), ShapeError);
  CHECK_THROWS_AS(set(array({1, 2, 3}), 1, Slice{1}, array({2, 0})), ShapeError);
  CHECK_THROWS_AS(set(array({0.5}), 0), DTypeError);
  // Elements of an integer array are known when they are read.
  const Array part = x.at(all, array({{0, 1}, {2, 3}}));
  CHECK_THROWS_WITH_AS(part.to_vector<int>(),
                       doctest::Contains("index 3 at [1, 1] of the indices is out of range for axis 1"), IndexError);
}

}  // namespace
}  // namespace koine
