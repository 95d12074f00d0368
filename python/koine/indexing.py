"""Choosing and finding elements."""

import math as _math

from . import _core
from .manipulation import _axis, flatten, moveaxis

__all__ = ["argsort", "count_nonzero", "diff", "nonzero", "searchsorted", "sort", "take", "take_along_axis"]

_ops = _core.ops


def take(x, indices, /, *, axis=None):
    """The elements at positions along an axis, which only a one-dimensional x may leave out.

    x.shape[:axis] + indices.shape + x.shape[axis + 1:]; ValueError without a needed axis, IndexError for a position
    outside.

    >>> kn.take(kn.asarray([[1, 2], [3, 4]]), kn.asarray([1, 0, 1]), axis=0)
    array([[3, 4],
           [1, 2],
           [3, 4]])
    """
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"[take] x of shape {x.shape} needs an axis")
        axis = 0
    return _ops["gather"](x, indices, axis)


def take_along_axis(x, indices, /, *, axis=-1):
    """The element at a position of its own for each line along an axis.

    x and indices broadcast but for the axis; IndexError for a position outside.

    >>> kn.take_along_axis(kn.asarray([[5, 6], [7, 8]]), kn.asarray([[1], [0]]), axis=1)
    array([[6],
           [7]])
    """
    _axis(axis, x.ndim)
    shape = tuple(max(a, b) if min(a, b) else 0 for a, b in zip(x.shape, indices.shape))
    along = axis % x.ndim
    x = _ops["broadcast_to"](x, shape[:along] + (x.shape[along],) + shape[along + 1:])
    indices = _ops["broadcast_to"](indices, shape[:along] + (indices.shape[along],) + shape[along + 1:])
    indices = _ops["cast"](indices, _core.int64)
    indices = _ops["where"](indices < 0, indices + x.shape[along], indices)
    return _ops["take_along_axis"](x, indices, axis)


def sort(x, /, *, axis=-1, descending=False, stable=True):
    """The elements in order along an axis; NaN last. It is always stable.

    The result has x's shape; DTypeError for complex numbers, IndexError for an axis that x does not have.

    >>> kn.sort(kn.asarray([3, 1, 2]), descending=True)
    array([3, 2, 1])
    """
    return _ops["sort"](x, axis, descending)


def argsort(x, /, *, axis=-1, descending=False, stable=True):
    """The positions that bring the elements in order along an axis. It is always stable.

    The result has x's shape, in int64; DTypeError for complex numbers, IndexError for an axis that x does not have.

    >>> kn.argsort(kn.asarray([3, 1, 2]))
    array([1, 2, 0])
    """
    return _ops["argsort"](x, axis, descending)


def nonzero(x, /):
    """The positions of elements that are not zero, an array for each axis. Their number depends on the values: inside
    jit and vmap there is none, use where instead.

    Each result has the shape (count,); ValueError for an x without axes, TraceError inside jit and vmap.

    >>> kn.nonzero(kn.asarray([[0, 5], [7, 0]]))
    (array([0, 1]), array([1, 0]))
    """
    if x.ndim == 0:
        raise ValueError("[nonzero] x has no axis")
    return tuple(_core.nonzero(x))


def count_nonzero(x, /, *, axis=None, keepdims=False):
    """How many elements along axes, by default all, are not zero.

    The result has x's shape without the axes, in int64; IndexError for an axis that x does not have.

    >>> kn.count_nonzero(kn.asarray([[0, 5], [7, 1]]), axis=1)
    array([1, 2])
    """
    return _ops["sum"](_ops["cast"](x != 0, _core.int64), axis, keepdims)


def diff(x, /, *, axis=-1, n=1, prepend=None, append=None):
    """The difference of neighbours along an axis, n times over.

    The axis is n shorter; ValueError for a negative n.

    >>> kn.diff(kn.asarray([1, 4, 9, 16]))
    array([3, 5, 7])
    """
    if n < 0:
        raise ValueError("[diff] n is negative")
    parts = [part for part in (prepend, x, append) if part is not None]
    if len(parts) > 1:
        x = _ops["concatenate"](parts, axis)
    before = (slice(None),) * _axis(axis, x.ndim)
    for _ in range(n):
        upper, lower = x[before + (slice(1, None),)], x[before + (slice(None, -1),)]
        x = upper != lower if x.dtype == _core.bool_ else upper - lower
    return x


def _before(x, y):
    less = _ops["less"](x, y)
    return less | (_ops["isnan"](y) & ~_ops["isnan"](x)) if y.dtype.kind == "f" else less


def _not_behind(x, y):
    return _ops["less_equal"](x, y) | _ops["isnan"](y) if y.dtype.kind == "f" else _ops["less_equal"](x, y)


def searchsorted(x1, x2, /, *, side="left", sorter=None):
    """Where elements of x2 belong in the sorted x1: before equal elements ('left') or behind them ('right'). A NaN
    belongs behind all numbers.

    The result has x2's shape, in int64; ValueError for another side.

    >>> kn.searchsorted(kn.asarray([1, 3, 5]), kn.asarray([0, 3, 9]))
    array([0, 1, 3])
    """
    if side not in ("left", "right"):
        raise ValueError(f"[searchsorted] side is 'left' or 'right', not {side!r}")
    if sorter is not None:
        x1 = _ops["gather"](x1, sorter, 0)
    count = x1.shape[0]
    low = _ops["full"](x2.shape, 0, _core.int64)
    if count == 0:
        return low
    high = _ops["full"](x2.shape, count, _core.int64)
    before = _before if side == "left" else _not_behind
    for _ in range(_math.ceil(_math.log2(count + 1))):
        middle = (low + high) // 2
        element = _ops["gather"](x1, _ops["minimum"](middle, count - 1), 0)
        goes_up = _ops["logical_and"](before(element, x2), low < high)
        low, high = _ops["where"](goes_up, middle + 1, low), _ops["where"](goes_up, high, middle)
    return low
