"""Linear algebra: the extension `linalg` of the Array API standard, with what NumPy and SciPy have beside it.

The functions are ops; what is here has their names and signatures.
"""

from collections import namedtuple as _namedtuple

from . import _core
from .manipulation import expand_dims as _expand_dims
from .manipulation import matrix_transpose
from .products import tensordot, vecdot

__all__ = ["block_diag", "cho_solve", "cholesky", "cholesky_solve", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals",
           "eigvalsh", "expm", "householder_product", "inv", "kron", "logm", "lstsq", "lu", "lu_factor",
           "lu_pivots_to_permutation", "lu_solve", "matmul", "matrix_norm", "matrix_power", "matrix_rank", "matrix_transpose",
           "multi_dot", "norm", "outer", "pinv", "qr", "schur", "slogdet", "solve", "solve_sylvester", "solve_triangular", "sqrtm",
           "svd", "svdvals", "tensordot", "tensorinv", "tensorsolve", "trace", "vecdot", "vector_norm"]

_ops = _core.ops
cholesky, cholesky_solve, cross, det, diagonal = (_ops[name] for name in (
    "cholesky", "cholesky_solve", "cross", "det", "diagonal"))
eigvals, eigvalsh, expm, householder_product, inv = (_ops[name] for name in (
    "eigvals", "eigvalsh", "expm", "householder_product", "inv"))
kron, logm, lu_pivots_to_permutation, matmul, matrix_power = (_ops[name] for name in (
    "kron", "logm", "lu_pivots_to_permutation", "matmul", "matrix_power"))
outer, pinv, solve, solve_sylvester, sqrtm = (_ops[name] for name in ("outer", "pinv", "solve", "solve_sylvester", "sqrtm"))
matrix_rank, svdvals, tensorinv, tensorsolve = (_ops[name] for name in (
    "matrix_rank", "svdvals", "tensorinv", "tensorsolve"))

EigResult = _namedtuple("EigResult", "eigenvalues eigenvectors")
EighResult = _namedtuple("EighResult", "eigenvalues eigenvectors")
LstsqResult = _namedtuple("LstsqResult", "x residuals rank s")
LUResult = _namedtuple("LUResult", "P L U")
LuFactorResult = _namedtuple("LuFactorResult", "lu pivots")
QRResult = _namedtuple("QRResult", "Q R")
SchurResult = _namedtuple("SchurResult", "T Z")
SlogdetResult = _namedtuple("SlogdetResult", "sign logabsdet")
SVDResult = _namedtuple("SVDResult", "U S Vh")


def block_diag(*arrays):
    """The matrices one after the other on the diagonal of a matrix of zeros; a vector is a row, a number one element.

    (m, n), (p, q), ... give (m + p + ..., n + q + ...); ShapeError for arrays with more axes.

    >>> kn.linalg.block_diag(kn.asarray([[1, 2]]), kn.asarray([[3], [4]]))
    array([[1, 2, 0],
           [0, 0, 3],
           [0, 0, 4]])
    """
    return _core.block_diag([_core.to_array(x) for x in arrays])


def multi_dot(arrays):
    """The product of several matrices, in the order that takes the fewest multiplications; the first and the last may be
    vectors.

    (m, n), (n, p), (p, q), ... give the first length and the last; ShapeError where they do not fit, ValueError for
    fewer than two arrays.

    >>> kn.linalg.multi_dot([kn.ones((2, 3)), kn.ones((3, 4)), kn.ones(4)])
    array([12., 12.])
    """
    return _core.multi_dot(list(arrays))


def cho_solve(factor, b):
    """The x with a x = b, by a pair of the factor that `cholesky` made of a and whether it is the lower one.

    (..., n, n) with (n,) gives (..., n), with (..., n, k) gives (..., n, k); ShapeError where they do not fit.

    >>> factor = kn.linalg.cholesky(kn.asarray([[4.0, 0.0], [0.0, 1.0]]))
    >>> kn.linalg.cho_solve((factor, True), kn.asarray([4.0, 2.0]))
    array([1., 2.])
    """
    matrix, lower = factor
    return cholesky_solve(b, matrix, not lower)


