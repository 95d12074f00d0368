"""Structural ops: NumPy's indexing, spelled out where the edges differ."""

import math

import numpy as np

from .cases import EXACT, Case, Random, op, vector
from .formats import ALL, COMPLEX, FLOATS, Tensor

NUMPY = f"numpy {np.__version__}"
COMMON = ("float32", "int32", "bool", "bfloat16", "complex128", "uint8")


def every_dtype(name, shape, attrs, function):
    """One case in each dtype, with the same attributes."""
    for dtype in ALL:
        x = Random(name, dtype).tensor(dtype, shape)
        yield Case([x], Tensor(dtype, function(x.array, **attrs)), attrs)


def unary(name, every, calls, function, dtypes=COMMON[:2]):
    """A structural op of one array: `every` is (shape, attrs) for all dtypes, `calls` more of them."""

    @op(name, NUMPY)
    def cases():
        yield from every_dtype(name, *every, function)
        for shape, attrs in calls:
            for dtype in dtypes:
                x = Random(name, shape, sorted(attrs.items()), dtype).tensor(dtype, shape)
                yield Case([x], Tensor(dtype, function(x.array, **attrs)), attrs)


def strided(x, starts, stops, steps):
    return x[tuple(slice(*bounds) for bounds in zip(starts, stops, steps))]


def slicing(starts, stops, steps=None):
    return {"starts": starts, "stops": stops, "steps": steps or [1] * len(starts)}


SLICES = [
    ((7,), slicing([2], [5])),
    ((7,), slicing([0], [7], [3])),
    ((7,), slicing([6], [-8], [-1])),
    ((7,), slicing([5], [0], [-2])),
    ((7,), slicing([3], [3])),
    ((7,), slicing([-5], [-1], [2])),
    ((7,), slicing([9], [-9], [-4])),
    ((3, 4), slicing([1, 3], [3, -5], [1, -3])),
    ((2, 0, 3), slicing([0, 0, 1], [1, 0, 3])),
    ((), slicing([], [], [])),
    ((7,), slicing([6], [-9], [-1])),
    ((7,), slicing([4], [5], [3])),
    ((7,), slicing([5], [4], [-2])),
]

unary(
    "reshape",
    ((2, 6), {"shape": [3, 4]}),
    [
        ((2, 3, 4), {"shape": [24]}),
        ((6,), {"shape": [1, 6, 1]}),
        ((1,), {"shape": []}),
        ((), {"shape": [1, 1]}),
        ((0, 3), {"shape": [3, 0, 5]}),
    ],
    lambda x, shape: x.reshape(shape),
)
unary(
    "transpose",
    ((2, 3, 4), {"axes": [2, 0, 1]}),
    [
        ((2, 3), {}),
        ((2, 3, 4), {}),
        ((2, 3, 4), {"axes": [0, 2, 1]}),
        ((2, 3, 4), {"axes": [-1, 0, -2]}),
        ((5,), {}),
        ((), {}),
        ((0, 3), {"axes": [1, 0]}),
    ],
    lambda x, axes=None: np.transpose(x, axes),
)
unary(
    "broadcast_to",
    ((3, 1), {"shape": [2, 3, 4]}),
    [
        ((), {"shape": [2, 2]}),
        ((4,), {"shape": [3, 4]}),
        ((1, 3), {"shape": [0, 3]}),
        ((1,), {"shape": [0]}),
        ((2, 3), {"shape": [2, 3]}),
    ],
    lambda x, shape: np.broadcast_to(x, shape),
)
unary("slice", ((4, 5), slicing([1, 4], [4, -6], [2, -2])), SLICES, strided)
unary(
    "reverse",
    ((2, 3), {"axes": [1]}),
    [
        ((5,), {"axes": [0]}),
        ((2, 3, 4), {"axes": [0, 2]}),
        ((2, 3, 4), {"axes": [-2]}),
        ((2, 3), {"axes": []}),
        ((0, 3), {"axes": [0, 1]}),
    ],
    lambda x, axes: np.flip(x, axes),
)


