"""What a model is in Python: plain classes with attributes, trees whose leaves are parameters and state."""

import copy as _copy
import functools as _functools
import inspect as _inspect
import threading as _threading

from . import _core
from ._core import Array as _Array
from .errors import Error as _Error
from .hints import OF_MODELS as _OF_MODELS
from .tree import in_order as _in_order

_Initializer = _core.nn.Initializer
Context = _core.nn.Context


class Variable:
    """What is declared of an array that `init` makes: its shape, how it begins, its dtype. In place of a shape it takes the array
    itself, with which it begins.

    >>> kn.nn.Param((2, 3), kn.nn.normal(0.1)).shape
    (2, 3)
    """

    __koine_tree__ = False
    __slots__ = ("shape", "initializer", "dtype", "value")

    def __init__(self, shape, initializer=0.0, dtype=_core.float32):
        self.value = None
        if not isinstance(shape, (int, tuple, list)) and hasattr(shape, "shape"):
            self.value = _core.to_array(shape)
            shape, dtype = self.value.shape, self.value.dtype
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.initializer = initializer if isinstance(initializer, _Initializer) else _core.nn.constant(initializer)
        self.dtype = _core.to_dtype(dtype)

    def initial(self, key):
        """The first value, which depends on the key alone, or the one that was given."""
        return self.initializer(self.shape, self.dtype, key) if self.value is None else _core.share(self.value)

    def _facts(self):
        return type(self), self.shape, self.initializer, self.dtype

    def __eq__(self, other):
        return isinstance(other, Variable) and self._facts() == other._facts()

    def __hash__(self):
        return hash(self._facts())

    def __repr__(self):
        return f"{type(self).__name__}({self.shape}, {self.initializer}, {self.dtype.name})"


class Param(Variable):
    """A leaf that is trained: `self.weight = nn.Param((4, 8), nn.he_normal(4))`, or `nn.Param(array)`.

    >>> kn.nn.Param(3, 1.0).initial(kn.random.key(0))
    array([1., 1., 1.])
    """

    __slots__ = ()


class State(Variable):
    """A leaf that the model keeps and that is not trained, such as running statistics; `context.update` changes it. An array that
    is an attribute of a module without being declared is kept in the same way.

    >>> kn.nn.State((), dtype=kn.int64)
    State((), constant(0.0), int64)
    """

    __slots__ = ()


class _Declarations:
    """The variables of a module by the paths of its attributes, as 'weight' or 'blocks.0': a value that belongs to its structure.
    `_trained` are those that have a gradient."""

    __koine_tree__ = False
    __slots__ = ("variables", "_trained", "_hash")

    def __init__(self, variables):
        self.variables, self._hash = variables, hash(frozenset(variables))
        self._trained = frozenset(path for path, one in variables.items() if isinstance(one, Param))

    def __eq__(self, other):
        return isinstance(other, _Declarations) and self.variables == other.variables

    def __hash__(self):
        return self._hash

    def __reduce__(self):
        return _Declarations, (self.variables,)


def _declared_in(path, value):
    """The variables in an attribute of a module, by path: also those in lists and dicts."""
    if isinstance(value, Variable):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _declared_in(f"{path}.{key}", part)
    elif isinstance(value, (list, tuple)):
        for place, part in enumerate(value):
            yield from _declared_in(f"{path}.{place}", part)


class _Calls(_threading.local):
    """The calls of modules that are running in this thread, while somebody watches them."""

    watcher = None


_calls = _Calls()


def _called(call):
    """A module's __call__ that says where in the model an error came from."""

    @_functools.wraps(call)
    def with_place(self, *args, **keywords):
        try:
            result = call(self, *args, **keywords) if _calls.watcher is None else _calls.watcher(call, self, args, keywords)
        except _Error as error:
            _add_place(error, self)
            raise
        return result

    return with_place


