#include "base/format.h"
#include "base/hash.h"
#include "io/file_value.h"
#include "train/augment.h"
#include "train/fit.h"
#include "train/losses.h"
#include "train/optimizer.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <variant>

namespace koine::train {

namespace {

using nlohmann::json;

constexpr int64_t first_values_key = 0;
constexpr int64_t evaluation_batch = 256;
constexpr const char *settings_note = "settings", *data_note = "data";

/// The optimiser of a config, of whatever kind, with its schedule.
class ConfigOptimizer {
  KOINE_TREE(ConfigOptimizer, kind_)
 public:
  ConfigOptimizer() = default;
  ConfigOptimizer(const Config& config, int64_t batches)
      : kind_(make_optimizer(config.train, batches)),
        config_(&config.train),
        batches_(batches),
        line_(config.line("train.optimizer", optimizer_kind(config.train.optimizer))) {}

  template <class M>
  void init(M& model) {
    const SourceScope scope(line_);
    std::visit([&](auto& one) { one.init(model); }, kind_);
  }
  template <class M>
  void step(M& model, const M& grad) {
    const SourceScope scope(line_);
    std::visit(
        [&](auto& one) {
          if constexpr (!TakesLossOnly<std::decay_t<decltype(one)>>) one.step(model, grad);
        },
        kind_);
  }
  bool takes_loss() const { return std::holds_alternative<optim::Lbfgs>(kind_); }
  template <class M, class F>
    requires(!std::is_same_v<M, F>)
  void step(M& model, F loss) {
    const SourceScope scope(line_);
    std::get<optim::Lbfgs>(kind_).step(model, loss);
  }
  void scale_rate(double factor) { set_rate(kind_, *config_, batches_, factor); }