@op("update_slice", NUMPY)
def update_slice():
    def made(dtype, shape, size, starts, steps):
        random = Random("update_slice", dtype, shape, size, starts, steps)
        x, update = random.tensor(dtype, shape), random.tensor(dtype, size)
        y = x.array.copy()
        if y.ndim:
            y[np.ix_(*([a + s * i for i in range(n)] for a, s, n in zip(starts, steps or [1] * y.ndim, size)))] = update.array
        else:
            y[...] = update.array
        return Case([x, update], Tensor(dtype, y), {"starts": starts, **({"steps": steps} if steps else {})})

    for dtype in ALL:
        yield made(dtype, (4, 5), (2, 2), [1, 4], [2, -3])
    for shape, size, starts, steps in (
        ((7,), (3,), [2], [1]),
        ((7,), (3,), [0], [3]),
        ((7,), (7,), [6], [-1]),
        ((7,), (0,), [3], [1]),
        ((2, 3, 4), (1, 3, 2), [1, 0, 0], [1, 1, 3]),
        ((), (), [], []),
        ((0, 3), (0, 2), [0, 1], [1, 1]),
        ((5, 7), (2, 3), [-2, -7], None),
        ((5, 7), (3, 3), [-1, -1], [-1, -2]),
        ((5, 7), (2, 3), [3, 1], [1, 2]),
    ):
        for dtype in COMMON[:2]:
            yield made(dtype, shape, size, starts, steps)


@op("pad", NUMPY)
def pad():
    def made(dtype, shape, before, after, value):
        x = Random("pad", dtype, shape).tensor(dtype, shape)
        y = np.pad(x.array, list(zip(before, after)), constant_values=value) if shape else x.array
        return Case([x], Tensor(dtype, y), {"before": before, "after": after, "value": value})

    for dtype in ALL:
        yield made(dtype, (2, 3), [1, 0], [0, 2], True if dtype == "bool" else 1)
    for shape, before, after in (
        ((3,), [2], [1]),
        ((2, 3), [0, 0], [0, 0]),
        ((0, 2), [2, 0], [1, 1]),
        ((), [], []),
        ((1, 2, 1), [0, 1, 2], [1, 0, 1]),
    ):
        yield made("float32", shape, before, after, -2.5)
        yield made("int64", shape, before, after, -3)
    yield made("float64", (2,), [1], [1], 0.1)  # not a float32
    for dtype in COMPLEX:
        x = Random("pad", dtype).tensor(dtype, (2,))
        y = np.pad(x.array, (1, 0), constant_values=0.5 - 2j)
        yield Case([x], Tensor(dtype, y), {"before": [1], "after": [0], "value": [0.5, -2.0]})


@op("pad_mode", NUMPY)
def pad_mode():
    def made(dtype, shape, before, after, mode):
        x = Random("pad_mode", dtype, shape).tensor(dtype, shape)
        y = np.pad(x.array, list(zip(before, after)), mode=mode)
        return Case([x], Tensor(dtype, y), {"before": before, "after": after, "mode": mode})

    for mode in ("edge", "reflect", "symmetric", "wrap"):
        for dtype in ALL:
            yield made(dtype, (2, 3), [1, 0], [0, 2], mode)
        for shape, before, after in (
            ((3,), [2], [1]),
            ((3,), [7], [11]),
            ((1,), [3], [2]),
            ((2, 3), [0, 0], [0, 0]),
            ((0, 2), [0, 1], [0, 1]),
            ((1, 2, 4), [1, 5, 3], [2, 0, 8]),
        ):
            yield made("float32", shape, before, after, mode)


@op("concatenate", NUMPY)
def concatenate():
    def made(dtype, shapes, axis):
        parts = [Random("concatenate", dtype, shape, i).tensor(dtype, shape) for i, shape in enumerate(shapes)]
        return Case(parts, Tensor(dtype, np.concatenate([p.array for p in parts], axis)), {"axis": axis})

    for dtype in ALL:
        yield made(dtype, [(2, 1), (2, 3)], 1)
    for shapes, axis in (
        ([(3,)], 0),
        ([(2,), (0,), (3,)], 0),
        ([(1, 2), (3, 2), (2, 2)], 0),
        ([(1, 2), (3, 2)], -2),
        ([(2, 3), (2, 1)], -1),
        ([(2, 2, 2), (2, 1, 2)], 1),
        ([(0, 2), (0, 3)], 1),
    ):
        for dtype in COMMON[:2]:
            yield made(dtype, shapes, axis)


# --- gather and its relatives -------------------------------------------------------------------------------------


