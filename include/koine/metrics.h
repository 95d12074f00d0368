#pragma once
#include <koine/array.h>

#include <vector>

/// How good predictions are, as numbers for people: values are read, nothing is differentiated.
namespace koine::metrics {

/// How often each class was taken for each: `counts[actual * classes + predicted]`.
struct Confusion {
  int64_t classes = 0;
  std::vector<int64_t> counts;

  int64_t at(int64_t actual, int64_t predicted) const {
    return counts[static_cast<size_t>(actual * classes + predicted)];
  }
};
/// Of scores (examples, classes), whose largest is the prediction, and labels (examples). Here and below ShapeError when
/// they do not fit, IndexError for a label that is no class.
Confusion confusion(const Array& scores, const Array& labels);

/// The part of the examples that are predicted right.
double accuracy(const Array& scores, const Array& labels);
/// The part whose label is among the k largest scores. Throws ValueError unless 1 <= k <= classes.
double top_k_accuracy(const Array& scores, const Array& labels, int64_t k);

/// Of one class, or the mean over classes.
struct ClassScore {
  /// Of those that were taken for it, how many are; of those that are, how many were found; the harmonic mean of both. 0
  /// where nothing was there to be right about.
  double precision = 0, recall = 0, f1 = 0;
  int64_t examples = 0;
};
std::vector<ClassScore> by_class(const Confusion& confusion);
/// The plain mean over the classes that occur ("macro").
ClassScore over_classes(const Confusion& confusion);

/// The probability that a positive example has a higher score than a negative one, half of ties counted (the area under
/// the ROC curve). Scores and labels (examples); labels are true where not 0. NaN unless there are both.
double auc(const Array& scores, const Array& labels);
/// The mean of each class against all others, of scores (examples, classes), over classes that can be told.
double auc_over_classes(const Array& scores, const Array& labels);

/// 1 - (sum of squared errors) / (sum of squared distances from the mean). NaN when all targets are equal.
double r2(const Array& predictions, const Array& targets);
double mean_absolute_error(const Array& predictions, const Array& targets);
double root_mean_squared_error(const Array& predictions, const Array& targets);

}  // namespace koine::metrics
