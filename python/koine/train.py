"""Training without a loop of one's own: what `model.compile`, `fit`, `evaluate` and `predict` do, and callbacks."""

import math as _math
import os as _os
import sys as _sys
import warnings as _warnings
import weakref as _weakref

from . import _core, metrics as _metrics, optim as _optim, random as _random
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
from .public import publish as _publish
from .tracing import Jit as _Jit
from .transforms import value_and_grad as _value_and_grad
from .tree import assign as _assign
from .tree import leaves as _leaves
from .tree import map as _map

_mean, _where = _core.ops["mean"], _core.ops["where"]

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


_LOSSES = {"cross_entropy": _losses.cross_entropy_loss, "binary_cross_entropy": _losses.binary_cross_entropy,
           "mse": _losses.mse_loss, "mae": _losses.mae_loss, "huber": _losses.huber_loss, "kl_divergence": _losses.kl_divergence}
# Means over the examples, computed batch by batch.
_MEANS = {"accuracy": lambda scores, labels: _mean(_core.metrics.correct(scores, labels)), "mse": _losses.mse_loss,
          "mae": _losses.mae_loss}
# What is known with all examples at hand.
_WHOLE = {name: getattr(_metrics, name) for name in ("auc", "f1", "perplexity", "precision", "r2", "recall")}
_WHOLE["rmse"] = _metrics.root_mean_squared_error


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
    """How a model is trained: the optimiser with its state, the loss, the metrics, and the jitted steps. `epochs` counts those
    that the model was trained for, so that a further training draws other random numbers."""

    def __init__(self, optimizer, loss, metrics, epochs=0):
        self.optimizer, self.loss = _optimizer_of(optimizer), _named(_LOSSES, "loss", loss)
        metrics = metrics if isinstance(metrics, dict) else \
            {one if isinstance(one, str) else one.__name__: one for one in metrics}
        metrics = {name: _named({**_MEANS, **_WHOLE}, "metric", one) for name, one in metrics.items()}
        whole = list(_WHOLE.values())
        self.whole = {name: metric for name, metric in metrics.items() if metric in whole}
        self.metrics = {name: metric for name, metric in metrics.items() if name not in self.whole}
        self.stop, self.epochs = False, epochs
        self.train_step, self.test_step, self.predict_step = _Jit(self._train), _Jit(self._test), _Jit(_apply)

    def _loss(self, predictions, targets, weights):
        """The mean over the examples, each times its weight."""
        if weights is None:
            loss = self.loss(predictions, targets)
            return loss if loss.ndim == 0 else _mean(loss)
        loss = self.loss(predictions, targets, reduction="none") if self.loss in _LOSSES.values() else \
            self.loss(predictions, targets)
        if self.loss is _losses.kl_divergence:
            loss = loss.sum(axis=-1)
        if loss.ndim == 0 or loss.shape[0] != weights.shape[0]:
            raise _ShapeError(f"[fit] examples with weights need a loss for each of {weights.shape[0]}, got shape {loss.shape}; "
                              "leave out the mean of the loss")
        return _mean(loss.reshape((loss.shape[0], -1)).mean(axis=1) * weights)

    def _measured(self, loss, predictions, targets):
        """The loss, the metrics that are means, and what the others look at."""
        numbers = {"loss": loss, **{name: metric(predictions, targets) for name, metric in self.metrics.items()}}
        return numbers, (predictions if self.whole else None)

    def _train(self, model, optimizer, key, x, y, weights):
        def loss_of(model):
            context = _Context(key)
            predictions = _apply(model, x, context)
            return self._loss(predictions, y, weights), (context.commit(model), predictions)

        (loss, (committed, predictions)), gradient = _value_and_grad(loss_of, has_aux=True)(model)
        return optimizer.update(committed, gradient), optimizer, *self._measured(loss, predictions, y)

    def _test(self, model, x, y, weights):
        predictions = _apply(model, x)
        return self._measured(self._loss(predictions, y, weights), predictions, y)


_compiled = _weakref.WeakKeyDictionary()


def compile(model, optimizer, loss, metrics):
    """Remembers how the model is trained. It belongs to the object and is no part of the tree."""
    _compiled[model] = Compiled(optimizer, loss, metrics, _compiled[model].epochs if model in _compiled else 0)


def compiled(model):
    """How the model is trained. Raises ValueError when nobody said."""
    if model not in _compiled:
        raise _ValueError("[fit] say how it is trained first: model.compile(optimizer, loss)")
    return _compiled[model]


def _apply(model, x, context=None):
    inputs = x if isinstance(x, tuple) else (x,)
    return model(*inputs, context=context) if context is not None and _takes_context(model) else model(*inputs)


