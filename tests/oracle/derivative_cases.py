"""What every op of the table is, said with other libraries: cases for derivatives.py.

A case draws operands and attributes and gives a Call: the op, and the same function for libraries that speak NumPy's
language (xp is numpy or jax.numpy, sp their special functions) and, where one line says it, for torch. All take and give
real arrays; complex numbers go in and out as two. Functions here are the definitions, written as plainly as possible.
"""

import dataclasses
import itertools

import koine as kn
import numpy as np


@dataclasses.dataclass
class Call:
    operands: list
    koine: object
    xp: object = None
    torch: object = None
    # Why there is something that is not compared; one of REASONS.
    without: dict = dataclasses.field(default_factory=dict)


REASONS = {
    "no derivative": "the op says that it has none, or its result is no floating number",
    "random": "its bits are compared with Philox's in tests/, its distribution too; a draw has no oracle elsewhere",
    "constant": "it is a constant for derivatives alone: differences see through it",
    "theirs": "its own derivative there is not what differences of NumPy's values give; ours is",
}
CASES = {}


def case(*names):
    def add(make):
        for name in names:
            CASES.setdefault(name, []).append(make)
        return make

    return add


class Draw:
    """Shapes, attributes and numbers of one example, from hypothesis."""

    def __init__(self, data, strategies, dtype):
        self.data, self.st, self.dtype = data, strategies, dtype
        self.random = np.random.default_rng(self.whole(0, 2**32 - 1))

    def whole(self, low, high):
        return self.data.draw(self.st.integers(low, high))

    def one_of(self, *values):
        return self.data.draw(self.st.sampled_from(values))

    def shape(self, low=0, high=3, side=4):
        return tuple(self.whole(1, side) for _ in range(self.whole(low, high)))

    def reals(self, shape, low=-2.0, high=2.0):
        return np.asarray(self.random.uniform(low, high, shape), self.dtype)

    def away(self, shape, low=0.3, high=2.0):
        """Of either sign, not near zero."""
        return np.asarray(self.reals(shape, low, high) * self.random.choice([-1, 1], shape), self.dtype)

    def distinct(self, shape):
        """No two of them near each other."""
        count = int(np.prod(shape))
        return (self.random.permutation(count) * 0.3 - 0.15 * count + 0.1).reshape(shape).astype(self.dtype)

    def broadcast(self, count):
        """Shapes that broadcast against each other."""
        full = self.shape()
        shapes = []
        for _ in range(count):
            start = self.whole(0, len(full))
            shapes.append(tuple(n if self.one_of(True, True, False) else 1 for n in full[start:]))
        return shapes

    def axes(self, shape):
        """None, or one axis, or several."""
        if not shape or self.one_of(True, False):
            return None
        return tuple(self.random.permutation(len(shape))[: self.whole(1, len(shape))].tolist())


def op(name):
    return kn._core.ops[name]


def torch_function(name):
    """The function of that name of torch, where it has one."""

    def call(torch, *args, **keywords):
        return getattr(torch, name)(*args, **keywords)

    return call


# Elementwise, of one operand: (definition, from where operands are drawn, torch's name or None).
UNARY = {
    "abs": (lambda xp, sp, x: xp.abs(x), "away", "abs"),
    "acos": (lambda xp, sp, x: xp.arccos(x), (-0.9, 0.9), "acos"),
    "acosh": (lambda xp, sp, x: xp.arccosh(x), (1.2, 4), "acosh"),
    "asin": (lambda xp, sp, x: xp.arcsin(x), (-0.9, 0.9), "asin"),
    "asinh": (lambda xp, sp, x: xp.arcsinh(x), (-2, 2), "asinh"),
    "atan": (lambda xp, sp, x: xp.arctan(x), (-2, 2), "atan"),
    "atanh": (lambda xp, sp, x: xp.arctanh(x), (-0.9, 0.9), "atanh"),
    "ceil": (lambda xp, sp, x: xp.ceil(x), "between", "ceil"),
    "cos": (lambda xp, sp, x: xp.cos(x), (-4, 4), "cos"),
    "cosh": (lambda xp, sp, x: xp.cosh(x), (-2, 2), "cosh"),
    "erf": (lambda xp, sp, x: sp.erf(x), (-2, 2), "erf"),
    "erfinv": (lambda xp, sp, x: sp.erfinv(x), (-0.9, 0.9), "erfinv"),
    "erfcinv": (lambda xp, sp, x: sp.erfinv(1 - x), (0.2, 1.8), None),
    "exp": (lambda xp, sp, x: xp.exp(x), (-2, 2), "exp"),
    "expm1": (lambda xp, sp, x: xp.expm1(x), (-2, 2), "expm1"),
    "floor": (lambda xp, sp, x: xp.floor(x), "between", "floor"),
    "gelu": (lambda xp, sp, x: x / 2 * (1 + sp.erf(x / 2**0.5)), (-3, 3), None),
    "identity": (lambda xp, sp, x: x * 1, (-2, 2), "clone"),
    "log": (lambda xp, sp, x: xp.log(x), (0.2, 4), "log"),
    "log10": (lambda xp, sp, x: xp.log10(x), (0.2, 4), "log10"),
    "log1p": (lambda xp, sp, x: xp.log1p(x), (-0.8, 3), "log1p"),
    "log2": (lambda xp, sp, x: xp.log2(x), (0.2, 4), "log2"),
    "negative": (lambda xp, sp, x: -x, (-2, 2), "negative"),
    "reciprocal": (lambda xp, sp, x: 1 / x, "away", "reciprocal"),
    "relu": (lambda xp, sp, x: xp.maximum(x, 0), "away", "relu"),
    "round": (lambda xp, sp, x: xp.round(x), "between halves", "round"),
    "rsqrt": (lambda xp, sp, x: 1 / xp.sqrt(x), (0.3, 4), "rsqrt"),
    "sigmoid": (lambda xp, sp, x: 1 / (1 + xp.exp(-x)), (-4, 4), "sigmoid"),
    "sign": (lambda xp, sp, x: xp.sign(x), "away", "sign"),
    "silu": (lambda xp, sp, x: x / (1 + xp.exp(-x)), (-4, 4), None),
    "sin": (lambda xp, sp, x: xp.sin(x), (-4, 4), "sin"),
    "sinh": (lambda xp, sp, x: xp.sinh(x), (-2, 2), "sinh"),
    "sqrt": (lambda xp, sp, x: xp.sqrt(x), (0.3, 4), "sqrt"),
    "square": (lambda xp, sp, x: x * x, (-2, 2), "square"),
    "tan": (lambda xp, sp, x: xp.tan(x), (-1.2, 1.2), "tan"),
    "tanh": (lambda xp, sp, x: xp.tanh(x), (-2, 2), "tanh"),
    "trunc": (lambda xp, sp, x: xp.trunc(x), "between", "trunc"),
    "conj": (lambda xp, sp, x: xp.conj(x), (-2, 2), "conj"),
    "real": (lambda xp, sp, x: xp.real(x), (-2, 2), "real"),
}
BINARY = {
    "add": (lambda xp, sp, x, y: x + y, (-2, 2), (-2, 2), "add"),
    "atan2": (lambda xp, sp, x, y: xp.arctan2(x, y), "away", "away", "atan2"),
    "copysign": (lambda xp, sp, x, y: xp.abs(x) * xp.sign(y), "away", "away", "copysign"),
    "divide": (lambda xp, sp, x, y: x / y, (-2, 2), "away", "divide"),
    "hypot": (lambda xp, sp, x, y: xp.hypot(x, y), "away", "away", "hypot"),
    "logaddexp": (lambda xp, sp, x, y: xp.logaddexp(x, y), (-2, 2), (-2, 2), "logaddexp"),
    "maximum": (lambda xp, sp, x, y: xp.maximum(x, y), (-2, 2), (-2, 2), "maximum"),
    "minimum": (lambda xp, sp, x, y: xp.minimum(x, y), (-2, 2), (-2, 2), "minimum"),
    "multiply": (lambda xp, sp, x, y: x * y, (-2, 2), (-2, 2), "multiply"),
    "pow": (lambda xp, sp, x, y: x**y, (0.3, 2), (-2, 2), "pow"),
    "subtract": (lambda xp, sp, x, y: x - y, (-2, 2), (-2, 2), "subtract"),
}
COMPLEX = (
    "acos acosh asin asinh atan atanh conj cos cosh exp expm1 log log10 log1p log2 negative reciprocal rsqrt sign sin "
    "sinh sqrt square tan tanh add divide multiply pow subtract"
).split()


