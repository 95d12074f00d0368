"""Random numbers from keys: equal keys give equal numbers on every device, and a key is an array, so that it can be an
argument of `jit` and be batched by `vmap`."""

from . import _core
from ._core import Array as _Array
from .errors import DTypeError as _DTypeError
from .errors import ValueError as _ValueError

__all__ = ["bits", "categorical", "dropout", "fold_in", "key", "normal", "permutation", "split", "uniform"]

bits = _core.ops["random_bits"]
categorical = _core.ops["categorical"]
dropout = _core.ops["dropout"]
fold_in = _core.ops["fold_in"]
normal = _core.ops["normal"]
permutation = _core.ops["permutation"]
uniform = _core.ops["uniform"]


def key(seed):
    """The key of a number, an array of two uint32; a key itself is given back.

    >>> kn.random.key(7)
    array([7, 0], dtype=uint32)
    """
    if isinstance(seed, _Array):
        if seed.shape != (2,) or seed.dtype != _core.uint32:
            raise _DTypeError(f"[key] a key is uint32[2], not {seed.dtype.name}{list(seed.shape)}")
        return seed
    if not isinstance(seed, int) or not 0 <= seed < 2**64:
        raise _ValueError(f"[key] a seed is an integer from 0 below 2^64, got {seed!r}")
    return _core.to_array([seed & 0xFFFFFFFF, seed >> 32], _core.uint32)


def split(key, count=2):
    """Keys for independent streams of numbers, as the rows of an array.

    >>> kn.random.split(kn.random.key(7), 3).shape
    (3, 2)
    """
    return _core.split_key(key, count)
