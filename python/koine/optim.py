"""Optimisers, schedules, and what is done with gradients. An optimiser is a tree of its state: it is saved like a model,
batched by `vmap` with one, and an argument of jitted functions."""

from . import _core
from . import hints as _hints
from ._core import Array as _Array
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from ._core.optim import (Plateau, Schedule, cosine, cosine_restarts, inverse_sqrt, linear, one_cycle, polynomial, step_decay)
from .errors import ShapeError as _ShapeError
from .errors import ValueError as _ValueError
from .layers import signed as _signed
from .tree import INEXACT as _INEXACT
from .tree import LEAVES as _LEAVES
from .tree import map as _map


class Optimizer:
    """Turns a model and its gradient into the next model. The options are read, and set, as attributes.

    >>> optimizer = kn.optim.Adam(lr=0.1)
    >>> isinstance(optimizer, kn.optim.Optimizer), optimizer.lr
    (True, 0.1)
    """

    __koine_tree__ = True
    _kind = ""

    def __init__(self, *args, **options):
        members = self.__dict__
        lr = args[0] if args else options.get("lr")
        if isinstance(lr, _Array):  # a part of the tree, so that derivatives go through it
            args, options = ((1.0, *args[1:]) if args else args), ({} if args else {"lr": 1.0}) | {
                name: value for name, value in options.items() if name != "lr"}
        members["_options"] = _core.optim.make(self._kind, *args, **options)
        members.update(self._options.parts())
        if isinstance(lr, _Array):
            self.lr = lr

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        options = self._options.options()
        if name in options:
            return options[name]
        raise AttributeError(f"{type(self).__name__} has no '{name}'; it has {', '.join((*options, *self._names()))}")

    def __setattr__(self, name, value):
        options = self._options.options()
        if name == "lr" and isinstance(value, _Array):
            if value.ndim != 0:
                raise _ShapeError(f"[{self._kind}] lr is a number, an array without axes or a schedule, not one of shape {value.shape}")
            self.__dict__["lr"] = value
        elif name in options:
            if name == "lr":
                self.__dict__.pop("lr", None)
            self.__dict__["_options"] = _core.optim.make(self._kind, **{**options, name: value})
        elif name in self._names():
            self.__dict__[name] = value
        else:
            raise AttributeError(f"{type(self).__name__} has no '{name}'; it has {', '.join((*options, *self._names()))}")

    def _names(self):
        return [name for name in self.__dict__ if name not in ("_options", "lr")]

    def _rate(self):
        return self.__dict__.get("lr")

    def _state(self):
        return [self.__dict__[name] for name in self._names()]

    def _set_state(self, state):
        self.__dict__.update(zip(self._names(), state))

    def init(self, model):
        """Makes the state that the first step would make, so that a saved one can be loaded into it."""
        leaves, structure = _flatten(model, _INEXACT)
        self._set_state(self._options.init(self._state(), structure, leaves))
        return self

    def update(self, model, gradient):
        """The model after a step; the state of the optimiser changes, the given model does not."""
        leaves, structure = _flatten(model, _INEXACT)
        leaves, state = self._options.step(self._state(), structure, leaves, _gradients_like(structure, leaves, gradient), self._rate())
        self._set_state(state)
        return _unflatten(structure, leaves)

    def step(self, model, gradient):
        """Makes a step: changes the model, which is a module, dict or list, and the state of the optimiser."""
        leaves, structure = _flatten(model, _INEXACT)
        leaves, state = self._options.step(self._state(), structure, leaves, _gradients_like(structure, leaves, gradient), self._rate())
        _core.assign(model, structure, leaves)
        self._set_state(state)

    def __repr__(self):
        defaults = _core.optim.kinds[self._kind][1]
        options = {**self._options.options(), **({"lr": self._rate()} if "lr" in self.__dict__ else {})}
        said = [f"{name}={value!r}" for name, value in options.items() if isinstance(value, _Array) or value != defaults[name]]
        return f"{type(self).__name__}({', '.join(said)})"


def _put(model, changed):
    """Gives a model the leaves of another one where they lie."""
    leaves, structure = _flatten(changed, _INEXACT)
    _core.assign(model, structure, leaves)


