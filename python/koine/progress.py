"""How far a training is: a bar of rich in a terminal, a text that is written over in a notebook, a line for each epoch where
output is piped."""

import sys as _sys
import time as _time

from . import _core

_AGAIN = 0.1  # seconds until numbers are read and drawn again


def shown(numbers):
    """Numbers by name in one line."""
    return "  ".join(f"{_core.printable_name(name)} {value:.4g}" for name, value in numbers.items())


def progress(epochs, verbose):
    """What shows the epochs of a training. verbose: 0 nothing, 1 a bar where it can be drawn, 2 a line for each epoch."""
    if verbose != 1:
        return Lines(epochs) if verbose else Silent(epochs)
    if _sys.stdout.isatty():
        try:
            return Bar(epochs)
        except ImportError:
            return Text(epochs)
    return Text(epochs) if _in_notebook() else Lines(epochs)


def _in_notebook():
    ipython = _sys.modules.get("IPython")
    return ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None


class Silent:
    """Shows nothing."""

    def __init__(self, epochs):
        self.epochs = epochs

    def begin(self, epoch, batches):
        """An epoch of so many batches begins, None when nobody knows how many."""
        self.title, self.batches = f"epoch {epoch + 1}/{self.epochs}", batches
        self.start = self.drawn = _time.perf_counter()

    def batch(self, done, numbers):
        """So many batches are done; `numbers()` gives the means so far."""
        now = _time.perf_counter()
        if now - self.drawn >= _AGAIN:
            self.drawn = now
            self._draw(done, now - self.start, numbers)

    def _draw(self, done, spent, numbers):
        pass

    def end(self, numbers):
        """The epoch is over."""

    def close(self):
        """Nothing more is shown, whether or not the epoch has ended."""


class Lines(Silent):
    """A line for each epoch."""

    def end(self, numbers):
        self.close()
        print(f"{self.title}  {_time.perf_counter() - self.start:.2f} s  {shown(numbers)}", flush=True)


class Text(Lines):
    """A line that is written over."""

    def _draw(self, done, spent, numbers):
        if self.batches:
            filled = 24 * done // self.batches
            left = spent / done * (self.batches - done)
            place = f"[{'=' * filled}{'.' * (24 - filled)}] {done}/{self.batches} {left:.0f} s left"
        else:
            place = f"{done} batches"
        self._over(f"{self.title} {place}  {done / spent:.0f}/s  {shown(numbers())}")

    def close(self):
        self._over("")

    @staticmethod
    def _over(text):
        _sys.stdout.write(f"\r\x1b[K{text}")
        _sys.stdout.flush()


class Bar(Lines):
    """A bar of rich. Raises ImportError where rich is not installed."""

    def __init__(self, epochs):
        from rich import progress as bars
        super().__init__(epochs)
        self.bars, self.live = bars, None

    def begin(self, epoch, batches):
        super().begin(epoch, batches)
        text = self.bars.TextColumn
        self.live = self.bars.Progress(text("{task.description}"), self.bars.BarColumn(), self.bars.MofNCompleteColumn(),
                                       self.bars.TimeRemainingColumn(), text("{task.fields[numbers]}"), transient=True)
        self.live.start()
        self.task = self.live.add_task(self.title, total=batches, numbers="")

    def _draw(self, done, spent, numbers):
        self.live.update(self.task, completed=done, numbers=f"{done / spent:.0f}/s  {shown(numbers())}")

    def close(self):
        if self.live:
            self.live.stop()
            self.live = None
