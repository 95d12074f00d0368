"""Functions of Python inside programs: values computed by NumPy and others, and effects such as printing."""

import atexit as _atexit
import functools as _functools
import math as _math
import threading as _threading

from . import _core
from ._core import Array as _Array
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .errors import CallbackError as _CallbackError
from .errors import TraceError as _TraceError
from .errors import ValueError as _ValueError
from .tree import PREFIX as _PREFIX

__all__ = ["ShapeDType", "io_callback", "pure_callback"]


class ShapeDType:
    """What is known of an array before it has a value: its shape and dtype. An array serves as well where one is asked for.

    >>> kn.ShapeDType((2, 3), kn.float16)
    ShapeDType((2, 3), float16)
    """

    __slots__ = ("shape", "dtype")
    _is_leaf = True  # for koine.tree

    def __init__(self, shape, dtype=_core.float32):
        lengths = (shape,) if hasattr(type(shape), "__index__") else tuple(shape)
        if not all(hasattr(type(n), "__index__") for n in lengths):
            raise _ValueError(f"[ShapeDType] a shape is a tuple of integers, not {shape!r:.60}")
        self.shape, self.dtype = tuple(n.__index__() for n in lengths), _core.to_dtype(dtype)

    @property
    def ndim(self):
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self):
        """The number of elements."""
        return _math.prod(self.shape)

    def __eq__(self, other):
        return isinstance(other, ShapeDType) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self):
        return hash((self.shape, self.dtype))

    def __repr__(self):
        return f"ShapeDType({self.shape}, {self.dtype.name})"


class _Effects(_threading.local):
    """The effects of the function that is being traced: arrays whose values are 0, each made by a callback from the one before,
    so that all are run in their order when the last one is evaluated. The first is made from the seed, an argument of the
    trace, so that a callback without arguments is called each time and not while the function is traced."""

    tokens = seed = None


_effects = _Effects()


def collected(f, seed=None):
    """f() and the effect that stands for all those in it, or None; for transforms that trace."""
    before = _effects.tokens, _effects.seed
    _effects.tokens, _effects.seed = [], _effects.seed if seed is None else seed
    try:
        result = f()
        return result, _effects.tokens[-1] if _effects.tokens else None
    finally:
        _effects.tokens, _effects.seed = before


def emit(token):
    """Passes the effect of a function on: to the trace around it, or it happens now."""
    if _effects.tokens is not None:
        # A scan or vmap gives one for each step. Programs run callbacks in the order in which they were recorded.
        token = token.sum() if token.ndim else token
        _effects.tokens.append(_effects.tokens[-1] + token if _effects.tokens else token)
    elif _core.is_abstract(token):
        raise _TraceError("[callback] an effect such as printing is not possible in this transform; take it out of the function")
    else:
        _core.evaluate(token)


def _result_types(like):
    """Shapes, dtypes and structure of what is promised: a tree of arrays or ShapeDTypes."""
    found, structure = _flatten(like, 0, 0, lambda part: isinstance(part, ShapeDType))
    if other := _core.fixed_values(structure):
        raise _ValueError(f"[callback] the result is promised as a tree of koine.ShapeDType or arrays, not {other[0]!r}")
    return tuple(tuple(one.shape) for one in found), tuple(one.dtype for one in found), structure


def _to_host(x):
    """The array as NumPy has it."""
    import numpy
    return numpy.asarray(x if x.dtype is not _core.bfloat16 else _core.ops["cast"](x, _core.float32))


class _OnHost:
    """A function on lists of arrays that calls one of NumPy's arrays. One that is an effect has a token as its last operand
    and as its last result."""

    def __init__(self, f, structure, results, dtypes, is_effect):
        self.f, self.structure, self.results, self.dtypes, self.is_effect = f, structure, results, dtypes, is_effect

    def __call__(self, leaves):
        values = leaves[:-1] if self.is_effect else leaves
        args, keywords = _unflatten(self.structure, [_to_host(leaf) for leaf in values])
        result, parts = self.f(*args, **keywords), []
        if self.results is not None:  # in any form that makes an array
            parts = [part if isinstance(part, _Array) else _core.to_array(part, dtype) for part, dtype in
                     zip(_core.leaves_like(self.results, result, "[callback] what the function gave", _PREFIX), self.dtypes)]
        return [*parts, _core.to_array(0)] if self.is_effect else parts


@_functools.lru_cache(maxsize=256)
def _host_function(f, structure, results, shapes, dtypes, is_effect):
    if is_effect:
        shapes, dtypes = (*shapes, ()), (*dtypes, _core.int64)
    on_host = _OnHost(f, structure, results, dtypes, is_effect)
    return _core.Callback(on_host, [list(shape) for shape in shapes], list(dtypes))


_atexit.register(_host_function.cache_clear)


def _host_function_of(*facts):
    try:
        return _host_function(*facts)
    except TypeError:  # something in it cannot be hashed
        return _host_function.__wrapped__(*facts)


def pure_callback(f, result, *args, vectorized=False, **keywords):
    """f(*args) computed by Python, as a part of the program: f takes and gives NumPy's arrays.

    `result` promises what comes: `koine.ShapeDType(shape, dtype)`, an array like it, or a tree of these. f is called when the
    value is needed, as often as that is, and on any thread; so it must depend on its arguments alone. Under `vmap` it is called
    for each example, or once with an axis in front when it is `vectorized`. It has no derivative unless `custom_vjp`,
    `custom_jvp` or `koine.Op` gives it one. An exception of f is raised as CallbackError by whoever reads the value.

    >>> import math
    >>> kn.jit(lambda x: kn.pure_callback(math.gamma, x, x) + 1)(kn.asarray(5.0))
    array(25.)
    """
    shapes, dtypes, results = _result_types(result)
    leaves, structure = _flatten((args, keywords))
    return _unflatten(results, _host_function_of(f, structure, results, shapes, dtypes, False)(leaves, vectorized))


def io_callback(f, result, *args, **keywords):
    """f(*args) of Python for what it does, such as writing a log or reading a camera; f takes and gives NumPy's arrays.

    Inside `jit` and other transforms such calls happen once each time that the function is called, in their order, before
    the call returns; under `vmap` for each example. `result` promises what comes as in `pure_callback`, or is None. An
    exception of f is raised as CallbackError by the call.

    >>> seen = []
    >>> kn.jit(lambda x: (kn.io_callback(lambda v: seen.append(float(v)), None, x), x * 2)[1])(kn.asarray(3.0))
    array(6.)
    >>> seen
    [3.0]
    """
    shapes, dtypes, results = ((), (), None) if result is None else _result_types(result)
    leaves, structure = _flatten((args, keywords))
    tokens, seed = _effects.tokens, _effects.seed
    before = tokens[-1] if tokens else seed if seed is not None else _core.to_array(0)
    *values, token = _host_function_of(f, structure, results, shapes, dtypes, True)([*leaves, before], False)
    emit(token)
    return None if result is None else _unflatten(results, values)


def print_values(text, *args, **keywords):
    """Prints text.format(*args, **keywords) with the values of arrays, also inside `jit` and other transforms, in order."""
    io_callback(_Printer(text), None, *args, **keywords)


class _Printer:
    def __init__(self, text):
        self.text = text

    def __call__(self, *args, **keywords):
        print(self.text.format(*map(_shown, args), **{name: _shown(one) for name, one in keywords.items()}), flush=True)

    def __eq__(self, other):
        return isinstance(other, _Printer) and self.text == other.text

    def __hash__(self):
        return hash(self.text)


def _shown(x):
    return x.item() if getattr(x, "shape", None) == () else x
