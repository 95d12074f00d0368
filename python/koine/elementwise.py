"""Elementwise functions whose signature in the Array API is not the op's."""

from . import _core

__all__ = ["clip", "positive", "bitwise_not", "power", "round"]

_ops = _core.ops
bitwise_not = _ops["bitwise_invert"]
power = _ops["pow"]


def positive(x, /):
    """x itself."""
    return _core.share(x)


def clip(x, /, min=None, max=None):
    """x, but not below min nor above max; a bound that is None is none. The dtype is x's."""
    if min is None and max is None:
        return _core.share(x)
    if min is None:
        return _ops["minimum"](x, max)
    if max is None:
        return _ops["maximum"](x, min)
    return _ops["clip"](x, min, max)


def round(x, /):
    """The nearest integer, of two the even one; of a complex number both parts."""
    if x.dtype.kind != "c":
        return _ops["round"](x)
    return _ops["complex"](_ops["round"](x.real), _ops["round"](x.imag))
