"""Linear algebra: the extension `linalg` of the Array API standard."""

import math as _math
from collections import namedtuple as _namedtuple

from . import _core
from .errors import ShapeError as _ShapeError
from .manipulation import _axes
from .manipulation import matrix_transpose, moveaxis as _moveaxis
from .products import tensordot, vecdot

__all__ = ["cholesky", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "matmul", "matrix_norm", "matrix_power",
           "matrix_rank", "matrix_transpose", "outer", "pinv", "qr", "slogdet", "solve", "svd", "svdvals", "tensordot", "trace",
           "vecdot", "vector_norm"]

_ops = _core.ops
matmul = _ops["matmul"]
EighResult = _namedtuple("EighResult", "eigenvalues eigenvectors")
QRResult = _namedtuple("QRResult", "Q R")
SlogdetResult = _namedtuple("SlogdetResult", "sign logabsdet")
SVDResult = _namedtuple("SVDResult", "U S Vh")


def _square(x, name):
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise _ShapeError(f"[{name}] needs square matrices, got the shape {x.shape}")


def outer(x1, x2, /):
    """The products of every element of a vector with every element of another.

    (n,) with (m,) gives (n, m); ShapeError for operands that are no vectors.

    >>> kn.linalg.outer(kn.asarray([1, 2]), kn.asarray([10, 20]))
    array([[10, 20],
           [20, 40]])
    """
    if x1.ndim != 1 or x2.ndim != 1:
        raise _ShapeError(f"[outer] needs two vectors, got the shapes {x1.shape} and {x2.shape}")
    return x1[:, None] * x2


def cross(x1, x2, /, *, axis=-1):
    """The vector products along an axis of length 3.

    Operands broadcast but for the axis; ShapeError where it is not of length 3.

    >>> kn.linalg.cross(kn.asarray([1, 0, 0]), kn.asarray([0, 1, 0]))
    array([0, 0, 1])
    """
    if not -min(x1.ndim, x2.ndim) <= axis < max(x1.ndim, x2.ndim) or x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise _ShapeError(f"[cross] the axis {axis} is not of length 3 in {x1.shape} and {x2.shape}")
    a, b = _moveaxis(x1, axis, -1), _moveaxis(x2, axis, -1)
    (a0, a1, a2), (b0, b1, b2) = ([x[..., k] for k in range(3)] for x in (a, b))
    parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
    return _moveaxis(_ops["concatenate"]([part[..., None] for part in parts], -1), -1, axis)


def diagonal(x, /, *, offset=0):
    """The diagonals of the last two axes; the offset counts columns to the right.

    (..., m, n) gives (..., length of the diagonal); ShapeError for an x with fewer than two axes.

    >>> kn.linalg.diagonal(kn.asarray([[1, 2], [3, 4]]))
    array([1, 4])
    """
    if x.ndim < 2:
        raise _ShapeError(f"[diagonal] needs matrices, got the shape {x.shape}")
    rows, columns = x.shape[-2:]
    start = offset if offset >= 0 else -offset * columns
    count = max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))
    lines = x.reshape(x.shape[:-2] + (rows * columns,))
    return lines[..., start:start + count * (columns + 1):columns + 1][..., :count]


def trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of the last two axes.

    (..., m, n) gives (...).

    >>> kn.linalg.trace(kn.asarray([[1, 2], [3, 4]]))
    array(5)
    """
    from .reductions import sum as total
    return total(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def matrix_power(x, n, /):
    """Square matrices multiplied with themselves; a negative power is that of the inverse.

    The result has x's shape; ShapeError for matrices that are not square.

    >>> kn.linalg.matrix_power(kn.asarray([[1.0, 1.0], [0.0, 1.0]]), 3)
    array([[1., 3.],
           [0., 1.]])
    """
    _square(x, "matrix_power")
    if n < 0:
        x, n = inv(x), -n
    if n == 0:
        from .creation import eye
        return _ops["broadcast_to"](eye(x.shape[-1], dtype=x.dtype), x.shape)
    result = None
    while n:
        if n & 1:
            result = x if result is None else matmul(result, x)
        n >>= 1
        x = matmul(x, x) if n else x
    return result


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norms of vectors along axes, by default of all elements.

    The result has x's shape without the axes, real; IndexError for an axis that x does not have.

    >>> kn.linalg.vector_norm(kn.asarray([3.0, 4.0]))
    array(5.0)
    """
    axes = tuple(range(x.ndim)) if axis is None else _axes(axis, x.ndim)
    size = _ops["abs"](x)
    if ord == _math.inf:
        return _ops["max"](size, axes, keepdims)
    if ord == -_math.inf:
        return _ops["min"](size, axes, keepdims)
    if ord == 0:
        return _ops["sum"](_ops["cast"](x != 0, size.dtype), axes, keepdims)
    if ord == 1:
        return _ops["sum"](size, axes, keepdims)
    if ord == 2:
        return _ops["sqrt"](_ops["sum"](size * size, axes, keepdims))
    return _ops["sum"](size ** ord, axes, keepdims) ** (1.0 / ord)


