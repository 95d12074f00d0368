#pragma once
#include <cstdint>

/// The innermost part of a matrix product: a few rows times a few vectors of columns, all sums in registers. One file
/// for each instruction set is compiled with its flags, so those files include nothing that others share as inline
/// functions.
namespace koine::backend::cpu {

/// How many elements apart the rows of `a` lie in a tile.
inline constexpr int64_t tile_depth = 384, tile_a_stride = tile_depth + 16;

/// c (rows x width, rows `c_stride` apart) = (first ? 0 : c) + a * b, summed over `depth` (at most tile_depth) in
/// order, with fused multiply-adds where the machine has them. Rows of b lie `b_stride` apart.
template <class T>
using TileFunction = void (*)(const T* a, const T* b, int64_t b_stride, T* c, int64_t c_stride, int64_t depth,
                              bool first);

/// The tiles of an instruction set for one element type.
template <class T>
struct Tiles {
  static constexpr int most_rows = 14, widths = 3;  // of 1, 2 and 4 vectors
  int lanes;                                        // of a vector
  int rows[widths];                                 // the most for each width
  TileFunction<T> run[widths][most_rows + 1];       // by rows
  /// Copies rows of `panels` panels of columns, each as wide as a tile of run[width], one panel after the other.
  void (*copy_panels[widths])(const T* from, int64_t from_stride, T* to, int64_t rows, int64_t panels);
  /// c += x.
  void (*add)(T* c, const T* x, int64_t columns);
  /// to[j * to_stride + i] = from[i * from_stride + j] for i < rows and j < columns.
  void (*transpose)(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t rows, int64_t columns);
};

/// The best that this machine has.
template <class T>
const Tiles<T>& tiles();

// One for each instruction set; null where this build has none for it.
template <class T>
const Tiles<T>* tiles_avx512();
template <class T>
const Tiles<T>* tiles_avx2();
template <class T>
const Tiles<T>* tiles_generic();

}  // namespace koine::backend::cpu
