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
    """The dtype with that name, of an array, or as close to another library's as Koine has.

    DTypeError for what is no dtype.

    >>> kn.dtype('float16')
    koine.float16
    >>> kn.dtype(kn.asarray([1, 2]))
    koine.int64
    """
    return object.dtype if isinstance(object, _core.Array) else _core.to_dtype(object)


def astype(x, dtype, /, *, copy=True, device=None):
    """x with its elements converted to a dtype. A complex number cannot become a real one.

    The result has x's shape. DTypeError for a complex x and a real dtype.

    >>> kn.astype(kn.asarray([1.7, -1.7]), kn.int64)
    array([ 1, -1])
    """
    dtype = _core.to_dtype(dtype)
    if x.dtype == dtype:
        return _core.share(x) if copy else x
    if x.dtype.kind == "c" and dtype.kind not in "cb":
        from .errors import DTypeError
        raise DTypeError(f"[astype] {x.dtype.name} numbers cannot become {dtype.name}; take x.real or abs(x)")
    return _core.ops["cast"](x, dtype)


def isdtype(dtype, kind):
    """Whether a dtype is of a kind ('bool', 'signed integer', 'unsigned integer', 'integral', 'real floating',
    'complex floating', 'numeric'), is another dtype, or one of a tuple of these.

    ValueError for a kind that is not among these.

    >>> kn.isdtype(kn.float32, 'real floating'), kn.isdtype(kn.int8, (kn.bool, 'integral'))
    (True, True)
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, str):
        if kind not in _KINDS:
            raise ValueError(f"[isdtype] {kind!r} is no kind; there are {', '.join(_KINDS)}")
        return dtype in _KINDS[kind]
    return dtype == kind


def can_cast(from_, to, /):
    """Whether a dtype, or an array's, can be converted by promotion alone.

    DTypeError for what is no dtype.

    >>> kn.can_cast(kn.int32, kn.float64), kn.can_cast(kn.float64, kn.float32)
    (True, False)
    """
    given, to = dtype(from_), dtype(to)
    try:
        return _core.promote(given, to) == to
    except TypeError:
        return False


def result_type(*arrays_and_dtypes):
    """The dtype that an operation on these has. Numbers of Python yield to the others.

    ValueError without arguments, DTypeError for dtypes that do not combine.

    >>> kn.result_type(kn.int32, kn.float16), kn.result_type(kn.asarray([1, 2]), 0.5)
    (koine.float16, koine.float32)
    """
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
    """What a floating dtype can hold: bits, eps, max, min, smallest_normal, dtype; of a complex one its parts.

    TypeError for a dtype that is not floating.

    >>> kn.finfo(kn.float16).max
    65504.0
    """
    real = _real_dtype(type)
    if real not in _FLOATS:
        raise TypeError(f"[finfo] {real.name} is not floating; iinfo describes integers")
    mantissa, least, most = _FLOATS[real]
    largest = (2.0 - 2.0 ** -mantissa) * 2.0 ** most
    return _SimpleNamespace(bits=8 * real.itemsize, eps=2.0 ** -mantissa, max=largest, min=-largest,
                            smallest_normal=2.0 ** least, dtype=real)


def iinfo(type, /):
    """What an integer dtype can hold: bits, max, min, dtype.

    TypeError for a dtype that is no integer.

    >>> kn.iinfo(kn.int8).min, kn.iinfo(kn.int8).max
    (-128, 127)
    """
    type = dtype(type)
    if type not in _SIGNED + _UNSIGNED:
        raise TypeError(f"[iinfo] {type.name} is no integer dtype; finfo describes floating ones")
    bits, signed = 8 * type.itemsize, type in _SIGNED
    return _SimpleNamespace(bits=bits, max=2 ** (bits - signed) - 1, min=-(2 ** (bits - 1)) if signed else 0, dtype=type)
