"""Derivatives of functions. Arguments and results are trees (see koine.tree); all transforms compose in any order. A float or
complex number in a plain container is an array for them; what has no derivative gets None."""

from functools import partial as _partial

from . import _core
from ._core import Array as _Array
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .errors import DTypeError as _DTypeError
from .errors import ValueError as _ValueError
from .functions import callable_or_raise as _callable_or_raise
from .functions import tangents_like as _tangents_like
from .functions import wraps as _wraps
from .tree import ARRAYS as _ARRAYS
from .tree import INEXACT as _INEXACT
from .tree import PARTS as _PARTS

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "linearize", "stop_gradient", "value_and_grad", "vjp"]

stop_gradient = _core.ops["stop_gradient"]


class _Chosen:
    """The arguments by which a function is differentiated."""

    def __init__(self, argnums, args, transform):
        self.single = not isinstance(argnums, (tuple, list))
        self.args, self.places = args, []
        for place in (argnums,) if self.single else argnums:
            try:
                place = place.__index__()
            except (AttributeError, TypeError):
                raise _ValueError(f"[{transform}] argnums is an integer or a tuple of them, not {argnums!r}") from None
            if not -len(args) <= place < len(args):
                raise _ValueError(f"[{transform}] there is no argument {place}: the function was given {len(args)}")
            self.places.append(place)
        self.leaves, self.structure = _flatten(tuple([args[place] for place in self.places]), _INEXACT, _PARTS)
        self.wanted = _core.trained(self.structure, self.leaves)
        if True not in self.wanted:
            self._explain(transform)

    def _explain(self, transform):
        """Raises for an argument that is nothing but a leaf without a derivative."""
        for place, part in zip(self.places, self.structure[2:]):
            if part == "*" or isinstance(part, tuple) and part[0] == "=":
                leaf = self.args[place]
                what = f"of {leaf.dtype.name}" if hasattr(leaf, "dtype") else f"a {type(leaf).__name__}, {leaf!r:.40},"
                raise _DTypeError(f"[{transform}] argument {place} is {what} and has no derivative; give an array of floats, or a float")

    def filled(self, leaves):
        """All arguments, the chosen ones with these leaves."""
        given = list(self.args)
        for place, tree in zip(self.places, _unflatten(self.structure, leaves)):
            given[place] = tree
        return given

    def derivative(self, leaves):
        """What is found for the leaves, as the chosen arguments are."""
        found = _unflatten(self.structure, leaves, True)
        return found[0] if self.single else found


def _scalar_of(result, reads, transform):
    if type(result) is _Array:
        return result
    if isinstance(result, float):
        _refuse_numbers_read(reads, transform)
        return _core.to_array(result)
    hint = "; with has_aux=True the first part of a tuple is differentiated" if isinstance(result, tuple) else ""
    raise _DTypeError(f"[{transform}] the function returned a {type(result).__name__} where an array is needed{hint}")


def _refuse_numbers_read(reads, transform):
    """Raises where a function gives a number of Python after it read values that it is differentiated by."""
    if _core.reads_of_followed() != reads:
        raise _DTypeError(f"[{transform}] the function returned a float, made of values that it read (by float(x), x.item() or "
                          "NumPy): its derivative is lost; return an array")


def _split_aux(result, transform):
    if not isinstance(result, (tuple, list)) or len(result) < 2:
        raise _ValueError(f"[{transform}] with has_aux the function returns a tuple, (result, what else there is), not a "
                          f"{type(result).__name__}")
    return result[0]


def value_and_grad(f=None, argnums=0, has_aux=False):
    """The function that gives f's result and its gradient with respect to an argument, or a tuple for several.

    f returns a real array without axes, with has_aux a tuple that begins with one. A gradient is a tree like its argument, with
    None for what has no derivative: integers, strings, other objects, and what a module keeps as state. The gradient of a complex
    argument is the direction of steepest ascent, as in PyTorch. Raises ShapeError when the result has axes, DTypeError when an
    argument cannot have a derivative, NotDifferentiable when an op has none.

    >>> kn.value_and_grad(lambda x: kn.sum(x ** 2))(kn.asarray([1.0, 3.0]))
    (array(10.0), array([2., 6.]))
    """
    if f is None:
        return _partial(value_and_grad, argnums=argnums, has_aux=has_aux)
    _callable_or_raise(f, "grad")

    @_wraps(f)
    def with_gradient(*args, **keywords):
        chosen = _Chosen(argnums, args, "grad")

        def run(tape):
            reads = _core.reads_of_followed()
            result = f(*chosen.filled(tape.inputs()), **keywords)
            return result, tape.gradients(_scalar_of(_split_aux(result, "grad") if has_aux else result, reads, "grad"))

        result, gradients = _core.with_tape(chosen.leaves, chosen.wanted, run)
        return result, chosen.derivative(gradients)

    return with_gradient