def _gradients_like(structure, leaves, gradient):
    """The gradient of each leaf, None where it has none."""
    found = _core.leaves_like(structure, gradient, "[optimizer] the gradient", _LEAVES)
    return [one if one is None or isinstance(one, _Array) else _core.to_array(one, leaf.dtype) for one, leaf in zip(found, leaves)]


def _make(kind, doc, defaults):
    return type(kind, (Optimizer,), {"__doc__": doc, "__module__": "koine.optim", "__qualname__": kind, "_kind": kind,
                                     "__init__": _signed(Optimizer, defaults)})


def remake(kind, options):
    """A prototype again, from a pickle."""
    return _core.optim.make(kind, **options)


_KINDS = {kind: _make(kind, doc, defaults) for kind, (doc, defaults) in _core.optim.kinds.items()}
globals().update(_KINDS)


class Lbfgs:
    """Limited-memory BFGS (Nocedal, 1980) for a loss that is the same at every call: all examples at once, no dropout. It
    reads values, so it is not for `jit`.

    >>> params = {"w": kn.asarray([5.0])}
    >>> loss = kn.optim.Lbfgs().step(params, lambda p: kn.sum((p['w'] - 3) ** 2))
    >>> params["w"]
    array([3.])
    """

    __koine_tree__ = True

    def __init__(self, lr=1.0, iterations=20, history=10, gradient_tolerance=1e-7, change_tolerance=1e-9, line_search=True):
        self._numbers = (float(lr), iterations, history, gradient_tolerance, change_tolerance, line_search)
        self.moves, self.changes, self.direction, self.gradient, self.numbers = [], [], None, None, None

    def update(self, model, loss):
        """Makes up to `iterations` moves; loss(model) gives a scalar. Gives the new model and the last loss."""
        leaves, structure = _flatten(model, _INEXACT)
        chosen = [i for i, wanted in enumerate(_core.trained(structure, leaves)) if wanted]

        def of(params):
            for i, param in zip(chosen, params):
                leaves[i] = param
            return loss(_unflatten(structure, leaves))

        value, params, state = _core.optim.lbfgs_step(
            *self._numbers, [self.moves, self.changes, self.direction, self.gradient, self.numbers],
            [leaves[i] for i in chosen], of)
        self.moves, self.changes, self.direction, self.gradient, self.numbers = state
        for i, param in zip(chosen, params):
            leaves[i] = param
        return _unflatten(structure, leaves), value

    def step(self, model, loss):
        """Changes the model, which is a module, dict or list; gives the last loss that was computed."""
        changed, value = self.update(model, loss)
        _put(model, changed)
        return value


def global_norm(tree):
    """The Euclidean norm of all leaves together.

    >>> kn.optim.global_norm({"a": kn.asarray([3.0]), "b": kn.asarray([4.0])})
    array(5.0)
    """
    return _core.optim.global_norm(_flatten(tree, _INEXACT)[0])


def clip_by_norm(gradient, limit):
    """The gradient with its global norm at most `limit`, and the norm before, as PyTorch's clip_grad_norm_.

    >>> kn.optim.clip_by_norm({"w": kn.asarray([3.0, 4.0])}, 1.0)
    ({'w': array([0.5999999 , 0.79999983])}, array(5.0))
    """
    leaves, structure = _flatten(gradient, _INEXACT)
    clipped, norm = _core.optim.clip_by_norm(leaves, limit)
    return _unflatten(structure, clipped), norm


def clip_by_value(gradient, limit):
    """The gradient with every element in [-limit, limit].

    >>> kn.optim.clip_by_value({"w": kn.asarray([3.0, -0.5])}, 1.0)
    {'w': array([ 1. , -0.5])}
    """
    leaves, structure = _flatten(gradient, _INEXACT)
    return _unflatten(structure, _core.optim.clip_by_value(leaves, limit))


def _wide(leaf):
    return leaf.astype(_core.float32) if leaf.dtype in (_core.float16, _core.bfloat16) else leaf


