"""Batches of examples: from arrays, or from anything with a length and positions, read by processes of their own."""

import multiprocessing as _multiprocessing

from . import random as _random
from .creation import asarray as _asarray
from .errors import ValueError as _ValueError

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


_dataset = _collate_of = None


def _begin_worker(dataset, collate):
    global _dataset, _collate_of
    _dataset, _collate_of = dataset, collate


def _read(places):
    return _collate_of([_dataset[place] for place in places])


class Loader:
    """Batches of a data set (anything with `len` and `[place]`), one epoch for each time that it is walked through.

    With `shuffle=key` the order of an epoch follows from the key and the epoch's number. `workers` processes read ahead; they
    are spawned, never forked, so that threads and devices do no harm, and the batches come in the same order with any number
    of them. A data set for workers can be pickled. `state()` says where the loader is, also in the middle of an epoch;
    `restore(state)` goes on there. `collate` makes a batch of a list of examples; by default the arrays are stacked.

    >>> loader = kn.data.Loader(kn.data.Dataset([1, 2, 3, 4, 5]), batch_size=2)
    >>> [batch[0].tolist() for batch in loader], len(loader)
    ([[1, 2], [3, 4], [5]], 3)
    """

    def __init__(self, dataset, batch_size=32, shuffle=None, workers=0, drop_last=False, collate=None):
        if batch_size < 1 or workers < 0:
            raise _ValueError(f"[Loader] batch_size is at least 1 and workers at least 0, got {batch_size} and {workers}")
        self.dataset, self.batch_size, self.workers, self.drop_last = dataset, batch_size, workers, drop_last
        self.collate = collate or _collate
        self.key = None if shuffle is None or shuffle is False else _random.key(0 if shuffle is True else shuffle)
        self.epoch, self.batch, self._pool = 0, 0, None

    def __len__(self):
        """The number of batches of an epoch."""
        count = len(self.dataset)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def state(self):
        """Where the loader is: a dict of numbers."""
        return {"epoch": self.epoch, "batch": self.batch}

    def restore(self, state):
        """Goes on at a state: the next batch is the one that came after it."""
        self.epoch, self.batch = int(state["epoch"]), int(state["batch"])

    def _plan(self):
        count = len(self.dataset)
        order = range(count) if self.key is None else \
            _random.permutation(_random.fold_in(self.key, self.epoch), count).tolist()
        return [list(order[i * self.batch_size:(i + 1) * self.batch_size]) for i in range(len(self))]

    def __iter__(self):
        plan = self._plan()[self.batch:]
        for batch in self._read_all(plan):
            self.batch += 1
            if self.batch == len(self):
                self.epoch, self.batch = self.epoch + 1, 0
            yield _arrays(batch)

    def _read_all(self, plan):
        if self.workers == 0:
            return (self.collate([self.dataset[place] for place in places]) for places in plan)
        if self._pool is None:
            self._pool = _multiprocessing.get_context("spawn").Pool(self.workers, _begin_worker, (self.dataset, self.collate))
        return self._ahead(plan)

    def _ahead(self, plan):
        """The batches in their order, of which a few are read ahead."""
        waiting = []
        for places in plan:
            waiting.append(self._pool.apply_async(_read, (places,)))
            if len(waiting) > 2 * self.workers:
                yield waiting.pop(0).get()
        for one in waiting:
            yield one.get()

    def close(self):
        """Ends the processes."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
            self._pool = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __del__(self):
        if getattr(self, "_pool", None) is not None:
            self._pool.terminate()


def _arrays(batch):
    if isinstance(batch, dict):
        return {name: _arrays(part) for name, part in batch.items()}
    if isinstance(batch, tuple):
        return tuple(_arrays(part) for part in batch)
    return _asarray(batch)
