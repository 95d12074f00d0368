// The config of a training run: what data, what model, how to train. One file of TOML, read into plain structs.
#pragma once

#include "train/schema.h"

#include <koine/data.h>
#include <koine/lbfgs.h>
#include <koine/optim.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace koine::train {

/// Rows "start:stop" with Python's meaning: either side may be left out, negative ones count from the end.
struct RowRange {
  int64_t start = 0;
  std::optional<int64_t> stop = {};

  /// The rows [first, last) of a table of that many rows; bounds beyond it are clamped.
  std::pair<int64_t, int64_t> resolve(int64_t rows) const;
};

/// Rows by their places, or a part of the training rows, drawn by the seed; neither for none.
struct RowPart {
  std::optional<RowRange> rows = {};
  double part = 0;
};

/// Some columns of an example as a value of its own.
struct NamedInput {
  std::string name;
  RowRange columns = {};
  /// Empty leaves it flat.
  std::vector<int64_t> shape = {};
};

struct DataConfig {
  /// Relative to the folder of the config, or, given on the command line, to the current one.
  std::string file;
  data::Column label = -1;
  /// Several columns of quantities to learn, in place of the label.
  std::vector<std::string> targets;
  double scale = 1;
  /// Of one example; empty leaves it flat.
  std::vector<int64_t> shape;
  /// Parts of an example with names of their own.
  std::vector<NamedInput> inputs;
  RowRange train = {};
  RowPart test = {};
  /// The rows that a run is watched by.
  RowPart validate = {};
  /// The column of texts to learn from, in place of all others.
  std::string text;
  /// Of text: what a symbol is, and the longest sequence (0 for the longest text of a table, 64 for a file).
  std::string unit = "character";
  int64_t length = 0;
  /// Batches of texts of about the same length.
  bool bucket = false;
  /// Of a file with several arrays: the names of the inputs and of what is learnt.
  std::string x = "x", y = "y";
  /// How many megabytes of examples are kept in memory.
  double memory = 4096;
  /// Limits on what files may fill the memory with: how many times its size a compressed one may expand to, and the
  /// pixels of an image.
  double expansion = data::usual_expansion;
  int64_t pixels = int64_t{1} << 26;
  /// The inputs of a table with columns of any kind; without both every column but the label is an input.
  std::vector<std::string> numeric, categorical;
  /// More values of a category become one for all that are rarer.
  int64_t max_categories = 64;
  /// What stands where a value is missing.
  std::vector<std::string> missing = {"", "NA", "N/A", "na", "nan", "NaN", "null", "None", "?", "-"};
  /// Between the columns; empty to look at the first line.
  std::string delimiter;
  /// What tables and texts are in, where no byte order mark says it; empty for UTF-8.
  std::string encoding;
  /// The file of the labels, for arrays in files of their own.
  std::string labels;
  /// Of images: height and width, or one number for both.
  std::vector<int64_t> size = {32};
  std::string channels = "color";
  /// Random changes of training images.
  std::vector<std::string> augment;
  /// What a damaged image does: "stop" or "skip".
  std::string damaged = "stop";
};

