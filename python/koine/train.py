"""Training without a loop of one's own: what `model.compile`, `fit`, `evaluate` and `predict` do, and callbacks."""

import math as _math
import os as _os
import weakref as _weakref

from . import _core, optim as _optim, random as _random
from ._core import nn as _losses
from .creation import asarray as _asarray
from .errors import ShapeError as _ShapeError
from .errors import ValueError as _ValueError
from .files import load as _load
from .files import save as _save
from .history import History
from .modules import Context as _Context
from .modules import Variable as _Variable
from .modules import _leaves as _declared_leaves
from .modules import init as _init
from .modules import takes_context as _takes_context
from .progress import progress as _progress
from .transforms import Jit as _Jit
from .transforms import value_and_grad as _value_and_grad
from .tree import assign as _assign
from .tree import leaves as _leaves
from .tree import map as _map

__all__ = ["Callback", "CsvLog", "EarlyStopping", "History", "ModelCheckpoint", "ReduceRate", "TensorBoard"]


class Callback:
    """What is told of a training: override what is of interest. `logs` are the numbers of the epoch by name, `self.model` is
    the model as it is then, `self.training` has `stop`, which ends the training after the epoch, and `optimizer`.

    >>> class Print(kn.train.Callback):
    ...     def on_epoch_end(self, epoch, logs):
    ...         print(epoch, sorted(logs))
    >>> model = kn.nn.Linear(1, 2)
    >>> model.compile("adam", metrics=["accuracy"])
    >>> model.fit(kn.ones((4, 1)), kn.asarray([0, 1, 0, 1]), verbose=0, callbacks=[Print()])["accuracy"]
    0 ['accuracy', 'loss']
    [0.5]
    """

    model = training = None

    def on_train_begin(self):
        """The training begins."""

    def on_epoch_begin(self, epoch):
        """An epoch begins."""

    def on_batch_end(self, batch, logs):
        """A batch is done."""

    def on_epoch_end(self, epoch, logs):
        """An epoch is done, with its validation."""

    def on_train_end(self, history):
        """The training is over."""


class EarlyStopping(Callback):
    """Ends the training when a number no longer gets better, and gives the model its best values back.

    >>> model = kn.nn.Linear(1, 1)
    >>> model.compile(kn.optim.Sgd(0.0), "mse")
    >>> stop = kn.train.EarlyStopping("loss", patience=2)
    >>> len(model.fit(kn.ones((4, 1)), kn.ones((4, 1)), epochs=9, verbose=0, callbacks=[stop]))
    3
    """

    def __init__(self, monitor="val_loss", patience=5, least=0.0, maximize=False, restore_best=True):
        self.monitor, self.patience, self.least, self.restore_best = monitor, patience, least, restore_best
        self.sign = -1 if maximize else 1

    def on_train_begin(self):
        """Nothing is seen yet."""
        self.best, self.waited, self.kept = _math.inf, 0, None

    def on_epoch_end(self, epoch, logs):
        """Looks at the numbers of the epoch."""
        value = self.sign * _monitored(logs, self.monitor)
        if value < self.best - self.least:
            self.best, self.waited, self.kept = value, 0, _map(lambda leaf: leaf, self.model)
        else:
            self.waited += 1
            self.training.stop = self.training.stop or self.waited >= self.patience

    def on_train_end(self, history):
        """Gives the best values back."""
        if self.restore_best and self.kept is not None:
            _assign(self.model, self.kept)


class ModelCheckpoint(Callback):
    """Saves the model after each epoch, or only when a number is the best so far. The path may hold {epoch} and the names of
    numbers, as in "run-{epoch:03d}-{val_loss:.3f}.safetensors".

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "best.safetensors")
    >>> model = kn.nn.Linear(1, 1)
    >>> model.compile("adam", "mse")
    >>> _ = model.fit(kn.ones((4, 1)), kn.ones((4, 1)), verbose=0, callbacks=[kn.train.ModelCheckpoint(path, "loss")])
    >>> sorted(kn.load(path))
    ['bias', 'weight']
    """

    def __init__(self, path, monitor="val_loss", best_only=True, maximize=False):
        self.path, self.monitor, self.best_only, self.sign = str(path), monitor, best_only, -1 if maximize else 1
        self.best = _math.inf

    def on_epoch_end(self, epoch, logs):
        """Looks at the numbers of the epoch."""
        if self.best_only:
            value = self.sign * _monitored(logs, self.monitor)
            if not value < self.best:
                return
            self.best = value
        _save(self.path.format(epoch=epoch + 1, **logs), self.model)


