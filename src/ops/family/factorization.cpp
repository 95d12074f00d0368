#include "ops/family/factorization.h"

#include "base/dtype_traits.h"
#include "ops/family/control.h"
#include "ops/family/lapack.h"

#include <algorithm>
#include <cmath>

namespace koine::ops {

void Factorization::operand_dtypes(std::span<ir::OperandDType> operands) {
  promote_operands(Promote::inexact, operands);
  DType dtype = operands[0].dtype;
  if (dtype == float16 || dtype == bfloat16)
    throw DTypeError("matrices of " + to_string(dtype) + " are not factored; cast them to float32");
}

void check_matrix(const Shape& shape) {
  if (shape.size() < 2) throw ShapeError("needs matrices, got the shape " + to_string(shape));
}
void check_square(const Shape& shape) {
  check_matrix(shape);
  if (!same(shape[-1], shape[-2])) throw ShapeError("needs square matrices, got the shape " + to_string(shape));
}
Shape with_matrix(const Shape& shape, std::initializer_list<Dim> lengths) {
  Shape result = shape;
  result.pop_back();
  result.pop_back();
  for (Dim length : lengths) result.push_back(length);
  return result;
}

Arrays transposed_jvp(const RuleInput& node, Tangents cotangents) {
  size_t operands = node.in.size(), results = node.out.size();
  std::vector<ir::TypeRef> types;
  for (const auto& list : {node.in, node.out, node.in})
    for (const Array& x : list) types.push_back(ir::intern_type(x.dtype(), x.shape()));
  ir::GraphRef rule = make_graph(types, "transpose", [&](std::span<const Array> all) {
    RuleInput inside{node.op, node.attrs, node.box, part(all, 0, operands), part(all, operands, results)};
    return node.op.jvp(inside, part(all, operands + results, operands));
  });
  Mask tangents(operands + results, 0), every(operands, 1);
  tangents.insert(tangents.end(), operands, 1);
  Arrays zero = chosen(Arrays(operands), node.in, every);
  Arrays given = chosen(cotangents, node.out, Mask(results, 1));
  Arrays out = ir::replay(*transform::vjp(rule, tangents), concat({node.in, node.out, zero, given}));
  return {out.begin() + static_cast<std::ptrdiff_t>(results), out.end()};
}

Array adjoint(const Array& x) {
  Array turned = swapaxes(x, -1, -2);
  return is_complex(x.dtype()) ? conj(turned) : turned;
}
Array hermitian_part(const Array& x) { return (x + adjoint(x)) * 0.5; }

namespace {
// Made of constants of the graph, so that it may stand in a rule that is traced.
Array counted(Dim n) { return cumsum(full({.shape = {n}, .value = 1, .dtype = int64})); }
/// How far to the right of the diagonal each element of the last two axes is.
Array column_less_row(const Array& x) { return counted(x.shape()[-1]) - expand_dims(counted(x.shape()[-2]), 1); }
}  // namespace

Array identity_like(const Array& x) { return cast(column_less_row(x) == 0, {.dtype = x.dtype()}); }
Array diagonal_of(const Array& x) { return sum(where(column_less_row(x) == 0, x, 0), {.axis = -1}); }
Array lower_of(const Array& x, bool with_diagonal) { return where(column_less_row(x) < (with_diagonal ? 1 : 0), x, 0); }
Array phase_rate(const Array& vectors, const Array& change) {
  Array size = abs(vectors);
  Array largest = size == max(size, {.axis = -2, .keepdims = true});
  Array along = sum(where(largest, imag(change), 0), {.axis = -2, .keepdims = true});
  Array rate = along * safe_reciprocal(sum(where(largest, real(vectors), 0), {.axis = -2, .keepdims = true}));
  return complex(zeros_like(rate), rate);
}
Array safe_reciprocal(const Array& x) { return where(x == 0, 0, 1 / where(x == 0, 1, x)); }

namespace {

template <class F>
void with_type_of(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(float());
    case DType::float64:
      return f(double());
    case DType::complex64:
      return f(std::complex<float>());
    default:
      return f(std::complex<double>());
  }
}

template <class T>
T conjugate(T x) {
  return x;
}
template <class T>
std::complex<T> conjugate(std::complex<T> z) {
  return std::conj(z);
}

int64_t length(const ir::TensorRef& x, int from_end) { return x.shape[x.shape.size() - static_cast<size_t>(from_end)]; }
int64_t matrices(const ir::TensorRef& x) {
  int64_t count = 1;
  for (size_t d = 0; d + 2 < x.shape.size(); ++d) count *= x.shape[d];
  return count;
}

/// Where the elements of matrix b of a result go: scratch memory when nobody reads them.
template <class T>
class Place {
 public:
  Place(const ir::TensorRef& out, int64_t each) : out_(out.data ? out.as<T>() : nullptr), each_(each) {
    if (!out_) spare_.resize(static_cast<size_t>(each));
  }
  T* at(int64_t b) { return out_ ? out_ + b * each_ : spare_.data(); }

