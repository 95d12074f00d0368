"""Functions with derivatives of their own."""

import functools as _functools
import inspect as _inspect
import threading as _threading

from . import _core
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .creation import zeros_like as _zeros_like
from .errors import DTypeError as _DTypeError
from .errors import ShapeError as _ShapeError
from .errors import ValueError as _ValueError
from .functions import OnLeaves as _OnLeaves
from .functions import callable_or_raise as _callable_or_raise
from .functions import without_effects as _without_effects
from .tree import ARRAYS as _ARRAYS
from .tree import EXACT as _EXACT
from .tree import PARTS as _PARTS
from .tree import TANGENTS as _TANGENTS
from .tree import WEAK as _WEAK

__all__ = ["closure_convert", "custom_jvp", "custom_vjp"]


class _Depth(_threading.local):
    """How many rules of a function are being recorded inside each other."""

    count = 0


class _Custom:
    """What both kinds share: arguments by position, and which of them have a derivative."""

    # A rule that calls its function has a derivative too, by the rule again: so many times, then by the function itself.
    _deepest = 3

    def __init__(self, f, nondiff_argnums, nondiff_argnames):
        self._name = type(self).__name__
        _functools.update_wrapper(self, _callable_or_raise(f, self._name))
        self._f, self._depth = f, _Depth()
        try:
            self._signature = _inspect.signature(f)
        except (TypeError, ValueError):
            self._signature = None
        names = list(self._signature.parameters) if self._signature else []
        self._fixed = {place.__index__() for place in self._many(nondiff_argnums)}
        for name in self._many(nondiff_argnames):
            if name not in names:
                raise _ValueError(f"[{self._name}] nondiff_argnames has {name!r}, but the arguments are {', '.join(names)}")
            self._fixed.add(names.index(name))

    @staticmethod
    def _many(given):
        return (given,) if isinstance(given, (int, str)) else tuple(given or ())

    def _by_position(self, args, keywords):
        """The arguments in their places; what is left to a keyword alone stays one."""
        if self._signature is None or (not keywords and len(args) >= len(self._signature.parameters)):
            return args, keywords
        try:
            bound = self._signature.bind(*args, **keywords)
        except TypeError as error:
            raise TypeError(f"{getattr(self, '__name__', self._name)}() {error}") from None
        given = set(bound.arguments)
        bound.apply_defaults()
        return bound.args, {name: value for name, value in bound.kwargs.items() if name in given or name in keywords}

    def __get__(self, instance, owner=None):
        return self if instance is None else _functools.partial(self, instance)

    def __call__(self, *args, **keywords):
        if not self._has_rule():
            raise _ValueError(f"[{self._name}] the derivative is missing: {self._how}")
        args, keywords = self._by_position(args, keywords)
        fixed = {place: args[place] for place in sorted({place % max(1, len(args)) for place in self._fixed})
                 if place < len(args)}
        own = tuple(arg for place, arg in enumerate(args) if place not in fixed)
        leaves, structure = _flatten(own, _WEAK, _PARTS)

        def whole(own):
            given, rest = [], iter(own)
            for place in range(len(args)):
                given.append(fixed[place] if place in fixed else next(rest))
            return given

        if self._depth.count >= self._deepest or not _core.followed(leaves):
            return self._f(*args, **keywords)
        f = _OnLeaves(_without_effects(lambda *own: self._f(*whole(own), **keywords), self._name), structure)
        self._depth.count += 1
        try:
            return f.wrap(self._record(f, leaves, structure, whole, keywords, list(fixed.values())))
        finally:
            self._depth.count -= 1

    def _pair(self, given, what):
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise _ValueError(f"[{self._name}] {what}, not a {type(given).__name__}")
        return given

    def _results(self, f, result, what):
        """The leaves of the result of a rule, which is like that of the function."""
        found = _core.leaves_like(f.result, result, f"[{self._name}] {what}", _EXACT)
        return [one if type(one) is _core.Array else _core.to_array(one) for one in found]

    def _derivatives(self, form, given, likes, what):
        """An array like each leaf that has a derivative: None is zero."""
        found, paths = [], _core.paths_of(form)
        for path, one, like in zip(paths, _core.leaves_like(form, given, f"[{self._name}] {what}", _TANGENTS), likes):
            if like.dtype.kind not in "fc":
                continue
            if one is None:
                one = _zeros_like(like)
            elif type(one) is not _core.Array:
                one = _core.to_array(one, like.dtype)
            if one.shape == like.shape == () and one.dtype.kind == like.dtype.kind:
                one = _core.ops["cast"](one, like.dtype)  # a number of Python has no dtype of its own
            if (one.dtype, one.shape) != (like.dtype, like.shape):
                raise _ShapeError(f"[{self._name}] {what}{f' at {path!r}' if path else ''}: got {one.dtype.name}{list(one.shape)}, "
                                  f"expected {like.dtype.name}{list(like.shape)}")
            found.append(one)
        return found


