#include <koine/key.h>
#include <koine/metrics.h>
#include <koine/ops.h>

#include <cmath>

#include "support/temp_folder.h"

using namespace koine;

namespace {

// Five examples of three classes; predictions 0 2 1 1 0, the third a tie of 1 and 2.
const Array& scores() {
  static const Array all = array({{0.9, 0.1, 0.0}, {0.1, 0.3, 0.6}, {0.2, 0.4, 0.4}, {0.0, 1.0, 0.0}, {0.5, 0.2, 0.3}});
  return all;
}
Array labels() { return array({0, 1, 2, 1, 0}); }

}  // namespace

TEST_CASE("metrics: classes") {
  CHECK(metrics::accuracy(scores(), labels()) == doctest::Approx(0.6));
  CHECK(metrics::top_k_accuracy(scores(), labels(), 2) == doctest::Approx(1));
  CHECK(metrics::top_k_accuracy(scores(), array({2, 0, 0, 0, 1}), 2) == doctest::Approx(0.2));
  const auto confusion = metrics::confusion(scores(), labels());
  CHECK(confusion.counts == std::vector<int64_t>{2, 0, 0, 0, 1, 1, 0, 1, 0});
  const auto each = metrics::by_class(confusion);
  CHECK(each[1].precision == doctest::Approx(0.5));
  CHECK(each[1].recall == doctest::Approx(0.5));
  CHECK(each[1].examples == 2);
  CHECK(each[2].f1 == 0);
  const auto mean = metrics::over_classes(confusion);
  CHECK(mean.precision == doctest::Approx(0.5));
  CHECK(mean.f1 == doctest::Approx(0.5));
  CHECK_THROWS_AS(metrics::accuracy(scores(), array({0, 1, 2, 3, 0})), IndexError);
  CHECK_THROWS_AS(metrics::accuracy(scores(), array({0, 1})), ShapeError);
  CHECK_THROWS_AS(metrics::top_k_accuracy(scores(), labels(), 4), ValueError);
}

TEST_CASE("metrics: the area under the curve counts pairs") {
  const Array x = normal(Key(1), {.shape = {60}}), rounded = round(x * 2);
  const Array y = normal(Key(2), {.shape = {60}}) + x > 0;
  for (const Array& s : {x, rounded}) {
    const auto score = s.to_vector<double>(), label = y.to_vector<double>();
    double right = 0, all = 0;
    for (size_t i = 0; i < 60; ++i)
      for (size_t j = 0; j < 60; ++j)
        if (label[i] > label[j]) {
          right += score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
          ++all;
        }
    CHECK(metrics::auc(s, y) == doctest::Approx(right / all));
  }
  CHECK(std::isnan(metrics::auc(x, ones({60}))));
  CHECK(metrics::auc_over_classes(stack({-x, x}, 1), cast(y, {.dtype = int64})) == doctest::Approx(metrics::auc(x, y)));
}

TEST_CASE("metrics: quantities") {
  const Array targets = array({1.0, 2.0, 3.0}), predictions = array({1.0, 2.0, 5.0});
  CHECK(metrics::r2(predictions, targets) == doctest::Approx(-1));
  CHECK(metrics::r2(targets, targets) == 1);
  CHECK(std::isnan(metrics::r2(targets, ones({3}))));
  CHECK(metrics::mean_absolute_error(predictions, targets) == doctest::Approx(2 / 3.0));
  CHECK(metrics::root_mean_squared_error(predictions, targets) == doctest::Approx(std::sqrt(4 / 3.0)));
}

TEST_CASE("metrics: what is not defined is NaN, and a NaN score is no prediction") {
  const Array broken = full({.shape = {3, 2}, .value = std::nan("")});
  CHECK(std::isnan(metrics::accuracy(broken, array({0, 0, 0}))));
  CHECK(std::isnan(metrics::top_k_accuracy(broken, array({0, 0, 0}), 2)));
  CHECK(std::isnan(metrics::class_scores(broken, array({0, 1, 0})).f1));
  CHECK(std::isnan(metrics::auc(array({0.0, std::nan(""), 1.0}), array({0, 1, 1}))));
  CHECK_THROWS_AS(metrics::confusion(broken, array({0, 1, 0})), ValueError);
  CHECK(std::isnan(metrics::accuracy(zeros({0, 2}), zeros({0}, int64))));
  // Two classes, no positives.
  const auto none = metrics::over_classes(metrics::confusion(array({{1.0, 0.0}, {2.0, 0.0}}), array({0, 0})));
  CHECK(std::isnan(none.f1));
  CHECK(std::isnan(none.precision));
  CHECK(std::isnan(none.recall));
  // A positive that was missed; one that is none.
  CHECK(metrics::class_scores(array({{1.0, 0.0}, {2.0, 0.0}}), array({0, 1})).f1 == 0);
  CHECK(metrics::class_scores(array({{1.0, 0.0}, {0.0, 2.0}}), array({0, 0})).f1 == 0);
}

TEST_CASE("metrics: one score an example, labels with an axis of their own, weights") {
  const Array score = array({-1.0, 2.0, 0.5, -3.0}), labels = array({0, 1, 0, 1}),
              column = reshape(labels, {.shape = {4, 1}});
  for (const Array& s : {score, reshape(score, {.shape = {4, 1}})})
    for (const Array& y : {labels, column, cast(column, {.dtype = float32})}) {
      CHECK(metrics::accuracy(s, y) == 0.5);
      CHECK(metrics::auc(s, y) == doctest::Approx(0.5));
      CHECK(metrics::correct(s, y).to_vector<float>() == std::vector<float>{1, 1, 0, 0});
    }
  const Array weights = array({1.0, 2.0, 3.0, 4.0});
  CHECK(metrics::accuracy(score, labels, weights) == doctest::Approx(0.3));
  // Pairs in order: (2, -1) of weight 2 * 1 and (2, 0.5) of 2 * 3, of (2 + 4) * (1 + 3).
  CHECK(metrics::auc(score, labels, weights) == doctest::Approx(8 / 24.0));
  CHECK_THROWS_AS(metrics::accuracy(score, labels, array({1.0})), ShapeError);
  CHECK_THROWS_AS(metrics::accuracy(score, labels, -weights), ValueError);
  CHECK_THROWS_AS(metrics::accuracy(score, array({0.0, 0.5, 1.0, 1.0})), IndexError);
  // Of two quantities the mean: 1 of the first, 0 of the second.
  const Array targets = array({{1.0, 10.0}, {3.0, 30.0}});
  CHECK(metrics::r2(array({{1.0, 20.0}, {3.0, 20.0}}), targets) == doctest::Approx(0.5));
}
