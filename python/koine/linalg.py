"""Linear algebra: the extension `linalg` of the Array API standard."""

import math as _math

from . import _core
from .errors import ShapeError as _ShapeError
from .manipulation import _axes, flatten as _flatten_array
from .manipulation import matrix_transpose, moveaxis as _moveaxis
from .products import tensordot, vecdot

__all__ = ["cross", "diagonal", "matmul", "matrix_power", "matrix_transpose", "outer", "tensordot", "trace", "vecdot",
           "vector_norm"]

_ops = _core.ops
matmul = _ops["matmul"]


def _square(x, name):
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise _ShapeError(f"[{name}] needs square matrices, got the shape {x.shape}")


def outer(x1, x2, /):
    """The products of every element of a vector with every element of another."""
    if x1.ndim != 1 or x2.ndim != 1:
        raise _ShapeError(f"[outer] needs two vectors, got the shapes {x1.shape} and {x2.shape}")
    return x1[:, None] * x2


def cross(x1, x2, /, *, axis=-1):
    """The vector products along an axis of length 3."""
    if not -min(x1.ndim, x2.ndim) <= axis < max(x1.ndim, x2.ndim) or x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise _ShapeError(f"[cross] the axis {axis} is not of length 3 in {x1.shape} and {x2.shape}")
    a, b = _moveaxis(x1, axis, -1), _moveaxis(x2, axis, -1)
    (a0, a1, a2), (b0, b1, b2) = ([x[..., k] for k in range(3)] for x in (a, b))
    parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
    return _moveaxis(_ops["concatenate"]([part[..., None] for part in parts], -1), -1, axis)


def diagonal(x, /, *, offset=0):
    """The diagonals of the last two axes; the offset counts columns to the right."""
    rows, columns = x.shape[-2:]
    start = offset if offset >= 0 else -offset * columns
    count = max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))
    lines = x.reshape(x.shape[:-2] + (rows * columns,))
    return lines[..., start:start + count * (columns + 1):columns + 1][..., :count]


def trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of the last two axes."""
    from .reductions import sum as total
    return total(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def matrix_power(x, n, /):
    """Square matrices multiplied with themselves; a negative power is that of the inverse."""
    _square(x, "matrix_power")
    if n < 0:
        x, n = inv(x), -n  # noqa: F821
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
    """The norms of vectors along axes, by default of all elements."""
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