def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False):
    """The x with a x = b for a triangle of a; with trans 1 or "T" its transpose, with 2 or "C" its adjoint is meant.

    (..., n, n) with (n,) gives (..., n), with (..., n, k) gives (..., n, k); ShapeError where they do not fit,
    ValueError for another trans. A zero on the diagonal divides as elsewhere.

    >>> kn.linalg.solve_triangular(kn.asarray([[2.0, 1.0], [0.0, 4.0]]), kn.asarray([4.0, 8.0]))
    array([1., 2.])
    """
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise ValueError(f"[solve_triangular] trans is 0, 1, 2, 'N', 'T' or 'C', not {trans!r}")
    if trans in (1, 2, "T", "C"):
        a, lower = matrix_transpose(a), not lower
        a = _ops["conj"](a) if trans in (2, "C") else a
    return _ops["solve_triangular"](a, b, lower, unit_diagonal)


def lu(x, /):
    """A permutation P, a lower triangle L with ones on its diagonal and an upper triangle U with x = P @ L @ U.

    (..., m, n) gives (..., m, m), (..., m, k) and (..., k, n) with k = min(m, n); ShapeError for an x that is no
    matrix.

    >>> kn.linalg.lu(kn.asarray([[1.0, 3.0], [2.0, 4.0]])).U
    array([[2., 4.],
           [0., 1.]])
    """
    return LUResult(*_ops["lu"](x))


def lu_factor(x, /):
    """L and U in one matrix, and the exchanges of rows: row i was exchanged with row pivots[i], in order.

    (..., m, n) gives (..., m, n) and (..., min(m, n)) in int32; ShapeError for an x that is no matrix.

    >>> kn.linalg.lu_factor(kn.asarray([[1.0, 3.0], [2.0, 4.0]])).pivots
    array([1, 1], dtype=int32)
    """
    return LuFactorResult(*_ops["lu_factor"](x))


def lu_solve(factors, b):
    """The x with a x = b, by the factors that `lu_factor` made of a.

    (..., n, n) with (n,) gives (..., n), with (..., n, k) gives (..., n, k); ShapeError where they do not fit.

    >>> kn.linalg.lu_solve(kn.linalg.lu_factor(kn.asarray([[2.0, 0.0], [0.0, 4.0]])), kn.asarray([2.0, 2.0]))
    array([1. , 0.5])
    """
    return _ops["lu_solve"](*factors, b)


def lstsq(a, b, rcond=None):
    """The x of least length that makes the length of a @ x - b least; the squares of these lengths, the rank of a, and
    its singular values. Those up to rcond times the largest are taken for zero, by default max(m, n) times epsilon.

    (..., m, n) with (m,) or (..., m, k) gives x of shape (..., n) or (..., n, k), residuals of (...) or (..., k), the
    rank of (...), and s of (..., min(m, n)); ShapeError where they do not fit.

    >>> kn.linalg.lstsq(kn.asarray([[1.0], [1.0]]), kn.asarray([1.0, 3.0])).x
    array([2.])
    """
    return LstsqResult(*_ops["lstsq"](a, b, -1.0 if rcond is None else rcond))


def slogdet(x, /):
    """Sign and logarithm of the absolute value of the determinant of square matrices.

    (..., n, n) gives two of shape (...); ShapeError for matrices that are not square.

    >>> kn.linalg.slogdet(kn.asarray([[0.0, 1.0], [1.0, 0.0]]))
    SlogdetResult(sign=array(-1.0), logabsdet=array(0.0))
    """
    return SlogdetResult(*_ops["slogdet"](x))


def eig(x, /):
    """The eigenvalues of square matrices, in no particular order, and their eigenvectors as columns; all complex.

    (..., n, n) gives (..., n) and (..., n, n); ShapeError for matrices that are not square.

    >>> kn.linalg.eig(kn.asarray([[2.0, 1.0], [0.0, 1.0]])).eigenvalues
    array([2.+0.j, 1.+0.j], dtype=complex64)
    """
    return EigResult(*_ops["eig"](x))


def eigh(x, /):
    """The eigenvalues, ascending, of Hermitian matrices, and their eigenvectors as columns.

    (..., n, n) gives (..., n) and (..., n, n); ShapeError for matrices that are not square.

    >>> kn.linalg.eigh(kn.asarray([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    array([1., 2.])
    """
    return EighResult(*_ops["eigh"](x))


def qr(x, /, *, mode="reduced"):
    """Orthonormal columns Q and an upper triangle R with Q @ R = x; with mode="complete" Q is square.

    (..., m, n) gives (..., m, k) and (..., k, n) with k = min(m, n); ShapeError for an x that is no matrix,
    ValueError for another mode.

    >>> kn.linalg.qr(kn.asarray([[0.0, 2.0], [1.0, 0.0]])).R
    array([[ 1., -0.],
           [ 0.,  2.]])
    """
    return QRResult(*_ops["qr"](x, mode))


