#include <koine/metrics.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/format.h"

namespace koine::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

struct Classified {
  int64_t examples, classes;
  std::vector<double> scores;
  std::vector<int64_t> labels;

  const double* row(int64_t example) const { return scores.data() + example * classes; }
};

Classified classified(const Array& scores, const Array& labels) {
  if (scores.rank() != 2 || labels.rank() != 1 || scores.size(0) != labels.size(0) || scores.size(1) == 0)
    throw ShapeError(cat("[metrics] takes scores (examples, classes) and labels (examples), got ", scores.shape(),
                         " and ", labels.shape()));
  Classified all{scores.size(0), scores.size(1), scores.to_vector<double>(), labels.to_vector<int64_t>()};
  for (const int64_t label : all.labels)
    if (label < 0 || label >= all.classes)
      throw IndexError(cat("[metrics] label ", label, " is no class of ", all.classes));
  return all;
}

struct Pairs {
  std::vector<double> x, y;
};
Pairs pairs(const Array& x, const Array& y) {
  if (!(x.shape() == y.shape()) || x.size() == 0)
    throw ShapeError(cat("[metrics] takes two of one shape with elements, got ", x.shape(), " and ", y.shape()));
  return {x.to_vector<double>(), y.to_vector<double>()};
}

double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

// By ranks (Mann and Whitney, 1947); equal scores share the mean of their ranks.
double area(const std::vector<double>& scores, const std::vector<bool>& positive) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  double ranks = 0, positives = 0;
  for (size_t first = 0; first < order.size();) {
    size_t last = first;
    while (last < order.size() && scores[order[last]] == scores[order[first]]) ++last;
    const double rank = static_cast<double>(first + last + 1) / 2;
    for (size_t i = first; i < last; ++i)
      if (positive[order[i]]) {
        ranks += rank;
        ++positives;
      }
    first = last;
  }
  const double negatives = static_cast<double>(scores.size()) - positives;
  if (positives == 0 || negatives == 0) return undefined;
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

double part(int64_t of, int64_t all) { return all == 0 ? 0 : static_cast<double>(of) / static_cast<double>(all); }

}  // namespace

Confusion confusion(const Array& scores, const Array& labels) {
  const Classified all = classified(scores, labels);
  Confusion result{all.classes, std::vector<int64_t>(static_cast<size_t>(all.classes * all.classes))};
  for (int64_t i = 0; i < all.examples; ++i) {
    const double* row = all.row(i);
    const int64_t predicted = std::max_element(row, row + all.classes) - row;
    ++result.counts[static_cast<size_t>(all.labels[static_cast<size_t>(i)] * all.classes + predicted)];
  }
  return result;
}

double accuracy(const Array& scores, const Array& labels) { return top_k_accuracy(scores, labels, 1); }

double top_k_accuracy(const Array& scores, const Array& labels, int64_t k) {
  const Classified all = classified(scores, labels);
  if (k < 1 || k > all.classes) throw ValueError(cat("[metrics] top ", k, " of ", all.classes, " classes"));
  int64_t right = 0;
  for (int64_t i = 0; i < all.examples; ++i) {
    const double* row = all.row(i);
    const int64_t label = all.labels[static_cast<size_t>(i)];
    // The place of the label when equal scores are in the order of their classes.
    int64_t before = 0;
    for (int64_t c = 0; c < all.classes; ++c) before += row[c] > row[label] || (row[c] == row[label] && c < label);
    right += before < k;
  }
  return part(right, all.examples);
}

std::vector<ClassScore> by_class(const Confusion& confusion) {
  std::vector<ClassScore> scores;
  for (int64_t c = 0; c < confusion.classes; ++c) {
    int64_t taken = 0, are = 0;
    for (int64_t other = 0; other < confusion.classes; ++other) {
      taken += confusion.at(other, c);
      are += confusion.at(c, other);
    }
    const int64_t right = confusion.at(c, c);
    scores.push_back({part(right, taken), part(right, are), part(2 * right, taken + are), are});
  }
  return scores;
}

ClassScore over_classes(const Confusion& confusion) {
  ClassScore mean;
  double classes = 0;
  for (const ClassScore& one : by_class(confusion)) {
    if (one.examples == 0) continue;
    mean.precision += one.precision;
    mean.recall += one.recall;
    mean.f1 += one.f1;
    mean.examples += one.examples;
    ++classes;
  }
  if (classes == 0) return mean;
  return {mean.precision / classes, mean.recall / classes, mean.f1 / classes, mean.examples};
}

double auc(const Array& scores, const Array& labels) {
  const Pairs all = pairs(scores, labels);
  std::vector<bool> positive;
  for (const double label : all.y) positive.push_back(label != 0);
  return area(all.x, positive);
}

double auc_over_classes(const Array& scores, const Array& labels) {
  const Classified all = classified(scores, labels);
  double total = 0, counted = 0;
  for (int64_t c = 0; c < all.classes; ++c) {
    std::vector<double> of_class;
    std::vector<bool> positive;
    for (int64_t i = 0; i < all.examples; ++i) {
      of_class.push_back(all.row(i)[c]);
      positive.push_back(all.labels[static_cast<size_t>(i)] == c);
    }
    const double one = area(of_class, positive);
    if (std::isnan(one)) continue;
    total += one;
    ++counted;
  }
  return counted == 0 ? undefined : total / counted;
}

double r2(const Array& predictions, const Array& targets) {
  const Pairs all = pairs(predictions, targets);
  const double mean = mean_of(all.y);
  double errors = 0, spread = 0;
  for (size_t i = 0; i < all.x.size(); ++i) {
    errors += (all.x[i] - all.y[i]) * (all.x[i] - all.y[i]);
    spread += (all.y[i] - mean) * (all.y[i] - mean);
  }
  return spread == 0 ? undefined : 1 - errors / spread;
}

double mean_absolute_error(const Array& predictions, const Array& targets) {
  const Pairs all = pairs(predictions, targets);
  double total = 0;
  for (size_t i = 0; i < all.x.size(); ++i) total += std::fabs(all.x[i] - all.y[i]);
  return total / static_cast<double>(all.x.size());
}

double root_mean_squared_error(const Array& predictions, const Array& targets) {
  const Pairs all = pairs(predictions, targets);
  double total = 0;
  for (size_t i = 0; i < all.x.size(); ++i) total += (all.x[i] - all.y[i]) * (all.x[i] - all.y[i]);
  return std::sqrt(total / static_cast<double>(all.x.size()));
}

}  // namespace koine::metrics
