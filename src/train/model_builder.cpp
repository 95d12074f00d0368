#include "train/model_builder.h"

#include "base/format.h"
#include "train/layer_builder.h"
#include "train/optimizer.h"

#include <algorithm>
#include <map>
#include <type_traits>

namespace koine::train {

namespace {

// With blocks that repeat blocks a short config may ask for any number of layers.
constexpr size_t most_layers = 10000;
// What a model, and within a block what the block takes, is called.
constexpr std::string_view input_name = "input";

bool equal(const Dim& a, const Dim& b) { return same(a, b); }

const BlockLayer* block_of(const LayerSettings& settings) {
  if (const auto* residual = std::get_if<ResidualLayer>(&settings)) return residual;
  return std::get_if<BlockLayer>(&settings);
}
const JoinLayer* join_of(const LayerSettings& settings) {
  return std::visit(
      [](const auto& one) -> const JoinLayer* {
        if constexpr (std::is_base_of_v<JoinLayer, std::decay_t<decltype(one)>>)
          return &one;
        else
          return nullptr;
      },
      settings);
}

bool makes_sequences(const std::vector<LayerConfig>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const LayerConfig& layer) {
    const BlockLayer* block = block_of(layer.settings);
    return block ? makes_sequences(block->layers)
                 : std::visit(
                       [](const auto& one) {
                         using L = std::decay_t<decltype(one)>;
                         return std::is_base_of_v<RecurrentLayer, L> || std::is_base_of_v<TransformerLayer, L> ||
                                std::is_same_v<L, AttentionLayer> || std::is_same_v<L, EmbeddingLayer>;
                       },
                       layer.settings);
  });
}

class Builder {
 public:
  Builder(const Config& config, const ModelFacts& facts)
      : config_(config), facts_(facts), sequences_(makes_sequences(config.model.layers)) {
    if (facts.example.empty()) config.fail("data.shape", "an example is a single number; give it a shape, as [1]");
    values_.push_back({facts.example, true});
  }

  BuiltModel build() {
    Scope scope{{std::string(input_name), 0}};
    add_inputs(scope);
    add_layers(config_.model.layers, "model", scope, 0);
    for (const NamedInput& input : config_.data.inputs)
      if (!values_[static_cast<size_t>(scope[input.name])].used)
        fail("data.inputs", cat("no layer takes the input '", input.name, "'; name it in the inputs of one"));
    auto& inputs = model_.stack.inputs;
    bool chain = true;
    for (size_t i = 0; i < inputs.size(); ++i)
      chain = chain && inputs[i] == std::vector<int64_t>{static_cast<int64_t>(i)};
    if (chain) inputs.clear();
    if (facts_.vocabulary > 0) model_.stack.padding = 0;
    return std::move(model_);
  }

 private:
  /// What the model takes, or a layer gives.
  struct Value {
    Shape shape;
    bool used = false;
  };
  using Scope = std::map<std::string, int64_t>;

  [[noreturn]] void fail(const std::string& path, std::string_view message) const { config_.fail(path, message); }

  int64_t push(nn::Layer layer, std::vector<int64_t> inputs, Shape shape, std::source_location line) {
    if (model_.stack.layers.size() >= most_layers)
      fail("model", cat("the model has more than ", most_layers, " layers; repeat less"));
    for (const int64_t value : inputs) values_[static_cast<size_t>(value)].used = true;
    model_.stack.layers.push_back(std::move(layer));
    model_.stack.inputs.push_back(std::move(inputs));
    model_.stack.lines.push_back(line);
    values_.push_back({std::move(shape)});
    return static_cast<int64_t>(values_.size()) - 1;
  }

  // The parts of an example that the data give names.
  void add_inputs(Scope& scope) {
    for (size_t i = 0; i < config_.data.inputs.size(); ++i) {
      const NamedInput& input = config_.data.inputs[i];
      const std::string path = "data.inputs";
      const int64_t channels = facts_.example.back().value();
      const auto [first, last] = input.columns.resolve(channels);
      if (first == last)
        fail(path, cat("the input '", input.name, "' has none of the ", channels, " columns of an example"));
      Shape shape = facts_.example;
      shape.back() = last - first;
      const std::source_location line = config_.line(path, input.name);
      int64_t value = push(nn::Channels{first, last}, {0}, shape, line);
      if (!input.shape.empty()) {
        const Shape wanted(input.shape);
        if (count(wanted) != count(shape))
          fail(path, cat("the input '", input.name, "' has ", count(shape).value(), " numbers, but its shape ",
                         to_string(wanted), " takes ", count(wanted).value()));
        value = push(nn::Reshape{input.shape}, {value}, wanted, line);
      }
      scope[input.name] = value;
    }
  }

