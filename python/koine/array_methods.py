"""The methods of Array that are no operators: ops of the table, and conversions to other libraries."""

from . import _core
from .dtypes import astype
from .hints import missing_of_array
from .reductions import std


def __array__(self, dtype=None, copy=None):
    import numpy
    x = self
    if x.dtype == _core.bfloat16:
        x = _core.ops["cast"](x, _core.float32)
    view = numpy.asarray(memoryview(x))
    if dtype is not None and view.dtype != dtype:
        if copy is False:
            raise ValueError("[__array__] copy=False, but another dtype needs a copy")
        return view.astype(dtype)
    return view.copy() if copy else view


def __array_namespace__(self, /, *, api_version=None):
    import koine
    known = ("2021.12", "2022.12", "2023.12", "2024.12")
    if api_version is not None and api_version not in known:
        raise ValueError(f"[__array_namespace__] the version {api_version!r} is not known; there are {', '.join(known)}")
    return koine


def __dlpack__(self, /, *, stream=None, max_version=None, dl_device=None, copy=None):
    if stream is not None:
        raise ValueError("[__dlpack__] the device 'cpu' has no streams")
    if dl_device is not None and tuple(dl_device) != (1, 0):
        raise BufferError(f"[__dlpack__] the device {dl_device} is not this one, (1, 0)")
    versioned = max_version is not None and max_version[0] >= 1
    source = _core.copied(self) if copy else self
    # Only the versioned form can say that the elements must not be written to.
    capsule = _core.exchange(source, versioned and not copy)
    return capsule.__dlpack__(max_version=max_version) if versioned else capsule.__dlpack__()


def __dlpack_device__(self, /):
    return (1, 0)


def to_device(self, device, /, *, stream=None):
    """The array itself, as there is one device, 'cpu'; ValueError for another."""
    if device != "cpu":
        raise ValueError(f"[to_device] there is no device {device!r}; there is 'cpu'")
    return self


def restore(dtype, shape, data):
    """An array of the bytes of its elements, for pickles."""
    return _core.restore(dtype, shape, data)


def __reduce__(self):
    return restore, (self.dtype, list(self.shape), _core.to_bytes(self))


def __copy__(self):
    return _core.share(self)


def __deepcopy__(self, memo):
    return _core.share(self)


def __format__(self, spec):
    return format(self.item() if spec and self.ndim == 0 else str(self), spec)


def _repr_html_(self):
    from .html import describe
    return describe(self)


def __divmod__(self, other):
    return self // other, self % other


def __rdivmod__(self, other):
    return other // self, other % self


def _method_astype(self, dtype, /, *, copy=True, device=None):
    """x with its elements converted to a dtype: koine.astype(x, dtype)."""
    return astype(self, dtype, copy=copy, device=device)


def _method_std(self, axis=None, correction=0.0, keepdims=False):
    """The standard deviation: koine.std(x, axis=axis)."""
    return std(self, axis=axis, correction=correction, keepdims=keepdims)


def add_to(array):
    """Gives the class its methods. Ops of arrays x or x1 are methods too: x.sum(axis=0) is sum(x, axis=0)."""
    for name, op in _core.ops.items():
        first = op.__text_signature__[1:-1].split(",")[0]
        if first in ("x", "x1") and not hasattr(array, name):
            setattr(array, name, op)
    for method in (__array__, __array_namespace__, __dlpack__, __dlpack_device__, to_device, __reduce__, __copy__,
                   __deepcopy__, __divmod__, __rdivmod__, __format__, _repr_html_):
        setattr(array, method.__name__, method)
    array.astype = _method_astype
    array.std = _method_std
    array.__getattr__ = missing_of_array
    # NumPy leaves `numpy_array * koine_array` to us.
    array.__array_ufunc__ = None
    array.__module__ = "koine"
