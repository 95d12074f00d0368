"""Arrays from numbers and from other libraries."""

import math as _math
from operator import index as _index

from . import _core
from .dtypes import astype as _astype
from .dtypes import iinfo as _iinfo

__all__ = ["arange", "array", "asarray", "empty", "empty_like", "eye", "from_dlpack", "full", "full_like", "linspace",
           "meshgrid", "ones", "ones_like", "tril", "triu", "zeros", "zeros_like"]

_ops = _core.ops


def _check(device):
    if device not in (None, "cpu"):
        raise ValueError(f"[device] there is no device {device!r}; there is 'cpu'")


def asarray(obj, /, *, dtype=None, device=None, copy=None):
    """An array of a number, nested sequences, an array, or another library's array. Integers give int64, floating
    numbers float32. With copy=False another library's memory is shared; otherwise it is copied.

    The shape is that of the nesting. ShapeError for rows of different lengths, TypeError for what holds no numbers,
    ValueError with copy=False where a copy is needed.

    >>> kn.asarray([[1, 2], [3, 4]])
    array([[1, 2],
           [3, 4]])
    >>> kn.asarray([1, 2], dtype=kn.float32)
    array([1., 2.])
    """
    _check(device)
    if isinstance(obj, _core.Array):
        if dtype is None or _core.to_dtype(dtype) == obj.dtype:
            return _core.share(obj) if copy else obj
        if copy is False:
            raise ValueError("[asarray] copy=False, but another dtype needs a copy")
        return _astype(obj, dtype)
    if copy is False:
        if not (hasattr(obj, "__dlpack__") or hasattr(obj, "__array__")):
            raise ValueError("[asarray] copy=False, but an array of Python's numbers is always a copy")
        shared = _core.borrow(obj, False)
        if dtype is not None and _core.to_dtype(dtype) != shared.dtype:
            raise ValueError("[asarray] copy=False, but another dtype needs a copy")
        return shared
    return _core.to_array(obj, dtype)


array = asarray


def from_dlpack(x, /, *, device=None, copy=None):
    """Another library's array by DLPack. The memory is shared where it is dense: if its owner changes it, so does this
    array. copy=True makes a copy.

    The result has the other's shape and dtype. TypeError for an object without __dlpack__, DTypeError for a dtype
    that Koine has not.

    >>> import numpy as np
    >>> kn.from_dlpack(np.arange(3.0))
    array([0., 1., 2.], dtype=float64)
    """
    _check(device)
    if not hasattr(x, "__dlpack__"):
        raise TypeError(f"[from_dlpack] an object of type {type(x).__name__!r} has no __dlpack__")
    if isinstance(x, _core.Array):
        return _core.share(x)
    return _core.to_array(x, None) if copy else _core.borrow(x, copy is not False)


def full(shape, fill_value, *, dtype=None, device=None):
    """An array with the same number everywhere; its dtype is by default that of the number.

    The result has the given shape; ShapeError for a negative length.

    >>> kn.full((2, 2), 7)
    array([[7, 7],
           [7, 7]])
    """
    _check(device)
    if isinstance(fill_value, _core.Array):
        filled = _ops["broadcast_to"](fill_value, shape)
        return filled if dtype is None else _astype(filled, dtype)
    if dtype is None:
        dtype = _core.to_dtype(type(fill_value))
    return _ops["full"](shape, fill_value, dtype)


def zeros(shape, *, dtype=None, device=None):
    """An array of zeros, float32 by default.

    The result has the given shape; ShapeError for a negative length.

    >>> kn.zeros((2, 3))
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    _check(device)
    return _ops["full"](shape, 0, dtype)


def ones(shape, *, dtype=None, device=None):
    """An array of ones, float32 by default.

    The result has the given shape; ShapeError for a negative length.

    >>> kn.ones(3, dtype=kn.int64)
    array([1, 1, 1])
    """
    _check(device)
    return _ops["full"](shape, 1, dtype)


empty = zeros


def _shaped(x):
    """What has a shape and a dtype: of a number or a nested sequence the array."""
    return x if hasattr(x, "shape") and hasattr(x, "dtype") else _core.to_array(x)


def full_like(x, /, fill_value, *, dtype=None, device=None):
    """An array of x's shape, and by default x's dtype, with the same number everywhere.

    >>> kn.full_like(kn.asarray([1.0, 2.0]), 5)
    array([5., 5.])
    """
    x = _shaped(x)
    return full(x.shape, fill_value, dtype=x.dtype if dtype is None else dtype, device=device)


def zeros_like(x, /, *, dtype=None, device=None):
    """Zeros of x's shape, and by default x's dtype.

    >>> kn.zeros_like(kn.asarray([[1, 2]]))
    array([[0, 0]])
    """
    _check(device)
    x = _shaped(x)
    return _ops["full"](x.shape, 0, x.dtype if dtype is None else dtype)


def ones_like(x, /, *, dtype=None, device=None):
    """Ones of x's shape, and by default x's dtype.

    >>> kn.ones_like(kn.asarray([[1, 2]]))
    array([[1, 1]])
    """
    _check(device)
    x = _shaped(x)
    return _ops["full"](x.shape, 1, x.dtype if dtype is None else dtype)


empty_like = zeros_like



def _is_integer(number):
    return number.dtype.kind in "iub" if isinstance(number, _core.Array) else hasattr(number, "__index__")


def _integers(start, step, count, dtype):
    """count integers from start by step; all are in the dtype's range."""
    limits = _iinfo(dtype)
    for bound in (start, start + step * (count - 1)) if count else ():
        if not limits.min <= bound <= limits.max:
            from .errors import OverflowError
            raise OverflowError(f"[arange] {bound} is out of range for {dtype.name}")
    wide = _core.uint64 if dtype == _core.uint64 else _core.int64
    places = _core.iota(count, wide)
    moved = start - places * -step if step < 0 else places * step + start
    return _ops["cast"](moved, dtype) if count else places.astype(dtype)


