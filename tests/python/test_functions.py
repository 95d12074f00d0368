"""Functions written over ops, against NumPy's of the same name."""

import numpy as np
import pytest

import koine as kn

RANDOM = np.random.RandomState(0)
X = RANDOM.rand(3, 4).astype("float32")
N = np.array([[3, 0, 1, 3], [1, 1, 0, 2]])

CASES = {
    "concat": [lambda m, a: m.concat([a(X), a(X)], axis=1), lambda m, a: m.concat([a(X), a(N)], axis=None)],
    "expand_dims": [lambda m, a: m.expand_dims(a(X), axis=-1)],
    "squeeze": [lambda m, a: m.squeeze(a(X[:, None, :1]), axis=(1, 2))],
    "flip": [lambda m, a: m.flip(a(X)), lambda m, a: m.flip(a(X), axis=1)],
    "roll": [lambda m, a: m.roll(a(X), 5), lambda m, a: m.roll(a(X), (1, -1), axis=(0, 1)), lambda m, a: m.roll(a(X), -7, axis=1)],
    "stack": [lambda m, a: m.stack([a(X), a(X)], axis=-1)],
    "tile": [lambda m, a: m.tile(a(X), (2, 1, 3)), lambda m, a: m.tile(a(X), (2,))],
    "repeat": [lambda m, a: m.repeat(a(X), 2), lambda m, a: m.repeat(a(X), 2, axis=0), lambda m, a: m.repeat(a(X), a(np.array([0, 1, 2])), axis=0)],
    "moveaxis": [lambda m, a: m.moveaxis(a(np.zeros((2, 3, 4))), (0, 1), (-1, 0))],
    "take": [lambda m, a: m.take(a(X), a(np.array([2, 0])), axis=1)],
    "take_along_axis": [lambda m, a: m.take_along_axis(a(X), a(np.array([[0], [-1], [2]])), axis=1)],
    "sort": [lambda m, a: m.sort(a(X), axis=0)],
    "argsort": [lambda m, a: m.argsort(a(X), axis=1)],
    "searchsorted": [lambda m, a: m.searchsorted(a(np.array([1.0, 2, 2, 3])), a(np.array([0.0, 1, 2, 2.5, 9]))),
                     lambda m, a: m.searchsorted(a(np.array([1.0, 2, 2, 3])), a(np.array([0.0, 1, 2, 2.5, 9])), side="right")],
    "nonzero": [lambda m, a: m.nonzero(a(N))[0], lambda m, a: m.nonzero(a(N))[1]],
    "count_nonzero": [lambda m, a: m.count_nonzero(a(N), axis=0)],
    "diff": [lambda m, a: m.diff(a(N), n=2), lambda m, a: m.diff(a(N), axis=0, prepend=a(N[:1]))],
    "unique_all": [lambda m, a, k=k: m.unique_all(a(N))[k] for k in range(4)],
    "cumulative_sum": [lambda m, a: m.cumulative_sum(a(X), axis=1, include_initial=True)],
    "var": [lambda m, a: m.var(a(X), axis=0, correction=1)],
    "std": [lambda m, a: m.std(a(X))],
    "sum": [lambda m, a: m.sum(a(N), axis=0, dtype=a(X).dtype)],
    "clip": [lambda m, a: m.clip(a(X), 0.25, None), lambda m, a: m.clip(a(X), None, 0.5), lambda m, a: m.clip(a(X), 0.25, 0.5)],
    "tril": [lambda m, a: m.tril(a(X), k=1)],
    "triu": [lambda m, a: m.triu(a(X), k=-1)],
    "meshgrid": [lambda m, a: m.meshgrid(a(X[0]), a(X[:, 0]))[0], lambda m, a: m.meshgrid(a(X[0]), a(X[:, 0]), indexing="ij")[1]],
    "arange": [lambda m, a: m.arange(2, 11, 3), lambda m, a: m.arange(5, 0, -2), lambda m, a: m.arange(0.0, 1.0, 0.25)],
    "linspace": [lambda m, a: m.linspace(0, 1, 5), lambda m, a: m.linspace(0, 1, 4, endpoint=False)],
    "eye": [lambda m, a: m.eye(2, 3, k=1)],
    "full": [lambda m, a: m.full((2, 2), 3), lambda m, a: m.full(3, True)],
    "tensordot": [lambda m, a: m.tensordot(a(X), a(X.T), axes=1), lambda m, a: m.tensordot(a(X), a(X), axes=((0, 1), (0, 1)))],
    "vecdot": [lambda m, a: m.vecdot(a(X), a(X))],
    "matrix_transpose": [lambda m, a: m.matrix_transpose(a(X))],
    "outer": [lambda m, a: m.linalg.outer(a(X[0]), a(X[1]))],
    "cross": [lambda m, a: m.linalg.cross(a(X[:, :3]), a(X[:, 1:]))],
    "diagonal": [lambda m, a, k=k: m.linalg.diagonal(a(X), offset=k) for k in (-3, -1, 0, 2, 4)],
    "trace": [lambda m, a: m.linalg.trace(a(X), offset=1)],
    "vector_norm": [lambda m, a, p=p: m.linalg.vector_norm(a(X), axis=1, ord=p) for p in (0, 1, 2, 3.5, float("inf"), -float("inf"))],
    "matrix_power": [lambda m, a, n=n: m.linalg.matrix_power(a(X[:, :3]), n) for n in (0, 1, 5)],
}


