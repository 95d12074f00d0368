"""The metrics beside scikit-learn's, and where they are not defined."""

import math

import numpy as np
import pytest

import koine as kn
from koine import metrics

sk = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")

RANDOM = np.random.RandomState(3)
NAN = float("nan")


def case(classes, n=200, weighted=False):
    scores = (np.round(RANDOM.randn(n, classes) * 4) / 4).astype("float32")  # with ties, differences are exact
    labels = RANDOM.randint(classes, size=n)
    return scores, labels, RANDOM.rand(n).astype("float32") if weighted else None


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_classes_are_those_of_scikit_learn(classes, weighted):
    scores, labels, weights = case(classes, weighted=weighted)
    predicted = scores.argmax(axis=1)
    assert metrics.accuracy(scores, labels, weights) == pytest.approx(sk.accuracy_score(labels, predicted, sample_weight=weights))
    for average in ("macro", "micro", "weighted") + (("binary",) if classes == 2 else ()):
        wanted = sk.precision_recall_fscore_support(labels, predicted, average=average, sample_weight=weights, zero_division=np.nan)
        found = [metric(scores, labels, weights, average=average) for metric in (metrics.precision, metrics.recall, metrics.f1)]
        assert found == pytest.approx(wanted[:3])
    assert metrics.f1(scores, labels, weights) == metrics.f1(scores, labels, weights, average="binary" if classes == 2 else "macro")
    assert metrics.confusion(scores, labels).tolist() == sk.confusion_matrix(labels, predicted).tolist()
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert math.log(metrics.perplexity(scores, labels, weights)) == pytest.approx(sk.log_loss(labels, shares, sample_weight=weights))
    if classes > 2:
        plain = RANDOM.randn(200, classes)  # without ties, which scikit-learn cuts otherwise
        assert metrics.top_k_accuracy(plain, labels, 2, weights) == \
            pytest.approx(sk.top_k_accuracy_score(labels, plain, k=2, sample_weight=weights))
        each = [sk.roc_auc_score(labels == c, scores[:, c], sample_weight=weights) for c in range(classes)]
        assert metrics.auc(scores, labels, weights) == pytest.approx(np.mean(each))
    else:
        difference = scores[:, 1] - scores[:, 0]
        assert metrics.auc(scores, labels, weights) == pytest.approx(sk.roc_auc_score(labels, difference, sample_weight=weights))
        assert metrics.auc(difference, labels, weights) == pytest.approx(metrics.auc(scores, labels, weights))
        assert metrics.accuracy(difference, labels, weights) == pytest.approx(metrics.accuracy(scores, labels, weights))


def test_a_class_that_is_missing():
    scores, labels, _ = case(4)
    scores[:, 2] = -9  # nothing is taken for class 2
    labels[labels == 3] = 0  # there is no class 3
    predicted = scores.argmax(axis=1)
    for average in ("macro", "micro", "weighted"):
        wanted = sk.precision_recall_fscore_support(labels, predicted, average=average, zero_division=np.nan)
        found = [metric(scores, labels, average=average) for metric in (metrics.precision, metrics.recall, metrics.f1)]
        assert found == pytest.approx(wanted[:3])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 3)])
def test_quantities_are_those_of_scikit_learn(shape, weighted):
    targets = (RANDOM.randn(*shape) * np.arange(1, shape[-1] + 1 if len(shape) > 1 else 2)).astype("float32") + 7
    predictions = targets + RANDOM.randn(*shape).astype("float32")
    targets, predictions = targets.astype("float64"), predictions.astype("float64")
    weights = RANDOM.rand(50) if weighted else None
    assert metrics.r2(predictions, targets, weights) == pytest.approx(sk.r2_score(targets, predictions, sample_weight=weights))
    assert metrics.mean_absolute_error(predictions, targets, weights) == \
        pytest.approx(sk.mean_absolute_error(targets, predictions, sample_weight=weights), rel=1e-5)
    assert metrics.root_mean_squared_error(predictions, targets, weights) ** 2 == \
        pytest.approx(sk.mean_squared_error(targets, predictions, sample_weight=weights), rel=1e-5)