class Accumulator:
    """The mean of the gradients of several small batches, as if they had been one: `add` each, then `take`. It is kept in float32
    where gradients have 16 bits.

    >>> gradients = kn.optim.Accumulator()
    >>> gradients.add({"w": kn.asarray(1.0)})
    >>> gradients.add({"w": kn.asarray(3.0)})
    >>> gradients.take()
    {'w': array(2.0)}
    """

    __koine_tree__ = True

    def __init__(self):
        self.mean, self.weight, self.count = None, 0.0, 0

    def add(self, gradient, weight=1.0):
        """Adds the gradient of one more batch; the weight is its number of examples, where batches differ."""
        if not weight >= 0:
            raise _ValueError(f"[add] the weight is at least 0, got {weight}")
        self.count, self.weight = self.count + 1, self.weight + weight
        gradient = _map(_wide, gradient)
        if self.count == 1 or self.weight == weight:  # what came before counts for nothing
            self.mean = gradient
        elif weight > 0:
            part = weight / self.weight
            self.mean = _map(lambda mean, new: mean + (new - mean) * part, self.mean, gradient)

    def take(self):
        """The mean so far; begins anew. Raises ValueError when nothing was added."""
        if self.count == 0:
            raise _ValueError("[take] no gradient was added")
        mean = self.mean
        self.mean, self.weight, self.count = None, 0.0, 0
        return mean


class Average:
    """An exponential average of weights, often better than the last ones: average = decay * average + (1 - decay) * model.
    The first update takes the model as it is; state and integers are those of the last model. Averages of weights of 16 bits
    are kept in float32 (`wide`) beside the model.

    >>> average = kn.optim.Average(decay=0.5)
    >>> average.update({"w": kn.asarray(1.0)})
    >>> average.update({"w": kn.asarray(3.0)})
    >>> average.model
    {'w': array(2.0)}
    """

    __koine_tree__ = True

    def __init__(self, decay=0.999):
        self.decay, self.model, self.wide = decay, None, []

    def update(self, model):
        """Takes the model after a step."""
        leaves, structure = _flatten(model, _INEXACT)
        leaves = [_core.share(leaf) for leaf in leaves]  # the average shares no array with the model
        chosen = [i for i, wanted in enumerate(_core.trained(structure, leaves)) if wanted]
        begun = self.model is not None
        before = _core.leaves_like(structure, self.model, "[Average] the average", _LEAVES) if begun else leaves
        mean, self.wide = _core.optim.average(self.decay, begun, [before[i] for i in chosen],
                                              self.wide or [None] * len(chosen), [leaves[i] for i in chosen])
        for i, leaf in zip(chosen, mean):
            leaves[i] = leaf
        self.model = _unflatten(structure, leaves)


class LossScale:
    """Keeps the gradients of float16 from vanishing (Micikevicius et al., 2018), for models with weights in float32 that
    compute in float16: differentiate `scale.of(loss)`, then `scale.step(optimizer, model, gradient)` in place of the
    optimiser's own. A step with a gradient that is not finite changes nothing but the scale.

    >>> scale = kn.optim.LossScale(initial=8.0)
    >>> scale.of(kn.asarray(0.5))
    array(4.0)
    """

    __koine_tree__ = True

    def __init__(self, initial=65536.0, growth=2.0, backoff=0.5, interval=2000):
        self._numbers = (float(initial), float(growth), float(backoff), interval)
        self.factor = _core.to_array(float(initial))
        self.good = _core.to_array(0)

    def of(self, loss):
        """The loss times the scale, in float32."""
        return _core.optim.scaled_loss(_core.optim.LossScaleOptions(*self._numbers), self.factor, self.good, loss)[0]

    def update(self, optimizer, model, gradient):
        """The model after the step, and whether it was made, a bool array; the state of both objects changes."""
        leaves, structure = _flatten(model, _INEXACT)
        (leaves, state, made), self.factor, self.good = optimizer._options.scaled_step(
            _core.optim.LossScaleOptions(*self._numbers), self.factor, self.good, optimizer._state(), structure, leaves,
            _gradients_like(structure, leaves, gradient), optimizer._rate())
        optimizer._set_state(state)
        return _unflatten(structure, leaves), made

    def step(self, optimizer, model, gradient):
        """Makes the step in the model, which is a module, dict or list; gives whether it was made, a bool array."""
        changed, made = self.update(optimizer, model, gradient)
        _put(model, changed)
        return made


__all__ = sorted(["Accumulator", "Average", "Lbfgs", "LossScale", "Optimizer", "Plateau", "Schedule", "clip_by_norm",
                  "clip_by_value", "cosine", "cosine_restarts", "global_norm", "inverse_sqrt", "linear", "one_cycle",
                  "polynomial", "step_decay", *_KINDS])

__getattr__ = _hints.missing("koine.optim", lambda: __all__)
