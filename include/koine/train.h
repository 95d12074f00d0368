#pragma once
#include <koine/checkpoint.h>
#include <koine/data.h>
#include <koine/detail/function.h>
#include <koine/figure.h>
#include <koine/gradients.h>
#include <koine/nn/model.h>
#include <koine/ops.h>
#include <koine/optim.h>
#include <koine/transform.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

/// Training: `fit` is the loop over batches that the command `koine train` runs too.
namespace koine::train {

/// How good outputs are for what they should have been: all of a data set's at once.
struct Metric {
  std::string name;
  Function<double(const Array& output, const Array& y)> of;
  bool larger_is_better = true;
  /// Shown while training too, as the mean over the batches so far.
  bool running = false;
  /// What is shown in place of a value that is NaN though the loss is not: "no positives".
  std::string undefined = {};
};

/// Examples to learn from in one step, with how much each counts (see data::Dataset::weight).
struct Batch : data::Batch {
  Array weight = {};
};

/// What a loss function gives: the mean over the batch, and for metrics what the model gave.
struct Judged {
  Array loss, output = {};
  /// How much the mean counts beside those of other batches: what it was divided by, a number. The number of examples
  /// when undefined.
  Array weight = {};
};

/// The mean of one loss for each example, (examples, ...), by weights (examples); undefined ones are all the same, and
/// of weights that are all 0 it is 0. Throws ShapeError when they do not fit.
Judged mean_loss(const Array& losses, const Array& weight, Array output);

/// A loss function of `loss(output, y)`, for models that are called with x alone. It gives the mean, or one number for
/// each example, which examples with weights need.
template <class F>
auto supervised(F loss) {
  return [loss](const auto& model, const auto& batch, nn::Context& context) {
    const Array output = nn::apply(model, batch.x, context);
    Array weight;
    if constexpr (requires { batch.weight; }) weight = batch.weight;
    return mean_loss(loss(output, batch.y), weight, output);
  };
}

/// What a run has become besides its arrays.
struct RunNumbers {
  /// Batches seen, in all epochs.
  int64_t step = 0;
  /// Steps that the optimiser had made before the run.
  int64_t before = 0;
  /// Sums over the examples of the epoch that runs: the loss by the weights, then the running metrics.
  std::vector<double> sums = {};
  double weight = 0;
  int64_t examples = 0;
  optim::Plateau plateau = {};
  /// The best value of the figure that is watched, and the epochs since.
  double best = std::numeric_limits<double>::quiet_NaN();
  int64_t epochs_since_best = 0;
  bool stopped_early = false;
  /// An average of the weights has begun.
  bool averaged = false;
};

struct EpochFigures {
  /// Of the epoch, from 1.
  int64_t epoch = 0;
  /// Batches seen so far.
  int64_t step = 0;
  /// Those of the validation begin with "val_".
  Figures figures;
};

/// What is shown on standard output: a line that is redrawn on a terminal and a line per epoch elsewhere, a JSON object
/// per epoch, or nothing.
enum class Show : uint8_t { progress, json, nothing };

struct FitOptions {
  int64_t epochs = 10;
  int64_t batch = 64;
  /// Leave out the last batch of an epoch when it is smaller.
  bool drop_last = false;
  /// All that is random follows from it and from the steps that the optimiser has made before: the order of the
  /// examples, dropout, changes of inputs. So a second run with the same optimiser goes on with other ones.
  Key key = Key{0};
  bool shuffle = true;
  std::vector<Metric> metrics = {};
  /// What the run is watched by; undefined for none.
  data::Dataset validation = {};
  /// The figure that is watched: the best weights by it are those that a run ends with.
  std::string monitor = "loss";
  /// Ends the run after so many epochs without a better one; 0 for none. Needs a validation.
  int64_t patience = 0;
  /// 0 for none, here and below.
  double clip_norm = 0, clip_value = 0;
  /// How many batches make a step of the optimiser: their gradients are averaged by the number of their examples, as if
  /// they had been one batch.
  int64_t accumulate = 1;
  /// Keeps an exponential average of the weights, which is then what is judged and what a run ends with.
  double average = 0;
  /// Multiplies the learning rate when the figure that is watched no longer gets better.
  std::optional<optim::PlateauOptions> plateau = {};
  /// float16 or bfloat16 to compute in; the weights stay float32. float16 scales the loss.
  DType precision = float32;
  /// Changes the inputs of a batch at random, on the threads that prepare batches.
  Function<data::Batch(const data::Batch& batch, const Key& key)> change = {};
  /// How long each example is, for sequences that are filled up: batches are then of about the same length (see
  /// data::bucketed), and cut to their longest. Empty for whole examples.
  Ints lengths = {};
  /// How many batches are prepared ahead, on so many threads at most; 0 prepares each when it is needed. Changes
  /// nothing but the time.
  int64_t ahead = 2;
  /// A folder for checkpoints; empty for none. A run that is complete leaves finished.safetensors there alone, which
  /// one with more epochs goes on from.
  std::string checkpoints = {};
  /// The lock on that folder, where the caller has it; else the run takes it and throws IoError where another one has
  /// it.
  const io::FolderLock* lock = nullptr;
  /// One after so many seconds and after so many batches, 0 for never; the last `keep` are kept.
  double checkpoint_seconds = 60;
  int64_t checkpoint_batches = 0;
  int64_t keep = 3;
  /// Goes on from the last checkpoint, if there is one, and ends as a run that was never stopped, bit for bit. It may
  /// have more epochs than before.
  bool resume = false;
  /// Notes to keep in checkpoints; `check` is given those of the one that is resumed, with its file, and throws for
  /// another run's.
  io::Metadata notes = {};
  Function<void(const io::Metadata& notes, const std::string& file)> check = {};
  /// Event files for TensorBoard go to this folder; empty for none.
  std::string events = {};
  Show show = Show::progress;
  /// Called after each step of the optimiser and after each epoch; true ends the run there.
  Function<bool(const RunNumbers& numbers)> stepped = {};
  Function<bool(const EpochFigures& epoch)> epoch_ended = {};
};

/// What `resume` goes on from in a folder of checkpoints: the last of them, else the end of a run that is complete. The
/// files of those that are damaged go to `damaged`.
std::optional<io::Checkpoint> to_resume(const std::string& folder, std::vector<std::string>* damaged = nullptr);
/// Removes both.
void forget_run(const std::string& folder);

struct History {
  std::vector<EpochFigures> epochs = {};
  /// False when a callback ended it. Then the last checkpoint, if there are any, is of where it ended.
  bool complete = true;
  bool stopped_early = false;
  /// Batches seen.
  int64_t steps = 0;
  /// How long training took, and for how much of it the next batch was waited for.
  double seconds = 0, waited = 0;

