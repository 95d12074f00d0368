"""Random ops from the plain Philox of philox.py; the distributions from mpmath."""

import math

import mpmath
import numpy as np
from mpmath import mp

from . import philox
from .cases import Case, Random, op, vector
from .formats import INTS, Tensor, round_real, width, wrap

PHILOX = "Philox4x32-10 in Python, checked on the answers published with Random123"
MPMATH = f"mpmath {mpmath.__version__}"
KEYS = ((0, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0x13198A2E, 0x03707344))
# Keys with a number within 2^-19 of 1/2, of 0 and of 1 among the first eight.
ENDS = ((335182, 0), (117390, 0), (39075, 0))


def key_tensor(key):
    return vector("uint32", key)


def count(shape):
    return math.prod(shape)


@op("random_bits", PHILOX)
def random_bits():
    calls = [(KEYS[2], (2, 5), dtype) for dtype in INTS]
    calls += [(key, (9,), "uint32") for key in KEYS] + [(KEYS[0], (3,), "uint64")]
    calls += [(KEYS[0], (), "uint32"), (KEYS[0], (0, 3), "uint32"), (KEYS[1], (2, 3, 2), "uint8")]
    for key, shape, dtype in calls:
        values = [wrap(v, dtype) for v in philox.bits(key, count(shape), width(dtype))]
        y = Tensor(dtype, np.array(values, dtype=object).reshape(shape))
        yield Case([key_tensor(key)], y, {"shape": list(shape), "dtype": dtype})


DIGITS = {"float16": (11, 16), "bfloat16": (8, 16), "float32": (24, 32), "float64": (53, 64)}


def unit(key, shape, dtype):
    """Exact multiples of 2^-digits in [0, 1), from the high ones of the drawn bits."""
    digits, drawn = DIGITS[dtype]
    values = [(v >> (drawn - digits)) * 2.0**-digits for v in philox.bits(key, count(shape), drawn)]
    return np.array(values).reshape(shape)


@op("uniform", f"{PHILOX}; low + u (high - low) in float64")
def uniform():
    for dtype in ("float32", "float64"):
        for key in KEYS:
            yield Case([key_tensor(key)], Tensor(dtype, unit(key, (7,), dtype)), {"shape": [7], "dtype": dtype})
        for low, high in ((-1.0, 1.0), (2.5, 10.0), (-0.125, 0.125)):
            y = Tensor(dtype, low + unit(KEYS[2], (3, 4), dtype) * (high - low))
            bounds = {"ulp": 2, "abs": 2.0**-23 * (high - low) if dtype == "float32" else 2.0**-52 * (high - low)}
            yield Case([key_tensor(KEYS[2])], y, {"shape": [3, 4], "dtype": dtype, "low": low, "high": high}, bounds)
    for dtype in ("float16", "bfloat16"):
        yield Case([key_tensor(KEYS[2])], Tensor(dtype, unit(KEYS[2], (9,), dtype)), {"shape": [9], "dtype": dtype})
    yield Case([key_tensor(KEYS[0])], Tensor("float32", np.zeros((0, 2))), {"shape": [0, 2], "dtype": "float32"})


def open_unit(key, shape, bits):
    """(v + 1/2) / 2^bits as exact mpmath numbers in (0, 1)."""
    return [(mp.mpf(v) + mp.mpf(0.5)) / mp.mpf(2) ** bits for v in philox.bits(key, count(shape), bits)]


@op("normal", f"{PHILOX}; sqrt(2) erfinv(2 u - 1) by {MPMATH}, rounded once")
def normal():
    for dtype, bits in (("float32", 32), ("float64", 64)):
        calls = [(key, (8,)) for key in KEYS + ENDS]
        for key, shape in calls + [(KEYS[0], (2, 3, 5)), (KEYS[1], ()), (KEYS[1], (0, 2))]:
            with mp.workprec(200):
                values = [round_real(mp.sqrt(2) * mp.erfinv(2 * u - 1), dtype) for u in open_unit(key, shape, bits)]
            y = Tensor(dtype, np.array(values).reshape(shape))
            yield Case([key_tensor(key)], y, {"shape": list(shape), "dtype": dtype}, {"ulp": 4})


@op("categorical", f"{PHILOX}; argmax of logits - log(-log(u)) by {MPMATH}")
def categorical():
    for shape, axis in (((8,), 0), ((5, 4), -1), ((5, 4), 0), ((2, 3, 4), 1), ((0, 3), -1)):
        for key in KEYS:
            logits = Random("categorical", shape, key).tensor("float32", shape)
            with mp.workprec(100):
                gumbel = [float(-mp.log(-mp.log(u))) for u in open_unit(key, shape, 32)]
            scores = logits.array.astype(np.float64) + np.array(gumbel).reshape(shape)
            best = np.sort(np.moveaxis(scores, axis, -1), axis=-1)
            if best.size and (best[..., -1] - best[..., -2]).min() < 1e-4:
                raise ValueError("two classes too close for float32")
            yield Case([key_tensor(key), logits], Tensor("int64", np.argmax(scores, axis)), {"axis": axis})


@op("permutation", f"{PHILOX}; Python's sorted")
def permutation():
    for n in (0, 1, 2, 10, 100):
        for key in KEYS:
            drawn = philox.bits(key, n, 64)
            places = sorted(range(n), key=drawn.__getitem__)
            yield Case([key_tensor(key)], Tensor("int64", np.array(places, np.int64)), {"n": n})


@op("dropout", f"{PHILOX}; an element stays where its uniform number is not below the rate, and is divided by 1 - rate")
def dropout():
    for dtype in ("float32", "float64"):
        drawn = unit(KEYS[2], (5,), dtype)[3]  # an element whose number is the rate stays
        rates = (0.5, (3, 5)), (0.1, (20,)), (0.0, (4,)), (0.9, (2, 3, 4)), (0.5, (0, 3)), (1.0, (4,)), (drawn, (5,))
        for rate, shape in rates:
            x = Random("dropout", dtype, rate).tensor(dtype, shape)
            stays = unit(KEYS[2], shape, dtype) >= rate
            y = Tensor(dtype, np.where(stays, x.array.astype(np.float64) / (1 - rate), 0.0))
            yield Case([x, key_tensor(KEYS[2])], y, {"rate": rate}, {"ulp": 2, "abs": 0})
