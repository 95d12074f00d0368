"""Ops that hold or pass values, children of keys, and the inverses of the error functions."""

import math

import mpmath
import numpy as np
from mpmath import mp

from . import philox
from .cases import Case, Random, op
from .formats import ALL, Tensor, round_real
from .random import KEYS, PHILOX, key_tensor

NUMPY = f"numpy {np.__version__}"


@op("identity", "the operand itself")
def identity():
    for dtype in ALL:
        x = Random("identity", dtype).tensor(dtype, (2, 3))
        yield Case([x], x)
    for shape in ((), (0, 2)):
        x = Random("identity", shape).tensor("float32", shape)
        yield Case([x], x)


@op("full", NUMPY)
def full():
    for dtype in ALL:
        for shape in ((2, 3), ()):
            yield Case([], Tensor(dtype, np.full(shape, 1)), {"shape": list(shape), "value": 1, "dtype": dtype})
    for dtype, value in (("float64", 0.1), ("float32", -2.5), ("int64", -(2**62)), ("bool", False), ("uint8", 255)):
        yield Case([], Tensor(dtype, np.full((3, 0, 2), value)), {"shape": [3, 0, 2], "value": value, "dtype": dtype})
        yield Case([], Tensor(dtype, np.full((4,), value)), {"shape": [4], "value": value, "dtype": dtype})
    for dtype in ("complex64", "complex128"):
        yield Case([], Tensor(dtype, np.full((2,), 1.5 - 2j)), {"shape": [2], "value": [1.5, -2.0], "dtype": dtype})
    for dtype in ("uint64", "float64"):
        largest = 2**64 - 1  # as an integer that int64 has not
        yield Case([], Tensor(dtype, np.full((2,), largest)), {"shape": [2], "value": largest, "dtype": dtype})


def child(key, number, kind):
    """Two words at the counter of a child's number; `kind` tells children of split from those of fold_in."""
    number &= 2**64 - 1
    return philox.philox4x32((number & philox.MASK, number >> 32, 0, kind), key)[:2]


@op("split_key", PHILOX)
def split_key():
    for key in KEYS:
        for n in (2, 5, 0):
            keys = np.array([child(key, i, 1) for i in range(n)], np.uint32).reshape(n, 2)
            yield Case([key_tensor(key)], Tensor("uint32", keys), {"n": n})
    keys = [[child(key, i, 1) for i in range(3)] for key in KEYS]
    yield Case([Tensor("uint32", np.array(KEYS, np.uint32))], Tensor("uint32", np.array(keys, np.uint32)), {"n": 3})


@op("fold_in", PHILOX)
def fold_in():
    numbers = (0, 1, -1, 7, 2**40 + 3, -(2**63))
    for key in KEYS:
        for number in numbers:
            mixed = np.array(child(key, number, 2), np.uint32)
            yield Case([key_tensor(key), Tensor("int64", np.array(number))], Tensor("uint32", mixed))
    many = Tensor("uint32", np.array(KEYS, np.uint32))
    data = Tensor("int32", np.array([3, 0, -5]))
    each = np.array([child(key, int(n), 2) for key, n in zip(KEYS, data.array)], np.uint32)
    yield Case([many, data], Tensor("uint32", each))
    one_key = np.array([child(KEYS[2], int(n), 2) for n in data.array], np.uint32)
    yield Case([key_tensor(KEYS[2]), data], Tensor("uint32", one_key))
    one_number = np.array([child(key, 9, 2) for key in KEYS], np.uint32)
    yield Case([many, Tensor("uint8", np.array(9))], Tensor("uint32", one_number))


def inverse(name, function, points):
    """An inverse error function in every floating dtype, from `function` at 200 bits."""

    @op(name, f"mpmath {mpmath.__version__}")
    def cases():
        for dtype in ("float16", "bfloat16", "float32", "float64"):
            x = Tensor(dtype, np.array(points))
            with mp.workprec(200):
                y = [round_real(function(mp.mpf(float(v))), dtype) for v in x.array]
            yield Case([x], Tensor(dtype, np.array(y)), {}, {"ulp": 4})


inverse("erfinv", mp.erfinv, [0.0, 2.0**-12, -0.125, 0.25, 0.5, -0.75, 0.875, 0.984375, -0.99609375])
inverse("erfcinv", lambda x: mp.erfinv(1 - x), [1.0, 1.25, 0.5, 0.25, 1.75, 1.984375, 0.0625, 2.0**-8, 2.0**-12])


# --- attributes and operands that the files of these ops leave at their defaults --------------------------------------


@op("var_correction", NUMPY, calls="var")
def var_correction():
    for correction in (1, 2, 0.5, 6):
        x = Random("var", correction).tensor("float64", (3, 5))
        with np.errstate(divide="ignore"):
            y = np.sum((x.array - x.array.mean(axis=1, keepdims=True)) ** 2, axis=1) / max(5 - correction, 0)
        yield Case([x], Tensor("float64", y), {"axis": [1], "correction": correction}, {"rel": 1e-14, "abs": 1e-14})


