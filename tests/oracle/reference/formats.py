"""Tensors of every Koine dtype as exact bytes, and correct rounding of mpmath numbers to them."""

import math

import numpy as np
from mpmath import mp

FLOATS = ("float16", "bfloat16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTS = SIGNED + UNSIGNED
COMPLEX = ("complex64", "complex128")
ALL = ("bool",) + INTS + FLOATS + COMPLEX

# dtype: (significant bits, smallest normal exponent, largest exponent)
BINARY = {
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
    "float32": (24, -126, 127),
    "float64": (53, -1022, 1023),
}


def carrier(dtype):
    """The NumPy dtype that holds `dtype` in memory; bfloat16 travels as float32."""
    return np.dtype("float32" if dtype == "bfloat16" else dtype)


def width(dtype):
    return 8 * np.dtype(dtype).itemsize


def limits(dtype):
    """(lowest, highest) of an integer dtype, as Python ints."""
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def bfloat16_bits(values):
    """The bits of a float32 array rounded to bfloat16, ties to even."""
    values = np.asarray(values, np.float32)
    bits = values.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))) >> np.uint64(16)).astype(np.uint16)
    return np.where(np.isnan(values), np.uint16(0x7FC0), rounded).astype(np.uint16)


def round_bfloat16(values):
    """float32 values rounded to the nearest bfloat16, still in float32."""
    return (bfloat16_bits(values).astype(np.uint32) << np.uint32(16)).view(np.float32)


class Tensor:
    """An array tagged with a Koine dtype; `array` has that dtype's carrier."""

    def __init__(self, dtype, array):
        self.dtype = dtype
        array = np.asarray(array)
        if dtype == "bfloat16":
            array = round_bfloat16(array.astype(np.float32)).reshape(array.shape)
        self.array = array.astype(carrier(dtype), copy=False)

    def bytes(self):
        """Little-endian, row-major."""
        if self.dtype == "bfloat16":
            return bfloat16_bits(np.ascontiguousarray(self.array)).astype("<u2").tobytes()
        array = np.ascontiguousarray(self.array)
        return array.astype(array.dtype.newbyteorder("<")).tobytes()

    def json(self):
        return {"dtype": self.dtype, "shape": list(self.array.shape), "hex": self.bytes().hex()}


def from_json(entry):
    """The Tensor that Tensor.json wrote."""
    raw = bytes.fromhex(entry["hex"])
    if entry["dtype"] == "bfloat16":
        bits = np.frombuffer(raw, "<u2").astype(np.uint32) << np.uint32(16)
        return Tensor("bfloat16", bits.view(np.float32).reshape(entry["shape"]))
    array = np.frombuffer(raw, np.dtype(entry["dtype"]).newbyteorder("<"))
    return Tensor(entry["dtype"], array.reshape(entry["shape"]))


def round_real(value, dtype):
    """An mpmath number rounded once to a binary format, ties to even, as a Python float (which holds all four)."""
    value = mp.mpf(value)
    if mp.isnan(value):
        return math.nan
    if mp.isinf(value):
        return math.inf if value > 0 else -math.inf
    digits, low, high = BINARY[dtype]
    negative, mantissa, exponent, size = value._mpf_
    if mantissa == 0:
        return 0.0
    unit = max(exponent + size - 1, low) - (digits - 1)
    drop = unit - exponent
    if drop <= 0:
        quotient = int(mantissa) << -drop
    elif drop > size + 1:
        quotient = 0
    else:
        mantissa = int(mantissa)
        quotient, rest, half = mantissa >> drop, mantissa & ((1 << drop) - 1), 1 << (drop - 1)
        quotient += rest > half or (rest == half and quotient & 1)
    if quotient.bit_length() + unit > high + 1:
        result = math.inf
    else:
        result = math.ldexp(quotient, unit)
    return -result if negative else result


def round_complex(value, dtype):
    part = "float32" if dtype == "complex64" else "float64"
    value = mp.mpc(value)
    return complex(round_real(value.real, part), round_real(value.imag, part))


def wrap(value, dtype):
    """A Python int reduced modulo 2^width into an integer dtype."""
    low, _ = limits(dtype)
    return (int(value) - low) % (1 << width(dtype)) + low
