"""Control flow in traced functions: loops and choices, over trees (see koine.tree), differentiable and batched."""

from . import _core
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .callbacks import collected as _collected
from .callbacks import emit as _emit
from .errors import DTypeError as _DTypeError
from .errors import ShapeError as _ShapeError
from .errors import ValueError as _ValueError
from .functions import OnLeaves as _OnLeaves
from .functions import callable_or_raise as _callable_or_raise
from .functions import without_effects as _without_effects
from .functions import wraps as _wraps
from .tree import ARRAYS as _ARRAYS
from .tree import EXACT as _EXACT
from .tree import NOTHING as _NOTHING
from .tree import PARTS as _PARTS
from .tree import WHOLE as _WHOLE

__all__ = ["associative_scan", "checkpoint", "cond", "fori_loop", "scan", "switch", "while_loop"]


def checkpoint(f=None):
    """The function that computes its inner values again in a backward pass instead of keeping them.

    >>> kn.grad(kn.checkpoint(lambda x: kn.sin(x) ** 2))(kn.asarray(0.0))
    array(0.0)
    """
    _callable_or_raise(f, "checkpoint")

    @_wraps(f)
    def recomputed(*args, **keywords):
        leaves, structure = _flatten((args, keywords))
        on_leaves = _OnLeaves(lambda args, keywords: f(*args, **keywords), structure)
        return on_leaves.finish(_core.checkpoint(on_leaves, leaves))

    return recomputed


class _Retrace(Exception):
    """The carry is not yet what the loop makes of it: it has to begin anew with this one."""

    def __init__(self, carry):
        self.carry = carry


class _Carry:
    """What goes from step to step: its leaves, and their form, which each step gives back. Numbers of Python in it take the dtype
    that the loop gives them. One array at two places is one only as long as the loop keeps it so."""

    def __init__(self, init, transform):
        self.transform, self.init = transform, init
        self.leaves, self.form = _flatten(init, _ARRAYS, _WHOLE)

    def tree(self, leaves):
        return _unflatten(self.form, leaves)

    def after(self, tree):
        """The leaves of what a step gave."""
        what = f"[{self.transform}] the carry changes: it"
        try:
            found = _core.leaves_like(self.form, tree, what, _EXACT)
        except _ShapeError:
            _, apart = _flatten(self.init, _ARRAYS, _NOTHING)
            if apart == self.form:
                raise
            _core.leaves_like(apart, tree, what, _EXACT)
            raise _Retrace(_untied(self.init)) from None
        found = [one if type(one) is _core.Array else _core.to_array(one) for one in found]
        for i, (before, now) in enumerate(zip(self.leaves, found)):
            if (before.dtype, before.shape) == (now.dtype, now.shape):
                continue
            if before.shape == now.shape and self._is_number(i) and _takes(now.dtype, before.dtype):
                raise _Retrace(_unflatten(self.form, [_core.ops["cast"](before, now.dtype) if k == i else leaf
                                                      for k, leaf in enumerate(self._given())]))
            path = _core.paths_of(self.form)[i]
            raise _ShapeError(f"[{self.transform}] the carry changes its type{f' at {path!r}' if path else ''}: it goes in as "
                              f"{before.dtype.name}{list(before.shape)} and comes out as {now.dtype.name}{list(now.shape)}")
        return found

    def _given(self):
        """The leaves as they were given, numbers as numbers."""
        return _core.leaves_like(self.form, self.init, "", _EXACT)

    def _is_number(self, i):
        given = self._given()[i]
        return isinstance(given, (bool, int, float, complex)) or _core.is_number(given)


_RANK = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


def _takes(dtype, number):
    """Whether a number, which has no dtype of its own, can be one of a dtype."""
    return _RANK[dtype.kind] >= _RANK[number.kind]


def _untied(tree):
    leaves, form = _flatten(tree, _ARRAYS, _NOTHING)
    return _unflatten(form, [_core.share(leaf) for leaf in leaves])