struct DenseLayer {
  int64_t units = 0;
  std::string activation;
  bool bias = true;
};
/// Sizes per axis; one number stands for all axes.
struct ConvLayer {
  int64_t channels = 0;
  std::vector<int64_t> kernel = {3};
  std::vector<int64_t> stride = {1};
  std::string padding = "same";
  std::string activation;
  bool bias = true;
  std::vector<int64_t> dilation = {1};
  int64_t groups = 1;
};
struct ConvTransposeLayer {
  int64_t channels = 0;
  std::vector<int64_t> kernel = {2};
  std::vector<int64_t> stride = {2};
  std::string padding = "same";
  std::string activation;
  bool bias = true;
};
struct PoolLayer {
  std::vector<int64_t> window;
  /// Empty for the window itself.
  std::vector<int64_t> stride;
  std::string padding = "valid";
  std::vector<int64_t> dilation = {1};
  /// Also a last window that is not filled.
  bool ceil_mode = false;
};
struct MaxPoolLayer : PoolLayer {};
struct AveragePoolLayer : PoolLayer {
  /// Padding counts as zeros.
  bool count_include_pad = false;
};
struct FlattenLayer {};
struct DropoutLayer {
  double rate = 0;
};
struct BatchNormLayer {
  double momentum = 0.1;
  double epsilon = 1e-5;
};
struct LayerNormLayer {
  double epsilon = 1e-5;
};
struct ActivationLayer {
  std::string function;
};
struct RmsNormLayer {
  double epsilon = 1e-6;
};
struct GroupNormLayer {
  int64_t groups = 0;
  double epsilon = 1e-5;
};
struct GlobalAveragePoolLayer {};
struct GlobalMaxPoolLayer {};
struct RecurrentLayer {
  int64_t units = 0;
  int64_t layers = 1;
  bool bidirectional = false;
  double dropout = 0;
  bool sequence = false;
};
struct LstmLayer : RecurrentLayer {};
struct GruLayer : RecurrentLayer {};
struct TransformerLayer {
  int64_t heads = 0;
  /// 0 for four times the size.
  int64_t hidden = 0;
  double dropout = 0;
  bool causal = false;
  bool norm_first = true;
  std::string activation = "gelu";
};
/// With attention to a second value in between.
struct TransformerDecoderLayer : TransformerLayer {};
struct AttentionLayer {
  int64_t heads = 0;
  double dropout = 0;
  bool causal = false;
};
struct PositionsLayer {};
struct EmbeddingLayer {
  int64_t size = 0;
  /// 0 for as many as the data's text has.
  int64_t count = 0;
};
struct StandardizeLayer {};
struct UpsampleLayer {
  std::vector<int64_t> factor;
};
struct ReshapeLayer {
  std::vector<int64_t> shape;
};
struct ColumnsLayer {
  RowRange columns;
};
struct JoinLayer {
  std::vector<std::string> of;
};
struct AddLayer : JoinLayer {};
struct SubtractLayer : JoinLayer {};
struct MultiplyLayer : JoinLayer {};
struct MaximumLayer : JoinLayer {};
struct AverageLayer : JoinLayer {};
struct ConcatLayer : JoinLayer {};
struct LayerConfig;
struct BlockLayer {
  std::vector<LayerConfig> layers;
};
/// What it takes is added to what its layers give.
struct ResidualLayer : BlockLayer {};
using LayerSettings =
    std::variant<DenseLayer, ConvLayer, MaxPoolLayer, AveragePoolLayer, FlattenLayer, DropoutLayer, BatchNormLayer,
                 LayerNormLayer, ActivationLayer, RmsNormLayer, GroupNormLayer, GlobalAveragePoolLayer,
                 GlobalMaxPoolLayer, LstmLayer, GruLayer, TransformerLayer, PositionsLayer, ConvTransposeLayer,
                 TransformerDecoderLayer, AttentionLayer, EmbeddingLayer, UpsampleLayer, ReshapeLayer, ColumnsLayer,
                 AddLayer, SubtractLayer, MultiplyLayer, MaximumLayer, AverageLayer, ConcatLayer, BlockLayer,
                 ResidualLayer, StandardizeLayer>;

/// A layer with its place in the model.
struct LayerConfig {
  LayerSettings settings;
  /// By which later layers take what it gives; empty for none.
  std::string name;
  /// The names of what it takes; empty for what the layer before it gives.
  std::vector<std::string> inputs;
  /// So many of them, one after the other.
  int64_t repeat = 1;
};

struct ModelConfig {
  std::vector<LayerConfig> layers;
};

using OptimizerConfig = std::variant<optim::AdamOptions, optim::AdamWOptions, optim::SgdOptions, optim::AdamaxOptions,
                                     optim::RmspropOptions, optim::AdagradOptions, optim::AdadeltaOptions,
                                     optim::LionOptions, optim::LbfgsOptions>;

/// Weights that are trained otherwise; a weight belongs to the first group that names it.
struct WeightGroup {
  /// A pattern of names.
  std::string leaves;
  /// In place of those of the optimizer.
  std::optional<double> lr = {}, weight_decay = {};
  /// Where the config has it: "train.groups.0".
  std::string place = {};
};

