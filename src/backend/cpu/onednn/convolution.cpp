#include "backend/cpu/convolution.h"

#include "backend/cpu/gemm/tile.h"
#include "backend/cpu/onednn/primitive.h"
#include "backend/cpu/pool.h"
#include "base/format.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace koine::backend::cpu {

namespace {

using dnnl::memory;
using onednn::Primitive;
using Desc = memory::desc;
using Dims = memory::dims;

// Work below this is not worth a second core, and so many parts serve the machines that there are. Both are part of the
// numbers: gradients of weights are sums over parts.
constexpr double least_work = 4e6;
constexpr int64_t most_parts = 32, most_weight_parts = 8;
constexpr int64_t most_partial_bytes = int64_t{64} << 20;
constexpr int64_t sum_block = 4096;  // elements

enum class Direction : uint8_t { forward, input, weight };

/// Dimensions in oneDNN's order (batch, channels, axes...) of memory whose channels lie together.
Desc channels_last(memory::data_type type, int64_t batch, int64_t channels, const std::vector<int64_t>& axes) {
  Dims dims{batch, channels}, strides(axes.size() + 2);
  dims.insert(dims.end(), axes.begin(), axes.end());
  int64_t stride = channels;
  strides[1] = 1;
  for (size_t d = axes.size(); d-- > 0; stride *= axes[d]) strides[d + 2] = stride;
  strides[0] = stride;
  return {dims, type, strides};
}

/// Weights (window..., channels / groups, outputs) as oneDNN names them: (groups, outputs of one, channels of one,
/// window...).
Desc weights(const Convolution& c, memory::data_type type, bool any) {
  Dims dims{c.outputs / c.groups, c.channels / c.groups}, strides{1, c.outputs};
  if (c.groups > 1) {
    dims.insert(dims.begin(), c.groups);
    strides.insert(strides.begin(), c.outputs / c.groups);
  }
  size_t first = dims.size();
  dims.insert(dims.end(), c.window.begin(), c.window.end());
  strides.resize(dims.size());
  int64_t stride = c.outputs * (c.channels / c.groups);
  for (size_t d = dims.size(); d-- > first; stride *= dims[d]) strides[d] = stride;
  return any ? Desc(dims, type, memory::format_tag::any) : Desc(dims, type, strides);
}

struct Made {
  std::unique_ptr<Primitive> primitive;
  Desc weights;
  bool by_products;  // by oneDNN's kernels for small matrix products, which take weights in any layout
};

/// Nothing when oneDNN has but its reference for it, or nothing at all. `w` may leave its layout open.
Made make(const Convolution& c, Direction direction, const Desc& w) {
  const auto type = *onednn::type_of(c.dtype);
  const Desc x = channels_last(type, c.batch, c.channels, c.space),
             y = channels_last(type, c.batch, c.outputs, c.places);
  Dims dilation = c.dilation;
  for (int64_t& d : dilation) --d;
  constexpr auto direct = dnnl::algorithm::convolution_direct;
  onednn::OneThread alone;
  auto finish = [&](const auto& desc, auto tag, const Desc& made, int first, int second, int third) -> Made {
    if (!desc.get(true)) return {};
    const std::string_view name = desc.impl_info_str();
    if (name.find("ref") != name.npos) return {};
    using Kind = typename decltype(tag)::type;
    std::vector<Primitive::Operand> operands;
    for (int id : {first, second, third})
      operands.push_back({id, id == DNNL_ARG_SRC || id == DNNL_ARG_DIFF_SRC   ? x
                              : id == DNNL_ARG_DST || id == DNNL_ARG_DIFF_DST ? y
                                                                              : made});
    return {std::make_unique<Primitive>(Kind(desc), desc.scratchpad_desc(), std::move(operands)), made,
            name.find("brg") != name.npos};
  };
  using Forward = dnnl::convolution_forward;
  const bool forward_only = direction == Direction::forward;
  Forward::primitive_desc forward(onednn::engine(), dnnl::prop_kind::forward_training, direct, x,
                                  forward_only ? w : weights(c, type, true), y, c.stride, dilation, c.low, c.high,
                                  onednn::attributes(), true);
  if (!forward.get(true)) return {};
  if (forward_only)
    return finish(forward, std::type_identity<Forward>{}, forward.weights_desc(), DNNL_ARG_SRC, DNNL_ARG_WEIGHTS,
                  DNNL_ARG_DST);
  if (direction == Direction::input) {
    using Backward = dnnl::convolution_backward_data;
    Backward::primitive_desc desc(onednn::engine(), direct, x, w, y, c.stride, dilation, c.low, c.high, forward,
                                  onednn::attributes(), true);
    if (!desc.get(true)) return {};
    return finish(desc, std::type_identity<Backward>{}, desc.weights_desc(), DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS,
                  DNNL_ARG_DIFF_SRC);
  }
  using Backward = dnnl::convolution_backward_weights;
  Backward::primitive_desc desc(onednn::engine(), direct, x, w, y, c.stride, dilation, c.low, c.high, forward,
                                onednn::attributes(), true);
  if (!desc.get(true)) return {};
  return finish(desc, std::type_identity<Backward>{}, desc.diff_weights_desc(), DNNL_ARG_SRC, DNNL_ARG_DIFF_DST,
                DNNL_ARG_DIFF_WEIGHTS);
}

/// The primitives of all parts: equal parts share one, and all have their weights in the same layout.
class Parts {
 public:
  struct Part {
    size_t primitive;
    int64_t x_offset, y_offset;  // in bytes
  };