def _add_place(error, module):
    places = error.__dict__.setdefault("_modules", [])
    if places:
        places[0] = _name_in(module, error._innermost), *places[0][1:]
    error._innermost = module
    places.insert(0, ("", module.describe() if isinstance(module, Module) else type(module).__name__))
    text = " > ".join(f"{name}: {kind}" if name else kind for name, kind in places)
    if error.args and isinstance(error.args[0], str):
        whole = error.args[0].split("\n  in ")
        rest = whole[1].split("\n", 1)[1:] if len(whole) > 1 else []
        head, mark, line = whole[0].rpartition("\n  at ")
        if rest:
            error.args = (f"{whole[0]}\n  in {text}\n{rest[0]}", *error.args[1:])
        elif mark:
            error.args = (f"{head}\n  in {text}{mark}{line}", *error.args[1:])
        else:
            error.args = (f"{whole[0]}\n  in {text}", *error.args[1:])


def _children(module):
    """The modules directly below one, with their names: also those in its lists and dicts."""

    def walk(name, value):
        if isinstance(value, Module):
            yield name, value
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from walk(f"{name}.{key}", part)
        elif isinstance(value, (list, tuple)):
            for place, part in enumerate(value):
                yield from walk(f"{name}.{place}", part)

    for name, value in module.__dict__.items():
        if name != "_declared":
            yield from walk(name, value)


def _name_in(module, child):
    return next((name for name, part in _children(module) if part is child), "")


class Module:
    """A model, or a part of one: a plain class with attributes, which are the parts of its tree.

    >>> class Mlp(kn.nn.Module):
    ...     def __init__(self, size):
    ...         self.hidden = kn.nn.Linear(size, 32)
    ...         self.out = kn.nn.Linear(32, 10)
    ...     def __call__(self, x, context=None):
    ...         return self.out(kn.relu(self.hidden(x)))
    >>> model = kn.nn.init(Mlp(64), key=0)
    >>> model(kn.ones((5, 64))).shape
    (5, 10)

    Arrays, modules, lists and dicts of them are parts; everything else (numbers, functions) belongs to the structure. What is
    trained is declared, as `nn.Param`; other arrays are kept, and get no gradient. A model is an argument of every transform, and
    its gradient is a model too. A part or array that lies at two places is one, whose gradients add up: `self.out = self.embed`,
    `head.weight = embed.weight`, one layer twice in a list.
    """

    __koine_tree__ = True
    _trained = frozenset()

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if "__call__" in cls.__dict__:
            cls.__call__ = _called(cls.__dict__["__call__"])

    def __getattr__(self, name):
        hint = _OF_MODELS.get(name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}" + (f"; what you look for is here: {hint}" if hint else
                                                                                 ""), name=name, obj=self)

    def __setattr__(self, name, value):
        self._declare(_declared_in(name, value))
        self.__dict__[name] = value.value if isinstance(value, Variable) and value.value is not None else value

    def _declare(self, variables):
        if more := dict(variables):
            known = self.__dict__.get("_declared")
            self.__dict__["_declared"] = _Declarations({**(known.variables if known else {}), **more})

    def _is_trained(self, path):
        known = self.__dict__.get("_declared")
        return path in (known._trained if known else self._trained)

    def describe(self):
        """The name of the class and what it was made with, in one line."""
        return type(self).__name__

    def __repr__(self):
        return "\n".join(_tree_lines(self, ""))

    def summary(self, *inputs, context=None):
        """A table of the layers with the shape of what each gives for these inputs, and its parameters. Nothing is computed."""
        from .summary import Summary
        return Summary(self, inputs, context)

    def compile(self, optimizer="adamw", loss="cross_entropy", metrics=()):
        """Says how `fit` trains the model: an optimiser or its name, a loss (cross_entropy, binary_cross_entropy, mse, mae, huber,
        kl_divergence, or a function of predictions and targets that gives the mean, or a number for each example), metrics
        (accuracy, mse and mae, which are means over batches; auc, f1, precision, recall, perplexity, r2 and rmse, which are
        computed of all predictions together; functions, or a dict of them)."""
        from . import train
        train.compile(self, optimizer, loss, metrics)

    def fit(self, x, y=None, *, epochs=1, batch_size=32, validation_data=None, validation_split=0.0, shuffle=True, callbacks=(),
            verbose=1, seed=0, sample_weight=None, class_weight=None, drop_last=False):
        """Trains the model, which changes, and gives the History.

        x and y are arrays, or tuples and dicts of them (a tuple holds several inputs of the call); or x is a loader that gives
        pairs of both. A model without values gets its first ones. The order of examples, and what layers draw, follow from the
        seed and from how many epochs the model was trained for before: a second fit goes on with other orders and masks.

        sample_weight says how much each example counts in the loss, class_weight, {class: weight} or "balanced", how much those of
        a class; the loss is the sum of the weighted losses over the number of examples, as in Keras, metrics take no weights.
        drop_last leaves out the last batch of an epoch when it is smaller. validation_data is (x, y), (x, y, sample_weight) or a
        loader; validation_split keeps that part of the examples, the last ones, out for it. A shown bar turns to a line for each
        epoch where output is piped; verbose=0 shows nothing. Ctrl-C leaves the model as it is then.
        """
        from . import train
        return train.fit(self, x, y, epochs, batch_size, validation_data, validation_split, shuffle, list(callbacks), verbose, seed,
                         sample_weight, class_weight, drop_last)

    def evaluate(self, x, y=None, *, batch_size=256, sample_weight=None):
        """The loss and metrics over all examples, as a dict."""
        from . import train
        return train.evaluate(self, x, y, batch_size, sample_weight)

    def predict(self, x, *, batch_size=256):
        """What the model gives for each example, computed in batches."""
        from . import train
        return train.predict(self, x, batch_size)


