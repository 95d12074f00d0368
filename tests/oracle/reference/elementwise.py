"""Elementwise functions of one array: mpmath for what has to be rounded correctly, NumPy for the rest."""

import math

import mpmath
import numpy as np
from mpmath import mp

from .cases import EXACT, SAME_VALUE, Case, Random, float_edges, int_edges, op, vector
from .formats import COMPLEX, FLOATS, INTS, SIGNED, Tensor, limits, round_complex, round_real, wrap

MPMATH = f"mpmath {mpmath.__version__}"
NUMPY = f"numpy {np.__version__}"


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


# name: (mpmath function, NumPy function for zeros, infinities and NaN, (low, high) of usual points, ulp, complex too)
WHOLE, WIDE, UNIT = (-20, 20), (-1e4, 1e4), (-1, 1)
TRANSCENDENTAL = {
    "exp": (mp.exp, np.exp, WHOLE, 2, True),
    "expm1": (mp.expm1, np.expm1, WHOLE, 2, True),
    "log": (mp.log, np.log, (0, 50), 2, True),
    "log1p": (mp.log1p, np.log1p, (-1, 50), 2, True),
    "log2": (lambda x: mp.log(x, 2), np.log2, (0, 50), 2, True),
    "log10": (mp.log10, np.log10, (0, 50), 4, True),
    "sqrt": (mp.sqrt, np.sqrt, (0, 50), 0, True),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), lambda x: 1 / np.sqrt(x), (0, 50), 2, False),
    "reciprocal": (lambda x: 1 / x, lambda x: 1 / x, WHOLE, 0, True),
    "sin": (mp.sin, np.sin, WIDE, 2, True),
    "cos": (mp.cos, np.cos, WIDE, 2, True),
    "tan": (mp.tan, np.tan, WIDE, 2, True),
    "asin": (mp.asin, np.arcsin, UNIT, 2, True),
    "acos": (mp.acos, np.arccos, UNIT, 2, True),
    "atan": (mp.atan, np.arctan, WHOLE, 2, True),
    "sinh": (mp.sinh, np.sinh, WHOLE, 3, True),
    "cosh": (mp.cosh, np.cosh, WHOLE, 3, True),
    "tanh": (mp.tanh, np.tanh, (-6, 6), 3, True),
    "asinh": (mp.asinh, np.arcsinh, WHOLE, 3, True),
    "acosh": (mp.acosh, np.arccosh, (1, 50), 3, True),
    "atanh": (mp.atanh, np.arctanh, UNIT, 3, True),
    "erf": (mp.erf, None, (-4, 4), 2, False),
    "sigmoid": (sigmoid, lambda x: 1 / (1 + np.exp(-x)), WHOLE, 4, False),
}
ERF_EDGES = {0.0: 0.0, math.inf: 1.0, -math.inf: -1.0}


def round_function(function, at_edge, x, dtype):
    """function(x) rounded once to dtype; outside the real domain NaN, at zeros and non-finite points as in C."""
    x = float(x)
    if x == 0 or not math.isfinite(x):
        if at_edge is None:
            return math.nan if math.isnan(x) else math.copysign(ERF_EDGES[x], x)
        return float(at_edge(np.float64(x)))
    with mp.workprec(160 + 2 * abs(math.frexp(x)[1])):
        try:
            value = function(mp.mpf(x))
        except ZeroDivisionError:
            return math.nan
        return math.nan if isinstance(value, mp.mpc) else round_real(value, dtype)


def points(name, dtype, span):
    """Edges, points over the usual domain, and points of every magnitude down to 2^-20 and up to 2^12."""
    random = Random("unary", name, dtype)
    low, high = span
    usual = low + (high - low) * random.unit(24)
    # No power: its last bit depends on the processor.
    exponents = np.floor(-20 + 32 * random.unit(12)).astype(int)
    magnitudes = np.ldexp(1 + random.unit(12), exponents) * np.where(random.unit(12) < 0.5, -1, 1)
    extra = [0.5, -0.5, 2.0, -2.0, 88.5, -88.5, 710.0, -745.0]
    return vector(dtype, float_edges(dtype) + extra + list(usual) + list(magnitudes))


