#include "train/layer_builder.h"

#include "base/format.h"

#include <algorithm>
#include <type_traits>

namespace koine::train {

namespace {

constexpr int64_t most_spatial_axes = 3;

bool equal(const Dim& a, const Dim& b) { return same(a, b); }

/// A window that moves over spatial axes, with everything given per axis.
struct Window {
  Ints size, stride, padding;
};

class Builder {
 public:
  explicit Builder(const LayerPlace& place) : place_(place), shape_(place.inputs[0]) {}

  LayerParts build(const LayerSettings& settings) {
    std::visit([this](const auto& one) { add(one); }, settings);
    parts_.output = shape_;
    // Layers without products do a few operations for each value that they give.
    if (flops_ < 0) flops_ = count(shape_);
    parts_.flops = flops_.value();
    parts_.detail = std::move(detail_);
    return std::move(parts_);
  }

 private:
  [[noreturn]] void fail(std::string_view message) const {
    place_.fail(message);
    __builtin_unreachable();
  }

  void push(nn::Layer layer) { parts_.layers.push_back(std::move(layer)); }
  void activate(const std::string& function) {
    if (function.empty()) return;
    push(nn::Activation(function));
    detail_ += cat(", ", function);
  }
  int64_t channels() const { return shape_.back().value(); }

  // One number for every spatial axis, or one for each.
  Ints per_axis(const Ints& numbers, std::string_view setting) const {
    const size_t axes = shape_.size() - 1;
    if (numbers.size() == axes) return numbers;
    if (numbers.size() == 1) return Ints(axes, numbers[0]);
    fail(cat("with ", axes, " axes before the channels, but ", setting, " has ", numbers.size(),
             " numbers; give one for all axes, or ", axes));
  }

  // Checks that a window fits, pads, and leaves the input's shape with the sizes that come out.
  Window place(const Ints& size, const Ints& stride, const std::string& padding, std::string_view size_setting,
               const Ints& dilation = {1}, bool ceil_mode = false) {
    const auto axes = static_cast<int64_t>(shape_.size()) - 1;
    if (axes < 1 || axes > most_spatial_axes)
      fail(cat("but takes examples with 1 to 3 axes and channels behind them, as in shape = [8, 8, 1] of [data]",
               axes < 1 ? "" : "; it has too many axes"));
    Window window{per_axis(size, size_setting), {}, {}};
    const Ints spread = per_axis(dilation, "dilation");
    window.stride = stride.empty() ? window.size : per_axis(stride, "stride");
    for (int64_t axis = 0; axis < axes; ++axis) {
      const auto d = static_cast<size_t>(axis);
      const Dim length = shape_[axis], reach = Dim(window.size[d] - 1) * spread[d] + 1, step = window.stride[d];
      Dim added = 0;
      // Every position that the window is moved to counts, as many as the steps that fit into the length.
      if (padding == "same") added = max(0, (ceil_div(length, step) - 1) * step + reach - length);
      if (reach > length + added)
        fail(cat("and its window of ", reach, " is larger than axis ", axis, " of ", length,
                 "; take a smaller window, padding = \"same\", or fewer pooling layers before it"));
      window.padding.push_back(added.value() / 2);
      window.padding.push_back(added.value() - added.value() / 2);
      const Dim room = length + added - reach, whole = floor_div(room, step) + 1;
      // A window that is not filled begins within the input or what is added before it.
      const bool more = ceil_mode && !same(mod(room, step), 0) && whole * step < length + added.value() / 2;
      sizes_.push_back(whole + (more ? 1 : 0));
    }
    for (int64_t axis = 0; axis < axes; ++axis) shape_[axis] = sizes_[axis];
    sizes_.clear();
    return window;
  }

