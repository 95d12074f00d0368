#include "ops/family/structural.h"

#include "base/dtype_traits.h"
#include "base/narrow.h"
#include "ir/node.h"

#include <koine/ops.h>

#include <cstring>

namespace koine::ops {

Shape strides_of(const Shape& shape) {
  Shape strides = shape;
  Dim step = 1;
  for (int d = narrow<int>(shape.size()) - 1; d >= 0; --d) {
    strides[d] = step;
    step = step * shape[d];
  }
  return strides;
}

MapPiece whole_piece(const Shape& result, Shape strides, Dim offset, int operand) {
  Shape start;
  for (size_t d = 0; d < result.size(); ++d) start.push_back(0);
  return {operand, start, result, offset, std::move(strides)};
}

Arrays structural_jvp(const RuleInput& node, Tangents tangents) {
  Arrays in(tangents.begin(), tangents.end());
  for (size_t i = 0; i < in.size(); ++i)
    if (!in[i].defined()) in[i] = zeros_like(node.in[i]);
  return again(node, in);
}

Arrays all_batched(const BatchInput& node) {
  Arrays in(node.in.begin(), node.in.end());
  for (size_t i = 0; i < in.size(); ++i) {
    if (node.batched[i]) continue;
    Shape shape = in[i].shape();
    shape.insert(0, node.size);
    in[i] = broadcast_to(in[i], {.shape = shape});
  }
  return in;
}

namespace {

/// Copies elements of N bytes; the axes of a box are walked with a counter, the last one as a loop.
template <size_t N>
void copy_piece(const MapPiece& piece, const std::byte* from, const std::vector<int64_t>& result_shape, std::byte* to) {
  auto rank = narrow<int>(result_shape.size());
  std::vector<int64_t> size, stride, out_stride(result_shape.size()), index(result_shape.size(), 0);
  int64_t step = 1, to_at = 0, from_at = piece.offset.value();
  for (int d = rank - 1; d >= 0; --d) {
    out_stride[static_cast<size_t>(d)] = piece.steps.empty() ? step : step * piece.steps[static_cast<size_t>(d)];
    to_at += step * piece.start[d].value();
    step *= result_shape[static_cast<size_t>(d)];
  }
  for (int d = 0; d < rank; ++d) {
    size.push_back(piece.size[d].value());
    stride.push_back(piece.strides[d].value());
    if (size.back() == 0) return;
  }
  if (rank == 0) size = stride = out_stride = {1};
  size_t last = size.size() - 1;
  while (true) {
    const std::byte* source = from + from_at * static_cast<int64_t>(N);
    std::byte* target = to + to_at * static_cast<int64_t>(N);
    auto element = static_cast<int64_t>(N);
    if (stride[last] == 1 && out_stride[last] == 1)
      std::memcpy(target, source, static_cast<size_t>(size[last]) * N);
    else
      for (int64_t i = 0; i < size[last]; ++i)
        std::memcpy(target + i * out_stride[last] * element, source + i * stride[last] * element, N);
    int d = rank - 2;
    for (; d >= 0; --d) {
      auto k = static_cast<size_t>(d);
      from_at += stride[k];
      to_at += out_stride[k];
      if (++index[k] < size[k]) break;
      from_at -= stride[k] * size[k];
      to_at -= out_stride[k] * size[k];
      index[k] = 0;
    }
    if (d < 0) return;
  }
}

bool covers(const MapPiece& piece, const std::vector<int64_t>& shape) {
  for (size_t d = 0; d < shape.size(); ++d)
    if (piece.size[static_cast<int>(d)].value() != shape[d]) return false;
  return true;
}

}  // namespace

void structural_reference(const KernelInput& kernel) {
  std::vector<ir::TypeRef> types;
  for (const ir::TensorRef& in : kernel.in) types.push_back(ir::intern_type(in.dtype, Shape(in.shape)));
  const IndexMap map = kernel.op.index_map({kernel.op, types, kernel.attrs});
  const ir::TensorRef& out = kernel.out[0];
  if (map.pieces.empty() || !covers(map.pieces[0], out.shape)) {
    std::byte element[sizeof(std::complex<double>)] = {};
    auto put = [&](auto number) { store_wide(out.dtype, &number, 1, element); };
    if (map.fill.kind() == Kind::floating || map.fill.kind() == Kind::complex)
      put(std::complex<double>{map.fill.real(), map.fill.imag()});
    else if (map.fill.is_unsigned())
      put(static_cast<uint64_t>(map.fill.integer()));
    else
      put(map.fill.integer());
    for (int64_t i = 0, n = out.count(), size = static_cast<int64_t>(size_of(out.dtype)); i < n; ++i)
      std::memcpy(out.data + i * size, element, static_cast<size_t>(size));
  }
  for (const MapPiece& piece : map.pieces) {
    const std::byte* from = kernel.in[static_cast<size_t>(piece.operand)].data;
    // An operand that was updated in place is its own result.
    if (from == out.data) continue;
    switch (size_of(out.dtype)) {
      case 1:
        copy_piece<1>(piece, from, out.shape, out.data);
        break;
      case 2:
        copy_piece<2>(piece, from, out.shape, out.data);
        break;
      case 4:
        copy_piece<4>(piece, from, out.shape, out.data);
        break;
      case 8:
        copy_piece<8>(piece, from, out.shape, out.data);
        break;
      default:
        copy_piece<16>(piece, from, out.shape, out.data);
        break;
    }
  }
}

}  // namespace koine::ops
