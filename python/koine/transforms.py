"""Transforms of functions: derivatives, batching, compilation, control flow. Arguments and results are trees of arrays
(see koine.tree); all transforms compose in any order."""

import functools as _functools
import inspect as _inspect
import threading as _threading
from functools import partial as _partial
from types import FunctionType as _FunctionType

from . import _core
from ._core import Array as _Array
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .callbacks import collected as _collected
from .callbacks import emit as _emit
from .errors import DTypeError as _DTypeError
from .errors import ShapeError as _ShapeError
from .errors import TraceError as _TraceError
from .errors import ValueError as _ValueError
from .tree import paths as _paths
from .tree import with_arrays as _with_arrays

__all__ = ["checkpoint", "cond", "custom_jvp", "custom_vjp", "fori_loop", "grad", "graph_text", "hessian", "hvp", "jacobian",
           "jit", "jvp", "print_graph", "scan", "stop_gradient", "value_and_grad", "vjp", "vmap", "while_loop"]

stop_gradient = _core.ops["stop_gradient"]


def _wraps(f):
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


def _result_of(tree, transform):
    if not isinstance(tree, _Array):
        raise _DTypeError(f"[{transform}] the function returned a {type(tree).__name__} where an array is needed")
    return tree


class _OnLeaves:
    """f on the leaves of its arguments; keeps the structure of its last result. The effects of f are a last leaf more."""

    def __init__(self, f, structure, keywords=None, seeded=False):
        self.f, self.structure, self.keywords, self.result, self.has_effect = f, structure, keywords or {}, None, False
        self.seeded = seeded  # the last leaf is what effects are made from

    def __call__(self, leaves):
        *leaves, seed = leaves if self.seeded else (*leaves, None)
        tree, effect = _collected(lambda: self.f(*_unflatten(self.structure, leaves), **self.keywords), seed)
        leaves, self.result = _flatten(tree)
        self.has_effect = effect is not None
        return [*leaves, effect] if self.has_effect else leaves

    def wrap(self, leaves):
        return _unflatten(self.result, leaves[:-1] if self.has_effect else leaves)

    def finish(self, leaves):
        """The result; its effects are passed on."""
        if self.has_effect:
            _emit(leaves[-1])
        return self.wrap(leaves)


def _without_effects(f, transform):
    """f, whose effects would be lost."""

    def checked(*args):
        result, effect = _collected(lambda: f(*args))
        if effect is not None:
            raise _TraceError(f"[{transform}] an effect such as printing is not possible inside; take it out of the function")
        return result

    return checked


def value_and_grad(f=None, argnums=0, has_aux=False):
    """The function that gives f's result and its gradient with respect to an argument, or a tuple for several.

    f returns a real array without axes, with has_aux a tuple that begins with one. A gradient is a tree like its argument,
    with None for integers and for what a module keeps as state. The gradient of a complex argument is the direction of steepest ascent, as in PyTorch. Raises
    ShapeError when the result has axes, NotDifferentiable when an op has no derivative.

    >>> kn.value_and_grad(lambda x: kn.sum(x ** 2))(kn.asarray([1.0, 3.0]))
    (array(10.0), array([2., 6.]))
    """
    if f is None:
        return _partial(value_and_grad, argnums=argnums, has_aux=has_aux)
    single = isinstance(argnums, int)
    chosen = (argnums,) if single else tuple(argnums)

    @_wraps(f)
    def with_gradient(*args, **keywords):
        trees = []
        for place in chosen:
            if not -len(args) <= place < len(args):
                raise _ValueError(f"[grad] there is no argument {place}: the function was given {len(args)}")
            trees.append(_with_arrays(args[place]) if isinstance(args[place], (int, float, complex)) else args[place])
        leaves, structure = _flatten(tuple(trees))

        def run(tape):
            given = list(args)
            for place, tree in zip(chosen, _unflatten(structure, tape.inputs())):
                given[place] = tree
            result = f(*given, **keywords)
            return result, tape.gradients(_result_of(result[0] if has_aux else result, "grad"))

        result, gradients = _core.with_tape(leaves, _core.trained(structure, leaves), run)
        gradients = _unflatten(structure, gradients)
        return result, gradients[0] if single else gradients

    return with_gradient


def grad(f=None, argnums=0, has_aux=False):
    """The function that gives the gradient alone, with has_aux the gradient and the rest of the result.

    >>> kn.grad(lambda x: kn.sum(x ** 2))(kn.asarray([1.0, 3.0]))
    array([2., 6.])
    """
    if f is None:
        return _partial(grad, argnums=argnums, has_aux=has_aux)
    both = value_and_grad(f, argnums, has_aux)

    @_wraps(f)
    def gradient(*args, **keywords):
        result, gradients = both(*args, **keywords)
        return (gradients, result[1] if len(result) == 2 else result[1:]) if has_aux else gradients

    return gradient


