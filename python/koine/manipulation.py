"""Shapes and axes."""

from . import _core

__all__ = ["atleast_1d", "broadcast_arrays", "broadcast_to", "concat", "concatenate", "expand_dims", "flatten", "flip",
           "matrix_transpose", "moveaxis", "pad", "permute_dims", "ravel", "repeat", "reshape", "roll", "split", "squeeze", "stack",
           "swapaxes", "tile", "unstack"]

_ops = _core.ops
_reshape, _transpose = _ops["reshape"], _ops["transpose"]
broadcast_to = _ops["broadcast_to"]


def _axis(axis, rank):
    if not -rank <= axis < rank:
        raise _errors().IndexError(f"axis {axis} is out of range for an array with {rank} axes")
    return axis % rank


def _axes(axes, rank):
    axes = (axes,) if isinstance(axes, int) else tuple(axes)
    axes = tuple(_axis(axis, rank) for axis in axes)
    if len(set(axes)) != len(axes):
        raise _errors().ValueError(f"an axis is named twice: {axes}")
    return axes


def _errors():
    from . import errors
    return errors


def concat(arrays, /, *, axis=0):
    """Joins arrays along an axis; with axis=None their elements, flattened.

    The length along the axis is the sum of the arrays'; ShapeError where they differ in another axis, ValueError for
    no arrays.

    >>> kn.concat([kn.asarray([1, 2]), kn.asarray([3])])
    array([1, 2, 3])
    """
    if axis is None:
        arrays, axis = [flatten(x) for x in arrays], 0
    return _ops["concatenate"](list(arrays), axis)


concatenate = concat


