#include "base/dtype_traits.h"
#include "ops/family/elementwise.h"
#include "ops/family/scalar_eval.h"

#include <cstring>
#include <memory>

namespace koine::ops {

namespace {

/// Reads consecutive elements of a result from an operand that is broadcast to it.
class BroadcastReader {
 public:
  BroadcastReader(const ir::TensorRef& operand, const std::vector<int64_t>& shape)
      : operand_(operand), shape_(shape), stride_(shape.size(), 0), same_(operand.shape == shape) {
    int64_t step = 1;
    size_t extra = shape.size() - operand.shape.size();
    for (size_t d = shape.size(); d-- > extra;) {
      int64_t n = operand.shape[d - extra];
      stride_[d] = n == 1 ? 0 : step;
      step *= n;
    }
  }

  void read(int64_t first, int n, scalar::Lane& lane, std::byte* staging) const {
    auto size = static_cast<int64_t>(size_of(operand_.dtype));
    const std::byte* source = operand_.data + first * size;
    if (!same_) {
      std::vector<int64_t> index(shape_.size());
      int64_t rest = first, at = 0;
      for (size_t d = shape_.size(); d-- > 0;) {
        index[d] = rest % shape_[d];
        rest /= shape_[d];
        at += index[d] * stride_[d];
      }
      for (int k = 0; k < n; ++k) {
        std::memcpy(staging + k * size, operand_.data + at * size, static_cast<size_t>(size));
        for (size_t d = shape_.size(); d-- > 0;) {
          at += stride_[d];
          if (++index[d] < shape_[d]) break;
          at -= stride_[d] * shape_[d];
          index[d] = 0;
        }
      }
      source = staging;
    }
    lane.kind = wide_kind(operand_.dtype);
    switch (lane.kind) {
      case WideKind::unsigned_integer:
        load_wide(operand_.dtype, source, n, lane.u);
        break;
      case WideKind::signed_integer:
        load_wide(operand_.dtype, source, n, lane.i);
        break;
      case WideKind::real:
        load_wide(operand_.dtype, source, n, lane.f);
        break;
      case WideKind::complex:
        load_wide(operand_.dtype, source, n, lane.c);
        break;
    }
  }

 private:
  const ir::TensorRef& operand_;
  const std::vector<int64_t>& shape_;
  std::vector<int64_t> stride_;
  bool same_;
};

void write(const scalar::Lane& lane, DType dtype, int n, std::byte* to) {
  switch (lane.kind) {
    case WideKind::unsigned_integer:
      store_wide(dtype, lane.u, n, to);
      break;
    case WideKind::signed_integer:
      store_wide(dtype, lane.i, n, to);
      break;
    case WideKind::real:
      store_wide(dtype, lane.f, n, to);
      break;
    case WideKind::complex:
      store_wide(dtype, lane.c, n, to);
      break;
  }
}

}  // namespace

void elementwise_reference(const KernelInput& kernel) {
  const scalar::Program& program = *kernel.op.scalar_body();
  const ir::TensorRef& out = kernel.out[0];
  auto inputs = std::make_unique<scalar::Lane[]>(kernel.in.size());
  auto scratch = std::make_unique<scalar::Lane[]>(program.code.size());
  std::vector<BroadcastReader> readers;
  for (const ir::TensorRef& operand : kernel.in) readers.emplace_back(operand, out.shape);
  int bits = is_bool(kernel.in[0].dtype) ? 1 : bits_of(kernel.in[0].dtype);
  std::byte staging[scalar::block * sizeof(std::complex<double>)];
  auto size = static_cast<int64_t>(size_of(out.dtype));
  for (int64_t first = 0, count = out.count(); first < count; first += scalar::block) {
    int n = static_cast<int>(std::min<int64_t>(scalar::block, count - first));
    for (size_t i = 0; i < readers.size(); ++i) readers[i].read(first, n, inputs[i], staging);
    write(scalar::evaluate(program, inputs.get(), n, bits, scratch.get()), out.dtype, n, out.data + first * size);
  }
}

}  // namespace koine::ops
