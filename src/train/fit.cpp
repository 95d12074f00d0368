#include "base/format.h"
#include "train/batch_queue.h"
#include "train/event_file.h"
#include "train/progress.h"
#include "train/run_notes.h"

#include <koine/metrics.h>
#include <koine/ops.h>
#include <koine/train.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

namespace koine::train {

namespace {

// The random numbers of a run are those of keys that follow from its own; 0, 3 and 4 are used elsewhere (run.cpp,
// row_split.cpp).
enum class Use : int64_t { order = 1, layers = 2, changes = 5, later = 6 };
Key key_for(const FitOptions& options, const RunNumbers& numbers, Use use) {
  const auto child = [](const Key& key, Use of) { return key.fold_in(static_cast<int64_t>(of)); };
  // A run of an optimiser that has made steps before goes on with other numbers.
  return child(numbers.before == 0 ? options.key : child(options.key, Use::later).fold_in(numbers.before), use);
}
Key key_of_step(const Key& key, int64_t step) { return key.fold_in(from(std::vector<int64_t>{step}, {})); }

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void check_output(const Judged& judged) {
  if (!judged.output.defined() || judged.output.rank() == 0)
    throw ValueError("[fit] metrics look at what the model gives: let the loss give it too, as a train::Judged");
}

constexpr int64_t evaluation_batch = 256;
constexpr const char *numbers_note = "run", *examples_note = "examples", *batch_note = "batch", *curves_note = "curves";

std::filesystem::path finished_file(const std::string& folder) {
  return std::filesystem::path(folder) / "finished.safetensors";
}

// Throws IoError for a file of that name that is no state of a run, and so somebody else's.
void forget_finished(const std::string& folder) {
  const std::filesystem::path file = finished_file(folder);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return;
  const auto is_run = [&] {
    try {
      return io::find_note(io::metadata(file), numbers_note) != nullptr;
    } catch (const FormatError&) {
      return false;
    }
  };
  if (!is_run()) throw IoError(cat("[fit] ", file.string(), " is no state of a run: move it to another place"));
  std::filesystem::remove(file, ignored);
}

/// A run while it goes.
class Run {
 public:
  Run(detail::Learner& learner, const data::Dataset& examples, const FitOptions& options)
      : learner_(learner),
        numbers_(learner.numbers),
        examples_(examples),
        options_(options),
        steps_(examples.batches(options.batch, {.drop_last = options.drop_last}).steps()) {
    for (const Metric& metric : options.metrics)
      if (metric.running) running_.push_back(&metric);
    if (options.epochs < 1 || options.accumulate < 1)
      throw ValueError(cat("[fit] ", options.epochs, " epochs, ", options.accumulate, " batches a step"));
    if (steps_ == 0)
      throw ValueError(examples.size() == 0
                           ? "[fit] there are no examples"
                           : cat("[fit] there are ", examples.size(), " examples, fewer than a batch of ",
                                 options.batch, ", and drop_last leaves them out"));
    check_monitor();
    try_last_batch();
    if (!options.checkpoints.empty()) {
      if (!options.lock) lock_.emplace(options.checkpoints);
      checkpoints_.emplace(options.checkpoints, options.keep);
    }
    if (!options.events.empty()) events_.emplace(options.events);
  }

  History go() {
    if (options_.resume)
      resume();
    else if (checkpoints_)
      forget_finished(options_.checkpoints);
    begin_progress();
    const double begin = now();
    BatchPlan plan{.batch = options_.batch,
                   .epochs = options_.epochs,
                   .drop_last = options_.drop_last,
                   .lengths = options_.lengths,
                   .first_step = numbers_.step};
    if (options_.shuffle) plan.shuffle = key_for(options_, numbers_, Use::order);
    if (options_.change) {
      const Key changes = key_for(options_, numbers_, Use::changes);
      plan.change = [this, changes](const data::Batch& batch, int64_t step) {
        return options_.change(batch, key_of_step(changes, step));
      };
    }
    // What lies in memory is copied faster than handed over.
    if (options_.change || examples_.reader) plan.ahead = options_.ahead;
    BatchQueue batches(examples_, plan);
    saved_at_ = now();
    history_.complete = numbers_.stopped_early || walk(batches);
    if (history_.complete)
      save_finished();
    else
      save();
    history_.stopped_early = numbers_.stopped_early;
    history_.steps = numbers_.step;
    history_.seconds = now() - begin;
    history_.waited = batches.waited();
    if (progress_ && history_.complete) progress_->finish();
    return std::move(history_);
  }