  void add(const DenseLayer& layer) {
    // Over the steps of a sequence it is the same map at each; an image is more likely meant as a whole.
    if (shape_.size() > 2 || (shape_.size() == 2 && !place_.sequences))
      fail("but takes one axis; put a layer before it:  [[model]]  flatten = true");
    const int64_t in = channels();
    push(nn::Linear{in, layer.units, layer.bias});
    shape_.back() = layer.units;
    flops_ = Dim(2) * in * count(shape_);
    detail_ = cat(" ", layer.units);
    activate(layer.activation);
  }
  void add(const ConvLayer& layer) {
    if (channels() % layer.groups != 0 || layer.channels % layer.groups != 0)
      fail(cat("but ", layer.groups, " groups do not divide ", channels(), " and ", layer.channels, " channels"));
    Window window = place(layer.kernel, layer.stride, layer.padding, "kernel", layer.dilation);
    push(nn::Conv{.in = channels(),
                  .out = layer.channels,
                  .kernel = window.size,
                  .stride = window.stride,
                  .padding = window.padding,
                  .dilation = per_axis(layer.dilation, "dilation"),
                  .groups = layer.groups,
                  .use_bias = layer.bias});
    flops_ = Dim(2) * (channels() / layer.groups);
    for (const int64_t n : window.size) flops_ *= n;
    shape_.back() = layer.channels;
    flops_ *= count(shape_);
    detail_ = cat(" ", layer.channels);
    activate(layer.activation);
  }
  template <class L>
  L pool_of(const PoolLayer& layer, std::string_view kind) {
    const Ints stride = layer.stride.empty() ? layer.window : layer.stride;
    Window window = place(layer.window, stride, layer.padding, kind, layer.dilation, layer.ceil_mode);
    for (const int64_t n : window.size) detail_ += cat(detail_.empty() ? " " : "x", n);
    return L{.window = window.size,
             .stride = window.stride,
             .padding = window.padding,
             .dilation = per_axis(layer.dilation, "dilation"),
             .ceil_mode = layer.ceil_mode};
  }
  void add(const MaxPoolLayer& layer) { push(pool_of<nn::MaxPool>(layer, "max_pool")); }
  void add(const AveragePoolLayer& layer) {
    nn::AveragePool pool = pool_of<nn::AveragePool>(layer, "average_pool");
    pool.count_include_pad = layer.count_include_pad;
    push(std::move(pool));
  }
  void add(const FlattenLayer&) {
    push(nn::Flatten{});
    shape_ = {count(shape_)};
  }
  void add(const DropoutLayer& layer) {
    push(nn::Dropout{layer.rate});
    detail_ = cat(" ", layer.rate);
  }
  void add(const BatchNormLayer& layer) {
    push(nn::BatchNorm{.size = channels(), .epsilon = layer.epsilon, .momentum = layer.momentum});
  }
  void add(const LayerNormLayer& layer) { push(nn::LayerNorm{.size = channels(), .epsilon = layer.epsilon}); }
  void add(const ActivationLayer& layer) {
    push(nn::Activation(layer.function));
    detail_ = cat(" ", layer.function);
  }

  void add(const RmsNormLayer& layer) { push(nn::RmsNorm{.size = channels(), .epsilon = layer.epsilon}); }
  void add(const GroupNormLayer& layer) {
    if (channels() % layer.groups != 0)
      fail(cat("but ", layer.groups, " groups do not divide ", channels(), " channels"));
    push(nn::GroupNorm{.groups = layer.groups, .size = channels(), .epsilon = layer.epsilon});
    detail_ = cat(" ", layer.groups);
  }
  template <class L>
  void add_global_pool() {
    if (shape_.size() < 2) fail("but takes positions and channels behind them");
    push(L{});
    shape_ = {shape_.back()};
  }
  void add(const GlobalAveragePoolLayer&) { add_global_pool<nn::GlobalAveragePool>(); }
  void add(const GlobalMaxPoolLayer&) { add_global_pool<nn::GlobalMaxPool>(); }

