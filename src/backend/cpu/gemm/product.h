#pragma once
#include "backend/cpu/kernel.h"

#include <vector>

/// Batches of matrix products.
namespace koine::backend::cpu {

/// How many elements apart the rows, the columns and the batches of a matrix lie; 0 where it is broadcast.
struct MatrixLayout {
  int64_t row_stride, column_stride;
  std::vector<int64_t> batch_strides;  // one for each batch axis
};

/// y = a @ b for every batch. The result is dense and row-major.
struct Product {
  DType dtype;
  std::vector<int64_t> batch;
  int64_t rows, inner, columns;
  MatrixLayout a, b;

  /// Multiplications and additions.
  int64_t work() const;
};

/// "2 x 3 of 64 x 256 x 32, a transposed": batches, rows, inner axis and columns, and which operands are read across.
std::string to_string(const Product& product);

/// The product of dense row-major operands of these types as the op understands them: vectors, broadcast batches.
Product product_of(ir::TypeRef x1, ir::TypeRef x2);

/// The kernel for a product. Null for dtypes that are not floating. Same bits for any number of threads.
std::unique_ptr<NodeKernel> make_product(Product product);
/// The same by a library, where one is better: for bfloat16 on machines that multiply it. Axes are merged already.
std::unique_ptr<NodeKernel> make_library_product(const Product& product);

/// Batch axes that can be one become one, and become rows where b has no batch. Sizes stay as they are when one is 0.
void merge_axes(Product& product);

/// The part of a product that one chunk computes: a range of batches, of rows and of columns.
struct ProductChunk {
  int64_t first_batch, batches, first_row, rows, first_column, columns;
};
/// How a product is cut for a number of threads.
struct ProductGrid {
  int64_t batches, rows, columns;  // of a chunk; the last of each may be smaller
  int64_t batch_chunks, row_chunks, column_chunks;
  int64_t chunks() const { return batch_chunks * row_chunks * column_chunks; }
  ProductChunk at(int64_t chunk, const Product& product, int64_t batch) const;
};
ProductGrid grid_of(const Product& product, int64_t batch, int64_t threads);

}  // namespace koine::backend::cpu