 private:
  // True at the end, false when a callback ended it.
  bool walk(BatchQueue& batches) {
    const Key layers = key_for(options_, numbers_, Use::layers);
    int64_t added = 0;
    while (const auto batch = batches.next()) {
      const int64_t size = batch->x.size(0);
      count(learner_.learn(*batch, key_of_step(layers, numbers_.step)), *batch);
      if (progress_) progress_->step(size, means());
      const bool epoch_ends = ++numbers_.step % steps_ == 0;
      if (!epoch_ends && ++added < options_.accumulate) continue;
      added = 0;
      learner_.step();
      bool ended = epoch_ends && end_epoch();
      save_when_due();
      if (numbers_.stopped_early) return true;
      if (options_.stepped) ended = options_.stepped(numbers_) || ended;
      if (ended) return false;
    }
    return true;
  }

  void count(const Judged& judged, const Batch& batch) {
    // Reading the loss computes what is pending, so that nothing is left from one batch to the next.
    const double loss = judged.loss.item<double>();
    if (!std::isfinite(loss))
      throw ValueError(cat("the loss is ", loss, " after ", numbers_.step,
                           " batches: take a smaller lr, clip_norm = 1 under [train], or a schedule with warmup; "
                           "inputs of very different sizes do this too"));
    numbers_.sums.resize(running_.size() + 1);
    if (!running_.empty()) check_output(judged);
    const int64_t size = batch.x.size(0);
    const auto n = static_cast<double>(size);
    const double weight = detail::weight_of(judged, batch);
    numbers_.sums[0] += loss * weight;
    numbers_.weight += weight;
    for (size_t i = 0; i < running_.size(); ++i) numbers_.sums[i + 1] += running_[i]->of(judged.output, batch.y) * n;
    numbers_.examples += size;
  }

  Figures means() const {
    const auto n = static_cast<double>(numbers_.examples);
    Figures figures{{"loss", numbers_.sums[0] / numbers_.weight}};
    for (size_t i = 0; i < running_.size(); ++i) figures.push_back({running_[i]->name, numbers_.sums[i + 1] / n});
    return figures;
  }

  // True when the callback ends the run.
  bool end_epoch() {
    Figures figures = means();
    double watched = figures[0].value;
    if (options_.validation.defined()) {
      const Figures judged = detail::evaluate([this](const Batch& batch) { return learner_.judge(batch); },
                                              options_.validation, options_.metrics);
      watched = judged[0].value;
      for (const Figure& figure : judged) {
        if (figure.name == options_.monitor) compare(figure.value);
        figures.push_back({"val_" + figure.name, figure.value, figure.undefined});
      }
    }
    if (progress_) progress_->end_epoch(figures);
    if (events_) write_events(figures);
    if (options_.plateau) learner_.scale_rate(numbers_.plateau.observe(watched));
    numbers_.sums.clear();
    numbers_.weight = 0;
    numbers_.examples = 0;
    history_.epochs.push_back({numbers_.step / steps_, numbers_.step, std::move(figures)});
    return options_.epoch_ended && options_.epoch_ended(history_.epochs.back());
  }

  void compare(double value) {
    // What is not a number is no better than anything.
    const bool better = !std::isnan(value) && (std::isnan(numbers_.best) ||
                                               (larger_is_better_ ? value > numbers_.best : value < numbers_.best));
    if (better) {
      numbers_.best = value;
      learner_.keep_best();
      numbers_.epochs_since_best = 0;
    } else if (++numbers_.epochs_since_best >= options_.patience && options_.patience > 0) {
      numbers_.stopped_early = true;
    }
  }

  void check_monitor() {
    std::string known = "loss";
    bool found = options_.monitor == "loss";
    for (const Metric& metric : options_.metrics) {
      known += ", " + metric.name;
      if (metric.name != options_.monitor) continue;
      found = true;
      larger_is_better_ = metric.larger_is_better;
    }
    if (!found) throw ValueError(cat("there is no metric '", options_.monitor, "' to watch; this run has ", known));
    if (!options_.validation.defined() && (options_.patience > 0 || options_.monitor != "loss"))
      throw ValueError(cat("[fit] ", options_.patience > 0 ? "patience waits for a better " : "monitor watches the ",
                           options_.monitor, " of a validation, and there is none: give examples as `validation`"));
  }

