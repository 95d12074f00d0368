"""Gradients where a careless formula gives NaN, against calculus, and values of half-precision numbers whose squares are
beyond half precision."""

import numpy as np
import pytest

import koine as kn

INF = float("inf")


def slope(f, x):
    return np.asarray(kn.grad(f)(kn.asarray(np.asarray(x, "float64"))))


@pytest.mark.parametrize("f", [
    lambda x: kn.linalg.vector_norm(x), lambda x: kn.linalg.norm(x), lambda x: kn.linalg.matrix_norm(x[:, None]), lambda x: kn.std(x),
    lambda x: kn.std(x, correction=1), lambda x: kn.hypot(x[0], x[1]), lambda x: kn.sum(kn.abs(x)), lambda x: kn.linalg.norm(x, 3),
    lambda x: kn.linalg.norm(x, 1), lambda x: kn.atan2(x[0], x[1]), lambda x: kn.var(x), lambda x: kn.linalg.norm(x, np.inf),
], ids=["norm", "numpy's", "matrix", "std", "unbiased", "hypot", "abs", "norm 3", "norm 1", "atan2", "var", "norm inf"])
def test_subgradients_at_zero(f):
    for at in (np.zeros(3),) if f(kn.ones(3)).item() else (np.zeros(3), np.full(3, 0.1)):
        assert np.abs(slope(f, at)).max() < 1e-15
        squared = kn.hessian(lambda x: f(x) ** 2)(kn.asarray(at))
        assert np.isfinite(np.asarray(squared)).all()
    assert (np.asarray(kn.grad(lambda x: kn.std(x))(kn.full((4,), 0.1))) == 0).all()


def test_powers_at_zero():
    for power, expected in ((2, 0), (1, 1), (0, 0), (1.5, 0), (3, 0)):
        assert slope(lambda x: kn.sum(x ** power), [0.0]) == [expected]
    assert slope(lambda p: kn.sum(kn.zeros(3, dtype=kn.float64) ** p), [0.0, 1.0, 2.0]).tolist() == [0, 0, 0]
    assert np.asarray(kn.hessian(lambda x: kn.sum(x ** 2))(kn.zeros(2))).tolist() == [[2, 0], [0, 2]]


def test_rows_that_are_minus_infinity():
    x = kn.asarray([[-INF, -INF], [0.0, -INF]])
    assert kn.softmax(x).tolist() == [[0, 0], [1, 0]]
    assert kn.log_softmax(x).tolist() == [[-INF, -INF], [0, -INF]]
    assert kn.logsumexp(x, axis=1).tolist() == [-INF, 0]
    for f in (lambda x: kn.sum(kn.softmax(x)[:, 0] ** 2), lambda x: kn.sum(kn.logsumexp(x, axis=1)), lambda x: kn.sum(kn.exp(kn.log_softmax(x)))):
        for transformed in (kn.grad(f), kn.hessian(f)):
            assert np.isfinite(np.asarray(transformed(x))).all()
    loss = kn.cross_entropy(x, kn.asarray([0, 0]))
    assert loss.tolist() == [INF, 0]
    assert np.isfinite(np.asarray(kn.grad(lambda x: kn.sum(kn.cross_entropy(x, kn.asarray([0, 0]))))(x))).all()


@pytest.mark.parametrize("f", [kn.silu, kn.gelu, lambda x: kn.gelu(x, approximate=True), kn.sigmoid, kn.tanh, kn.relu],
                         ids=["silu", "gelu", "approximate", "sigmoid", "tanh", "relu"])
def test_activations_far_out(f):
    x = kn.asarray([-INF, -1e30, -100.0, 100.0, 1e30, INF])
    left = {True: [-1, -1, -1], False: [0, 0, 0]}[f is kn.tanh]
    y = np.asarray(f(x))
    np.testing.assert_allclose(y[:3], left, atol=1e-30)
    np.testing.assert_allclose(y[3:], [1, 1, 1] if f in (kn.sigmoid, kn.tanh) else [100, 1e30, INF])
    first = np.asarray(kn.grad(lambda x: kn.sum(f(x)))(x))
    np.testing.assert_allclose(first, [0, 0, 0] + ([0] * 3 if f in (kn.sigmoid, kn.tanh) else [1] * 3), atol=1e-30)
    np.testing.assert_allclose(np.asarray(kn.grad(lambda x: kn.sum(kn.grad(lambda x: kn.sum(f(x)))(x)))(x)), np.zeros(6), atol=1e-30)
    assert np.isnan(np.asarray(f(kn.asarray([np.nan])))).all()


