#include <koine/metrics.h>
#include <koine/ops.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/format.h"

namespace koine::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double quotient(double of, double all) { return all == 0 ? undefined : of / all; }

std::vector<double> weights_of(const char* metric, const Array& weights, const Shape& examples) {
  if (!weights.defined()) return std::vector<double>(static_cast<size_t>(count(examples).value()), 1);
  if (!(weights.shape() == examples))
    throw ShapeError(
        cat("[", metric, "] takes a weight for each example: got shape ", weights.shape(), ", expected ", examples));
  std::vector<double> all = weights.to_vector<double>();
  for (size_t i = 0; i < all.size(); ++i)
    if (!(all[i] >= 0) || std::isinf(all[i]))
      throw ValueError(cat("[", metric, "] weights are finite and at least 0, example ", i, " has ", all[i]));
  return all;
}

double mean_of(const std::vector<double>& x, const std::vector<double>& weights) {
  double total = 0, all = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    total += x[i] * weights[i];
    all += weights[i];
  }
  return quotient(total, all);
}

// Examples one after the other, whatever axes they had.
struct Classified {
  int64_t classes;
  std::vector<double> scores;
  std::vector<int64_t> labels;
  std::vector<double> weights;

  size_t examples() const { return labels.size(); }
  const double* row(size_t example) const { return scores.data() + example * static_cast<size_t>(classes); }
  size_t label(size_t example) const { return static_cast<size_t>(labels[example]); }
  bool has_nan(size_t example) const {
    return std::any_of(row(example), row(example) + classes, [](double x) { return std::isnan(x); });
  }
  bool has_nan() const {
    return std::any_of(scores.begin(), scores.end(), [](double x) { return std::isnan(x); });
  }
};

Shape without_last(Shape shape) {
  shape.pop_back();
  return shape;
}

// The likeliest class of each example. Labels that do not belong together are no probabilities.
std::vector<int64_t> likeliest(const char* metric, const Array& labels) {
  const std::vector<double> parts = labels.to_vector<double>();
  const auto classes = static_cast<size_t>(labels.size(-1));
  std::vector<int64_t> best;
  for (size_t at = 0; at < parts.size(); at += classes) {
    const double* row = parts.data() + at;
    const double total = std::accumulate(row, row + classes, 0.0);
    if (!(std::fabs(total - 1) < 1e-2) || *std::min_element(row, row + classes) < 0)
      throw ValueError(cat(
          "[", metric, "] labels of the scores' shape are probabilities of the classes, those of example ", best.size(),
          " add up to ", total, "; if the classes do not exclude each other, flatten scores and labels"));
    best.push_back(std::max_element(row, row + classes) - row);
  }
  return best;
}

std::vector<int64_t> whole_labels(const char* metric, const Array& labels, int64_t classes) {
  std::vector<int64_t> all;
  for (const double label : labels.to_vector<double>()) {
    if (!(label >= 0 && label < static_cast<double>(classes) && std::trunc(label) == label))
      throw IndexError(cat("[", metric, "] label ", label, " of example ", all.size(), " is no class: there are ",
                           classes, ", counted from 0"));
    all.push_back(static_cast<int64_t>(label));
  }
  return all;
}

bool ends_in_one(const Shape& shape) { return !shape.empty() && same(shape.back(), 1); }

// What scores and labels are by their shapes (see metrics.h). A last axis of length 1 is no axis of classes.
struct Form {
  enum class Kind : uint8_t { one_score, classes, probabilities } kind;
  Shape examples;
};
Form form_of(const char* metric, const Array& scores, const Array& labels) {
  Shape s = scores.shape(), l = labels.shape();
  if (ends_in_one(l) && (l.size() == s.size() || l.size() == s.size() + 1)) l.pop_back();
  const bool one_score = ends_in_one(s) && s.size() == l.size() + 1;
  if (one_score) s.pop_back();
  if (s == l && (one_score || s.size() <= 1)) return {Form::Kind::one_score, l};
  if (!s.empty() && !same(s.back(), 0)) {
    if (without_last(s) == l) return {Form::Kind::classes, l};
    if (s == l) return {Form::Kind::probabilities, without_last(s)};
  }
  throw ShapeError(cat("[", metric,
                       "] takes scores (examples, classes) or one score for each of two classes, and labels ",
                       "(examples): got ", scores.shape(), " and ", labels.shape()));
}

