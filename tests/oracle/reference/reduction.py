"""Reductions, scans, sorting: NumPy and SciPy in wide types, Python integers, sorted() for order."""

import itertools
import math
import operator

import numpy as np
import scipy
import scipy.special

from .cases import SAME_VALUE, Case, Random, op, vector
from .formats import COMPLEX, FLOATS, INTS, SIGNED, UNSIGNED, Tensor, wrap

NUMPY = f"numpy {np.__version__}"
SCIPY = f"scipy {scipy.__version__}"

# shape and attributes; no axis means all
CALLS = (
    ((4,), {}),
    ((2, 3), {}),
    ((2, 3), {"axis": [1]}),
    ((2, 3), {"axis": [0], "keepdims": True}),
    ((2, 3), {"axis": [-1]}),
    ((2, 3, 4), {"axis": [0, 2]}),
    ((2, 3, 4), {"axis": [-1, 0], "keepdims": True}),
    ((2, 3), {"keepdims": True}),
    ((), {}),
    ((1, 3), {"axis": [0]}),
    ((5, 67), {"axis": [1]}),
    ((67, 5), {"axis": [0]}),
)
EMPTY = (((0,), {}), ((0, 3), {"axis": [0]}), ((0, 3), {"axis": [1]}), ((2, 0), {"axis": [1], "keepdims": True}))


def numpy_attrs(attrs):
    """Keyword arguments of NumPy for the attributes of a reduction."""
    axis = attrs.get("axis")
    return {"axis": tuple(axis) if axis is not None else None, "keepdims": attrs.get("keepdims", False)}


def wide(x):
    if x.dtype in FLOATS:
        return x.array.astype(np.float64)
    if x.dtype in COMPLEX:
        return x.array.astype(np.complex128)
    return x.array.astype(object) if x.dtype in INTS else x.array.astype(int).astype(object)


def sum_dtype(dtype):
    """Integers and bool are added in 64 bits."""
    if dtype in UNSIGNED:
        return "uint64"
    return "int64" if dtype in SIGNED or dtype == "bool" else dtype


def float_result(dtype):
    return dtype if dtype in FLOATS + COMPLEX else "float32"


def made(x, function, attrs, dtype, tolerance):
    """function(wide array, axis, keepdims) narrowed to dtype."""
    values = np.asarray(function(wide(x), **numpy_attrs(attrs)))
    if dtype in INTS:
        values = np.array([wrap(v, dtype) for v in values.ravel()], dtype=object).reshape(values.shape)
    return Case([x], Tensor(dtype, values), attrs, tolerance)


def loose(dtype, scale=1.0):
    step = {
        "float16": 2e-3,
        "bfloat16": 2e-2,
        "float32": 1e-6,
        "float64": 4e-15,
        "complex64": 2e-6,
        "complex128": 8e-15,
    }
    return {"rel": step[dtype] * scale, "abs": step[dtype] * scale} if dtype in step else "exact"


def reduction(name, function, dtypes, result, empty=EMPTY, exact=None, source=NUMPY, span=(-2.0, 2.0)):
    """`exact` is the tolerance where the result is one of the elements, else by dtype."""

    @op(name, source)
    def cases():
        bound = lambda dtype: exact or loose(dtype, 4)
        for dtype in dtypes:
            x = Random(name, dtype).tensor(dtype, (3, 5), *span)
            yield made(x, function, {"axis": [1]}, result(dtype), bound(result(dtype)))
        main = "float32" if "float32" in dtypes else "bool"
        for shape, attrs in CALLS + empty:
            x = Random(name, shape, sorted(attrs.items())).tensor(main, shape, *span)
            yield made(x, function, attrs, result(main), bound(result(main)))
        if main == "float32":
            nan, inf = math.nan, math.inf
            x = Tensor(
                "float32", np.array([[1, nan, 2], [inf, 1, 2], [-inf, 1, 2], [inf, -inf, 1], [-0.0, -0.0, -0.0]])
            )
            yield made(x, function, {"axis": [1]}, "float32", exact or {"rel": 1e-6, "abs": 0})


def same(dtype):
    return dtype


ORDERED = INTS + FLOATS
NUMBERS = ("bool",) + INTS + FLOATS + COMPLEX


def fold(function, start):
    """np.add or np.multiply over axes, on objects as on numbers, also over nothing."""

    def reduce(x, axis, keepdims):
        axes = axis if axis is not None else tuple(range(x.ndim))
        return function.reduce(x, axis=axes, keepdims=keepdims, initial=start)

    return reduce


