#include "python/casters.h"

#include <koine/metrics.h>
#include <koine/ops.h>
#include <nanobind/stl/string.h>

#include <utility>

/// The metrics of C++ as functions of Python.
namespace koine::python {

namespace nb = nanobind;

namespace {

Array array_from(nb::handle object) { return object.is_none() ? Array() : to_array(object.ptr()); }

metrics::Averaging averaging_of(const std::string& name) {
  constexpr std::pair<const char*, metrics::Averaging> known[] = {{"auto", metrics::Averaging::automatic},
                                                                  {"binary", metrics::Averaging::binary},
                                                                  {"macro", metrics::Averaging::macro},
                                                                  {"micro", metrics::Averaging::micro},
                                                                  {"weighted", metrics::Averaging::weighted}};
  for (const auto& [text, value] : known)
    if (name == text) return value;
  throw ValueError("[metrics] average is 'auto', 'binary', 'macro', 'micro' or 'weighted', not '" + name + "'");
}

// Values are read: others may go on meanwhile.
template <class F>
auto reading(F f) {
  nb::gil_scoped_release others;
  return f();
}

void add_class_score(nb::module_& m, const char* name, double metrics::ClassScore::* member, const char* doc) {
  m.def(
      name,
      [member](nb::handle scores, nb::handle labels, nb::handle weights, const std::string& average) {
        const Array s = array_from(scores), l = array_from(labels), w = array_from(weights);
        const metrics::Averaging averaging = averaging_of(average);
        return reading([&] { return metrics::class_scores(s, l, w, averaging).*member; });
      },
      nb::arg("scores"), nb::arg("labels"), nb::arg("weights").none() = nb::none(), nb::arg("average") = "auto", doc);
}

using Metric = double (*)(const Array&, const Array&, const Array&);

void add_metric(nb::module_& m, const char* name, Metric metric, const char* first, const char* second,
                const char* doc) {
  m.def(
      name,
      [metric](nb::handle x, nb::handle y, nb::handle weights) {
        const Array a = array_from(x), b = array_from(y), w = array_from(weights);
        return reading([&] { return metric(a, b, w); });
      },
      nb::arg(first), nb::arg(second), nb::arg("weights").none() = nb::none(), doc);
}

}  // namespace

void add_metrics(nb::module_& module) {
  nb::module_ m = module.def_submodule("metrics");
  add_metric(
      m, "accuracy", metrics::accuracy, "scores", "labels",
      "The part of the examples that are predicted right. Scores (..., classes), whose largest is the prediction, "
      "or one for each example, above 0 for the second of two classes; labels (...), or (..., classes) of "
      "probabilities. NaN of no examples, and where a score is NaN.\n\n"
      ">>> kn.metrics.accuracy([[2.0, 0.0], [0.0, 1.0]], [0, 0])\n"
      "0.5");
  m.def(
      "correct",
      [](nb::handle scores, nb::handle labels) {
        const std::source_location where = user_line();
        return metrics::correct(Arg(array_from(scores), where), Arg(array_from(labels), where));
      },
      nb::arg("scores"), nb::arg("labels"),
      "What accuracy is the mean of, for functions that are transformed: 1 or 0 for each example, NaN where a score "
      "is.\n\n"
      ">>> kn.metrics.correct([[2.0, 0.0], [0.0, 1.0]], [0, 0])\n"
      "array([1., 0.])");
  m.def(
      "top_k_accuracy",
      [](nb::handle scores, nb::handle labels, int64_t k, nb::handle weights) {
        const Array s = array_from(scores), l = array_from(labels), w = array_from(weights);
        return reading([&] { return metrics::top_k_accuracy(s, l, k, w); });
      },
      nb::arg("scores"), nb::arg("labels"), nb::arg("k"), nb::arg("weights").none() = nb::none(),
      "The part of the examples whose label is among the k largest scores.\n\n"
      ">>> kn.metrics.top_k_accuracy([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], [1, 0], k=2)\n"
      "0.5");
  m.def(
      "confusion",
      [](nb::handle scores, nb::handle labels) {
        const Array s = array_from(scores), l = array_from(labels);
        return reading([&] {
          const metrics::Confusion found = metrics::confusion(s, l);
          return from(found.counts, {found.classes, found.classes});
        });
      },
      nb::arg("scores"), nb::arg("labels"),
      "How often each class (row) was taken for each (column).\n\n"
      ">>> kn.metrics.confusion([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 1, 0])\n"
      "array([[1, 1],\n"
      "       [0, 1]])");
  add_class_score(
      m, "precision", &metrics::ClassScore::precision,
      "Of the examples that were taken for a class, the part that are of it; NaN where none were. average is "
      "'binary' (the second of two classes), 'macro' (the mean over the classes for which it is defined), "
      "'micro' (of all counts together), 'weighted' (by examples) or 'auto': binary of two classes, else macro.\n\n"
      ">>> kn.metrics.precision([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 1, 0])\n"
      "0.5");
  add_class_score(m, "recall", &metrics::ClassScore::recall,
                  "Of the examples of a class, the part that were taken for it; NaN where there are none. average as "
                  "`precision`.\n\n"
                  ">>> kn.metrics.recall([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 1, 0])\n"
                  "1.0");
  add_class_score(m, "f1", &metrics::ClassScore::f1,
                  "The harmonic mean of precision and recall; NaN for a class that does not occur and that nothing was "
                  "taken for. average as `precision`.\n\n"
                  ">>> round(kn.metrics.f1([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 1, 0]), 4)\n"
                  "0.6667");
  add_metric(
      m, "auc", metrics::auc_over_classes, "scores", "labels",
      "The probability that an example of the second class has a higher score than one of the first, half of ties "
      "counted (the area under the ROC curve); of more than two classes the mean of each against all others. NaN "
      "where the labels name one class alone.\n\n"
      ">>> kn.metrics.auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])\n"
      "0.75");
  add_metric(m, "perplexity", metrics::perplexity, "scores", "labels",
             "exp of the mean cross-entropy of scores before the softmax.\n\n"
             ">>> round(kn.metrics.perplexity([[0.0, 0.0, 0.0]], [1]), 4)\n"
             "3.0");
  add_metric(m, "r2", metrics::r2, "predictions", "targets",
             "1 - (sum of squared errors) / (sum of squared distances from the mean); of several quantities an example "
             "the mean over them. NaN where all targets are equal.\n\n"
             ">>> kn.metrics.r2([1.0, 2.0, 5.0], [1.0, 2.0, 3.0])\n"
             "-1.0");
  add_metric(m, "mean_absolute_error", metrics::mean_absolute_error, "predictions", "targets",
             "The mean of |prediction - target|.\n\n"
             ">>> kn.metrics.mean_absolute_error([1.0, 2.0, 5.0], [1.0, 4.0, 4.0])\n"
             "1.0");
  add_metric(m, "root_mean_squared_error", metrics::root_mean_squared_error, "predictions", "targets",
             "The root of the mean of (prediction - target)^2.\n\n"
             ">>> kn.metrics.root_mean_squared_error([1.0, 5.0], [1.0, 1.0]) ** 2\n"
             "8.000000000000002");
}

}  // namespace koine::python