def _adjoint(x):
    x = matrix_transpose(x)
    return _ops["conj"](x) if x.dtype.kind == "c" else x


def _like(x, rows):
    """Identities as matrices like x."""
    from .creation import eye
    return _ops["broadcast_to"](eye(rows, dtype=x.dtype), x.shape[:-2] + (rows, rows))


def cholesky(x, /, *, upper=False):
    """The lower triangular factor L of positive definite matrices L L^H, or the upper one, L^H.

    (..., n, n) gives (..., n, n); ShapeError for matrices that are not square, ValueError for one that is not
    positive definite.

    >>> kn.linalg.cholesky(kn.asarray([[4.0, 2.0], [2.0, 5.0]]))
    array([[2., 0.],
           [1., 2.]])
    """
    factor = _ops["cholesky"](x)
    return _adjoint(factor) if upper else factor


def solve(x1, x2, /):
    """The solution of x1 @ x = x2, for a vector or for the columns of matrices; axes in front broadcast.

    (..., n, n) with (n,) or (..., n, k); ShapeError where they do not fit, ValueError for a matrix that is singular.

    >>> kn.linalg.solve(kn.asarray([[2.0, 0.0], [0.0, 4.0]]), kn.asarray([2.0, 2.0]))
    array([1. , 0.5])
    """
    _square(x1, "solve")
    vector = x2.ndim == 1
    columns = x2[:, None] if vector else x2
    batch = _core.broadcast_shapes([x1.shape[:-2], columns.shape[:-2]])
    result = _ops["solve"](_ops["broadcast_to"](x1, batch + x1.shape[-2:]),
                           _ops["broadcast_to"](columns, batch + columns.shape[-2:]))
    return result[..., 0] if vector else result