  // Layers may refuse a single left-over example: known now, not after most of an epoch.
  void try_last_batch() {
    if (options_.drop_last || options_.batch == 1 || examples_.size() % options_.batch != 1) return;
    const data::Dataset one = examples_.rows(0, 1);
    learner_.try_batch({{one.x, one.y}, one.weight}, options_.key);
  }

  // The tags by which TensorBoard puts both curves into one chart.
  void write_events(const Figures& figures) {
    for (const Figure& one : figures)
      if (one.name.starts_with("val_"))
        events_->scalar(one.name.substr(4) + "/validation", one.value, numbers_.step);
      else
        events_->scalar(one.name + "/train", one.value, numbers_.step);
  }

  void begin_progress() {
    if (options_.show == Show::nothing) return;
    ProgressStyle style = style_for(STDOUT_FILENO);
    style.json = options_.show == Show::json;
    style.terminal = style.terminal && !style.json;
    progress_ = std::make_unique<Progress>(std::cout, options_.epochs, steps_, style);
    progress_->begin_at(numbers_.step / steps_, numbers_.step % steps_);
  }

  void resume() {
    if (!checkpoints_) throw ValueError("[fit] to resume takes the folder of the checkpoints");
    const auto found = to_resume(options_.checkpoints);
    if (!found) return;
    const io::Metadata notes = io::metadata(found->file);
    if (options_.check) options_.check(notes, found->file);
    const auto same = [&](const char* note, int64_t now, const char* what) {
      const int64_t before = io::FileValue::note(notes, note, found->file).integer(0);
      if (before != now) throw ValueError(cat("the run began with ", before, " ", what, ", now there are ", now));
    };
    same(examples_note, examples_.size(), "examples to train on");
    same(batch_note, options_.batch, "examples in a batch");
    const RunSize run{steps_, std::ssize(running_) + 1, options_.average > 0};
    numbers_from(io::FileValue::note(notes, numbers_note, found->file), run, numbers_);
    const int64_t epochs = numbers_.step / steps_;
    if (numbers_.step > (Dim(steps_) * options_.epochs).value())
      throw ValueError(cat("[fit] the run has seen ", epochs, " epochs, which are more than ", options_.epochs));
    if (numbers_.step != found->step)
      throw FormatError(cat(found->file, ": is of step ", numbers_.step, ", but the manifest has it as ", found->step));
    history_.epochs = epochs_from(io::FileValue::note(notes, curves_note, found->file));
    if (std::ssize(history_.epochs) != epochs)
      throw FormatError(
          cat(found->file, ": has the figures of ", history_.epochs.size(), " epochs, but is of epoch ", epochs));
    io::load_into(found->file, learner_.arrays());
    if (!learner_.is_whole())
      throw FormatError(cat(found->file, ": the best or the averaged weights are not those of the model"));
    if (options_.plateau) learner_.scale_rate(numbers_.plateau.factor);
  }

  io::Metadata notes() const {
    io::Metadata notes = options_.notes;
    notes.emplace_back(numbers_note, to_json(numbers_));
    notes.emplace_back(examples_note, std::to_string(examples_.size()));
    notes.emplace_back(batch_note, std::to_string(options_.batch));
    notes.emplace_back(curves_note, to_json(history_.epochs));
    return notes;
  }

  void save() {
    if (!checkpoints_) return;
    checkpoints_->save(numbers_.step, learner_.arrays(), notes());
    saved_at_ = now();
  }

  // What a run with more epochs goes on from.
  void save_finished() {
    if (!checkpoints_) return;
    std::filesystem::create_directories(options_.checkpoints);
    io::save(finished_file(options_.checkpoints), learner_.arrays(), notes());
    checkpoints_->clear();
  }

  void save_when_due() {
    if (!checkpoints_) return;
    const int64_t every = options_.checkpoint_batches;
    const bool by_time = options_.checkpoint_seconds > 0 && now() - saved_at_ >= options_.checkpoint_seconds;
    if (by_time || (every > 0 && numbers_.step / every != (numbers_.step - options_.accumulate) / every)) save();
  }