/// Lengths are in epochs, and may be parts of one.
struct ConstantSchedule {
  double warmup = 0;
};
struct CosineSchedule {
  double warmup = 0;
  double to = 0;
};
struct LinearSchedule {
  double warmup = 0;
  double to = 0;
};
struct StepSchedule {
  double every = 10;
  double factor = 0.1;
  double warmup = 0;
};
struct OneCycleSchedule {
  double rise = 0.3;
  double start = 25;
  double end = 1e4;
};
struct PlateauSchedule {
  double factor = 0.1;
  int64_t patience = 5;
  double threshold = 1e-4;
  int64_t cooldown = 0;
  double least = 0;
  double warmup = 0;
};
using ScheduleConfig =
    std::variant<ConstantSchedule, CosineSchedule, LinearSchedule, StepSchedule, OneCycleSchedule, PlateauSchedule>;

/// How much each class counts: given, or such that all count the same together.
struct ClassWeights {
  std::vector<double> given = {};
  bool balanced = false;
};

struct TrainConfig {
  std::string loss = "cross_entropy";
  double label_smoothing = 0;
  ClassWeights class_weights = {};
  /// Beyond this distance the Huber loss is a straight line.
  double huber_delta = 1;
  /// What is computed in; the weights are float32.
  std::string precision = "float32";
  /// Beside those that every loss has.
  std::vector<std::string> metrics;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  /// 0 for none, here and below.
  double clip_norm = 0, clip_value = 0;
  /// Those of `groups`, then one without weight decay for each pattern of `no_decay`.
  std::vector<WeightGroup> groups;
  int64_t accumulate = 1;
  double average = 0;
  /// Epochs without a better validation after which the run ends; 0 for none.
  int64_t patience = 0;
  /// The metric of the validation that is watched.
  std::string monitor = "loss";
  /// Seconds between two checkpoints; 0 for none.
  double checkpoint = 60;
  /// A checkpoint also after so many batches; 0 for none.
  int64_t checkpoint_batches = 0;
  /// How many checkpoints are kept.
  int64_t keep = 3;
  int64_t epochs = 10;
  int64_t batch = 64;
  /// Leave out the last batch of an epoch when it is smaller.
  bool drop_last = false;
  int64_t seed = 0;
  /// Where the weights go; relative as DataConfig::file.
  std::string output = "model.safetensors";
};

/// One of several parts in turn, for cross-validation: the training rows are cut into `count` parts, and part `number`
/// is what the run is tested on.
struct FoldChoice {
  int64_t number = 0, count = 0;
};

struct Config {
  DataConfig data;
  ModelConfig model;
  TrainConfig train;
  /// Without a count there is no cross-validation. Not part of the text.
  FoldChoice fold = {};
  /// The text that it was read from, as a tree.
  Value source;

  /// Throws ConfigError that says where "model.3" or "data.file" stands: for what only shows with the data at hand.
  [[noreturn]] void fail(std::string_view path, std::string_view message) const;
  /// "c.toml:7:1: model.3 (conv)" for "model.3": what errors name that arise in what the config describes.
  std::source_location line(std::string_view path, std::string_view kind) const;
};

/// A config has no more.
inline constexpr uint64_t most_config_bytes = uint64_t{1} << 22;

/// The text of a config, in UTF-8 or what its byte order mark says. Throws FormatError and IoError.
std::string config_text(const std::string& path);

/// Reads a config and applies overrides "key=value" to it. Throws IoError when the file cannot be read, and one
/// ConfigError with a line "file:line:column: ..." for each thing that is wrong.
Config read_config(const std::string& path, std::span<const std::string> overrides = {});

/// The same from text; `file` is named in errors, and its folder is where relative paths start.
Config parse_config(std::string_view text, const std::string& file, std::span<const std::string> overrides = {});

/// Everything that a config can hold, by section, layer and optimizer, for help and for writing configs.
std::vector<SectionInfo> config_sections();

/// "conv", "max_pool": the key that names the kind of a layer.
std::string_view layer_kind(const LayerSettings& layer);
/// "adam".
std::string_view optimizer_kind(const OptimizerConfig& optimizer);

}  // namespace koine::train