def arange(start, /, stop=None, step=1, *, dtype=None, device=None):
    """Numbers from start, below stop, by step: `arange(stop)` begins at 0. Integers give int64, others float32.

    The result has one axis of ceil((stop - start) / step) elements; ValueError for a step of zero, OverflowError for
    integers that the dtype does not hold.

    >>> kn.arange(4)
    array([0, 1, 2, 3])
    >>> kn.arange(1.0, 2.0, 0.25)
    array([1.  , 1.25, 1.5 , 1.75])
    """
    _check(device)
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ValueError("[arange] the step is zero")
    whole = all(map(_is_integer, (start, stop, step)))
    if whole:
        start, stop, step = _index(start), _index(stop), _index(step)
    dtype = _core.to_dtype(dtype if dtype is not None else int if whole else float)
    count = max(0, len(range(start, stop, step)) if whole else _math.ceil((stop - start) / step))
    if dtype.kind in "iu" and whole:
        return _integers(start, step, count, dtype)
    wide = _core.float64
    return _ops["cast"](_core.iota(count, wide) * _core.to_array(step, wide) + _core.to_array(start, wide), dtype)


def linspace(start, stop, /, num, *, dtype=None, device=None, endpoint=True):
    """num evenly spaced numbers from start to stop, which is the last one unless endpoint is false.

    The result has the shape (num,); ValueError for a negative num.

    >>> kn.linspace(0, 1, 5)
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    _check(device)
    if num < 0:
        raise ValueError("[linspace] the number of points is negative")
    is_complex = isinstance(start, complex) or isinstance(stop, complex)
    dtype = _core.to_dtype(dtype if dtype is not None else complex if is_complex else float)
    wide = _core.complex128 if is_complex or dtype.kind == "c" else _core.float64
    parts = num - 1 if endpoint else num
    first, last = _core.to_array(start, wide), _core.to_array(stop, wide)
    step = (last - first) / max(parts, 1)
    points = _ops["cast"](_core.iota(num, _core.float64), wide) * step + first
    if endpoint and num > 1:
        points = _ops["where"](_core.iota(num, _core.int64) == num - 1, last, points)
    if dtype.kind in "iu":
        points = _ops["floor"](points)
    return _ops["cast"](points, dtype)


def eye(n_rows, n_cols=None, /, *, k=0, dtype=None, device=None):
    """Ones on the k-th diagonal, zeros elsewhere.

    The result has the shape (n_rows, n_cols), by default square.

    >>> kn.eye(2, 3, k=1)
    array([[0., 1., 0.],
           [0., 0., 1.]])
    """
    _check(device)
    n_rows = _index(n_rows)
    n_cols = n_rows if n_cols is None else _index(n_cols)
    rows = _core.iota(n_rows, _core.int64)[:, None]
    return _ops["cast"](rows + k == _core.iota(n_cols, _core.int64), _core.float32 if dtype is None else dtype)


def _triangle(x, keep):
    if x.ndim < 2:
        from .errors import ShapeError
        raise ShapeError(f"[tril, triu] a matrix is needed, got the shape {x.shape}")
    rows = _core.iota(x.shape[-2], _core.int64)[:, None]
    return _ops["where"](keep(_core.iota(x.shape[-1], _core.int64) - rows), x, zeros((), dtype=x.dtype))


def tril(x, /, *, k=0):
    """The lower triangle of the last two axes, up to the k-th diagonal; zeros above.

    The result has x's shape. ShapeError for an x with fewer than two axes.

    >>> kn.tril(kn.ones((3, 3)))
    array([[1., 0., 0.],
           [1., 1., 0.],
           [1., 1., 1.]])
    """
    return _triangle(x, lambda distance: distance <= k)


def triu(x, /, *, k=0):
    """The upper triangle of the last two axes, from the k-th diagonal on; zeros below.

    The result has x's shape. ShapeError for an x with fewer than two axes.

    >>> kn.triu(kn.ones((3, 3)), k=1)
    array([[0., 1., 1.],
           [0., 0., 1.],
           [0., 0., 0.]])
    """
    return _triangle(x, lambda distance: distance >= k)


def meshgrid(*arrays, indexing="xy"):
    """Coordinate arrays of a grid from the coordinates along each axis; with 'xy' the first two axes are exchanged.

    Every result has an axis for each of the arrays; ValueError for another indexing.

    >>> kn.meshgrid(kn.asarray([1, 2, 3]), kn.asarray([10, 20]))
    [array([[1, 2, 3],
           [1, 2, 3]]), array([[10, 10, 10],
           [20, 20, 20]])]
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"[meshgrid] indexing is 'xy' or 'ij', not {indexing!r}")
    count = len(arrays)
    places = list(range(count))
    if indexing == "xy" and count > 1:
        places[:2] = [1, 0]
    shape = [0] * count
    for place, x in zip(places, arrays):
        shape[place] = x.size
    grids = []
    for place, x in zip(places, arrays):
        own = [1] * count
        own[place] = x.size
        grids.append(_ops["broadcast_to"](_ops["reshape"](x, own), shape))
    return grids