  bool make_all(const std::vector<ConvolutionPart>& parts, Direction direction, Desc w) {
    std::vector<const Convolution*> made;
    const auto size = static_cast<int64_t>(size_of(parts[0].of.dtype));
    for (const ConvolutionPart& part : parts) {
      size_t k = 0;
      while (k < made.size() && *made[k] != part.of) ++k;
      if (k == made.size()) {
        Made one = make(part.of, direction, w);
        if (!one.primitive) return false;
        w = one.weights;
        by_products_ = by_products_ && one.by_products;
        made.push_back(&part.of);
        primitives_.push_back(std::move(one.primitive));
      }
      parts_.push_back({k, part.x_offset * size, part.y_offset * size});
    }
    weights_ = w;
    return true;
  }

  const Desc& weights_layout() const { return weights_; }
  bool by_products() const { return by_products_; }
  size_t size() const { return parts_.size(); }
  const Part& operator[](int64_t i) const { return parts_[static_cast<size_t>(i)]; }
  const Primitive& primitive(const Part& part) const { return *primitives_[part.primitive]; }

 private:
  std::vector<Part> parts_;
  std::vector<std::unique_ptr<Primitive>> primitives_;
  Desc weights_;
  bool by_products_ = true;
};

int64_t part_count(const Convolution& c, int64_t most) {
  return static_cast<int64_t>(std::clamp(c.work() / least_work, 1.0, static_cast<double>(most)));
}

/// y from x and w, or the cotangent of x from that of y and w.
class Convolve : public NodeKernel {
 public:
  Convolve(Parts parts, Direction direction, const Desc& plain, double work)
      : parts_(std::move(parts)), direction_(direction), work_(work) {
    if (parts_.weights_layout() != plain) reorder_ = onednn::make_reorder(plain, parts_.weights_layout());
  }

  int64_t flops() const override { return static_cast<int64_t>(work_); }
  std::string text() const override {
    return cat("oneDNN", in_parts(static_cast<int64_t>(parts_.size())),
               reorder_ ? ", weights brought into its layout" : "");
  }
  int64_t scratch_bytes() const override {
    return reorder_ ? static_cast<int64_t>(parts_.weights_layout().get_size()) : 0;
  }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte* scratch) const override {
    const std::byte* w = in[1];
    if (reorder_) {
      reorder_->run(std::array<const void*, 2>{w, scratch});
      w = scratch;
    }
    const bool forward = direction_ == Direction::forward;
    parallel_for(static_cast<int64_t>(parts_.size()), [&](int64_t i) {
      const Parts::Part& part = parts_[i];
      const std::byte* from = in[0] + (forward ? part.x_offset : part.y_offset);
      const std::byte* to = out[0] + (forward ? part.y_offset : part.x_offset);
      parts_.primitive(part).run(std::array<const void*, 3>{from, w, to});
    });
  }

 private:
  Parts parts_;
  Direction direction_;
  double work_;
  std::unique_ptr<Primitive> reorder_;
};

/// The cotangent of w: each part gives a sum, and these are added in the order of the parts.
class ConvolveWeight : public NodeKernel {
 public:
  ConvolveWeight(Parts parts, const Desc& plain, double work)
      : parts_(std::move(parts)),
        work_(work),
        plain_(parts_.weights_layout() == plain),
        bytes_((static_cast<int64_t>(parts_.weights_layout().get_size()) + 63) / 64 * 64) {
    if (!plain_) reorder_ = onednn::make_reorder(parts_.weights_layout(), plain);
  }