def _looped(run, init, transform):
    """run(carry), again as long as the carry has to begin as something else."""
    for _ in range(64):
        try:
            return run(_Carry(init, transform))
        except _Retrace as again:
            init = again.carry
    raise _ShapeError(f"[{transform}] the carry never keeps its dtypes")


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """Repeats f(carry, x) -> (carry, y) over the first axis of every leaf of xs: gives the last carry and the stacked y.

    Without xs the length says how often. The carry keeps its structure, matched by name, its shapes and dtypes: ShapeError says
    where it does not; a number of Python in `init` takes the dtype that f gives it. `unroll` is understood and changes nothing.

    >>> kn.scan(lambda total, x: (total + x, total + x), 0, kn.asarray([1, 2, 3]))
    (array(6), array([1, 3, 6]))
    """
    _callable_or_raise(f, "scan")
    sequences, shape = _flatten(xs, _ARRAYS)
    for leaf, path in zip(sequences, _core.paths_of(shape)):
        if leaf.ndim == 0:
            raise _ShapeError(f"[scan] xs{f' at {path!r}' if path else ''} has no axis to walk along: it is a number")
    if length is not None:
        length = _count(length, "scan", "length")
    _count(unroll, "scan", "unroll")

    def run(carry):
        last = []

        def body(inner):
            given, effect = _collected(lambda: f(carry.tree(inner[:len(carry.leaves)]), _unflatten(shape, inner[len(carry.leaves):])))
            if not isinstance(given, (tuple, list)) or len(given) != 2:
                raise _ShapeError(f"[scan] the function gives a pair, (carry, y), not {_described(given)}")
            first = carry.after(given[0])
            second, result_shape = _flatten(given[1], _ARRAYS)
            last[:] = [result_shape, effect is not None]
            return first + second + ([effect] if effect is not None else [])

        out = _core.scan(body, carry.leaves, sequences, -1 if length is None else length, bool(reverse))
        if last[1]:
            _emit(out.pop())
        return carry.tree(out[:len(carry.leaves)]), _unflatten(last[0], out[len(carry.leaves):])

    return _looped(run, init, "scan")


def _described(value):
    return f"a {type(value).__name__}" + (f" of {len(value)}" if isinstance(value, (tuple, list, dict)) else "")


def _count(value, transform, what):
    try:
        value = value.__index__()
    except (AttributeError, TypeError):
        raise _DTypeError(f"[{transform}] {what} is an integer, not {_described(value)}") from None
    if value < 0:
        raise _ValueError(f"[{transform}] {what} is not negative, got {value}")
    return value


def while_loop(condition, body, init, max_steps=None):
    """Repeats body(carry) -> carry while condition(carry), a bool array without axes, holds.

    The carry is as that of `scan`. Forward mode always works, reverse mode with max_steps, after which the loop ends; under vmap
    it runs until every example is done.

    >>> kn.while_loop(lambda x: x < 100, lambda x: x * 2, 1)
    array(128)
    """
    _callable_or_raise(condition, "while_loop"), _callable_or_raise(body, "while_loop")
    max_steps = 0 if max_steps is None else _count(max_steps, "while_loop", "max_steps")

    def run(carry):
        count, effects = len(carry.leaves), []

        def test(inner):
            holds = _without_effects(condition, "the condition of while_loop")(carry.tree(inner[:count]))
            return [_truth(holds, "while_loop", "the condition")]

        def step(inner):
            tree, effect = _collected(lambda: body(carry.tree(inner[:count])))
            after = carry.after(tree)
            if effect is not None:
                effects.append(effect)
            return after + ([effect if effect is not None else inner[-1]] if len(inner) > count else [])

        out = _core.while_loop(test, step, carry.leaves, max_steps)
        if effects:  # once more, with the effects among what is carried, so that they happen
            *out, effect = _core.while_loop(test, step, [*carry.leaves, _core.to_array(0)], max_steps)
            _emit(effect)
        return carry.tree(out)

    return _looped(run, init, "while_loop")


def _truth(value, transform, what):
    """A bool array without axes, of what may be a number."""
    if isinstance(value, (tuple, list, dict, str)) or value is None:
        raise _DTypeError(f"[{transform}] {what} is a bool without axes, not {_described(value)}")
    value = _core.to_array(value)
    if value.ndim != 0:
        raise _ShapeError(f"[{transform}] {what} is a bool without axes, not {value.dtype.name}{list(value.shape)}; all() or any() "
                          "makes one of many")
    if value.dtype.kind != "b":
        value = value != 0
    return value


def fori_loop(start, stop, body, init):
    """Repeats body(i, carry) -> carry for the integers from start up to but without stop.

    Where both have values the number of steps is fixed, and both modes of derivatives work. Inside `jit` or `vmap` they may be
    arrays that have none: then it is a `while_loop`, without a derivative in reverse.

    >>> kn.fori_loop(0, 5, lambda i, x: x * 2, 1)
    array(32)
    >>> kn.jit(lambda n: kn.fori_loop(0, n, lambda i, x: x + i, 0))(kn.asarray(5))
    array(10)
    """
    _callable_or_raise(body, "fori_loop")
    bounds = []
    for bound, what in ((start, "start"), (stop, "stop")):
        if not hasattr(type(bound), "__index__"):
            raise _DTypeError(f"[fori_loop] {what} is an integer, not {_described(bound)}")
        bounds.append(bound if type(bound) is _core.Array else _core.to_array(bound.__index__()))

    def run(carry):
        found = []

        def step(inner):
            tree, effect = _collected(lambda: body(inner[0], carry.tree(inner[1:1 + len(carry.leaves)])))
            found[:] = [effect]
            after = carry.after(tree)
            return after + ([effect if effect is not None else inner[-1]] if len(inner) > 1 + len(carry.leaves) else [])

        out = _core.fori_loop(*bounds, step, carry.leaves)
        if found and found[0] is not None:
            *out, effect = _core.fori_loop(*bounds, step, [*carry.leaves, _core.to_array(0)])
            _emit(effect)
        return carry.tree(out)

    return _looped(run, init, "fori_loop")