  detail::Learner& learner_;
  RunNumbers& numbers_;
  const data::Dataset& examples_;
  const FitOptions& options_;
  int64_t steps_;
  bool larger_is_better_ = false;
  std::vector<const Metric*> running_;
  std::optional<io::FolderLock> lock_;
  std::optional<io::Checkpoints> checkpoints_;
  std::optional<EventFile> events_;
  std::unique_ptr<Progress> progress_;
  double saved_at_ = 0;
  History history_;
};

}  // namespace

std::optional<io::Checkpoint> to_resume(const std::string& folder, std::vector<std::string>* damaged) {
  if (auto latest = io::Checkpoints(folder).latest(damaged)) return latest;
  io::Checkpoint finished{finished_file(folder), 0};
  std::error_code ignored;
  if (!std::filesystem::exists(finished.file, ignored)) return {};
  const io::Metadata notes = io::metadata(finished.file);
  finished.step = io::FileValue::note(notes, numbers_note, finished.file).at("step").integer(0);
  return finished;
}

void forget_run(const std::string& folder) {
  forget_finished(folder);
  io::Checkpoints(folder).clear();
}

double History::last(const std::string& figure) const {
  if (!epochs.empty())
    for (const Figure& one : epochs.back().figures)
      if (one.name == figure) return one.value;
  throw ValueError(cat("this run has no figure '", figure, "'"));
}

Metric accuracy() {
  return {.name = "accuracy",
          .of = [](const Array& output, const Array& y) { return metrics::accuracy(output, y); },
          .running = true};
}

Judged mean_loss(const Array& losses, const Array& weight, Array output) {
  if (!weight.defined()) return {losses.rank() == 0 ? losses : mean(losses), std::move(output)};
  if (losses.rank() == 0 || weight.rank() != 1 || !same(losses.shape()[0], weight.shape()[0]))
    throw ShapeError(cat("[mean_loss] examples with weights ", weight.shape(), " take one loss for each, got shape ",
                         losses.shape(), "; leave out the mean of the loss"));
  // Of each example.
  Ints rest;
  for (int axis = 1; axis < losses.rank(); ++axis) rest.push_back(axis);
  const Array each = rest.empty() ? losses : mean(losses, {.axis = rest});
  const Array counted = cast(weight, {.dtype = each.dtype()}), total = sum(counted);
  return {sum(each * counted) / where(total == 0, 1, total), std::move(output), total};
}

namespace detail {

History fit(Learner& learner, const data::Dataset& examples, const FitOptions& options) {
  return Run(learner, examples, options).go();
}

double weight_of(const Judged& judged, const Batch& batch) {
  return judged.weight.defined() ? judged.weight.item<double>() : static_cast<double>(batch.x.size(0));
}

Figures evaluate(const Function<Judged(const Batch&)>& judge, const data::Dataset& examples,
                 const std::vector<Metric>& metrics) {
  double loss = 0, all = 0;
  std::vector<Array> outputs, labels;
  for (int64_t first = 0; first < examples.size(); first += evaluation_batch) {
    const data::Dataset part = examples.rows(first, std::min(first + evaluation_batch, examples.size()));
    const Batch batch{{part.x, part.y}, part.weight};
    const Judged judged = judge(batch);
    const double weight = weight_of(judged, batch);
    loss += judged.loss.item<double>() * weight;
    all += weight;
    if (metrics.empty()) continue;
    check_output(judged);
    outputs.push_back(judged.output);
    labels.push_back(batch.y);
  }
  Figures figures{{"loss", loss / all}};
  if (outputs.empty()) return figures;
  const auto whole = [](const std::vector<Array>& parts) {
    return parts.size() == 1 ? parts[0] : concatenate(parts, {.axis = 0});
  };
  const Array output = whole(outputs), y = whole(labels);
  for (const Metric& metric : metrics) {
    const double value = metric.of(output, y);
    const bool no_fault = std::isnan(value) && !std::isnan(figures[0].value);
    figures.push_back({metric.name, value, no_fault ? metric.undefined : ""});
  }
  return figures;
}

}  // namespace detail

}  // namespace koine::train
