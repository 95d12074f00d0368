"""Fourier transforms: the extension `fft` of the Array API standard.

norm says where the factor 1/n goes: "backward" (the default) to the inverse, "forward" to the other, "ortho" as its root to
both.
"""

from . import _core
from .errors import ValueError as _ValueError
from .manipulation import _axes, _axis, roll as _roll

__all__ = ["fft", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn", "rfft",
           "rfftfreq", "rfftn"]

_ops = _core.ops
_dft = _ops["dft"]


def _factor(norm, length, inverse):
    if norm not in ("backward", "ortho", "forward"):
        raise _ValueError(f"[fft] norm is 'backward', 'ortho' or 'forward', not {norm!r}")
    if norm == "ortho":
        return length ** -0.5
    return 1.0 / length if (norm == "backward") == inverse else 1.0


def _scaled(y, factor):
    return y if factor == 1.0 else y * factor


def _resized(x, length, axis):
    """x cut, or filled up with zeros, to a length along an axis."""
    if length is None or length == x.shape[axis]:
        return x
    if length < 1:
        raise _ValueError(f"[fft] a transform has a length of at least 1, not {length}")
    before = (slice(None),) * axis
    if length < x.shape[axis]:
        return x[before + (slice(None, length),)]
    more = [0] * x.ndim
    more[axis] = length - x.shape[axis]
    return _ops["pad"](x, [0] * x.ndim, more, 0)


def _transform(x, n, axis, norm, inverse):
    axis = _axis(axis, x.ndim)
    x = _resized(x, n, axis)
    return _scaled(_dft(x, axis, inverse), _factor(norm, x.shape[axis], inverse))


def _over_axes(x, s, axes):
    """The axes of a transform, each with its length; an axis may be left as long as it is."""
    if axes is None:
        axes = range(x.ndim) if s is None else range(x.ndim - len(s), x.ndim)
    axes = _axes(axes, x.ndim)
    lengths = [None] * len(axes) if s is None else list(s)
    if len(lengths) != len(axes):
        raise _ValueError(f"[fft] {len(lengths)} lengths for {len(axes)} axes")
    return list(zip(lengths, axes))


def fft(x, /, *, n=None, axis=-1, norm="backward"):
    """The discrete Fourier transform along an axis, of n elements.

    The axis has length n, by default x's; ShapeError for an axis without elements, IndexError for one that x does not
    have, ValueError for another norm.

    >>> kn.fft.fft(kn.asarray([1.0, 0.0, -1.0, 0.0]))
    array([0.+0.j, 2.+0.j, 0.+0.j, 2.+0.j], dtype=complex64)
    """
    return _transform(x, n, axis, norm, False)


def ifft(x, /, *, n=None, axis=-1, norm="backward"):
    """The inverse of fft.

    The axis has length n, by default x's; ShapeError for an axis without elements, IndexError for one that x does not
    have, ValueError for another norm.

    >>> kn.fft.ifft(kn.asarray([4.0, 0.0, 0.0, 0.0]))
    array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j], dtype=complex64)
    """
    return _transform(x, n, axis, norm, True)


def fftn(x, /, *, s=None, axes=None, norm="backward"):
    """fft along several axes, by default all.

    The axes have the lengths s, by default x's; ValueError where lengths and axes are not as many, IndexError for an
    axis that x does not have.

    >>> kn.fft.fftn(kn.asarray([[1.0, 2.0], [3.0, 4.0]]))
    array([[10.+0.j, -2.+0.j],
           [-4.+0.j,  0.+0.j]], dtype=complex64)
    """
    for length, axis in reversed(_over_axes(x, s, axes)):
        x = fft(x, n=length, axis=axis, norm=norm)
    return x


def ifftn(x, /, *, s=None, axes=None, norm="backward"):
    """The inverse of fftn.

    The axes have the lengths s, by default x's; ValueError where lengths and axes are not as many, IndexError for an
    axis that x does not have.

    >>> kn.fft.ifftn(kn.asarray([[4.0, 0.0], [0.0, 0.0]]))
    array([[1.+0.j, 1.+0.j],
           [1.+0.j, 1.+0.j]], dtype=complex64)
    """
    for length, axis in reversed(_over_axes(x, s, axes)):
        x = ifft(x, n=length, axis=axis, norm=norm)
    return x