def numbers(draw, shape, domain):
    if domain == "away":
        return draw.away(shape)
    if domain == "between":  # not near a whole number
        return np.asarray(draw.random.integers(-3, 3, shape) + draw.reals(shape, 0.2, 0.8), draw.dtype)
    if domain == "between halves":
        return np.asarray(draw.random.integers(-3, 3, shape) + draw.reals(shape, -0.3, 0.3), draw.dtype)
    return draw.reals(shape, *domain)


def add_unary(name, definition, domain, torch_name):
    def make(draw):
        return Call([numbers(draw, draw.shape(), domain)], op(name), definition, torch_name and torch_function(torch_name))

    case(name)(make)


def add_binary(name, definition, first, second, torch_name):
    def make(draw):
        shapes = draw.broadcast(2)
        return Call(
            [numbers(draw, shapes[0], first), numbers(draw, shapes[1], second)],
            op(name),
            definition,
            torch_name and torch_function(torch_name),
        )

    case(name)(make)


def add_complex(name):
    """The same of complex numbers, given and taken as their parts."""
    binary = name in BINARY
    definition = (BINARY if binary else UNARY)[name][0]

    def make(draw):
        shape = draw.shape(0, 2)
        parts = [draw.away(shape, 0.3, 0.9) for _ in range(4 if binary else 2)]

        def koine(*parts):
            y = op(name)(*(kn.complex(*pair) for pair in zip(parts[::2], parts[1::2])))
            return kn.real(y), kn.imag(y)

        def xp_function(xp, sp, *parts):
            y = definition(xp, sp, *(real + 1j * imag for real, imag in zip(parts[::2], parts[1::2])))
            return xp.real(y), xp.imag(y)

        # jax 0.10: acosh takes the other branch left of the imaginary axis, the slope of sign is 0.
        return Call(parts, koine, xp_function, without={"jax": "theirs"} if name in ("acosh", "sign") else {})

    case(name)(make)


for _name, _row in UNARY.items():
    add_unary(_name, *_row)
for _name, _row in BINARY.items():
    add_binary(_name, *_row)
for _name in COMPLEX:
    add_complex(_name)


@case("gelu")
def approximate_gelu(draw):
    return Call(
        [draw.reals(draw.shape())],
        lambda x: kn.gelu(x, approximate=True),
        lambda xp, sp, x: x / 2 * (1 + xp.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3))),
        lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    )


@case("imag", "real", "complex", "abs")
def parts_of_complex(draw):
    shape = draw.shape()
    return Call(
        [draw.away(shape), draw.away(shape)],
        lambda a, b: (kn.imag(kn.complex(a, b) * kn.complex(b, a)), kn.real(kn.complex(a, b)), kn.abs(kn.complex(a, b))),
        lambda xp, sp, a, b: (a * a + b * b, a * 1, xp.sqrt(a * a + b * b)),
    )


@case("floor_divide", "remainder")
def division_with_rest(draw):
    shapes = draw.broadcast(1) * 2
    y = draw.reals(shapes[1], 1.5, 2.5)
    x = np.asarray((draw.random.integers(-3, 3, shapes[0]) + draw.reals(shapes[0], 0.2, 0.8)) * y, draw.dtype)
    return Call(
        [x, y],
        lambda x, y: (kn.floor_divide(x, y), kn.remainder(x, y)),
        lambda xp, sp, x, y: (xp.floor(x / y), x - y * xp.floor(x / y)),
    )


@case("where")
def where(draw):
    shapes = draw.broadcast(2)
    chosen = draw.random.integers(0, 2, np.broadcast_shapes(*shapes)).astype(bool)
    return Call(
        [draw.reals(shape) for shape in shapes],
        lambda x, y: kn.where(kn.asarray(chosen), x, y),
        lambda xp, sp, x, y: xp.where(chosen, x, y),
        lambda torch, x, y: torch.where(torch.tensor(chosen), x, y),
    )


