#pragma once
#include <koine/nn/model.h>
#include <koine/control.h>

#include <optional>

/// Layers that walk along sequences: (batch, time, in) to (batch, time, out). Sequences of different lengths are padded
/// to one, with `lengths` (batch): beyond its length a sequence changes no state and gives zeros.
namespace koine::nn {

/// Long short-term memory (Hochreiter and Schmidhuber, 1997): one step. The gates are input, forget, cell, output.
struct LstmCell {
  int64_t in = 0, size = 0;
  Param weight{{in, 4 * size}, fan_in_uniform(size)};
  Param hidden_weight{{size, 4 * size}, fan_in_uniform(size)};
  Param bias{{4 * size}, fan_in_uniform(size)};

  struct State {
    Array hidden, cell;
  };
  State start(int64_t batch, DType dtype) const;
  /// What a step takes of its input: all steps of (..., in) at once.
  Array project(const Array& x) const;
  State step(const Array& projected, const State& state) const;
};

/// The gated recurrent unit (Cho et al., 2014), in PyTorch's variant: one step. The gates are reset, update, candidate.
struct GruCell {
  int64_t in = 0, size = 0;
  Param weight{{in, 3 * size}, fan_in_uniform(size)};
  Param hidden_weight{{size, 3 * size}, fan_in_uniform(size)};
  Param bias{{3 * size}, fan_in_uniform(size)};
  /// Of the candidate's hidden part, which the reset gate multiplies.
  Param candidate_bias{{size}, fan_in_uniform(size)};

  struct State {
    Array hidden;
  };
  State start(int64_t batch, DType dtype) const;
  Array project(const Array& x) const;
  State step(const Array& projected, const State& state) const;
};

namespace detail {
/// (batch, time) as a sequence of (batch, 1): whether each sequence still goes on.
Array alive(const Array& lengths, int64_t time);
/// Throws ShapeError unless x is (batch, time, in) and lengths (batch).
void check_sequences(const char* layer, const Array& x, int64_t in, const Array& lengths);
}  // namespace detail

/// Cells along a sequence, several layers of them, in one direction or in both.
template <class Cell>
struct Recurrent {
  int64_t in = 0, size = 0;
  int64_t layers = 1;
  /// Each layer walks forwards and backwards; the results lie side by side, `size` each.
  bool bidirectional = false;
  /// Between layers, in training.
  double dropout = 0;
  /// Sequences and outputs are (time, batch, ...).
  bool time_first = false;
  /// Of layer l in direction d at l * directions + d.
  std::vector<Cell> cells = make_cells(in, size, layers, bidirectional);

  struct Result {
    /// (batch, time, size or 2 * size).
    Array output;
    /// After the last step of each sequence, in the order of `cells`.
    std::vector<typename Cell::State> last;
  };
  /// `lengths` may be empty; `start` has a state for each cell or is empty for zeros.
  Result run(const Arg& arg, const Array& lengths, Context& context,
             const std::vector<typename Cell::State>& start = {}) const {
    SourceScope scope(arg.where());
    if (!arg.is_array()) throw ShapeError("[Recurrent] takes an array" + at_line());
    Array x = arg.array();
    if (time_first && x.rank() == 3) x = swapaxes(x, 0, 1);
    detail::check_sequences("Recurrent", x, in, lengths);
    const size_t directions = bidirectional ? 2 : 1;
    Array alive;
    if (lengths.defined()) {
      alive = detail::alive(lengths, x.size(1));
      // What is filled up reaches no gradient either, were it NaN.
      x = where(swapaxes(alive, 0, 1), x, 0);
    }
    Result result;
    for (size_t at = 0; at < cells.size(); at += directions) {
      if (at > 0 && dropout > 0 && context.training()) x = koine::dropout(x, context.next_key(), {.rate = dropout});
      std::vector<Array> outputs;
      for (size_t d = 0; d < directions; ++d) {
        const Cell& cell = cells[at + d];
        auto first = start.empty() ? cell.start(x.size(0), x.dtype()) : start.at(at + d);
        auto [last, output] = walk(cell, x, alive, first, d == 1);
        result.last.push_back(last);
        outputs.push_back(output);
      }
      x = directions == 1 ? outputs[0] : concatenate(outputs, {.axis = -1});
    }
    result.output = time_first ? swapaxes(x, 0, 1) : x;
    return result;
  }
  Array operator()(const Arg& x, Context& context) const { return run(x, {}, context).output; }
  Array operator()(const Arg& x, const Array& lengths, Context& context) const {
    return run(x, lengths, context).output;
  }
  /// In evaluation.
  Array operator()(const Arg& x, const Array& lengths = {}) const {
    Context context;
    return run(x, lengths, context).output;
  }

  static std::vector<Cell> make_cells(int64_t in, int64_t size, int64_t layers, bool bidirectional) {
    std::vector<Cell> cells;
    for (int64_t layer = 0; layer < layers; ++layer)
      for (int direction = 0; direction < (bidirectional ? 2 : 1); ++direction)
        cells.push_back({.in = layer == 0 ? in : size * (bidirectional ? 2 : 1), .size = size});
    return cells;
  }

 private:
  using State = typename Cell::State;
  static std::pair<State, Array> walk(const Cell& cell, const Array& x, const Array& alive, const State& first,
                                      bool backwards) {
    const Array projected = moveaxis(cell.project(x), 1, 0);
    if (!alive.defined()) {
      auto [last, outputs] = scan(
          [&](const State& state, const Array& now) {
            State next = cell.step(now, state);
            return std::pair(next, next.hidden);
          },
          first, projected, {.reverse = backwards});
      return {last, moveaxis(outputs, 0, 1)};
    }
    auto [last, outputs] = scan(
        [&](const State& state, const std::pair<Array, Array>& now) {
          State next = cell.step(now.first, state);
          const Array output = where(now.second, next.hidden, 0);
          next = tree::map(next, state, [&](const Array& n, const Array& old) { return where(now.second, n, old); });
          return std::pair(next, output);
        },
        first, std::pair(projected, alive), {.reverse = backwards});
    return {last, moveaxis(outputs, 0, 1)};
  }
};
using Lstm = Recurrent<LstmCell>;
using Gru = Recurrent<GruCell>;

/// The output of each sequence's last step: (batch, time, size) and lengths (batch), or empty, to (batch, size).
Array last_step(const Arg& outputs, const Array& lengths = {});
/// The same as a layer.
struct LastStep {
  Array operator()(const Arg& x) const { return last_step(x); }
};

}  // namespace koine::nn