 private:
  T* out_;
  int64_t each_;
  std::vector<T> spare_;
};

template <class T>
void hermitian(const T* x, int64_t n, T* to) {
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) to[i * n + j] = (x[i * n + j] + conjugate(x[j * n + i])) / T(2);
}

/// Turns column j of the vectors so that the element `first`, a multiple of it, becomes real and positive, and row j of
/// what belongs to it, if anything, the other way.
template <class T>
void turn_column(int64_t j, T first, int64_t rows, int64_t columns, T* vectors, int64_t width, T* partner) {
  auto size = std::abs(first);
  if (!(size > 0)) return;
  T phase = first / size;
  for (int64_t i = 0; i < rows; ++i) vectors[i * columns + j] *= conjugate(phase);
  for (int64_t i = 0; i < width; ++i) partner[j * width + i] *= phase;
}

/// Vectors are determined but for a factor, which differs from library to library: the largest element of each becomes
/// real and positive.
template <class T>
void fix_phases(int64_t rows, int64_t columns, T* vectors, int64_t partners, int64_t width, T* partner) {
  for (int64_t j = 0; j < columns; ++j) {
    T largest = 0;
    for (int64_t i = 0; i < rows; ++i)
      if (T x = vectors[i * columns + j]; std::abs(x) > std::abs(largest)) largest = x;
    turn_column(j, largest, rows, columns, vectors, j < partners ? width : 0, partner);
  }
}

}  // namespace

void cholesky_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    Place<T> lower(k.out[0], n * n);
    for (int64_t b = 0; b < matrices(k.in[0]) && n; ++b) {
      T* a = lower.at(b);
      hermitian(k.in[0].as<T>() + b * n * n, n, a);
      if (!lapack::cholesky(n, a)) throw ValueError("matrix " + std::to_string(b) + " is not positive definite");
      for (int64_t i = 0; i < n; ++i) std::fill(a + i * n + i + 1, a + (i + 1) * n, T(0));
    }
  });
}

void solve_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1), columns = length(k.in[1], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    Place<T> result(k.out[0], n * columns);
    for (int64_t b = 0; b < matrices(k.in[0]) && n * columns != 0; ++b) {
      std::vector<T> a(k.in[0].as<T>() + b * n * n, k.in[0].as<T>() + (b + 1) * n * n);
      std::copy_n(k.in[1].as<T>() + b * n * columns, n * columns, result.at(b));
      if (!lapack::solve(n, columns, a.data(), result.at(b)))
        throw ValueError("matrix " + std::to_string(b) + " is singular");
    }
  });
}