@pytest.mark.parametrize("name, call", [(name, call) for name, calls in CASES.items() for call in calls])
def test_as_numpy(name, call):
    expected, found = np.asarray(call(np, np.asarray)), np.asarray(call(kn, kn.asarray))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-6)


def test_unique_values_are_in_order_and_every_nan_counts():
    assert kn.unique_values(kn.asarray(N)).tolist() == [0, 1, 2, 3]
    found = kn.unique_counts(kn.asarray([float("nan"), 2.0, -0.0, float("nan"), 0.0, 2.0]))
    assert found.counts.tolist() == [2, 2, 1, 1] and found.values.tolist()[1] == 2.0
    z = kn.asarray([1 + 2j, 1 + 1j, 1 + 2j])
    assert kn.unique_values(z).tolist() == [1 + 1j, 1 + 2j] and kn.unique_inverse(z).inverse_indices.tolist() == [1, 0, 1]


def test_dtype_functions():
    assert kn.finfo(kn.float32).eps == np.finfo("float32").eps and kn.finfo(kn.complex128).max == np.finfo("float64").max
    assert kn.iinfo(kn.uint16).max == 65535 and kn.iinfo(kn.int8).min == -128
    assert kn.can_cast(kn.int8, kn.int16) and not kn.can_cast(kn.float64, kn.float32)
    assert kn.result_type(kn.asarray([1], dtype=kn.int8), 2.0) is kn.float32 and kn.isdtype(kn.int8, ("bool", "integral"))
    for wrong in (lambda: kn.finfo(kn.int8), lambda: kn.iinfo(kn.float32), lambda: kn.isdtype(kn.int8, "integer")):
        with pytest.raises((TypeError, ValueError)):
            wrong()


def test_shapes_that_depend_on_values_are_refused_in_a_trace():
    for f in (kn.nonzero, kn.unique_values, kn.unique_all):
        with pytest.raises(kn.TraceError):
            kn.jit(f)(kn.asarray([1, 0, 2]))


def test_wrong_arguments():
    x = kn.asarray(X)
    for call in (lambda: kn.squeeze(x, axis=0), lambda: kn.expand_dims(x, axis=5), lambda: kn.repeat(x, -1), lambda: kn.arange(0, 1, 0),
                 lambda: kn.split(x, 3, axis=1), lambda: kn.take(x, kn.asarray([0])), lambda: kn.zeros(2, device="gpu"),
                 lambda: kn.linalg.matrix_power(x, 2), lambda: kn.vecdot(x, x[:, :2])):
        with pytest.raises((ValueError, IndexError)):
            call()