  int64_t flops() const override { return static_cast<int64_t>(work_); }
  std::string text() const override { return cat("oneDNN", in_parts(static_cast<int64_t>(parts_.size()))); }
  int64_t scratch_bytes() const override { return bytes_ * (static_cast<int64_t>(parts_.size()) - (plain_ ? 1 : 0)); }

  void run(std::span<const std::byte* const> in, std::span<std::byte* const> out, std::byte* scratch) const override {
    const auto count = static_cast<int64_t>(parts_.size());
    std::byte* total = plain_ ? out[0] : scratch;
    auto sum_of = [&](int64_t i) { return i == 0 ? total : scratch + bytes_ * (i - (plain_ ? 1 : 0)); };
    parallel_for(count, [&](int64_t i) {
      const Parts::Part& part = parts_[i];
      parts_.primitive(part).run(std::array<const void*, 3>{in[0] + part.x_offset, in[1] + part.y_offset, sum_of(i)});
    });
    if (count > 1) {
      const auto elements = static_cast<int64_t>(parts_.weights_layout().get_size() / sizeof(float));
      parallel_for((elements + sum_block - 1) / sum_block, [&](int64_t block) {
        const int64_t first = block * sum_block, n = std::min(sum_block, elements - first);
        float* to = reinterpret_cast<float*>(total) + first;
        for (int64_t i = 1; i < count; ++i)
          tiles<float>().add(to, reinterpret_cast<const float*>(sum_of(i)) + first, n);
      });
    }
    if (!plain_) reorder_->run(std::array<const void*, 2>{total, out[0]});
  }

 private:
  Parts parts_;
  double work_;
  bool plain_;
  int64_t bytes_;
  std::unique_ptr<Primitive> reorder_;
};

/// A sum over nothing.
class Zeros : public NodeKernel {
 public:
  explicit Zeros(int64_t bytes) : bytes_(bytes) {}
  void run(std::span<const std::byte* const>, std::span<std::byte* const> out, std::byte*) const override {
    if (bytes_ > 0) std::memset(out[0], 0, static_cast<size_t>(bytes_));
  }

 private:
  int64_t bytes_;
};

bool empty(const Convolution& c) { return c.x_count() == 0 || c.w_count() == 0 || c.y_count() == 0; }

std::unique_ptr<NodeKernel> zeros(const Convolution& c, int64_t count) {
  return std::make_unique<Zeros>(count * static_cast<int64_t>(size_of(c.dtype)));
}

std::unique_ptr<NodeKernel> make_convolve(const Convolution& c, Direction direction) {
  const auto type = onednn::type_of(c.dtype);
  if (!type) return nullptr;
  const auto parts = parts_of(c, part_count(c, most_parts), direction == Direction::forward);
  const Desc plain = weights(c, *type, false);
  Parts made;
  if (!made.make_all(parts, direction, weights(c, *type, true))) return nullptr;
  // Where the weights can stay as they are, nothing has to be copied.
  if (Parts as_is; made.by_products() && as_is.make_all(parts, direction, plain) && as_is.by_products())
    made = std::move(as_is);
  return std::make_unique<Convolve>(std::move(made), direction, plain, c.work());
}

}  // namespace

std::unique_ptr<NodeKernel> make_convolution(const Convolution& c) {
  return empty(c) ? zeros(c, c.y_count()) : make_convolve(c, Direction::forward);
}

std::unique_ptr<NodeKernel> make_convolution_input(const Convolution& c) {
  return empty(c) ? zeros(c, c.x_count()) : make_convolve(c, Direction::input);
}

std::unique_ptr<NodeKernel> make_convolution_weight(const Convolution& c) {
  if (empty(c)) return zeros(c, c.w_count());
  const auto type = onednn::type_of(c.dtype);
  if (!type) return nullptr;
  const int64_t bytes = c.w_count() * static_cast<int64_t>(sizeof(float));
  const int64_t most = std::clamp<int64_t>(most_partial_bytes / bytes, 2, most_weight_parts);
  Parts made;
  // Sums stay in float32 until all are added.
  if (!made.make_all(parts_of(c, part_count(c, most), true), Direction::weight,
                     weights(c, memory::data_type::f32, true)))
    return nullptr;
  return std::make_unique<ConvolveWeight>(std::move(made), weights(c, *type, false), c.work());
}

}  // namespace koine::backend::cpu