def rfft(x, /, *, n=None, axis=-1, norm="backward"):
    """The first half, n // 2 + 1 elements, of the fft of real numbers; the rest are its conjugates.

    The axis has length n // 2 + 1; ShapeError for an axis without elements, IndexError for one that x does not have,
    ValueError for another norm.

    >>> kn.fft.rfft(kn.asarray([1.0, 0.0, -1.0, 0.0]))
    array([0.+0.j, 2.+0.j, 0.+0.j], dtype=complex64)
    """
    axis = _axis(axis, x.ndim)
    y = fft(x, n=n, axis=axis, norm=norm)
    return y[(slice(None),) * axis + (slice(None, y.shape[axis] // 2 + 1),)]


def irfft(x, /, *, n=None, axis=-1, norm="backward"):
    """The inverse of rfft: n real numbers, by default twice as many as x has, less two.

    The axis has length n; ShapeError for an axis without elements, IndexError for one that x does not have,
    ValueError for another norm.

    >>> kn.fft.irfft(kn.asarray([0.0, 2.0, 0.0]))
    array([ 1.,  0., -1.,  0.])
    """
    axis = _axis(axis, x.ndim)
    n = 2 * (x.shape[axis] - 1) if n is None else n
    if n < 1:
        raise _ValueError(f"[irfft] the result has a length of at least 1, not {n}")
    before = (slice(None),) * axis
    half = _resized(x, n // 2 + 1, axis)
    mirrored = _ops["conj"](_ops["reverse"](half[before + (slice(1, (n + 1) // 2),)], axis))
    first = half[before + (slice(0, 1),)]
    middle = half[before + (slice(1, None),)]
    # Where an element is its own conjugate its imaginary part counts for nothing.
    whole = _ops["concatenate"]([_real_part(first), _with_real_end(middle, n, axis), mirrored], axis)
    return _ops["real"](_scaled(_dft(whole, axis, True), _factor(norm, n, True)))


def _real_part(x):
    return _ops["complex"](_ops["real"](x), 0.0) if x.dtype.kind == "c" else _as_complex(x)


def _as_complex(x):
    return _ops["cast"](x, _core.complex128 if x.dtype == _core.float64 else _core.complex64)


def _with_real_end(x, n, axis):
    x = x if x.dtype.kind == "c" else _as_complex(x)
    if n % 2 or not x.shape[axis]:
        return x
    before = (slice(None),) * axis
    return _ops["concatenate"]([x[before + (slice(None, -1),)], _real_part(x[before + (slice(-1, None),)])], axis)


def rfftn(x, /, *, s=None, axes=None, norm="backward"):
    """rfft along the last of several axes, by default of all, and fft along the others.

    The axes have the lengths s, by default x's; ValueError where lengths and axes are not as many, IndexError for an
    axis that x does not have.

    >>> kn.fft.rfftn(kn.ones((2, 4))).shape
    (2, 3)
    """
    *others, (length, axis) = _over_axes(x, s, axes)
    x = rfft(x, n=length, axis=axis, norm=norm)
    for length, axis in reversed(others):
        x = fft(x, n=length, axis=axis, norm=norm)
    return x


def irfftn(x, /, *, s=None, axes=None, norm="backward"):
    """The inverse of rfftn.

    The axes have the lengths s, by default x's; ValueError where lengths and axes are not as many, IndexError for an
    axis that x does not have.

    >>> kn.fft.irfftn(kn.fft.rfftn(kn.ones((2, 4))))
    array([[1., 1., 1., 1.],
           [1., 1., 1., 1.]])
    """
    *others, (last, last_axis) = _over_axes(x, s, axes)
    for length, axis in others:
        x = ifft(x, n=length, axis=axis, norm=norm)
    return irfft(x, n=last, axis=last_axis, norm=norm)


_OPPOSITE = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def hfft(x, /, *, n=None, axis=-1, norm="backward"):
    """The fft, n real numbers, of a signal of which x is the first half and the rest its conjugates.

    The axis has length n; ShapeError for an axis without elements, IndexError for one that x does not have,
    ValueError for another norm.

    >>> kn.fft.hfft(kn.asarray([1.0, 2.0, 3.0]))
    array([ 8., -2.,  0., -2.])
    """
    return irfft(_ops["conj"](x), n=n, axis=axis, norm=_OPPOSITE.get(norm, norm))


def ihfft(x, /, *, n=None, axis=-1, norm="backward"):
    """The inverse of hfft.

    The axis has length n // 2 + 1; ShapeError for an axis without elements, IndexError for one that x does not have,
    ValueError for another norm.

    >>> kn.fft.ihfft(kn.asarray([4.0, 0.0, 0.0, 0.0]))
    array([1.-0.j, 1.-0.j, 1.-0.j], dtype=complex64)
    """
    return _ops["conj"](rfft(x, n=n, axis=axis, norm=_OPPOSITE.get(norm, norm)))


def fftfreq(n, /, *, d=1.0, dtype=None, device=None):
    """The frequencies that the elements of an fft stand for, in cycles per unit of the spacing d.

    The result has the shape (n,).

    >>> kn.fft.fftfreq(4)
    array([ 0.  ,  0.25, -0.5 , -0.25])
    """
    from .creation import arange
    positions = arange(n, dtype=_core.int64, device=device)
    signed = _ops["where"](positions < (n + 1) // 2, positions, positions - n)
    return _ops["cast"](signed, _core.float32 if dtype is None else dtype) / (d * n)


def rfftfreq(n, /, *, d=1.0, dtype=None, device=None):
    """The frequencies that the elements of an rfft stand for.

    The result has the shape (n // 2 + 1,).

    >>> kn.fft.rfftfreq(4)
    array([0.  , 0.25, 0.5 ])
    """
    from .creation import arange
    return _ops["cast"](arange(n // 2 + 1, device=device), _core.float32 if dtype is None else dtype) / (d * n)


def _shift(x, axes, amount):
    axes = _axes(range(x.ndim) if axes is None else axes, x.ndim)
    return _roll(x, tuple(amount(x.shape[axis]) for axis in axes), axis=axes)


def fftshift(x, /, *, axes=None):
    """The zero frequency moved to the middle.

    The result has x's shape; IndexError for an axis that x does not have.

    >>> kn.fft.fftshift(kn.fft.fftfreq(4))
    array([-0.5 , -0.25,  0.  ,  0.25])
    """
    return _shift(x, axes, lambda length: length // 2)


def ifftshift(x, /, *, axes=None):
    """The inverse of fftshift.

    The result has x's shape; IndexError for an axis that x does not have.

    >>> kn.fft.ifftshift(kn.asarray([-2, -1, 0, 1]))
    array([ 0,  1, -2, -1])
    """
    return _shift(x, axes, lambda length: -(length // 2))
