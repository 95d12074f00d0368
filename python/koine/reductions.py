"""Reductions and scans whose signature in the Array API is not the op's."""

from . import _core
from .manipulation import _axis

__all__ = ["cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "prod", "std", "sum", "var"]

_ops = _core.ops


def sum(x, /, *, axis=None, dtype=None, keepdims=False):
    """The sum over axes, by default all; small integers are summed as int64 or uint64.

    The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x does
    not have.

    >>> kn.sum(kn.asarray([[1, 2], [3, 4]]), axis=0)
    array([4, 6])
    """
    return _ops["sum"](x, axis, keepdims) if dtype is None else _exact(_ops["sum"], x, dtype, axis, keepdims)


def prod(x, /, *, axis=None, dtype=None, keepdims=False):
    """The product over axes, by default all; small integers are multiplied as int64 or uint64.

    The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x does
    not have.

    >>> kn.prod(kn.asarray([[1, 2], [3, 4]]), axis=0)
    array([3, 8])
    """
    return _ops["prod"](x, axis, keepdims) if dtype is None else _exact(_ops["prod"], x, dtype, axis, keepdims)



def _exact(op, x, dtype, axis, keepdims):
    return _ops["cast"](op(_ops["cast"](x, dtype), axis, keepdims), dtype)


def var(x, /, *, axis=None, correction=0.0, keepdims=False):
    """The variance over axes, by default all; the sum of squares is divided by the count less correction.

    The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x does
    not have.

    >>> kn.var(kn.asarray([[1.0, 3.0], [2.0, 6.0]]), axis=1)
    array([1., 4.])
    """
    return _ops["var"](x, axis, correction, keepdims)


def std(x, /, *, axis=None, correction=0.0, keepdims=False):
    """The standard deviation over axes, by default all: the root of the variance.

    The result has x's shape without the axes, which keepdims keeps with length 1; IndexError for an axis that x does
    not have.

    >>> kn.std(kn.asarray([[1.0, 3.0], [2.0, 6.0]]), axis=1)
    array([1., 2.])
    """
    return _ops["std"](x, axis, correction, keepdims)


def _cumulative(op, start, x, axis, dtype, include_initial):
    if axis is None:
        if x.ndim > 1:
            raise ValueError(f"[cumulative] x of shape {x.shape} needs an axis")
        axis = 0
    axis = _axis(axis, x.ndim)
    if dtype is not None:
        x = _ops["cast"](x, dtype)
    result = op(x, axis)
    if dtype is not None:
        result = _ops["cast"](result, dtype)
    if include_initial:
        first = _ops["full"](x.shape[:axis] + (1,) + x.shape[axis + 1:], start, result.dtype)
        result = _ops["concatenate"]([first, result], axis)
    return result


def cumulative_sum(x, /, *, axis=None, dtype=None, include_initial=False):
    """The sums of the elements up to each one along an axis; with include_initial a zero comes first.

    The result has x's shape, or one element more along the axis; ValueError where x has several axes and none is
    named.

    >>> kn.cumulative_sum(kn.asarray([1, 2, 3]), include_initial=True)
    array([0, 1, 3, 6])
    """
    return _cumulative(_ops["cumsum"], 0, x, axis, dtype, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, include_initial=False):
    """The products of the elements up to each one along an axis; with include_initial a one comes first.

    The result has x's shape, or one element more along the axis; ValueError where x has several axes and none is
    named.

    >>> kn.cumulative_prod(kn.asarray([1, 2, 3]))
    array([1, 2, 6])
    """
    return _cumulative(_ops["cumprod"], 1, x, axis, dtype, include_initial)


def cumsum(x, /, axis=-1, *, dtype=None):
    """The sums of the elements up to each one along an axis.

    The result has x's shape; IndexError for an axis that x does not have.

    >>> kn.cumsum(kn.asarray([[1, 2], [3, 4]]), 0)
    array([[1, 2],
           [4, 6]])
    """
    return cumulative_sum(x, axis=axis, dtype=dtype)


def cumprod(x, /, axis=-1, *, dtype=None):
    """The products of the elements up to each one along an axis.

    The result has x's shape; IndexError for an axis that x does not have.

    >>> kn.cumprod(kn.asarray([[1, 2], [3, 4]]), 0)
    array([[1, 2],
           [3, 8]])
    """
    return cumulative_prod(x, axis=axis, dtype=dtype)
