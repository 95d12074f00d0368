"""How good predictions are, as numbers for people: values are read, nothing is differentiated."""

from . import hints as _hints
from ._core.metrics import (accuracy, auc, confusion, correct, f1, mean_absolute_error, perplexity, precision, r2, recall,
                            root_mean_squared_error, top_k_accuracy)

__all__ = ["accuracy", "auc", "confusion", "correct", "f1", "mean_absolute_error", "perplexity", "precision", "r2",
           "recall", "root_mean_squared_error", "top_k_accuracy"]

__getattr__ = _hints.missing("koine.metrics", lambda: __all__)