def _choice(run, branches, operands, transform):
    """Runs a choice between functions of the operands: all give the same structure, or the first difference is raised."""
    for branch in branches:
        _callable_or_raise(branch, transform)
    leaves, structure = _flatten(operands, _ARRAYS, _PARTS)
    sides, results = [_OnLeaves(branch, structure) for branch in branches], {}

    def traced(side, with_effect):
        def call(inner):
            out = side(inner)
            if side is not sides[0] and side.result != sides[0].result:
                what = f"[{transform}] the functions give different structures: another one"
                tree = side.wrap(out)
                effect = out[-1:] if side.has_effect else []
                out, side.result = _core.leaves_like(sides[0].result, tree, what, _EXACT) + effect, sides[0].result
            _same_types(results, side, out)
            if with_effect and not side.has_effect:
                side.has_effect = True
                out = [*out, _core.to_array(0)]
            return out

        return call

    def _same_types(results, side, out):
        values = out[:-1] if side.has_effect else out
        types = [(one.dtype, one.shape) for one in values]
        first = results.setdefault("types", types)
        for path, a, b in zip(_core.paths_of(sides[0].result), first, types):
            if a != b:
                raise _ShapeError(f"[{transform}] the functions give different types{f' at {path!r}' if path else ''}: "
                                  f"{a[0].name}{list(a[1])} and {b[0].name}{list(b[1])}")

    out = None
    try:
        out = run([traced(side, False) for side in sides], leaves)
    except (_ShapeError, _ValueError):
        if len({side.has_effect for side in sides}) < 2:
            raise
    if out is None:
        out = run([traced(side, True) for side in sides], leaves)
    return sides[0].finish(out)


def cond(predicate, yes, no, *operands):
    """yes(*operands) where the predicate, a bool without axes, is true, else no(*operands); only one is computed. Under
    vmap over the predicate both are, and the one not chosen reaches no result and no gradient.

    Both give the same structure, matched by name, with the same shapes and dtypes: ShapeError says where they do not.

    >>> kn.cond(kn.asarray(True), lambda x: x + 1, lambda x: x - 1, kn.asarray(10))
    array(11)
    """
    predicate = _truth(predicate, "cond", "the predicate")
    return _choice(lambda sides, leaves: _core.cond(predicate, *sides, leaves), (yes, no), operands, "cond")


def switch(index, branches, *operands):
    """branches[index](*operands), for an integer array without axes; below 0 it is the first one, beyond the last the last.

    All branches give the same structure, matched by name, with the same shapes and dtypes. Only one is computed; under vmap over
    the index all are.

    >>> kn.switch(kn.asarray(2), [lambda x: x, lambda x: x * 10, lambda x: x * 100], kn.asarray(7))
    array(700)
    """
    if not isinstance(branches, (list, tuple)) or not branches:
        raise _ValueError(f"[switch] the branches are a list of functions, at least one, not {_described(branches)}")
    if not hasattr(type(index), "__index__"):
        raise _DTypeError(f"[switch] the index is an integer without axes, not {_described(index)}")
    index = _core.to_array(index)
    if index.ndim != 0 or index.dtype.kind not in "iu":
        raise _DTypeError(f"[switch] the index is an integer without axes, not {index.dtype.name}{list(index.shape)}")
    return _choice(lambda sides, leaves: _core.switch_case(index, sides, leaves), tuple(branches), operands, "switch")


def associative_scan(combine, elements, reverse=False, axis=0):
    """All partial results of an associative operation along an axis of every leaf, in a number of steps that is the logarithm of
    its length (Blelloch, 1990).

    combine(a, b) is given stretches of the elements, trees like `elements`, and gives one like each of them.

    >>> kn.associative_scan(kn.add, kn.asarray([1, 2, 3, 4]))
    array([ 1,  3,  6, 10])
    """
    _callable_or_raise(combine, "associative_scan")
    leaves, structure = _flatten(elements, _ARRAYS)

    def on_leaves(inner):
        result = combine(_unflatten(structure, inner[:len(leaves)]), _unflatten(structure, inner[len(leaves):]))
        found = _core.leaves_like(structure, result, "[associative_scan] what combine gives", _EXACT)
        return [one if type(one) is _core.Array else _core.to_array(one) for one in found]

    return _unflatten(structure, _core.associative_scan(on_leaves, leaves, bool(reverse), axis.__index__()))