  void expect_sequence() const {
    if (shape_.size() != 2) fail("but takes steps and channels, as in shape = [20, 3] of [data]");
  }
  template <class L>
  void add_recurrent(const RecurrentLayer& layer) {
    expect_sequence();
    push(L{.in = channels(),
           .size = layer.units,
           .layers = layer.layers,
           .bidirectional = layer.bidirectional,
           .dropout = layer.dropout});
    const int64_t directions = layer.bidirectional ? 2 : 1;
    // Four gates, or three, of products with what comes in and with the state.
    constexpr int64_t gates = std::is_same_v<L, nn::Lstm> ? 4 : 3;
    flops_ = 0;
    for (int64_t l = 0; l < layer.layers; ++l)
      flops_ += Dim(2) * shape_[0] * directions * gates * layer.units *
                ((l == 0 ? channels() : directions * layer.units) + layer.units);
    shape_.back() = layer.units * directions;
    if (!layer.sequence) {
      push(nn::LastStep{});
      shape_ = {shape_.back()};
    }
    detail_ = cat(" ", layer.units);
  }
  void add(const LstmLayer& layer) { add_recurrent<nn::Lstm>(layer); }
  void add(const GruLayer& layer) { add_recurrent<nn::Gru>(layer); }
  void expect_heads(int64_t heads) const {
    expect_sequence();
    if (channels() % heads != 0) fail(cat("but ", heads, " heads do not divide ", channels(), " channels"));
  }
  // A second value to look at, of the same channels.
  void expect_memory(size_t values) const {
    if (place_.inputs.size() != values)
      fail(cat("but takes ", values, " inputs, what looks and what is looked at, and has ", place_.inputs.size()));
    const Shape& memory = place_.inputs.back();
    if (memory.size() != 2 || !same(memory[1], shape_[1]))
      fail(cat("but what it looks at is ", to_string(memory), "; it takes steps of ", channels(), " channels"));
  }
  template <class L>
  void add_transformer(const TransformerLayer& layer, int64_t attentions) {
    expect_heads(layer.heads);
    const Dim steps = shape_[0], size = shape_[1], hidden = layer.hidden > 0 ? Dim(layer.hidden) : 4 * size;
    push(L{.size = size.value(),
           .heads = layer.heads,
           .hidden = hidden.value(),
           .causal = layer.causal,
           .dropout = layer.dropout,
           .norm_first = layer.norm_first,
           .activation = nn::Activation(layer.activation)});
    flops_ = 2 * steps * (4 * attentions * size * size + 2 * size * hidden) + 4 * attentions * steps * steps * size;
    detail_ = cat(" ", layer.heads);
  }
  void add(const TransformerLayer& layer) { add_transformer<nn::TransformerBlock>(layer, 1); }
  void add(const TransformerDecoderLayer& layer) {
    expect_memory(2);
    add_transformer<nn::TransformerDecoderBlock>(layer, 2);
  }
  void add(const AttentionLayer& layer) {
    expect_heads(layer.heads);
    if (place_.inputs.size() > 1) expect_memory(2);
    const Dim steps = shape_[0], size = shape_[1];
    push(nn::MultiHeadAttention{
        .size = size.value(), .heads = layer.heads, .causal = layer.causal, .dropout = layer.dropout});
    flops_ = 8 * steps * size * size + 4 * steps * steps * size;
    detail_ = cat(" ", layer.heads);
  }
  void add(const PositionsLayer&) {
    expect_sequence();
    push(nn::PositionEmbedding{shape_[0].value(), channels()});
  }

  void add(const ConvTransposeLayer& layer) {
    const auto axes = static_cast<int64_t>(shape_.size()) - 1;
    if (axes < 1 || axes > most_spatial_axes) fail("but takes examples with 1 to 3 axes and channels behind them");
    const Ints kernel = per_axis(layer.kernel, "kernel"), stride = per_axis(layer.stride, "stride");
    Ints padding, added;
    flops_ = Dim(2) * layer.channels * count(shape_);
    for (size_t d = 0; d < kernel.size(); ++d) {
      // What windows reach beyond stride times the size is cut off, what they leave out is added at the end.
      const int64_t beyond = layer.padding == "same" ? kernel[d] - stride[d] : 0;
      padding.push_back(std::max<int64_t>(beyond, 0) / 2);
      padding.push_back(std::max<int64_t>(beyond, 0) - padding.back());
      added.push_back(std::max<int64_t>(-beyond, 0));
      Dim& length = shape_[static_cast<int64_t>(d)];
      length = (length - 1) * stride[d] + kernel[d] - beyond;
      flops_ *= kernel[d];
    }
    push(nn::ConvTranspose{.in = channels(),
                           .out = layer.channels,
                           .kernel = kernel,
                           .stride = stride,
                           .padding = padding,
                           .output_padding = added,
                           .use_bias = layer.bias});
    shape_.back() = layer.channels;
    detail_ = cat(" ", layer.channels);
    activate(layer.activation);
  }

