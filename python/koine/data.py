"""Batches of examples: from arrays, or from anything with a length and positions, read by processes of their own."""

import collections as _collections
import os as _os
import sys as _sys

from . import random as _random
from . import workers as _workers
from .creation import asarray as _asarray
from .errors import ValueError as _ValueError
from .public import publish as _publish

__all__ = ["Dataset", "Loader"]


class Dataset:
    """Arrays whose first axis counts examples, as a data set: `Dataset(images, labels)[3]` is a pair.

    >>> pairs = kn.data.Dataset([10, 20, 30], ["a", "b", "c"])
    >>> len(pairs), pairs[1]
    (3, (20, 'b'))
    """

    def __init__(self, *arrays):
        if not arrays or len({len(one) for one in arrays}) != 1:
            raise _ValueError(f"[Dataset] takes arrays with as many examples each, got {[len(one) for one in arrays]}")
        self.arrays = arrays

    def __len__(self):
        return len(self.arrays[0])

    def __getitem__(self, place):
        return tuple(one[place] for one in self.arrays)


def _collate(examples):
    """Examples as one batch: a tree of NumPy's arrays with an axis more."""
    import numpy
    first = examples[0]
    if isinstance(first, dict):
        return {name: _collate([one[name] for one in examples]) for name in first}
    if isinstance(first, (tuple, list)):
        return tuple(_collate([one[i] for one in examples]) for i in range(len(first)))
    return numpy.stack([numpy.asarray(one) for one in examples])


class Loader:
    """Batches of a data set (anything with `len` and `[place]`), one epoch for each time that it is walked through.

    With `shuffle=key` the order of an epoch follows from the key and the epoch's number. Each walk is an epoch of its own, from
    its first batch on: one that is left early, or another at the same time, takes nothing away from it. `workers` processes read
    ahead, and the batches come in the same order with any number of them. They are started anew, never forked, so that threads
    and devices do no harm, and need no guard in the program; a batch whose process dies is read again, and IoError is raised when
    that dies too. Where a data set cannot be pickled or imported by another process, threads read ahead instead, with a warning.
    `state()` says where the last walk is, also in the middle of an epoch; after `restore(state)` the next one goes on there.
    `collate` makes a batch of a list of examples; by default the arrays are stacked.

    >>> loader = kn.data.Loader(kn.data.Dataset([1, 2, 3, 4, 5]), batch_size=2)
    >>> [batch[0].tolist() for batch in loader], len(loader)
    ([[1, 2], [3, 4], [5]], 3)
    """

    def __init__(self, dataset, batch_size=32, shuffle=None, workers=0, drop_last=False, collate=None):
        batch_size, workers = _integer(batch_size, "batch_size"), _integer(workers, "workers")
        if batch_size < 1 or workers < 0:
            raise _ValueError(f"[Loader] batch_size is at least 1 and workers at least 0, got {batch_size} and {workers}")
        self.dataset, self.batch_size, self.workers, self.drop_last = dataset, batch_size, workers, drop_last
        self.collate = collate or _collate
        self.key = None if shuffle is None or shuffle is False else _random.key(0 if shuffle is True else shuffle)
        self.epoch = self.batch = 0  # where the last walk is
        self._next, self._pool, self._owner = (0, 0), None, None

    def __len__(self):
        """The number of batches of an epoch."""
        count = len(self.dataset)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def state(self):
        """Where the loader is: a dict of numbers."""
        return {"epoch": self.epoch, "batch": self.batch}

    def restore(self, state):
        """Goes on at a state: the next batch of the next walk is the one that came after it."""
        self.epoch, self.batch = self._next = _integer(state["epoch"], "epoch"), _integer(state["batch"], "batch")

    def _plan(self, epoch):
        count = len(self.dataset)
        order = range(count) if self.key is None else _random.permutation(_random.fold_in(self.key, epoch), count).tolist()
        return [list(order[i * self.batch_size:(i + 1) * self.batch_size]) for i in range(len(self))]

    def __iter__(self):
        epoch, first = self._next
        plan = self._plan(epoch)
        if first >= len(plan) > 0:  # a state at the very end of an epoch
            epoch, first = epoch + 1, 0
            plan = self._plan(epoch)
        self._next, self.epoch, self.batch = (epoch + 1, 0), epoch, first
        return self._walk(epoch, first, plan)

    def _walk(self, epoch, first, plan):
        batches = self._read_all(plan[first:])
        try:
            for place, batch in enumerate(batches, first + 1):
                self.epoch, self.batch = (epoch, place) if place < len(plan) else (epoch + 1, 0)
                yield _arrays(batch)
        finally:
            batches.close()

    def _read_all(self, plan):
        if self.workers == 0:
            return (self.collate([self.dataset[place] for place in places]) for places in plan)
        if self._pool is None or self._owner != _os.getpid():  # a fork has none of its own
            self._pool, self._owner = _workers.make(self.workers, self.dataset, self.collate), _os.getpid()
        return self._ahead(self._pool, plan)

    def _ahead(self, pool, plan):
        """The batches in their order, of which a few are read ahead."""
        waiting = _collections.deque()
        try:
            for places in plan:
                waiting.append(pool.begin(places))
                if len(waiting) > 2 * self.workers:
                    yield pool.result(waiting.popleft())
            while waiting:
                yield pool.result(waiting.popleft())
        finally:
            for ticket in waiting:
                pool.forget(ticket)

    def close(self):
        """Ends the workers."""
        pool, self._pool = getattr(self, "_pool", None), None
        if pool is not None:
            pool.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __del__(self):
        self.close()


def _integer(value, what):
    try:
        return value.__index__()
    except (AttributeError, TypeError):
        raise _ValueError(f"[Loader] {what} is an integer, not {value!r:.40}") from None


def _arrays(batch):
    if isinstance(batch, dict):
        return {name: _arrays(part) for name, part in batch.items()}
    if isinstance(batch, tuple):
        return tuple(_arrays(part) for part in batch)
    return _asarray(batch)


_publish(_sys.modules[__name__])