  // The value of a name that the layer at `here` of a list takes by one of its settings.
  int64_t find(const std::string& name, const Scope& scope, const std::string& path, std::string_view setting,
               const std::vector<LayerConfig>& layers, size_t here) const {
    const auto found = scope.find(name);
    if (found != scope.end()) return found->second;
    const std::string place = cat(path, ".", setting);
    for (size_t i = here; i < layers.size(); ++i)
      if (layers[i].name == name)
        fail(place, cat(path, " takes '", name, i == here ? "', which is itself" : "', which stands after it",
                        "; a layer takes what stands before it, so that there is no cycle"));
    std::vector<std::string_view> names;
    std::string list;
    for (const auto& [known, value] : scope) {
      names.push_back(known);
      list += cat(list.empty() ? "" : ", ", known);
    }
    const std::string guess = did_you_mean(name, names);
    fail(place, cat(path, " takes '", name, "', but no layer before it has this name",
                    guess.empty() ? cat("; there are ", list) : guess));
  }

  // The layers one after the other, beginning with a value; gives the last one's.
  int64_t add_layers(const std::vector<LayerConfig>& layers, const std::string& list, const Scope& outer,
                     int64_t value) {
    Scope scope = outer;
    std::vector<int64_t> gave;
    for (size_t i = 0; i < layers.size(); ++i) {
      const LayerConfig& layer = layers[i];
      const std::string path = cat(list, ".", i);
      std::vector<int64_t> inputs;
      const JoinLayer* join = join_of(layer.settings);
      if (join && !layer.inputs.empty())
        fail(path + ".inputs", cat(path, " names what it joins already, so it takes no inputs"));
      for (const std::string& name : join ? join->of : layer.inputs)
        inputs.push_back(
            find(name, scope, path, join ? layer_kind(layer.settings) : std::string_view("inputs"), layers, i));
      if (join && inputs.size() < 2) fail(path, cat(path, " joins the values of at least two names"));
      if (inputs.empty()) inputs.push_back(value);
      for (int64_t times = 0; times < layer.repeat; ++times) {
        value = add_layer(layer, path, scope, inputs);
        inputs[0] = value;
      }
      gave.push_back(value);
      if (layer.name.empty()) continue;
      if (layer.name == input_name || !scope.emplace(layer.name, value).second)
        fail(path + ".name", cat("there is a '", layer.name, "' already; each name stands for one value"));
    }
    for (size_t i = 0; i + 1 < gave.size(); ++i)
      if (!values_[static_cast<size_t>(gave[i])].used)
        fail(cat(list, ".", i), cat(list, ".", i, " is in vain: no layer takes what it gives",
                                    layers[i].name.empty() ? "" : cat(" ('", layers[i].name, "')"),
                                    "; name it in the inputs of another, or take it out"));
    return value;
  }

  int64_t add_layer(const LayerConfig& layer, const std::string& path, const Scope& scope,
                    const std::vector<int64_t>& inputs) {
    const std::string_view kind = layer_kind(layer.settings);
    LayerPlace place{{}, sequences_, inputs[0] == 0, facts_.vocabulary, facts_.largest, {}};
    for (const int64_t value : inputs) place.inputs.push_back(values_[static_cast<size_t>(value)].shape);
    const auto refuse = [&](std::string_view message) {
      fail(path, cat(path, " (", kind, ") gets ", to_string(place.inputs[0]), " ", message));
    };
    place.fail = refuse;
    const bool several = join_of(layer.settings) || std::holds_alternative<TransformerDecoderLayer>(layer.settings) ||
                         std::holds_alternative<AttentionLayer>(layer.settings);
    if (!several && inputs.size() > 1)
      refuse(cat("and ", to_string(place.inputs[1]), ", but takes one value; join several by add or concat before it"));
    if (const BlockLayer* block = block_of(layer.settings)) return add_block(layer, *block, path, scope, inputs[0]);
    const size_t first = model_.stack.layers.size();
    LayerParts parts = parts_of(layer.settings, place);
    std::vector<int64_t> taken = inputs;
    int64_t value = 0;
    for (nn::Layer& part : parts.layers) {
      // Only the shape of the last part is ever looked at.
      value = push(std::move(part), std::move(taken), parts.output, config_.line(path, kind));
      taken = {value};
    }
    model_.layers.push_back({path.substr(path.find('.') + 1),
                             cat(kind, parts.detail, layer.name.empty() ? "" : cat(" (", layer.name, ")")),
                             parts.output, parameters_from(first), parts.flops});
    return value;
  }

  // What is too large to be counted, and what a layer itself refuses.
  static LayerParts parts_of(const LayerSettings& settings, const LayerPlace& place) {
    try {
      return build_layer(settings, place);
    } catch (const ConfigError&) {
      throw;
    } catch (const Error& error) {
      place.fail(cat("but ", error.what()));
      throw;
    }
  }

