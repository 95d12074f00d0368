"""Elementwise functions of two and three arrays."""

import math
import operator

import mpmath
import numpy as np
from mpmath import mp

from .cases import EXACT, SAME_VALUE, Case, Random, float_edges, int_edges, op, vector
from .formats import COMPLEX, FLOATS, INTS, SIGNED, Tensor, limits, round_complex, round_real, width, wrap

NUMPY = f"numpy {np.__version__}"
PYTHON = "Python integers"
MPMATH = f"mpmath {mpmath.__version__}"

BROADCASTS = (((2, 3, 1), (4,)), ((), (3,)), ((3, 1), (1, 2)), ((0, 3), (1, 3)), ((1, 1), (2, 0)))


def column_and_row(dtype, values):
    """All pairs of values, as two tensors that broadcast: (n, 1) and (1, n)."""
    tensor = vector(dtype, values)
    return Tensor(dtype, tensor.array[:, None]), Tensor(dtype, tensor.array[None, :])


def int_pairs(function, x1, x2, out_dtype=None):
    """function of Python ints on broadcast integer tensors, wrapped into the dtype."""
    a, b = np.broadcast_arrays(x1.array, x2.array)
    dtype = out_dtype or x1.dtype
    values = [function(int(p), int(q)) for p, q in zip(a.ravel(), b.ravel())]
    values = [bool(v) if dtype == "bool" else wrap(v, dtype) for v in values]
    return Tensor(dtype, np.array(values, dtype=object).reshape(a.shape))


def case(function, x1, x2, out_dtype=None, tolerance=EXACT):
    return Case([x1, x2], Tensor(out_dtype or x1.dtype, function(x1.array, x2.array)), tolerance=tolerance)


def edges(name, dtype):
    values = float_edges(dtype)
    return values + [3.5, -2.25] + list(Random("binary", name, dtype).reals((3,), -9, 9))


def define(
    name, on_floats, on_ints=None, on_bools=None, on_complex=None, out_dtype=None, tolerance=EXACT, source=NUMPY, extra=None
):
    """An op computed by NumPy on floating values and by Python ints on integers."""

    def cases():
        for dtype in FLOATS if on_floats else ():
            yield case(on_floats, *column_and_row(dtype, edges(name, dtype)), out_dtype, tolerance)
        for dtype in INTS if on_ints else ():
            x1, x2 = column_and_row(dtype, int_edges(dtype))
            yield Case([x1, x2], int_pairs(on_ints, x1, x2, out_dtype))
        if on_bools:
            yield case(on_bools, *column_and_row("bool", [False, True]), "bool")
        for dtype in COMPLEX if on_complex else ():
            random = Random("binary", name, dtype)
            x1, x2 = random.tensor(dtype, (6, 1)), random.tensor(dtype, (1, 5))
            wide = on_complex(x1.array.astype(complex), x2.array.astype(complex))
            bounds = {"rel": 4e-7 if dtype == "complex64" else 2e-15}
            yield Case([x1, x2], Tensor(out_dtype or dtype, wide), tolerance=EXACT if out_dtype else bounds)
        dtype = "float32" if on_floats else "int32" if on_ints else "bool"
        for first, second in BROADCASTS:
            random = Random("broadcast", name, first, second)
            x1, x2 = random.tensor(dtype, first), random.tensor(dtype, second)
            if on_floats or not on_ints:
                yield case(on_floats or on_bools, x1, x2, out_dtype, tolerance)
            else:
                yield Case([x1, x2], int_pairs(on_ints, x1, x2, out_dtype))
        yield from extra() if extra else ()

    op(name, f"{source}; {PYTHON} for integers" if on_ints else source)(cases)


def floor_divide(a, b):
    return a // b if b else 0


def remainder(a, b):
    return a % b if b else 0


define("add", np.add, operator.add, on_complex=np.add)
define("subtract", np.subtract, operator.sub, on_complex=np.subtract)
define("multiply", np.multiply, operator.mul, on_complex=np.multiply)
# The quotient of the doubles is just below an integer, in the middle of two, just above one.
ROUNDED = ((649658376919.0, 0.78), (1231117420268146.0, 0.3), (4799412521.0, 0.18000000000000002))