@case("clip")
def clip(draw):
    shape = draw.shape(1)
    return Call(
        [draw.reals(shape, -3, 3), draw.reals((1,), -1.5, -0.5), draw.reals((1,), 0.5, 1.5)],
        op("clip"),
        lambda xp, sp, x, low, high: xp.minimum(xp.maximum(x, low), high),
        lambda torch, x, low, high: torch.clip(x, low, high),
    )


@case("cast")
def cast(draw):
    return Call(
        [draw.reals(draw.shape())],
        lambda x: kn.cast(x, "float64"),
        lambda xp, sp, x: x.astype("float64"),
        lambda torch, x: x.to(torch.float64),
    )


@case("stop_gradient")
def stop_gradient(draw):
    def xp_function(xp, sp, x):
        if xp is np:
            return x * 1
        import jax

        return jax.lax.stop_gradient(x)

    return Call(
        [draw.reals(draw.shape())], op("stop_gradient"), xp_function, lambda torch, x: x.detach(), without={"numpy": "constant"}
    )


# Truth values, bits and places: values alone.
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"]
VALUES = {
    "bitwise_and": (lambda x, y: x & y, INTEGERS),
    "bitwise_or": (lambda x, y: x | y, INTEGERS),
    "bitwise_xor": (lambda x, y: x ^ y, INTEGERS),
    "bitwise_left_shift": (lambda x, y: x << (y % 7), INTEGERS),
    "bitwise_right_shift": (lambda x, y: x >> (y % 7), INTEGERS),
    "equal": (lambda x, y: x == y, INTEGERS + ["float32", "float64"]),
    "not_equal": (lambda x, y: x != y, INTEGERS + ["float32"]),
    "less": (lambda x, y: x < y, INTEGERS + ["float32"]),
    "less_equal": (lambda x, y: x <= y, INTEGERS + ["float64"]),
    "greater": (lambda x, y: x > y, INTEGERS + ["float32"]),
    "greater_equal": (lambda x, y: x >= y, INTEGERS + ["float64"]),
    "logical_and": (np.logical_and, INTEGERS + ["float32", "bool"]),
    "logical_or": (np.logical_or, INTEGERS + ["float32", "bool"]),
    "logical_xor": (np.logical_xor, INTEGERS + ["float32", "bool"]),
}
VALUES_OF_ONE = {
    "bitwise_invert": (lambda x: ~x, INTEGERS + ["bool"]),
    "logical_not": (np.logical_not, INTEGERS + ["float32", "bool"]),
    "isfinite": (np.isfinite, ["float32", "float64", "int32"]),
    "isinf": (np.isinf, ["float32", "float64", "int32"]),
    "isnan": (np.isnan, ["float32", "float64", "int32"]),
    "signbit": (np.signbit, ["float32", "float64"]),
}


def whole_numbers(draw, shape, dtype):
    low = 0 if dtype.startswith("u") or dtype == "bool" else -4
    x = draw.random.integers(low, 2 if dtype == "bool" else 5, shape).astype(dtype)
    if dtype.startswith("float") and x.size:
        x.flat[draw.random.integers(x.size)] = draw.one_of(np.nan, np.inf, -np.inf, -0.0, 1.5)
    return x


def add_values(name, definition, dtypes, count):
    def make(draw):
        dtype = draw.one_of(*dtypes)
        operands = [whole_numbers(draw, shape, dtype) for shape in draw.broadcast(count)]
        function = op(name)
        if name.endswith("shift"):
            return Call(
                operands,
                lambda x, y: function(x, kn.remainder(y, 7)),
                lambda xp, sp, x, y: definition(x, y),
                without={"derivatives": "no derivative"},
            )
        return Call(
            operands,
            function,
            lambda xp, sp, *x: definition(*(np.asarray(one) for one in x)),
            without={"derivatives": "no derivative"},
        )

    case(name)(make)


for _name, _row in VALUES.items():
    add_values(_name, *_row, 2)
for _name, _row in VALUES_OF_ONE.items():
    add_values(_name, *_row, 1)


@case("nextafter")
def nextafter(draw):
    shapes = draw.broadcast(2)
    return Call(
        [draw.reals(shape) for shape in shapes],
        op("nextafter"),
        lambda xp, sp, x, y: np.nextafter(x, y),
        without={"derivatives": "no derivative"},
    )


# Reductions and scans.
REDUCTIONS = {
    "sum": lambda xp, sp, x, a, k: xp.sum(x, axis=a, keepdims=k),
    "prod": lambda xp, sp, x, a, k: xp.prod(x, axis=a, keepdims=k),
    "mean": lambda xp, sp, x, a, k: xp.mean(x, axis=a, keepdims=k),
    "max": lambda xp, sp, x, a, k: xp.max(x, axis=a, keepdims=k),
    "min": lambda xp, sp, x, a, k: xp.min(x, axis=a, keepdims=k),
    "logsumexp": lambda xp, sp, x, a, k: xp.log(xp.sum(xp.exp(x), axis=a, keepdims=k)),
    "var": lambda xp, sp, x, a, k: xp.var(x, axis=a, keepdims=k),
    "std": lambda xp, sp, x, a, k: xp.std(x, axis=a, keepdims=k),
    "vector_norm": lambda xp, sp, x, a, k: xp.sqrt(xp.sum(x * x, axis=a, keepdims=k)),
}
SCANS = {"cumsum": lambda xp, x, a: xp.cumsum(x, axis=a), "cumprod": lambda xp, x, a: xp.cumprod(x, axis=a)}


def add_reduction(name, definition):
    def make(draw):
        shape = draw.shape(1)
        axes, keep = draw.axes(shape), draw.one_of(True, False)
        x = draw.distinct(shape) if name in ("max", "min") else draw.away(shape)
        given = {} if axes is None else {"axis": axes}
        torch_name = {"max": "amax", "min": "amin"}.get(name, name)

        def torch_call(torch, x):
            dims = tuple(range(x.ndim)) if axes is None else axes
            more = {"correction": 0} if name in ("var", "std") else {}
            return getattr(torch, torch_name)(x, dim=dims, keepdim=keep, **more)

        return Call(
            [x],
            lambda x: op(name)(x, keepdims=keep, **given),
            lambda xp, sp, x: definition(xp, sp, x, axes, keep),
            None if name in ("prod", "vector_norm") else torch_call,
        )

    case(name)(make)