class ReduceRate(Callback):
    """Makes the learning rate smaller when a number no longer gets better, as PyTorch's ReduceLROnPlateau.

    >>> model = kn.nn.Linear(1, 1)
    >>> model.compile(kn.optim.Sgd(1e-9), "mse")
    >>> slower = kn.train.ReduceRate("loss", patience=0, factor=0.5)
    >>> _ = model.fit(kn.ones((4, 1)), kn.ones((4, 1)), epochs=2, verbose=0, callbacks=[slower])
    >>> slower.factor
    0.5
    """

    def __init__(self, monitor="val_loss", **options):
        self.monitor, self.plateau, self.factor = monitor, _optim.Plateau(**options), 1.0

    def on_epoch_end(self, epoch, logs):
        """Looks at the numbers of the epoch."""
        factor = self.plateau.observe(_monitored(logs, self.monitor))
        if factor != self.factor:
            self.training.optimizer.lr = self.training.optimizer.lr * (factor / self.factor)
            self.factor = factor


class CsvLog(Callback):
    """Writes the numbers of each epoch as a line of a CSV file.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "log.csv")
    >>> model = kn.nn.Linear(1, 1)
    >>> model.compile("adam", "mse")
    >>> _ = model.fit(kn.ones((4, 1)), kn.ones((4, 1)), epochs=2, verbose=0, callbacks=[kn.train.CsvLog(path)])
    >>> open(path).readline()
    'epoch,loss\\n'
    """

    def __init__(self, path):
        self.path = path

    def on_train_begin(self):
        """Nothing is seen yet."""
        self.names = None

    def on_epoch_end(self, epoch, logs):
        """Looks at the numbers of the epoch."""
        import csv
        import io
        text, begins = io.StringIO(newline=""), self.names is None
        writer = csv.writer(text)
        if begins:
            self.names = list(logs)
            writer.writerow(["epoch", *self.names])
        writer.writerow([epoch + 1, *(logs.get(name) for name in self.names)])
        _core.write_file(_os.fsencode(self.path), text.getvalue().encode(), not begins)


class TensorBoard(Callback):
    """Writes the numbers of each epoch where `tensorboard --logdir FOLDER` shows them.

    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> model = kn.nn.Linear(1, 1)
    >>> model.compile("adam", "mse")
    >>> _ = model.fit(kn.ones((4, 1)), kn.ones((4, 1)), verbose=0, callbacks=[kn.train.TensorBoard(folder)])
    >>> ["tfevents" in name for name in os.listdir(folder)]
    [True]
    """

    def __init__(self, folder):
        self.folder, self.file = folder, None

    def on_train_begin(self):
        """Begins a file."""
        self.file = _core.EventFile(_os.fsencode(self.folder))

    def on_epoch_end(self, epoch, logs):
        """Writes the numbers of the epoch."""
        for name, value in logs.items():
            self.file.scalar(name, value, epoch + 1)


def _monitored(logs, name):
    if name not in logs:
        raise _ValueError(f"[fit] there is no {name!r} to look at; there are {', '.join(logs)}")
    return logs[name]


def _accuracy(scores, labels):
    if labels.dtype.kind == "f" and scores.shape == labels.shape:
        return ((scores > 0) == (labels > 0.5)).mean() if scores.ndim < 2 or scores.shape[-1] == 1 else \
            (scores.argmax(axis=-1) == labels.argmax(axis=-1)).mean()
    return (scores.argmax(axis=-1) == labels).mean()


_LOSSES = {"cross_entropy": _losses.cross_entropy_loss, "binary_cross_entropy": _losses.binary_cross_entropy,
           "mse": _losses.mse_loss, "mae": _losses.mae_loss, "huber": _losses.huber_loss, "kl_divergence": _losses.kl_divergence}