def grad(f=None, argnums=0, has_aux=False):
    """The function that gives the gradient alone, with has_aux the gradient and the rest of the result.

    >>> kn.grad(lambda x: kn.sum(x ** 2))(kn.asarray([1.0, 3.0]))
    array([2., 6.])
    >>> kn.grad(lambda p: p["a"] ** 2 * p["n"])({"a": 3.0, "n": 2})
    {'a': array(12.0), 'n': None}
    """
    if f is None:
        return _partial(grad, argnums=argnums, has_aux=has_aux)
    both = value_and_grad(f, argnums, has_aux)

    @_wraps(f)
    def gradient(*args, **keywords):
        result, gradients = both(*args, **keywords)
        return (gradients, result[1] if len(result) == 2 else result[1:]) if has_aux else gradients

    return gradient


def _arguments(values, transform):
    if not isinstance(values, (tuple, list)):
        raise _DTypeError(f"[{transform}] arguments and tangents come as tuples, one for each argument of the function, not as a "
                          f"{type(values).__name__}")
    return tuple(values)


def _run(f, structure, leaves, has_aux, reads, transform):
    """f on these leaves: its result, the leaves and structure of that, and what else it gives."""
    out = f(*_unflatten(structure, leaves))
    result, aux = (_split_aux(out, transform), out[1]) if has_aux else (out, None)
    results, shape = _flatten(result, _ARRAYS)
    if _core.flatten(result)[1] != shape:  # there are numbers of Python
        _refuse_numbers_read(reads, transform)
    return results, shape, aux


def jvp(f, primals, tangents, has_aux=False):
    """f at a tuple of arguments, and its derivative along a tuple of tangents like them; None in a tangent is zero.

    The tangent of a result that has none, such as an integer, is None. With has_aux f gives a pair, and what comes second is a
    third result.

    >>> kn.jvp(lambda x: x ** 2, (kn.asarray(3.0),), (kn.asarray(1.0),))
    (array(9.0), array(6.0))
    """
    _callable_or_raise(f, "jvp")
    primals, tangents = _arguments(primals, "jvp"), _arguments(tangents, "jvp")
    leaves, structure = _flatten(primals, _INEXACT, _PARTS)
    directions = _tangents_like(structure, tangents, leaves, "[jvp] the tangent")

    def run(tape):
        results, shape, aux = _run(f, structure, tape.inputs(), has_aux, _core.reads_of_followed(), "jvp")
        return shape, results, tape.push(results, directions), aux

    shape, results, pushed, aux = _core.with_tape(leaves, [one is not None for one in directions], run)
    both = _unflatten(shape, results), _unflatten(shape, pushed, True)
    return (*both, aux) if has_aux else both


def _recorded(f, primals, has_aux, transform):
    """f run once, and what was recorded: leaves, structure, results, their structure, the record, and what else f gives."""
    _callable_or_raise(f, transform)
    leaves, structure = _flatten(primals, _INEXACT, _PARTS)

    def run(tape):
        results, shape, aux = _run(f, structure, tape.inputs(), has_aux, _core.reads_of_followed(), transform)
        return results, shape, tape.record(results), aux

    return leaves, structure, *_core.with_tape(leaves, _core.trained(structure, leaves), run)


def vjp(f, *primals, has_aux=False):
    """f at its arguments, and the function that pulls a cotangent like the result back to a tuple like the arguments.

    >>> y, pull = kn.vjp(lambda x: x ** 2, kn.asarray([1.0, 3.0]))
    >>> pull(kn.asarray([1.0, 1.0]))
    (array([2., 6.]),)
    """
    leaves, structure, results, shape, recorded, aux = _recorded(f, primals, has_aux, "vjp")
    pull = _Pull(recorded, structure, leaves, shape, results)
    result = _unflatten(shape, results)
    return (result, pull, aux) if has_aux else (result, pull)


class _Linear:
    """A derivative at one place, as a function. It is a tree of the arrays that were recorded, so that jitted functions can take
    and give it."""

    def __init__(self, recorded, structure, leaves, shape, results):
        self.recorded, self.structure, self.shape = recorded, structure, shape
        self.leaf_types, self.result_types = [_Type(one) for one in leaves], [_Type(one) for one in results]

    @classmethod
    def _of(cls, value, parts):
        made = object.__new__(cls)
        made.recorded, made.structure, made.shape, made.leaf_types, made.result_types = value.parts
        made.recorded = made.recorded.with_values(list(parts))
        return made

    def _parts(self):
        return self.recorded.values(), _Fixed((self.recorded, self.structure, self.shape, self.leaf_types, self.result_types))


