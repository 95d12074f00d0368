"""Arrays from numbers and from other libraries."""

import math as _math

from . import _core

__all__ = ["arange", "array", "asarray", "empty", "empty_like", "eye", "from_dlpack", "full", "full_like", "linspace",
           "meshgrid", "ones", "ones_like", "tril", "triu", "zeros", "zeros_like"]

_ops = _core.ops


def _check(device):
    if device not in (None, "cpu"):
        raise ValueError(f"[device] there is no device {device!r}; there is 'cpu'")


def asarray(obj, /, *, dtype=None, device=None, copy=None):
    """An array of a number, nested sequences, an array, or another library's array. Integers give int64, floating
    numbers float32. With copy=False another library's memory is shared; otherwise it is copied."""
    _check(device)
    if isinstance(obj, _core.Array):
        if dtype is None or _core.to_dtype(dtype) == obj.dtype:
            return _core.share(obj) if copy else obj
        if copy is False:
            raise ValueError("[asarray] copy=False, but another dtype needs a copy")
        return _ops["cast"](obj, dtype)
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
    array. copy=True makes a copy."""
    _check(device)
    if not hasattr(x, "__dlpack__"):
        raise TypeError(f"[from_dlpack] an object of type {type(x).__name__!r} has no __dlpack__")
    if isinstance(x, _core.Array):
        return _core.share(x)
    return _core.to_array(x, None) if copy else _core.borrow(x, copy is not False)


def full(shape, fill_value, *, dtype=None, device=None):
    """An array with the same number everywhere; its dtype is by default that of the number."""
    _check(device)
    if isinstance(fill_value, _core.Array):
        filled = _ops["broadcast_to"](fill_value, shape)
        return filled if dtype is None else _ops["cast"](filled, dtype)
    if dtype is None:
        dtype = _core.to_dtype(type(fill_value))
    return _ops["full"](shape, fill_value, dtype)


def zeros(shape, *, dtype=None, device=None):
    """An array of zeros, float32 by default."""
    _check(device)
    return _ops["full"](shape, 0, dtype)


def ones(shape, *, dtype=None, device=None):
    """An array of ones, float32 by default."""
    _check(device)
    return _ops["full"](shape, 1, dtype)


empty = zeros


def full_like(x, /, fill_value, *, dtype=None, device=None):
    """An array of x's shape, and by default x's dtype, with the same number everywhere."""
    return full(x.shape, fill_value, dtype=x.dtype if dtype is None else dtype, device=device)


def zeros_like(x, /, *, dtype=None, device=None):
    """Zeros of x's shape, and by default x's dtype."""
    _check(device)
    return _ops["full"](x.shape, 0, x.dtype if dtype is None else dtype)


def ones_like(x, /, *, dtype=None, device=None):
    """Ones of x's shape, and by default x's dtype."""
    _check(device)
    return _ops["full"](x.shape, 1, x.dtype if dtype is None else dtype)


empty_like = zeros_like



def arange(start, /, stop=None, step=1, *, dtype=None, device=None):
    """Numbers from start, below stop, by step: `arange(stop)` begins at 0. Integers give int64, others float32."""
    _check(device)
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ValueError("[arange] the step is zero")
    whole = all(isinstance(bound, int) for bound in (start, stop, step))
    dtype = _core.to_dtype(dtype if dtype is not None else int if whole else float)
    count = max(0, len(range(start, stop, step)) if whole else _math.ceil((stop - start) / step))
    if dtype.kind in "iu" and whole:
        return _ops["cast"](_core.iota(count, _core.int64) * step + start, dtype)
    wide = _core.float64
    return _ops["cast"](_core.iota(count, wide) * _core.to_array(step, wide) + _core.to_array(start, wide), dtype)


def linspace(start, stop, /, num, *, dtype=None, device=None, endpoint=True):
    """num evenly spaced numbers from start to stop, which is the last one unless endpoint is false."""
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
    return _ops["cast"](points, dtype)


def eye(n_rows, n_cols=None, /, *, k=0, dtype=None, device=None):
    """Ones on the k-th diagonal, zeros elsewhere."""
    _check(device)
    n_cols = n_rows if n_cols is None else n_cols
    rows = _core.iota(n_rows, _core.int64)[:, None]
    return _ops["cast"](rows + k == _core.iota(n_cols, _core.int64), _core.float32 if dtype is None else dtype)


def _triangle(x, keep):
    rows = _core.iota(x.shape[-2], _core.int64)[:, None]
    return _ops["where"](keep(_core.iota(x.shape[-1], _core.int64) - rows), x, zeros((), dtype=x.dtype))


def tril(x, /, *, k=0):
    """The lower triangle of the last two axes, up to the k-th diagonal; zeros above."""
    return _triangle(x, lambda distance: distance <= k)


def triu(x, /, *, k=0):
    """The upper triangle of the last two axes, from the k-th diagonal on; zeros below."""
    return _triangle(x, lambda distance: distance >= k)


def meshgrid(*arrays, indexing="xy"):
    """Coordinate arrays of a grid from the coordinates along each axis; with 'xy' the first two axes are exchanged."""
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
