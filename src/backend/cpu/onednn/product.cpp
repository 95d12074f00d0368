#include "backend/cpu/gemm/product.h"
#include "backend/cpu/onednn/primitive.h"
#include "backend/cpu/pool.h"
#include "base/format.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace koine::backend::cpu {

namespace {

using dnnl::memory;
using onednn::Primitive;
using Desc = memory::desc;

// Work below this is not worth a second core. These follow from the shape alone: oneDNN may sum in another order when a
// part has another size.
constexpr double least_work = 4e6;
constexpr int64_t most_parts = 32, least_rows = 32;

/// A product of 16-bit numbers, summed in float32 by the machine's own instructions; by parts of the batch or of the
/// rows, the last of which may be smaller.
class LibraryProduct : public NodeKernel {
 public:
  /// False when oneDNN has nothing but its reference for it.
  bool make(const Product& p) {
    const int64_t batch = p.batch.empty() ? 1 : p.batch[0];
    work_ = p.work();
    sizes_ = to_string(p);
    const auto wanted =
        static_cast<int64_t>(std::clamp(static_cast<double>(work_) / least_work, 1.0, static_cast<double>(most_parts)));
    const int64_t batches = (batch + std::min(batch, wanted) - 1) / std::min(batch, wanted);
    const int64_t row_parts =
        batches > 1 ? 1 : std::clamp<int64_t>(wanted / batch, 1, std::max<int64_t>(1, p.rows / least_rows));
    const int64_t rows = (p.rows + row_parts - 1) / row_parts;
    const auto size = static_cast<int64_t>(size_of(p.dtype));
    const int64_t a_batch = p.batch.empty() ? 0 : p.a.batch_strides[0],
                  b_batch = p.batch.empty() ? 0 : p.b.batch_strides[0];
    for (int64_t n = 0; n < batch; n += batches)
      for (int64_t i = 0; i < p.rows; i += rows) {
        const int64_t part_batches = std::min(batches, batch - n), part_rows = std::min(rows, p.rows - i);
        const bool last = part_batches < batches || part_rows < rows;
        std::unique_ptr<Primitive>& primitive = last ? last_ : main_;
        if (!primitive) primitive = make_part(p, part_batches, part_rows);
        if (!primitive) return false;
        parts_.push_back({primitive.get(), (n * a_batch + i * p.a.row_stride) * size, n * b_batch * size,
                          (n * p.rows + i) * p.columns * size});
      }
    return true;
  }

  int64_t flops() const override { return work_; }
  std::string text() const override { return cat("oneDNN, ", sizes_, in_parts(static_cast<int64_t>(parts_.size()))); }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte*) const override {
    parallel_for(static_cast<int64_t>(parts_.size()), [&](int64_t i) {
      const Part& part = parts_[static_cast<size_t>(i)];
      part.primitive->run(std::array<const void*, 3>{in[0] + part.a, in[1] + part.b, out[0] + part.y});
    });
  }

 private:
  struct Part {
    const Primitive* primitive;
    int64_t a, b, y;  // where it begins, in bytes
  };

  static Desc matrices(memory::data_type type, int64_t batches, int64_t rows, int64_t columns, int64_t batch_stride,
                       int64_t row_stride, int64_t column_stride) {
    if (batch_stride == 0) {
      batches = 1;
      batch_stride = rows * columns;
    }
    return {{batches, rows, columns}, type, memory::dims{batch_stride, row_stride, column_stride}};
  }

  static std::unique_ptr<Primitive> make_part(const Product& p, int64_t batches, int64_t rows) {
    const auto type = *onednn::type_of(p.dtype);
    const bool one = p.batch.empty() || batches == 1;
    const Desc a = matrices(type, batches, rows, p.inner, one ? 0 : p.a.batch_strides[0], p.a.row_stride,
                            p.a.column_stride),
               b = matrices(type, batches, p.inner, p.columns, one ? 0 : p.b.batch_strides[0], p.b.row_stride,
                            p.b.column_stride),
               y = matrices(type, batches, rows, p.columns, one ? 0 : p.rows * p.columns, p.columns, 1);
    onednn::OneThread alone;
    dnnl::matmul::primitive_desc desc(onednn::engine(), a, b, y, onednn::attributes(), true);
    if (!desc.get(true) || std::string_view(desc.impl_info_str()).find("ref") != std::string_view::npos) return nullptr;
    return std::make_unique<Primitive>(
        dnnl::matmul(desc), desc.scratchpad_desc(),
        std::vector<Primitive::Operand>{{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, y}});
  }

  std::unique_ptr<Primitive> main_, last_;
  std::vector<Part> parts_;
  int64_t work_ = 0;
  std::string sizes_;
};

}  // namespace

std::unique_ptr<NodeKernel> make_library_product(const Product& p) {
  int64_t batch = 1;
  for (int64_t n : p.batch) batch *= n;
  const bool some = batch > 0 && p.rows > 0 && p.inner > 0 && p.columns > 0;
  if (!onednn::type_of(p.dtype) || p.dtype == DType::float32 || !some || p.batch.size() > 1) return nullptr;
  auto kernel = std::make_unique<LibraryProduct>();
  return kernel->make(p) ? std::move(kernel) : nullptr;
}

}  // namespace koine::backend::cpu
