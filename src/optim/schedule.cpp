#include <koine/schedule.h>

#include "optim/scalar.h"

#include <algorithm>
#include <cmath>

namespace koine::optim {

namespace {

double positive(int64_t steps, const char* schedule) {
  if (steps < 1)
    throw ValueError(std::string("[") + schedule + "] takes at least 1 step, got " + std::to_string(steps));
  return static_cast<double>(steps);
}

}  // namespace

Schedule::Schedule(double number) : pieces_{{.from = number, .to = number}} {}

Schedule::Schedule(const Array& number) : Schedule(1) {
  if (number.rank() != 0)
    throw ShapeError("[Schedule] a number is an array without axes, got shape " + to_string(number.shape()));
  factor_ = cast(number, {.dtype = float64});
}

Scalar Schedule::value(const Piece& piece, const Scalar& step) {
  const Scalar time = step - piece.first;
  const Scalar part = least(time / piece.length, 1);
  switch (piece.kind) {
    case Kind::constant:
      return piece.from;
    case Kind::linear:
      return Scalar(piece.from) + (piece.to - piece.from) * part;
    case Kind::cosine:
      return Scalar(piece.to) + (piece.from - piece.to) * (Scalar(1) + cos(part * M_PI)) / 2;
    case Kind::cosine_restarts: {
      const Scalar turn = time / piece.length;
      return Scalar(piece.to) + (piece.from - piece.to) * (Scalar(1) + cos((turn - floor(turn)) * M_PI)) / 2;
    }
    case Kind::polynomial:
      return Scalar(piece.to) + (piece.from - piece.to) * pow(Scalar(1) - part, piece.shape);
    case Kind::stairs:
      return piece.from * pow(piece.shape, floor(time / piece.length));
    case Kind::inverse_sqrt:
      return Scalar(piece.from) / sqrt(Scalar(1) + time / piece.length);
  }
  return piece.from;
}

Scalar Schedule::value(const Scalar& step) const {
  Scalar now = value(pieces_.front(), step);
  for (size_t i = 1; i < pieces_.size(); ++i) now = switched(step, pieces_[i].first, now, value(pieces_[i], step));
  return factor_ ? now * Scalar(*factor_) : now;
}

double Schedule::at(int64_t step) const {
  const Scalar now = value(Scalar(static_cast<double>(step)));
  return now.known() ? now.number() : now.array().item<double>();
}
Array Schedule::operator()(const Array& step) const { return value(Scalar(cast(step, {.dtype = float64}))).array(); }

Schedule Schedule::scaled(double factor) const {
  Schedule all = *this;
  for (Piece& piece : all.pieces_) {
    piece.from *= factor;
    piece.to *= factor;
  }
  return all;
}

Schedule Schedule::then(int64_t step, const Schedule& next) const {
  if (static_cast<double>(step) <= pieces_.back().first && step != 0)
    throw ValueError("[then] step " + std::to_string(step) + " is not after the last change");
  if (factor_ || next.factor_) throw ValueError("[then] a number that is an array is followed by nothing");
  Schedule all = step == 0 ? Schedule(std::vector<Piece>{}) : *this;
  for (Piece piece : next.pieces_) {
    piece.first += static_cast<double>(step);
    all.pieces_.push_back(piece);
  }
  return all;
}

Schedule Schedule::after_warmup(int64_t steps, double start) const {
  if (steps < 0) throw ValueError("[after_warmup] takes at least 0 steps, got " + std::to_string(steps));
  if (steps == 0) return *this;
  if (factor_) throw ValueError("[after_warmup] a number that is an array has no warm-up");
  return linear(start * at(0), at(0), steps).then(steps, *this);
}

bool Schedule::is_constant() const { return !factor_ && pieces_.size() == 1 && pieces_[0].kind == Kind::constant; }

std::vector<double> Schedule::numbers() const {
  if (factor_) throw ValueError("[numbers] a number that is an array is not kept in a file");
  std::vector<double> all;
  for (const Piece& piece : pieces_)
    for (double number :
         {static_cast<double>(piece.kind), piece.first, piece.from, piece.to, piece.length, piece.shape})
      all.push_back(number);
  return all;
}

Schedule Schedule::of_numbers(const std::vector<double>& numbers) {
  std::vector<Piece> pieces;
  bool good = !numbers.empty() && numbers.size() % 6 == 0;
  for (size_t i = 0; good && i < numbers.size(); i += 6) {
    const auto kind = static_cast<uint8_t>(std::clamp(numbers[i], 0.0, 255.0));
    good = kind == numbers[i] && kind <= static_cast<uint8_t>(Kind::inverse_sqrt) && numbers[i + 4] > 0 &&
           (i == 0 ? numbers[1] == 0 : numbers[i + 1] > numbers[i - 5]);
    pieces.push_back(
        {static_cast<Kind>(kind), numbers[i + 1], numbers[i + 2], numbers[i + 3], numbers[i + 4], numbers[i + 5]});
  }
  if (!good) throw ValueError("[of_numbers] these numbers are those of no schedule");
  return Schedule(std::move(pieces));
}

Schedule linear(double from, double to, int64_t steps) {
  return Schedule({{.kind = Schedule::Kind::linear, .from = from, .to = to, .length = positive(steps, "linear")}});
}
Schedule cosine(double from, int64_t steps, double to) {
  return Schedule({{.kind = Schedule::Kind::cosine, .from = from, .to = to, .length = positive(steps, "cosine")}});
}
Schedule cosine_restarts(double from, int64_t steps, double to) {
  return Schedule({{.kind = Schedule::Kind::cosine_restarts,
                    .from = from,
                    .to = to,
                    .length = positive(steps, "cosine_restarts")}});
}
Schedule polynomial(double from, int64_t steps, double power, double to) {
  return Schedule({{.kind = Schedule::Kind::polynomial,
                    .from = from,
                    .to = to,
                    .length = positive(steps, "polynomial"),
                    .shape = power}});
}
Schedule step_decay(double from, int64_t every, double factor) {
  return Schedule({{.kind = Schedule::Kind::stairs,
                    .from = from,
                    .to = from,
                    .length = positive(every, "step_decay"),
                    .shape = factor}});
}
Schedule step_decay(double from, const std::vector<int64_t>& at, double factor) {
  Schedule all(from);
  for (const int64_t step : at) {
    positive(step, "step_decay");
    from *= factor;
    all = all.then(step, from);
  }
  return all;
}
Schedule inverse_sqrt(double from, int64_t steps) {
  return Schedule(
      {{.kind = Schedule::Kind::inverse_sqrt, .from = from, .to = from, .length = positive(steps, "inverse_sqrt")}});
}

Schedule one_cycle(double peak, int64_t steps, double rise, double start, double end) {
  const double low = peak / start, last = positive(steps, "one_cycle") - 1, top = rise * (last + 1) - 1;
  if (!(top > 0) || !(last > top))
    throw ValueError("[one_cycle] " + std::to_string(steps) + " steps leave nothing to rise or to fall");
  return Schedule(
      {{.kind = Schedule::Kind::cosine, .from = low, .to = peak, .length = top},
       {.kind = Schedule::Kind::cosine, .first = top, .from = peak, .to = low / end, .length = last - top}});
}

double Plateau::observe(double metric) {
  const double sign = options.maximize ? -1 : 1;
  // What is not a number is no better than anything.
  const bool better =
      !std::isnan(metric) && (std::isnan(best) || sign * metric < sign * best - options.threshold * std::fabs(best));
  if (better) best = metric;
  bad = better ? 0 : bad + 1;
  if (cooling > 0) {
    --cooling;
    bad = 0;
  }
  if (bad > options.patience) {
    factor = std::max(factor * options.factor, options.least);
    cooling = options.cooldown;
    bad = 0;
  }
  return factor;
}

}  // namespace koine::optim