def shapes(function, dtype="float32"):
    """The same function on a scalar, three dimensions and zero elements; function maps Tensor to Case."""
    for shape in ((), (2, 1, 3), (0, 3)):
        yield function(Random("shape", shape).tensor(dtype, shape, 0.125, 0.875))


def tolerance_of(dtype, ulp):
    if dtype in ("float16", "bfloat16"):
        return {"ulp": 1}  # computed in float32 and rounded once more
    # Results in the denormal range may be lost to an intermediate that overflows.
    return {"ulp": ulp, "abs": 2.0**-126 if dtype == "float32" else 2.0**-1022} if ulp >= 4 else {"ulp": ulp}


def real_case(name, x, out_dtype):
    function, at_edge, _, ulp, _ = TRANSCENDENTAL[name]
    values = [round_function(function, at_edge, v, out_dtype) for v in x.array.ravel()]
    y = Tensor(out_dtype, np.array(values, np.float64).reshape(x.array.shape))
    return Case([x], y, tolerance=tolerance_of(out_dtype, ulp))


# Where a plain formula would overflow, or lose all digits.
COMPLEX_EXTRA = {"log1p": [-1 + 1e-9j, -1 + 1e-18j, 1e200, 1e200j, -1e200 + 1e200j]}


def complex_case(name, dtype):
    function = TRANSCENDENTAL[name][0]
    random = Random("complex", name)
    z = random.tensor(dtype, (12,), -1.5, 1.5)
    if dtype == "complex128":
        z = vector(dtype, list(z.array) + COMPLEX_EXTRA.get(name, []))
    with mp.workprec(300):
        values = [round_complex(function(mp.mpc(complex(v))), dtype) for v in z.array]
    return Case([z], Tensor(dtype, np.array(values)), tolerance={"rel": 2e-6 if dtype == "complex64" else 4e-15})


def transcendental(name):
    _, _, span, _, complex_too = TRANSCENDENTAL[name]

    def cases():
        for dtype in FLOATS:
            yield real_case(name, points(name, dtype, span), dtype)
        yield from shapes(lambda x: real_case(name, x, "float32"))
        for dtype in ("bool", "int8", "int32", "int64", "uint8"):  # functions of integers are float32
            x = vector(
                dtype, [0, 1] if dtype == "bool" else [0, 1, 2, 3, 5, 10] + ([-1, -4] if dtype in SIGNED else [])
            )
            yield real_case(name, x, "float32")
        if complex_too:
            for dtype in COMPLEX:
                yield complex_case(name, dtype)

    source = "NumPy at zeros, infinities and NaN" if TRANSCENDENTAL[name][1] else "C's erf at zeros, infinities and NaN"
    op(name, f"{MPMATH}, rounded once; {source}")(cases)


for _name in TRANSCENDENTAL:
    transcendental(_name)


def plain_case(function, x, out_dtype=None, tolerance=EXACT):
    return Case([x], Tensor(out_dtype or x.dtype, function(x.array)), tolerance=tolerance)


def plain(name, function, dtypes, out_dtype=None, tolerance=EXACT):
    """An op that NumPy computes exactly on any of `dtypes`; out_dtype None keeps the dtype."""

    def cases():
        for dtype in dtypes:
            if dtype in FLOATS:
                random = Random("plain", name, dtype)
                halves = list(np.arange(-3.5, 4.0, 0.5))
                ordinary = list(random.reals((16,), -50, 50)) + halves + [8388609.0, -4503599627370497.0]
                x = vector(dtype, float_edges(dtype) + ordinary)
            elif dtype in COMPLEX:
                inf, nan = math.inf, math.nan
                edges = [0, complex(inf, 1), complex(1, nan), complex(nan, -inf)]
                x = vector(dtype, list(Random("plain", name, dtype).tensor(dtype, (8,)).array) + edges)
            else:
                x = vector(dtype, [0, 1] if dtype == "bool" else int_edges(dtype))
            yield plain_case(function, x, out_dtype, tolerance)
        yield from shapes(
            lambda x: plain_case(function, x, out_dtype, tolerance),
            dtypes[-1] if "float32" not in dtypes else "float32",
        )

    op(name, NUMPY)(cases)


