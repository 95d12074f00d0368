"""Different elements. How many there are depends on the values, so inside jit and vmap these functions raise."""

from collections import namedtuple as _namedtuple

from . import _core
from .errors import TraceError as _TraceError
from .indexing import nonzero
from .manipulation import concat, flatten

__all__ = ["unique_all", "unique_counts", "unique_inverse", "unique_values"]

_ops = _core.ops
UniqueAll = _namedtuple("UniqueAll", "values indices inverse_indices counts")
UniqueCounts = _namedtuple("UniqueCounts", "values counts")
UniqueInverse = _namedtuple("UniqueInverse", "values inverse_indices")


def _known(x, name):
    if _core.is_abstract(x):
        raise _TraceError(f"[{name}] inside jit and vmap no shape can depend on values, and how many different elements there "
                          "are does; call it outside, or use sort, which keeps them all")


def _order(x):
    if x.dtype.kind != "c":
        return _ops["argsort"](x)
    by_imag = _ops["argsort"](x.imag)
    return _ops["gather"](by_imag, _ops["argsort"](_ops["gather"](x.real, by_imag)))


def unique_all(x, /):
    """The different elements in order, where each is found first, which of them each element is, and how often each
    occurs. A NaN equals no other.

    The number of values depends on the elements: TraceError inside jit and vmap.

    >>> kn.unique_all(kn.asarray([3, 1, 3])).indices
    array([1, 0])
    """
    return _unique(x, "unique_all")


def _unique(x, name):
    _known(x, name)
    flat = flatten(x)
    count = flat.shape[0]
    order = _order(flat)
    ordered = _ops["gather"](flat, order)
    first = concat([_ops["full"]((min(count, 1),), True, _core.bool_), ordered[1:] != ordered[:-1]])
    starts, = nonzero(first)
    which = _ops["cumsum"](_ops["cast"](first, _core.int64), 0) - 1
    inverse = _ops["scatter"](_ops["full"]((count,), 0, _core.int64), order, which) if count else which
    ends = concat([starts[1:], _ops["full"]((min(count, 1),), count, _core.int64)])
    return UniqueAll(_ops["gather"](ordered, starts), _ops["gather"](order, starts),
                     _ops["reshape"](inverse, x.shape), ends - starts)


def unique_counts(x, /):
    """The different elements in order, and how often each occurs.

    The number of values depends on the elements: TraceError inside jit and vmap.

    >>> values, counts = kn.unique_counts(kn.asarray([3, 1, 3]))
    >>> values, counts
    (array([1, 3]), array([1, 2]))
    """
    found = _unique(x, "unique_counts")
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x, /):
    """The different elements in order, and which of them each element is.

    The number of values depends on the elements: TraceError inside jit and vmap.

    >>> values, places = kn.unique_inverse(kn.asarray([3, 1, 3]))
    >>> values[places]
    array([3, 1, 3])
    """
    found = _unique(x, "unique_inverse")
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x, /):
    """The different elements in order.

    The number of values depends on the elements: TraceError inside jit and vmap.

    >>> kn.unique_values(kn.asarray([3, 1, 3]))
    array([1, 3])
    """
    return _unique(x, "unique_values").values