_METRICS = {"accuracy": _accuracy, "mse": _losses.mse_loss, "mae": _losses.mae_loss}


def _named(table, what, one):
    if callable(one):
        return one
    if one not in table:
        raise _ValueError(f"[compile] no {what} is called {one!r}; there are {', '.join(table)}, and functions of predictions and "
                          "targets")
    return table[one]


def _optimizer_of(one):
    if isinstance(one, str):
        kinds = {name.lower(): kind for name, kind in _optim._KINDS.items()}
        if one.lower() not in kinds:
            raise _ValueError(f"[compile] no optimiser is called {one!r}; there are {', '.join(kinds)}")
        return kinds[one.lower()]()
    return one


class Compiled:
    """How a model is trained: the optimiser with its state, the loss, the metrics, and the jitted steps."""

    def __init__(self, optimizer, loss, metrics):
        self.optimizer, self.loss = _optimizer_of(optimizer), _named(_LOSSES, "loss", loss)
        metrics = metrics if isinstance(metrics, dict) else \
            {one if isinstance(one, str) else one.__name__: one for one in metrics}
        self.metrics = {name: _named(_METRICS, "metric", one) for name, one in metrics.items()}
        self.stop = False
        self.train_step, self.test_step, self.predict_step = _Jit(self._train), _Jit(self._test), _Jit(_apply)

    def _measure(self, predictions, targets):
        return {name: metric(predictions, targets) for name, metric in self.metrics.items()}

    def _train(self, model, optimizer, key, x, y):
        def loss_of(model):
            context = _Context(key)
            predictions = _apply(model, x, context)
            return self.loss(predictions, y), (context.commit(model), predictions)

        (loss, (committed, predictions)), gradient = _value_and_grad(loss_of, has_aux=True)(model)
        return optimizer.update(committed, gradient), optimizer, {"loss": loss, **self._measure(predictions, y)}

    def _test(self, model, x, y):
        predictions = _apply(model, x)
        return {"loss": self.loss(predictions, y), **self._measure(predictions, y)}


_compiled = _weakref.WeakKeyDictionary()


def compile(model, optimizer, loss, metrics):
    """Remembers how the model is trained. It belongs to the object and is no part of the tree."""
    _compiled[model] = Compiled(optimizer, loss, metrics)


def compiled(model):
    """How the model is trained. Raises ValueError when nobody said."""
    if model not in _compiled:
        raise _ValueError("[fit] say how it is trained first: model.compile(optimizer, loss)")
    return _compiled[model]


def _apply(model, x, context=None):
    inputs = x if isinstance(x, tuple) else (x,)
    return model(*inputs, context=context) if context is not None and _takes_context(model) else model(*inputs)


class _Means:
    """Means of numbers over examples; values are read once, at the end."""

    def __init__(self):
        self.sums, self.count = {}, 0

    def add(self, numbers, count):
        self.sums = {name: self.sums.get(name, 0.0) + value * count for name, value in numbers.items()}
        self.count += count

    def read(self):
        return {name: float(total) / max(1, self.count) for name, total in self.sums.items()}


def arrays_of(data):
    """Data as a tree of arrays."""
    if isinstance(data, dict):
        return {name: arrays_of(part) for name, part in data.items()}
    if isinstance(data, tuple):
        return tuple(arrays_of(part) for part in data)
    x = _asarray(data)
    return x.astype(_core.float32) if x.dtype is _core.float64 else x


def _length(data):
    lengths = {leaf.shape[0] if leaf.ndim else None for leaf in _leaves([data])}
    if len(lengths) != 1 or None in lengths:
        raise _ShapeError(f"[fit] inputs and targets have different numbers of examples: {sorted(map(str, lengths))}")
    return lengths.pop()


def _batches(data, batch_size, order=None):
    count = _length(data)
    for start in range(0, count, batch_size):
        rows = slice(start, min(count, start + batch_size)) if order is None else order[start:start + batch_size]
        yield _map(lambda leaf: leaf[rows], data), min(batch_size, count - start)


def _loaded(loader):
    for batch in loader:
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise _ValueError("[fit] a loader gives pairs of inputs and targets")
        batch = tuple(arrays_of(tuple(part) if isinstance(part, list) else part) for part in batch)
        yield batch, _length(batch)


