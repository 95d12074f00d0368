#pragma once
#include "backend/cpu/gemm/tile.h"

// The tiles of one instruction set. A file that includes this defines KOINE_TILE_BYTES, the bytes of a vector, and
// KOINE_TILE_ROWS, the most rows of a tile for vectors in 1, 2 and 4 columns.
namespace koine::backend::cpu {
namespace {

template <class T>
struct VectorOf {
  typedef T type __attribute__((vector_size(KOINE_TILE_BYTES), aligned(sizeof(T)), may_alias));
};
template <class T>
using Vector = typename VectorOf<T>::type;
template <class T>
constexpr int lanes_of = KOINE_TILE_BYTES / static_cast<int>(sizeof(T));

template <int... lane>
struct Lanes {};
template <int n, int... lane>
struct CountLanes : CountLanes<n - 1, n - 1, lane...> {};
template <int... lane>
struct CountLanes<0, lane...> {
  using type = Lanes<lane...>;
};
template <int n>
using FirstLanes = typename CountLanes<n>::type;

template <class T, int rows, int vectors>
void tile(const T* a, const T* b, int64_t b_stride, T* c, int64_t c_stride, int64_t depth, bool first) {
  using V = Vector<T>;
  V sum[rows][vectors];
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      sum[i][v] = first ? V{} : *reinterpret_cast<const V*>(c + i * c_stride + v * lanes_of<T>);
  for (int64_t k = 0; k < depth; ++k) {
    V x[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) x[v] = *reinterpret_cast<const V*>(b + v * lanes_of<T>);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const T y = a[i * tile_a_stride];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sum[i][v] += x[v] * y;
    }
    b += b_stride;
    ++a;
  }
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) *reinterpret_cast<V*>(c + i * c_stride + v * lanes_of<T>) = sum[i][v];
}

template <class T, int vectors, int rows>
constexpr void fill(TileFunction<T>* run) {
  if constexpr (rows > 0) {
    run[rows] = tile<T, rows, vectors>;
    fill<T, vectors, rows - 1>(run);
  }
}

// Whole rows at a time: memory gives them faster than one panel after the other.
template <class T, int vectors>
void copy_panels(const T* from, int64_t from_stride, T* to, int64_t rows, int64_t panels) {
  using V = Vector<T>;
  constexpr int64_t width = int64_t{vectors} * lanes_of<T>;
  constexpr int64_t ahead = 8;  // rows
  for (int64_t k = 0; k < rows; ++k, from += from_stride, to += width) {
    for (int64_t p = 0; p < panels; ++p) {
      const T* source = from + p * width;
      T* target = to + p * rows * width;
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) {
        __builtin_prefetch(source + ahead * from_stride + v * lanes_of<T>);
        *reinterpret_cast<V*>(target + v * lanes_of<T>) = *reinterpret_cast<const V*>(source + v * lanes_of<T>);
      }
    }
  }
}

template <class T>
void add(T* c, const T* x, int64_t columns) {
  using V = Vector<T>;
  int64_t j = 0;
  for (; j + lanes_of<T> <= columns; j += lanes_of<T>)
    *reinterpret_cast<V*>(c + j) += *reinterpret_cast<const V*>(x + j);
  for (; j < columns; ++j) c[j] += x[j];
}

// The first or the second half of two vectors, element by element in turn.
template <bool second, class V, int... lane>
V interleaved(V a, V b, Lanes<lane...>) {
  constexpr int n = sizeof...(lane);
  return __builtin_shufflevector(a, b, (lane % 2 * n + lane / 2 + (second ? n / 2 : 0))...);
}

// A block of n x n in registers: interleaving rows i and i + n / 2 as often as n has bits puts columns for rows.
template <class T, int n>
void transpose_block(const T* from, int64_t from_stride, T* to, int64_t to_stride) {
  typedef T V __attribute__((vector_size(n * sizeof(T)), aligned(sizeof(T)), may_alias));
  V x[n];
#pragma GCC unroll 16
  for (int i = 0; i < n; ++i) x[i] = *reinterpret_cast<const V*>(from + i * from_stride);
#pragma GCC unroll 4
  for (int step = 1; step < n; step *= 2) {
    V y[n];
#pragma GCC unroll 8
    for (int i = 0; i < n / 2; ++i) {
      y[2 * i] = interleaved<false>(x[i], x[i + n / 2], FirstLanes<n>{});
      y[2 * i + 1] = interleaved<true>(x[i], x[i + n / 2], FirstLanes<n>{});
    }
#pragma GCC unroll 16
    for (int i = 0; i < n; ++i) x[i] = y[i];
  }
#pragma GCC unroll 16
  for (int i = 0; i < n; ++i) *reinterpret_cast<V*>(to + i * to_stride) = x[i];
}

// In blocks of n x n, and what is left over in smaller ones.
template <class T, int n>
void transpose_blocks(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t columns) {
  if constexpr (n == 1) {
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < columns; ++j) to[j * to_stride + i] = from[i * from_stride + j];
  } else {
    constexpr int less = n > 4 ? 4 : 1;
    const int64_t whole_rows = rows / n * n, whole_columns = columns / n * n;
    for (int64_t i = 0; i < whole_rows; i += n)
      for (int64_t j = 0; j < whole_columns; j += n)
        transpose_block<T, n>(from + i * from_stride + j, from_stride, to + j * to_stride + i, to_stride);
    if (whole_columns < columns)
      transpose_blocks<T, less>(from + whole_columns, from_stride, to + whole_columns * to_stride, to_stride,
                                whole_rows, columns - whole_columns);
    if (whole_rows < rows)
      transpose_blocks<T, less>(from + whole_rows * from_stride, from_stride, to + whole_rows, to_stride,
                                rows - whole_rows, columns);
  }
}

template <class T>
void transpose(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t columns) {
  transpose_blocks<T, lanes_of<T>>(from, from_stride, to, to_stride, rows, columns);
}

template <class T>
constexpr Tiles<T> all_tiles() {
  Tiles<T> all{lanes_of<T>, KOINE_TILE_ROWS, {}, {copy_panels<T, 1>, copy_panels<T, 2>, copy_panels<T, 4>},
               add<T>,      transpose<T>};
  constexpr int rows[] = KOINE_TILE_ROWS;
  fill<T, 1, rows[0]>(all.run[0]);
  fill<T, 2, rows[1]>(all.run[1]);
  fill<T, 4, rows[2]>(all.run[2]);
  return all;
}
template <class T>
constexpr Tiles<T> the_tiles = all_tiles<T>();

}  // namespace
}  // namespace koine::backend::cpu