  /// The last value of a figure. Throws ValueError when there is none of the name.
  double last(const std::string& figure) const;
};

/// An optimiser whose step takes the loss itself and not a gradient; one of several kinds says whether its kind does.
template <class O>
concept TakesLoss = requires(const O& optimizer) { optimizer.takes_loss(); };
template <class O>
concept TakesLossOnly = requires { O::takes_loss(); };

/// One optimiser of several kinds, and others whose rate is no plain `options.lr`, say themselves how it is scaled.
template <class O>
concept ScalesItself = requires(O& optimizer) { optimizer.scale_rate(1.0); };

namespace detail {

/// A model in training, without its type.
class Learner {
 public:
  virtual ~Learner() = default;
  /// Adds the gradient of a batch; the model takes over its new state.
  virtual Judged learn(const Batch& batch, const Key& key) = 0;
  /// A step by the gradients that were added.
  virtual void step() = 0;
  /// In evaluation, by the weights that are judged.
  virtual Judged judge(const Batch& batch) const = 0;
  /// Throws what a step in training would throw for the shapes of a batch; nothing is computed.
  virtual void try_batch(const Batch& batch, const Key& key) const = 0;
  virtual void keep_best() = 0;
  virtual void scale_rate(double factor) = 0;
  /// All arrays of the run; `numbers` says which of them have begun.
  virtual tree::Ref arrays() = 0;
  /// Whether all that has begun has its arrays, of the model's shapes: arrays from a file may be any.
  virtual bool is_whole() const = 0;
  RunNumbers numbers;
};

/// Trains until the end; the learner is then as the last step left it.
History fit(Learner& learner, const data::Dataset& examples, const FitOptions& options);
/// The loss, then the metrics.
Figures evaluate(const Function<Judged(const Batch&)>& judge, const data::Dataset& examples,
                 const std::vector<Metric>& metrics);
/// What the loss counts beside others of other batches.
double weight_of(const Judged& judged, const Batch& batch);
/// The steps that an optimiser has made; 0 for one that does not count them.
template <class O>
int64_t steps_of(const O& optimizer) {
  if constexpr (requires { optimizer.steps.defined(); })
    return optimizer.steps.defined() ? optimizer.steps.template item<int64_t>() : 0;
  else
    return 0;
}

template <class M>
M without_values(M model) {
  return tree::map(std::move(model), [](const Array&) { return Array(); });
}
inline Judged judged(Judged result) { return result; }
inline Judged judged(Array loss) { return {std::move(loss)}; }

template <class M>
M in_precision(const M& model, DType dtype) {
  return tree::map(model, [dtype](const Array& leaf, const tree::Path& path) {
    const bool cast_it = leaf.defined() && path.role() == Role::param && is_floating(leaf.dtype());
    return cast_it ? cast(leaf, {.dtype = dtype}) : leaf;
  });
}

template <class M, class O, class F>
class LearnerOf final : public Learner {
 public:
  LearnerOf(M model, O optimizer, const F& loss, const FitOptions& options) : loss_(loss), options_(options) {
    if constexpr (!ScalesItself<O>) rate_ = optimizer.options.lr;
    numbers.before = steps_of(optimizer);
    run_.optimizer = std::move(optimizer);
    run_.optimizer.init(model);
    run_.average = {.decay = options.average, .model = without_values(model)};
    tree::for_each(model, [&](Array&) { run_.average.wide.emplace_back(); });
    run_.best = without_values(model);
    run_.model = std::move(model);
    if (options.plateau) numbers.plateau.options = *options.plateau;
    if (takes_loss() &&
        (options.accumulate != 1 || options.precision != float32 || options.clip_norm > 0 || options.clip_value > 0))
      throw ValueError(
          "[fit] an optimiser that takes the loss itself sees one batch at a step, in float32, and has no gradient to "
          "clip: leave accumulate, precision, clip_norm and clip_value as they are");
  }

