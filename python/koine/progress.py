"""How far a training is: a bar in a terminal or notebook, a line for each epoch where output is piped."""

import sys as _sys
import time as _time


def shown(numbers):
    """Numbers by name in one line."""
    return "  ".join(f"{name} {value:.4g}" for name, value in numbers.items())


def _lives():
    """Whether a line can be written over: in a terminal, and in a notebook's cell."""
    return _sys.stdout.isatty() or "ipykernel" in _sys.modules


class Progress:
    """The progress of the epochs of a training. verbose: 0 nothing, 1 a bar where it can be drawn, 2 a line for each epoch."""

    def __init__(self, epochs, verbose):
        self.epochs, self.verbose, self.bar = epochs, verbose, verbose == 1 and _lives()
        self.drawn = 0.0

    def begin(self, epoch, batches):
        """An epoch of so many batches begins, None when nobody knows how many."""
        self.epoch, self.batches, self.start = epoch, batches, _time.perf_counter()

    def batch(self, done, numbers):
        """So many batches are done; `numbers()` gives the means so far."""
        now = _time.perf_counter()
        if not self.bar or now - self.drawn < 0.1:
            return
        self.drawn = now
        spent = now - self.start
        if self.batches:
            filled = 24 * done // self.batches
            left = spent / done * (self.batches - done)
            text = f"[{'=' * filled}{'.' * (24 - filled)}] {done}/{self.batches} {left:.0f} s left"
        else:
            text = f"{done} batches"
        _sys.stdout.write(f"\r\x1b[Kepoch {self.epoch + 1}/{self.epochs} {text}  {done / spent:.0f}/s  {shown(numbers())}")
        _sys.stdout.flush()

    def end(self, numbers):
        """The epoch is over."""
        if self.verbose:
            spent = _time.perf_counter() - self.start
            before = "\r\x1b[K" if self.bar else ""
            _sys.stdout.write(f"{before}epoch {self.epoch + 1}/{self.epochs}  {spent:.2f} s  {shown(numbers)}\n")
            _sys.stdout.flush()