def schur(x, /):
    """A triangle T and a unitary Z with x = Z @ T @ Z^H; of a real x they are real, and T has blocks of 2 x 2 on its
    diagonal for pairs of conjugate eigenvalues.

    (..., n, n) gives two of (..., n, n); ShapeError for matrices that are not square.

    >>> kn.linalg.schur(kn.asarray([[1.0, 2.0], [0.0, 3.0]])).T
    array([[1., 2.],
           [0., 3.]])
    """
    return SchurResult(*_ops["schur"](x))


def svd(x, /, *, full_matrices=True):
    """Singular values S, descending, and orthonormal vectors with x = U diag(S) Vh.

    (..., m, n) gives (..., m, m), (..., k) and (..., n, n) with k = min(m, n), or k columns and rows without
    full_matrices; ShapeError for an x that is no matrix.

    >>> kn.linalg.svd(kn.asarray([[3.0, 0.0], [0.0, 2.0]])).S
    array([3., 2.])
    """
    return SVDResult(*_ops["svd"](x, full_matrices))


def _name_of(ord):
    """An order of a matrix norm as the op names it."""
    if isinstance(ord, str):
        return ord
    return repr(int(ord)) if ord in (1, -1, 2, -2) else repr(float(ord))


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norms of vectors along axes, by default of all elements, without overflow between; the slope at 0 is 0.

    The result has x's shape without the axes, real; IndexError for an axis that x does not have.

    >>> kn.linalg.vector_norm(kn.asarray([3.0, 4.0]))
    array(5.0)
    """
    return _ops["vector_norm"](x, axis, keepdims, float(ord))


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norms of matrices: 'fro', 'nuc', the sums of columns (1, -1), of rows (inf, -inf), singular values (2, -2).

    (..., m, n) gives (...), real; ValueError for another ord.

    >>> kn.linalg.matrix_norm(kn.asarray([[3.0, 0.0], [0.0, 4.0]]))
    array(5.0)
    """
    return _ops["matrix_norm"](x, keepdims, _name_of(ord))


def norm(x, ord=None, axis=None, keepdims=False):
    """NumPy's norm: of vectors along one axis, of matrices along two, without an axis of all elements or, where ord is
    given, of a vector or matrix x.

    The result has x's shape without the axes, real; ValueError for an ord that the norm does not have, or for one of
    neither a vector nor a matrix.

    >>> kn.linalg.norm(kn.asarray([[3.0, 0.0], [0.0, 4.0]])), kn.linalg.norm(kn.asarray([3.0, -4.0]), 1)
    (array(5.0), array(7.0))
    """
    x = _core.to_array(x)
    if axis is None and ord is not None:
        if x.ndim not in (1, 2):
            raise ValueError(f"[norm] with an ord x should be a vector or a matrix, got the shape {x.shape}; or name the axes")
        axis = tuple(range(x.ndim))
    axes = () if axis is None else tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    if len(axes) != 2 or ord is None:
        return vector_norm(x, axis=axis, keepdims=keepdims, ord=2 if ord is None else ord)
    first, second = (one + x.ndim if one < 0 else one for one in axes)
    if first == second:
        raise ValueError(f"[norm] the axis {axes[0]} is named twice")
    result = matrix_norm(_core.moveaxis(_core.moveaxis(x, first, -1), second - (second > first), -1), ord=ord)
    return _expand_dims(_expand_dims(result, axis=min(first, second)), axis=max(first, second)) if keepdims else result


def cond(x, p=None):
    """The condition numbers of matrices: the norm p (2, -2, 1, -1, inf, -inf, 'fro' or 'nuc') times that of the inverse,
    by default the ratio of the largest singular value to the smallest; infinite for singular matrices.

    (..., m, n) gives (...), real; ShapeError for matrices that are not square where the norm is not 2 or -2, ValueError
    for another norm.

    >>> kn.linalg.cond(kn.asarray([[4.0, 0.0], [0.0, 2.0]]))
    array(2.0)
    """
    return _ops["condition_number"](x, "2" if p is None else _name_of(p))


def trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of the last two axes, of numbers brought to the dtype if there is one.

    (..., m, n) gives (...).

    >>> kn.linalg.trace(kn.asarray([[1, 2], [3, 4]]))
    array(5)
    """
    if dtype is None:
        return _ops["trace"](x, offset)
    return _ops["cast"](_ops["trace"](_ops["cast"](x, dtype), offset), dtype)