def jvp(f, primals, tangents):
    """f at a tuple of arguments, and its derivative along a tuple of tangents like them; None in a tangent is zero.

    >>> kn.jvp(lambda x: x ** 2, (kn.asarray(3.0),), (kn.asarray(1.0),))
    (array(9.0), array(6.0))
    """
    primals, tangents = _with_arrays(tuple(primals)), tuple(tangents)
    leaves, structure = _flatten(primals)
    directions = _tangents_like(primals, tangents, leaves, "jvp")

    def run(tape):
        results, shape = _flatten(f(*_unflatten(structure, tape.inputs())))
        return shape, results, tape.push(results, directions)

    shape, results, pushed = _core.with_tape(leaves, [one is not None for one in directions], run)
    return _unflatten(shape, results), _unflatten(shape, pushed)


def _tangents_like(tree, tangents, leaves, transform):
    """One tangent a leaf: None stands for zero, also for a whole part of the tree."""
    found = []

    def walk(shape, tangent, path):
        if shape == "*" or shape == "~":
            if isinstance(tangent, (int, float, complex)):
                tangent = _core.to_array(tangent, leaves[len(found)].dtype)
            elif tangent is not None and not isinstance(tangent, _Array):
                tangent = _core.to_array(tangent)
            found.append(tangent)
        elif isinstance(shape, tuple) and shape[0] != "=":
            kind, names, *children = shape
            for i, child in enumerate(children):
                name = names[i] if names else i
                part = None
                if tangent is not None:
                    try:
                        part = tangent[name] if isinstance(tangent, (dict, list, tuple)) else getattr(tangent, name)
                    except (KeyError, IndexError, AttributeError, TypeError):
                        raise _ValueError(f"[{transform}] there is nothing for {'.'.join(map(str, (*path, name)))}") from None
                walk(child, part, (*path, name))

    walk(_flatten(tree)[1], tangents, ())
    return found


def vjp(f, *primals, has_aux=False):
    """f at its arguments, and the function that pulls a cotangent like the result back to a tuple like the arguments.

    >>> y, pull = kn.vjp(lambda x: x ** 2, kn.asarray([1.0, 3.0]))
    >>> pull(kn.asarray([1.0, 1.0]))
    (array([2., 6.]),)
    """
    primals = _with_arrays(primals)
    leaves, structure = _flatten(primals)

    def run(tape):
        result = f(*_unflatten(structure, tape.inputs()))
        results, shape = _flatten(result[0] if has_aux else result)
        return result, shape, results, tape.record(results)

    result, shape, results, recorded = _core.with_tape(leaves, _core.trained(structure, leaves), run)
    like = _unflatten(shape, results)

    def pull(cotangent):
        return _unflatten(structure, recorded.pull(_tangents_like(like, cotangent, results, "vjp")))

    return (result[0], pull, result[1]) if has_aux else (result, pull)


def _axes_for(axes, tree, transform):
    """The batch axis of each leaf: one for a whole tree, or a tree of axes that begins like it."""
    if axes is None or isinstance(axes, int):
        return [_core.unbatched if axes is None else axes] * len(_flatten(tree)[0])
    if isinstance(axes, dict) and isinstance(tree, dict) and axes.keys() == tree.keys():
        return [one for name in tree for one in _axes_for(axes[name], tree[name], transform)]
    if isinstance(axes, (list, tuple)) and isinstance(tree, (list, tuple)) and len(axes) == len(tree):
        return [one for axis, part in zip(axes, tree) for one in _axes_for(axis, part, transform)]
    raise _ValueError(f"[vmap] {transform} {axes!r} does not fit a {type(tree).__name__} of {_paths(tree)}")


