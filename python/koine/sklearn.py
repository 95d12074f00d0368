"""Estimators of scikit-learn: a perceptron with hidden layers, for tables of numbers.

They pass scikit-learn's own `check_estimator`, and work in its pipelines and searches. Needs scikit-learn.
"""

import numpy as _numpy
from sklearn.base import BaseEstimator as _BaseEstimator
from sklearn.base import ClassifierMixin as _ClassifierMixin
from sklearn.base import RegressorMixin as _RegressorMixin
from sklearn.utils import check_random_state as _check_random_state
from sklearn.utils.multiclass import check_classification_targets as _check_classification_targets
from sklearn.utils.validation import check_is_fitted as _check_is_fitted
from sklearn.utils.validation import validate_data as _validate_data

from . import nn as _nn
from . import optim as _optim
from .creation import asarray as _asarray

__all__ = ["KoineClassifier", "KoineRegressor"]


class _Estimator(_BaseEstimator):
    """What both have: options, standardised columns, and the fit."""

    def __init__(self, hidden=(64,), activation="relu", lr=1e-2, weight_decay=1e-4, epochs=100, batch_size=64, dropout=0.0,
                 random_state=None):
        self.hidden, self.activation, self.lr, self.weight_decay = hidden, activation, lr, weight_decay
        self.epochs, self.batch_size, self.dropout, self.random_state = epochs, batch_size, dropout, random_state

    def _fit(self, x, y, outputs, loss):
        self.mean_, spread = x.mean(axis=0), x.std(axis=0)
        self.scale_ = _numpy.where(spread > 1e-12 * (1 + _numpy.abs(self.mean_)), spread, 1.0)
        seed = int(_check_random_state(self.random_state).randint(2**31 - 1))
        layers, size = [], x.shape[1]
        for width in (self.hidden,) if isinstance(self.hidden, int) else self.hidden:
            layers += [_nn.Linear(size, int(width)), _nn.Activation(self.activation)]
            layers += [_nn.Dropout(self.dropout)] if self.dropout else []
            size = int(width)
        self.model_ = _nn.Sequential(*layers, _nn.Linear(size, outputs))
        batches = -(-len(x) // self.batch_size)
        self.model_.compile(_optim.AdamW(_optim.cosine(self.lr, max(1, self.epochs * batches)), weight_decay=self.weight_decay), loss)
        self.history_ = self.model_.fit(self._scaled(x), y, epochs=self.epochs, batch_size=self.batch_size, verbose=0, seed=seed)
        self.n_iter_ = self.epochs
        return self

    def _scaled(self, x):
        return _asarray(_numpy.asarray((x - self.mean_) / self.scale_, dtype="float32"))

    def _scores(self, x):
        _check_is_fitted(self)
        x = _validate_data(self, x, reset=False, dtype="float64")
        return _numpy.asarray(self.model_.predict(self._scaled(x)), dtype="float64")


class KoineClassifier(_ClassifierMixin, _Estimator):
    """Tells classes apart, of any kind of label.

    hidden: the sizes of the hidden layers. activation: the function between them. lr: the first learning rate, which falls
    along a cosine. weight_decay, epochs, batch_size, dropout: of the training. random_state: the seed.

    >>> import numpy
    >>> from koine.sklearn import KoineClassifier
    >>> table = numpy.arange(20.0).reshape(10, 2)
    >>> KoineClassifier(random_state=0).fit(table, ["few"] * 5 + ["many"] * 5).predict(table[[0, 9]]).tolist()
    ['few', 'many']
    """

    def fit(self, X, y):
        """Learns from a table and its labels."""
        X, y = _validate_data(self, X, y, dtype="float64")
        _check_classification_targets(y)
        self.classes_, labels = _numpy.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"KoineClassifier tells classes apart, and there is one class: {self.classes_[0]!r}")
        return self._fit(X, _asarray(labels.astype("int64")), len(self.classes_), "cross_entropy")

    def decision_function(self, X):
        """The score of each class; of two classes how much the second is more likely."""
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict_proba(self, X):
        """The probability of each class."""
        scores = self._scores(X)
        powers = _numpy.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X):
        """Their logarithms."""
        scores = self._scores(X)
        scores = scores - scores.max(axis=1, keepdims=True)
        return scores - _numpy.log(_numpy.exp(scores).sum(axis=1, keepdims=True))

    def predict(self, X):
        """The most likely class."""
        places = self._scores(X).argmax(axis=1)
        return self.classes_[places]


class KoineRegressor(_RegressorMixin, _Estimator):
    """Learns a number, or several, from a table.

    hidden: the sizes of the hidden layers. activation: the function between them. lr: the first learning rate, which falls
    along a cosine. weight_decay, epochs, batch_size, dropout: of the training. random_state: the seed.

    >>> import numpy
    >>> from koine.sklearn import KoineRegressor
    >>> table = numpy.linspace(-1, 1, 40).reshape(20, 2)
    >>> KoineRegressor(random_state=0).fit(table, table.sum(axis=1)).score(table, table.sum(axis=1)) > 0.9
    True
    """

    def fit(self, X, y):
        """Learns from a table and its numbers, (rows) or (rows, numbers)."""
        X, y = _validate_data(self, X, y, dtype="float64", multi_output=True, y_numeric=True)
        self.single_, targets = y.ndim == 1, _numpy.asarray(y, dtype="float64").reshape(len(y), -1)
        self.target_mean_, spread = targets.mean(axis=0), targets.std(axis=0)
        self.target_scale_ = _numpy.where(spread > 0, spread, 1.0)
        scaled = (targets - self.target_mean_) / self.target_scale_
        return self._fit(X, _asarray(scaled.astype("float32")), targets.shape[1], "mse")

    def predict(self, X):
        """The number for each row."""
        found = self._scores(X) * self.target_scale_ + self.target_mean_
        return found[:, 0] if self.single_ else found

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