class custom_vjp(_Custom):
    """f with a reverse-mode derivative of its own: forward(*args) gives f's result and residuals, backward(residuals,
    cotangent) a cotangent for each argument, None where it is zero. It composes with all transforms.

    Arguments named in nondiff_argnums (by place) or nondiff_argnames are any objects; backward is given them first. What the
    functions reach from outside is a constant: NotDifferentiable is raised for a derivative by it. Where nothing is
    differentiated f itself is called.

    >>> @kn.custom_vjp
    ... def clipped(x):
    ...     return x * 1
    >>> clipped.defvjp(lambda x: (x * 1, None), lambda residuals, cotangent: (kn.clip(cotangent, -1, 1),))
    >>> kn.grad(lambda x: clipped(x) * 100)(kn.asarray(2.0))
    array(1.0)
    """

    _how = "give forward and backward, or call defvjp"

    def __init__(self, f, forward=None, backward=None, *, nondiff_argnums=(), nondiff_argnames=()):
        super().__init__(f, nondiff_argnums, nondiff_argnames)
        self._forward, self._backward = forward, backward

    def defvjp(self, forward, backward):
        """Sets the two functions of the derivative."""
        self._forward, self._backward = _callable_or_raise(forward, "custom_vjp"), _callable_or_raise(backward, "custom_vjp")

    def _has_rule(self):
        return self._forward is not None and self._backward is not None

    def _record(self, f, leaves, structure, whole, keywords, fixed):
        kept = []

        def forward(inner):
            given = self._pair(self._forward(*whole(_unflatten(structure, inner)), **keywords),
                               "forward gives a pair, (result, residuals)")
            first = self._results(f, given[0], "the result of forward")
            residuals, form = _flatten(given[1])
            kept[:] = form, len(residuals)
            return first + residuals

        def backward(inner):
            form, count = kept
            if all(one is None for one in inner[count:]):  # no result has a derivative
                return self._derivatives(structure, None, leaves, "the cotangent")
            given = self._backward(*fixed, _unflatten(form, inner[:count]), _unflatten(f.result, inner[count:], True))
            if len(structure) == 3 and not (isinstance(given, (tuple, list)) and len(given) == 1):
                given = (given,)  # of one argument
            if not isinstance(given, (tuple, list)) or len(given) != len(structure) - 2:
                raise _ValueError(f"[custom_vjp] backward gives a tuple with a cotangent for each of {len(structure) - 2} arguments, "
                                  f"not {given!r:.80}")
            return self._derivatives(structure, tuple(given), leaves, "the cotangent")

        return _core.custom_vjp(f, forward, backward, leaves)


