#include <koine/lbfgs.h>
#include <koine/ops.h>

#include <algorithm>
#include <cmath>

namespace koine::optim {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& x, const Vector& y) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}
void add(Vector& x, double factor, const Vector& y) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += factor * y[i];
}
double largest(const Vector& x) {
  double most = 0;
  for (const double value : x) most = std::max(most, std::fabs(value));
  return most;
}
Array array_of(const Vector& x) { return from(x, {static_cast<int64_t>(x.size())}); }

// Minus the gradient times the inverse of the curvature that the moves show (the recursion of two loops).
Vector direction_of(const Vector& gradient, const std::vector<Vector>& moves, const std::vector<Vector>& changes,
                    double scale) {
  Vector q(gradient.size()), parts(moves.size());
  add(q, -1, gradient);
  for (size_t i = moves.size(); i-- > 0;) {
    parts[i] = dot(moves[i], q) / dot(changes[i], moves[i]);
    add(q, -parts[i], changes[i]);
  }
  for (double& value : q) value *= scale;
  for (size_t i = 0; i < moves.size(); ++i) add(q, parts[i] - dot(changes[i], q) / dot(changes[i], moves[i]), moves[i]);
  return q;
}

/// The weights as one vector, and the loss there.
class Problem {
 public:
  Problem(const std::vector<Array*>& params, const detail::Evaluate& evaluate) : params_(params), evaluate_(evaluate) {
    for (const Array* param : params_) {
      if (!param) continue;
      const Vector values = param->to_vector<double>();
      x.insert(x.end(), values.begin(), values.end());
    }
  }

  void go_to(const Vector& place) {
    x = place;
    size_t at = 0;
    for (Array* param : params_) {
      if (!param) continue;
      const auto count = static_cast<size_t>(param->size());
      const Vector part(x.begin() + static_cast<std::ptrdiff_t>(at),
                        x.begin() + static_cast<std::ptrdiff_t>(at + count));
      *param = cast(from(part, param->shape()), {.dtype = param->dtype()});
      at += count;
    }
  }
  void evaluate() {
    auto [value, grads] = evaluate_();
    loss = value;
    gradient.clear();
    for (size_t i = 0; i < params_.size(); ++i) {
      if (!params_[i]) continue;
      const Vector part =
          grads[i].defined() ? grads[i].to_vector<double>() : Vector(static_cast<size_t>(params_[i]->size()));
      gradient.insert(gradient.end(), part.begin(), part.end());
    }
  }

  Vector x, gradient;
  double loss = 0;

 private:
  const std::vector<Array*>& params_;
  const detail::Evaluate& evaluate_;
};

}  // namespace

void Lbfgs::prepare(const std::vector<Array*>& params) {
  if (direction.defined()) return;
  int64_t size = 0;
  for (const Array* param : params) size += param ? param->size() : 0;
  direction = gradient = zeros({size}, float64);
  moves.assign(static_cast<size_t>(options.history), direction);
  changes = moves;
  numbers = array_of({0, 1, 0, 0});
}

double Lbfgs::minimize(const std::vector<Array*>& params, const detail::Evaluate& evaluate) {
  prepare(params);
  Problem now(params, evaluate);
  now.evaluate();
  if (!std::isfinite(now.loss)) throw ValueError("[Lbfgs] the loss is no number at the beginning");
  double loss = now.loss;
  Vector state = numbers.to_vector<double>();
  const auto fits = [&](const Array& vector) { return vector.size() == static_cast<int64_t>(now.x.size()); };
  if (!fits(direction) || !fits(gradient) || !std::all_of(moves.begin(), moves.end(), fits) ||
      !std::all_of(changes.begin(), changes.end(), fits))
    throw ValueError("[Lbfgs] its state belongs to a model with " + std::to_string(direction.size()) +
                     " numbers, this one has " + std::to_string(now.x.size()));
  // It may be of a file.
  constexpr double most_calls = 1e15;
  if (state.size() != 4 || moves.size() != changes.size() || !(state[2] >= 0) ||
      state[2] > static_cast<double>(moves.size()) || !(state[3] >= 0) || state[3] > most_calls)
    throw ValueError("[Lbfgs] this is no state of an Lbfgs");
  auto &length = state[0], &scale = state[1], &kept = state[2], &calls = state[3];
  const double lr = options.lr.at(static_cast<int64_t>(calls++));
  const auto vectors = [&kept](const std::vector<Array>& arrays) {
    std::vector<Vector> all;
    for (size_t i = 0; i < static_cast<size_t>(kept); ++i) all.push_back(arrays[i].to_vector<double>());
    return all;
  };
  if (largest(now.gradient) <= options.gradient_tolerance) {
    numbers = array_of(state);
    return loss;
  }
  std::vector<Vector> old_moves = vectors(moves), old_changes = vectors(changes);
  bool first = length == 0;
  Vector way = direction.to_vector<double>(), before = gradient.to_vector<double>();
  for (int64_t iteration = 1; iteration <= options.iterations; ++iteration) {
    if (first) {
      way.assign(now.x.size(), 0);
      add(way, -1, now.gradient);
    } else {
      Vector change = now.gradient, move(now.x.size());
      add(change, -1, before);
      add(move, length, way);
      // Where the curvature is not positive nothing is learnt from the move.
      if (const double curvature = dot(change, move); curvature > 1e-10) {
        while (static_cast<int64_t>(old_moves.size()) >= options.history) {
          old_moves.erase(old_moves.begin());
          old_changes.erase(old_changes.begin());
        }
        scale = curvature / dot(change, change);
        old_moves.push_back(std::move(move));
        old_changes.push_back(std::move(change));
      }
      way = direction_of(now.gradient, old_moves, old_changes, scale);
    }
    before = now.gradient;
    double sum = 0;
    for (const double value : now.gradient) sum += std::fabs(value);
    length = first ? std::min(1.0, 1 / sum) * lr : lr;
    first = false;
    const double slope = dot(now.gradient, way);
    if (slope > -options.change_tolerance) break;
    const Vector start = now.x;
    const double before_move = now.loss;
    const auto move_by = [&](double by) {
      Vector place = start;
      add(place, by, way);
      now.go_to(place);
    };
    move_by(length);
    if (options.line_search) {
      constexpr int most_halvings = 30;
      now.evaluate();
      for (int i = 0; i < most_halvings && !(now.loss <= before_move + 1e-4 * length * slope); ++i) {
        length /= 2;
        move_by(length);
        now.evaluate();
      }
    } else if (iteration < options.iterations) {
      now.evaluate();
    }
    loss = now.loss;
    if (iteration == options.iterations || largest(now.gradient) <= options.gradient_tolerance ||
        largest(way) * length <= options.change_tolerance ||
        std::fabs(now.loss - before_move) < options.change_tolerance)
      break;
  }
  const auto arrays = [&](const std::vector<Vector>& all) {
    std::vector<Array> list;
    for (const Vector& one : all) list.push_back(array_of(one));
    list.resize(static_cast<size_t>(options.history), zeros(direction.shape(), float64));
    return list;
  };
  kept = static_cast<double>(old_moves.size());
  moves = arrays(old_moves);
  changes = arrays(old_changes);
  direction = array_of(way);
  gradient = array_of(before);
  numbers = array_of(state);
  return loss;
}

}  // namespace koine::optim
