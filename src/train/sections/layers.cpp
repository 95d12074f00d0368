#include "train/sections/shared.h"

namespace koine::train {

namespace {

const std::vector<std::string_view> activations = {"relu",      "gelu",  "silu",       "sigmoid",  "tanh",
                                                   "softmax",   "elu",   "leaky_relu", "softplus", "mish",
                                                   "hardswish", "relu6", "selu",       "softsign"};
const std::vector<std::string_view> paddings = {"same", "valid"};

template <class S>
Setting<S> activation_of(std::string S::* member) {
  return setting(member, "activation", "the function that follows", {.choices = activations});
}

// One function per kind, because a section names the members of its struct.
Section<DenseLayer> dense() {
  using L = DenseLayer;
  return {"dense",
          "every output a weighted sum of all inputs",
          {setting(&L::units, "dense", "how many outputs", {.bounds = from_one}, required),
           activation_of(&L::activation), setting(&L::bias, "bias", "add a constant to each output")}};
}

Section<ConvLayer> conv() {
  using L = ConvLayer;
  return {"conv",
          "a convolution over all axes but the last, which holds the channels",
          {setting(&L::channels, "conv", "how many output channels", {.bounds = from_one}, required),
           setting(&L::kernel, "kernel", "the size of the window", {.bounds = from_one}),
           setting(&L::stride, "stride", "how far the window moves", {.bounds = from_one}),
           setting(&L::padding, "padding", "\"same\" keeps the size (over the stride), \"valid\" adds nothing",
                   {.choices = paddings}),
           activation_of(&L::activation), setting(&L::bias, "bias", "add a constant to each channel"),
           setting(&L::dilation, "dilation", "the distance between what the window sees", {.bounds = from_one}),
           setting(&L::groups, "groups", "parts of the channels that do not see each other", {.bounds = from_one})}};
}

Section<ConvTransposeLayer> conv_transpose() {
  using L = ConvTransposeLayer;
  return {"conv_transpose",
          "a convolution's way back: it gives more positions than it takes",
          {setting(&L::channels, "conv_transpose", "how many output channels", {.bounds = from_one}, required),
           setting(&L::kernel, "kernel", "the size of the window", {.bounds = from_one}),
           setting(&L::stride, "stride", "how many positions come from one", {.bounds = from_one}),
           setting(&L::padding, "padding", "\"same\" gives stride times the size, \"valid\" all that windows reach",
                   {.choices = paddings}),
           activation_of(&L::activation), setting(&L::bias, "bias", "add a constant to each channel")}};
}

template <class L>
Section<L> pool(std::string name, std::string doc, std::vector<Setting<L>> more = {}) {
  const auto as = [](auto PoolLayer::* member) {
    return static_cast<std::remove_reference_t<decltype(PoolLayer{}.*member)> L::*>(member);
  };
  Section<L> section{
      name,
      std::move(doc),
      {setting(as(&PoolLayer::window), name, "the size of the window", {.bounds = from_one}, required),
       setting(as(&PoolLayer::stride), "stride", "how far the window moves; by default its size", {.bounds = from_one}),
       setting(as(&PoolLayer::padding), "padding",
               "\"valid\" leaves out what does not fill a window, \"same\" keeps it", {.choices = paddings}),
       setting(as(&PoolLayer::dilation), "dilation", "how far apart the inputs of a window are", {.bounds = from_one}),
       setting(as(&PoolLayer::ceil_mode), "ceil_mode", "keep a last window that is not filled")}};
  for (Setting<L>& one : more) section.settings.push_back(std::move(one));
  return section;
}

Section<FlattenLayer> flatten() {
  return {"flatten", "all axes of an example in one", {flag<FlattenLayer>("flatten", "true")}};
}

Section<DropoutLayer> dropout() {
  return {"dropout",
          "sets random inputs to 0 while training",
          {setting(&DropoutLayer::rate, "dropout", "the part of the inputs that is set to 0", {.bounds = fraction},
                   required)}};
}

Section<BatchNormLayer> batch_norm() {
  using L = BatchNormLayer;
  return {"batch_norm",
          "each channel to mean 0 and variance 1 over the batch, then scaled and shifted",
          {flag<L>("batch_norm", "true"),
           setting(&L::momentum, "momentum", "how much of the statistics of each batch the running ones take over",
                   {.bounds = fraction}),
           setting(&L::epsilon, "epsilon", "added to the variance", {.bounds = positive})}};
}

Section<LayerNormLayer> layer_norm() {
  using L = LayerNormLayer;
  return {
      "layer_norm",
      "the channels of each example to mean 0 and variance 1, then scaled and shifted",
      {flag<L>("layer_norm", "true"), setting(&L::epsilon, "epsilon", "added to the variance", {.bounds = positive})}};
}

Section<ActivationLayer> activation() {
  return {"activation",
          "a function of each value",
          {setting(&ActivationLayer::function, "activation", "its name", {.choices = activations}, required)}};
}

Section<RmsNormLayer> rms_norm() {
  using L = RmsNormLayer;
  return {"rms_norm",
          "the channels of each example to a mean square of 1, then scaled",
          {flag<L>("rms_norm", "true"), setting(&L::epsilon, "epsilon", "added to the mean", {.bounds = positive})}};
}

Section<GroupNormLayer> group_norm() {
  using L = GroupNormLayer;
  return {"group_norm",
          "groups of channels of each example to mean 0 and variance 1, then scaled and shifted",
          {setting(&L::groups, "group_norm", "how many groups", {.bounds = from_one}, required),
           setting(&L::epsilon, "epsilon", "added to the variance", {.bounds = positive})}};
}

template <class L>
Section<L> recurrent(std::string name, std::string doc) {
  const auto as = [](auto RecurrentLayer::* member) {
    return static_cast<std::remove_reference_t<decltype(RecurrentLayer{}.*member)> L::*>(member);
  };
  return {name,
          std::move(doc),
          {setting(as(&RecurrentLayer::units), name, "the size of its state", {.bounds = from_one}, required),
           setting(as(&RecurrentLayer::layers), "layers", "how many on top of each other",
                   {.bounds = {.low = 1, .high = 1000}}),
           setting(as(&RecurrentLayer::bidirectional), "bidirectional", "walk backwards too"),
           setting(as(&RecurrentLayer::dropout), "dropout", "between its layers", {.bounds = fraction}),
           setting(as(&RecurrentLayer::sequence), "sequence", "give every step in place of the last one")}};
}

template <class L>
Section<L> transformer(std::string name, std::string doc) {
  const auto as = [](auto TransformerLayer::* member) {
    return static_cast<std::remove_reference_t<decltype(TransformerLayer{}.*member)> L::*>(member);
  };
  return {
      name,
      std::move(doc),
      {setting(as(&TransformerLayer::heads), name, "how many heads; they divide the channels", {.bounds = from_one},
               required),
       setting(as(&TransformerLayer::hidden), "hidden",
               "the size between the linear maps; 0 for four times the channels", {.bounds = not_negative}),
       setting(as(&TransformerLayer::dropout), "dropout", "in training", {.bounds = fraction}),
       setting(as(&TransformerLayer::causal), "causal", "a step sees only those before it"),
       setting(as(&TransformerLayer::norm_first), "norm_first", "normalise before each part instead of after"),
       setting(as(&TransformerLayer::activation), "activation", "between the linear maps", {.choices = activations})}};
}

Section<AttentionLayer> attention() {
  using L = AttentionLayer;
  return {"attention",
          "every step looks at all steps, of itself or of a second value",
          {setting(&L::heads, "attention", "how many heads; they divide the channels", {.bounds = from_one}, required),
           setting(&L::dropout, "dropout", "of its weights, in training", {.bounds = fraction}),
           setting(&L::causal, "causal", "a step sees only those before it")}};
}

Section<EmbeddingLayer> embedding() {
  using L = EmbeddingLayer;
  return {"embedding",
          "a vector for each whole number, learnt",
          {setting(&L::size, "embedding", "the size of a vector", {.bounds = from_one}, required),
           setting(&L::count, "count", "how many numbers there are, from 0; by default those of the data's text",
                   {.bounds = from_one})}};
}

template <class L>
Section<L> join(std::string name, std::string doc) {
  return {name,
          std::move(doc),
          {setting(static_cast<std::vector<std::string> L::*>(&JoinLayer::of), name, "the names of what is joined", {},
                   required)}};
}

template <class L>
Section<L> block(std::string name, std::string doc) {
  Setting<L> layers;
  layers.name = name;
  layers.doc = "its layers";
  layers.takes = "a list of layers, each { ... }";
  layers.required = true;
  layers.read = [name](L& to, const Value& value, const Reading& at) {
    read_layers(value, to.layers, {at.path_to(name), at.problems});
  };
  return {name, std::move(doc), {std::move(layers)}};
}

}  // namespace

std::span<const Choice<LayerSettings>> layer_choices() {
  using V = LayerSettings;
  static const std::vector<Choice<V>> choices = named<V>(
      {choice<V>(dense()),
       choice<V>(conv()),
       choice<V>(pool<MaxPoolLayer>("max_pool", "the largest value of each window")),
       choice<V>(pool<AveragePoolLayer>("average_pool", "the mean of each window",
                                        {setting(&AveragePoolLayer::count_include_pad, "count_include_pad",
                                                 "what padding \"same\" adds counts as zeros")})),
       choice<V>(flatten()),
       choice<V>(dropout()),
       choice<V>(batch_norm()),
       choice<V>(layer_norm()),
       choice<V>(activation()),
       choice<V>(rms_norm()),
       choice<V>(group_norm()),
       choice<V>(Section<GlobalAveragePoolLayer>{"global_average_pool",
                                                 "the mean of each channel over all positions",
                                                 {flag<GlobalAveragePoolLayer>("global_average_pool", "true")}}),
       choice<V>(Section<GlobalMaxPoolLayer>{"global_max_pool",
                                             "the largest value of each channel over all positions",
                                             {flag<GlobalMaxPoolLayer>("global_max_pool", "true")}}),
       choice<V>(recurrent<LstmLayer>("lstm", "long short-term memory along the steps of a sequence")),
       choice<V>(recurrent<GruLayer>("gru", "gated recurrent units along the steps of a sequence")),
       choice<V>(transformer<TransformerLayer>(
           "transformer", "every step looks at all steps, then two linear maps (Vaswani et al., 2017)")),
       choice<V>(Section<PositionsLayer>{
           "positions", "adds a learnt vector to each step", {flag<PositionsLayer>("positions", "true")}}),
       choice<V>(conv_transpose()),
       choice<V>(transformer<TransformerDecoderLayer>("transformer_decoder",
                                                      "the same, looking at a second value in between")),
       choice<V>(attention()),
       choice<V>(embedding()),
       choice<V>(Section<UpsampleLayer>{
           "upsample",
           "each position repeated",
           {setting(&UpsampleLayer::factor, "upsample", "how often, on each axis", {.bounds = from_one}, required)}}),
       choice<V>(Section<ReshapeLayer>{
           "reshape",
           "the same values in another shape",
           {setting(&ReshapeLayer::shape, "reshape", "of one example", {.bounds = from_one}, required)}}),
       choice<V>(Section<ColumnsLayer>{
           "columns",
           "some of the channels",
           {setting(&ColumnsLayer::columns, "columns", "which", ValueRule<RowRange>{}, required)}}),
       choice<V>(join<AddLayer>("add", "the sum of several values")),
       choice<V>(join<SubtractLayer>("subtract", "the first less the others")),
       choice<V>(join<MultiplyLayer>("multiply", "the product of several values")),
       choice<V>(join<MaximumLayer>("maximum", "the largest of several values")),
       choice<V>(join<AverageLayer>("average", "the mean of several values")),
       choice<V>(join<ConcatLayer>("concat", "the channels of several values side by side")),
       choice<V>(block<BlockLayer>("block", "layers as one, to be repeated")),
       choice<V>(block<ResidualLayer>("residual", "layers to whose result is added what they take (He et al., 2016)")),
       choice<V>(Section<StandardizeLayer>{"standardize",
                                           "each channel to mean 0 and deviation 1 over the training rows",
                                           {flag<StandardizeLayer>("standardize", "true")}})});
  return choices;
}

}  // namespace koine::train