def resolve(index, size, mode):
    """The position of an index on an axis, by Koine's rules; None where it is outside in mode fill."""
    index = int(index)
    if mode == "raise":
        if not -size <= index < size:
            raise IndexError(index)
        return index % size
    if mode == "clip":
        return min(max(index, 0), size - 1)
    if mode == "wrap":
        return index % size
    return index if 0 <= index < size else None


def filler(dtype):
    return math.nan if dtype in FLOATS else complex(math.nan, math.nan) if dtype.startswith("complex") else 0


def gathered(x, indices, axis, mode, dtype):
    """x[:axis] + indices + x[axis+1:], one element of `indices` at a time."""
    axis %= x.ndim
    moved = np.moveaxis(x, axis, 0)
    out = np.empty(indices.shape + moved.shape[1:], x.dtype)
    for where in np.ndindex(indices.shape):
        position = resolve(indices[where], x.shape[axis], mode)
        out[where] = filler(dtype) if position is None else moved[position]
    return np.moveaxis(out, tuple(range(indices.ndim)), tuple(range(axis, axis + indices.ndim)))


def scattered(x, indices, updates, axis, mode, add=True):
    """x with updates added, or put in its place; an update outside in mode fill is dropped."""
    axis %= x.ndim
    out = np.moveaxis(x.copy(), axis, 0)
    rows = np.moveaxis(updates, tuple(range(axis, axis + indices.ndim)), tuple(range(indices.ndim)))
    for where in np.ndindex(indices.shape):
        position = resolve(indices[where], x.shape[axis], mode)
        if position is not None:
            out[position] = out[position] + rows[where] if add else rows[where]
    return np.moveaxis(out, 0, axis)


INSIDE, OUTSIDE = [2, 0, -1, 2], [0, 3, -1, 9]
# shape, axis, index values, index shape
GATHERS = (
    ((3,), 0, INSIDE, (4,)),
    ((3, 2), 0, INSIDE, (2, 2)),
    ((2, 3), 1, INSIDE, (4,)),
    ((2, 3, 2), -2, INSIDE, (4, 1)),
    ((3, 2), 0, [1], ()),
    ((3, 2), 0, [], (0,)),
    ((3, 0), 0, INSIDE, (4,)),
)


@op("gather", "Python indexing, one index at a time, by Koine's rules for indices outside")
def gather():
    def made(dtype, shape, axis, values, index_shape, mode, index_dtype="int64"):
        x = Random("gather", dtype, shape).tensor(dtype, shape)
        indices = Tensor(index_dtype, np.array(values, np.int64).reshape(index_shape))
        y = gathered(x.array, indices.array, axis, mode, dtype)
        return Case([x, indices], Tensor(dtype, y), {"axis": axis, "mode": mode})

    for dtype in ALL:
        yield made(dtype, (2, 3), 1, INSIDE, (4,), "raise")
        yield made(dtype, (2, 3), 1, OUTSIDE, (4,), "fill")
    for call in GATHERS:
        yield made("float32", *call, "raise")
    for mode in ("clip", "wrap", "fill"):
        for shape, axis, values, index_shape in GATHERS:
            yield made("float32", shape, axis, OUTSIDE[: len(values)], index_shape, mode)
        yield made("int32", (3, 2), 0, [-7, 2**40, -(2**40), 5], (4,), mode)
    for index_dtype in ("int8", "int32", "uint8", "uint64"):
        yield made("float32", (3, 2), 0, [2, 0, 1], (3,), "raise", index_dtype)


@op("scatter_add", "Python indexing, one index at a time, by Koine's rules for indices outside")
def scatter_add():
    def made(dtype, shape, axis, values, index_shape, mode, tolerance=EXACT):
        random = Random("scatter_add", dtype, shape)
        x, indices = random.tensor(dtype, shape), Tensor("int64", np.array(values, np.int64).reshape(index_shape))
        place = axis % len(shape)
        updates = random.tensor(dtype, shape[:place] + index_shape + shape[place + 1 :])
        y = scattered(x.array, indices.array, updates.array, axis, mode)
        return Case([x, indices, updates], Tensor(dtype, y), {"axis": axis, "mode": mode}, tolerance)

    half = {"rel": 2e-2, "abs": 2e-2}  # two additions, in any order and width
    for dtype in ALL[1:]:
        yield made(
            dtype,
            (2, 3),
            1,
            INSIDE,
            (4,),
            "raise",
            half if "16" in dtype and "float" in dtype else {"rel": 1e-6, "abs": 1e-6},
        )
    for call in GATHERS:
        yield made("float32", *call, "raise", {"rel": 1e-6, "abs": 1e-6})
    for mode in ("clip", "wrap", "fill"):
        for shape, axis, values, index_shape in GATHERS:
            yield made("float32", shape, axis, OUTSIDE[: len(values)], index_shape, mode, {"rel": 1e-6, "abs": 1e-6})


