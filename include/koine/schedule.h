#pragma once
#include <koine/array.h>
#include <koine/tree.h>

#include <limits>
#include <optional>
#include <vector>

/// Numbers that change from step to step, such as learning rates.
namespace koine::optim {

class Scalar;

/// A number for every step, counted from 0. A plain number is the schedule that never changes:
/// `Adam{{.lr = 1e-3}}`, `Adam{{.lr = cosine(1e-3, 10000).after_warmup(500)}}`. It is a function of the step alone, so
/// that it has no state to save and works under `jit`.
class Schedule {
 public:
  Schedule(double number = 0);
  /// A number that is computed, an array without axes: derivatives go through it, and it may change without a new
  /// trace. Throws ShapeError for an array with axes.
  explicit Schedule(const Array& number);

  /// The number at a step.
  double at(int64_t step) const;
  /// The same for an integer array, as float64.
  Array operator()(const Array& step) const;
  /// All numbers times a factor.
  Schedule scaled(double factor) const;
  Schedule& operator*=(double factor) { return *this = scaled(factor); }
  /// Begins with `steps` steps in which the number rises evenly from `start` times the first one (Goyal et al., 2017);
  /// the schedule itself follows. Throws ValueError when steps is negative.
  Schedule after_warmup(int64_t steps, double start = 0) const;
  /// Goes on with another schedule, from its beginning, at a step. Throws ValueError when that is not after the last
  /// change.
  Schedule then(int64_t step, const Schedule& next) const;
  bool is_constant() const;
  /// All that the schedule is, as numbers for a file; `of_numbers` makes it of them again. Throws ValueError for one
  /// that is made of an array.
  std::vector<double> numbers() const;
  /// Throws ValueError for numbers that no schedule has given.
  static Schedule of_numbers(const std::vector<double>& numbers);

  KOINE_TREE(Schedule, pieces_, factor_)

 private:
  friend Schedule linear(double from, double to, int64_t steps);
  friend Schedule cosine(double from, int64_t steps, double to);
  friend Schedule cosine_restarts(double from, int64_t steps, double to);
  friend Schedule polynomial(double from, int64_t steps, double power, double to);
  friend Schedule step_decay(double from, int64_t every, double factor);
  friend Schedule inverse_sqrt(double from, int64_t steps);
  friend Schedule one_cycle(double peak, int64_t steps, double rise, double start, double end);

  enum class Kind : uint8_t { constant, linear, cosine, cosine_restarts, polynomial, stairs, inverse_sqrt };
  // What holds from a step on, until the next piece.
  struct Piece {
    Kind kind = Kind::constant;
    double first = 0;
    double from = 0, to = 0;
    double length = 1;
    double shape = 1;  // the power, or the factor
  };
  explicit Schedule(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}
  static Scalar value(const Piece& piece, const Scalar& step);
  Scalar value(const Scalar& step) const;
  friend class Rate;

  std::vector<Piece> pieces_;
  std::optional<Array> factor_;  // of all numbers
};

/// From one number to another in even steps, then the second one. Here and below ValueError when steps is below 1.
Schedule linear(double from, double to, int64_t steps);
/// Along half a cosine, then `to` (Loshchilov and Hutter, 2017).
Schedule cosine(double from, int64_t steps, double to = 0);
/// The same again every `steps` steps.
Schedule cosine_restarts(double from, int64_t steps, double to = 0);
/// to + (from - to) (1 - step / steps)^power, then `to`.
Schedule polynomial(double from, int64_t steps, double power, double to = 0);
/// Times the factor every so many steps; with every = 1 exponential decay.
Schedule step_decay(double from, int64_t every, double factor = 0.1);
/// Times the factor at each of these steps.
Schedule step_decay(double from, const std::vector<int64_t>& at, double factor = 0.1);
/// from / sqrt(1 + step / steps).
Schedule inverse_sqrt(double from, int64_t steps);
/// Up to the peak along half a cosine in the part `rise` of the steps, and down in the others: from peak / start to
/// the peak to peak / start / end (Smith and Topin, 2018), as PyTorch's OneCycleLR.
Schedule one_cycle(double peak, int64_t steps, double rise = 0.3, double start = 25, double end = 1e4);

struct PlateauOptions {
  double factor = 0.1;
  /// How many times without a better metric are borne.
  int64_t patience = 10;
  /// What counts as better: by this part of the best so far.
  double threshold = 1e-4;
  /// How many times nothing is counted after a change.
  int64_t cooldown = 0;
  /// The least that all is multiplied by.
  double least = 0;
  /// Whether larger metrics are better.
  bool maximize = false;
};
/// A factor for a schedule that shrinks when a metric no longer gets better, as PyTorch's ReduceLROnPlateau.
struct Plateau {
  PlateauOptions options = {};
  double factor = 1;
  double best = std::numeric_limits<double>::quiet_NaN();
  int64_t bad = 0, cooling = 0;

  /// Takes the metric of an epoch; gives the factor from now on.
  double observe(double metric);
};

}  // namespace koine::optim
