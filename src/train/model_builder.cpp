#include "train/model_builder.h"

#include "base/format.h"
#include "train/optimizer.h"

#include <algorithm>
#include <type_traits>

namespace koine::train {

namespace {

constexpr int64_t most_spatial_axes = 3;

/// A window that moves over spatial axes, with everything given per axis.
struct Window {
  Ints size, stride, padding;
};

class Builder {
 public:
  Builder(const Config& config, const Shape& example) : config_(config), shape_(example) {}

  BuiltModel build() {
    for (const LayerConfig& layer : config_.model.layers) {
      const size_t first = model_.stack.layers.size();
      flops_ = -1;
      std::visit([this](const auto& one) { add(one); }, layer);
      // Layers without products do a few operations for each value that they give.
      if (flops_ < 0) flops_ = count(shape_).value();
      model_.layers.push_back({cat(layer_kind(layer), detail_), shape_, parameters_from(first), flops_});
      detail_.clear();
      ++number_;
    }
    return std::move(model_);
  }

 private:
  [[noreturn]] void fail(std::string_view message) const {
    const std::string path = cat("model.", number_);
    config_.fail(
        path, cat(path, " (", layer_kind(config_.model.layers[number_]), ") gets ", to_string(shape_), " ", message));
  }

  void push(nn::Layer layer) { model_.stack.layers.push_back(std::move(layer)); }
  void activate(const std::string& function) {
    if (function.empty()) return;
    push(nn::Activation(function));
    detail_ += cat(", ", function);
  }
  // Whether some layer of the model walks along steps, so that two axes are a sequence.
  bool makes_sequences() const {
    return std::any_of(config_.model.layers.begin(), config_.model.layers.end(), [](const LayerConfig& layer) {
      return std::holds_alternative<LstmLayer>(layer) || std::holds_alternative<GruLayer>(layer) ||
             std::holds_alternative<TransformerLayer>(layer);
    });
  }
  int64_t channels() const { return shape_.back().value(); }

  int64_t parameters_from(size_t first) const {
    int64_t total = 0;
    for (size_t i = first; i < model_.stack.layers.size(); ++i)
      tree::for_each(model_.stack.layers[i], [&](const Array&, const tree::Path& path) {
        const nn::Param* param = path.leaf<nn::Param>();
        if (param && param->declared()) total += count(param->declared_shape()).value();
      });
    return total;
  }

  // One number for every spatial axis, or one for each.
  Ints per_axis(const Ints& numbers, std::string_view setting) const {
    const size_t axes = shape_.size() - 1;
    if (numbers.size() == axes) return numbers;
    if (numbers.size() == 1) return Ints(axes, numbers[0]);
    fail(cat("with ", axes, " axes before the channels, but ", setting, " has ", numbers.size(),
             " numbers; give one for all axes, or ", axes));
  }

  // Checks that a window fits, pads, and leaves the input's shape with the sizes that come out.
  Window place(const Ints& size, const Ints& stride, const std::string& padding, std::string_view size_setting) {
    const auto axes = static_cast<int64_t>(shape_.size()) - 1;
    if (axes < 1 || axes > most_spatial_axes)
      fail(cat("but takes examples with 1 to 3 axes and channels behind them, as in shape = [8, 8, 1] of [data]",
               axes < 1 ? "" : "; it has too many axes"));
    Window window{per_axis(size, size_setting), {}, {}};
    window.stride = stride.empty() ? window.size : per_axis(stride, "stride");
    for (int64_t axis = 0; axis < axes; ++axis) {
      const auto d = static_cast<size_t>(axis);
      const int64_t length = shape_[axis].value(), reach = window.size[d], step = window.stride[d];
      int64_t added = 0;
      // Every position that the window is moved to counts, as many as the steps that fit into the length.
      if (padding == "same") added = std::max<int64_t>(0, ((length + step - 1) / step - 1) * step + reach - length);
      if (reach > length + added)
        fail(cat("and its window of ", reach, " is larger than axis ", axis, " of ", length,
                 "; take a smaller window, padding = \"same\", or fewer pooling layers before it"));
      window.padding.push_back(added / 2);
      window.padding.push_back(added - added / 2);
      sizes_.push_back((length + added - reach) / step + 1);
    }
    for (int64_t axis = 0; axis < axes; ++axis) shape_[axis] = sizes_[static_cast<size_t>(axis)];
    sizes_.clear();
    return window;
  }