def vmap(f=None, in_axes=0, out_axes=0):
    """The function that applies f to every example of a batch, as one computation.

    Without f it is a decorator with these options, as all transforms of a function are: `@kn.vmap(in_axes=(0, None))`. in_axes
    says which axis of each argument is the batch: a number for all, None for what all examples share, a tuple for
    each argument, or trees of these. out_axes says where it goes in the results. Reading a value inside f raises TraceError.

    >>> kn.vmap(kn.sum)(kn.asarray([[1, 2], [3, 4]]))
    array([3, 7])
    """
    if f is None:
        return _partial(vmap, in_axes=in_axes, out_axes=out_axes)

    @_wraps(f)
    def batched(*args, **keywords):
        leaves, structure = _flatten(args)
        axes = _axes_for(tuple(in_axes) if isinstance(in_axes, list) else in_axes, args, "in_axes")
        on_leaves = _OnLeaves(f, structure, keywords)
        places = []

        def run(inner):
            outer = on_leaves(inner)
            places.extend(_axes_for(out_axes, on_leaves.wrap(outer), "out_axes"))
            return outer

        results = _core.vmap(run, leaves, axes, [0])
        moved = []
        for result, place in zip(results, places):
            if place == _core.unbatched:
                result = result[0]
            elif place != 0:
                result = _core.moveaxis(result, 0, place)
            moved.append(result)
        return on_leaves.finish(moved + results[len(moved):])

    return batched


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


