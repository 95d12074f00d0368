// What became of a run, in pictures and in the terminal.
#pragma once

#include "cli/canvas.h"
#include "train/config.h"
#include "train/examples.h"

#include <koine/metrics.h>
#include <koine/stack.h>
#include <koine/train.h>

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace koine::cli {

metrics::Confusion confusion_of(const train::Config& config, const data::Dataset& rows, const nn::Stack& model);

/// A table: each row an actual class, each column what it was taken for.
void write_confusion(std::ostream& out, const metrics::Confusion& confusion,
                     const std::optional<train::TableCode>& code);
Canvas draw_confusion(const metrics::Confusion& confusion, const std::optional<train::TableCode>& code);

/// A figure and that of the validation over the epochs.
struct Curve {
  std::string name;
  std::vector<double> epochs, train, validation;
};
/// The curves of a run, the loss first.
std::vector<Curve> curves_of(const std::vector<train::EpochFigures>& epochs);
/// With letters: * for training, + for the validation.
void write_curve(std::ostream& out, const Curve& curve, int width);
Canvas draw_curves(const std::vector<Curve>& curves);

/// Images with what they are taken for, wrong ones in red; `actual` may be empty.
Canvas draw_samples(const Array& images, const std::vector<std::string>& predicted,
                    const std::vector<std::string>& actual);

}  // namespace koine::cli
