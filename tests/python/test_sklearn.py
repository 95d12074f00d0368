"""The estimators, by scikit-learn's own checks."""

import doctest
import importlib
import warnings

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

from koine.sklearn import KoineClassifier, KoineRegressor  # noqa: E402


@pytest.mark.parametrize("estimator", [KoineClassifier(epochs=30), KoineRegressor(epochs=30)], ids=lambda one: type(one).__name__)
def test_the_estimators_pass_every_check(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, on_fail=None)
    assert len(results) > 40
    failed = [(one["check_name"], one["exception"]) for one in results if one["status"] == "failed"]
    assert not failed, failed


def test_in_pipelines_and_searches():
    random = np.random.RandomState(0)
    x = random.randn(150, 5)
    y = np.where(x[:, 0] * x[:, 1] > 0, "same", "other")
    search = GridSearchCV(make_pipeline(StandardScaler(), KoineClassifier(random_state=0, epochs=60)),
                          {"koineclassifier__hidden": [(2,), (32, 32)]}, cv=3)
    search.fit(x, y)
    assert search.best_params_ == {"koineclassifier__hidden": (32, 32)} and search.best_score_ > 0.8
    again = KoineClassifier(random_state=0, epochs=5).fit(x, y).predict_proba(x)
    assert np.array_equal(again, KoineClassifier(random_state=0, epochs=5).fit(x, y).predict_proba(x))
    assert np.allclose(again.sum(axis=1), 1)


def test_examples():
    assert doctest.testmod(importlib.import_module("koine.sklearn")).failed == 0