 private:
  Optimizer kind_;
  const TrainConfig* config_ = nullptr;
  int64_t batches_ = 0;
  std::source_location line_;
};

// What a schedule or a pattern of names cannot be shows with the data and the model at hand.
ConfigOptimizer optimizer_of(const Config& config, nn::Stack& model, int64_t batches) {
  ConfigOptimizer optimizer;
  try {
    optimizer = ConfigOptimizer(config, batches);
  } catch (const ValueError& error) {
    config.fail("train.schedule", error.what());
  }
  optim::Groups groups;
  for (const WeightGroup& group : config.train.groups) {
    groups.push_back({.leaves = group.leaves});
    try {
      optim::detail::leaves(model, model, groups);
    } catch (const ValueError& error) {
      config.fail(group.place, error.what());
    }
  }
  return optimizer;
}

// Settings that may differ between a run and its continuation.
constexpr std::string_view free_settings[] = {"train.output", "train.checkpoint", "train.checkpoint_batches",
                                              "train.keep", "train.epochs"};

std::map<std::string, std::string> settings_of(const Config& config) {
  std::map<std::string, std::string> settings = flattened(config.source);
  for (const std::string_view free : free_settings) settings.erase(std::string(free));
  return settings;
}

void check_same(const Config& config, const std::map<std::string, std::string>& before) {
  const std::map<std::string, std::string> now = settings_of(config);
  for (const auto& [path, was] : before) {
    const auto found = now.find(path);
    if (found == now.end())
      config.fail(path, cat("the run began with ", path, " = ", was,
                            ", which is gone; put it back, or begin anew with --restart"));
    if (found->second != was)
      config.fail(path, cat("the run began with ", path, " as ", was, ", now it is ", found->second,
                            "; put it back, or begin anew with --restart"));
  }
  for (const auto& [path, is] : now)
    if (!before.count(path))
      config.fail(path, cat("the run began without ", path, "; take it out, or begin anew with --restart"));
}

void check_notes(const Config& config, const io::Metadata& notes, const std::string& file) {
  const io::FileValue settings = io::FileValue::note(notes, settings_note, file);
  std::map<std::string, std::string> before;
  for (const std::string& key : settings.keys()) before[key] = settings.at(key).text();
  check_same(config, before);
}

}  // namespace

nn::Stack first_values(const Config& config, const BuiltModel& model) {
  const auto memory = Dim(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
  if (Dim(4) * model.parameters() > memory) {
    const auto largest = std::max_element(model.layers.begin(), model.layers.end(),
                                          [](const auto& a, const auto& b) { return a.parameters < b.parameters; });
    config.fail(
        cat("model.", largest->place),
        cat("the model has ", model.parameters(), " parameters, ", largest->parameters, " of them in model.",
            largest->place, " (", largest->name, "); they take more than this machine's memory of ", memory, " bytes"));
  }
  return nn::init(model.stack, Key(config.train.seed).fold_in(first_values_key));
}

std::string stem_of(const std::string& weights) {
  constexpr std::string_view usual = ".safetensors";
  const bool has = weights.ends_with(usual) && std::filesystem::path(weights).filename().string() != usual;
  return has ? weights.substr(0, weights.size() - usual.size()) : weights;
}

int64_t steps_per_epoch(const Config& config, const Examples& examples) {
  return examples.train.batches(config.train.batch, {.drop_last = config.train.drop_last}).steps();
}

std::string checkpoint_folder(const Config& config) {
  constexpr size_t longest_name = 255, kept = 200;
  const std::filesystem::path stem = stem_of(config.train.output);
  std::string name = stem.filename().string() + ".checkpoints";
  if (name.size() > longest_name)
    name = cat(name.substr(0, kept), "-", hash_bytes(name.data(), name.size()), ".checkpoints");
  return (stem.parent_path() / name).string();
}

FitOptions fit_options(const Config& config, const Examples& examples) {
  const TrainConfig& train = config.train;
  FitOptions options;
  options.epochs = train.epochs;
  options.batch = train.batch;
  options.drop_last = train.drop_last;
  if (options.drop_last && steps_per_epoch(config, examples) == 0)
    config.fail("train.drop_last", cat("there are ", examples.train.size(), " rows to train on, fewer than a batch of ",
                                       train.batch, ", and the last small batch is left out"));
  options.key = Key(train.seed);
  options.metrics = metrics_of(train, examples.unit());
  options.validation = examples.validation;
  options.monitor = train.monitor;
  options.patience = train.patience;
  options.clip_norm = train.clip_norm;
  options.clip_value = train.clip_value;
  options.accumulate = train.accumulate;
  options.average = train.average;
  if (train.precision != "float32") options.precision = train.precision == "float16" ? float16 : bfloat16;
  if (const auto* plateau = std::get_if<PlateauSchedule>(&train.schedule))
    options.plateau = optim::PlateauOptions{plateau->factor, plateau->patience, plateau->threshold, plateau->cooldown,
                                            plateau->least};
  check_augment(config, examples.shape);
  if (!config.data.augment.empty())
    options.change = [&config, classes = train.loss == "cross_entropy" ? examples.classes : 0](const data::Batch& batch,
                                                                                               const Key& key) {
      return changed(config, {as_input(config, batch.x), batch.y}, classes, key);
    };
  if (config.data.bucket) {
    if (!examples.code || !examples.code->text || !examples.label.empty())
      config.fail("data.bucket", "only texts of a table are of different lengths");
    options.lengths = sum(cast(examples.train.x != 0, {.dtype = int64}), {.axis = 1}).to_vector<int64_t>();
  }
  options.checkpoint_seconds = train.checkpoint;
  options.checkpoint_batches = train.checkpoint_batches;
  options.keep = train.keep;
  options.notes = {{settings_note, json(settings_of(config)).dump()}, {data_note, to_json(examples.data)}};
  options.check = [&](const io::Metadata& notes, const std::string& file) {
    check_notes(config, notes, file);
    const DataNotes before = data_notes_from(io::FileValue::note(notes, data_note, file));
    if (!before.same_rows(examples.data))
      config.fail("data.file",
                  cat("the data are others than those that the run began with: ", before.rows, " rows then, now ",
                      examples.data.rows, "; put them back, or begin anew with --restart"));
  };
  options.show = Show::nothing;
  std::string known = "loss";
  bool found = train.monitor == "loss";
  for (const Metric& metric : options.metrics) {
    known += ", " + metric.name;
    found = found || metric.name == train.monitor;
  }
  if (!found) config.fail("train.monitor", cat("there is no metric '", train.monitor, "'; this run has ", known));
  if (!examples.validation.defined() && train.patience > 0)
    config.fail("train.patience",
                "it waits for a better validation, and there is none; set validate under [data], as 0.1");
  if (!examples.validation.defined() && train.monitor != "loss")
    config.fail("train.monitor", "it watches the validation, and there is none; set validate under [data], as 0.1");
  return options;
}

namespace {

// What layers take from the training rows before they learn from them.
void look_at(const Config& config, const Examples& examples, nn::Stack& model) {
  for (nn::Layer& layer : model.layers) {
    if (!std::holds_alternative<nn::Standardize>(layer)) continue;
    // Of more rows than these the mean is known well enough. They are in memory, also where the data are on disk.
    constexpr int64_t most_rows = 100000, most_numbers = int64_t{1} << 24, piece = 4096;
    const int64_t numbers = std::max<int64_t>(count(examples.train.example()).value(), 1);
    const int64_t rows = std::min(examples.train.size(), std::clamp<int64_t>(most_numbers / numbers, 1, most_rows));
    std::vector<Array> parts;
    for (int64_t first = 0; first < rows; first += piece) {
      parts.push_back(as_input(config, examples.train.rows(first, std::min(first + piece, rows)).x));
      parts.back().data();  // a piece at a time
    }
    layer = nn::Standardize::of(concatenate(parts, {.axis = 0}));
  }
}

}  // namespace

History fit(const Config& config, const Examples& examples, nn::Stack& model, const FitOptions& options) {
  look_at(config, examples, model);
  ConfigOptimizer optimizer = optimizer_of(config, model, steps_per_epoch(config, examples));
  return fit(model, optimizer, examples.train, ConfigLoss(config, examples.class_weights), options);
}

Figures evaluate(const Config& config, const Examples& examples, const data::Dataset& rows, const nn::Stack& model) {
  return evaluate(model, rows, ConfigLoss(config, examples.class_weights), metrics_of(config.train, examples.unit()));
}

Array predict(const Config& config, const Array& x, const nn::Stack& model) {
  std::vector<Array> outputs;
  for (const data::Batch& part : data::Dataset{x, {}}.batches(evaluation_batch)) {
    const Array output = predicted(config.train, model(as_input(config, part.x)));
    output.data();  // a batch at a time
    outputs.push_back(output);
  }
  return outputs.size() == 1 ? outputs[0] : concatenate(outputs, {.axis = 0});
}

}  // namespace koine::train
