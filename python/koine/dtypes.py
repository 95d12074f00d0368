"""dtypes: what they are, what they hold, how they combine."""

import builtins as _builtins
from types import SimpleNamespace as _SimpleNamespace

from . import _core
from ._core import (DType, bfloat16, bool_, complex64, complex128, float16, float32, float64, int8, int16, int32, int64,
                    uint8, uint16, uint32, uint64)

__all__ = ["DType", "bfloat16", "bool_", "complex64", "complex128", "float16", "float32", "float64", "int8", "int16",
           "int32", "int64", "uint8", "uint16", "uint32", "uint64", "astype", "can_cast", "finfo", "iinfo", "isdtype",
           "result_type", "dtype"]

_SIGNED = (int8, int16, int32, int64)
_UNSIGNED = (uint8, uint16, uint32, uint64)
_REAL = (float16, bfloat16, float32, float64)
_COMPLEX = (complex64, complex128)
_KINDS = {"bool": (bool_,), "signed integer": _SIGNED, "unsigned integer": _UNSIGNED, "integral": _SIGNED + _UNSIGNED,
          "real floating": _REAL, "complex floating": _COMPLEX, "numeric": _SIGNED + _UNSIGNED + _REAL + _COMPLEX}
# Bits of the mantissa, and the exponents of the smallest and the largest normal number.
_FLOATS = {float16: (10, -14, 15), bfloat16: (7, -126, 127), float32: (23, -126, 127), float64: (52, -1022, 1023)}


def dtype(object):
    """The dtype with that name, of an array, or as close to another library's as Koine has."""
    return object.dtype if isinstance(object, _core.Array) else _core.to_dtype(object)


def astype(x, dtype, /, *, copy=True, device=None):
    """x with its elements converted to a dtype. A complex number cannot become a real one."""
    dtype = _core.to_dtype(dtype)
    if x.dtype == dtype:
        return _core.share(x) if copy else x
    return _core.ops["cast"](x, dtype)


def isdtype(dtype, kind):
    """Whether a dtype is of a kind ('bool', 'signed integer', 'unsigned integer', 'integral', 'real floating',
    'complex floating', 'numeric'), is another dtype, or one of a tuple of these."""
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, str):
        if kind not in _KINDS:
            raise ValueError(f"[isdtype] {kind!r} is no kind; there are {', '.join(_KINDS)}")
        return dtype in _KINDS[kind]
    return dtype == kind


def can_cast(from_, to, /):
    """Whether a dtype, or an array's, can be converted by promotion alone."""
    given, to = dtype(from_), dtype(to)
    try:
        return _core.promote(given, to) == to
    except TypeError:
        return False


def result_type(*arrays_and_dtypes):
    """The dtype that an operation on these has. Numbers of Python yield to the others."""
    found, numbers = None, []
    for one in arrays_and_dtypes:
        if isinstance(one, (_builtins.bool, int, float, complex)):
            numbers.append(one)
        else:
            found = dtype(one) if found is None else _core.promote(found, dtype(one))
    if found is None:
        raise ValueError("[result_type] needs at least one array or dtype")
    for number in numbers:
        found = _core.promote_weak(found, number)
    return found


def _real_dtype(type):
    type = dtype(type)
    return {complex64: float32, complex128: float64}.get(type, type)


def finfo(type, /):
    """What a floating dtype can hold: bits, eps, max, min, smallest_normal, dtype; of a complex one its parts."""
    real = _real_dtype(type)
    if real not in _FLOATS:
        raise TypeError(f"[finfo] {real.name} is not floating; iinfo describes integers")
    mantissa, least, most = _FLOATS[real]
    largest = (2.0 - 2.0 ** -mantissa) * 2.0 ** most
    return _SimpleNamespace(bits=8 * real.itemsize, eps=2.0 ** -mantissa, max=largest, min=-largest,
                            smallest_normal=2.0 ** least, dtype=real)


def iinfo(type, /):
    """What an integer dtype can hold: bits, max, min, dtype."""
    type = dtype(type)
    if type not in _SIGNED + _UNSIGNED:
        raise TypeError(f"[iinfo] {type.name} is no integer dtype; finfo describes floating ones")
    bits, signed = 8 * type.itemsize, type in _SIGNED
    return _SimpleNamespace(bits=bits, max=2 ** (bits - signed) - 1, min=-(2 ** (bits - 1)) if signed else 0, dtype=type)