for _name, _row in REDUCTIONS.items():
    add_reduction(_name, _row)


@case("all", "any")
def truth(draw):
    shape = draw.shape(1)
    axes, x = draw.axes(shape), draw.random.integers(0, 2, shape).astype(draw.one_of("bool", "int32", "float32"))
    given = {} if axes is None else {"axis": axes}
    return Call(
        [x],
        lambda x: (kn.all(x, **given), kn.any(x, **given)),
        lambda xp, sp, x: (np.all(x, axis=axes), np.any(x, axis=axes)),
        without={"derivatives": "no derivative"},
    )


@case("argmax", "argmin", "argsort")
def places(draw):
    shape = draw.shape(1)
    axis, x = draw.whole(0, len(shape) - 1), draw.distinct(shape)
    return Call(
        [x],
        lambda x: (kn.argmax(x, axis=axis), kn.argmin(x, axis=axis), kn.argsort(x, axis=axis)),
        lambda xp, sp, x: (np.argmax(x, axis=axis), np.argmin(x, axis=axis), np.argsort(x, axis=axis)),
        without={"derivatives": "no derivative"},
    )


def flipped(xp, x, axis, flip):
    return xp.flip(x, axis) if flip else x


@case("cumsum", "cumprod")
def running(draw):
    shape = draw.shape(1)
    axis, reverse, x = draw.whole(0, len(shape) - 1), draw.one_of(True, False), draw.away(shape)
    return Call(
        [x],
        lambda x: (op("cumsum")(x, axis=axis, reverse=reverse), op("cumprod")(x, axis=axis, reverse=reverse)),
        lambda xp, sp, x: tuple(
            flipped(xp, f(flipped(xp, x, axis, reverse), axis=axis), axis, reverse) for f in (xp.cumsum, xp.cumprod)
        ),
    )


@case("cummax")
def running_maximum(draw):
    shape = draw.shape(1)
    axis, x = draw.whole(0, len(shape) - 1), draw.distinct(shape)

    def xp_function(xp, sp, x):
        x = xp.moveaxis(x, axis, 0)
        return xp.moveaxis(xp.stack([xp.max(x[: k + 1], axis=0) for k in range(x.shape[0])]), 0, axis)

    return Call([x], lambda x: kn.cummax(x, axis=axis), xp_function, lambda torch, x: torch.cummax(x, axis)[0])


@case("linear_recurrence")
def recurrence(draw):
    shape = draw.shape(1)
    axis, reverse = draw.whole(0, len(shape) - 1), draw.one_of(True, False)

    def xp_function(xp, sp, a, b):
        a, b = (xp.moveaxis(flipped(xp, one, axis, reverse), axis, 0) for one in (a, b))
        y = [b[0]]
        for k in range(1, a.shape[0]):
            y.append(a[k] * y[-1] + b[k])
        return flipped(xp, xp.moveaxis(xp.stack(y), 0, axis), axis, reverse)

    return Call(
        [draw.reals(shape), draw.reals(shape)], lambda a, b: kn.linear_recurrence(a, b, axis=axis, reverse=reverse), xp_function
    )


@case("softmax", "log_softmax")
def softmax(draw):
    shape = draw.shape(1)
    axis = draw.whole(0, len(shape) - 1)

    def xp_function(xp, sp, x):
        e = xp.exp(x)
        total = xp.sum(e, axis=axis, keepdims=True)
        return e / total, x - xp.log(total)

    return Call(
        [draw.reals(shape)],
        lambda x: (kn.softmax(x, axis=axis), kn.log_softmax(x, axis=axis)),
        xp_function,
        lambda torch, x: (torch.softmax(x, axis), torch.log_softmax(x, axis)),
    )


@case("layer_norm")
def layer_norm(draw):
    shape = (*draw.shape(1, 2), draw.whole(2, 4))

    def xp_function(xp, sp, x, scale, bias):
        mean = xp.mean(x, axis=-1, keepdims=True)
        return (x - mean) / xp.sqrt(xp.mean((x - mean) ** 2, axis=-1, keepdims=True) + 0.1) * scale + bias

    return Call(
        [draw.distinct(shape), draw.reals(shape[-1:]), draw.reals(shape[-1:])],
        lambda x, scale, bias: kn.layer_norm(x, scale, bias, epsilon=0.1),
        xp_function,
        lambda torch, x, scale, bias: torch.nn.functional.layer_norm(x, x.shape[-1:], scale, bias, 0.1),
    )


@case("batch_norm")
def batch_norm(draw):
    shape = draw.shape(1)
    own = shape[-1:]
    return Call(
        [draw.reals(shape), draw.reals(own), draw.reals(own), draw.reals(own), draw.reals(own, 0.5, 2)],
        lambda x, scale, bias, mean, variance: kn.batch_norm(x, scale, bias, mean, variance, epsilon=0.1),
        lambda xp, sp, x, scale, bias, mean, variance: (x - mean) / xp.sqrt(variance + 0.1) * scale + bias,
    )


@case("cross_entropy")
def cross_entropy(draw):
    rows, classes = draw.whole(1, 4), draw.whole(1, 4)
    labels = draw.random.integers(0, classes, rows)
    return Call(
        [draw.reals((rows, classes))],
        lambda x: kn.cross_entropy(x, kn.asarray(labels)),
        lambda xp, sp, x: (
            xp.log(xp.sum(xp.exp(x), axis=-1)) - xp.sum(x * xp.asarray(np.eye(classes)[labels].astype(x.dtype)), axis=-1)
        ),
        lambda torch, x: torch.nn.functional.cross_entropy(x, torch.tensor(labels), reduction="none"),
    )