  Judged learn(const Batch& batch, const Key& key) override {
    if (takes_loss()) {
      batch_ = batch;
      key_ = key;
      nn::Context context(key);
      Judged result = judged(loss_(run_.model, batch, context));
      run_.model = context.commit(std::move(run_.model));
      if (!result.output.defined()) result.output = zeros({});
      return result;
    }
    const bool half = options_.precision != float32;
    bool weighted = false;
    auto [value, grad] = value_and_grad(
        [&](const M& now) {
          nn::Context context(key);
          Judged result = half ? judged(loss_(in_precision(now, options_.precision), in_half(batch), context))
                               : judged(loss_(now, batch, context));
          if (!result.output.defined()) result.output = zeros({});
          weighted = result.weight.defined();
          if (!weighted) result.weight = result.loss;  // in its place: results are defined
          const Array loss = half ? cast(result.loss, {.dtype = float32}) : result.loss;
          return std::tuple(options_.precision == float16 ? run_.scale.of(loss) : loss,
                            Judged{loss, result.output, result.weight}, context.commit(now));
        },
        run_.model);
    run_.model = std::move(std::get<2>(value));
    Judged& result = std::get<1>(value);
    if (!weighted) result.weight = {};
    gradients_.add(grad, options_.accumulate == 1 ? 1 : weight_of(result, batch));
    return std::move(result);
  }

  void step() override {
    if (takes_loss())
      step_by_loss();
    else
      step_by_gradient();
    if (options_.average > 0) run_.average.update(run_.model);
    numbers.averaged = run_.average.begun;
  }

  Judged judge(const Batch& batch) const override {
    nn::Context context;
    return judged(loss_(weights(), batch, context));
  }
  void try_batch(const Batch& batch, const Key& key) const override {
    nn::Context context(key);
    loss_(run_.model, batch, context);
  }
  void keep_best() override { run_.best = weights(); }

  void scale_rate(double factor) override {
    if constexpr (ScalesItself<O>)
      run_.optimizer.scale_rate(factor);
    else
      run_.optimizer.options.lr = rate_.scaled(factor);
  }