plain("negative", np.negative, INTS + FLOATS + COMPLEX)
plain("square", np.square, INTS + FLOATS)
plain("sign", np.sign, INTS + FLOATS, tolerance=SAME_VALUE)
plain("floor", np.floor, FLOATS)
plain("ceil", np.ceil, FLOATS)
plain("round", np.round, FLOATS)
plain("trunc", np.trunc, FLOATS)
plain("relu", lambda x: np.where(np.isnan(x), x, np.where(x > 0, x, 0)), SIGNED + FLOATS, tolerance=SAME_VALUE)
plain("logical_not", np.logical_not, ("bool",), "bool")
plain("bitwise_invert", np.invert, ("bool",) + INTS)
plain("isnan", np.isnan, INTS + FLOATS + COMPLEX, "bool")
plain("isinf", np.isinf, INTS + FLOATS + COMPLEX, "bool")
plain("isfinite", np.isfinite, INTS + FLOATS + COMPLEX, "bool")
plain("conj", np.conj, COMPLEX)
plain("stop_gradient", np.copy, ("bool",) + INTS + FLOATS + COMPLEX)


def part(name, function):
    @op(name, NUMPY)
    def cases():
        for dtype, out in zip(COMPLEX, ("float32", "float64")):
            z = vector(
                dtype,
                list(Random("part", name, dtype).tensor(dtype, (8,)).array)
                + [complex(-0.0, math.inf), complex(math.nan, -0.0)],
            )
            yield plain_case(function, z, out)
            yield plain_case(function, Random("part", name).tensor(dtype, (0, 2)), out)


part("real", np.real)
part("imag", np.imag)


@op("abs", f"{NUMPY}; {MPMATH} for complex")
def absolute():
    for dtype in INTS:
        yield plain_case(np.abs, vector(dtype, int_edges(dtype)))
    for dtype in FLOATS:
        yield plain_case(np.abs, vector(dtype, float_edges(dtype) + list(Random("abs", dtype).reals((8,)))))
    for dtype, out in zip(COMPLEX, ("float32", "float64")):
        large = [3e30 + 4e30j, 3e-30 - 4e-30j, -1, 1j, 0]  # |z| must neither overflow nor underflow on the way
        z = vector(dtype, list(Random("abs", dtype).tensor(dtype, (8,)).array) + large)
        with mp.workprec(300):
            values = [round_real(abs(mp.mpc(complex(v))), out) for v in z.array]
        yield Case([z], Tensor(out, np.array(values)), tolerance={"ulp": 2})
    yield from shapes(lambda x: plain_case(np.abs, x))


def convert(value, source, target):
    """The conversion rules of Koine, on Python numbers."""
    if target == "bool":
        return value != 0
    if target in COMPLEX:
        return value
    if isinstance(value, complex):
        value = value.real
    if target in FLOATS:
        if isinstance(value, int):
            with mp.workprec(100):
                return round_real(mp.mpf(value), target)
        return value if value == 0 or not math.isfinite(value) else round_real(mp.mpf(value), target)
    if isinstance(value, int):
        return wrap(value, target)
    if math.isnan(value):
        return 0
    low, high = limits(target)
    if math.isinf(value):
        return high if value > 0 else low
    return min(max(int(value), low), high)


def cast_points(dtype):
    if dtype == "bool":
        return [0, 1]
    if dtype in FLOATS:
        around = [-0.0, 0.75, -0.75, 1.5, -1.5, 100.0, 130.0, -130.0, 300.0, 40000.0, -40000.0]
        large = [] if "16" in dtype else [3e9, -3e9, 5e9, 1e19, -1e19, 1e30, -1e30]
        return around + large + [math.inf, -math.inf, math.nan]
    if dtype in COMPLEX:
        return [0j, 1.5 - 2j, -100.25 + 1j, 0.5j]
    return [v for v in int_edges(dtype) if abs(v) != 7]


@op("cast", "Python numbers by the rules: truncate, saturate, NaN to 0, integers wrap, one rounding to nearest even")
def cast():
    for source in ("bool",) + INTS + FLOATS + COMPLEX:
        x = vector(source, cast_points(source))
        native = [v.item() for v in x.array]
        for target in ("bool",) + INTS + FLOATS + COMPLEX:
            values = [convert(v, source, target) for v in native]
            yield Case([x], vector(target, values), {"dtype": target})
    x = Random("cast").tensor("float32", (0, 2))
    yield Case([x], Tensor("int32", x.array), {"dtype": "int32"})
