// Matrix products without a library: operands are copied in blocks that fit the caches, and tiles multiply them. Each
// element is one sum in the order of the inner axis, so how the work is cut leaves no trace in the bits: here it may
// depend on the number of threads.
#include "backend/cpu/gemm/blocked.h"

#include "backend/cpu/gemm/tile.h"
#include "backend/cpu/pool.h"
#include "base/format.h"

#include <algorithm>
#include <cstring>

namespace koine::backend::cpu {

namespace {

// Columns of b that are copied at a time: with tile_depth rows they fit the second cache.
constexpr int64_t block_columns = 256;
// Of an a whose rows do not lie together, so many tiles are copied at once, or the same memory would be read as often.
constexpr int64_t tiles_at_once = 8;
// A b that so many tiles read need not be copied first. Rows whole pages apart share their places in the caches, so
// there a copy pays sooner.
constexpr int64_t direct_tiles = 5, direct_tiles_of_pages = 2, page = 4096;
constexpr int64_t line = 64;

template <class T>
constexpr int64_t padded(int64_t count) {
  constexpr int64_t unit = line / static_cast<int64_t>(sizeof(T));
  return (count + unit - 1) / unit * unit;
}

/// The product with elements stored as S and summed as T.
template <class S, class T>
class Blocked : public NodeKernel {
 public:
  explicit Blocked(Product product) : p_(std::move(product)) {
    // A matrix times a vector: as a row times the matrix the other way round all lanes have work.
    swapped_ = p_.columns == 1 && p_.rows > 1;
    if (swapped_) {
      std::swap(p_.rows, p_.columns);
      std::swap(p_.a, p_.b);
      std::swap(p_.a.row_stride, p_.a.column_stride);
      std::swap(p_.b.row_stride, p_.b.column_stride);
    }
    for (int64_t n : p_.batch) batch_ *= n;
  }

  int64_t flops() const override { return p_.work(); }
  std::string text() const override {
    return cat("tiles, ", to_string(p_), swapped_ ? ", the other way round" : "",
               in_parts(grid_of(p_, batch_, thread_count()).chunks()));
  }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    if (batch_ == 0 || p_.rows == 0 || p_.columns == 0) return;
    const S *a = reinterpret_cast<const S*>(in[swapped_ ? 1 : 0]),
            *b = reinterpret_cast<const S*>(in[swapped_ ? 0 : 1]);
    S* c = reinterpret_cast<S*>(out[0]);
    const ProductGrid grid = grid_of(p_, batch_, thread_count());
    parallel_for(grid.chunks(), [&](int64_t index) {
      const ProductChunk chunk = grid.at(index, p_, batch_);
      for (int64_t n = chunk.first_batch; n < chunk.first_batch + chunk.batches; ++n) {
        int64_t at_a = chunk.first_row * p_.a.row_stride, at_b = chunk.first_column * p_.b.column_stride, rest = n;
        for (size_t d = p_.batch.size(); d-- > 0; rest /= p_.batch[d]) {
          at_a += rest % p_.batch[d] * p_.a.batch_strides[d];
          at_b += rest % p_.batch[d] * p_.b.batch_strides[d];
        }
        multiply(a + at_a, b + at_b, c + (n * p_.rows + chunk.first_row) * p_.columns + chunk.first_column, chunk.rows,
                 chunk.columns);
      }
    });
  }

 private:
  static constexpr bool converts = !std::is_same_v<S, T>;

  /// Rows of a tile, and which width of tiles.
  struct Shape {
    int width;
    int64_t rows;
  };
  Shape tile_shape(int64_t rows, int64_t columns) const {
    int width = columns <= tiles_.lanes ? 0 : columns > 2 * tiles_.lanes && rows <= tiles_.rows[2] ? 2 : 1;
    int64_t most = tiles_.rows[width], parts = (rows + most - 1) / most;
    return {width, (rows + parts - 1) / parts};
  }

  void multiply(const S* a, const S* b, S* out, int64_t rows, int64_t columns) const {
    const Shape shape = tile_shape(rows, columns);
    const int64_t width = int64_t{tiles_.lanes} << shape.width,
                  block = std::min(block_columns, (columns + width - 1) / width * width);
    const int64_t depth = std::min(p_.inner, tile_depth);
    // One piece of memory holds a block of a, one of b, a tile that is cut off and the sums of another type.
    const int64_t rows_at_once = std::min(rows, shape.rows * (p_.a.column_stride == 1 ? 1 : tiles_at_once));
    const int64_t a_size = padded<T>(rows_at_once * tile_a_stride), b_size = padded<T>(block * depth),
                  tile_size = padded<T>(shape.rows * width), sums_size = converts ? padded<T>(rows * columns) : 0;
    T* a_block = reinterpret_cast<T*>(
        thread_scratch((a_size + b_size + tile_size + sums_size) * static_cast<int64_t>(sizeof(T))));
    T *b_block = a_block + a_size, *cut = b_block + b_size, *sums = cut + tile_size;
    T* c;
    int64_t c_stride;
    if constexpr (converts) {
      c = sums;
      c_stride = columns;
    } else {
      c = out;
      c_stride = p_.columns;
    }
    const bool pages = p_.b.row_stride * static_cast<int64_t>(sizeof(S)) % page == 0;
    const bool direct =
        !converts && p_.b.column_stride == 1 && rows <= (pages ? direct_tiles_of_pages : direct_tiles) * shape.rows;
    for (int64_t j0 = 0; j0 < columns; j0 += block) {
      const int64_t j_count = std::min(block, columns - j0);
      int64_t k0 = 0;
      do {
        const int64_t k_count = std::min(tile_depth, p_.inner - k0);
        const S* b_part = b + k0 * p_.b.row_stride + j0 * p_.b.column_stride;
        const int64_t copied_from = direct ? j_count / width * width : 0;
        copy_columns(b_part, b_block, k_count, copied_from, j_count, shape.width);
        for (int64_t i = 0; i < rows; i += shape.rows) {
          const int64_t i_count = std::min(shape.rows, rows - i);
          if (i % rows_at_once == 0)
            copy_rows(a + i * p_.a.row_stride + k0 * p_.a.column_stride, a_block, std::min(rows_at_once, rows - i),
                      k_count);
          const T* a_tile = a_block + i % rows_at_once * tile_a_stride;
          for (int64_t j = 0; j < j_count; j += width) {
            T* to = c + i * c_stride + j0 + j;
            const bool from_b = j < copied_from;
            if constexpr (!converts) {
              if (from_b) {
                tiles_.run[shape.width][i_count](a_tile, b_part + j, p_.b.row_stride, to, c_stride, k_count, k0 == 0);
                continue;
              }
            }
            multiply_tile(a_tile, b_block + j * k_count, width, to, c_stride, i_count, std::min(width, j_count - j),
                          k_count, k0 == 0, cut);
          }
        }
        k0 += tile_depth;
      } while (k0 < p_.inner);
    }
    if constexpr (converts)
      for (int64_t i = 0; i < rows; ++i) copy(sums + i * columns, out + i * p_.columns, columns);
  }

