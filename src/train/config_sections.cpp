#include "train/config_sections.h"

#include "base/format.h"

#include <charconv>

namespace koine::train {

namespace {

const Bounds positive{.low = 0, .open_low = true};
const Bounds from_one{.low = 1};
const Bounds fraction{.low = 0, .high = 1, .open_high = true};

const std::vector<std::string_view> activations = {"relu", "gelu", "silu", "sigmoid", "tanh", "softmax"};
const std::vector<std::string_view> paddings = {"same", "valid"};
const std::vector<std::string_view> losses = {"cross_entropy", "mse"};

template <class S>
Setting<S> activation_of(std::string S::* member) {
  return setting(member, "activation", "the function that follows", {.choices = activations});
}

template <class S>
Setting<S> weight_decay_of(double S::* member) {
  return setting(member, "weight_decay", "this part of each weight is added to its gradient", {.bounds = {.low = 0}});
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
           activation_of(&L::activation), setting(&L::bias, "bias", "add a constant to each channel")}};
}

template <class L>
Section<L> pool(std::string name, std::string doc) {
  const auto as = [](auto PoolLayer::* member) {
    return static_cast<std::remove_reference_t<decltype(PoolLayer{}.*member)> L::*>(member);
  };
  return {
      name,
      std::move(doc),
      {setting(as(&PoolLayer::window), name, "the size of the window", {.bounds = from_one}, required),
       setting(as(&PoolLayer::stride), "stride", "how far the window moves; by default its size", {.bounds = from_one}),
       setting(as(&PoolLayer::padding), "padding",
               "\"valid\" leaves out what does not fill a window, \"same\" keeps it", {.choices = paddings})}};
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

Section<optim::AdamOptions> adam() {
  using O = optim::AdamOptions;
  return {
      "adam",
      "steps by the mean of the gradients over the root of the mean of their squares (Kingma and Ba, 2015)",
      {setting(&O::lr, "lr", "the length of a step", {.bounds = positive}),
       setting(&O::beta1, "beta1", "how much of the mean of the gradients a step keeps", {.bounds = fraction}),
       setting(&O::beta2, "beta2", "how much of the mean of their squares a step keeps", {.bounds = fraction}),
       setting(&O::epsilon, "epsilon", "added to the root", {.bounds = positive}), weight_decay_of(&O::weight_decay)}};
}

Section<optim::SgdOptions> sgd() {
  using O = optim::SgdOptions;
  return {"sgd",
          "steps down the gradient",
          {setting(&O::lr, "lr", "the length of a step, times the gradient", {.bounds = positive}),
           setting(&O::momentum, "momentum", "how much of the last step the next one keeps", {.bounds = fraction}),
           setting(&O::nesterov, "nesterov", "take the gradient where the momentum leads"),
           weight_decay_of(&O::weight_decay)}};
}

template <class V, class S>
Choice<V> choice(Section<S> section) {
  // Held once: its settings' closures are shared by all reads.
  const SectionInfo info = info_of(section);
  return {std::string_view(), info,
          [section = std::move(section)](const Value& table, const Place& place, V& to, const Reading& at) {
            read_section(table, place, section, to.template emplace<S>(), at);
          }};
}

template <class V>
std::vector<Choice<V>> named(std::vector<Choice<V>> choices) {
  for (auto& choice : choices) choice.kind = choice.info.name;
  return choices;
}

// A setting whose value names one of several kinds: "adam", or a table with the kind as its only key.
Setting<TrainConfig> optimizer_setting() {
  std::vector<std::string_view> kinds;
  for (const auto& choice : optimizer_choices()) kinds.push_back(choice.kind);
  Setting<TrainConfig> result;
  result.name = "optimizer";
  result.doc = "how the weights follow the gradients";
  result.takes = "\"adam\" or \"sgd\", or a table as { adam = { lr = 1e-3 } }";
  result.fallback = "\"adam\"";
  result.read = [kinds, info = static_cast<SettingInfo>(result)](TrainConfig& to, const Value& value,
                                                                 const Reading& at) {
    const Value empty{value.place, Value::Table{}};
    const auto take = [&](std::string_view kind, const Value& table, const Place& place) {
      for (const auto& choice : optimizer_choices()) {
        if (choice.kind != kind) continue;
        choice.read(table, place, to.optimizer, {cat(at.path_to("optimizer"), ".", kind), at.problems});
        return true;
      }
      return false;
    };
    if (const auto* text = value.get<std::string>()) {
      if (!take(*text, empty, value.place)) report_wrong_value(value, info, kinds, at);
      return;
    }
    const auto* table = value.get<Value::Table>();
    if (!table || table->empty()) return report_wrong_value(value, info, kinds, at);
    const Entry& entry = table->front();
    if (!take(entry.key, entry.value, entry.place))
      return report_unknown_key(entry, kinds, "train.optimizer", {at.path_to("optimizer"), at.problems});
    if (table->size() > 1)
      at.problems.add((*table)[1].place,
                      cat("train.optimizer takes one optimizer, got '", entry.key, "' and '", (*table)[1].key, "'"));
  };
  return result;
}

// The whole text as a number; absent when empty. False when it is anything else.
bool read_bound(std::string_view text, std::optional<int64_t>& to) {
  if (text.empty()) return true;
  int64_t& number = to.emplace(0);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool ValueRule<RowRange>::read(const Value& value, RowRange& to) const {
  const std::string* text = value.get<std::string>();
  const size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return false;
  std::optional<int64_t> start, stop;
  const std::string_view view = *text;
  if (!read_bound(view.substr(0, colon), start) || !read_bound(view.substr(colon + 1), stop)) return false;
  to = {start.value_or(0), stop};
  return true;
}

std::string ValueRule<RowRange>::write(const RowRange& value) const {
  return cat("\"", value.start, ":", value.stop ? std::to_string(*value.stop) : std::string(), "\"");
}

bool ValueRule<std::optional<RowRange>>::read(const Value& value, std::optional<RowRange>& to) const {
  return ValueRule<RowRange>{}.read(value, to.emplace());
}

std::string ValueRule<std::optional<RowRange>>::write(const std::optional<RowRange>& value) const {
  return value ? ValueRule<RowRange>{}.write(*value) : "";
}

bool ValueRule<data::Column>::read(const Value& value, data::Column& to) const {
  if (const int64_t* number = value.get<int64_t>()) {
    to = *number;
  } else if (const std::string* text = value.get<std::string>(); text && !text->empty()) {
    if (*text == "first")
      to = int64_t{0};
    else if (*text == "last")
      to = int64_t{-1};
    else
      to = *text;
  } else {
    return false;
  }
  return true;
}

std::string ValueRule<data::Column>::write(const data::Column& value) const {
  if (!value.name().empty()) return cat("\"", value.name(), "\"");
  return value.number() == -1 ? "\"last\"" : cat(value.number());
}

const Section<DataConfig>& data_section() {
  using D = DataConfig;
  static const Section<D> section{
      "data",
      "the examples",
      {setting(&D::file, "file", "a table of numbers, one example a row (.csv or .tsv, also .gz)", {}, required),
       setting(&D::label, "label", "the column to learn"),
       setting(&D::scale, "scale", "the other columns are multiplied by it"),
       setting(&D::shape, "shape", "of one example, the channels last; by default it stays a row",
               {.bounds = from_one}),
       setting(&D::train, "train", "the rows to learn from"),
       setting(&D::test, "test", "the rows to judge by; by default none")}};
  return section;
}

const Section<TrainConfig>& train_section() {
  using T = TrainConfig;
  static const Section<T> section{
      "train",
      "how to learn",
      {setting(&T::loss, "loss", "what is made small", {.choices = losses}), optimizer_setting(),
       setting(&T::epochs, "epochs", "how often all examples are seen", {.bounds = from_one}),
       setting(&T::batch, "batch", "how many examples make a step", {.bounds = from_one}),
       setting(&T::seed, "seed", "all that is random follows from it", {.bounds = {.low = 0}}),
       setting(&T::output, "output", "the file for the weights (.safetensors)")}};
  return section;
}

std::span<const Choice<LayerConfig>> layer_choices() {
  using V = LayerConfig;
  static const std::vector<Choice<V>> choices =
      named<V>({choice<V>(dense()), choice<V>(conv()),
                choice<V>(pool<MaxPoolLayer>("max_pool", "the largest value of each window")),
                choice<V>(pool<AveragePoolLayer>("average_pool", "the mean of each window")), choice<V>(flatten()),
                choice<V>(dropout()), choice<V>(batch_norm()), choice<V>(layer_norm()), choice<V>(activation())});
  return choices;
}

std::span<const Choice<OptimizerConfig>> optimizer_choices() {
  using V = OptimizerConfig;
  static const std::vector<Choice<V>> choices = named<V>({choice<V>(adam()), choice<V>(sgd())});
  return choices;
}

}  // namespace koine::train
