"""Cases, their registry, and the seeded generators of inputs."""

import hashlib
import math
import random as stdlib_random

import numpy as np

from .formats import BINARY, COMPLEX, FLOATS, Tensor, limits

EXACT = "exact"
# Equal values, but a zero may have either sign (where NumPy, the Array API and C disagree).
SAME_VALUE = {"abs": 0}


class Case:
    """One call of an op: `inputs` and `outputs` are Tensors, `tolerance` is EXACT or bounds of which one must hold."""

    def __init__(self, inputs, outputs, attrs=None, tolerance=EXACT):
        self.inputs, self.attrs, self.tolerance = list(inputs), dict(attrs or {}), tolerance
        self.outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

    def json(self):
        return {
            "attrs": self.attrs,
            "inputs": [t.json() for t in self.inputs],
            "outputs": [t.json() for t in self.outputs],
            "tolerance": self.tolerance,
        }


class Op:
    """The oracle in values/<name>.json of the op `calls`."""

    def __init__(self, name, reference, cases, calls):
        self.name, self.reference, self.cases, self.calls = name, reference, cases, calls


OPS = {}


def op(name, reference, calls=None):
    """Registers a generator function of cases as the oracle of op `name`; `reference` names the source of its values.

    `calls` is the op to call where a file has a name of its own.
    """

    def register(cases):
        if name in OPS:
            raise ValueError(f"two oracles for {name}")
        OPS[name] = Op(name, reference, cases, calls or name)
        return cases

    return register


class Random:
    """Seeded by a text; Python's own generator, whose sequence is the same in every version."""

    def __init__(self, *seed):
        text = "/".join(str(part) for part in seed)
        self.source = stdlib_random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

    def unit(self, count):
        return np.array([self.source.random() for _ in range(count)], np.float64)

    def reals(self, shape, low=-2.0, high=2.0):
        """float64 multiples of 2^-16, so that they survive rounding to float32 unchanged."""
        values = low + (high - low) * self.unit(math.prod(shape))
        return (np.round(values * 65536) / 65536).reshape(shape)

    def integers(self, shape, low, high):
        """Inclusive of `high`, as an object array of Python ints."""
        values = [self.source.randint(low, high) for _ in range(math.prod(shape))]
        return np.array(values, dtype=object).reshape(shape)

    def permutation(self, count):
        values = list(range(count))
        self.source.shuffle(values)
        return np.array(values, np.int64)

    def tensor(self, dtype, shape, low=-2.0, high=2.0):
        """A small ordinary tensor of any dtype; integers take all of [-9, 9] or [0, 9], cut to [low, high] of reals."""
        if dtype == "bool":
            return Tensor(dtype, (self.unit(math.prod(shape)) < 0.5).reshape(shape))
        if dtype in COMPLEX:
            return Tensor(dtype, self.reals(shape, low, high) + 1j * self.reals(shape, low, high))
        if dtype in FLOATS:
            return Tensor(dtype, self.reals(shape, low, high))
        bottom = max(limits(dtype)[0], -9)
        return Tensor(dtype, self.integers(shape, bottom, 9))


def float_edges(dtype):
    """Zeros, ones, the ends of the normal and denormal range, infinities and NaN."""
    digits, low, high = BINARY[dtype]
    denormal, normal = math.ldexp(1, low - digits + 1), math.ldexp(1, low)
    largest = math.ldexp(2 - math.ldexp(1, 1 - digits), high)
    return [
        0.0,
        -0.0,
        1.0,
        -1.0,
        denormal,
        -denormal,
        normal,
        -normal,
        largest,
        -largest,
        math.inf,
        -math.inf,
        math.nan,
    ]


def int_edges(dtype):
    low, high = limits(dtype)
    return [low, low + 1, -7, -1, 0, 1, 2, 7, high] if low else [0, 1, 2, 7, 1 << 4, high // 2, high - 1, high]


def vector(dtype, values):
    """A one-dimensional tensor of given values."""
    if dtype in FLOATS or dtype in COMPLEX or dtype == "bool":
        return Tensor(dtype, np.array(values))
    return Tensor(dtype, np.array([int(v) for v in values], dtype=object))