def test_what_is_not_defined_is_nan():
    def isnan(x):
        assert math.isnan(x)

    none, one = np.zeros((0, 3), "float32"), np.zeros(0, "int64")
    for metric in (metrics.accuracy, metrics.precision, metrics.recall, metrics.f1, metrics.auc, metrics.perplexity):
        isnan(metric(none, one))
    for metric in (metrics.r2, metrics.mean_absolute_error, metrics.root_mean_squared_error):
        isnan(metric(one.astype("float32"), one.astype("float32")))
    quiet = np.asarray([[1.0, 0.0]] * 3), np.zeros(3, "int64")  # no positives, and none are taken for one
    for metric in (metrics.precision, metrics.recall, metrics.f1, metrics.auc):
        isnan(metric(*quiet))
    assert metrics.accuracy(*quiet) == 1.0
    isnan(metrics.r2([1.0, 2.0], [3.0, 3.0]))
    isnan(metrics.accuracy([[1.0, 0.0]], [0], weights=[0.0]))


def test_nan_scores_are_no_prediction():
    broken = np.full((4, 3), NAN, "float32"), np.asarray([0, 1, 2, 0])
    for metric in (metrics.accuracy, metrics.precision, metrics.recall, metrics.f1, metrics.auc, metrics.perplexity):
        assert math.isnan(metric(*broken))
    assert math.isnan(metrics.top_k_accuracy(*broken, k=2))
    assert np.isnan(np.asarray(metrics.correct(*broken))).all()
    scores = np.asarray([[0.0, 1.0], [NAN, 1.0], [2.0, 1.0]], "float32")
    assert math.isnan(metrics.accuracy(scores, [1, 1, 1])) and math.isnan(metrics.auc([0.0, NAN, 1.0], [0, 1, 1]))
    assert metrics.accuracy(scores, [1, 1, 1], weights=[1, 0, 1]) != metrics.accuracy(scores, [1, 1, 1])  # weight 0 counts too
    with pytest.raises(kn.errors.ValueError, match="scores of example 1 hold NaN"):
        metrics.confusion(scores, [1, 1, 1])
    for metric in (metrics.r2, metrics.mean_absolute_error, metrics.root_mean_squared_error):
        assert math.isnan(metric([1.0, NAN], [1.0, 2.0]))
    inf = float("inf")
    assert metrics.accuracy([[-inf, inf], [inf, 0.0]], [1, 1]) == 0.5
    assert metrics.auc([-inf, 0.0, inf, inf], [0, 1, 0, 1]) == sk.roc_auc_score([0, 1, 0, 1], [0, 1, 2, 2])


def test_shapes_say_what_is_meant():
    score, labels = RANDOM.randn(30).astype("float32"), RANDOM.randint(2, size=30)
    right = ((score > 0) == labels).mean()
    for s in (score, score[:, None]):
        for y in (labels, labels[:, None], labels.astype("float32")[:, None], labels.astype(bool)):
            assert metrics.accuracy(s, y) == pytest.approx(right)
            assert float(np.asarray(metrics.correct(s, y)).mean()) == pytest.approx(right)
            assert np.asarray(metrics.correct(s, y)).shape == (30,)
    scores, labels = RANDOM.randn(5, 6, 4).astype("float32"), RANDOM.randint(4, size=(5, 6))
    right = (scores.argmax(-1) == labels).mean()
    for y in (labels, labels[..., None], np.eye(4)[labels]):
        assert metrics.accuracy(scores, y) == pytest.approx(right)
        assert float(np.asarray(metrics.correct(scores, y)).mean()) == pytest.approx(right)
    with pytest.raises(kn.errors.ShapeError, match=r"got \[30, 2\] and \[29\]"):
        metrics.accuracy(np.zeros((30, 2)), np.zeros(29, "int64"))
    with pytest.raises(kn.errors.IndexError, match="label 2 of example 1 is no class: there are 2"):
        metrics.accuracy(np.zeros((2, 2)), [0, 2])
    for bad in (-1, 0.5, NAN):
        with pytest.raises(kn.errors.IndexError, match="is no class"):
            metrics.f1(np.zeros((2, 3)), np.asarray([0, bad]))
    with pytest.raises(kn.errors.ValueError, match="probabilities of the classes, those of example 0 add up to 2"):
        metrics.accuracy(np.zeros((2, 3)), np.asarray([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    with pytest.raises(kn.errors.ShapeError, match="a weight for each example"):
        metrics.accuracy(np.zeros((2, 3)), [0, 1], weights=[1.0])
    with pytest.raises(kn.errors.ValueError, match="at least 0, example 1 has -1"):
        metrics.accuracy(np.zeros((2, 3)), [0, 1], weights=[1.0, -1.0])
    with pytest.raises(kn.errors.ValueError, match="'binary', 'macro'"):
        metrics.f1(np.zeros((2, 3)), [0, 1], average="mean")
    with pytest.raises(kn.errors.ShapeError, match="of one shape"):
        metrics.r2(np.zeros((3, 1)), np.zeros(3))
