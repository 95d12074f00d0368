"""The layers of C++ as modules: a class for each row of the table in the extension. Options, leaves and parts are seen there
by reflection, calls run the layer's own code."""

import functools as _functools
import inspect as _inspect

from . import _core
from .errors import ValueError as _ValueError
from .modules import Context, Module, Param, State, Variable

_ROLES = {"param": Param, "state": State}


@_functools.cache
def _parts_of(prototype):
    return prototype.parts()


class Layer(Module):
    """A layer of C++: its options are read as attributes, its leaves and parts are those of the C++ struct.

    >>> isinstance(kn.nn.Linear(4, 3), kn.nn.Layer), kn.nn.Linear(4, 3).out
    (True, 3)
    """

    _kind = ""
    _arguments = ("x",)

    def __init__(self, *args, **options):
        self._fill(_core.nn.make(self._kind, *args, **options))

    def _fill(self, prototype):
        members = self.__dict__
        members["_layer"] = prototype
        parts = _parts_of(prototype)
        type(self)._trained = frozenset(name for name, part in parts if isinstance(part, tuple) and part[0] == "param")
        for name, part in parts:
            if isinstance(part, tuple):
                part = _ROLES[part[0]](*part[1:])
            elif isinstance(part, list):
                part = [_layer_of(one) for one in part]
            elif part is not None:
                part = _layer_of(part)
            members[name] = part

    def __getattr__(self, name):
        if name in ("_layer", "__dict__") or name.startswith("__"):
            raise AttributeError(name)
        plain = name[:-1] if name.endswith("_") else name
        if plain in self.__dict__:
            return self.__dict__[plain]
        options = self._layer.options()
        if plain in options:
            return options[plain]
        raise AttributeError(f"{type(self).__name__} has no '{name}'; it has {', '.join((*options, *self._parts()))}")

    def __setattr__(self, name, value):
        plain = name[:-1] if name.endswith("_") else name
        if plain not in self._parts():
            raise AttributeError(f"{type(self).__name__} has no part '{name}' that could be set; make another layer for other "
                                 "options")
        self.__dict__[plain] = value.value if isinstance(value, Variable) and value.value is not None else value

    def _parts(self):
        return [name for name in self.__dict__ if name != "_layer"]

    def _is_layer(self):
        return True

    def _variables(self):
        return {name: None if part is None else _ROLES[part[0]](*part[1:])
                for name, part in _parts_of(self._layer) if part is None or isinstance(part, tuple)}

    def describe(self):
        """What it is and the options that are not the default's, in one line."""
        defaults = _core.nn.kinds[self._kind][2]
        said = []
        for name, value in self._layer.options().items():
            if value != defaults[name]:
                said.append(f"{name}={value!r}")
        return f"{self._kind}({', '.join(said)})"

    def _values(self):
        """The arrays in the order of the C++ struct, None where there is none."""
        values = []
        for name, part in _parts_of(self._layer):
            value = self.__dict__[name]
            if part is None or isinstance(part, tuple):
                values.append(None if isinstance(value, Variable) else value)
            else:
                whole = part if isinstance(part, list) else [part]
                given = value if isinstance(part, list) else [value]
                if len(given) != len(whole) or any(getattr(one, "_layer", None) is not like for one, like in zip(given, whole)):
                    raise _ValueError(f"[{self._kind}] its '{name}' was replaced by something else than a layer of the same "
                                      f"options; write a module of your own for that")
                for one in given:
                    values += one._values()
        return values

    def _run(self, method, arrays, context):
        arrays = [one if one is None or isinstance(one, _core.Array) else _core.to_array(one) for one in arrays]
        return self._layer.call(method, self._values(), arrays, context)

    def __call__(self, *args, context=None, **keywords):
        names = self._arguments
        if args and (isinstance(args[-1], Context) or (args[-1] is None and len(args) == len(names) + 1)):
            args, context = args[:-1], args[-1]
        if len(args) > len(names):
            raise TypeError(f"{self._kind} is called with {', '.join(names)} and a context, not with {len(args)} arguments")
        arrays = list(args) + [keywords.pop(name, None) for name in names[len(args):]]
        if keywords:
            raise TypeError(f"{self._kind} is called with {', '.join(names)} and a context, not with '{next(iter(keywords))}'")
        if arrays[0] is None:
            raise TypeError(f"{self._kind} needs '{names[0]}'")
        results = self._run("", arrays, context)
        return results[0] if len(results) == 1 else tuple(results)


def remake(kind, options):
    """A prototype again, from a pickle."""
    return _core.nn.make(kind, **options)


def initializer(kind, scale):
    """An initialiser again, from a pickle."""
    return _core.nn.initializer(kind, scale)


def _layer_of(prototype):
    layer = object.__new__(KINDS[prototype.kind])
    layer._fill(prototype)
    return layer


class Recurrent(Layer):
    """Cells along a sequence."""

    def run(self, x, lengths=None, start=None, context=None):
        """What the call gives, and the state of each cell after the last step of each sequence: tuples of arrays, which
        `start` takes too."""
        arrays = [x, lengths]
        for state in start or ():
            arrays += state
        output, *last = self._run("run", arrays, context)
        count = len(last) // len(self.cells)
        return output, [tuple(last[i:i + count]) for i in range(0, len(last), count)]



def signed(base, defaults):
    """The constructor of a class with these options, so that editors and help() see them."""

    def __init__(self, *args, **options):
        base.__init__(self, *args, **options)

    parameters = [_inspect.Parameter(name + "_" * (name == "in"), _inspect.Parameter.POSITIONAL_OR_KEYWORD, default=value)
                  for name, value in defaults.items()]
    self = _inspect.Parameter("self", _inspect.Parameter.POSITIONAL_ONLY)
    __init__.__signature__ = _inspect.Signature([self, *parameters])
    return __init__


def _standardize_of(cls, examples):
    """The layer for the channels of some examples, over all other axes; a channel that is the same everywhere is only
    shifted."""
    examples = _core.to_array(examples)
    layer = cls(examples.shape[-1])
    layer.mean, layer.deviation = _core.nn.standardize(examples)
    return layer


def _make(kind, doc, arguments, defaults):
    base = Recurrent if "run" in arguments else Layer
    return type(kind, (base,), {"__doc__": doc, "__module__": "koine.nn", "__qualname__": kind, "_kind": kind,
                                "_arguments": tuple(arguments[""]), "__init__": signed(base, defaults)})


KINDS = {kind: _make(kind, doc, arguments, defaults) for kind, (doc, arguments, defaults) in _core.nn.kinds.items()}
KINDS["Standardize"].of = classmethod(_standardize_of)