def rounded_quotients():
    x1, x2 = (vector("float64", values) for values in zip(*ROUNDED))
    yield case(np.floor_divide, x1, x2)


def floor_divide_floats(a, b):
    """With an infinity NumPy follows Python, the Array API the quotient."""
    infinite = np.isinf(a) | np.isinf(b)
    return np.where(infinite, np.floor(a / b), np.floor_divide(a, b))


define("floor_divide", floor_divide_floats, floor_divide, extra=rounded_quotients)
define("remainder", np.remainder, remainder)
define("maximum", np.maximum, max, tolerance=SAME_VALUE)
define("minimum", np.minimum, min, tolerance=SAME_VALUE)
define("equal", np.equal, operator.eq, np.equal, np.equal, "bool")
define("not_equal", np.not_equal, operator.ne, np.not_equal, np.not_equal, "bool")
define("less", np.less, operator.lt, out_dtype="bool")
define("less_equal", np.less_equal, operator.le, out_dtype="bool")
define("greater", np.greater, operator.gt, out_dtype="bool")
define("greater_equal", np.greater_equal, operator.ge, out_dtype="bool")
define("logical_and", None, on_bools=np.logical_and)
define("logical_or", None, on_bools=np.logical_or)
define("logical_xor", None, on_bools=np.logical_xor)
define("bitwise_and", None, operator.and_, np.logical_and)
define("bitwise_or", None, operator.or_, np.logical_or)
define("bitwise_xor", None, operator.xor, np.logical_xor)


@op("divide", f"{NUMPY}; integers and bool are converted to float32")
def divide():
    for dtype in FLOATS:
        yield case(np.divide, *column_and_row(dtype, edges("divide", dtype)))
    for dtype in INTS:
        x1, x2 = column_and_row(dtype, int_edges(dtype))
        yield Case([x1, x2], Tensor("float32", x1.array.astype(np.float32) / x2.array.astype(np.float32)))
    for dtype in COMPLEX:
        random = Random("divide", dtype)
        x1, x2 = random.tensor(dtype, (6, 1)), random.tensor(dtype, (1, 5), 0.5, 2)
        wide = x1.array.astype(complex) / x2.array.astype(complex)
        yield Case([x1, x2], Tensor(dtype, wide), tolerance={"rel": 1e-6 if dtype == "complex64" else 4e-15})
    for first, second in BROADCASTS:
        random = Random("broadcast", "divide", first, second)
        yield case(np.divide, random.tensor("float32", first), random.tensor("float32", second, 0.5, 2))


def shift(name, function, reaches_width):
    """A count that reaches the width gives 0, or what Python gives."""

    @op(name, f"{PYTHON}; 0 where the count is negative{reaches_width}")
    def cases():
        for dtype in INTS:
            bits = width(dtype)
            values = vector(dtype, int_edges(dtype)).array[:, None]
            counts = [0, 1, 3, bits - 1, bits, bits + 1] + (
                [-1, limits(dtype)[0]] if dtype in SIGNED else [limits(dtype)[1]]
            )
            x1, x2 = Tensor(dtype, values), Tensor(dtype, vector(dtype, counts).array[None, :])
            inside = lambda a, b: function(a, b) if 0 <= b and (b < bits or not reaches_width) else 0
            yield Case([x1, x2], int_pairs(inside, x1, x2))
        x1, x2 = Random(name).tensor("int32", (0, 3)), Random(name).tensor("int32", (3,))
        yield Case([x1, x2], int_pairs(function, x1, x2))


shift("bitwise_left_shift", operator.lshift, " or reaches the width")
shift("bitwise_right_shift", operator.rshift, "")