  int64_t add_block(const LayerConfig& layer, const BlockLayer& block, const std::string& path, const Scope& scope,
                    int64_t input) {
    const std::string_view kind = layer_kind(layer.settings);
    Scope inner = scope;
    inner[std::string(input_name)] = input;
    const int64_t value = add_layers(block.layers, cat(path, ".", kind), inner, input);
    if (!std::holds_alternative<ResidualLayer>(layer.settings)) return value;
    const Shape before = values_[static_cast<size_t>(input)].shape, after = values_[static_cast<size_t>(value)].shape;
    if (!(before == after))
      fail(path, cat(path, " (residual) gets ", to_string(before), ", but its layers give ", to_string(after),
                     "; what it adds has to be of one shape"));
    return push(nn::Join{nn::Join::Kind::add}, {input, value}, before, config_.line(path, kind));
  }

  int64_t parameters_from(size_t first) const {
    Dim total = 0;
    for (size_t i = first; i < model_.stack.layers.size(); ++i)
      tree::for_each(model_.stack.layers[i], [&](const Array&, const tree::Path& path) {
        const nn::Param* param = path.leaf<nn::Param>();
        if (param && param->declared()) total += count(param->declared_shape());
      });
    return total.value();
  }

  const Config& config_;
  const ModelFacts& facts_;
  bool sequences_;
  BuiltModel model_;
  std::vector<Value> values_;
};

// Of the optimiser, for each weight: what two have more than one.
int64_t state_bytes(const TrainConfig& config) {
  const auto bytes = [&](int64_t weights) {
    Optimizer optimizer = make_optimizer(config, 2);
    Array model = zeros({weights});
    std::visit([&](auto& one) { one.init(model); }, optimizer);
    int64_t sum = 0;
    tree::for_each(optimizer, [&](const Array& leaf) {
      if (leaf.defined()) sum += leaf.size() * static_cast<int64_t>(size_of(leaf.dtype()));
    });
    return sum;
  };
  return bytes(2) - bytes(1);
}

// The last layer must give what the loss compares with the labels.
void check_output(const Config& config, const BuiltModel& model, const ModelFacts& facts) {
  const Shape& output = model.layers.back().output;
  const std::string path = cat("model.", config.model.layers.size() - 1);
  const std::string& loss = config.train.loss;
  const bool scores = loss == "cross_entropy" && facts.classes > 0;
  const auto gives = cat(path, " gives ", to_string(output), " for each example, but ");
  if (loss == "contrastive" || loss == "triplet") {
    if (output.size() != 1) config.fail(path, cat(gives, loss, " compares vectors; put  flatten = true  behind it"));
    return;
  }
  if (loss == "ctc") {
    if (output.size() != 2) config.fail(path, cat(gives, "ctc takes steps with a score for each symbol"));
    if (output[1] < facts.classes)
      config.fail(path, cat(gives, "the labels name ", facts.classes - 1,
                            " symbols and 0 is the blank; end with  dense = ", facts.classes));
    return;
  }
  if (facts.label.empty() || (!scores && facts.label.size() == 1 && same(facts.label[0], 1))) {
    const int64_t needed = scores ? facts.classes : 1;
    const std::string suggestion = cat("; end with a layer  dense = ", needed);
    if (output.size() != 1)
      config.fail(path, cat(gives, "the loss takes one axis",
                            output.size() > 1 ? "; put  flatten = true  before the last layer, and" : suggestion,
                            output.size() > 1 ? suggestion.substr(1) : ""));
    if (!scores && !same(output[0], 1)) config.fail(path, cat(gives, loss, " compares one number", suggestion));
    if (scores && output[0] < needed)
      config.fail(path, cat(path, " gives ", to_string(output[0]), " scores, but the labels name ", needed,
                            " classes (0 to ", needed - 1, ")", suggestion));
    return;
  }
  Shape wanted = facts.label;
  if (scores) wanted.push_back(facts.classes);
  if (output.size() != wanted.size() || !std::equal(facts.label.begin(), facts.label.end(), output.begin(), equal) ||
      (scores && output.back() < facts.classes))
    config.fail(path,
                cat(gives, "the labels are ", to_string(facts.label), ", so that ", loss, " takes ", to_string(wanted),
                    scores ? cat("; end with a layer  dense = ", facts.classes) : std::string()));
}

}  // namespace

int64_t BuiltModel::parameters() const {
  Dim total = 0;
  for (const BuiltLayer& layer : layers) total += layer.parameters;
  return total.value();
}

int64_t BuiltModel::flops() const {
  Dim total = 0;
  for (const BuiltLayer& layer : layers) total += layer.flops;
  return total.value();
}

int64_t BuiltModel::training_bytes(const TrainConfig& config) const {
  Dim values = 0;
  for (const BuiltLayer& layer : layers) values += count(layer.output);
  const Dim all =
      4 * (Dim(2) * parameters() + Dim(2) * config.batch * values) + Dim(parameters()) * state_bytes(config);
  return all.value();
}

BuiltModel build_model(const Config& config, const ModelFacts& facts) {
  BuiltModel model = Builder(config, facts).build();
  if (facts.classes >= 0) check_output(config, model, facts);
  return model;
}

}  // namespace koine::train
