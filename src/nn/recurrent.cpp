#include <koine/nn/recurrent.h>

#include "nn/filled.h"

namespace koine::nn {

namespace {

// Columns [first, last) of the gates.
Array gate(const Array& gates, int64_t number, int64_t size) {
  return gates.at(ellipsis, Slice{number * size, (number + 1) * size});
}

}  // namespace

LstmCell::State LstmCell::start(int64_t batch, DType dtype) const {
  return {zeros({batch, size}, dtype), zeros({batch, size}, dtype)};
}
Array LstmCell::project(const Array& x) const { return matmul(x, filled(weight, "Lstm")) + bias; }
LstmCell::State LstmCell::step(const Array& projected, const State& state) const {
  const Array gates = projected + matmul(state.hidden, hidden_weight);
  const Array cell =
      sigmoid(gate(gates, 1, size)) * state.cell + sigmoid(gate(gates, 0, size)) * tanh(gate(gates, 2, size));
  return {sigmoid(gate(gates, 3, size)) * tanh(cell), cell};
}

GruCell::State GruCell::start(int64_t batch, DType dtype) const { return {zeros({batch, size}, dtype)}; }
Array GruCell::project(const Array& x) const { return matmul(x, filled(weight, "Gru")) + bias; }
GruCell::State GruCell::step(const Array& projected, const State& state) const {
  const Array hidden = matmul(state.hidden, hidden_weight);
  const Array reset = sigmoid(gate(projected, 0, size) + gate(hidden, 0, size));
  const Array update = sigmoid(gate(projected, 1, size) + gate(hidden, 1, size));
  const Array candidate = tanh(gate(projected, 2, size) + reset * (gate(hidden, 2, size) + candidate_bias));
  return {candidate + update * (state.hidden - candidate)};
}

namespace detail {

Array alive(const Array& lengths, int64_t time) {
  return expand_dims(expand_dims(arange(time), 1) < expand_dims(lengths, 0), 2);
}

void check_sequences(const char* layer, const Array& x, int64_t in, const Array& lengths) {
  if (x.rank() != 3 || !same(x.shape()[2], in))
    throw ShapeError(std::string("[") + layer + "] takes (batch, time, " + std::to_string(in) + "), got shape " +
                     to_string(x.shape()) + at_line());
  if (lengths.defined() && (lengths.rank() != 1 || !same(lengths.shape()[0], x.shape()[0])))
    throw ShapeError(std::string("[") + layer + "] takes a length for each sequence, got shape " +
                     to_string(lengths.shape()) + " for " + to_string(x.shape()) +
                     (lengths.rank() == 1 && same(lengths.shape()[0], x.shape()[1])
                          ? ", whose second axis is as long: time_first takes (time, batch, in)"
                          : "") +
                     at_line());
}

}  // namespace detail

Array last_step(const Arg& outputs, const Array& lengths) {
  SourceScope scope(outputs.where());
  if (!outputs.is_array() || outputs.array().rank() != 3)
    throw ShapeError("[last_step] takes (batch, time, size)" + at_line());
  const Array& x = outputs.array();
  if (!lengths.defined()) return x.at(all, -1);
  const Array index = reshape(cast(lengths, {.dtype = int64}) - 1, {.shape = {lengths.shape()[0], 1, 1}});
  const Shape wanted{x.shape()[0], 1, x.shape()[2]};
  return squeeze(take_along_axis(x, broadcast_to(index, {.shape = wanted}), {.axis = 1}), 1);
}

}  // namespace koine::nn