class _Figures:
    """Numbers over all examples: means, which are read when somebody asks, and metrics of all predictions together."""

    def __init__(self, whole):
        self.sums, self.count, self.whole, self.seen = {}, 0, whole, []

    def add(self, numbers, predictions, targets, count):
        """Takes those of a batch. Sums are float64: many batches of few bits would stand still."""
        self.sums = {name: self.sums.get(name, 0.0) + value.astype(_core.float64) * count for name, value in numbers.items()}
        self.count += count
        if self.whole:
            self.seen.append((predictions, targets))

    def means(self):
        """The means so far."""
        return {name: float(total) / max(1, self.count) for name, total in self.sums.items()}

    def read(self):
        """All numbers, at the end."""
        if not self.seen:
            return self.means()
        predictions, targets = (_core.ops["concatenate"](list(parts), axis=0) for parts in zip(*self.seen))
        return {**self.means(), **{name: metric(predictions, targets) for name, metric in self.whole.items()}}


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


def _batches(data, batch_size, order=None, drop_last=False):
    count = _length(data)
    for start in range(0, count - batch_size + 1 if drop_last else count, batch_size):
        rows = slice(start, min(count, start + batch_size)) if order is None else order[start:start + batch_size]
        yield _map(lambda leaf: leaf[rows], data), min(batch_size, count - start)


def _loaded(loader, class_weight=None):
    for batch in loader:
        if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
            raise _ValueError("[fit] a loader gives pairs of inputs and targets, or with weights of the examples as a third")
        x, y, *weights = (arrays_of(tuple(part) if isinstance(part, list) else part) for part in batch)
        batch = x, y, _weights_of(y, weights[0] if weights else None, class_weight)
        yield batch, _length(batch)


def _weights_of(targets, sample_weight, class_weight):
    """How much each example counts, None for all the same."""
    if class_weight is not None:
        classes = targets
        if not hasattr(classes, "ndim"):
            raise _ValueError("[fit] class_weight needs targets that are one array of classes")
        if classes.ndim == 2:
            classes = classes.argmax(axis=-1) if classes.shape[1] > 1 else classes[:, 0]
        if classes.ndim != 1:
            raise _ShapeError(f"[fit] class_weight needs a class for each example, the targets have shape {targets.shape}")
        found = _where(classes == classes, 1.0, 0.0)
        for label, weight in class_weight.items():
            found = _where(classes == int(label), float(weight), found)
        return found if sample_weight is None else found * _weights_of(targets, sample_weight, None)
    if sample_weight is None:
        return None
    weights = _asarray(sample_weight, dtype=_core.float32)
    count = _length(targets)
    if weights.ndim != 1 or weights.shape[0] != count:
        raise _ShapeError(f"[fit] sample_weight has a number for each of {count} examples, got shape {weights.shape}")
    return weights


def _balanced(targets):
    """Weights by which all classes count the same together, as scikit-learn's "balanced"."""
    from .sets import unique_counts
    labels, counts = unique_counts(targets.reshape(-1) if targets.ndim < 2 or targets.shape[1] == 1 else targets.argmax(axis=-1))
    return {int(label): _length(targets) / (len(counts) * int(count)) for label, count in zip(labels.tolist(), counts.tolist())}


def _is_loader(x, y):
    return y is None and not hasattr(x, "shape") and not isinstance(x, (dict, list, tuple))


def _split(data, part):
    count = _length(data)
    kept = count - int(count * part)  # the last ones are those that are kept out, as in Keras
    if not 0 < kept < count:
        raise _ValueError(f"[fit] validation_split={part} of {count} examples leaves nothing for one of the two sides")
    return _map(lambda leaf: leaf[:kept], data), _map(lambda leaf: leaf[kept:], data)


def _try_last_batch(model, data, batch_size, key):
    """Layers may refuse a single left-over example: known before the first step, not after most of an epoch."""
    if batch_size > 1 and _length(data) % batch_size == 1:
        _apply(model, _map(lambda leaf: leaf[:1], data[0]), _Context(key))  # nothing is computed


def _note_probabilities(loss, predictions):
    """Losses that take scores learn badly from probabilities, and say nothing."""
    if loss not in (_losses.cross_entropy_loss, _losses.binary_cross_entropy) or not hasattr(predictions, "dtype") or \
            predictions.dtype.kind != "f" or predictions.size < 8:
        return
    name, last = ("cross_entropy", "softmax") if loss is _losses.cross_entropy_loss else ("binary_cross_entropy", "sigmoid")
    between = bool(((predictions >= 0) & (predictions <= 1)).all())
    if between and (last == "sigmoid" or bool((abs(predictions.sum(axis=-1) - 1) < 1e-3).all())):
        _warnings.warn(f"[fit] the predictions look like probabilities, and {name} takes scores before the {last}: leave the {last} "
                       "out of the model, and apply it to what predict gives", UserWarning, stacklevel=4)