void slogdet_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    using R = lapack::Real<T>;
    Place<T> signs(k.out[0], 1);
    Place<R> sizes(k.out[1], 1);
    std::vector<int> pivots(static_cast<size_t>(n));
    for (int64_t b = 0; b < matrices(k.in[0]); ++b) {
      std::vector<T> a(k.in[0].as<T>() + b * n * n, k.in[0].as<T>() + (b + 1) * n * n);
      if (n) lapack::lu(n, a.data(), pivots.data());
      T sign(1);
      R size = 0;
      for (int64_t i = 0; i < n; ++i) {
        T pivot = a[static_cast<size_t>(i * n + i)];
        R magnitude = std::abs(pivot);
        sign *= magnitude == 0 ? T(0) : pivot / magnitude;
        if (pivots[static_cast<size_t>(i)] != i + 1) sign = -sign;
        size += std::log(magnitude);
      }
      *signs.at(b) = sign;
      *sizes.at(b) = size;
    }
  });
}

void eigh_reference(const KernelInput& k) {
  int64_t n = length(k.in[0], 1);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    Place<lapack::Real<T>> values(k.out[0], n);
    Place<T> vectors(k.out[1], n * n);
    for (int64_t b = 0; b < matrices(k.in[0]) && n; ++b) {
      hermitian(k.in[0].as<T>() + b * n * n, n, vectors.at(b));
      if (lapack::eigh(n, vectors.at(b), values.at(b))) {
        fix_phases<T>(n, n, vectors.at(b), 0, 0, nullptr);
        continue;
      }
      std::fill_n(values.at(b), n, NAN);
      std::fill_n(vectors.at(b), n * n, T(NAN));
    }
  });
}

void svd_reference(const KernelInput& k, bool full) {
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), rank = std::min(m, n);
  int64_t columns = full ? m : rank, rows = full ? n : rank;
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    Place<T> u(k.out[0], m * columns), vh(k.out[2], rows * n);
    Place<lapack::Real<T>> s(k.out[1], rank);
    for (int64_t b = 0; b < matrices(k.in[0]); ++b) {
      if (rank == 0) {  // nothing to factor: what is left of u and vh is an identity
        for (int64_t i = 0; i < m * columns; ++i) u.at(b)[i] = T(i % (columns + 1) == 0);
        for (int64_t i = 0; i < rows * n; ++i) vh.at(b)[i] = T(i % (n + 1) == 0);
        continue;
      }
      std::vector<T> a(k.in[0].as<T>() + b * m * n, k.in[0].as<T>() + (b + 1) * m * n);
      if (lapack::svd(m, n, full, a.data(), s.at(b), u.at(b), vh.at(b))) {
        fix_phases(m, columns, u.at(b), rank, n, vh.at(b));
        continue;
      }
      std::fill_n(s.at(b), rank, NAN);
      std::fill_n(u.at(b), m * columns, T(NAN));
      std::fill_n(vh.at(b), rows * n, T(NAN));
    }
  });
}

void qr_reference(const KernelInput& k, bool full) {
  int64_t m = length(k.in[0], 2), n = length(k.in[0], 1), columns = full ? m : std::min(m, n);
  with_type_of(k.in[0].dtype, [&]<class T>(T) {
    Place<T> q(k.out[0], m * columns), r(k.out[1], columns * n);
    for (int64_t b = 0; b < matrices(k.in[0]); ++b) {
      if (m * n == 0) {
        for (int64_t i = 0; i < m * columns; ++i) q.at(b)[i] = T(i % (columns + 1) == 0);
        continue;
      }
      std::vector<T> a(k.in[0].as<T>() + b * m * n, k.in[0].as<T>() + (b + 1) * m * n);
      lapack::qr(m, n, columns, a.data(), q.at(b));
      std::copy_n(a.begin(), columns * n, r.at(b));
      for (int64_t j = 0; j < std::min(columns, n); ++j)
        turn_column(j, conjugate(r.at(b)[j * n + j]), m, columns, q.at(b), n, r.at(b));
      // Last, so that no zero is turned to -0.
      for (int64_t i = 0; i < columns; ++i) std::fill_n(r.at(b) + i * n, std::min(i, n), T(0));
    }
  });
}

}  // namespace koine::ops
