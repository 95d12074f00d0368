"""What the transforms of functions share: a function on trees as one on lists of arrays."""

import functools as _functools
from types import FunctionType as _FunctionType

from . import _core
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .callbacks import collected as _collected
from .callbacks import emit as _emit
from .errors import DTypeError as _DTypeError
from .errors import TraceError as _TraceError
from .tree import ARRAYS, TANGENTS


def wraps(f):
    """functools.wraps for whatever can be called. Loops transform a lambda at every step: the common case is spelled out, at a
    fraction of the cost."""

    def wrapping(wrapper):
        if type(f) is _FunctionType:
            wrapper.__module__, wrapper.__name__, wrapper.__qualname__ = f.__module__, f.__name__, f.__qualname__
            wrapper.__doc__, wrapper.__annotations__ = f.__doc__, f.__annotations__
            wrapper.__dict__.update(f.__dict__, __wrapped__=f)
        elif hasattr(f, "__name__"):
            _functools.update_wrapper(wrapper, f)
        return wrapper

    return wrapping


def callable_or_raise(f, transform):
    """f, where it can be called."""
    if not callable(f):
        raise _DTypeError(f"[{transform}] takes a function, not a {type(f).__name__}")
    return f


class OnLeaves:
    """f on the leaves of its arguments; keeps the structure of its last result. The effects of f are a last leaf more."""

    def __init__(self, f, structure, keywords=None, seeded=False, numbers=ARRAYS):
        self.f, self.structure, self.keywords, self.result, self.has_effect = f, structure, keywords or {}, None, False
        self.seeded = seeded  # the last leaf is what effects are made from
        self.numbers = numbers  # what becomes of those that f gives

    def __call__(self, leaves):
        *leaves, seed = leaves if self.seeded else (*leaves, None)
        tree, effect = _collected(lambda: self.f(*_unflatten(self.structure, leaves), **self.keywords), seed)
        leaves, self.result = _flatten(tree, self.numbers)
        self.has_effect = effect is not None
        return [*leaves, effect] if self.has_effect else leaves

    def wrap(self, leaves):
        return _unflatten(self.result, leaves[:-1] if self.has_effect else leaves)

    def finish(self, leaves):
        """The result; its effects are passed on."""
        if self.has_effect:
            _emit(leaves[-1])
        return self.wrap(leaves)


def without_effects(f, transform):
    """f, whose effects would be lost."""

    def checked(*args, **keywords):
        result, effect = _collected(lambda: f(*args, **keywords))
        if effect is not None:
            raise _TraceError(f"[{transform}] an effect such as printing is not possible inside; take it out of the function")
        return result

    return checked


def tangents_like(structure, tangents, leaves, what, of_results=False):
    """One tangent, or cotangent, for each leaf: None stands for zero, also for a whole part of the tree. A cotangent of a result
    that is an integer may be one too, which says nothing."""
    found = _core.leaves_like(structure, tangents, what, TANGENTS)
    for i, (tangent, leaf) in enumerate(zip(found, leaves)):
        if tangent is None:
            continue
        if leaf.dtype.kind not in "fc":
            if of_results and _core.to_array(tangent).dtype.kind not in "fc":
                found[i] = None
                continue
            path = _core.paths_of(structure)[i]
            raise _DTypeError(f"{what}{f' at {path!r}' if path else ''}: what it belongs to is {leaf.dtype.name}, which has no "
                              "derivative; give None")
        if type(tangent) is not _core.Array:
            found[i] = _core.to_array(tangent, leaf.dtype)
    return found

