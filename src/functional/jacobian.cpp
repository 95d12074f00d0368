#include "base/format.h"
#include "base/narrow.h"
#include "functional/recorded.h"

#include <koine/ops.h>

/// Jacobians: one pull for each element of a result, or one push for each of an argument, as a batch.
namespace koine::detail {

namespace {

/// What is known of one argument and one result.
struct Pair {
  bool complex_leaf, complex_result;
};

void check(const Pair& pair, bool holomorphic, const Array& leaf, const Array& result, std::source_location where) {
  if (holomorphic && !(pair.complex_leaf && pair.complex_result))
    throw DTypeError(cat("[jacobian] a holomorphic function has complex arguments and results, got ",
                         name(leaf.dtype()), " and ", name(result.dtype()), at_line(where)));
  if (pair.complex_leaf && pair.complex_result && !holomorphic)
    throw DTypeError(cat("[jacobian] the argument is ", name(leaf.dtype()), " and the result ", name(result.dtype()),
                         ": one number is its derivative only where the function is holomorphic; say so, or "
                         "differentiate real and imaginary parts by themselves",
                         at_line(where)));
}

/// a + i b
Array joined(const Array& a, const Array& b) { return a + b * Number::complex(0, 1); }

/// The rows for one result: cotangents along each of its elements.
List rows_of(const Recorded& recorded, const List& results, size_t k, const List& leaves, bool holomorphic,
             std::source_location where) {
  const Array& result = results[k];
  auto pulled = [&](const Array& basis) {
    auto along = [&](const List& in) {
      List cotangents(results.size());
      cotangents[k] = in[0];
      return pull(recorded, cotangents, where);
    };
    if (result.rank() == 0) {  // no batch is needed for one row
      List rows = along({basis.at(0)});
      for (Array& row : rows)
        if (row.defined()) row = expand_dims(row, 0);
      return rows;
    }
    return vmap(Callable(along), {basis}, {0}, {0}, where);
  };
  const Array basis = basis_like(result);
  List rows = pulled(basis), imaginary;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].defined()) continue;
    const Pair pair{is_complex(leaves[i].dtype()), is_complex(result.dtype())};
    check(pair, holomorphic, leaves[i], result, where);
    if (pair.complex_result && pair.complex_leaf) rows[i] = conj(rows[i]);
    if (pair.complex_result && !pair.complex_leaf) {
      // A real argument sees the real part of a cotangent times the derivative's conjugate.
      if (imaginary.empty()) imaginary = pulled(basis * Number::complex(0, 1));
      rows[i] = joined(rows[i], imaginary[i]);
    }
    rows[i] = split_axis(rows[i], 0, result.shape());
  }
  return rows;
}

/// The columns for one leaf: tangents along each of its elements.
List columns_of(const Recorded& recorded, const List& results, size_t i, const List& leaves, bool holomorphic,
                std::source_location where) {
  const Array& leaf = leaves[i];
  auto pushed = [&](const Array& basis) {
    auto along = [&](const List& in) {
      List tangents(leaves.size());
      tangents[i] = in[0];
      return push(recorded, tangents, where);
    };
    return vmap(Callable(along), {basis}, {0}, {0}, where);
  };
  const Array basis = basis_like(leaf);
  List columns = pushed(basis), imaginary;
  for (size_t k = 0; k < columns.size(); ++k) {
    if (!columns[k].defined()) continue;
    const Pair pair{is_complex(leaf.dtype()), is_complex(results[k].dtype())};
    check(pair, holomorphic, leaf, results[k], where);
    if (pair.complex_leaf && !pair.complex_result) {  // the direction of steepest ascent, as in reverse
      if (imaginary.empty()) imaginary = pushed(basis * Number::complex(0, 1));
      columns[k] = joined(columns[k], imaginary[k]);
    }
    columns[k] = split_axis(moveaxis(columns[k], 0, -1), -1, leaf.shape());
  }
  return columns;
}

}  // namespace

std::vector<List> jacobian(Callable f, const List& leaves, const Flags& wanted, bool forward, bool holomorphic,
                           std::source_location where) {
  List results;
  RecordedRef recorded;
  {
    Tape tape(leaves, wanted);
    results = f(tape.inputs());
    recorded = tape.record(results);
  }
  std::vector<List> all(results.size(), List(leaves.size()));
  for (size_t k = 0; k < results.size() && !forward; ++k)
    if (is_inexact(results[k].dtype())) all[k] = rows_of(*recorded, results, k, leaves, holomorphic, where);
  for (size_t i = 0; i < leaves.size() && forward; ++i) {
    if (!wanted[i]) continue;
    const List columns = columns_of(*recorded, results, i, leaves, holomorphic, where);
    for (size_t k = 0; k < results.size(); ++k) all[k][i] = columns[k];
  }
  return all;
}

Array split_axis(const Array& x, int axis, const Shape& lengths) {
  Shape shape = x.shape();
  auto place = axis < 0 ? axis + narrow<int>(shape.size()) : axis;
  shape.erase(place);
  for (size_t d = 0; d < lengths.size(); ++d) shape.insert(place + static_cast<int>(d), lengths[static_cast<int>(d)]);
  return reshape(x, {.shape = shape});
}

Array basis_like(const Array& x) { return split_axis(eye(x.size(), x.dtype()), -1, x.shape()); }

}  // namespace koine::detail