class Jit:
    """A function that is traced once for each structure and types of its arguments; later calls only replay the graph."""

    def __init__(self, f, static_argnums=(), static_argnames=()):
        # A model is an argument: its parameters may change between calls.
        self._model = f if getattr(type(f), "__koine_tree__", False) else None
        if self._model is None:
            _functools.update_wrapper(self, f)
        self._f = f if self._model is None else lambda model, *args, **keywords: model(*args, **keywords)
        self._places, self._names = _static_arguments(f, static_argnums, static_argnames)
        self._traced = {}

    def __call__(self, *args, **keywords):
        if self._model is not None:
            args = (self._model, *args)
        if _core.nan_checked():
            return self._f(*args, **keywords)
        if self._places or self._names:
            args = tuple(_Static(arg) if i in self._places or i - len(args) in self._places else arg
                         for i, arg in enumerate(args))
            keywords = {name: _Static(arg) if name in self._names else arg for name, arg in keywords.items()}
        leaves, structure = _flatten((args, keywords), True)
        key = structure, _core.types_key(leaves)
        try:
            entry = self._traced.get(key)
        except TypeError as error:
            raise _ValueError(f"[jit] an argument holds a value that cannot be hashed, so that calls with it cannot be told "
                              f"apart: {error}") from None
        if entry is None:
            on_leaves = _OnLeaves(self._call, structure, seeded=True)
            recorded = _core.trace(on_leaves, [*leaves, _SEED], "jit")
            entry = self._traced[key] = recorded, on_leaves
        recorded, on_leaves = entry
        return on_leaves.finish(recorded.replay([*leaves, _SEED]))

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
    None, functions, and numbers among the attributes of a model are always fixed, and so are arrays that f reaches from
    outside. A model that is jitted itself is an argument. What f does besides computing happens only when it is traced; see
    koine.debug.print.

    >>> f = kn.jit(lambda x, rate: x * rate + 1)
    >>> f(kn.asarray([1, 2]), 2), f(kn.asarray([3, 4]), 3), f.traces()
    (array([3, 5]), array([10, 13]), 1)
    """
    if f is None:
        return _partial(jit, static_argnums=static_argnums, static_argnames=static_argnames)
    return Jit(f, static_argnums, static_argnames)


def graph_text(f):
    """The function that gives the graph of f for arguments like its own, as text; f is traced and not run.

    >>> 'tanh' in kn.graph_text(lambda x: kn.tanh(x) * 2)(kn.ones(3))
    True
    """

    def text(*args, **keywords):
        leaves, structure = _flatten((args, keywords), True)
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


def jacobian(f=None, argnums=0, mode="reverse"):
    """The function that gives the Jacobian of f with respect to an array: shape (result's..., argument's...). With
    mode="forward" a column at a time is computed, which is less work for few arguments and many results.

    >>> kn.jacobian(lambda x: x * kn.asarray([1.0, 10.0]))(kn.asarray([2.0, 3.0]))
    array([[ 1.,  0.],
           [ 0., 10.]])
    """
    if f is None:
        return _partial(jacobian, argnums=argnums, mode=mode)
    if mode not in ("forward", "reverse"):
        raise _ValueError(f"[jacobian] the mode is 'forward' or 'reverse', not {mode!r}")

    @_wraps(f)
    def matrix(*args, **keywords):
        x = _with_arrays(args[argnums])

        def of_one(value):
            return f(*args[:argnums], value, *args[argnums + 1:], **keywords)

        if mode == "forward":
            columns = vmap(lambda direction: jvp(of_one, (x,), (direction,))[1])(_core.basis_like(x))
            columns = _core.moveaxis(columns, 0, -1)
            return columns.reshape(columns.shape[:-1] + x.shape)
        y, pull = vjp(of_one, x)
        rows = vmap(lambda cotangent: pull(cotangent)[0])(_core.basis_like(_result_of(y, "jacobian")))
        return rows.reshape(y.shape + x.shape)

    return matrix


def hessian(f=None, argnums=0):
    """The function that gives the second derivatives of a scalar function of an array: shape (x's..., x's...).

    >>> kn.hessian(lambda x: kn.sum(x ** 3))(kn.asarray([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    if f is None:
        return _partial(hessian, argnums=argnums)
    return jacobian(grad(f, argnums), argnums, "forward")


def hvp(f, x, v):
    """The product of the Hessian of a scalar function at x with v, without forming it. x and v are trees.

    >>> kn.hvp(lambda x: kn.sum(x ** 3), kn.asarray([1.0, 2.0]), kn.asarray([1.0, 0.0]))
    array([6., 0.])
    """
    return jvp(grad(f), (x,), (v,))[1]


def checkpoint(f):
    """The function that computes its inner values again in a backward pass instead of keeping them.

    >>> kn.grad(kn.checkpoint(lambda x: kn.sin(x) ** 2))(kn.asarray(0.0))
    array(0.0)
    """

    @_wraps(f)
    def recomputed(*args, **keywords):
        leaves, structure = _flatten(args)
        on_leaves = _OnLeaves(f, structure, keywords)
        return on_leaves.finish(_core.checkpoint(on_leaves, leaves))

    return recomputed


class custom_vjp:
    """f with a reverse-mode derivative of its own: forward(*args) gives f's result and residuals, backward(residuals,
    cotangent) a cotangent for each argument. It composes with all transforms.

    >>> @kn.custom_vjp
    ... def clipped(x):
    ...     return x * 1
    >>> clipped.defvjp(lambda x: (x * 1, None), lambda residuals, cotangent: (kn.clip(cotangent, -1, 1),))
    >>> kn.grad(lambda x: clipped(x) * 100)(kn.asarray(2.0))
    array(1.0)
    """

    def __init__(self, f, forward=None, backward=None):
        _functools.update_wrapper(self, f)
        self._f, self._forward, self._backward = f, forward, backward

    def defvjp(self, forward, backward):
        """Sets the two functions of the derivative."""
        self._forward, self._backward = forward, backward

    def __call__(self, *args):
        if self._forward is None or self._backward is None:
            raise _ValueError("[custom_vjp] the derivative is missing: give forward and backward, or call defvjp")
        leaves, structure = _flatten(args)
        on_leaves = _OnLeaves(_without_effects(self._f, "custom_vjp"), structure)
        kept = []

        def forward(inner):
            result, residuals = self._forward(*_unflatten(structure, inner))
            first, shape = _flatten(result)
            second, residual_shape = _flatten(residuals)
            kept[:] = shape, residual_shape, len(second)
            return first + second

        def backward(inner):
            shape, residual_shape, count = kept
            cotangents = self._backward(_unflatten(residual_shape, inner[:count]), _unflatten(shape, inner[count:]))
            return _flatten(cotangents)[0]

        return on_leaves.wrap(_core.custom_vjp(on_leaves, forward, backward, leaves))


class custom_jvp:
    """f with a forward-mode derivative of its own: rule(primals, tangents) gives f's result and its tangent; reverse mode
    goes through the transpose of the rule. In the rule a call of f itself is what f computes, without the rule.

    >>> @kn.custom_jvp
    ... def twice(x):
    ...     return x * 2
    >>> @twice.defjvp
    ... def rule(primals, tangents):
    ...     return twice(primals[0]), tangents[0] * 2
    >>> kn.grad(twice)(kn.asarray(3.0))
    array(2.0)
    """

    def __init__(self, f, rule=None):
        _functools.update_wrapper(self, f)
        self._f, self._rule, self._within = f, rule, _threading.local()

    def defjvp(self, rule):
        """Sets the rule."""
        self._rule = rule
        return rule

    def __call__(self, *args):
        if self._rule is None:
            raise _ValueError("[custom_jvp] the derivative is missing: give a rule, or call defjvp")
        if getattr(self._within, "rule", False):
            return self._f(*args)
        leaves, structure = _flatten(args)
        on_leaves = _OnLeaves(_without_effects(self._f, "custom_jvp"), structure)

        def rule(inner):
            primals, tangents = inner[:len(leaves)], inner[len(leaves):]
            self._within.rule = True
            try:
                result, tangent = self._rule(_unflatten(structure, primals), _unflatten(structure, tangents))
            finally:
                self._within.rule = False
            return _flatten(result)[0] + _flatten(tangent)[0]

        return on_leaves.wrap(_core.custom_jvp(on_leaves, rule, leaves))


def _same_carry(before, after, transform):
    if before != after:
        raise _ShapeError(f"[{transform}] the carry changes its structure from {before} to {after}")


def scan(f, init, xs=None, length=None, reverse=False):
    """Repeats f(carry, x) -> (carry, y) over the first axis of every leaf of xs: gives the last carry and the stacked y.
    Without xs the length says how often. Raises ShapeError when the carry changes its type.

    >>> kn.scan(lambda total, x: (total + x, total + x), 0, kn.asarray([1, 2, 3]))
    (array(6), array([1, 3, 6]))
    """
    carries, carry_shape = _flatten(_with_arrays(init))
    sequences, shape = _flatten(xs)
    last = []

    def body(inner):
        (carry, y), effect = _collected(
            lambda: f(_unflatten(carry_shape, inner[:len(carries)]), _unflatten(shape, inner[len(carries):])))
        first, after = _flatten(_with_arrays(carry))
        _same_carry(carry_shape, after, "scan")
        second, result_shape = _flatten(y)
        last[:] = [result_shape, effect is not None]
        return first + second + ([effect] if effect is not None else [])

    out = _core.scan(body, carries, sequences, -1 if length is None else length, reverse)
    if last[1]:
        _emit(out.pop())
    return _unflatten(carry_shape, out[:len(carries)]), _unflatten(last[0], out[len(carries):])


def while_loop(condition, body, init, max_steps=None):
    """Repeats body(carry) -> carry while condition(carry), a bool array without axes, holds. Forward mode always works,
    reverse mode with max_steps, after which the loop ends; under vmap it runs until every example is done.

    >>> kn.while_loop(lambda x: x < 100, lambda x: x * 2, 1)
    array(128)
    """
    leaves, structure = _flatten(_with_arrays(init))
    effects = []

    def test(inner):
        return [_core.to_array(_without_effects(condition, "the condition of while_loop")(_unflatten(structure, inner[:len(leaves)])))]

    def step(inner):
        tree, effect = _collected(lambda: body(_unflatten(structure, inner[:len(leaves)])))
        after, shape = _flatten(_with_arrays(tree))
        _same_carry(structure, shape, "while_loop")
        if effect is not None:
            effects.append(effect)
        return after + ([effect if effect is not None else inner[-1]] if len(inner) > len(leaves) else [])

    def run(carries):
        return _core.while_loop(test, step, carries, 0 if max_steps is None else max_steps)

    out = run(leaves)
    if effects:  # once more, with the effects among what is carried, so that they happen
        *out, effect = run([*leaves, _core.to_array(0)])
        _emit(effect)
    return _unflatten(structure, out)


def fori_loop(start, stop, body, init):
    """Repeats body(i, carry) -> carry for i from start, below stop, both numbers: differentiable in both modes.

    >>> kn.fori_loop(0, 5, lambda i, x: x * 2, 1)
    array(32)
    """
    (_, last), _ = scan(lambda state, _: ((state[0] + 1, body(state[0], state[1])), None),
                        (_core.to_array(int(start)), init), length=max(0, int(stop) - int(start)))
    return last


def cond(predicate, yes, no, *operands):
    """yes(*operands) where the predicate, a bool without axes, is true, else no(*operands); only one is computed. Under
    vmap over the predicate both are, and the one not chosen reaches no result and no gradient.

    >>> kn.cond(kn.asarray(True), lambda x: x + 1, lambda x: x - 1, kn.asarray(10))
    array(11)
    """
    leaves, structure = _flatten(_with_arrays(operands))
    first, second = _OnLeaves(lambda *a: _with_arrays(yes(*a)), structure), _OnLeaves(lambda *a: _with_arrays(no(*a)), structure)

    def run(sides_have_effects):
        def side(on_leaves):
            def traced(inner):
                out = on_leaves(inner)
                if sides_have_effects and not on_leaves.has_effect:
                    on_leaves.has_effect = True
                    out = [*out, _core.to_array(0)]
                return out
            return traced

        return _core.cond(_core.to_array(predicate), side(first), side(second), leaves)

    try:
        out = run(False)
    except (_ShapeError, _ValueError):
        if first.has_effect == second.has_effect:
            raise
        out = run(True)
    if first.result != second.result:
        raise _ShapeError(f"[cond] the two sides give different structures: {first.result} and {second.result}")
    return first.finish(out)