Classified classified(const char* metric, const Array& scores, const Array& labels, const Array& weights) {
  const Form form = form_of(metric, scores, labels);
  Classified all;
  if (form.kind == Form::Kind::one_score) {
    all.classes = 2;
    for (const double score : scores.to_vector<double>()) all.scores.insert(all.scores.end(), {0, score});
  } else {
    all.classes = scores.size(-1);
    all.scores = scores.to_vector<double>();
  }
  all.labels =
      form.kind == Form::Kind::probabilities ? likeliest(metric, labels) : whole_labels(metric, labels, all.classes);
  all.weights = weights_of(metric, weights, form.examples);
  return all;
}

/// The weights of the examples of each class, of those taken for it, and of those of both.
struct Counts {
  std::vector<double> actual, taken, right;

  explicit Counts(int64_t classes) : actual(static_cast<size_t>(classes)), taken(actual), right(actual) {}
  void add(size_t label, size_t predicted, double weight) {
    actual[label] += weight;
    taken[predicted] += weight;
    if (label == predicted) right[label] += weight;
  }
};

ClassScore score_of(double actual, double taken, double right) {
  return {quotient(right, taken), quotient(right, actual), quotient(2 * right, actual + taken), std::llround(actual)};
}

ClassScore averaged(const Counts& counts, Averaging averaging) {
  const size_t classes = counts.actual.size();
  const auto total = [](const std::vector<double>& of) { return std::accumulate(of.begin(), of.end(), 0.0); };
  if (averaging == Averaging::automatic) averaging = classes == 2 ? Averaging::binary : Averaging::macro;
  if (averaging == Averaging::binary) {
    if (classes != 2) throw ValueError(cat("[class_scores] a positive class is one of two, there are ", classes));
    return score_of(counts.actual[1], counts.taken[1], counts.right[1]);
  }
  if (averaging == Averaging::micro) return score_of(total(counts.actual), total(counts.taken), total(counts.right));
  ClassScore mean;
  const auto mean_of_defined = [&](double ClassScore::* member) {
    double sum = 0, all = 0;
    for (size_t c = 0; c < classes; ++c) {
      const double one = score_of(counts.actual[c], counts.taken[c], counts.right[c]).*member;
      if (std::isnan(one)) continue;
      const double weight = averaging == Averaging::weighted ? counts.actual[c] : 1;
      sum += one * weight;
      all += weight;
    }
    mean.*member = quotient(sum, all);
  };
  mean_of_defined(&ClassScore::precision);
  mean_of_defined(&ClassScore::recall);
  mean_of_defined(&ClassScore::f1);
  mean.examples = std::llround(total(counts.actual));
  return mean;
}

Counts counts_of(const Confusion& confusion) {
  Counts counts(confusion.classes);
  for (int64_t actual = 0; actual < confusion.classes; ++actual)
    for (int64_t c = 0; c < confusion.classes; ++c)
      counts.add(static_cast<size_t>(actual), static_cast<size_t>(c), static_cast<double>(confusion.at(actual, c)));
  return counts;
}

size_t predicted(const Classified& all, size_t example) {
  return static_cast<size_t>(std::max_element(all.row(example), all.row(example) + all.classes) - all.row(example));
}

// A score of one class against the others, or of the second of two.
struct Ranked {
  double score = 0, weight = 1;
  bool positive = false;
};

// How much of the pairs of a positive and a negative are in order; equal scores share their place.
double area(std::vector<Ranked> all) {
  for (const Ranked& one : all)
    if (std::isnan(one.score)) return undefined;
  std::sort(all.begin(), all.end(), [](const Ranked& a, const Ranked& b) { return a.score < b.score; });
  double pairs = 0, positives = 0, negatives = 0;
  for (size_t first = 0, last = 0; first < all.size(); first = last) {
    double here[2] = {};
    for (; last < all.size() && all[last].score == all[first].score; ++last)
      here[all[last].positive] += all[last].weight;
    pairs += here[1] * (negatives + here[0] / 2);
    negatives += here[0];
    positives += here[1];
  }
  return quotient(pairs, positives * negatives);
}