  // With the narrowest tile that holds the columns; what sticks out goes to `cut` first.
  void multiply_tile(const T* a, const T* b, int64_t b_stride, T* c, int64_t c_stride, int64_t rows, int64_t columns,
                     int64_t depth, bool first, T* cut) const {
    int width = 0;
    while ((int64_t{tiles_.lanes} << width) < columns) ++width;
    const int64_t whole = int64_t{tiles_.lanes} << width;
    if (columns == whole) {
      tiles_.run[width][rows](a, b, b_stride, c, c_stride, depth, first);
      return;
    }
    for (int64_t i = 0; !first && i < rows; ++i) copy(c + i * c_stride, cut + i * whole, columns);
    tiles_.run[width][rows](a, b, b_stride, cut, whole, depth, first);
    for (int64_t i = 0; i < rows; ++i) copy(cut + i * whole, c + i * c_stride, columns);
  }

  template <class From, class To>
  static void copy(const From* from, To* to, int64_t count) {
    if constexpr (std::is_same_v<From, To>)
      std::memcpy(to, from, static_cast<size_t>(count) * sizeof(To));
    else
      for (int64_t i = 0; i < count; ++i) to[i] = static_cast<To>(from[i]);
  }

  void copy_rows(const S* from, T* to, int64_t rows, int64_t depth) const {
    if (p_.a.column_stride == 1) {
      for (int64_t i = 0; i < rows; ++i) copy(from + i * p_.a.row_stride, to + i * tile_a_stride, depth);
      return;
    }
    if constexpr (!converts)
      if (p_.a.row_stride == 1) return tiles_.transpose(from, p_.a.column_stride, to, tile_a_stride, depth, rows);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t k = 0; k < depth; ++k)
        to[i * tile_a_stride + k] = static_cast<T>(from[i * p_.a.row_stride + k * p_.a.column_stride]);
  }

  // Panels of columns, from `first` on; columns that are not there count as 0.
  void copy_columns(const S* from, T* to, int64_t depth, int64_t first, int64_t end, int tile_width) const {
    const int64_t width = int64_t{tiles_.lanes} << tile_width;
    if constexpr (!converts)
      if (p_.b.column_stride == 1) {
        const int64_t panels = (end - first) / width;
        tiles_.copy_panels[tile_width](from + first, p_.b.row_stride, to + first * depth, depth, panels);
        first += panels * width;
      }
    for (int64_t j = first; j < end; j += width)
      copy_panel(from + j * p_.b.column_stride, to + j * depth, depth, std::min(width, end - j), width);
  }

  void copy_panel(const S* from, T* to, int64_t depth, int64_t columns, int64_t width) const {
    if (columns < width) std::fill_n(to, depth * width, T{});
    if (p_.b.column_stride == 1) {
      for (int64_t k = 0; k < depth; ++k) copy(from + k * p_.b.row_stride, to + k * width, columns);
      return;
    }
    if constexpr (!converts)
      if (p_.b.row_stride == 1) return tiles_.transpose(from, p_.b.column_stride, to, width, columns, depth);
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t j = 0; j < columns; ++j)
        to[k * width + j] = static_cast<T>(from[k * p_.b.row_stride + j * p_.b.column_stride]);
  }

  Product p_;
  int64_t batch_ = 1;
  bool swapped_ = false;
  const Tiles<T>& tiles_ = tiles<T>();
};

}  // namespace

std::unique_ptr<NodeKernel> make_blocked_product(const Product& product) {
  switch (product.dtype) {
    case DType::float32:
      return std::make_unique<Blocked<float, float>>(product);
    case DType::float64:
      return std::make_unique<Blocked<double, double>>(product);
    case DType::bfloat16:
      return std::make_unique<Blocked<BFloat16, float>>(product);
    case DType::float16:
      return std::make_unique<Blocked<Float16, float>>(product);
    default:
      return nullptr;
  }
}

}  // namespace koine::backend::cpu