def _tree_lines(module, name, seen=None):
    seen = {} if seen is None else seen
    if id(module) in seen:
        yield f"{name}{module.describe()}  (the same as {seen[id(module)] or 'the whole'})"
        return
    seen[id(module)] = name.removesuffix(": ")
    count = parameters(module)
    yield f"{name}{module.describe()}{f'  ({count:,} parameters)' if count else ''}"
    for child, part in _children(module):
        for line in _tree_lines(part, f"{child}: ", seen):
            yield "  " + line
    for child, part in module.__dict__.items():
        if isinstance(part, (Variable, _Array)) and not module._is_layer():
            shape = list(part.shape)
            yield f"  {child}: {'param' if module._is_trained(child) else 'state'} {part.dtype.name}{shape}"


Module._is_layer = lambda self: False


def _leaves(tree):
    """All leaves of a tree, each once, those without values as what is declared of them, with whether each is state."""
    seen = {}

    def walk(tree, owner, path):
        if isinstance(tree, (Variable, _Array)):
            if isinstance(tree, Variable) or owner is not None:
                if id(tree) in seen:
                    return
                seen[id(tree)] = tree
            trained = isinstance(tree, Param) if isinstance(tree, Variable) else owner is None or owner._is_trained(path)
            yield tree, not trained
        elif isinstance(tree, dict):
            for name in _in_order(tuple(tree)):
                yield from walk(tree[name], owner, f"{path}.{name}")
        elif isinstance(tree, (list, tuple)):
            for place, part in enumerate(tree):
                yield from walk(part, owner, f"{path}.{place}")
        elif (names := _attributes_of(tree)) is not None:
            if id(tree) in seen:
                return
            seen[id(tree)] = tree
            inner = tree if isinstance(tree, Module) else None
            for name in names:
                yield from walk(getattr(tree, name), inner, name)

    return walk(tree, None, "")


def _attributes_of(tree):
    """The names of the attributes of a tree with such, else None."""
    names = getattr(type(tree), "__dataclass_fields__", None)
    if names is None and getattr(type(tree), "__koine_tree__", False):
        names = tree.__dict__
    return None if isinstance(tree, type) else names


def _size(leaf):
    count = 1
    for n in leaf.shape:
        count *= n
    return count


def parameters(model):
    """How many numbers of a model are trained.

    >>> kn.nn.parameters(kn.nn.Linear(4, 3))
    15
    """
    return sum(_size(leaf) for leaf, state in _leaves(model) if not state and leaf.dtype.kind in "fc")