class custom_jvp(_Custom):
    """f with a forward-mode derivative of its own: rule(primals, tangents) gives f's result and its tangent; reverse mode
    goes through the transpose of the rule. It composes with all transforms; the rule may call f, by whose rule that call is
    differentiated again.

    Arguments named in nondiff_argnums (by place) or nondiff_argnames are any objects; the rule is given them first. The tangent
    of an argument that has none, such as an integer, is None. What the functions reach from outside is a constant:
    NotDifferentiable is raised for a derivative by it. Where nothing is differentiated f itself is called.

    >>> @kn.custom_jvp
    ... def twice(x):
    ...     return x * 2
    >>> @twice.defjvp
    ... def rule(primals, tangents):
    ...     return twice(primals[0]), tangents[0] * 2
    >>> kn.grad(twice)(kn.asarray(3.0))
    array(2.0)
    """

    _how = "give a rule, or call defjvp"

    def __init__(self, f, rule=None, *, nondiff_argnums=(), nondiff_argnames=()):
        super().__init__(f, nondiff_argnums, nondiff_argnames)
        self._rule = rule

    def defjvp(self, rule):
        """Sets the rule."""
        self._rule = _callable_or_raise(rule, "custom_jvp")
        return rule

    def defjvps(self, *rules):
        """Sets a rule for each argument, rule(tangent, result, *primals), None where its derivative is zero; the tangents add up.

        >>> product = kn.custom_jvp(lambda x, y: x * y)
        >>> product.defjvps(lambda tangent, result, x, y: tangent * y, None)
        >>> kn.grad(product, argnums=(0, 1))(2.0, 3.0)
        (array(3.0), array(0.0))
        """
        def rule(primals, tangents):
            result = self(*primals)
            parts = [one(tangent, result, *primals) for one, tangent in zip(rules, tangents) if one is not None and tangent is not None]
            leaves, form = _flatten(result, _ARRAYS)
            columns = [_core.leaves_like(form, part, "[custom_jvp] the tangent", _TANGENTS) for part in parts]
            return result, _unflatten(form, [_total(column) for column in zip(*columns)] if columns else [None] * len(leaves))

        self._rule = rule

    def _has_rule(self):
        return self._rule is not None

    def _record(self, f, leaves, structure, whole, keywords, fixed):
        if keywords:
            raise _DTypeError("[custom_jvp] an argument that has only a name is in no place of the rule's primals")

        def rule(inner):
            primals, tangents = _unflatten(structure, inner[:len(leaves)]), _unflatten(structure, inner[len(leaves):], True)
            result, tangent = self._pair(self._rule(*fixed, primals, tangents), "the rule gives a pair, (result, tangent)")
            first = self._results(f, result, "the result of the rule")
            return first + self._derivatives(f.result, tangent, first, "the tangent of the result")

        return _core.custom_jvp(f, rule, leaves)


def _total(tangents):
    found = [one for one in tangents if one is not None]
    return sum(found[1:], found[0]) if found else None


def closure_convert(f, *args):
    """f as a function that takes what it reaches from outside as further arguments, and these arrays: `(function, arrays)`, where
    function(*args, *arrays) is f(*args) for arguments like these. So a custom rule can say something about them.

    >>> w = kn.asarray([1.0, 2.0])
    >>> function, arrays = kn.closure_convert(lambda x: x * w, kn.ones(2))
    >>> function(kn.ones(2), *[10 * one for one in arrays])
    array([10., 20.])
    """
    leaves, structure = _flatten(args, _ARRAYS, _PARTS)
    on_leaves = _OnLeaves(_without_effects(_callable_or_raise(f, "closure_convert"), "closure_convert"), structure)
    recorded = _core.trace(on_leaves, leaves, "closure_convert")
    count = len(args)

    def function(*given):
        own = _core.leaves_like(structure, tuple(given[:count]), "[closure_convert] the arguments", _EXACT)
        own = [one if type(one) is _core.Array else _core.to_array(one) for one in own]
        return on_leaves.wrap(recorded.replay_with(own, list(given[count:])))

    return function, recorded.outside()
