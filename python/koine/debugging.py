"""Finding mistakes."""

from . import _core
from .callbacks import io_callback as _io_callback
from .callbacks import print_values as _print_values

__all__ = ["debug"]


class debug:
    """Looks more closely from now on, or within a with statement.

    nan=True names the first op that makes a NaN of operands without one, with its operands and line: NanError. Every op is
    then evaluated by itself and jitted functions run as they are written. lines=True makes every op remember its line, also
    those that cannot fail, for profiles and graphs.

    >>> with kn.debug(nan=True):
    ...     kn.log(kn.asarray([1.0, -1.0]))
    Traceback (most recent call last):
        ...
    koine.errors.NanError: [log] gave a NaN, of operands that have none
      operands: float32[2]
      at ...

    `koine.debug.print("loss {}", loss)` prints values from inside `jit` and other transforms, `koine.debug.callback(f, x)`
    calls any function with them.
    """

    print = staticmethod(_print_values)

    @staticmethod
    def callback(f, *args, **keywords):
        """Calls f with the values of arrays, as NumPy's, for what it does: also inside `jit` and other transforms, in order."""
        _io_callback(f, None, *args, **keywords)

    def __init__(self, nan=False, lines=False):
        self._before, self._lines = _core.nan_checked(), nan or lines
        _core.check_nan(nan)
        if self._lines:
            _core.want_lines(True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        _core.check_nan(self._before)
        if self._lines:
            _core.want_lines(False)