def fit(model, x, y, epochs, batch_size, validation_data, validation_split, shuffle, callbacks, verbose, seed, sample_weight,
        class_weight, drop_last):
    """What `model.fit` does."""
    state = compiled(model)
    if epochs < 1 or batch_size < 1:
        raise _ValueError(f"[fit] epochs and batch_size are at least 1, got {epochs} and {batch_size}")
    loader = _is_loader(x, y)
    if loader and (sample_weight is not None or drop_last or class_weight == "balanced"):
        raise _ValueError("[fit] a loader says itself what it leaves out and how much examples count: it may give weights as a "
                          "third part of each batch")
    data = None if loader else (arrays_of(x), arrays_of(y))
    if data:
        _length(data)
        class_weight = _balanced(data[1]) if class_weight == "balanced" else class_weight
        data = *data, _weights_of(data[1], sample_weight, class_weight)
    if validation_split:
        if loader:
            raise _ValueError("[fit] a loader cannot be split; give validation_data")
        data, validation_data = _split(data, validation_split)
    if any(isinstance(leaf, _Variable) for leaf, _ in _declared_leaves(model)):
        model.__dict__.update(_init(model, _random.fold_in(_random.key(seed), 1)).__dict__)
    state.stop = False
    optimizer = state.optimizer.init(model)
    key, history, progress = _random.key(seed), History(), _progress(epochs, verbose)
    if data and not drop_last:
        _try_last_batch(model, data, batch_size, key)
    for callback in callbacks:
        callback.model, callback.training = model, state
        callback.on_train_begin()
    wants_batches = any(type(one).on_batch_end is not Callback.on_batch_end for one in callbacks)
    batches = None if loader else _length(data) // batch_size if drop_last else -(-_length(data) // batch_size)
    first = state.epochs == 0
    for epoch in range(epochs):
        for callback in callbacks:
            callback.on_epoch_begin(epoch)
        if loader and hasattr(x, "__len__"):
            batches = len(x)
        progress.begin(epoch, batches)
        epoch_key, figures, now = _random.fold_in(key, state.epochs + 2), _Figures(state.whole), _map(lambda leaf: leaf, model)
        order = _random.permutation(epoch_key, _length(data)) if shuffle and not loader else None
        walk = _loaded(x, class_weight) if loader else _batches(data, batch_size, order, drop_last)
        try:
            for batch, ((inputs, targets, weights), count) in enumerate(walk):
                now, optimizer, numbers, predictions = state.train_step(
                    now, optimizer, _random.fold_in(epoch_key, batch), inputs, targets, weights)
                figures.add(numbers, predictions, targets, count)
                progress.batch(batch + 1, figures.means)
                if wants_batches:
                    for callback in callbacks:
                        callback.on_batch_end(batch, {name: float(value) for name, value in numbers.items()})
                if first and batch == 0:
                    _note_probabilities(state.loss, state.predict_step(now, inputs))
        finally:  # also when somebody interrupts
            _assign(model, now)
            state.optimizer = optimizer
            progress.close()
        if figures.count == 0:
            raise _ValueError("[fit] there are no examples" if loader or _length(data) == 0 else f"[fit] {_length(data)} examples "
                              f"are fewer than a batch of {batch_size}, and drop_last leaves them out")
        state.epochs += 1
        first = False
        logs = figures.read()
        if validation_data is not None:
            given = validation_data if isinstance(validation_data, tuple) else (validation_data, None)
            if len(given) not in (2, 3):
                raise _ValueError("[fit] validation_data is (inputs, targets), (inputs, targets, weights) or a loader")
            found = evaluate(model, *given[:2], batch_size, given[2] if len(given) == 3 else None)
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


def evaluate(model, x, y, batch_size, sample_weight=None):
    """What `model.evaluate` does."""
    state = compiled(model)
    figures = _Figures(state.whole)
    if _is_loader(x, y):
        walk = _loaded(x)
    else:
        data = arrays_of(x), arrays_of(y)
        _length(data)
        walk = _batches((*data, _weights_of(data[1], sample_weight, None)), batch_size)
    for (inputs, targets, weights), count in walk:
        figures.add(*state.test_step(model, inputs, targets, weights), targets, count)
    return figures.read()


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


_publish(_sys.modules[__name__])
