#pragma once
#include <koine/ops.h>

#include <vector>

/// What is made small. Every loss is the mean over examples unless asked otherwise, and takes PyTorch's definitions.
namespace koine::nn {

enum class Reduction : uint8_t { mean, sum, none };

struct CrossEntropyOptions {
  /// This part of each label is spread evenly over all classes (Szegedy et al., 2016).
  double smoothing = 0;
  /// How much each class counts; the mean is then by these weights. Empty for all the same.
  Array weights = {};
  /// Examples with this label count for nothing.
  int64_t ignore = none;
  Reduction reduction = Reduction::mean;
  /// Where the classes are; 1 as PyTorch has them.
  int64_t axis = -1;
};
/// Of scores (..., classes) before the softmax and labels (...) of integers; or labels (..., classes), the
/// probabilities of each class. Throws ShapeError when they do not fit.
Array cross_entropy_loss(const Arg& logits, const Arg& labels, const CrossEntropyOptions& options = {});

struct BinaryOptions {
  /// Times the loss of each element whose target is 1 (and in proportion).
  double positive_weight = 1;
  double smoothing = 0;
  Reduction reduction = Reduction::mean;
};
/// Of scores before the sigmoid and targets in [0, 1] of the same shape.
Array binary_cross_entropy(const Arg& logits, const Arg& targets, const BinaryOptions& options = {});

/// (prediction - target)^2.
Array mse_loss(const Arg& predictions, const Arg& targets, Reduction reduction = Reduction::mean);
/// |prediction - target|.
Array mae_loss(const Arg& predictions, const Arg& targets, Reduction reduction = Reduction::mean);
/// Squares near 0, then straight lines of slope delta (Huber, 1964).
Array huber_loss(const Arg& predictions, const Arg& targets, double delta = 1, Reduction reduction = Reduction::mean);

/// target * (log(target) - prediction) for predictions that are logarithms of probabilities; the mean is over all axes
/// but the last, which is summed (PyTorch's "batchmean").
Array kl_divergence(const Arg& log_predictions, const Arg& targets, Reduction reduction = Reduction::mean);

struct CtcOptions {
  int64_t blank = 0;
  Reduction reduction = Reduction::mean;
  /// 0 in place of infinity for labels that are too long for their sequence.
  bool zero_infinity = false;
};
/// Connectionist temporal classification (Graves et al., 2006): minus the logarithm of the probability that the scores
/// (batch, time, classes) spell the labels (batch, most), given how many of both count for each example. The mean
/// divides each loss by the number of its labels.
Array ctc_loss(const Arg& logits, const Array& labels, const Array& lengths, const Array& label_lengths,
               const CtcOptions& options = {});

struct TripletOptions {
  double margin = 1;
  Reduction reduction = Reduction::mean;
};
/// max(0, |anchor - positive| - |anchor - negative| + margin) of vectors (..., size) (Schroff et al., 2015).
Array triplet_loss(const Arg& anchor, const Arg& positive, const Arg& negative, const TripletOptions& options = {});

struct ContrastiveOptions {
  double margin = 1;
  Reduction reduction = Reduction::mean;
};
/// Of pairs of vectors (..., size): half of d^2 where `same` (...) is true, else of max(0, margin - d)^2, with d their
/// distance (Hadsell, Chopra and LeCun, 2006).
Array contrastive_loss(const Arg& x1, const Arg& x2, const Array& same, const ContrastiveOptions& options = {});
/// Of matching rows of two (batch, size): the cross-entropy of each row's cosine similarities with all rows of the
/// other, both ways (van den Oord et al., 2018; Radford et al., 2021).
Array info_nce_loss(const Arg& x1, const Arg& x2, double temperature = 0.07);

}  // namespace koine::nn
