#include <koine/dim.h>
#include <koine/error.h>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace koine {
namespace {

const Dim n = Dim::symbol("n");
const Dim m = Dim::symbol("m");

Shape of_rank(int rank) {
  Shape shape;
  for (int i = 0; i < rank; ++i) shape.push_back(i + 1);
  return shape;
}

TEST_CASE("shapes are made from lists, ranges and iterators") {
  const std::vector<int64_t> numbers = {2, 3, 4};
  const std::array<Dim, 3> dims = {2, 3, 4};
  const std::list<int> list = {2, 3, 4};
  const Shape shape = {2, 3, 4};
  CHECK(Shape(numbers) == shape);
  CHECK(Shape(dims) == shape);
  CHECK(Shape(std::span<const Dim>(dims)) == shape);
  CHECK(Shape(list.begin(), list.end()) == shape);
  CHECK(Shape(shape) == shape);
  CHECK(Shape().empty());
  CHECK(Shape{} == Shape());
}

TEST_CASE("shapes are values at every rank, inside and outside their own storage") {
  for (int rank = 0; rank <= 20; ++rank) {
    const Shape shape = of_rank(rank);
    CHECK(shape.size() == static_cast<size_t>(rank));
    Shape copy = shape;
    CHECK(copy == shape);
    CHECK(copy.hash() == shape.hash());
    copy.push_back(9);
    CHECK_FALSE(copy == shape);
    copy.pop_back();
    CHECK(copy == shape);
    Shape moved = std::move(copy);
    CHECK(moved == shape);
    CHECK(copy.empty());
    copy = {7};
    CHECK(to_string(copy) == "[7]");
    for (int other = 0; other <= 20; other += 5) {
      Shape target = of_rank(other);
      target = shape;
      CHECK(target == shape);
      Shape source = of_rank(other);
      target = std::move(source);
      CHECK(target == of_rank(other));
    }
    Shape& alias = moved;
    moved = alias;
    CHECK(moved == shape);
    for (int i = 0; i < rank; ++i) {
      CHECK(same(shape[i], i + 1));
      CHECK(same(shape[i - rank], i + 1));
    }
    CHECK_THROWS_AS((void)shape[rank], IndexError);
    CHECK_THROWS_AS((void)shape[-rank - 1], IndexError);
  }
}

TEST_CASE("sizes are put in and taken out anywhere") {
  Shape shape = {2, 3};
  shape.insert(0, 1);
  shape.insert(3, 5);
  shape.insert(-1, 4);
  CHECK(shape == Shape{1, 2, 3, 4, 5});
  shape.insert(2, 7);
  shape.insert(2, 8);
  CHECK(shape == Shape{1, 2, 8, 7, 3, 4, 5});
  shape.erase(2);
  shape.erase(-1);
  shape.erase(0);
  CHECK(shape == Shape{2, 7, 3, 4});
  shape[-1] = 9;
  shape.back() += 1;
  CHECK(same(shape.back(), 10));
  CHECK_THROWS_AS(shape.insert(5, 1), IndexError);
  CHECK_THROWS_AS(shape.erase(4), IndexError);
  CHECK_THROWS_AS(Shape().pop_back(), IndexError);
  CHECK_THROWS_WITH_AS((void)shape[4], "axis 4 is out of range for a shape of rank 4, [2, 7, 3, 10]", IndexError);
}

TEST_CASE("shapes with symbols are compared, counted and printed") {
  const Shape shape = {2, n, 3};
  CHECK(to_string(shape) == "[2, n, 3]");
  CHECK(to_string(Shape()) == "[]");
  CHECK_FALSE(shape.is_concrete());
  CHECK(Shape{1, 2}.is_concrete());
  CHECK(shape == Shape{2, Dim::symbol("n"), 3});
  CHECK_FALSE(shape == Shape{2, m, 3});
  CHECK_FALSE(shape == Shape{2, n});
  CHECK(shape.hash() != Shape{2, 3, n}.hash());
  CHECK(same(count(shape), 6 * n));
  CHECK(same(count(Shape()), 1));
  CHECK(same(count(Shape{n, 0, m}), 0));
}

TEST_CASE("broadcasting aligns at the end and repeats ones") {
  CHECK(broadcast(Shape{}, Shape{}) == Shape{});
  CHECK(broadcast(Shape{}, Shape{2, 3}) == Shape{2, 3});
  CHECK(broadcast(Shape{3}, Shape{2, 1}) == Shape{2, 3});
  CHECK(broadcast(Shape{2, 1, n}, Shape{m, 1}) == Shape{2, m, n});
  CHECK(broadcast(Shape{n}, Shape{n}) == Shape{n});
  CHECK(broadcast(Shape{1}, Shape{0}) == Shape{0});
  CHECK(broadcast(Shape{8, 1, 6, 1, 7, 1, 9}, Shape{7, 1, 5, 1}) == Shape{8, 1, 6, 7, 7, 5, 9});
  CHECK_THROWS_WITH_AS(broadcast(Shape{2, 3}, Shape{2, 2, 4}),
                       "shapes [2, 3] and [2, 2, 4] do not broadcast: at axis -1 the sizes are 3 and 4", ShapeError);
  CHECK_THROWS_AS(broadcast(Shape{n}, Shape{m}), ShapeError);
  CHECK_THROWS_AS(broadcast(Shape{n}, Shape{3}), ShapeError);
  CHECK_THROWS_AS(broadcast(Shape{0}, Shape{2}), ShapeError);
}

}  // namespace
}  // namespace koine