class _Type:
    """The dtype of an array that need not be kept."""

    __slots__ = ("dtype",)

    def __init__(self, array):
        self.dtype = array.dtype


class _Fixed:
    """What belongs to a derivative and is no array: the same only as itself."""

    __slots__ = ("parts",)

    def __init__(self, parts):
        self.parts = parts

    def __eq__(self, other):
        return isinstance(other, _Fixed) and self.parts[0].is_like(other.parts[0]) and self.parts[1:3] == other.parts[1:3]

    def __hash__(self):
        return hash(self.parts[1:3])


class _Pull(_Linear):
    """What `vjp` gives."""

    def __call__(self, cotangent):
        cotangents = _tangents_like(self.shape, cotangent, self.result_types, "[vjp] the cotangent", True)
        return _unflatten(self.structure, self.recorded.pull(cotangents), True)


class _Push(_Linear):
    """What `linearize` gives."""

    def __call__(self, *tangents):
        directions = _tangents_like(self.structure, tangents, self.leaf_types, "[linearize] the tangent")
        return _unflatten(self.shape, self.recorded.push(directions), True)


for _one in (_Pull, _Push):
    _core.register_class(_one, _one._parts, _one._of)


def linearize(f, *primals, has_aux=False):
    """f at its arguments, and its derivative there: a linear function of tangents like the arguments. f is run once.

    >>> y, push = kn.linearize(lambda x: x ** 2, kn.asarray([1.0, 3.0]))
    >>> push(kn.asarray([1.0, 1.0]))
    array([2., 6.])
    """
    leaves, structure, results, shape, recorded, aux = _recorded(f, primals, has_aux, "linearize")
    push = _Push(recorded, structure, leaves, shape, results)
    result = _unflatten(shape, results)
    return (result, push, aux) if has_aux else (result, push)


def jacobian(f=None, argnums=0, mode="reverse", holomorphic=False, has_aux=False):
    """The function that gives the Jacobian of f with respect to an argument, or to several: shape (result's..., argument's...).

    The argument and the result may be trees: the Jacobian is then a tree like the result, of trees like the argument. With
    mode="forward" a column at a time is computed, which is less work for few arguments and many results. Where both the argument
    and the result are complex one number is the derivative only of a holomorphic function: say so with holomorphic=True, else
    DTypeError is raised.

    >>> kn.jacobian(lambda x: x * kn.asarray([1.0, 10.0]))(kn.asarray([2.0, 3.0]))
    array([[ 1.,  0.],
           [ 0., 10.]])
    >>> kn.jacobian(lambda p: {"y": p["a"] * p["b"]})({"a": 2.0, "b": 3.0})
    {'y': {'a': array(3.0), 'b': array(2.0)}}
    """
    if f is None:
        return _partial(jacobian, argnums=argnums, mode=mode, holomorphic=holomorphic, has_aux=has_aux)
    if mode not in ("forward", "reverse"):
        raise _ValueError(f"[jacobian] the mode is 'forward' or 'reverse', not {mode!r}")
    _callable_or_raise(f, "jacobian")

    @_wraps(f)
    def matrix(*args, **keywords):
        chosen, found = _Chosen(argnums, args, "jacobian"), []

        def on_leaves(leaves):
            reads = _core.reads_of_followed()
            out = f(*chosen.filled(leaves), **keywords)
            result, aux = (_split_aux(out, "jacobian"), out[1]) if has_aux else (out, None)
            results, shape = _flatten(result, _ARRAYS)
            if _core.flatten(result)[1] != shape:
                _refuse_numbers_read(reads, "jacobian")
            found[:] = shape, aux
            return results

        rows = _core.jacobian(on_leaves, chosen.leaves, chosen.wanted, mode == "forward", bool(holomorphic))
        shape, aux = found
        tree = _unflatten(shape, [chosen.derivative(row) for row in rows], True)
        return (tree, aux) if has_aux else tree

    return matrix


def hessian(f=None, argnums=0, has_aux=False, holomorphic=False):
    """The function that gives the second derivatives of a function of an array: shape (result's..., x's..., x's...). For a tree, or
    several arguments, it is a tree of trees.

    >>> kn.hessian(lambda x: kn.sum(x ** 3))(kn.asarray([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    if f is None:
        return _partial(hessian, argnums=argnums, has_aux=has_aux, holomorphic=holomorphic)
    return jacobian(jacobian(f, argnums, "reverse", holomorphic, has_aux), argnums, "forward", holomorphic, has_aux)


def hvp(f, x, v):
    """The product of the Hessian of a scalar function at x with v, without forming it. x and v are trees.

    >>> kn.hvp(lambda x: kn.sum(x ** 3), kn.asarray([1.0, 2.0]), kn.asarray([1.0, 0.0]))
    array([6., 0.])
    """
    return jvp(grad(f), (x,), (v,))[1]
