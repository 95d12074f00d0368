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
void finish(T* c, int64_t columns, const T* bias, bool relu) {
  using V = Vector<T>;
  int64_t j = 0;
  for (; j + lanes_of<T> <= columns; j += lanes_of<T>) {
    V& x = *reinterpret_cast<V*>(c + j);
    V y = bias ? x + *reinterpret_cast<const V*>(bias + j) : x;
    x = relu ? ((y > V{}) | (y != y) ? y : V{}) : y;
  }
  for (; j < columns; ++j) {
    T y = bias ? c[j] + bias[j] : c[j];
    c[j] = relu && !(y > 0 || y != y) ? 0 : y;
  }
}

// Blocks of 4 x 4 stay in registers.
template <class T>
void transpose(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t columns) {
  typedef T Four __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T)), may_alias));
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    int64_t j = 0;
    for (; j + 4 <= columns; j += 4) {
      const T* block = from + i * from_stride + j;
      const Four r0 = *reinterpret_cast<const Four*>(block), r1 = *reinterpret_cast<const Four*>(block + from_stride),
                 r2 = *reinterpret_cast<const Four*>(block + 2 * from_stride),
                 r3 = *reinterpret_cast<const Four*>(block + 3 * from_stride);
      const Four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5),
                 high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7),
                 low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5),
                 high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
      T* out = to + j * to_stride + i;
      *reinterpret_cast<Four*>(out) = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
      *reinterpret_cast<Four*>(out + to_stride) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
      *reinterpret_cast<Four*>(out + 2 * to_stride) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
      *reinterpret_cast<Four*>(out + 3 * to_stride) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
    for (; j < columns; ++j)
      for (int64_t n = i; n < i + 4; ++n) to[j * to_stride + n] = from[n * from_stride + j];
  }
  for (; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) to[j * to_stride + i] = from[i * from_stride + j];
}

template <class T>
constexpr Tiles<T> all_tiles() {
  Tiles<T> all{lanes_of<T>, KOINE_TILE_ROWS, {}, {copy_panels<T, 1>, copy_panels<T, 2>, copy_panels<T, 4>},
               finish<T>,   transpose<T>};
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