def init(model, key):
    """The model with every declared parameter and state at its first value; key is a number or an array that `random.key`
    made. The same numbers as in C++: leaf number i follows from fold_in(key, i).

    >>> kn.nn.init({'w': kn.nn.Param(2, 1.0)}, key=0)
    {'w': array([1., 1.])}
    """
    from .random import key as key_of
    base, number, made = key_of(key), 0, {}
    fold_in = _core.ops["fold_in"]

    def once(thing, make):
        """What was made of a thing before, so that one at two places stays one."""
        if id(thing) not in made:
            made[id(thing)] = thing, make()
        return made[id(thing)][1]

    def leaf(value, declared):
        nonlocal number
        number += 1
        return value if declared is None else declared.initial(fold_in(base, number - 1))

    def fill(tree, own, path):
        """The tree with first values; `own` are the variables that the module around it has declared, by path."""
        if isinstance(tree, (Variable, _Array)):
            declared = tree if isinstance(tree, Variable) else own.get(path)
            return once(tree, lambda: leaf(tree, declared)) if declared or own else leaf(tree, declared)
        if isinstance(tree, dict):
            parts = {name: fill(tree[name], own, f"{path}.{name}") for name in _in_order(tuple(tree))}
            return _unflatten_like(tree, parts)
        if isinstance(tree, (list, tuple)):
            return _unflatten_like(tree, [fill(part, own, f"{path}.{place}") for place, part in enumerate(tree)])
        names = _attributes_of(tree)
        return tree if names is None else once(tree, lambda: filled(tree, names))

    def filled(tree, names):
        nonlocal number
        result = object.__new__(type(tree))
        made[id(tree)] = tree, result  # it may lie inside itself
        own = tree._variables() if isinstance(tree, Module) else {}
        for name in names:
            value = getattr(tree, name)
            if name in own and own[name] is None:
                number += 1  # a leaf that a layer of C++ does without
                value = None
            elif value is None and own.get(name) is not None:
                value = leaf(None, own[name])
            else:
                value = fill(value, own, name)
            object.__setattr__(result, name, value)
        if isinstance(tree, Module) and not tree._is_layer():
            result._declare(one for name in names for one in _declared_in(name, getattr(tree, name)))
        return result

    return fill(model, {}, "")


def _unflatten_like(tree, parts):
    """A container like another one with other parts."""
    if type(tree) is dict:
        return {name: parts[name] for name in tree}
    if type(tree) is list:
        return parts
    fresh = _copy.copy(tree)  # a subclass, with what else it has
    if isinstance(tree, dict):
        for name in tree:
            fresh[name] = parts[name]
    elif isinstance(tree, list):
        fresh[:] = parts
    else:
        fresh = type(tree)._make(parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return fresh


def _variables(self):
    declared = self.__dict__.get("_declared")
    return declared.variables if declared else {}


Module._variables = _variables


def commit(context, model):
    """The model with the new states of a context; the model itself does not change."""
    leaves, structure = _core.flatten(model)
    return _core.unflatten(structure, context._commit(leaves))


Context.commit = commit


def takes_context(layer):
    """Whether a layer or function is called with a context."""
    kind = layer if _inspect.isfunction(layer) else type(layer)
    found = _takes.get(kind)
    if found is None:
        try:
            found = "context" in _inspect.signature(layer).parameters
        except (TypeError, ValueError):
            found = False
        _takes[kind] = found
    return found


_takes = {}


def apply(layer, x, context=None):
    """A layer, or any function of an array, with or without a context.

    >>> kn.nn.apply(kn.nn.Dropout(0.5), kn.ones(2)), kn.nn.apply(kn.relu, kn.asarray([-1.0]))
    (array([1., 1.]), array([0.]))
    """
    return layer(x, context=context) if takes_context(layer) else layer(x)


class Sequential(Module):
    """Layers, or functions of an array, one after the other.

    >>> model = kn.nn.init(kn.nn.Sequential(kn.nn.Linear(4, 8), kn.relu, kn.nn.Linear(8, 2)), key=0)
    >>> model(kn.ones((3, 4))).shape, len(model)
    ((3, 2), 3)
    """

    def __init__(self, *layers):
        self.layers = list(layers)

    def __call__(self, x, context=None):
        for layer in self.layers:
            x = apply(layer, x, context)
        return x

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, place):
        return self.layers[place]


class Residual(Module):
    """x + layer(x) (He et al., 2016).

    >>> kn.nn.Residual(kn.square)(kn.asarray([1.0, 3.0]))
    array([ 2., 12.])
    """

    def __init__(self, layer):
        self.layer = layer

    def __call__(self, x, context=None):
        return x + apply(self.layer, x, context)
