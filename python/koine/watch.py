"""What a traced function took from outside of its arguments, so that a trace is not used when that has changed."""

import functools as _functools
import types as _types

from . import _core

_PACKAGE = __name__.rpartition(".")[0]
_FUNCTIONS = (_core.Op, _types.FunctionType, _types.BuiltinFunctionType, _types.MethodType, _types.BuiltinMethodType)
_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_MOST = 4096  # objects that are looked at
_ITEM, _CELL, _LIST, _DICT, _ATTRIBUTE = range(5)


def _is_ours(function):
    module = getattr(function, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] == _PACKAGE


class _Search:
    """Finds the variables that functions name, and in them the arrays that a trace has taken for constants."""

    def __init__(self, recorded):
        self.recorded, self.names, self.seen, self.entries, self.kept = recorded, set(), set(), [], []
        self.variables, self.objects = [], []

    def first_time(self, thing):
        if id(thing) in self.seen or len(self.seen) > _MOST:
            return False
        self.seen.add(id(thing))
        self.kept.append(thing)  # so that its number is not given to another one
        return True

    # Which variables and attributes are named.

    def function(self, f):
        if not self.first_time(f):
            return
        if isinstance(f, _functools.partial):
            self.function(f.func)
            for part in (*f.args, *f.keywords.values()):
                self.value(part)
        elif isinstance(f, _types.MethodType):
            self.function(f.__func__)
            self.value(f.__self__)
        elif isinstance(f, _types.FunctionType):
            self.code(f.__code__, {} if _is_ours(f) else f.__globals__)
            for cell in f.__closure__ or ():
                try:
                    self.variables.append((_CELL, cell, None, cell.cell_contents))
                except ValueError:
                    continue
                self.value(cell.cell_contents)
            for default in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
                self.value(default)
        elif hasattr(f, "__dict__") and not isinstance(f, (type, _types.ModuleType)):
            if _is_ours(type(f)):  # a transformed function
                for part in vars(f).values():
                    if callable(part):
                        self.function(part)
            else:
                self.value(f)
            call = getattr(type(f), "__call__", None)
            if isinstance(call, _types.FunctionType):
                self.function(call)

    def code(self, code, globals_):
        self.names.update(code.co_names)
        for name in code.co_names:
            if name in globals_ and not name.startswith("__"):
                value = globals_[name]
                if not isinstance(value, _types.ModuleType):
                    self.variables.append((_ITEM, globals_, name, value))
                self.value(value)
        for constant in code.co_consts:
            if isinstance(constant, _types.CodeType):
                self.code(constant, globals_)
            elif isinstance(constant, str):
                self.names.add(constant)

    def value(self, value):
        if isinstance(value, _FUNCTIONS) or isinstance(value, _functools.partial) or callable(value) and not isinstance(value, type):
            self.function(value)
        if not isinstance(value, (*_SCALARS, *_FUNCTIONS, _core.Array)):
            self.objects.append(value)

    # What they hold.

    def collect(self):
        done = 0
        while done < len(self.objects):  # methods that are called name more
            for value in self.objects[done:]:
                done += 1
                for name in list(self.names):
                    method = getattr(type(value), name, None) if not _is_ours(type(value)) else None
                    if isinstance(method, _types.FunctionType):
                        self.function(method)
        for entry in self.variables:
            if self.matters(entry[3]):
                self.entries.append(entry)
        self.seen.clear()
        for value in self.objects:
            self.contents(value)
        return self.entries

    def matters(self, value):
        if isinstance(value, _core.Array):
            return self.recorded.holds(value)
        return not isinstance(value, (list, dict, set, tuple)) or self.holds_captured(value)

    def holds_captured(self, value, depth=0):
        """Whether an array that the trace took for a constant lies in it."""
        if isinstance(value, _core.Array):
            return self.recorded.holds(value)
        if depth > 16:
            return False
        if isinstance(value, dict):
            parts = value.values()
        elif isinstance(value, (list, tuple)):
            parts = value
        elif getattr(type(value), "__koine_tree__", False) or hasattr(type(value), "__dataclass_fields__"):
            parts = vars(value).values() if hasattr(value, "__dict__") else ()
        else:
            return False
        return any(self.holds_captured(part, depth + 1) for part in list(parts)[:_MOST])

    def contents(self, value):
        if isinstance(value, (*_SCALARS, *_FUNCTIONS, _core.Array)) or not self.first_time(value):
            return
        if isinstance(value, (_types.ModuleType, type)):
            if _is_ours(value) or getattr(value, "__name__", "").partition(".")[0] == _PACKAGE:
                return
            for name in self.names & vars(value).keys():
                part = vars(value)[name]
                if not isinstance(part, (*_FUNCTIONS, type, _types.ModuleType, staticmethod, classmethod, property)) and self.matters(part):
                    self.entries.append((_ATTRIBUTE, value, name, part))
                    self.contents(part)
        elif isinstance(value, (list, dict, tuple)) or getattr(type(value), "__koine_tree__", False) or \
                hasattr(type(value), "__dataclass_fields__"):
            if not self.holds_captured(value):
                return
            held = value if isinstance(value, (list, dict, tuple)) else getattr(value, "__dict__", {})
            if isinstance(held, dict):
                self.entries.append((_DICT, held, None, dict(held)))
            elif isinstance(held, list):
                self.entries.append((_LIST, held, None, tuple(held)))
            for part in held.values() if isinstance(held, dict) else held:
                self.contents(part)
        elif hasattr(value, "__dict__"):
            for name in self.names & vars(value).keys():
                part = vars(value)[name]
                if self.matters(part):
                    self.entries.append((_ITEM, vars(value), name, part))
                    self.contents(part)
        for name in self.names & set(getattr(type(value), "__slots__", ()) or ()):
            if hasattr(value, name) and self.matters(getattr(value, name)):
                self.entries.append((_ATTRIBUTE, value, name, getattr(value, name)))
                self.contents(getattr(value, name))


def watch(f, objects, recorded):
    """What says whether all that f named when it was traced is still the same: variables, attributes of the objects, and the
    lists, dicts and models that hold arrays which the trace took for constants. None where there is nothing of the kind."""
    search = _Search(recorded)
    search.function(f)
    for one in objects:
        search.value(one)
    entries = search.collect()
    return _core.Watch(entries) if entries else None
