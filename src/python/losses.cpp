#include "python/casters.h"

#include <koine/nn.h>
#include <koine/nn/losses.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>

/// The losses of C++ as functions of Python.
namespace koine::python {

namespace nb = nanobind;

namespace {

nn::Reduction to_reduction(const std::string& name) {
  if (name == "mean") return nn::Reduction::mean;
  if (name == "sum") return nn::Reduction::sum;
  if (name == "none") return nn::Reduction::none;
  throw ValueError("[loss] the reduction is 'mean', 'sum' or 'none', not '" + name + "'");
}

/// An argument of a loss: an array, or what becomes one.
Array array_from(nb::handle object) { return is_array(object.ptr()) ? array_of(object.ptr()) : to_array(object.ptr()); }
Array optional_array(nb::handle object) { return object.is_none() ? Array() : array_from(object); }

}  // namespace

void add_losses(nb::module_& module) {
  nb::module_ m = nb::cast<nb::module_>(module.attr("nn"));
  m.def(
      "cross_entropy_loss",
      [](nb::handle logits, nb::handle labels, double smoothing, nb::handle weights, std::optional<int64_t> ignore,
         const std::string& reduction, int64_t axis) {
        nn::CrossEntropyOptions options{.smoothing = smoothing, .weights = optional_array(weights)};
        if (ignore) options.ignore = *ignore;
        options.reduction = to_reduction(reduction);
        options.axis = axis;
        std::source_location where = user_line();
        return nn::cross_entropy_loss(Arg(array_from(logits), where), Arg(array_from(labels), where), options);
      },
      nb::arg("logits"), nb::arg("labels"), nb::arg("smoothing") = 0.0, nb::arg("weights").none() = nb::none(),
      nb::arg("ignore") = nb::none(), nb::arg("reduction") = "mean", nb::arg("axis") = -1,
      "Of scores (..., classes) before the softmax and labels (...) of integers, or of (..., classes), the "
      "probabilities "
      "of each class. weights says how much each class counts, labels equal to ignore count for nothing; axis says "
      "where "
      "the classes are, 1 as PyTorch has them.\n\n"
      ">>> kn.nn.cross_entropy_loss(kn.asarray([[2.0, 0.0], [0.0, 0.0]]), kn.asarray([0, 1]))\n"
      "array(0.4100376)");
  m.def(
      "binary_cross_entropy",
      [](nb::handle logits, nb::handle targets, double positive_weight, double smoothing,
         const std::string& reduction) {
        std::source_location where = user_line();
        return nn::binary_cross_entropy(
            Arg(array_from(logits), where), Arg(array_from(targets), where),
            {.positive_weight = positive_weight, .smoothing = smoothing, .reduction = to_reduction(reduction)});
      },
      nb::arg("logits"), nb::arg("targets"), nb::arg("positive_weight") = 1.0, nb::arg("smoothing") = 0.0,
      nb::arg("reduction") = "mean",
      "Of scores before the sigmoid and targets in [0, 1] of the same shape.\n\n"
      ">>> kn.nn.binary_cross_entropy(kn.asarray([0.0, 2.0]), kn.asarray([1.0, 1.0]))\n"
      "array(0.41003758)");
  auto pairwise = [&m](const char* name, Array (*loss)(const Arg&, const Arg&, nn::Reduction), const char* first,
                       const char* doc) {
    m.def(
        name,
        [loss](nb::handle a, nb::handle b, const std::string& reduction) {
          std::source_location where = user_line();
          return loss(Arg(array_from(a), where), Arg(array_from(b), where), to_reduction(reduction));
        },
        nb::arg(first), nb::arg("targets"), nb::arg("reduction") = "mean", doc);
  };
  pairwise("mse_loss", nn::mse_loss, "predictions",
           "(prediction - target)^2.\n\n"
           ">>> kn.nn.mse_loss(kn.asarray([1.0, 2.0]), kn.asarray([1.0, 4.0]))\n"
           "array(2.0)");
  pairwise("mae_loss", nn::mae_loss, "predictions",
           "|prediction - target|.\n\n"
           ">>> kn.nn.mae_loss(kn.asarray([1.0, 2.0]), kn.asarray([1.0, 4.0]))\n"
           "array(1.0)");
  pairwise(
      "kl_divergence", nn::kl_divergence, "log_predictions",
      "target * (log(target) - prediction) for logarithms of probabilities; the mean is over all axes but the last.\n\n"
      ">>> kn.nn.kl_divergence(kn.log(kn.asarray([[0.5, 0.5]])), kn.asarray([[0.25, 0.75]]))\n"
      "array(0.13081205)");
  m.def(
      "huber_loss",
      [](nb::handle a, nb::handle b, double delta, const std::string& reduction) {
        std::source_location where = user_line();
        return nn::huber_loss(Arg(array_from(a), where), Arg(array_from(b), where), delta, to_reduction(reduction));
      },
      nb::arg("predictions"), nb::arg("targets"), nb::arg("delta") = 1.0, nb::arg("reduction") = "mean",
      "Squares near 0, then straight lines of slope delta (Huber, 1964).\n\n"
      ">>> kn.nn.huber_loss(kn.asarray([0.0, 3.0]), kn.asarray([0.5, 0.0]), reduction='none')\n"
      "array([0.125, 2.5  ])");
  m.def(
      "ctc_loss",
      [](nb::handle logits, nb::handle labels, nb::handle lengths, nb::handle label_lengths, int64_t blank,
         bool zero_infinity, const std::string& reduction) {
        return nn::ctc_loss(Arg(array_from(logits), user_line()), array_from(labels), array_from(lengths),
                            array_from(label_lengths),
                            {.blank = blank, .reduction = to_reduction(reduction), .zero_infinity = zero_infinity});
      },
      nb::arg("logits"), nb::arg("labels"), nb::arg("lengths"), nb::arg("label_lengths"), nb::arg("blank") = 0,
      nb::arg("zero_infinity") = false, nb::arg("reduction") = "mean",
      "Connectionist temporal classification (Graves et al., 2006): minus the logarithm of the probability that the "
      "scores "
      "(batch, time, classes) spell the labels (batch, most).\n\n"
      ">>> kn.nn.ctc_loss(kn.zeros((1, 4, 3)), kn.asarray([[1, 2]]), kn.asarray([4]), kn.asarray([2]))\n"
      "array(0.8431995)");
  m.def(
      "triplet_loss",
      [](nb::handle anchor, nb::handle positive, nb::handle negative, double margin, const std::string& reduction) {
        std::source_location where = user_line();
        return nn::triplet_loss(Arg(array_from(anchor), where), Arg(array_from(positive), where),
                                Arg(array_from(negative), where),
                                {.margin = margin, .reduction = to_reduction(reduction)});
      },
      nb::arg("anchor"), nb::arg("positive"), nb::arg("negative"), nb::arg("margin") = 1.0,
      nb::arg("reduction") = "mean",
      "max(0, |anchor - positive| - |anchor - negative| + margin) of vectors (..., size) (Schroff et al., 2015).\n\n"
      ">>> kn.nn.triplet_loss(kn.asarray([[0.0, 0.0]]), kn.asarray([[0.0, 1.0]]), kn.asarray([[3.0, 4.0]]), "
      "margin=5.0)\n"
      "array(1.0000005)");
  m.def(
      "contrastive_loss",
      [](nb::handle x1, nb::handle x2, nb::handle same, double margin, const std::string& reduction) {
        std::source_location where = user_line();
        return nn::contrastive_loss(Arg(array_from(x1), where), Arg(array_from(x2), where), array_from(same),
                                    {.margin = margin, .reduction = to_reduction(reduction)});
      },
      nb::arg("x1"), nb::arg("x2"), nb::arg("same"), nb::arg("margin") = 1.0, nb::arg("reduction") = "mean",
      "Of pairs of vectors: half of d^2 where same is true, else of max(0, margin - d)^2 (Hadsell et al., 2006).\n\n"
      ">>> kn.nn.contrastive_loss(kn.asarray([[0.0, 0.0]]), kn.asarray([[0.0, 3.0]]), kn.asarray([True]))\n"
      "array(4.499997)");
  m.def(
      "info_nce_loss",
      [](nb::handle x1, nb::handle x2, double temperature) {
        std::source_location where = user_line();
        return nn::info_nce_loss(Arg(array_from(x1), where), Arg(array_from(x2), where), temperature);
      },
      nb::arg("x1"), nb::arg("x2"), nb::arg("temperature") = 0.07,
      "Of matching rows of two (batch, size): the cross-entropy of their cosine similarities, both ways.\n\n"
      ">>> kn.nn.info_nce_loss(kn.eye(2), kn.eye(2), temperature=1.0)\n"
      "array(0.31326166)");
  m.def(
      "scaled_dot_product_attention",
      [](nb::handle query, nb::handle key, nb::handle value, nb::handle attn_mask, double dropout_p, bool is_causal,
         std::optional<double> scale, bool enable_gqa, nb::handle dropout_key) {
        std::source_location where = user_line();
        const Array q = array_from(query), k = array_from(key);
        if (!enable_gqa && q.rank() == 4 && k.rank() == 4 && !same(q.shape()[1], k.shape()[1]))
          throw ShapeError("[scaled_dot_product_attention] query has " + to_string(q.shape()[1]) + " heads and key " +
                           to_string(k.shape()[1]) + "; enable_gqa=True shares them between neighbouring heads");
        return nn::scaled_dot_product_attention(Arg(q, where), Arg(k, where), Arg(array_from(value), where),
                                                {.mask = optional_array(attn_mask),
                                                 .dropout = dropout_p,
                                                 .key = optional_array(dropout_key),
                                                 .causal = is_causal,
                                                 .scale = scale});
      },
      nb::arg("query"), nb::arg("key"), nb::arg("value"), nb::arg("attn_mask").none() = nb::none(),
      nb::arg("dropout_p") = 0.0, nb::arg("is_causal") = false, nb::arg("scale") = nb::none(),
      nb::arg("enable_gqa") = false, nb::arg("dropout_key").none() = nb::none(),
      "koine.attention with PyTorch's signature and layout: (batch, heads, length, dim), (batch, length, dim) or "
      "(length, "
      "dim). attn_mask is bool, true where a query sees a key, or floating and added to the scores. Dropout takes a "
      "key "
      "of koine.random. A query that sees no key gives 0.\n\n"
      ">>> q = k = kn.zeros((1, 1, 3, 2))\n"
      ">>> v = kn.reshape(kn.asarray([1.0, 2.0, 6.0]), (1, 1, 3, 1))\n"
      ">>> kn.nn.scaled_dot_product_attention(q, k, v, is_causal=True)[0, 0, :, 0]\n"
      "array([1. , 1.5, 3. ])");
  m.def(
      "padding_mask",
      [](nb::handle lengths, int64_t length) {
        return nn::padding_mask(Arg(array_from(lengths), user_line()), length);
      },
      nb::arg("lengths"), nb::arg("length"),
      "The mask for sequences of these lengths: (batch, 1, 1, length).\n\n"
      ">>> kn.nn.padding_mask(kn.asarray([1, 3]), 3)[:, 0, 0]\n"
      "array([[ True, False, False],\n"
      "       [ True,  True,  True]])");
  m.def(
      "last_step",
      [](nb::handle outputs, nb::handle lengths) {
        return nn::last_step(Arg(array_from(outputs), user_line()), optional_array(lengths));
      },
      nb::arg("outputs"), nb::arg("lengths").none() = nb::none(),
      "The output of each sequence's last step: (batch, time, size) to (batch, size).\n\n"
      ">>> kn.nn.last_step(kn.ones((2, 5, 3)), kn.asarray([1, 5])).shape\n"
      "(2, 3)");
  m.def(
      "sinusoidal_positions", [](int64_t length, int64_t size) { return nn::sinusoidal_positions(length, size); },
      nb::arg("length"), nb::arg("size"),
      "Sines and cosines of the positions (Vaswani et al., 2017): (length, size).\n\n"
      ">>> kn.nn.sinusoidal_positions(5, 4).shape\n"
      "(5, 4)");
  m.def(
      "same_padding",
      [](nb::handle kernel, nb::handle dilation) {
        return nn::same_padding(to_ints(kernel.ptr()), dilation.is_none() ? Ints() : to_ints(dilation.ptr()));
      },
      nb::arg("kernel"), nb::arg("dilation").none() = nb::none(),
      "The padding that keeps the size at stride 1.\n\n"
      ">>> kn.nn.same_padding([3, 5])\n"
      "[1, 1, 2, 2]");
}

}  // namespace koine::python