@op("rms_norm", NUMPY)
def rms_norm():
    for dtype in ("float32", "float64", "float16", "bfloat16"):
        x, scale = Random("rms_norm", dtype).tensor(dtype, (3, 5)), Random("rms_norm scale", dtype).tensor(dtype, (5,))
        wide = x.array.astype(float)
        y = wide / np.sqrt(np.mean(wide**2, axis=-1, keepdims=True) + 0.01) * scale.array.astype(float)
        bound = {"float64": 1e-13, "float32": 1e-6, "float16": 4e-3, "bfloat16": 3e-2}[dtype]
        yield Case([x, scale], Tensor(dtype, y), {"epsilon": 0.01}, {"abs": bound})
    # Squares beyond float16: 1 everywhere.
    yield Case([Tensor("float16", np.full((2, 4), 1000.0))], Tensor("float16", np.ones((2, 4))), None, {"abs": 1e-3})


@op("var_complex", NUMPY, calls="var")
def var_complex():
    for dtype in ("complex64", "complex128"):
        x = Random("var", dtype).tensor(dtype, (3, 5))
        real = "float32" if dtype == "complex64" else "float64"
        yield Case([x], Tensor(real, np.var(x.array.astype(complex), axis=1)), {"axis": [1]}, {"abs": 1e-5 if real == "float32" else 1e-13})


@op("layer_norm_bare", NUMPY, calls="layer_norm")
def layer_norm_bare():
    x, scale = Random("layer_norm").tensor("float64", (3, 5)), Random("scale").tensor("float64", (5,))
    for axis in ([-1], [0, 1]):
        centred = x.array - x.array.mean(axis=tuple(axis), keepdims=True)
        y = centred / np.sqrt((centred**2).mean(axis=tuple(axis), keepdims=True) + 0.125)
        for operands, result in (([x], y), ([x, scale], y * scale.array)):
            attrs = {"axis": axis, "epsilon": 0.125}
            yield Case(operands, Tensor("float64", result), attrs, {"rel": 1e-14, "abs": 1e-14})


@op("slice_sizes", NUMPY, calls="slice")
def slice_sizes():
    x = Random("slice_sizes").tensor("int32", (4, 6))
    for offsets, sizes, steps in (([1, 4], [2, 3], [1, -2]), ([3, 0], [4, 2], [-1, 5]), ([0, 2], [0, 1], [1, 1])):
        places = [[o + s * i for i in range(n)] for o, n, s in zip(offsets, sizes, steps)]
        y = x.array[np.ix_(*(np.array(p, int) for p in places))]
        yield Case([x], Tensor("int32", y), {"offsets": offsets, "sizes": sizes, "steps": steps})


def batched(name, function, operands):
    """An op along a shared leading axis, from a loop over it."""

    @op(f"{name}_batch", f"{NUMPY}, one element of the batch at a time", calls=name)
    def cases():
        random = Random(name, "batch")
        for shape, axis, indices in (
            ((2, 4), 1, [[3, 0, 1], [2, -1, 0]]),
            ((2, 3, 4), 2, [[1, 3], [0, 2]]),
            ((2, 3, 4), 1, [[[2, 1]], [[0, -2]]]),
        ):
            x, at = random.tensor("float64", shape), np.array(indices, np.int64)
            update = random.tensor("float64", shape[:axis] + at.shape[1:] + shape[axis + 1 :])
            rows = [function(x.array[b], at[b], axis - 1, update.array[b]) for b in range(shape[0])]
            given = [x, Tensor("int64", at), update][:operands]
            attrs = {"axis": axis, "batch": 1, "mode": "raise"}
            yield Case(given, Tensor("float64", np.stack(rows)), attrs, {"rel": 1e-15, "abs": 1e-15})


def place(axis, index):
    return (slice(None),) * axis + (index,)


def written(x, indices, axis, update):
    y = x.copy()
    for at in np.ndindex(indices.shape):
        y[place(axis, indices[at])] = update[(slice(None),) * axis + at]
    return y


def added(x, indices, axis, update):
    y = x.copy()
    for at in np.ndindex(indices.shape):
        y[place(axis, indices[at])] += update[(slice(None),) * axis + at]
    return y


batched("gather", lambda x, indices, axis, _: np.take(x, indices, axis), 2)
batched("scatter", written, 3)
batched("scatter_add", added, 3)


@op("dft", "numpy.fft in float64, without the factor of the inverse")
def dft():
    def made(dtype, shape, axis, inverse=False):
        x = Random("dft", dtype, shape, axis).tensor(dtype, shape)
        wide = x.array.astype(complex)
        y = np.fft.ifft(wide, axis=axis) * shape[axis] if inverse else np.fft.fft(wide, axis=axis)
        size = 4 * math.sqrt(shape[axis])
        bound = {"abs": size * (2e-7 if dtype == "complex64" else 1e-15)}
        return Case([x], Tensor(dtype, y), {"axis": axis, "inverse": inverse}, bound)

    for length in (1, 2, 3, 5, 8, 12, 97, 128):
        yield made("complex64", (length,), -1)
        yield made("complex128", (length,), -1, True)
    yield made("complex64", (3, 4, 5), 1)
    yield made("complex128", (3, 4, 5), 0, True)