  tree::Ref arrays() override {
    run_.average.begun = numbers.averaged;
    return run_;
  }

  bool is_whole() const override {
    return (std::isnan(numbers.best) || fits(run_.best)) && (!numbers.averaged || fits(run_.average.model));
  }

  /// What a run leaves: the best weights when there was a validation, else those that are judged.
  const M& result() const { return std::isnan(numbers.best) ? weights() : run_.best; }
  O& optimizer() { return run_.optimizer; }

 private:
  /// The arrays of a run, a tree.
  struct Run {
    M model;
    O optimizer;
    optim::Average<M> average;
    /// The weights with the best validation so far; without values before the first.
    M best;
    optim::LossScale scale = {};
  };

  bool fits(const M& other) const {
    const std::vector<Array> mine = tree::leaves(run_.model), others = tree::leaves(other);
    return std::equal(mine.begin(), mine.end(), others.begin(), others.end(), [](const Array& a, const Array& b) {
      return a.defined() == b.defined() && (!a.defined() || (a.dtype() == b.dtype() && a.shape() == b.shape()));
    });
  }
  bool takes_loss() const {
    if constexpr (TakesLoss<O>)
      return run_.optimizer.takes_loss();
    else
      return false;
  }
  void step_by_gradient() {
    if constexpr (!TakesLossOnly<O>) {
      M grad = gradients_.take();
      if (options_.precision == float16) {
        run_.scale.step(run_.optimizer, run_.model, std::move(grad));
        return;
      }
      if (options_.clip_value > 0) grad = optim::clip_by_value(std::move(grad), options_.clip_value);
      if (options_.clip_norm > 0) grad = optim::clip_by_norm(std::move(grad), options_.clip_norm).grad;
      run_.optimizer.step(run_.model, grad);
    }
  }
  // What is random is the same at every call within the step.
  void step_by_loss() {
    if constexpr (TakesLoss<O>)
      run_.optimizer.step(run_.model, [this](const M& now) {
        nn::Context context(key_);
        return judged(loss_(now, batch_, context)).loss;
      });
  }

  // The average, if one is kept, else the last ones.
  const M& weights() const { return numbers.averaged ? run_.average.model : run_.model; }
  Batch in_half(Batch batch) const {
    if (is_floating(batch.x.dtype())) batch.x = cast(batch.x, {.dtype = options_.precision});
    return batch;
  }

  const F& loss_;
  const FitOptions& options_;
  Run run_ = {};
  optim::Schedule rate_;
  optim::Accumulator<M> gradients_;
  /// What a step by the loss is made of.
  Batch batch_ = {};
  Key key_ = Key{0};
};

}  // namespace detail

/// Trains a model: it and the optimiser are then what the run made of them, with the best weights by the validation if
/// there is one. `loss(model, batch, context)` gives an array or a Judged; it is called in training and in evaluation.
/// Throws ValueError when the loss is no longer a number, when no figure is called `monitor` or there is no validation
/// to watch, and what files throw. A batch that layers cannot learn from, such as a single left-over example for
/// BatchNorm, is an error before the first step.
///
///   train::fit(net, adam, examples, train::supervised([](const Array& out, const Array& y) {
///     return mean(cross_entropy(out, y)); }), {.epochs = 20, .metrics = {train::accuracy()}});
template <class M, class O, class F>
History fit(M& model, O& optimizer, const data::Dataset& examples, const F& loss, const FitOptions& options = {}) {
  detail::LearnerOf<M, O, F> learner(model, optimizer, loss, options);
  History history = detail::fit(learner, examples, options);
  model = learner.result();
  optimizer = std::move(learner.optimizer());
  return history;
}

/// The loss and the metrics of a model on examples, in evaluation.
template <class M, class F>
Figures evaluate(const M& model, const data::Dataset& examples, const F& loss,
                 const std::vector<Metric>& metrics = {}) {
  return detail::evaluate(
      [&](const Batch& batch) {
        nn::Context context;
        return detail::judged(loss(model, batch, context));
      },
      examples, metrics);
}

/// The part of the examples whose largest score is that of their label; of labels with axes, of all of them.
Metric accuracy();

}  // namespace koine::train