double area_over_classes(const Classified& all) {
  if (all.has_nan()) return undefined;
  const auto of_class = [&](size_t c) {
    std::vector<Ranked> ranked;
    for (size_t i = 0; i < all.examples(); ++i) {
      const double score = all.classes == 2 ? all.row(i)[1] - all.row(i)[0] : all.row(i)[c];
      ranked.push_back({score, all.weights[i], all.label(i) == c});
    }
    return area(std::move(ranked));
  };
  if (all.classes == 2) return of_class(1);
  std::vector<double> areas;
  for (size_t c = 0; c < static_cast<size_t>(all.classes); ++c)
    if (const double one = of_class(c); !std::isnan(one)) areas.push_back(one);
  return mean_of(areas, std::vector<double>(areas.size(), 1));
}

// Predictions and targets (examples, quantities).
struct Pairs {
  std::vector<double> predicted, target, weights;
  size_t quantities;

  double weight(size_t i) const { return weights[i / quantities]; }
};
Pairs pairs(const char* metric, const Array& predictions, const Array& targets, const Array& weights) {
  if (!(predictions.shape() == targets.shape()))
    throw ShapeError(cat("[", metric, "] takes predictions and targets of one shape, got ", predictions.shape(),
                         " and ", targets.shape()));
  Pairs all{predictions.to_vector<double>(), targets.to_vector<double>(), {}, 1};
  const Shape examples = predictions.rank() == 0 ? Shape{} : Shape{predictions.shape()[0]};
  all.weights = weights_of(metric, weights, examples);
  if (!all.weights.empty()) all.quantities = std::max<size_t>(all.target.size() / all.weights.size(), 1);
  return all;
}

double mean_error(const Pairs& all, double (*error)(double difference)) {
  std::vector<double> errors, weights;
  for (size_t i = 0; i < all.target.size(); ++i) {
    errors.push_back(error(all.predicted[i] - all.target[i]));
    weights.push_back(all.weight(i));
  }
  return mean_of(errors, weights);
}

}  // namespace

Confusion confusion(const Array& scores, const Array& labels) {
  const Classified all = classified("confusion", scores, labels, {});
  Confusion result{all.classes, std::vector<int64_t>(static_cast<size_t>(all.classes * all.classes))};
  for (size_t i = 0; i < all.examples(); ++i) {
    if (all.has_nan(i)) throw ValueError(cat("[confusion] the scores of example ", i, " hold NaN, which is no class"));
    ++result.counts[all.label(i) * static_cast<size_t>(all.classes) + predicted(all, i)];
  }
  return result;
}

double accuracy(const Array& scores, const Array& labels, const Array& weights) {
  return top_k_accuracy(scores, labels, 1, weights);
}

double top_k_accuracy(const Array& scores, const Array& labels, int64_t k, const Array& weights) {
  const Classified all = classified("accuracy", scores, labels, weights);
  if (k < 1 || k > all.classes) throw ValueError(cat("[accuracy] top ", k, " of ", all.classes, " classes"));
  std::vector<double> right;
  for (size_t i = 0; i < all.examples(); ++i) {
    const double* row = all.row(i);
    const int64_t label = all.labels[i];
    // The place of the label when equal scores are in the order of their classes.
    int64_t before = 0;
    for (int64_t c = 0; c < all.classes; ++c) before += row[c] > row[label] || (row[c] == row[label] && c < label);
    right.push_back(all.has_nan(i) ? undefined : before < k);
  }
  return mean_of(right, all.weights);
}

