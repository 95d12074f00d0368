"""What dtype two dtypes give, on the op add: a table of its own beside the values of add."""

import itertools

import numpy as np

from .cases import Case, op, vector
from .formats import ALL, COMPLEX, FLOATS, INTS, SIGNED, UNSIGNED


def promote(a, b):
    """The Array API's table, extended to mixed kinds; None where there is no common dtype."""
    if a == b:
        return a
    if "bool" in (a, b):
        return b if a == "bool" else a
    for kind in (INTS, COMPLEX):
        if a in kind and b in kind:
            if kind is INTS and "uint64" in (a, b) and (a in SIGNED or b in SIGNED):
                return None
            return str(np.promote_types(a, b))
    if a in INTS or b in INTS:  # an integer takes the other's dtype
        return b if a in INTS else a
    if a in FLOATS and b in FLOATS:
        return "float64" if "float64" in (a, b) else "float32"
    return "complex128" if {"float64", "complex128"} & {a, b} else "complex64"


@op("promotion", "the Array API's table of dtypes (numpy.promote_types among integers)", calls="add")
def promotion():
    for a, b in itertools.product(ALL, ALL):
        dtype = promote(a, b)
        if dtype is None or a == b == "bool":
            continue
        values = [2, 3] if a in UNSIGNED or b in UNSIGNED else [2, -3]
        first = [1, 0] if a == "bool" else [1, 2]
        second = [1, 1] if b == "bool" else values
        yield Case([vector(a, first), vector(b, second)], vector(dtype, [p + q for p, q in zip(first, second)]))
