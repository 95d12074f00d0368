"""Comparison of two tensors under a tolerance, by the same rules as reader.cpp."""

import numpy as np

from .formats import COMPLEX, FLOATS, carrier


def ordered(tensor):
    """Integers in the order of the floating values, one apart for neighbours; both zeros are 0."""
    raw = tensor.bytes()
    size = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[tensor.dtype]
    result = []
    for start in range(0, len(raw), size):
        bits = int.from_bytes(raw[start : start + size], "little")
        sign = 1 << (8 * size - 1)
        result.append(-(bits - sign) if bits & sign else bits)
    return result


def close(got, want, bounds):
    """True where |got - want| <= abs + rel * |want|; infinities must be equal."""
    with np.errstate(all="ignore"):
        near = np.abs(got - want) <= bounds.get("abs", 0) + bounds.get("rel", 0) * np.abs(want)
    return (got == want) | (near & np.isfinite(want) & np.isfinite(got))


def differ(got, want, tolerance):
    """ "" when equal, else the first difference. NaN equals NaN; integers and bool are compared exactly."""
    if got.dtype != want.dtype or got.array.shape != want.array.shape:
        return f"{got.dtype}{list(got.array.shape)} instead of {want.dtype}{list(want.array.shape)}"
    a, b = got.array.ravel(), want.array.ravel()
    if want.dtype not in FLOATS + COMPLEX:
        equal = a == b
    elif want.dtype in COMPLEX:
        nan = lambda x: np.isnan(x.real) | np.isnan(x.imag)
        equal = close(a, b, tolerance if tolerance != "exact" else {}) | (nan(a) & nan(b))
    else:
        wide = np.float64
        equal = np.isnan(a) & np.isnan(b)
        if tolerance == "exact":
            equal = equal | ((a == b) & (np.signbit(a) == np.signbit(b)))
        else:
            if "ulp" in tolerance:
                apart = np.array([abs(x - y) for x, y in zip(ordered(got), ordered(want))], dtype=object)
                inside = np.array([x <= tolerance["ulp"] for x in apart], bool)
                finite = (np.isfinite(a) & np.isfinite(b)) | (a == b)
                zeros = (a == 0) & (b == 0) & (np.signbit(a) != np.signbit(b))
                equal = equal | (inside & finite & ~zeros)
            if "abs" in tolerance or "rel" in tolerance:
                equal = equal | close(a.astype(wide), b.astype(wide), tolerance)
    if equal.all():
        return ""
    index = int(np.argmin(equal))
    return f"element {index} is {a[index]!r} instead of {b[index]!r} ({carrier(want.dtype)}, tolerance {tolerance})"