@case("embedding", "gather")
def rows_of(draw):
    shape = (draw.whole(1, 5), *draw.shape(1, 1))
    indices = draw.random.integers(0, shape[0], draw.shape(0, 2))
    return Call(
        [draw.reals(shape)],
        lambda x: (kn.embedding(x, kn.asarray(indices)), kn.gather(x, kn.asarray(indices), axis=0)),
        lambda xp, sp, x: (x[indices], xp.take(x, indices, axis=0)),
        lambda torch, x: (torch.nn.functional.embedding(torch.tensor(indices), x), x[torch.tensor(indices)]),
    )


@case("one_hot")
def one_hot(draw):
    classes = draw.whole(1, 5)
    labels = draw.random.integers(-1, classes + 1, draw.shape(0, 3))
    return Call([], lambda: kn.one_hot(kn.asarray(labels), classes),
                lambda xp, sp: (labels[..., None] == np.arange(classes)).astype("float32"))


@case("attention")
def attention(draw):
    batch, queries, keys, heads, dim = (draw.whole(1, 3) for _ in range(5))
    groups = draw.one_of(1, 2)

    def xp_function(xp, sp, q, k, v):
        k, v = xp.repeat(k, groups, axis=2), xp.repeat(v, groups, axis=2)
        e = xp.exp(xp.einsum("bqhd,bkhd->bhqk", q, k) * dim**-0.5)
        return xp.einsum("bhqk,bkhd->bqhd", e / xp.sum(e, axis=-1, keepdims=True), v)

    return Call(
        [
            draw.reals((batch, queries, heads * groups, dim)),
            draw.reals((batch, keys, heads, dim)),
            draw.reals((batch, keys, heads, 2)),
        ],
        op("attention"),
        xp_function,
    )


