"""Products of vectors, matrices and arrays."""

from . import _core
from .manipulation import _axis, _reshape, _transpose, moveaxis
from .dtypes import result_type

__all__ = ["einsum", "tensordot", "vecdot"]

_ops = _core.ops


def einsum(subscripts, /, *operands):
    """Einstein summation: einsum("bij,bjk->bik", x, y).

    The result has the axes behind the arrow, or those named once in alphabetical order; ShapeError for lengths that
    differ under one letter, ValueError for subscripts that do not fit the operands.

    >>> kn.einsum('ij,j->i', kn.asarray([[1, 2], [3, 4]]), kn.asarray([10, 1]))
    array([12, 34])
    """
    return _core.einsum(subscripts, list(operands))


def vecdot(x1, x2, /, *, axis=-1):
    """The inner products along an axis; x1 is conjugated.

    The result has the common shape of what is left without the axis; ShapeError for vectors of different lengths,
    ValueError for an axis that they do not share.

    >>> kn.vecdot(kn.asarray([[1, 2], [3, 4]]), kn.asarray([10, 1]))
    array([12, 34])
    """
    rank = min(x1.ndim, x2.ndim)
    if not -rank <= axis < 0:
        raise ValueError(f"[vecdot] the axis {axis} is not among the last {rank}, which both arrays have")
    if x1.shape[axis] != x2.shape[axis]:
        from .errors import ShapeError
        raise ShapeError(f"[vecdot] the vectors are of different lengths: {x1.shape} and {x2.shape}")
    dtype = result_type(x1, x2)
    x1, x2 = moveaxis(x1, axis, -1), moveaxis(x2, axis, -1)
    x1 = _ops["conj"](x1) if x1.dtype.kind == "c" else x1
    if dtype in (_core.float16, _core.bfloat16):  # products are summed in float32
        x1 = _ops["cast"](x1, _core.float32)
    return _ops["cast"](_ops["sum"](x1 * x2, -1), dtype)


def tensordot(x1, x2, /, *, axes=2):
    """The sum of products over the last axes of x1 and the first of x2, or over two lists of axes.

    The result has x1's other axes and then x2's; ShapeError where the lengths of summed axes differ, ValueError for
    more axes than the arrays have.

    >>> kn.tensordot(kn.ones((2, 3, 4)), kn.ones((3, 4, 5))).shape
    (2, 5)
    """
    if isinstance(axes, int):
        left, right = tuple(range(x1.ndim - axes, x1.ndim)), tuple(range(axes))
        if axes < 0 or axes > min(x1.ndim, x2.ndim):
            raise ValueError(f"[tensordot] {axes} axes are more than the arrays have")
    else:
        left, right = (tuple(one) if not isinstance(one, int) else (one,) for one in axes)
        left, right = (tuple(_axis(one, x.ndim) for one in some) for some, x in ((left, x1), (right, x2)))
    if tuple(x1.shape[d] for d in left) != tuple(x2.shape[d] for d in right):
        from .errors import ShapeError
        raise ShapeError(f"[tensordot] the axes {left} of {x1.shape} do not fit the axes {right} of {x2.shape}")
    others1 = [d for d in range(x1.ndim) if d not in left]
    others2 = [d for d in range(x2.ndim) if d not in right]
    shape = tuple(x1.shape[d] for d in others1) + tuple(x2.shape[d] for d in others2)
    inner, rows, columns = 1, 1, 1
    for d in left:
        inner *= x1.shape[d]
    for d in others1:
        rows *= x1.shape[d]
    for d in others2:
        columns *= x2.shape[d]
    a = _reshape(_transpose(x1, [*others1, *left]) if x1.ndim else x1, (rows, inner))
    b = _reshape(_transpose(x2, [*right, *others2]) if x2.ndim else x2, (inner, columns))
    return _reshape(_ops["matmul"](a, b), shape)
