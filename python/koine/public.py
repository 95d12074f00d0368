"""Functions as users call them: whatever Python, or the binding, says of wrong arguments becomes an error with the function's name,
what it was given and how it is called. One place for all functions of the package: nobody converts arguments for the sake of errors.
"""

import builtins as _builtins
import inspect as _inspect
import os as _os
import sys as _sys
import sysconfig as _sysconfig
import types as _types

from . import _core, errors

_PACKAGE = _os.path.dirname(__file__) + _os.sep
_LIBRARY = tuple(_os.path.abspath(path) + _os.sep for path in
                 {_sysconfig.get_path("stdlib"), _sysconfig.get_path("purelib"), _sysconfig.get_path("platlib")})
# What says that arguments are wrong, when it comes from the package's own lines.
_OF_ARGUMENTS = (TypeError, AttributeError, LookupError, _builtins.ValueError, OverflowError, ArithmeticError, SystemError,
                 RecursionError, UnicodeError, NameError)


def _is_ours(error):
    """Whether it was raised by the package, or by something of C or a library that the package called: not by a function of the
    user's."""
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    for file in reversed(frames):
        if file.startswith(_PACKAGE):
            return True
        if not (file.startswith(_LIBRARY) or file.startswith("<")):
            return False
    return True


def _shown(value):
    """An argument in a few words."""
    if isinstance(value, _core.Array):
        return f"{value.dtype.name}{list(value.shape)}"
    try:
        text = repr(value)
    except Exception:  # an object may do anything
        text = "..."
    name = type(value).__name__
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None))):
        return text if len(text) <= 24 else text[:20] + "..."
    return f"{name} {text}" if len(text) <= 24 and not text.startswith("<") else f"a {name}"


def _way_out(function, name):
    try:
        signature = str(_inspect.signature(function))
    except (TypeError, _builtins.ValueError):
        text = (getattr(function, "__doc__", None) or "").partition("\n")[0]
        signature = text[text.find("("):].partition(" ->")[0] if "(" in text else "(...)"
    return f"{name}{signature}"


def explained(function, name, args, keywords, error):
    """A better error than this one, or None where it says all itself."""
    if isinstance(error, errors.Error) or not isinstance(error, _OF_ARGUMENTS) or not _is_ours(error):
        return None
    text = str(error).strip()
    short = name.rpartition(".")[2]
    of_binding = "incompatible function arguments" in text or "incompatible constructor arguments" in text
    if text.startswith("[") or text.startswith(f"{short}()") and not of_binding:
        return None
    given = ", ".join([*map(_shown, args[:8]), *(f"{key}={_shown(value)}" for key, value in list(keywords.items())[:8])])
    if of_binding:
        text = "it does not take these arguments"
    way_out = f"it is called as {_way_out(function, name)}"
    kind = _builtins.TypeError if isinstance(error, (TypeError, AttributeError, SystemError, NameError)) else errors.IndexError \
        if isinstance(error, _builtins.IndexError) else errors.ValueError
    better = kind(f"[{short}] {text}: got ({given}); {way_out}")
    better.__cause__ = None if isinstance(error, (TypeError, _builtins.ValueError)) else error
    better.__suppress_context__ = True
    return better.with_traceback(error.__traceback__)


def _is_function(value):
    return isinstance(value, _types.FunctionType) or type(value).__name__ in ("nb_func", "nb_method")


_NO_NAME = ("arrays", "batching", "callbacks", "control", "creation", "custom", "custom_op", "debugging", "derivatives", "dtypes",
            "elementwise", "files", "indexing", "info", "manipulation", "products", "reductions", "sets", "tracing", "transforms",
            "modules", "layers")
_made = {}


def publish(*modules):
    """Makes all public functions, and methods of public classes, say what is wrong: those of the given modules, or of all that are
    there. The package itself has them without, under names with an underscore."""

    def public(function, name):
        if id(function) not in _made:
            _made[id(function)] = function, _core.public_function(function, name)
        return _made[id(function)][1]

    package = _sys.modules[__package__]
    inner = [module for name, module in list(_sys.modules.items()) if name.startswith(__package__ + ".") and hasattr(module, "__all__")]
    for module in modules or [*inner, package]:
        prefix = module.__name__.partition(".")[2]
        prefix = "" if prefix in _NO_NAME else prefix
        for name in getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]:
            value = vars(module).get(name)
            if _is_function(value):
                own = getattr(value, "__name__", name)  # rather than another name for it
                own = own if vars(module).get(own) is value else name
                setattr(module, name, public(value, f"{prefix}.{own}".strip(".")))
            elif isinstance(value, type) and (value.__module__ or "").partition(".")[0] == __package__:
                _publish_class(value, public)


def _publish_class(cls, public):
    for name, value in list(vars(cls).items()):
        if isinstance(value, _types.FunctionType) and (not name.startswith("_") or name in ("__init__", "__call__", "__getitem__")):
            try:
                setattr(cls, name, public(value, f"{cls.__name__}" if name == "__init__" else f"{cls.__name__}.{name}"))
            except TypeError:
                pass  # a class of C