# Products and windows.
def windows(xp, x, window, stride):
    """Every window over the axes between the first and the last, as (offset in the window, its elements for all places)."""
    places = [(n - w) // s + 1 for n, w, s in zip(x.shape[1:-1], window, stride)]
    for offset in itertools.product(*map(range, window)):
        cut = tuple(slice(o, o + s * (p - 1) + 1, s) for o, s, p in zip(offset, stride, places))
        yield offset, x[(slice(None), *cut)]


def convolution(xp, x, w, stride):
    return sum(xp.einsum("...i,io->...o", part, w[offset]) for offset, part in windows(xp, x, w.shape[:-2], stride))


def convolution_case(draw):
    rank = draw.whole(1, 2)
    window = tuple(draw.whole(1, 2) for _ in range(rank))
    stride = tuple(draw.whole(1, 2) for _ in range(rank))
    space = tuple(w + draw.whole(0, 2) for w in window)
    batch, inputs, outputs = (draw.whole(1, 2) for _ in range(3))
    places = tuple((n - w) // s + 1 for n, w, s in zip(space, window, stride))
    return window, stride, space, (batch, *space, inputs), (*window, inputs, outputs), (batch, *places, outputs)


@case("conv")
def conv(draw):
    _, stride, space, x, w, _ = convolution_case(draw)

    def torch_call(torch, x, w):
        f = torch.nn.functional.conv1d if len(space) == 1 else torch.nn.functional.conv2d
        y = f(x.movedim(-1, 1).contiguous(), w.movedim((-1, -2), (0, 1)).contiguous(), stride=stride)
        return y.movedim(1, -1)

    return Call(
        [draw.reals(x), draw.reals(w)],
        lambda x, w: kn.conv(x, w, stride=stride),
        lambda xp, sp, x, w: convolution(xp, x, w, stride),
        torch_call,
    )


def transposed(xp, f, shape, ct):
    """The transpose of the linear f at ct: the inner products with what f makes of each unit."""
    count = int(np.prod(shape))
    units = np.eye(count, dtype=np.asarray(ct).dtype if xp is np else ct.dtype).reshape(count, *shape)
    return xp.stack([xp.sum(f(xp.asarray(unit)) * ct) for unit in units]).reshape(shape)


@case("conv_input_grad")
def conv_input_grad(draw):
    _, stride, space, x, w, y = convolution_case(draw)
    return Call(
        [draw.reals(y), draw.reals(w)],
        lambda ct, w: kn.conv_input_grad(ct, w, input_shape=space, stride=stride),
        lambda xp, sp, ct, w: transposed(xp, lambda unit: convolution(xp, unit, w, stride), x, ct),
    )


@case("conv_weight_grad")
def conv_weight_grad(draw):
    window, stride, _, x, w, y = convolution_case(draw)
    return Call(
        [draw.reals(x), draw.reals(y)],
        lambda x, ct: kn.conv_weight_grad(x, ct, kernel=window, stride=stride),
        lambda xp, sp, x, ct: transposed(xp, lambda unit: convolution(xp, x, unit, stride), w, ct),
    )


@case("max_pool", "average_pool")
def pools(draw):
    window, stride, _, x, _, _ = convolution_case(draw)

    def xp_function(xp, sp, x):
        parts = xp.stack([part for _, part in windows(xp, x, window, stride)])
        return xp.max(parts, axis=0), xp.mean(parts, axis=0)

    return Call(
        [draw.distinct(x)],
        lambda x: (kn.max_pool(x, window=window, stride=stride), kn.average_pool(x, window=window, stride=stride)),
        xp_function,
    )


def cut(n, size):
    """The parts of n elements that adaptive pooling takes together."""
    return [(i * n // size, -(-(i + 1) * n // size)) for i in range(size)]


@case("adaptive_max_pool", "adaptive_average_pool")
def adaptive_pools(draw):
    shape = (draw.whole(1, 2), draw.whole(1, 5), draw.whole(1, 5), 2)
    sizes = [draw.whole(1, 4) for _ in range(2)]

    def pooled(xp, x, f):
        rows = [xp.concatenate([f(x[:, a:b, c:d], (1, 2), True) for c, d in cut(shape[2], sizes[1])], 2)
                for a, b in cut(shape[1], sizes[0])]
        return xp.concatenate(rows, 1)

    return Call(
        [draw.distinct(shape)],
        lambda x: (kn.adaptive_max_pool(x, sizes), kn.adaptive_average_pool(x, sizes)),
        lambda xp, sp, x: (pooled(xp, x, lambda part, axes, keep: xp.max(part, axis=axes, keepdims=keep)),
                           pooled(xp, x, lambda part, axes, keep: xp.mean(part, axis=axes, keepdims=keep))),
    )


@case("matmul")
def matmul(draw):
    batch = draw.broadcast(2)
    n, k, m = (draw.whole(1, 4) for _ in range(3))
    left, right = ((), ()) if draw.one_of(True, False) else batch
    one = draw.one_of("matrices", "row", "column")
    x = draw.reals((k,) if one == "row" else (*left, n, k))
    y = draw.reals((k,) if one == "column" else (*right, k, m))
    return Call([x, y], op("matmul"), lambda xp, sp, x, y: xp.matmul(x, y), torch_function("matmul"))


# Structure.
@case("broadcast_to", "full")
def broadcast_to(draw):
    full = draw.shape(1)
    small = tuple(n if draw.one_of(True, False) else 1 for n in full[draw.whole(0, len(full)) :])
    return Call(
        [draw.reals(small)],
        lambda x: (op("broadcast_to")(x, full), op("full")(full, 3, "float32")),
        lambda xp, sp, x: (xp.broadcast_to(x, full), xp.full(full, 3, "float32")),
    )


@case("reshape", "transpose", "reverse")
def rearranged(draw):
    shape = draw.shape(1)
    order = draw.random.permutation(len(shape)).tolist()
    axis = draw.whole(0, len(shape) - 1)
    return Call(
        [draw.reals(shape)],
        lambda x: (op("reshape")(x, (shape[0], -1)), kn.transpose(x, order), kn.reverse(x, axis)),
        lambda xp, sp, x: (x.reshape(shape[0], -1), xp.transpose(x, order), xp.flip(x, axis)),
        lambda torch, x: (x.reshape(shape[0], -1), x.permute(order), x.flip(axis)),
    )


@case("concatenate", "pad")
def joined(draw):
    shape = draw.shape(1)
    axis = draw.whole(0, len(shape) - 1)
    other = list(shape)
    other[axis] = draw.whole(1, 3)
    before, after = ([draw.whole(0, 2) for _ in shape] for _ in range(2))
    return Call(
        [draw.reals(shape), draw.reals(other)],
        lambda x, y: (op("concatenate")([x, y, x], axis), kn.pad(x, before=before, after=after, value=2)),
        lambda xp, sp, x, y: (xp.concatenate([x, y, x], axis), xp.pad(x, list(zip(before, after)), constant_values=2)),
    )


@case("pad_mode")
def padded(draw):
    shape = draw.shape(1)
    before, after = ([draw.whole(0, 6) for _ in shape] for _ in range(2))
    mode = draw.one_of("edge", "reflect", "symmetric", "wrap")
    return Call(
        [draw.reals(shape)],
        lambda x: kn.pad(x, list(zip(before, after)), mode),
        lambda xp, sp, x: xp.pad(x, list(zip(before, after)), mode=mode),
    )


@case("slice", "update_slice")
def sliced(draw):
    shape = draw.shape(1, side=5)
    starts = [draw.whole(0, n - 1) for n in shape]
    steps = [draw.whole(1, 2) for _ in shape]
    cut = tuple(slice(start, None, step) for start, step in zip(starts, steps))
    inner = np.zeros(shape)[cut].shape
    places = np.zeros(shape, bool)
    places[cut] = True
    spread = np.zeros((int(np.prod(shape)), int(np.prod(inner))))
    spread[np.flatnonzero(places), np.arange(int(np.prod(inner)))] = 1
    return Call(
        [draw.reals(shape), draw.reals(inner)],
        lambda x, u: (
            kn.slice(x, starts=starts, stops=list(shape), steps=steps),
            kn.update_slice(x, u, starts=starts, steps=steps),
        ),
        lambda xp, sp, x, u: (x[cut], xp.where(places, (xp.asarray(spread.astype(u.dtype)) @ u.reshape(-1)).reshape(shape), x)),
    )


@case("scatter", "scatter_add")
def scattered(draw):
    shape = (draw.whole(1, 4), *draw.shape(0, 1))
    indices = draw.random.integers(0, shape[0], draw.whole(1, 5))
    hit = np.eye(shape[0])[indices].T  # (place, update)
    last = np.array([row * (np.cumsum(row[::-1])[::-1] == 1) for row in hit]).reshape(hit.shape)

    def xp_function(xp, sp, x, u):
        flat = u.reshape(len(indices), -1)
        added = x + xp.matmul(xp.asarray(hit.astype(u.dtype)), flat).reshape(shape)
        free = (1 - hit.max(axis=1)).reshape(-1, *[1] * (len(shape) - 1)).astype(u.dtype)
        return xp.matmul(xp.asarray(last.astype(u.dtype)), flat).reshape(shape) + x * free, added

    return Call(
        [draw.reals(shape), draw.reals((len(indices), *shape[1:]))],
        lambda x, u: (kn.scatter(x, kn.asarray(indices), u), kn.scatter_add(x, kn.asarray(indices), u)),
        xp_function,
    )


@case("take_along_axis", "put_along_axis_add")
def along_axis(draw):
    shape = draw.shape(1, 2)
    count = draw.whole(1, 3)
    indices = draw.random.integers(0, shape[-1], (*shape[:-1], count))
    hot = np.eye(shape[-1])[indices]
    return Call(
        [draw.reals(shape), draw.reals(indices.shape)],
        lambda x, u: (
            op("take_along_axis")(x, kn.asarray(indices), -1),
            kn.put_along_axis_add(x, kn.asarray(indices), u, axis=-1),
        ),
        lambda xp, sp, x, u: (
            xp.take_along_axis(x, xp.asarray(indices), -1),
            x + xp.einsum("...k,...kn->...n", u, xp.asarray(hot.astype(u.dtype))),
        ),
        lambda torch, x, u: (torch.gather(x, -1, torch.tensor(indices)), torch.scatter_add(x, -1, torch.tensor(indices), u)),
    )


@case("sort", "top_k")
def ordered(draw):
    shape = draw.shape(1)
    axis, descending = draw.whole(0, len(shape) - 1), draw.one_of(True, False)
    k = draw.whole(1, shape[axis])

    def xp_function(xp, sp, x):
        ascending = xp.sort(x, axis=axis)
        best = xp.moveaxis(xp.moveaxis(xp.flip(ascending, axis), axis, 0)[:k], 0, axis)
        return xp.flip(ascending, axis) if descending else ascending, best

    return Call(
        [draw.distinct(shape)], lambda x: (op("sort")(x, axis, descending), kn.top_k(x, k=k, axis=axis)[0]), xp_function
    )


# Decompositions.
def square(draw, batch=True):
    n = draw.whole(1, 4)
    shape = (*(draw.shape(0, 1, 2) if batch else ()), n, n)
    return draw.reals(shape, -0.5, 0.5) + 2 * np.eye(n, dtype=draw.dtype) * np.arange(1, n + 1, dtype=draw.dtype)


def hermitian(xp, x):
    return (x + xp.swapaxes(x, -1, -2)) / 2


@case("cholesky")
def cholesky(draw):
    return Call(
        [square(draw)],
        op("cholesky"),
        lambda xp, sp, x: xp.linalg.cholesky(hermitian(xp, x)),
        lambda torch, x: torch.linalg.cholesky((x + x.mT) / 2),
    )


@case("solve")
def solve(draw):
    a = square(draw)
    return Call(
        [a, draw.reals((*a.shape[:-1], draw.whole(1, 3)))],
        op("solve"),
        lambda xp, sp, a, b: xp.linalg.solve(a, b),
        lambda torch, a, b: torch.linalg.solve(a, b),
    )


@case("slogdet")
def slogdet(draw):
    return Call(
        [square(draw)],
        op("slogdet"),
        lambda xp, sp, x: tuple(xp.linalg.slogdet(x)),
        lambda torch, x: tuple(torch.linalg.slogdet(x)),
    )


def signed(xp, vectors):
    """Columns with the sign that makes their largest element positive."""
    place = xp.argmax(xp.abs(vectors), axis=-2)[..., None, :]
    return xp.sign(xp.take_along_axis(vectors, place, axis=-2))


@case("eigh")
def eigh(draw):
    def xp_function(xp, sp, x):
        values, vectors = xp.linalg.eigh(hermitian(xp, x))
        return values, vectors * signed(xp, vectors)

    return Call([square(draw)], op("eigh"), xp_function)


@case("svd")
def svd(draw):
    def xp_function(xp, sp, x):
        u, s, vh = xp.linalg.svd(x, full_matrices=False)
        sign = signed(xp, u)
        return u * sign, s, vh * xp.swapaxes(sign, -1, -2)

    return Call([square(draw)], lambda x: op("svd")(x, False), xp_function)


@case("qr")
def qr(draw):
    def xp_function(xp, sp, x):
        q, r = xp.linalg.qr(x)
        sign = xp.sign(xp.diagonal(r, axis1=-2, axis2=-1))
        return q * sign[..., None, :], r * sign[..., :, None]

    return Call([square(draw)], op("qr"), xp_function)


@case("dft")
def dft(draw):
    shape = draw.shape(1)
    axis, inverse = draw.whole(0, len(shape) - 1), draw.one_of(True, False)

    def koine(a, b):
        y = kn.dft(kn.complex(a, b), axis=axis, inverse=inverse)
        return kn.real(y), kn.imag(y)

    def xp_function(xp, sp, a, b):
        z = a + 1j * b
        y = xp.fft.ifft(z, axis=axis) * shape[axis] if inverse else xp.fft.fft(z, axis=axis)
        return xp.real(y), xp.imag(y)

    return Call([draw.reals(shape), draw.reals(shape)], koine, xp_function)


@case("ravel_multi_index")
def ravel_multi_index(draw):
    shape = draw.shape(1)
    indices = [draw.random.integers(0, n, 3) for n in shape]
    return Call(
        indices,
        lambda *i: kn.ravel_multi_index(list(i), shape=shape),
        lambda xp, sp, *i: np.ravel_multi_index(i, shape),
        without={"derivatives": "no derivative"},
    )


# Linear algebra: the definitions, of matrices that are well conditioned.
def transposed_matrix(xp, x):
    return xp.swapaxes(x, -1, -2)


def function_of_hermitian(xp, x, f):
    values, vectors = xp.linalg.eigh(hermitian(xp, x))
    return (vectors * f(values)[..., None, :]) @ transposed_matrix(xp, vectors)


def series(xp, x):
    """The exponential of a small matrix."""
    term = total = xp.broadcast_to(xp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    for k in range(1, 40):
        term = term @ x / k
        total = total + term
    return total


def eliminated(xp, x):
    """L below the diagonal and U, of matrices that need no exchanges."""
    n, lower = x.shape[-1], xp.zeros_like(x)
    for k in range(n):
        column = xp.where(xp.arange(n) > k, x[..., :, k] / x[..., k, k][..., None], 0.0)
        x = x - column[..., :, None] * x[..., k, :][..., None, :]
        lower = lower + column[..., :, None] * xp.asarray(np.eye(n)[k], x.dtype)
    return lower + x


def triangles(xp, x):
    return xp.tril(x, -1) + xp.eye(x.shape[-1], dtype=x.dtype), xp.triu(x)


MATRIX_FUNCTIONS = {
    "inv": (op("inv"), lambda xp, x: xp.linalg.inv(x)),
    "det": (op("det"), lambda xp, x: xp.linalg.det(x)),
    "pinv": (lambda x: op("pinv")(x[..., :1]), lambda xp, x: xp.linalg.pinv(x[..., :1])),
    "eigvalsh": (op("eigvalsh"), lambda xp, x: xp.linalg.eigvalsh(hermitian(xp, x))),
    "svdvals": (op("svdvals"), lambda xp, x: xp.linalg.svd(x, compute_uv=False)),
    "matrix_power": (lambda x: op("matrix_power")(x, -2), lambda xp, x: xp.linalg.inv(x @ x)),
    "matrix_norm": (lambda x: op("matrix_norm")(x, ord="2"), lambda xp, x: xp.max(xp.linalg.svd(x, compute_uv=False), axis=-1)),
    "condition_number": (op("condition_number"), lambda xp, x: xp.linalg.svd(x, compute_uv=False)[..., 0] / xp.linalg.svd(x, compute_uv=False)[..., -1]),
    "trace": (op("trace"), lambda xp, x: xp.trace(x, axis1=-2, axis2=-1)),
    "diagonal": (op("diagonal"), lambda xp, x: xp.diagonal(x, axis1=-2, axis2=-1)),
    "expm": (lambda x: op("expm")(x * 0.25), lambda xp, x: series(xp, x * 0.25)),
    "sqrtm": (lambda x: op("sqrtm")(x + x.mT), lambda xp, x: function_of_hermitian(xp, x * 2, xp.sqrt)),
    "logm": (lambda x: op("logm")(x + x.mT), lambda xp, x: function_of_hermitian(xp, x * 2, xp.log)),
    "lu_factor": (lambda x: op("lu_factor")(x)[0], eliminated),
    "lu": (lambda x: op("lu")(x)[1:], lambda xp, x: triangles(xp, eliminated(xp, x))),
    "eig": (lambda x: kn.real((op("eig")(x)[1] * op("eig")(x)[0][..., None, :] ** 3) @ op("inv")(op("eig")(x)[1])), lambda xp, x: x @ x @ x),
    "eigvals": (lambda x: kn.real(kn.sum(op("eigvals")(x) ** 3, axis=-1)), lambda xp, x: xp.trace(x @ x @ x, axis1=-2, axis2=-1)),
}


def add_matrix_function(name, ours, theirs):
    case(name)(lambda draw: Call([square(draw)], ours, lambda xp, sp, x: theirs(xp, x)))


for _name, (_ours, _theirs) in MATRIX_FUNCTIONS.items():
    add_matrix_function(_name, _ours, _theirs)


@case("schur", "matrix_rank", "lu_pivots_to_permutation")
def without_derivative(draw):
    def koine(x):
        t, z = op("schur")(x)
        pivots = kn.asarray([1, 1], dtype=kn.int32)
        return z @ t @ z.mT, op("matrix_rank")(x), op("lu_pivots_to_permutation")(pivots, 2)

    return Call([square(draw)], koine, lambda xp, sp, x: (x, np.linalg.matrix_rank(x), np.array([1, 0])),
                without={"derivatives": "no derivative"})


@case("solve_triangular", "cholesky_solve", "lu_solve")
def systems(draw):
    a = square(draw)
    n = a.shape[-1]
    b = draw.reals((*a.shape[:-1], 2))

    def koine(a, b):
        pivots = kn.broadcast_to(kn.arange(n, dtype=kn.int32), a.shape[:-1])
        return op("solve_triangular")(a, b, True), op("cholesky_solve")(b, a), op("lu_solve")(a, pivots, b)

    def xp_function(xp, sp, a, b):
        lower = xp.tril(a)
        l, u = triangles(xp, a)
        return xp.linalg.solve(lower, b), xp.linalg.solve(lower @ transposed_matrix(xp, lower), b), xp.linalg.solve(l @ u, b)

    return Call([a, b], koine, xp_function)


@case("lstsq")
def lstsq(draw):
    a = square(draw)[..., :1]
    b = draw.reals((*a.shape[:-1], 2))

    def koine(a, b):
        x, residuals, _, s = op("lstsq")(a, b)
        return x, residuals, s

    def xp_function(xp, sp, a, b):
        x = xp.linalg.pinv(a) @ b
        return x, xp.sum((a @ x - b) ** 2, axis=-2), xp.linalg.svd(a, compute_uv=False)

    return Call([a, b], koine, xp_function)


@case("solve_sylvester")
def solve_sylvester(draw):
    a, b = square(draw, batch=False), square(draw, batch=False)
    m, n = len(a), len(b)

    def xp_function(xp, sp, a, b, q):
        whole = xp.kron(a, xp.eye(n, dtype=a.dtype)) + xp.kron(xp.eye(m, dtype=a.dtype), b.T)
        return xp.reshape(xp.linalg.solve(whole, xp.reshape(q, (m * n, 1))), (m, n))

    return Call([a, b, draw.reals((m, n))], op("solve_sylvester"), xp_function)


@case("kron", "outer", "cross")
def products(draw):
    a, b = draw.reals((2, 3)), draw.reals((2, 3))
    return Call([a, b], lambda a, b: (op("kron")(a, b), op("outer")(a[0], b[1]), op("cross")(a, b)),
                lambda xp, sp, a, b: (xp.kron(a, b), xp.outer(a[0], b[1]), xp.cross(a, b)))


@case("householder_product")
def householder_product(draw):
    m, n = 4, draw.whole(1, 3)

    def xp_function(xp, sp, a, tau):
        q = xp.eye(m, dtype=a.dtype)
        for i in range(n):
            v = xp.where(xp.arange(m) > i, a[:, i], xp.asarray(np.eye(m)[i], a.dtype))
            q = q @ (xp.eye(m, dtype=a.dtype) - tau[i] * xp.outer(v, v))
        return q[:, :n]

    return Call([draw.reals((m, n)), draw.reals((n,))], op("householder_product"), xp_function)


@case("tensorinv", "tensorsolve")
def tensor_systems(draw):
    a = draw.reals((4, 4), -0.5, 0.5) + 3 * np.eye(4, dtype=draw.dtype)
    return Call([a.reshape(4, 2, 2), draw.reals((4,))], lambda a, b: (op("tensorinv")(a, 1), op("tensorsolve")(a, b)),
                lambda xp, sp, a, b: (xp.reshape(xp.linalg.inv(xp.reshape(a, (4, 4))), (2, 2, 4)),
                                      xp.reshape(xp.linalg.solve(xp.reshape(a, (4, 4)), b[:, None]), (2, 2))))


@case("rms_norm")
def rms_norm(draw):
    shape = draw.shape(1)
    return Call([draw.reals(shape), draw.reals(shape[-1:])], lambda x, scale: op("rms_norm")(x, scale, epsilon=0.1),
                lambda xp, sp, x, scale: x / xp.sqrt(xp.mean(x * x, axis=-1, keepdims=True) + 0.1) * scale)


# Without an oracle: the reason says why.
LEFT_OUT = {
    name: "random"
    for name in ("categorical", "dropout", "fold_in", "normal", "permutation", "random_bits", "split_key", "uniform")
}
