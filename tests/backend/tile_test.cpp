// The tiles of every instruction set that this machine has, not only those that products take, against plain loops.
#include "backend/cpu/gemm/tile.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

using namespace koine::backend::cpu;

namespace {

// The best set comes first, and a machine has those that follow it.
template <class T>
std::vector<const Tiles<T>*> all_tiles() {
  std::vector<const Tiles<T>*> found;
  for (const Tiles<T>* set : {tiles_avx512<T>(), tiles_avx2<T>(), tiles_generic<T>()})
    if (set && (!found.empty() || set == &tiles<T>())) found.push_back(set);
  return found;
}

template <class T>
std::vector<T> numbers(int64_t count) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<T>(i * 7 % 13 - 6));
  return values;
}

template <class T>
void check_products(const Tiles<T>& set) {
  constexpr int64_t depth = 9;
  for (int width = 0; width < Tiles<T>::widths; ++width)
    for (int rows = 1; rows <= set.rows[width]; ++rows) {
      const int64_t columns = int64_t{set.lanes} << width, b_stride = columns + 3, c_stride = columns + 5;
      auto a = numbers<T>(rows * tile_a_stride), b = numbers<T>(depth * b_stride), c = numbers<T>(rows * c_stride);
      for (bool first : {true, false}) {
        auto expected = c;
        for (int64_t i = 0; i < rows; ++i)
          for (int64_t j = 0; j < columns; ++j) {
            T sum = first ? 0 : c[static_cast<size_t>(i * c_stride + j)];
            for (int64_t k = 0; k < depth; ++k)
              sum += a[static_cast<size_t>(i * tile_a_stride + k)] * b[static_cast<size_t>(k * b_stride + j)];
            expected[static_cast<size_t>(i * c_stride + j)] = sum;
          }
        auto got = c;
        set.run[width][rows](a.data(), b.data(), b_stride, got.data(), c_stride, depth, first);
        CHECK(got == expected);
      }
    }
}

template <class T>
void check_copies(const Tiles<T>& set) {
  for (int64_t rows : {1, 3, 4, 17, 40})
    for (int64_t columns : {1, 4, 7, 16, 33}) {
      auto from = numbers<T>(rows * (columns + 2));
      std::vector<T> to(static_cast<size_t>(columns * (rows + 1))), expected = to;
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j)
          expected[static_cast<size_t>(j * (rows + 1) + i)] = from[static_cast<size_t>(i * (columns + 2) + j)];
      set.transpose(from.data(), columns + 2, to.data(), rows + 1, rows, columns);
      CHECK(to == expected);
    }
  for (int width = 0; width < Tiles<T>::widths; ++width) {
    const int64_t columns = int64_t{set.lanes} << width, rows = 5, panels = 3, stride = columns * panels + 1;
    auto from = numbers<T>(rows * stride);
    std::vector<T> to(static_cast<size_t>(rows * panels * columns)), expected;
    for (int64_t p = 0; p < panels; ++p)
      for (int64_t k = 0; k < rows; ++k)
        for (int64_t j = 0; j < columns; ++j)
          expected.push_back(from[static_cast<size_t>(k * stride + p * columns + j)]);
    set.copy_panels[width](from.data(), stride, to.data(), rows, panels);
    CHECK(to == expected);
  }
}

template <class T>
void check_add(const Tiles<T>& set) {
  for (int64_t columns : {1, 15, 16, 50}) {
    auto c = numbers<T>(columns), x = numbers<T>(2 * columns), expected = c;
    for (int64_t j = 0; j < columns; ++j) expected[static_cast<size_t>(j)] += x[static_cast<size_t>(j)];
    set.add(c.data(), x.data(), columns);
    CHECK(c == expected);
  }
}

template <class T>
void check_all() {
  auto sets = all_tiles<T>();
  REQUIRE_FALSE(sets.empty());
  for (const Tiles<T>* set : sets) {
    CAPTURE(set->lanes);
    check_products(*set);
    check_copies(*set);
    check_add(*set);
  }
}

}  // namespace

TEST_CASE("cpu tiles: every instruction set") {
  check_all<float>();
  check_all<double>();
}
