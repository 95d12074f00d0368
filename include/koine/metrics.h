#pragma once
#include <koine/array.h>

#include <vector>

/// How good predictions are, as numbers for people: values are read, nothing is differentiated.
///
/// Scores of classes are (..., classes), the largest is the prediction; or, of two classes, one score an example, (...)
/// or (..., 1), which is before the sigmoid: above 0 it is the second class. Labels (...) count classes from 0; labels
/// (..., classes) are their probabilities, of which the largest counts. `weights` (...) says how much each example
/// counts, undefined for all the same.
///
/// A metric is NaN where it is not defined, as of no examples, and where a score or a prediction is NaN. Shapes that do
/// not fit are a ShapeError, a label that is no class is an IndexError, weights below 0 a ValueError.
namespace koine::metrics {

/// How often each class was taken for each: `counts[actual * classes + predicted]`.
struct Confusion {
  int64_t classes = 0;
  std::vector<int64_t> counts;

  int64_t at(int64_t actual, int64_t predicted) const {
    return counts[static_cast<size_t>(actual * classes + predicted)];
  }
};
/// Throws ValueError for scores with a NaN, which are of no class.
Confusion confusion(const Array& scores, const Array& labels);

/// The part of the examples that are predicted right.
double accuracy(const Array& scores, const Array& labels, const Array& weights = {});
/// What accuracy is the mean of, for functions that are transformed: 1 or 0 for each example, in float32, NaN where a
/// score is. Labels are not checked.
Array correct(const Arg& scores, const Arg& labels);
/// The part whose label is among the k largest scores. Throws ValueError unless 1 <= k <= classes.
double top_k_accuracy(const Array& scores, const Array& labels, int64_t k, const Array& weights = {});

/// Of one class, or the mean over classes.
struct ClassScore {
  /// Of those that were taken for it, how many are; of those that are, how many were found; the harmonic mean of both.
  /// NaN for none of none: the precision of a class that nothing was taken for, the recall of one without examples.
  double precision = 0, recall = 0, f1 = 0;
  /// With weights their sum, rounded.
  int64_t examples = 0;
};
std::vector<ClassScore> by_class(const Confusion& confusion);

/// What becomes of the scores of several classes, by scikit-learn's names.
enum class Averaging : uint8_t {
  automatic,  // binary of two classes, macro of more
  binary,     // those of the second of two classes, the positive one
  macro,      // the mean over the classes for which it is defined
  micro,      // of all classes' counts together
  weighted    // the mean by the number of examples
};
/// Throws ValueError for `binary` unless there are two classes.
ClassScore over_classes(const Confusion& confusion, Averaging averaging = Averaging::automatic);
/// The same of scores and labels.
ClassScore class_scores(const Array& scores, const Array& labels, const Array& weights = {},
                        Averaging averaging = Averaging::automatic);

/// The probability that a positive example has a higher score than a negative one, half of ties counted (the area under
/// the ROC curve). Scores and labels (...) of 0 and 1. NaN unless there are both.
double auc(const Array& scores, const Array& labels, const Array& weights = {});
/// Of two classes that of the second by how much higher its score is; of more the mean of each class against all
/// others, over the classes that can be told.
double auc_over_classes(const Array& scores, const Array& labels, const Array& weights = {});
/// exp of the mean cross-entropy.
double perplexity(const Array& scores, const Array& labels, const Array& weights = {});

/// 1 - (sum of squared errors) / (sum of squared distances from the mean), of predictions and targets (examples, ...);
/// of several quantities an example the mean over them. NaN when all targets are equal.
double r2(const Array& predictions, const Array& targets, const Array& weights = {});
double mean_absolute_error(const Array& predictions, const Array& targets, const Array& weights = {});
double root_mean_squared_error(const Array& predictions, const Array& targets, const Array& weights = {});

}  // namespace koine::metrics
