"""What the Array API standard asks a library about itself, and what the runtime does."""

from . import _core
from .dtypes import _KINDS

__all__ = ["__array_namespace_info__", "evaluate", "limit_memory", "stats"]

_STANDARD = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
             "complex64", "complex128")


class _Info:
    def capabilities(self):
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self):
        return "cpu"

    def devices(self):
        return ["cpu"]

    def default_dtypes(self, *, device=None):
        return {"real floating": _core.float32, "complex floating": _core.complex64, "integral": _core.int64,
                "indexing": _core.int64}

    def dtypes(self, *, device=None, kind=None):
        kinds = _KINDS if kind is None else kind if isinstance(kind, tuple) else (kind,)
        wanted = {dtype for one in kinds for dtype in _KINDS[one]}
        return {name: _core.to_dtype(name) for name in _STANDARD if _core.to_dtype(name) in wanted}


def __array_namespace_info__():
    """Devices, dtypes and capabilities, as the Array API standard asks for them.

    >>> kn.__array_namespace_info__().default_dtypes()['indexing']
    koine.int64
    """
    return _Info()


def evaluate(*trees):
    """Computes the values of all arrays of trees now, and gives the trees back.

    >>> x = kn.evaluate(kn.ones(3) * 2)
    >>> model, loss = kn.evaluate({"w": kn.ones(3) * 2}, kn.ones(()) / 3)
    """
    for leaf in _core.flatten(trees)[0]:
        _core.evaluate(leaf)
    return trees[0] if len(trees) == 1 else trees


def stats():
    """Evaluations that found their program, programs made and held, bytes live and at the peak.

    >>> kn.stats()['programs_made'] > 0
    True
    """
    return _core.stats()


def limit_memory(bytes):
    """From now on arrays take at most so many bytes, None for no limit: what would take more raises OutOfMemory, and all arrays
    stay as they were.

    >>> kn.limit_memory(64 * 2**30)
    >>> kn.limit_memory(None)
    """
    _core.limit_memory(0 if bytes is None else int(bytes))