def precise(function, at_edge, x1, x2, dtype):
    """function in mpmath on broadcast pairs, rounded once; NumPy's double where a value is zero or not finite."""
    a, b = np.broadcast_arrays(x1.array, x2.array)
    values = []
    for p, q in zip(a.ravel().astype(float), b.ravel().astype(float)):
        if p == 0 or q == 0 or not (math.isfinite(p) and math.isfinite(q)):
            values.append(float(at_edge(np.float64(p), np.float64(q))))
            continue
        spread = abs(math.frexp(p)[1]) + abs(math.frexp(q)[1])
        with mp.workprec(200 + 2 * spread):
            value = function(mp.mpf(p), mp.mpf(q))
            values.append(math.nan if isinstance(value, mp.mpc) else round_real(value, dtype))
    return Tensor(dtype, np.array(values, np.float64).reshape(a.shape))


def precise_op(name, function, at_edge, ulp, edge_values, extra=()):
    def cases():
        for dtype in FLOATS:
            bounds = {"ulp": 1} if dtype in ("float16", "bfloat16") else {"ulp": ulp}
            x1, x2 = column_and_row(dtype, edge_values(dtype) + list(Random(name, dtype).reals((4,), -6, 6)))
            yield Case([x1, x2], precise(function, at_edge, x1, x2, dtype), tolerance=bounds)
            random = Random(name, dtype, "ordinary")
            x1, x2 = random.tensor(dtype, (24,), 0.125, 6), random.tensor(dtype, (24,), -6, 6)
            yield Case([x1, x2], precise(function, at_edge, x1, x2, dtype), tolerance=bounds)
        for first, second in BROADCASTS:
            random = Random("broadcast", name, first, second)
            x1, x2 = random.tensor("float32", first, 0.125, 4), random.tensor("float32", second, 0.125, 4)
            yield Case([x1, x2], precise(function, at_edge, x1, x2, "float32"), tolerance={"ulp": ulp})
        for make in extra:
            yield from make()

    op(name, f"{MPMATH}, rounded once; NumPy at zeros, infinities and NaN")(cases)


def ints_as_float32(name, function, at_edge, ulp):
    def make():
        x1, x2 = column_and_row("int32", [-3, 0, 1, 4])
        yield Case([x1, x2], precise(function, at_edge, x1, x2, "float32"), tolerance={"ulp": ulp})

    return make


def mp_logaddexp(a, b):
    return max(a, b) + mp.log1p(mp.exp(-abs(a - b)))


def few_edges(dtype):
    return [v for v in float_edges(dtype) if not math.isfinite(v) or abs(v) in (0.0, 1.0)] + [2.0, 3.0, -3.0]


def mp_power(a, b):
    """Real power: a negative base needs an integer exponent."""
    if a < 0 and b != mp.floor(b):
        return mp.mpc(0, 1)
    size = b * mp.log(abs(a))
    if abs(size) > 1e6:  # far outside every dtype
        magnitude = mp.inf if size > 0 else mp.mpf(2) ** -20000
    else:
        magnitude = mp.exp(size)
    return -magnitude if a < 0 and int(b) % 2 else magnitude


def integer_power(a, b):
    """With a negative exponent the exact power where that is an integer, else 0."""
    return a**b if b >= 0 else a ** (b % 2) if abs(a) == 1 else 0


def integer_powers():
    for dtype in INTS:
        exponents = [0, 1, 2, 3, 7, 65] + ([-1, -2, -3, limits(dtype)[0]] if dtype in SIGNED else [])
        x1, x2 = column_and_row(dtype, int_edges(dtype))[0], column_and_row(dtype, exponents)[1]
        yield Case([x1, x2], int_pairs(integer_power, x1, x2))


def complex_powers():
    for dtype in COMPLEX:
        random = Random("pow", dtype)
        x1, x2 = random.tensor(dtype, (8,)), random.tensor(dtype, (8,))
        with mp.workprec(200):
            values = [
                round_complex(mp.mpc(complex(a)) ** mp.mpc(complex(b)), dtype) for a, b in zip(x1.array, x2.array)
            ]
        yield Case(
            [x1, x2], Tensor(dtype, np.array(values)), tolerance={"rel": 1e-5 if dtype == "complex64" else 2e-14}
        )