  void add(const EmbeddingLayer& layer) {
    const int64_t rows = layer.count > 0 ? layer.count : place_.vocabulary;
    if (rows == 0) fail("and needs count, how many numbers there are (0 to count - 1)");
    if (rows < place_.vocabulary)
      fail(cat("but its count of ", rows, " is less than the ", place_.vocabulary, " that the data have"));
    if (place_.is_input && place_.largest && *place_.largest >= static_cast<double>(rows))
      fail(cat("with numbers up to ", *place_.largest, ", but its count of ", rows, " is for 0 to ", rows - 1));
    push(nn::Cast{int64});
    push(nn::Embedding{rows, layer.size});
    shape_.push_back(layer.size);
    detail_ = cat(" ", rows, " x ", layer.size);
  }
  void add(const StandardizeLayer&) {
    if (!place_.is_input) fail("but takes the examples themselves: it is the first layer");
    push(nn::Standardize{.size = channels()});
  }
  void add(const UpsampleLayer& layer) {
    if (shape_.size() < 2) fail("but takes positions and channels behind them");
    const Ints factor = per_axis(layer.factor, "upsample");
    for (size_t d = 0; d < factor.size(); ++d) {
      shape_[static_cast<int64_t>(d)] = shape_[static_cast<int64_t>(d)] * factor[d];
      detail_ += cat(d ? "x" : " ", factor[d]);
    }
    push(nn::Upsample{factor});
  }
  void add(const ReshapeLayer& layer) {
    const Shape shape(layer.shape);
    if (count(shape) != count(shape_))
      fail(cat("of ", count(shape_).value(), " values, but reshape to ", to_string(shape), " takes ",
               count(shape).value()));
    push(nn::Reshape{layer.shape});
    shape_ = shape;
  }
  void add(const ColumnsLayer& layer) {
    const auto [first, last] = layer.columns.resolve(channels());
    if (first == last) fail(cat("but takes none of its ", channels(), " channels"));
    push(nn::Channels{first, last});
    shape_.back() = last - first;
    detail_ = cat(" ", first, ":", last);
  }

  void add_join(nn::Join::Kind kind) {
    Shape all = place_.inputs[0];
    for (size_t i = 1; i < place_.inputs.size(); ++i) {
      Shape other = place_.inputs[i];
      const bool fits = kind == nn::Join::Kind::concatenate
                            ? other.size() == all.size() && std::equal(all.begin(), all.end() - 1, other.begin(), equal)
                            : other == all;
      if (!fits)
        fail(cat("and ", to_string(other),
                 kind == nn::Join::Kind::concatenate
                     ? ", but takes shapes that differ in the last axis alone"
                     : ", but takes values of one shape; a dense or conv layer, or another "
                       "stride, brings them to one"));
      if (kind == nn::Join::Kind::concatenate) all.back() = all.back() + other.back();
    }
    push(nn::Join{kind});
    shape_ = all;
  }
  void add(const AddLayer&) { add_join(nn::Join::Kind::add); }
  void add(const SubtractLayer&) { add_join(nn::Join::Kind::subtract); }
  void add(const MultiplyLayer&) { add_join(nn::Join::Kind::multiply); }
  void add(const MaximumLayer&) { add_join(nn::Join::Kind::maximum); }
  void add(const AverageLayer&) { add_join(nn::Join::Kind::average); }
  void add(const ConcatLayer&) { add_join(nn::Join::Kind::concatenate); }
  // Blocks are taken apart before.
  void add(const BlockLayer&) {}

  const LayerPlace& place_;
  Shape shape_;
  LayerParts parts_;
  std::string detail_;
  Dim flops_ = -1;
  Shape sizes_;
};

}  // namespace

LayerParts build_layer(const LayerSettings& settings, const LayerPlace& place) {
  return Builder(place).build(settings);
}

}  // namespace koine::train