Array correct(const Arg& scores_arg, const Arg& labels_arg) {
  SourceScope scope(scores_arg.where());
  const Array scores = scores_arg.array(), labels = labels_arg.array();
  const Form form = form_of("correct", scores, labels);
  Array right, unknown;
  if (form.kind == Form::Kind::one_score) {
    const Array score = reshape(scores, {.shape = form.examples});
    right = (score > 0) == (reshape(cast(labels, {.dtype = float32}), {.shape = form.examples}) > 0.5);
    unknown = isnan(score);
  } else {
    const Array actual = form.kind == Form::Kind::probabilities ? argmax(labels, {.axis = -1})
                                                                : reshape(labels, {.shape = form.examples});
    right = argmax(scores, {.axis = -1}) == actual;
    unknown = any(isnan(scores), {.axis = -1});
  }
  return where(unknown, undefined, cast(right, {.dtype = float32}));
}

std::vector<ClassScore> by_class(const Confusion& confusion) {
  const Counts counts = counts_of(confusion);
  std::vector<ClassScore> scores;
  for (size_t c = 0; c < counts.actual.size(); ++c)
    scores.push_back(score_of(counts.actual[c], counts.taken[c], counts.right[c]));
  return scores;
}

ClassScore over_classes(const Confusion& confusion, Averaging averaging) {
  return averaged(counts_of(confusion), averaging);
}

ClassScore class_scores(const Array& scores, const Array& labels, const Array& weights, Averaging averaging) {
  const Classified all = classified("class_scores", scores, labels, weights);
  if (all.has_nan()) return {undefined, undefined, undefined, static_cast<int64_t>(all.examples())};
  Counts counts(all.classes);
  for (size_t i = 0; i < all.examples(); ++i) counts.add(all.label(i), predicted(all, i), all.weights[i]);
  return averaged(counts, averaging);
}

double auc(const Array& scores, const Array& labels, const Array& weights) {
  const Classified all = classified("auc", scores, labels, weights);
  if (all.classes != 2)
    throw ShapeError(cat("[auc] takes one score for each example, got ", scores.shape(),
                         "; auc_over_classes takes one for each class"));
  return area_over_classes(all);
}

double auc_over_classes(const Array& scores, const Array& labels, const Array& weights) {
  return area_over_classes(classified("auc", scores, labels, weights));
}

double perplexity(const Array& scores, const Array& labels, const Array& weights) {
  const Classified all = classified("perplexity", scores, labels, weights);
  std::vector<double> losses;
  for (size_t i = 0; i < all.examples(); ++i) {
    const double* row = all.row(i);
    const double most = *std::max_element(row, row + all.classes);
    double total = 0;
    for (int64_t c = 0; c < all.classes; ++c) total += std::exp(row[c] - most);
    losses.push_back(std::log(total) + most - row[all.label(i)]);
  }
  return std::exp(mean_of(losses, all.weights));
}

double r2(const Array& predictions, const Array& targets, const Array& weights) {
  const Pairs all = pairs("r2", predictions, targets, weights);
  std::vector<double> each;
  for (size_t q = 0; q < all.quantities; ++q) {
    double total = 0, weight = 0, errors = 0, spread = 0;
    for (size_t i = q; i < all.target.size(); i += all.quantities) {
      total += all.target[i] * all.weight(i);
      weight += all.weight(i);
    }
    const double mean = total / weight;
    for (size_t i = q; i < all.target.size(); i += all.quantities) {
      const double error = all.predicted[i] - all.target[i], distance = all.target[i] - mean;
      errors += error * error * all.weight(i);
      spread += distance * distance * all.weight(i);
    }
    each.push_back(1 - quotient(errors, spread));
  }
  return mean_of(each, std::vector<double>(each.size(), 1));
}

double mean_absolute_error(const Array& predictions, const Array& targets, const Array& weights) {
  return mean_error(pairs("mean_absolute_error", predictions, targets, weights), [](double d) { return std::fabs(d); });
}

double root_mean_squared_error(const Array& predictions, const Array& targets, const Array& weights) {
  return std::sqrt(
      mean_error(pairs("root_mean_squared_error", predictions, targets, weights), [](double d) { return d * d; }));
}

}  // namespace koine::metrics
