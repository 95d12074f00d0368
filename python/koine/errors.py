"""The exceptions of Koine. Each is also the built-in one that a Python programmer expects."""

import builtins


class Error(Exception):
    """The base of every exception that Koine raises. What its text quotes of others, as names in files, is printable."""

    def __str__(self):
        from ._core import printable
        return printable(super().__str__().encode("utf-8", "backslashreplace").decode())


class ShapeError(Error, builtins.ValueError):
    """Shapes do not fit, or a size overflows."""


class DTypeError(Error, TypeError):
    """A dtype is not accepted, or two do not combine."""


class IndexError(Error, builtins.IndexError):
    """An index, axis or position is out of range."""


class ValueError(Error, builtins.ValueError):
    """An argument has a value that is not allowed."""


class OverflowError(ValueError, builtins.OverflowError):
    """A number does not fit the dtype that it has to take."""


class TraceError(Error, RuntimeError):
    """A value was asked for where only its shape is known, or an array left its trace."""


class NotDifferentiable(Error, TypeError):
    """A derivative was asked for that does not exist."""


class NanError(Error, FloatingPointError):
    """Under koine.debug(nan=True) an op made a NaN of operands without one."""


class FormatError(Error, builtins.ValueError):
    """A file or text does not follow its format."""


class ConfigError(Error, builtins.ValueError):
    """A configuration has unknown, missing or contradictory settings."""


class OutOfMemory(Error, MemoryError):
    """A device has no room for a buffer."""


class DeviceError(Error, RuntimeError):
    """A device is absent or failed."""


class IoError(Error, OSError):
    """A file cannot be opened, read or written."""


class CallbackError(Error, RuntimeError):
    """A function of Python that a program called raised an exception, which is its __cause__, or gave something else than it
    promised."""