precise_op("atan2", mp.atan2, np.arctan2, 2, float_edges, [ints_as_float32("atan2", mp.atan2, np.arctan2, 2)])
precise_op("hypot", mp.hypot, np.hypot, 2, float_edges, [ints_as_float32("hypot", mp.hypot, np.hypot, 2)])
precise_op("logaddexp", mp_logaddexp, np.logaddexp, 4, few_edges)
precise_op("pow", mp_power, np.power, 2, few_edges, [integer_powers, complex_powers])


@op("complex", NUMPY)
def complex_of_parts():
    for part, dtype in (("float32", "complex64"), ("float64", "complex128")):
        values = vector(part, [0.0, -0.0, 1.5, -2.25, math.inf, math.nan])
        x1, x2 = Tensor(part, values.array[:, None]), Tensor(part, values.array[None, :])
        z = np.empty((6, 6), dtype)
        z.real, z.imag = x1.array, x2.array
        yield Case([x1, x2], Tensor(dtype, z))
        empty = Random("complex").tensor(part, (0, 2))
        yield Case([empty, empty], Tensor(dtype, empty.array))


@op("where", NUMPY)
def where():
    for dtype in ("bool",) + INTS + FLOATS + COMPLEX:
        random = Random("where", dtype)
        condition, x1, x2 = random.tensor("bool", (3, 4)), random.tensor(dtype, (4,)), random.tensor(dtype, (3, 1))
        yield Case([condition, x1, x2], Tensor(dtype, np.where(condition.array, x1.array, x2.array)))
    condition = vector("bool", [True, False, True])
    x1, x2 = vector("float32", [math.nan, math.nan, -0.0]), vector("float32", [1.0, -0.0, math.inf])
    yield Case([condition, x1, x2], Tensor("float32", np.where(condition.array, x1.array, x2.array)))
    empty = Random("where").tensor("float32", (0, 3))
    yield Case([Tensor("bool", np.array(True)), empty, Tensor("float32", np.array(2.0))], empty)


@op("clip", NUMPY)
def clip():
    def made(x, low, high):
        return Case(
            [x, low, high],
            Tensor(x.dtype, np.minimum(np.maximum(x.array, low.array), high.array)),
            tolerance=SAME_VALUE,
        )

    for dtype in FLOATS:
        x = vector(dtype, float_edges(dtype) + list(Random("clip", dtype).reals((8,), -3, 3)))
        yield made(x, vector(dtype, [-1.5]), vector(dtype, [2.0]))
        yield made(x, vector(dtype, [1.0]), vector(dtype, [-1.0]))  # an empty range gives max
        yield made(x, vector(dtype, [-math.inf]), vector(dtype, [math.inf]))
    for dtype in INTS:
        x = vector(dtype, int_edges(dtype))
        yield made(x, vector(dtype, [1]), vector(dtype, [5]))
    random = Random("clip", "shapes")
    yield made(
        random.tensor("float32", (2, 3)), random.tensor("float32", (3,), -1, 0), random.tensor("float32", (2, 1), 0, 1)
    )
    yield made(random.tensor("float32", (0, 3)), Tensor("float32", np.array(-1.0)), Tensor("float32", np.array(1.0)))


def signs(dtype):
    return vector(dtype, [0.0, -0.0, 1.5, -2.25, math.inf, -math.inf])


@op("signbit", NUMPY)
def signbit():
    for dtype in ("float32", "float64"):
        yield Case([signs(dtype)], Tensor("bool", np.signbit(signs(dtype).array)))


@op("copysign", NUMPY)
def copysign():
    for dtype in ("float32", "float64"):
        x1, x2 = column_and_row(dtype, [0.0, -0.0, 1.5, -2.25, math.inf, -math.inf])
        yield case(np.copysign, x1, x2)


@op("nextafter", NUMPY)
def nextafter():
    for dtype in ("float32", "float64"):
        yield case(np.nextafter, *column_and_row(dtype, float_edges(dtype) + [3.5, -2.25]))


@op("next_number", "numpy.nextafter")
def next_number():
    for dtype in ("float32", "float64"):
        values = float_edges(dtype) + [3.5, -2.25]
        x1 = vector(dtype, [a for a in values for _ in values])
        x2 = vector(dtype, values * len(values))
        yield case(np.nextafter, x1, x2)