  void add(const DenseLayer& layer) {
    // Over the steps of a sequence it is the same map at each; an image is more likely meant as a whole.
    if (shape_.size() > 2 || (shape_.size() == 2 && !makes_sequences()))
      fail("but takes one axis; put a layer before it:  [[model]]  flatten = true");
    const int64_t in = channels();
    push(nn::Linear{in, layer.units, layer.bias});
    shape_.back() = layer.units;
    flops_ = 2 * in * count(shape_).value();
    detail_ = cat(" ", layer.units);
    activate(layer.activation);
  }
  void add(const ConvLayer& layer) {
    Window window = place(layer.kernel, layer.stride, layer.padding, "kernel");
    push(nn::Conv{.in = channels(),
                  .out = layer.channels,
                  .kernel = window.size,
                  .stride = window.stride,
                  .padding = window.padding,
                  .use_bias = layer.bias});
    flops_ = 2 * channels();
    for (const int64_t n : window.size) flops_ *= n;
    shape_.back() = layer.channels;
    flops_ *= count(shape_).value();
    detail_ = cat(" ", layer.channels);
    activate(layer.activation);
  }
  template <class L>
  void add_pool(const PoolLayer& layer, std::string_view kind) {
    Window window = place(layer.window, layer.stride, layer.padding, kind);
    for (const int64_t n : window.size) detail_ += cat(detail_.empty() ? " " : "x", n);
    push(L{window.size, window.stride, window.padding});
  }
  void add(const MaxPoolLayer& layer) { add_pool<nn::MaxPool>(layer, "max_pool"); }
  void add(const AveragePoolLayer& layer) { add_pool<nn::AveragePool>(layer, "average_pool"); }
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
      flops_ += 2 * shape_[0].value() * directions * gates * layer.units *
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
  void add(const TransformerLayer& layer) {
    expect_sequence();
    if (channels() % layer.heads != 0) fail(cat("but ", layer.heads, " heads do not divide ", channels(), " channels"));
    push(nn::TransformerBlock{.size = channels(),
                              .heads = layer.heads,
                              .hidden = layer.hidden > 0 ? layer.hidden : 4 * channels(),
                              .causal = layer.causal,
                              .dropout = layer.dropout});
    const int64_t steps = shape_[0].value(), size = channels(), hidden = layer.hidden > 0 ? layer.hidden : 4 * size;
    flops_ = 2 * steps * (4 * size * size + 2 * size * hidden) + 4 * steps * steps * size;
    detail_ = cat(" ", layer.heads);
  }
  void add(const PositionsLayer&) {
    expect_sequence();
    push(nn::PositionEmbedding{shape_[0].value(), channels()});
  }

  const Config& config_;
  Shape shape_;
  BuiltModel model_;
  size_t number_ = 0;
  std::string detail_;
  int64_t flops_ = -1;
  Ints sizes_;
};

// The last layer must give what the loss compares with the labels.
void check_output(const Config& config, const BuiltModel& model, int64_t classes) {
  const Shape& output = model.layers.back().output;
  const std::string path = cat("model.", model.layers.size() - 1);
  const int64_t needed = classes == 0 ? 1 : classes;
  const std::string suggestion = cat("; end with a layer  dense = ", needed);
  if (output.size() != 1)
    config.fail(path, cat(path, " gives ", to_string(output), " for each example, but the loss takes one axis",
                          output.size() > 1 ? "; put  flatten = true  before the last layer, and" : suggestion,
                          output.size() > 1 ? suggestion.substr(1) : ""));
  if (classes == 0 && !same(output[0], 1))
    config.fail(path,
                cat(path, " gives ", to_string(output), " for each example, but mse compares one number", suggestion));
  if (output[0] < classes)
    config.fail(path, cat(path, " gives ", to_string(output[0]), " scores, but the labels name ", classes,
                          " classes (0 to ", classes - 1, ")", suggestion));
}

}  // namespace

int64_t BuiltModel::parameters() const {
  int64_t total = 0;
  for (const BuiltLayer& layer : layers) total += layer.parameters;
  return total;
}

int64_t BuiltModel::flops() const {
  int64_t total = 0;
  for (const BuiltLayer& layer : layers) total += layer.flops;
  return total;
}

int64_t BuiltModel::training_bytes(const TrainConfig& config) const {
  int64_t values = 0;
  for (const BuiltLayer& layer : layers) values += count(layer.output).value();
  Optimizer optimizer = make_optimizer(config, 2);
  nn::Stack model = nn::init(stack, Key(0));
  std::visit([&](auto& one) { one.init(model); }, optimizer);
  int64_t state = 0;
  tree::for_each(optimizer, [&](const Array& leaf) { state += leaf.defined() ? leaf.size() : 0; });
  return 4 * (2 * parameters() + state + 2 * config.batch * values);
}

BuiltModel build_model(const Config& config, const Shape& example, int64_t classes) {
  BuiltModel model = Builder(config, example).build();
  if (classes >= 0) check_output(config, model, classes);
  return model;
}

}  // namespace koine::train