reduction("sum", fold(np.add, 0), NUMBERS, sum_dtype)
reduction("prod", fold(np.multiply, 1), NUMBERS, sum_dtype)
reduction("max", np.max, ORDERED, same, EMPTY[2:3], SAME_VALUE)
reduction("min", np.min, ORDERED, same, EMPTY[2:3], SAME_VALUE)
TRUTHS = ("bool", "int8", "uint64", "float16", "complex64")
reduction("any", lambda x, **k: np.any(x.astype(bool), **k), TRUTHS, lambda dtype: "bool")
reduction("all", lambda x, **k: np.all(x.astype(bool), **k), TRUTHS, lambda dtype: "bool")
reduction(
    "mean",
    lambda x, **k: np.mean(np.asarray(x + 0.0, complex if x.dtype == complex else float), **k),
    NUMBERS,
    float_result,
    EMPTY[2:3],
)
reduction("var", lambda x, **k: np.var(np.asarray(x + 0.0, float), **k), FLOATS + ("int32",), float_result, EMPTY[2:3])
reduction("std", lambda x, **k: np.std(np.asarray(x + 0.0, float), **k), FLOATS + ("int32",), float_result, EMPTY[2:3])
reduction(
    "logsumexp",
    scipy.special.logsumexp,
    FLOATS,
    same,
    EMPTY[2:3],
    source=f"scipy.special.logsumexp {SCIPY}",
    span=(-30, 30),
)


@op("logsumexp_large", f"scipy.special.logsumexp {SCIPY}", calls="logsumexp")
def logsumexp_large():
    rows = [[-1000, 1000, 0], [1000, 1000, 999], [-900, -800, -1000]]
    for values, axis in ((rows, [1]), (rows, [0, 1]), ([[1000], [-1000]], [1])):
        yield made(Tensor("float64", np.array(values)), scipy.special.logsumexp, {"axis": axis}, "float64", {"ulp": 4})


# More rows than are in flight at once.
LONG = ((9000,), {"axis": [0]}), ((1700, 5), {"axis": [0]})


@op("sum_long", NUMPY, calls="sum")
def sum_long():
    for shape, attrs in LONG:
        yield made(Random("sum_long", shape).tensor("int8", shape), fold(np.add, 0), attrs, "int64", "exact")


@op("argmin_long", NUMPY, calls="argmin")
def argmin_long():
    for shape, _ in LONG:
        x = Random("argmin_long", shape).tensor("int16", shape)
        x.array[-3:] = -99  # the first of the least is in the last block
        yield Case([x], Tensor("int64", np.argmin(x.array, 0)), {"axis": 0})


def position(name, function):
    """argmax and argmin: the first of equals, and the first NaN before all."""

    @op(name, NUMPY)
    def cases():
        for dtype in ORDERED:
            x = Random(name, dtype).tensor(dtype, (3, 5))
            yield Case([x], Tensor("int64", function(x.array, axis=1)), {"axis": 1})
        for shape, attrs in (
            ((4,), {"axis": 0}),
            ((2, 3), {"axis": 0}),
            ((2, 3), {"axis": -1, "keepdims": True}),
            ((2, 3, 4), {"axis": -2}),
            ((0, 3), {"axis": 1}),
            ((2, 40), {"axis": 1}),
        ):
            x = Random(name, shape).tensor("int8", shape)  # few values, so that there are equals
            yield Case([x], Tensor("int64", function(x.array, **attrs)), attrs)
        nan, inf = math.nan, math.inf
        x = Tensor(
            "float32",
            np.array(
                [[1, nan, 2], [nan, inf, nan], [inf, inf, -inf], [-0.0, 0.0, 0.0], [0.0, -0.0, 0.0], [-inf, -inf, 1]]
            ),
        )
        yield Case([x], Tensor("int64", function(x.array, axis=1)), {"axis": 1})


position("argmax", np.argmax)
position("argmin", np.argmin)


# --- scans --------------------------------------------------------------------------------------------------------