def test_attention_does_not_see_what_is_masked():
    rng = np.random.RandomState(0)
    q, k, v = (rng.randn(2, 3, 2, 4).astype("float32") for _ in range(3))
    mask = np.ones((2, 1, 3, 3), bool)
    mask[0, :, :, 2] = False  # padding
    mask[1, :, 1] = False  # a query without a key
    bad_k, bad_v = k.copy(), v.copy()
    bad_k[0, 2], bad_v[0, 2] = np.nan, INF

    def loss(q, k, v):
        return kn.sum(kn.attention(q, k, v, kn.asarray(mask)) ** 2)

    arrays, bad = [kn.asarray(x) for x in (q, k, v)], [kn.asarray(x) for x in (q, bad_k, bad_v)]
    want, found = kn.attention(*arrays, kn.asarray(mask)), kn.attention(*bad, kn.asarray(mask))
    np.testing.assert_array_equal(np.asarray(found), np.asarray(want))
    assert (np.asarray(found)[1, 1] == 0).all()
    for good, other in zip(kn.grad(loss, (0, 1, 2))(*arrays), kn.grad(loss, (0, 1, 2))(*bad)):
        np.testing.assert_array_equal(np.asarray(other), np.asarray(good))
        assert np.isfinite(np.asarray(other)).all()


HALVES = [kn.float16, kn.bfloat16]


@pytest.mark.parametrize("dtype", HALVES, ids=["float16", "bfloat16"])
def test_what_is_squared_is_widened(dtype):
    def same(found, expected, tolerance=2e-2):
        assert found.dtype == dtype
        np.testing.assert_allclose(np.asarray(found.astype(kn.float64)), expected, rtol=tolerance, atol=tolerance)

    def of(values):
        return kn.asarray(values, dtype=dtype)

    thousand, zero = of([[1000.0, -1000.0, 1000.0, 1000.0]]), of([[0.0] * 4])
    model = kn.nn.init(kn.nn.RmsNorm(4), kn.random.key(0))
    same(kn.rms_norm(thousand), [[1, -1, 1, 1]])
    same(model(thousand.astype(kn.float32)).astype(dtype), [[1, -1, 1, 1]])
    same(kn.layer_norm(of([30000.0, -30000.0])), [1, -1])
    same(kn.linalg.vector_norm(of([3000.0, 4000.0])), 5000)
    same(kn.linalg.matrix_norm(of([[3000.0, 4000.0]])), 5000)
    same(kn.std(of([1000.0, 3000.0])), 1000)
    same(kn.mean(kn.full((8,), 60000.0, dtype=dtype)), 60000, 1e-2)
    same(kn.vecdot(of([300.0, -300.0]), of([300.0, 300.0])), 0)
    same(kn.nn.mse_loss(of([300.0] + [0.0] * 9), of([0.0] * 10)), 9000)
    same(kn.nn.huber_loss(of([300.0, 0.0]), of([0.0, 0.0]), delta=1000.0), 22500)
    same(kn.nn.mae_loss(of([60000.0, 60000.0]), of([0.0, 0.0])), 60000, 1e-2)
    norm = kn.nn.init(kn.nn.BatchNorm(1), kn.random.key(0))
    context = kn.nn.Context(kn.random.key(0), training=True) if "training" in kn.nn.Context.__init__.__doc__ else kn.nn.Context(kn.random.key(0))
    same(norm(of([[1000.0], [-1000.0]]), context), [[1], [-1]])
    group = kn.nn.init(kn.nn.GroupNorm(groups=1, size=2), kn.random.key(0))
    same(group(of([[1000.0, -1000.0]])).astype(dtype), [[1, -1]])
    assert (np.asarray(kn.nn.mse_loss(thousand, zero, reduction="sum").astype(kn.float32)) > 60000).all()
