// koine plot: learning curves, confusion and samples of a trained model.
#include "base/format.h"
#include "base/printable.h"
#include "cli/outputs.h"
#include "cli/plots.h"
#include "cli/session.h"
#include "train/fit.h"
#include "train/losses.h"
#include "train/progress.h"
#include "train/run_notes.h"

#include <koine/ops.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace koine::cli {

namespace {

constexpr int64_t most_samples = 32;

using Names = std::vector<std::string>;

std::string quantity(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

// What the model says of some rows, and what is true, in the label's words.
std::pair<Names, Names> said_of(const train::Config& config, const train::Examples& examples, const data::Dataset& rows,
                                const nn::Stack& model) {
  const Array outputs = train::predict(config, rows.x, model);
  Names predicted, actual;
  if (train::predicts_classes(config.train)) {
    for (const int64_t c : argmax(outputs, {.axis = -1}).to_vector<int64_t>())
      predicted.push_back(class_name(examples.code, c));
    for (const int64_t c : rows.y.to_vector<int64_t>()) actual.push_back(class_name(examples.code, c));
  } else {
    const double mean = examples.code && !examples.code->targets.empty() ? examples.code->targets[0].mean : 0;
    for (const double value : outputs.to_vector<double>())
      predicted.push_back(quantity(value * examples.unit() + mean));
    for (const double value : rows.y.to_vector<double>()) actual.push_back(quantity(value * examples.unit() + mean));
  }
  return {predicted, actual};
}

// A picture's file, beside the weights.
std::string picture_of(const std::string& weights, const char* what) {
  return cat(train::stem_of(weights), "_", what, ".png");
}

void write_samples(const Names& predicted, const Names& actual) {
  std::cout << "\nsamples (predicted, actual)\n";
  for (size_t i = 0; i < std::min<size_t>(predicted.size(), 10); ++i)
    std::cout << "  " << printable_name(predicted[i]) << (predicted[i] == actual[i] ? "  =  " : "  /  ")
              << printable_name(actual[i]) << '\n';
}

}  // namespace

void plot(const RunArguments& arguments) {
  const train::Config config = config_of(arguments);
  const std::string weights = weights_of(arguments, config);
  std::vector<NamedFile> pictures;
  for (const char* what : {"curves", "confusion", "samples"}) pictures.push_back({"plot", picture_of(weights, what)});
  check_outputs(arguments, config, weights, pictures);
  const train::Trained trained = trained_of(arguments, config);
  const auto& code = trained.code;
  const train::Examples examples = train::load_examples(config, trained);
  const nn::Stack model = load_model(config, examples.facts(), trained);
  std::vector<std::string> written;
  const auto save = [&](const Canvas& canvas, const char* what) {
    written.push_back(picture_of(weights, what));
    canvas.save(written.back());
  };
  const int width = std::min(train::style_for(STDOUT_FILENO).width(), 100);
  const io::Metadata notes = io::metadata(weights);
  if (io::find_note(notes, "curves")) {
    const auto curves = curves_of(train::epochs_from(io::FileValue::note(notes, "curves", weights)));
    for (const Curve& curve : curves) write_curve(std::cout, curve, width);
    if (!curves.empty()) save(draw_curves(curves), "curves");
  }
  const data::Dataset& all = examples.test.defined()         ? examples.test
                             : examples.validation.defined() ? examples.validation
                                                             : examples.train;
  if (examples.label.empty() && (train::predicts_classes(config.train) || !train::has_classes(config.train))) {
    if (train::predicts_classes(config.train)) {
      const metrics::Confusion confusion = confusion_of(config, all, model);
      if (confusion.classes <= 20) write_confusion(std::cout << '\n', confusion, code);
      save(draw_confusion(confusion, code), "confusion");
    }
    const data::Dataset some = all.rows(0, std::min(all.size(), most_samples));
    const auto [predicted, actual] = said_of(config, examples, some, model);
    write_samples(predicted, actual);
    const Shape& shape = examples.shape;
    if (shape.size() == 3 && (same(shape[2], 1) || same(shape[2], 3)))
      save(draw_samples(some.x, predicted, actual), "samples");
  }
  for (const std::string& file : written) std::cout << "written: " << printable_name(file) << '\n';
  std::cout << std::flush;
}

}  // namespace koine::cli
