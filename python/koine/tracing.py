"""Functions that are traced once, and what was traced as text."""

import functools as _functools
import inspect as _inspect
import warnings as _warnings
from functools import partial as _partial

from . import _core
from ._core import flatten as _flatten
from .errors import ValueError as _ValueError
from .callbacks import ShapeDType as _ShapeDType
from .functions import OnLeaves as _OnLeaves
from .functions import callable_or_raise as _callable_or_raise
from .tree import FIXED as _FIXED
from .tree import WEAK as _WEAK
from .watch import watch as _watch

__all__ = ["eval_shape", "graph_text", "jit", "print_graph"]


class _Static:
    """An argument that is fixed in a trace."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self):
        return hash(self.value)


_SEED = _core.to_array(0)
_MANY = 32  # traces of one kind of call that were in vain


class Jit:
    """A function that is traced once for each structure and types of its arguments; later calls only replay the graph."""

    def __init__(self, f, static_argnums=(), static_argnames=()):
        # A model is an argument: its parameters may change between calls.
        self._model = f if getattr(type(f), "__koine_tree__", False) else None
        if self._model is None:
            _functools.update_wrapper(self, f)
        self._f = f if self._model is None else lambda model, *args, **keywords: model(*args, **keywords)
        self._places, self._names = _static_arguments(f, static_argnums, static_argnames)
        self._traced, self._in_vain = {}, 0

    def __call__(self, *args, **keywords):
        if self._model is not None:
            args = (self._model, *args)
        if _core.nan_checked():
            return self._f(*args, **keywords)
        if self._places or self._names:
            args = tuple(_Static(arg) if i in self._places or i - len(args) in self._places else arg
                         for i, arg in enumerate(args))
            keywords = {name: _Static(arg) if name in self._names else arg for name, arg in keywords.items()}
        leaves, structure = _flatten((args, keywords), _WEAK)
        key = structure, _core.types_key(leaves)
        try:
            entry = self._traced.get(key)
        except TypeError as error:
            raise _ValueError(f"[jit] an argument holds a value that cannot be hashed, so that calls with it cannot be told "
                              f"apart: {error}") from None
        if entry is None or entry[2] is not None and self._has_changed(entry[2]):
            entry = self._traced[key] = self._trace(leaves, structure)
        recorded, on_leaves, _ = entry
        return on_leaves.finish(recorded.replay([*leaves, _SEED]))

    def _trace(self, leaves, structure):
        on_leaves = _OnLeaves(self._call, structure, seeded=True, numbers=_FIXED)
        recorded = _core.trace(on_leaves, [*leaves, _SEED], "jit")
        return recorded, on_leaves, _watch(self._f, _core.fixed_values(structure), recorded)

    def _has_changed(self, watch):
        changed = watch.changed()
        if changed is None:
            return False
        self._in_vain += 1
        if self._in_vain == _MANY:
            _warnings.warn(f"[jit] {getattr(self, '__name__', 'a function')} was traced {_MANY} times because something changes that "
                           f"it reaches from outside, last {changed}; make it an argument", RuntimeWarning, stacklevel=3)
        return True

    def _call(self, args, keywords):
        args = [arg.value if type(arg) is _Static else arg for arg in args]
        keywords = {name: arg.value if type(arg) is _Static else arg for name, arg in keywords.items()}
        return self._f(*args, **keywords)

    def __get__(self, instance, owner=None):
        return self if instance is None else _functools.partial(self, instance)

    def traces(self):
        """How many different calls were traced."""
        return len(self._traced)


def _static_arguments(f, places, names):
    """The places and names of what is fixed: each by both, as a caller may use either."""
    places = {places} if isinstance(places, int) else set(places or ())
    names = {names} if isinstance(names, str) else set(names or ())
    if not places and not names:
        return places, names
    try:
        known = [name for name, one in _inspect.signature(f).parameters.items()
                 if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
        takes_any = len(known) < len(_inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return places, names
    for name in names:
        if name not in known and not takes_any:
            raise _ValueError(f"[jit] static_argnames has {name!r}, but the arguments are {', '.join(known)}")
    for place in places:
        if not takes_any and not -len(known) <= place < len(known):
            raise _ValueError(f"[jit] static_argnums has {place}, but the arguments are {', '.join(known)}")
    by_place = {known[place] for place in places if -len(known) <= place < len(known)}
    by_name = {place for place, name in enumerate(known) if name in names}
    return places | by_name, names | by_place


def jit(f=None, *, static_argnums=(), static_argnames=()):
    """Compiles a function: it is traced once for each structure and types of its arguments.

    Arrays are arguments of the trace, and so are numbers, alone or in lists, tuples and dicts: a learning rate may change at
    each call. They take the dtype of what they meet. A number that decides about shapes, axes or branches is named in
    static_argnums (by place) or static_argnames: such arguments are fixed, each value has a trace of its own. Bools, strings,
    None, functions, and numbers among the attributes of a model are always fixed. A model that is jitted itself is an argument.

    What f reaches from outside is fixed when f is traced, as in JAX. Where it can be seen that it has changed (a variable or an
    attribute that f names, or an array in a list, dict or model that f took as a constant) f is traced again. So is a call with
    an object that is no tree. What f does besides computing happens only when it is traced; see koine.debug.print.

    >>> f = kn.jit(lambda x, rate: x * rate + 1)
    >>> f(kn.asarray([1, 2]), 2), f(kn.asarray([3, 4]), 3), f.traces()
    (array([3, 5]), array([10, 13]), 1)
    """
    if f is None:
        return _partial(jit, static_argnums=static_argnums, static_argnames=static_argnames)
    return Jit(_callable_or_raise(f, "jit"), static_argnums, static_argnames)


def eval_shape(f, *args, **keywords):
    """What f would give for these arguments, as a tree of koine.ShapeDType; nothing is computed. Arguments may be such themselves, or
    anything else that has a shape and a dtype.

    >>> kn.eval_shape(lambda x: {"y": x @ x.T}, kn.ShapeDType((2, 3)))
    {'y': ShapeDType((2, 2), float32)}
    """
    _callable_or_raise(f, "eval_shape")
    def is_type(part):
        return isinstance(part, _ShapeDType) or type(part) is not _core.Array and hasattr(part, "shape") and hasattr(part, "dtype")

    given, form = _core.flatten((args, keywords), _WEAK, 0, is_type)
    leaves = [_core.ops["full"](leaf.shape, 0, leaf.dtype) if is_type(leaf) else leaf for leaf in given]
    on_leaves = _OnLeaves(lambda args, keywords: f(*args, **keywords), form)
    results = _core.eval_shape(on_leaves, leaves)
    return on_leaves.wrap([None if one is None else _ShapeDType(one.shape, one.dtype) for one in results])


def graph_text(f):
    """The function that gives the graph of f for arguments like its own, as text; f is traced and not run.

    >>> 'tanh' in kn.graph_text(lambda x: kn.tanh(x) * 2)(kn.ones(3))
    True
    """
    _callable_or_raise(f, "graph_text")

    def text(*args, **keywords):
        leaves, structure = _flatten((args, keywords), _WEAK)
        return str(_core.trace(_OnLeaves(lambda a, k: f(*a, **k), structure), leaves, "graph_text"))

    return text


def print_graph(f, *args, **keywords):
    """Prints the graph of f for these arguments.

    >>> kn.print_graph(lambda x: kn.tanh(x), kn.ones(3))
    inputs %0 : float32[3]
    %1 = tanh(%0) : float32[3]
    outputs %1
    """
    print(graph_text(f)(*args, **keywords))