def _is_loader(x, y):
    return y is None and not hasattr(x, "shape") and not isinstance(x, (dict, list, tuple))


def _split(data, part):
    count = _length(data)
    kept = count - int(count * part)
    if not 0 < kept < count:
        raise _ValueError(f"[fit] validation_split={part} of {count} examples leaves nothing for one of the two sides")
    return _map(lambda leaf: leaf[:kept], data), _map(lambda leaf: leaf[kept:], data)


def fit(model, x, y, epochs, batch_size, validation_data, validation_split, shuffle, callbacks, verbose, seed):
    """What `model.fit` does."""
    state = compiled(model)
    if epochs < 1 or batch_size < 1:
        raise _ValueError(f"[fit] epochs and batch_size are at least 1, got {epochs} and {batch_size}")
    loader = _is_loader(x, y)
    data = None if loader else (arrays_of(x), arrays_of(y))
    if validation_split:
        if loader:
            raise _ValueError("[fit] a loader cannot be split; give validation_data")
        data, validation_data = _split(data, validation_split)
    if any(isinstance(leaf, _Variable) for leaf, _ in _declared_leaves(model)):
        model.__dict__.update(_init(model, _random.fold_in(_random.key(seed), 1)).__dict__)
    state.stop = False
    optimizer = state.optimizer.init(model)
    key, history, progress = _random.key(seed), History(), _progress(epochs, verbose)
    for callback in callbacks:
        callback.model, callback.training = model, state
        callback.on_train_begin()
    wants_batches = any(type(one).on_batch_end is not Callback.on_batch_end for one in callbacks)
    batches = None if loader else -(-_length(data) // batch_size)
    for epoch in range(epochs):
        for callback in callbacks:
            callback.on_epoch_begin(epoch)
        if loader and hasattr(x, "__len__"):
            batches = len(x)
        progress.begin(epoch, batches)
        epoch_key, means, now = _random.fold_in(key, epoch + 2), _Means(), _map(lambda leaf: leaf, model)
        order = _random.permutation(epoch_key, _length(data)) if shuffle and not loader else None
        try:
            for batch, ((inputs, targets), count) in enumerate(_loaded(x) if loader else _batches(data, batch_size, order)):
                now, optimizer, numbers = state.train_step(now, optimizer, _random.fold_in(epoch_key, batch), inputs, targets)
                means.add(numbers, count)
                progress.batch(batch + 1, means.read)
                if wants_batches:
                    for callback in callbacks:
                        callback.on_batch_end(batch, {name: float(value) for name, value in numbers.items()})
        finally:  # also when somebody interrupts
            _assign(model, now)
            state.optimizer = optimizer
            progress.close()
        if means.count == 0:
            raise _ValueError("[fit] there are no examples")
        logs = means.read()
        if validation_data is not None:
            found = evaluate(model, *(validation_data if isinstance(validation_data, tuple) else (validation_data, None)), batch_size)
            logs.update({f"val_{name}": value for name, value in found.items()})
        history.add(epoch, logs)
        for callback in callbacks:
            callback.on_epoch_end(epoch, logs)
        optimizer = state.optimizer
        progress.end(logs)
        if state.stop:
            break
    for callback in callbacks:
        callback.on_train_end(history)
    return history


def evaluate(model, x, y, batch_size):
    """What `model.evaluate` does."""
    state, means = compiled(model), _Means()
    for (inputs, targets), count in _loaded(x) if _is_loader(x, y) else _batches((arrays_of(x), arrays_of(y)), batch_size):
        means.add(state.test_step(model, inputs, targets), count)
    return means.read()


def predict(model, x, batch_size):
    """What `model.predict` does."""
    from .manipulation import concat
    step = _compiled[model].predict_step if model in _compiled else _Jit(_apply)
    parts = [step(model, inputs) for inputs, _ in _batches(arrays_of(x), batch_size)]
    if not parts:
        raise _ValueError("[predict] there are no examples")
    return _map(lambda *leaves: concat(list(leaves)), *parts)


def load_weights(model, path):
    """Gives the model the arrays of a file."""
    model.__dict__.update(_load(path, like=model).__dict__)
