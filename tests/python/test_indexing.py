"""x[key] and x[key] = value against NumPy, over random keys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import koine as kn

SHAPE = (3, 4, 5)
X = np.arange(60, dtype="float32").reshape(SHAPE)
basic = hnp.basic_indices(SHAPE, allow_ellipsis=True, allow_newaxis=True)


@settings(max_examples=150, deadline=None)
@given(basic)
def test_basic_keys(key):
    expected = X[key]
    found = kn.asarray(X)[key]
    assert found.shape == expected.shape and found.tolist() == expected.tolist()


@settings(max_examples=80, deadline=None)
@given(basic, st.booleans())
def test_basic_assignment(key, whole):
    expected = X.copy()
    value = np.full(X[key].shape, -1.0, "float32") if whole else -1.0
    expected[key] = value
    x = kn.asarray(X)
    same = x + 0
    x[key] = kn.asarray(value) if whole else value
    assert x.tolist() == expected.tolist() and same.tolist() == X.tolist()


@settings(max_examples=60, deadline=None)
@given(hnp.integer_array_indices((3, 4), result_shape=hnp.array_shapes(max_dims=2, max_side=3)))
def test_integer_arrays(key):
    x = kn.asarray(X)
    assert x[tuple(kn.asarray(k) for k in key)].tolist() == X[key].tolist()
    assert x[key[0]].tolist() == X[key[0]].tolist()


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(bool, hnp.array_shapes(min_dims=1, max_dims=3).map(lambda shape: SHAPE[: len(shape)])))
def test_masks(mask):
    x = kn.asarray(X)
    assert x[kn.asarray(mask)].tolist() == X[mask].tolist() and x[mask].shape == X[mask].shape
    expected = X.copy()
    expected[mask] = -X[mask]
    x[kn.asarray(mask)] = -x[kn.asarray(mask)]
    assert x.tolist() == expected.tolist()
    x[kn.asarray(mask)] = 7.0
    expected[mask] = 7.0
    assert x.tolist() == expected.tolist()


@pytest.mark.parametrize("truth", [True, False])
def test_single_bool(truth):
    for key in (truth, kn.asarray(truth)):
        assert kn.asarray(X)[key].shape == X[truth].shape
    x = kn.asarray(5.0)
    x[kn.asarray(truth)] = 1.0
    assert x.item() == (1.0 if truth else 5.0)


def test_a_mask_without_elements_selects_none():
    assert kn.asarray(X)[kn.asarray([], dtype=kn.bool_)].shape == (0, 4, 5)


def test_lists_and_mixed_keys():
    x = kn.asarray(X)
    for key in ([0, 2], ([0, 2], slice(1, 3), [1, 1]), (slice(None), [3, 1]), (..., np.array([0, 1])), (1, [2, 0], 3)):
        assert x[key].tolist() == X[key].tolist()
    assert x[kn.asarray([], dtype=kn.int64)].shape == (0, 4, 5) and x[[]].shape == (0, 4, 5)


def test_wrong_keys():
    x = kn.asarray(X)
    for key in (3, (0, 0, 0, 0), (..., ...), kn.asarray([5])):
        with pytest.raises(IndexError):
            x[key].tolist()
    for key in ("a", 1.5, kn.asarray([0.5])):
        with pytest.raises((TypeError, IndexError)):
            x[key]
    with pytest.raises(IndexError):
        x[kn.asarray([True, False])]
    with pytest.raises(ValueError):
        del x[0]
    with pytest.raises(kn.ShapeError):
        x[0] = kn.zeros(3)
    assert x.tolist() == X.tolist()


def test_a_mask_in_a_trace_says_what_to_do():
    with pytest.raises(kn.TraceError, match="where"):
        kn.jit(lambda x: x[x > 0])(kn.asarray(X))

    def assign(x):
        x[x > 5] = 0.0
        return x

    assert kn.jit(assign)(kn.asarray(X)).tolist() == np.where(X > 5, 0, X).tolist()