def inv(x, /):
    """The inverse of square matrices.

    The result has x's shape; ShapeError for matrices that are not square, ValueError for one that is singular.

    >>> kn.linalg.inv(kn.asarray([[2.0, 0.0], [0.0, 4.0]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    _square(x, "inv")
    return _ops["solve"](x, _like(x, x.shape[-1]))


def slogdet(x, /):
    """Sign and logarithm of the absolute value of the determinant of square matrices.

    (..., n, n) gives two of shape (...); ShapeError for matrices that are not square.

    >>> kn.linalg.slogdet(kn.asarray([[0.0, 1.0], [1.0, 0.0]]))
    SlogdetResult(sign=array(-1.0), logabsdet=array(0.0))
    """
    return SlogdetResult(*_ops["slogdet"](x))


def det(x, /):
    """The determinant of square matrices.

    (..., n, n) gives (...); ShapeError for matrices that are not square.

    >>> kn.linalg.det(kn.asarray([[2.0, 0.0], [0.0, 4.0]]))
    array(8.0)
    """
    sign, size = _ops["slogdet"](x)
    return sign * _ops["exp"](size)


def eigh(x, /):
    """The eigenvalues, ascending, of Hermitian matrices, and their eigenvectors as columns.

    (..., n, n) gives (..., n) and (..., n, n); ShapeError for matrices that are not square.

    >>> kn.linalg.eigh(kn.asarray([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    array([1., 2.])
    """
    return EighResult(*_ops["eigh"](x))


def eigvalsh(x, /):
    """The eigenvalues, ascending, of Hermitian matrices.

    (..., n, n) gives (..., n); ShapeError for matrices that are not square.

    >>> kn.linalg.eigvalsh(kn.asarray([[2.0, 0.0], [0.0, 1.0]]))
    array([1., 2.])
    """
    return _ops["eigh"](x)[0]


def qr(x, /, *, mode="reduced"):
    """Orthonormal columns Q and an upper triangle R with Q @ R = x; with mode="complete" Q is square.

    (..., m, n) gives (..., m, k) and (..., k, n) with k = min(m, n); ShapeError for an x that is no matrix,
    ValueError for another mode.

    >>> kn.linalg.qr(kn.asarray([[0.0, 2.0], [1.0, 0.0]])).R
    array([[ 1., -0.],
           [-0.,  2.]])
    """
    return QRResult(*_ops["qr"](x, mode))


def svd(x, /, *, full_matrices=True):
    """Singular values S, descending, and orthonormal vectors with x = U diag(S) Vh.

    (..., m, n) gives (..., m, m), (..., k) and (..., n, n) with k = min(m, n), or k columns and rows without
    full_matrices; ShapeError for an x that is no matrix.

    >>> kn.linalg.svd(kn.asarray([[3.0, 0.0], [0.0, 2.0]])).S
    array([3., 2.])
    """
    return SVDResult(*_ops["svd"](x, full_matrices))


def svdvals(x, /):
    """The singular values, descending.

    (..., m, n) gives (..., min(m, n)); ShapeError for an x that is no matrix.

    >>> kn.linalg.svdvals(kn.asarray([[0.0, 2.0], [3.0, 0.0]]))
    array([3., 2.])
    """
    return _ops["svd"](x, False)[1]


def _cutoff(values, tolerance, rows, columns):
    """Singular values up to this are taken for zero."""
    from .dtypes import finfo
    if tolerance is None:
        tolerance = max(rows, columns) * finfo(values.dtype).eps
    largest = _ops["max"](values, -1, True)
    return largest * (tolerance[..., None] if isinstance(tolerance, _core.Array) and tolerance.ndim else tolerance)


def matrix_rank(x, /, *, rtol=None):
    """How many singular values are greater than rtol times the largest, by default max(rows, columns) times eps.

    (..., m, n) gives (...), in int64; ShapeError for an x that is no matrix.

    >>> kn.linalg.matrix_rank(kn.asarray([[1.0, 2.0], [2.0, 4.0]]))
    array(1)
    """
    if x.ndim < 2:
        raise _ShapeError(f"[matrix_rank] needs matrices, got the shape {x.shape}")
    values = svdvals(x)
    if values.shape[-1] == 0:
        return _ops["full"](x.shape[:-2], 0, _core.int64)
    return _ops["sum"](_ops["cast"](values > _cutoff(values, rtol, *x.shape[-2:]), _core.int64), -1)


def pinv(x, /, *, rtol=None):
    """The pseudo-inverse: singular values up to rtol times the largest are taken for zero.

    (..., m, n) gives (..., n, m); ShapeError for an x that is no matrix.

    >>> kn.linalg.pinv(kn.asarray([[2.0, 0.0], [0.0, 0.0]]))
    array([[0.5, 0. ],
           [0. , 0. ]])
    """
    u, values, vh = _ops["svd"](x, False)
    if values.shape[-1] == 0:
        return _ops["full"](x.shape[:-2] + (x.shape[-1], x.shape[-2]), 0, x.dtype)
    kept = values > _cutoff(values, rtol, *x.shape[-2:])
    inverse = _ops["where"](kept, 1.0 / _ops["where"](kept, values, 1.0), 0.0)
    return matmul(_adjoint(vh) * inverse[..., None, :], _adjoint(u))


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norms of matrices: 'fro', 'nuc', the sums of columns (1, -1), of rows (inf, -inf), singular values (2, -2).

    (..., m, n) gives (...), real; ValueError for another ord.

    >>> kn.linalg.matrix_norm(kn.asarray([[3.0, 0.0], [0.0, 4.0]]))
    array(5.0)
    """
    size = _ops["abs"](x)
    if ord == "fro":
        return _ops["sqrt"](_ops["sum"](size * size, (-2, -1), keepdims))
    if ord in (1, -1):
        result = _ops["max" if ord == 1 else "min"](_ops["sum"](size, -2), -1)
    elif ord in (_math.inf, -_math.inf):
        result = _ops["max" if ord > 0 else "min"](_ops["sum"](size, -1), -1)
    elif ord in (2, -2):
        result = _ops["max" if ord == 2 else "min"](svdvals(x), -1)
    elif ord == "nuc":
        result = _ops["sum"](svdvals(x), -1)
    else:
        raise ValueError(f"[matrix_norm] ord is 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, not {ord!r}")
    return result[..., None, None] if keepdims else result