def reshape(x, /, shape, *, copy=None):
    """The elements in row-major order in another shape; one length may be -1 and takes what is left.

    The result has the given shape; ShapeError where the number of elements differs.

    >>> kn.reshape(kn.arange(6), (2, -1))
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    return _reshape(x, shape)


def flatten(x, /):
    """The elements in row-major order along one axis.

    The result has the shape (x.size,).

    >>> kn.flatten(kn.asarray([[1, 2], [3, 4]]))
    array([1, 2, 3, 4])
    """
    return _reshape(x, (x.size,))


ravel = flatten


def atleast_1d(x, /):
    """x, with an axis if it has none.

    >>> kn.atleast_1d(kn.asarray(5))
    array([5])
    """
    return x if x.ndim else _reshape(x, (1,))


def expand_dims(x, /, axis=0):
    """x with a new axis of length 1 at that place.

    IndexError for a place that the result does not have.

    >>> kn.expand_dims(kn.asarray([1, 2]), axis=1)
    array([[1],
           [2]])
    """
    place = _axis(axis, x.ndim + 1)
    return _reshape(x, x.shape[:place] + (1,) + x.shape[place:])


def squeeze(x, /, axis=None):
    """x without axes of length 1; by default without all of them.

    ValueError for an axis of another length, IndexError for one that x does not have.

    >>> kn.squeeze(kn.asarray([[[1, 2]]]), axis=0)
    array([[1, 2]])
    """
    if axis is None:
        axes = [d for d, length in enumerate(x.shape) if length == 1]
    else:
        axes = _axes(axis, x.ndim)
    for d in axes:
        if x.shape[d] != 1:
            raise _errors().ValueError(f"[squeeze] axis {d} of shape {x.shape} is not of length 1")
    return _reshape(x, tuple(length for d, length in enumerate(x.shape) if d not in axes))


def permute_dims(x, /, axes):
    """The axes in another order: axis k of the result is axis axes[k] of x.

    ValueError or ShapeError where axes is no order of x's axes.

    >>> kn.permute_dims(kn.zeros((2, 3, 4)), (2, 0, 1)).shape
    (4, 2, 3)
    """
    if len(axes) != x.ndim:
        raise _errors().ValueError(f"[permute_dims] {len(axes)} axes are named, but x has {x.ndim}")
    return _transpose(x, axes) if x.ndim else x


def matrix_transpose(x, /):
    """The last two axes exchanged.

    (..., m, n) gives (..., n, m); IndexError for an x with fewer axes.

    >>> kn.matrix_transpose(kn.asarray([[1, 2], [3, 4]]))
    array([[1, 3],
           [2, 4]])
    """
    return swapaxes(x, -1, -2)


def swapaxes(x, axis1, axis2, /):
    """Two axes exchanged.

    IndexError for an axis that x does not have.

    >>> kn.swapaxes(kn.zeros((2, 3, 4)), 0, 2).shape
    (4, 3, 2)
    """
    order = list(range(x.ndim))
    first, second = _axis(axis1, x.ndim), _axis(axis2, x.ndim)
    order[first], order[second] = second, first
    return _transpose(x, order)


def moveaxis(x, source, destination, /):
    """Axes moved to other places; the others keep their order.

    ValueError where there are more axes than places, IndexError for an axis that x does not have.

    >>> kn.moveaxis(kn.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    source, destination = _axes(source, x.ndim), _axes(destination, x.ndim)
    if len(source) != len(destination):
        raise _errors().ValueError(f"[moveaxis] {len(source)} axes go to {len(destination)} places")
    order = [d for d in range(x.ndim) if d not in source]
    for place, axis in sorted(zip(destination, source)):
        order.insert(place, axis)
    return _transpose(x, order) if x.ndim else x


def flip(x, /, *, axis=None):
    """The elements in the opposite order along axes, by default all.

    The result has x's shape; IndexError for an axis that x does not have.

    >>> kn.flip(kn.asarray([[1, 2], [3, 4]]), axis=1)
    array([[2, 1],
           [4, 3]])
    """
    return _ops["reverse"](x, axis)


def roll(x, /, shift, *, axis=None):
    """The elements moved along axes; what leaves at one end enters at the other. Without an axis x is flattened.

    The result has x's shape; ValueError where shifts and axes are not as many, IndexError for an axis that x does not
    have.

    >>> kn.roll(kn.asarray([1, 2, 3, 4]), 1)
    array([4, 1, 2, 3])
    """
    if axis is None:
        shift = sum(shift) if isinstance(shift, tuple) else shift
        return _reshape(roll(flatten(x), shift, axis=0), x.shape)
    axes = (axis,) if isinstance(axis, int) else axis
    shifts = (shift,) * len(axes) if isinstance(shift, int) else shift
    if len(shifts) != len(axes):
        raise _errors().ValueError(f"[roll] {len(shifts)} shifts for {len(axes)} axes")
    for amount, d in zip(shifts, (_axis(one, x.ndim) for one in axes)):
        length = x.shape[d]
        if length == 0 or amount % length == 0:
            continue
        before = (slice(None),) * d
        cut = length - amount % length
        x = concat([x[before + (slice(cut, None),)], x[before + (slice(None, cut),)]], axis=d)
    return x


def stack(arrays, /, *, axis=0):
    """Joins arrays of one shape along a new axis.

    The result has one axis more; ShapeError for arrays of different shapes.

    >>> kn.stack([kn.asarray([1, 2]), kn.asarray([3, 4])], axis=1)
    array([[1, 3],
           [2, 4]])
    """
    arrays = list(arrays)
    for x in arrays[1:]:
        if x.shape != arrays[0].shape:
            raise _errors().ShapeError(f"[stack] arrays of different shapes: {arrays[0].shape} and {x.shape}")
    return concat([expand_dims(x, axis=axis) for x in arrays], axis=axis)


def unstack(x, /, *, axis=0):
    """The parts along an axis, without it.

    As many results as the axis is long; IndexError for an axis that x does not have.

    >>> kn.unstack(kn.asarray([[1, 2], [3, 4]]))
    (array([1, 2]), array([3, 4]))
    """
    before = (slice(None),) * _axis(axis, x.ndim)
    return tuple(x[before + (i,)] for i in range(x.shape[axis]))


def split(x, parts, /, axis=0):
    """Equal parts along an axis, or parts that end at the given positions.

    ShapeError where the parts do not divide the axis.

    >>> kn.split(kn.arange(6), 3)
    [array([0, 1]), array([2, 3]), array([4, 5])]
    >>> kn.split(kn.arange(6), [1, 4])
    [array([0]), array([1, 2, 3]), array([4, 5])]
    """
    before, length = (slice(None),) * _axis(axis, x.ndim), x.shape[axis]
    if isinstance(parts, int):
        if parts <= 0 or length % parts:
            raise _errors().ShapeError(f"[split] {parts} parts do not divide axis {axis} of shape {x.shape}")
        parts = [k * (length // parts) for k in range(1, parts)]
    bounds = [0, *parts, length]
    return [x[before + (slice(start, stop),)] for start, stop in zip(bounds, bounds[1:])]


def broadcast_arrays(*arrays):
    """The arrays in the shape that they have together.

    ShapeError where the shapes do not broadcast.

    >>> kn.broadcast_arrays(kn.asarray([1, 2]), kn.asarray([[3], [4]]))
    [array([[1, 2],
           [1, 2]]), array([[3, 3],
           [4, 4]])]
    """
    return _core.broadcast_arrays(list(arrays))


def repeat(x, repeats, /, *, axis=None):
    """Each element several times. The counts are one number or one for each position; an array of counts is read.

    The axis is as long as the sum of the counts; ValueError for a negative count or for a number of counts that is
    not the axis's length.

    >>> kn.repeat(kn.asarray([1, 2]), 2)
    array([1, 1, 2, 2])
    >>> kn.repeat(kn.asarray([1, 2]), [3, 0])
    array([1, 1, 1])
    """
    if axis is None:
        x, axis = flatten(x), 0
    axis, length = _axis(axis, x.ndim), x.shape[axis]
    if isinstance(repeats, _core.Array) and _core.is_abstract(repeats):
        raise _errors().TraceError("[repeat] inside jit and vmap no shape can depend on values, and the sum of the counts does; "
                                   "give them as numbers, or use gather with indices of a known length")
    counts = repeats.tolist() if isinstance(repeats, _core.Array) else repeats
    if not isinstance(counts, int) and len(counts) == 1:
        counts = counts[0]
    if isinstance(counts, int):
        if counts < 0:
            raise _errors().ValueError("[repeat] a count is negative")
        wide = _reshape(x, x.shape[:axis + 1] + (1,) + x.shape[axis + 1:])
        wide = broadcast_to(wide, x.shape[:axis + 1] + (counts,) + x.shape[axis + 1:])
        return _reshape(wide, x.shape[:axis] + (length * counts,) + x.shape[axis + 1:])
    if len(counts) != length:
        raise _errors().ValueError(f"[repeat] {len(counts)} counts for {length} positions")
    places = _core.to_array([i for i, count in enumerate(counts) for _ in range(count)], _core.int64)
    return _ops["gather"](x, places, axis)


def tile(x, repetitions, /):
    """x side by side with itself, so often along each axis.

    Axis k is repetitions[k] times as long; missing axes are added in front.

    >>> kn.tile(kn.asarray([1, 2]), (2, 2))
    array([[1, 2, 1, 2],
           [1, 2, 1, 2]])
    """
    repetitions = (repetitions,) if isinstance(repetitions, int) else tuple(repetitions)
    rank = max(x.ndim, len(repetitions))
    shape = (1,) * (rank - x.ndim) + x.shape
    repetitions = (1,) * (rank - len(repetitions)) + repetitions
    between = tuple(length for n in shape for length in (1, n))
    wide = tuple(length for count, n in zip(repetitions, shape) for length in (count, n))
    result = tuple(count * n for count, n in zip(repetitions, shape))
    return _reshape(broadcast_to(_reshape(x, between), wide), result)


def pad(x, /, pad_width=None, mode="constant", *, constant_values=0, before=None, after=None, value=None):
    """x with elements put around it, as NumPy's pad.

    pad_width: one number for both sides of all axes, (before, after) for all axes, a pair for each axis, or a dict of axis
    to pair; in its place `before` and `after` name a number for each axis. mode: constant puts constant_values; edge repeats
    the first and the last element, reflect mirrors at them, symmetric mirrors behind them, wrap goes on at the other end.
    ValueError for widths that do not fit x's axes, a negative one or another mode.

    >>> kn.pad(kn.asarray([1, 2, 3]), 1)
    array([0, 1, 2, 3, 0])
    >>> kn.pad(kn.asarray([[1, 2], [3, 4]]), ((0, 0), (1, 2)), mode="edge")
    array([[1, 1, 2, 2, 2],
           [3, 3, 4, 4, 4]])
    """
    if not isinstance(mode, str):
        raise TypeError("pad() takes for mode a text, such as 'edge'; widths are pairs, as in pad(x, ((1, 2), (0, 0))), or before= "
                        "and after=")
    rank = _core.to_array(x).ndim if not hasattr(x, "ndim") else x.ndim
    if pad_width is not None:
        if before is not None or after is not None:
            raise TypeError("pad() takes pad_width, or before and after")
        before, after = zip(*_widths(pad_width, rank)) if rank else ((), ())
    before, after = before or (), after or ()
    if mode == "constant":
        return _ops["pad"](x, before, after, constant_values if value is None else value)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise _errors().ValueError(f"[pad] mode is constant, edge, reflect, symmetric or wrap, got {mode!r}")
    if value is not None:
        raise TypeError(f"pad() with mode={mode!r} puts elements of x, no value")
    return _ops["pad_mode"](x, before, after, mode)


def _widths(given, rank):
    """A pair for each axis, of what NumPy's pad takes."""
    if isinstance(given, dict):
        widths = [(0, 0)] * rank
        for axis, one in given.items():
            widths[_axis(axis, rank)] = _pair(one, given, rank)
        return widths
    given = given.tolist() if hasattr(given, "tolist") else given
    if _is_integer(given):
        return [(given, given)] * rank
    given = list(given)
    if len(given) == 2 and all(_is_integer(one) for one in given):
        return [tuple(given)] * rank
    if len(given) == 1:
        return [_pair(given[0], given, rank)] * rank
    if len(given) != rank:
        raise _errors().ValueError(f"[pad] {len(given)} widths for {rank} axes: give one number, (before, after), or a pair for each "
                                   f"axis, got {given}")
    return [_pair(one, given, rank) for one in given]


def _pair(one, given, rank):
    one = [one, one] if _is_integer(one) else list(one)
    one = one * 2 if len(one) == 1 else one
    if len(one) != 2 or not all(_is_integer(part) for part in one):
        raise _errors().ValueError(f"[pad] a width is a number or (before, after) for each of {rank} axes, got {given}")
    return tuple(one)


def _is_integer(x):
    return hasattr(x, "__index__") and not isinstance(x, bool)