@op("scatter", "Python indexing, one index at a time: the last update of a position stays")
def scatter():
    def made(dtype, shape, axis, values, index_shape, mode):
        random = Random("scatter", dtype, shape)
        x, indices = random.tensor(dtype, shape), Tensor("int64", np.array(values, np.int64).reshape(index_shape))
        place = axis % len(shape)
        updates = random.tensor(dtype, shape[:place] + index_shape + shape[place + 1 :])
        y = scattered(x.array, indices.array, updates.array, axis, mode, add=False)
        return Case([x, indices, updates], Tensor(dtype, y), {"axis": axis, "mode": mode})

    for dtype in ALL:
        yield made(dtype, (2, 3), 1, INSIDE, (4,), "raise")
    for call in GATHERS:
        yield made("float32", *call, "raise")
    for mode in ("clip", "wrap", "fill"):
        for shape, axis, values, index_shape in GATHERS:
            yield made("float32", shape, axis, OUTSIDE[: len(values)], index_shape, mode)


@op("ravel_multi_index", f"{NUMPY}, after counting negative indices from the end")
def ravel_multi_index():
    def made(shape, mode, *indices, dtype="int64"):
        indices = [np.array(values, np.int64) for values in indices]
        place = [np.where(i < 0, i + n, i) if mode == "raise" else i for i, n in zip(indices, shape)]
        y = np.array(np.ravel_multi_index(np.broadcast_arrays(*place), shape, mode), np.int64)
        return Case([Tensor(dtype, i) for i in indices], Tensor("int64", y), {"shape": list(shape), "mode": mode})

    for dtype in ("int8", "int32", "int64"):
        yield made((3, 4), "raise", [0, 2, -1], [3, -4, 1], dtype=dtype)
    yield made((5,), "raise", [[4, 0], [-5, 2]])
    yield made((3, 4, 2), "raise", [[0], [2]], [1, -1, 3], 1)
    yield made((3, 4), "clip", [-7, 1, 9], [2**40, 2, -(2**40)])
    yield made((3, 4), "wrap", [-7, 1, 9], [2**40, 2, -(2**40)])
    yield made((3, 4), "raise", np.zeros((0, 1)), [1, 2])


ALONG = (((3,), (4,), 0), ((2, 3), (2, 4), 1), ((3, 2), (2, 2), 0), ((2, 3, 2), (2, 1, 2), -2), ((2, 3), (2, 0), 1))


def along(name, dtype, shape, index_shape, axis):
    random = Random(name, dtype, shape)
    x, size = random.tensor(dtype, shape), shape[axis]
    return random, x, Tensor("int64", random.integers(index_shape, -size, size - 1))


@op("take_along_axis", NUMPY)
def take_along_axis():
    for call in [(dtype, *ALONG[1]) for dtype in ALL] + [("float32", *c) for c in ALONG]:
        _, x, indices = along("take_along_axis", *call)
        axis = call[-1]
        yield Case([x, indices], Tensor(x.dtype, np.take_along_axis(x.array, indices.array, axis)), {"axis": axis})


@op("put_along_axis_add", "Python indexing, one index at a time")
def put_along_axis_add():
    for call in [(dtype, *ALONG[1]) for dtype in ("float64", "int32", "uint8", "complex64")] + [
        ("float32", *c) for c in ALONG
    ]:
        random, x, indices = along("put_along_axis_add", *call)
        axis, updates = call[-1], random.tensor(x.dtype, call[2])
        y = x.array.copy()
        for where in np.ndindex(indices.array.shape):
            place = list(where)
            place[axis] = int(indices.array[where]) % x.array.shape[axis]
            y[tuple(place)] += updates.array[where]
        yield Case([x, indices, updates], Tensor(x.dtype, y), {"axis": axis}, {"rel": 1e-6, "abs": 1e-6})