SCANS = (
    ((5,), {"axis": 0}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": 1, "reverse": True}),
    ((2, 3, 4), {"axis": -2}),
    ((2, 3, 4), {"axis": 0, "reverse": True}),
    ((0, 3), {"axis": 0}),
    ((3, 0), {"axis": 0}),
    ((1,), {"axis": 0}),
    ((2, 65), {"axis": 1}),
)


def scan(name, function, dtypes, result, tolerance):
    """A running `function` of two Python values along an axis."""

    def run(x, dtype, attrs):
        values = np.moveaxis(wide(x), attrs["axis"], -1)
        backwards = attrs.get("reverse", False)
        rows = (
            [
                list(itertools.accumulate(row[::-1] if backwards else row, function))
                for row in values.reshape(-1, values.shape[-1])
            ]
            if values.size
            else []
        )
        rows = [row[::-1] for row in rows] if backwards else rows
        flat = [wrap(v, dtype) if dtype in INTS else v for row in rows for v in row]
        kind = object if dtype in INTS else values.dtype
        out = np.moveaxis(np.array(flat, dtype=kind).reshape(values.shape), -1, attrs["axis"])
        return Case([x], Tensor(dtype, out), attrs, tolerance or loose(dtype, 8))

    @op(name, "Python's itertools.accumulate in float64, complex128 or integers")
    def cases():
        for dtype in dtypes:
            yield run(Random(name, dtype).tensor(dtype, (2, 5)), result(dtype), {"axis": 1})
        for shape, attrs in SCANS:
            yield run(Random(name, shape).tensor("float32", shape), "float32", attrs)
        x = vector("float32", [1, math.inf, 2, math.nan, 3])
        yield run(x, "float32", {"axis": 0})
        yield run(x, "float32", {"axis": 0, "reverse": True})


def larger(a, b):
    """The greater of two, NaN before all."""
    return a if a != a or (b == b and a >= b) else b


scan("cumsum", operator.add, NUMBERS, sum_dtype, None)
scan("cumprod", operator.mul, NUMBERS, sum_dtype, None)
scan("cummax", larger, ORDERED, same, SAME_VALUE)


@op("linear_recurrence", "a Python loop in float64 and complex128")
def linear_recurrence():
    def made(dtype, shape, attrs):
        random = Random("linear_recurrence", dtype, shape)
        x, term = random.tensor(dtype, shape), random.tensor(dtype, shape)
        factors, terms = (np.moveaxis(wide(t), attrs["axis"], 0) for t in (x, term))
        y, before = terms.copy(), 0
        for k in range(len(y))[:: -1 if attrs.get("reverse") else 1]:
            y[k] = before = factors[k] * before + terms[k]
        return Case([x, term], Tensor(dtype, np.moveaxis(y, 0, attrs["axis"])), attrs, loose(dtype, 8))

    for dtype in NUMBERS:
        if dtype not in INTS and dtype != "bool":
            yield made(dtype, (2, 5), {"axis": 1})
    for shape, attrs in SCANS:
        yield made("float32", shape, attrs)


# --- order --------------------------------------------------------------------------------------------------------


def order(row, descending=False):
    """Stable positions of a row in order; NaN comes last in either direction."""
    key = lambda i: (row[i] != row[i], 0 if row[i] != row[i] else -row[i] if descending else row[i])
    return sorted(range(len(row)), key=key)


def along(x, axis, function, length=None):
    """function of each row (a list) along an axis, giving `length` positions."""
    rows = np.moveaxis(x, axis, -1)
    count = rows.shape[-1] if length is None else length
    out = np.empty(rows.shape[:-1] + (count,), np.int64)
    for where in np.ndindex(rows.shape[:-1]):
        out[where] = function([v.item() for v in rows[where]])[:count]
    return np.moveaxis(out, -1, axis)


ORDERS = (
    ((6,), {"axis": 0}),
    ((3, 5), {"axis": 0}),
    ((3, 5), {"axis": 1, "descending": True}),
    ((2, 3, 4), {"axis": -2}),
    ((0, 3), {"axis": 1}),
    ((3, 0), {"axis": 1}),
    ((1,), {"axis": 0, "descending": True}),
    ((2, 40), {"axis": 1, "descending": True}),
)


def order_inputs(name):
    for dtype in ORDERED:
        yield Random(name, dtype).tensor(dtype, (2, 6)), {"axis": 1}
    for shape, attrs in ORDERS:
        yield Random(name, shape).tensor("int8", shape), attrs
    x = Tensor("float32", np.array([[2, math.nan, -math.inf, 1, math.inf, math.nan, 1]]))
    yield x, {"axis": 1}
    yield x, {"axis": 1, "descending": True}


@op("argsort", "Python's sorted (stable), NaN last")
def argsort():
    for x, attrs in order_inputs("argsort"):
        places = along(x.array, attrs["axis"], lambda row: order(row, attrs.get("descending", False)))
        yield Case([x], Tensor("int64", places), attrs)


@op("sort", "Python's sorted (stable), NaN last")
def sort():
    for x, attrs in order_inputs("sort"):
        places = along(x.array, attrs["axis"], lambda row: order(row, attrs.get("descending", False)))
        yield Case([x], Tensor(x.dtype, np.take_along_axis(x.array, places, attrs["axis"])), attrs)


@op("top_k", "Python's sorted (stable): the first of equals first")
def top_k():
    calls = [(dtype, (2, 6), {"k": 3, "axis": 1, "largest": True}) for dtype in ORDERED]
    calls += [
        ("int8", (3, 5), {"k": 2, "axis": 0, "largest": True}),
        ("int8", (3, 5), {"k": 5, "axis": -1, "largest": False}),
        ("int8", (7,), {"k": 0, "axis": 0, "largest": True}),
        ("float32", (2, 3, 4), {"k": 1, "axis": 1, "largest": False}),
        ("float32", (0, 3), {"k": 2, "axis": 1, "largest": True}),
    ]
    for dtype, shape, attrs in calls:
        x = Random("top_k", dtype, shape).tensor(dtype, shape)
        places = along(x.array, attrs["axis"], lambda row: order(row, attrs["largest"]), attrs["k"])
        values = np.take_along_axis(x.array, places, attrs["axis"])
        yield Case([x], [Tensor(dtype, values), Tensor("int64", places)], attrs)
