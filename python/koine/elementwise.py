"""Elementwise functions whose signature in the Array API is not the op's."""

from . import _core

__all__ = ["clip", "positive", "bitwise_not", "power", "round"]

_ops = _core.ops
bitwise_not = _ops["bitwise_invert"]
power = _ops["pow"]


def positive(x, /):
    """x itself.

    The result has x's shape.

    >>> kn.positive(kn.asarray([1, -2]))
    array([ 1, -2])
    """
    return _core.share(x)


def clip(x, /, min=None, max=None):
    """x, but not below min nor above max; a bound that is None is none. The dtype is x's.

    Bounds broadcast against x; ShapeError where they do not, DTypeError for complex numbers.

    >>> kn.clip(kn.asarray([-2.0, 0.5, 3.0]), -1, 1)
    array([-1. ,  0.5,  1. ])
    """
    if min is None and max is None:
        return _core.share(x)
    if min is None:
        return _ops["minimum"](x, max)
    if max is None:
        return _ops["maximum"](x, min)
    return _ops["clip"](x, min, max)


def round(x, /):
    """The nearest integer, of two the even one; of a complex number both parts.

    The result has x's shape.

    >>> kn.round(kn.asarray([0.5, 1.5, -1.2]))
    array([ 0.,  2., -1.])
    """
    if x.dtype.kind != "c":
        return _ops["round"](x)
    return _ops["complex"](_ops["round"](x.real), _ops["round"](x.imag))
