#include <koine/nn/losses.h>
#include <koine/transform.h>

#include <cmath>
#include <limits>

namespace koine::nn {

namespace {

Array array_of(const Arg& x) { return x.is_array() ? x.array() : scalar_array(x.number()); }

bool is_half(DType dtype) { return dtype == float16 || dtype == bfloat16; }
/// What is squared, multiplied or summed: half-precision numbers in float32.
Array wide(const Arg& x) {
  Array y = array_of(x);
  return is_half(y.dtype()) ? cast(y, {.dtype = float32}) : y;
}
/// A loss of what `wide` gave, in half precision again when both operands have it.
Array narrow(const Array& loss, const Arg& x, const Arg& y) {
  const DType dtype = promote(array_of(x).dtype(), array_of(y).dtype());
  return is_half(dtype) ? cast(loss, {.dtype = dtype}) : loss;
}

Array reduced(const Array& losses, Reduction reduction) {
  switch (reduction) {
    case Reduction::mean:
      return mean(losses);
    case Reduction::sum:
      return sum(losses);
    default:
      return losses;
  }
}

[[noreturn]] void refuse(const char* loss, const std::string& what) {
  throw ShapeError(std::string("[") + loss + "] " + what + at_line());
}

// Whether one is the other with an axis of length 1 behind it, which would broadcast to a table of all pairs.
bool differs_by_column(const Shape& x, const Shape& y) {
  if (x.size() != y.size() + 1 || !same(x.back(), 1)) return false;
  Shape without = x;
  without.pop_back();
  return without == y;
}

void check_same(const char* loss, const Array& x, const Array& y) {
  if (x.shape() == y.shape()) return;
  const bool column = differs_by_column(x.shape(), y.shape()) || differs_by_column(y.shape(), x.shape());
  refuse(loss, "takes two of one shape, got " + to_string(x.shape()) + " and " + to_string(y.shape()) +
                   (column ? ": squeeze the last axis of one" : ""));
}

// Labels that do not go with scores: what they probably are.
[[noreturn]] void refuse_labels(const Array& logits, const Array& labels, int64_t axis) {
  const Shape &scores = logits.shape(), &given = labels.shape();
  Shape wanted = scores, other = scores;
  wanted.pop_back();
  std::string hint;
  if (!is_floating(labels.dtype()) && given == scores)
    hint =
        ": integers of the scores' shape are no labels; argmax(labels, axis=-1) makes some of one-hot rows, a cast to "
        "float32 takes them as probabilities";
  else if (is_floating(labels.dtype()) && given == wanted)
    hint = ": floating labels are probabilities of the classes; cast the numbers of classes to integers";
  else if (differs_by_column(given, wanted))
    hint = ": squeeze the last axis of the labels";
  else if (axis == -1 && scores.size() > 2) {
    other.erase(1);
    if (given == other) hint = ": the classes are the last axis; axis = 1 takes PyTorch's";
  }
  refuse("cross_entropy_loss",
         "takes labels " + to_string(wanted) + " for scores " + to_string(scores) + ", got " + to_string(given) + hint);
}

Array distance(const Array& x, const Array& y) {
  // As PyTorch's pairwise_distance: away from 0, where the root has no slope.
  return vector_norm(wide(x) - wide(y) + 1e-6, {.axis = -1});
}

Array relu_of(const Array& x) { return maximum(x, 0); }

}  // namespace

Array cross_entropy_loss(const Arg& logits_arg, const Arg& labels_arg, const CrossEntropyOptions& options) {
  SourceScope scope(logits_arg.where());
  Array logits = array_of(logits_arg), labels = array_of(labels_arg);
  if (logits.rank() == 0) refuse("cross_entropy_loss", "takes scores (..., classes)");
  if (options.axis < -logits.rank() || options.axis >= logits.rank())
    throw IndexError("[cross_entropy_loss] scores " + to_string(logits.shape()) + " have no axis " +
                     std::to_string(options.axis) + at_line());
  if (is_floating(labels.dtype()) && labels.rank() == logits.rank())
    labels = moveaxis(labels, static_cast<int>(options.axis), -1);
  logits = moveaxis(logits, static_cast<int>(options.axis), -1);
  Shape examples = logits.shape();
  examples.pop_back();
  if (!(labels.shape() == (is_floating(labels.dtype()) ? logits.shape() : examples)))
    refuse_labels(logits, labels, options.axis);
  const Dim classes = logits.shape().back();
  const Array& weights = options.weights;
  if (weights.defined() && !(weights.shape() == Shape{classes}))
    refuse("cross_entropy_loss",
           "takes a weight for each of " + to_string(classes) + " classes, got shape " + to_string(weights.shape()));
  if (is_floating(labels.dtype())) {
    Array targets = labels;
    if (options.smoothing > 0)
      targets = targets * (1 - options.smoothing) + options.smoothing / static_cast<double>(classes.value());
    if (weights.defined()) targets = targets * weights;
    return reduced(-sum(targets * log_softmax(logits), {.axis = -1}), options.reduction);
  }
  Array counted, known = labels;
  if (options.ignore != none) {
    counted = labels != options.ignore;
    known = where(counted, labels, 0);
    // Not even a NaN of what is ignored reaches a gradient.
    logits = where(expand_dims(counted, -1), logits, 0);
  }
  // Where every example counts the same the op does it.
  Array losses = cross_entropy(logits, known);
  Array weight = weights.defined() ? gather(weights, known, {.axis = 0}) : Array();
  if (weight.defined()) losses = losses * weight;
  if (options.smoothing > 0) {
    Array scores = log_softmax(logits);
    if (weights.defined()) scores = scores * weights;
    losses = losses * (1 - options.smoothing) -
             sum(scores, {.axis = -1}) * (options.smoothing / static_cast<double>(classes.value()));
  }
  if (counted.defined()) {
    losses = where(counted, losses, 0);
    weight = weight.defined() ? where(counted, weight, 0) : cast(counted, {.dtype = losses.dtype()});
  }
  if (options.reduction == Reduction::mean && weight.defined()) return sum(losses) / sum(weight);
  return reduced(losses, options.reduction);
}

Array binary_cross_entropy(const Arg& logits_arg, const Arg& targets_arg, const BinaryOptions& options) {
  SourceScope scope(logits_arg.where());
  const Array logits = wide(logits_arg);
  Array targets = cast(array_of(targets_arg), {.dtype = logits.dtype()});
  check_same("binary_cross_entropy", logits, targets);
  if (options.smoothing > 0) targets = targets * (1 - options.smoothing) + options.smoothing / 2;
  // log(1 + exp(-x)) without overflow.
  const Array softplus = log1p(exp(-abs(logits))) + relu_of(-logits);
  const Array slope = options.positive_weight == 1 ? Array() : targets * (options.positive_weight - 1) + 1;
  const Array losses = logits * (1 - targets) + (slope.defined() ? slope * softplus : softplus);
  return narrow(reduced(losses, options.reduction), logits_arg, logits_arg);
}

Array mse_loss(const Arg& predictions, const Arg& targets, Reduction reduction) {
  SourceScope scope(predictions.where());
  check_same("mse_loss", array_of(predictions), array_of(targets));
  return narrow(reduced(square(wide(predictions) - wide(targets)), reduction), predictions, targets);
}

Array mae_loss(const Arg& predictions, const Arg& targets, Reduction reduction) {
  SourceScope scope(predictions.where());
  check_same("mae_loss", array_of(predictions), array_of(targets));
  return narrow(reduced(abs(wide(predictions) - wide(targets)), reduction), predictions, targets);
}

Array huber_loss(const Arg& predictions, const Arg& targets, double delta, Reduction reduction) {
  SourceScope scope(predictions.where());
  check_same("huber_loss", array_of(predictions), array_of(targets));
  if (!(delta > 0)) throw ValueError("[huber_loss] delta is above 0, got " + std::to_string(delta) + at_line());
  const Array size = abs(wide(predictions) - wide(targets));
  return narrow(reduced(where(size <= delta, square(size) * 0.5, (size - 0.5 * delta) * delta), reduction), predictions,
                targets);
}

Array kl_divergence(const Arg& log_predictions, const Arg& targets_arg, Reduction reduction) {
  SourceScope scope(log_predictions.where());
  const Array predictions = wide(log_predictions), targets = wide(targets_arg);
  check_same("kl_divergence", predictions, targets);
  // 0 log(0) is 0.
  const Array positive = targets > 0;
  const Array each = where(positive, targets * log(where(positive, targets, 1)), 0) - targets * predictions;
  if (reduction == Reduction::none) return narrow(each, log_predictions, targets_arg);
  const Array examples = sum(each, {.axis = -1});
  return narrow(reduced(examples, reduction), log_predictions, targets_arg);
}

Array ctc_loss(const Arg& logits_arg, const Array& labels, const Array& lengths, const Array& label_lengths,
               const CtcOptions& options) {
  SourceScope scope(logits_arg.where());
  const Array logits = array_of(logits_arg);
  if (logits.rank() != 3 || labels.rank() != 2 || lengths.rank() != 1 || label_lengths.rank() != 1 ||
      logits.size(0) != labels.size(0) || lengths.size(0) != labels.size(0) || label_lengths.size(0) != labels.size(0))
    refuse("ctc_loss",
           "takes scores (batch, time, classes), labels (batch, most), and for each example both lengths; got " +
               to_string(logits.shape()) + ", " + to_string(labels.shape()) + ", " + to_string(lengths.shape()) +
               " and " + to_string(label_lengths.shape()));
  const int64_t batch = logits.size(0), time = logits.size(1), most = labels.size(1), states = 2 * most + 1;
  if (time == 0) refuse("ctc_loss", "takes at least one step of time");
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  // The states are the labels with blanks around each: blank, first, blank, second, ..., blank.
  const Array blanks = full({.shape = {batch, most, 1}, .value = options.blank, .dtype = int64});
  const Array known = where(expand_dims(arange(most), 0) < expand_dims(label_lengths, 1),
                            cast(labels, {.dtype = int64}), options.blank);
  Array symbols = reshape(concatenate({blanks, expand_dims(known, 2)}, {.axis = 2}), {.shape = {batch, 2 * most}});
  symbols = concatenate({symbols, full({.shape = {batch, 1}, .value = options.blank, .dtype = int64})}, {.axis = 1});
  // (time, batch, states): the logarithm of the probability of each state's symbol.
  // Steps beyond the length reach nothing, whatever is there.
  const Array within = expand_dims(expand_dims(arange(time), 0) < expand_dims(lengths, 1), 2);
  const Array scores = moveaxis(log_softmax(where(within, logits, 0)), 1, 0);
  // A label below 0 is no class and does not count from the end: it is moved out of the range.
  const Array classes = where(symbols < 0, symbols - logits.size(2), symbols);
  const Array index = broadcast_to(expand_dims(classes, 0), {.shape = {time, batch, states}});
  const Array emitted = take_along_axis(scores, index, {.axis = 2});
  // A state may also be entered from two before, unless that would leave out a blank between two equal labels.
  const Array earlier = concatenate(
      {full({.shape = {batch, 2}, .value = options.blank, .dtype = int64}), symbols.at(all, Slice{0, states - 2})},
      {.axis = 1});
  const Array skips = most == 0 ? Array() : (symbols != options.blank) & (symbols != earlier);
  const Array places = arange(states);
  const Array start = where(expand_dims(places, 0) <= 1, emitted.at(0), nothing);
  const auto before = [&](const Array& alpha, int64_t by) {
    const Array gap = full({.shape = {batch, by}, .value = nothing, .dtype = alpha.dtype()});
    return concatenate({gap, alpha.at(all, Slice{0, states - by})}, {.axis = 1});
  };
  auto [alpha, unused] = scan(
      [&](const Array& now, const std::pair<Array, Array>& at) {
        std::vector<Array> ways{now};
        if (most > 0) ways = {now, before(now, 1), where(skips, before(now, 2), nothing)};
        const Array next = logsumexp(stack(ways), {.axis = 0}) + at.first;
        return std::pair(where(expand_dims(at.second < lengths, 1), next, now), at.second);
      },
      start, std::pair(emitted.at(Slice{1, none}), arange(1, time)));
  // The end is the last label or the blank behind it.
  const Array last = expand_dims(label_lengths * 2, 1);
  const Array ends = (expand_dims(places, 0) == last) | (expand_dims(places, 0) == last - 1);
  Array losses = -logsumexp(where(ends, alpha, nothing), {.axis = 1});
  if (options.zero_infinity) losses = where(isinf(losses), 0, losses);
  if (options.reduction == Reduction::mean)
    return mean(losses / maximum(cast(label_lengths, {.dtype = losses.dtype()}), 1));
  return reduced(losses, options.reduction);
}

Array triplet_loss(const Arg& anchor, const Arg& positive, const Arg& negative, const TripletOptions& options) {
  SourceScope scope(anchor.where());
  const Array a = array_of(anchor), p = array_of(positive), n = array_of(negative);
  check_same("triplet_loss", a, p);
  check_same("triplet_loss", a, n);
  return narrow(reduced(relu_of(distance(a, p) - distance(a, n) + options.margin), options.reduction), anchor, anchor);
}

Array contrastive_loss(const Arg& x1, const Arg& x2, const Array& same_class, const ContrastiveOptions& options) {
  SourceScope scope(x1.where());
  const Array a = array_of(x1), b = array_of(x2);
  check_same("contrastive_loss", a, b);
  const Array d = distance(a, b);
  check_same("contrastive_loss", d, same_class);
  const Array chosen = same_class.dtype() == bool_ ? same_class : same_class != 0;
  return narrow(reduced(where(chosen, square(d), square(relu_of(options.margin - d))) * 0.5, options.reduction), x1,
                x2);
}

Array info_nce_loss(const Arg& x1, const Arg& x2, double temperature) {
  SourceScope scope(x1.where());
  const Array a = wide(x1), b = wide(x2);
  check_same("info_nce_loss", a, b);
  if (a.rank() != 2) refuse("info_nce_loss", "takes (batch, size), got " + to_string(a.shape()));
  const auto unit = [](const Array& x) { return x / maximum(vector_norm(x, {.axis = -1, .keepdims = true}), 1e-12); };
  const Array scores = matmul(unit(a), swapaxes(unit(b), 0, 1)) / temperature;
  const Array labels = arange(a.size(0));
  const Array loss = (mean(cross_entropy(scores, labels)) + mean(cross_entropy(swapaxes(scores, 0, 1), labels))) * 0.5;
  return narrow(loss, x1, x2);
}

}  // namespace koine::nn
