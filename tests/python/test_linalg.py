"""Linear algebra against NumPy, and its derivatives against differences."""

import numpy as np
import pytest

import koine as kn

RANDOM = np.random.RandomState(0)
A = RANDOM.rand(3, 4, 4) + 2 * np.eye(4)
P = A @ np.swapaxes(A, -1, -2)
M = RANDOM.rand(2, 5, 3)
Z = (RANDOM.rand(4, 4) + 1j * RANDOM.rand(4, 4)) + 3 * np.eye(4)
L, N = kn.linalg, np.linalg


def same(found, expected, tolerance=1e-10):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("x", [A, Z, P[0].astype("float32")], ids=["batch", "complex", "float32"])
def test_systems(x):
    tolerance = 1e-4 if x.dtype == "float32" else 1e-9
    a, b = kn.asarray(x), RANDOM.rand(4).astype(x.dtype)
    same(L.inv(a), N.inv(x), tolerance)
    same(L.solve(a, kn.asarray(b)), N.solve(x, np.broadcast_to(b[:, None], x.shape[:-1] + (1,)))[..., 0], tolerance)
    same(L.solve(a, kn.asarray(x)), np.broadcast_to(np.eye(4), x.shape), tolerance)
    same(L.det(a), N.det(x), tolerance)
    sign, size = L.slogdet(a)
    same(sign, N.slogdet(x)[0], tolerance), same(size, N.slogdet(x)[1], tolerance)
    same(L.matrix_power(a, -2), N.matrix_power(x, -2), tolerance)


def test_factors_give_the_matrix_back():
    a, p, m, z = (kn.asarray(x) for x in (A, P, M, Z))
    factor = L.cholesky(p)
    same(factor @ factor.mT, P), same(L.cholesky(p, upper=True), np.swapaxes(np.asarray(factor), -1, -2))
    values, vectors = L.eigh(p)
    same((vectors * values[..., None, :]) @ vectors.mT, P), same(values, N.eigvalsh(P)), same(L.eigvalsh(p), N.eigvalsh(P))
    for x, given in ((m, M), (m.mT, np.swapaxes(M, -1, -2)), (z, Z)):
        u, s, vh = L.svd(x, full_matrices=False)
        same((u * s[..., None, :]) @ vh, given), same(s, N.svd(given, compute_uv=False)), same(L.svdvals(x), np.asarray(s))
        full = L.svd(x)
        assert full.U.shape[-1] == given.shape[-2] and full.Vh.shape[-2] == given.shape[-1]
        same(kn.conj(full.U).mT @ full.U, np.broadcast_to(np.eye(given.shape[-2]), full.U.shape))
        for mode in ("reduced", "complete"):
            q, r = L.qr(x, mode=mode)
            same(q @ r, given), same(r, np.triu(np.asarray(r)))
            same(kn.conj(q).mT @ q, np.broadcast_to(np.eye(q.shape[-1]), q.shape[:-2] + (q.shape[-1],) * 2))


def test_norms_and_ranks():
    m = kn.asarray(M)
    for order in ("fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")):
        same(L.matrix_norm(m, ord=order), N.norm(M, ord=order, axis=(-2, -1)))
        assert L.matrix_norm(m, ord=order, keepdims=True).shape == (2, 1, 1)
    same(L.pinv(m), N.pinv(M))
    low = M[..., :1] @ M[..., :1, :]
    assert L.matrix_rank(kn.asarray(low)).tolist() == [1, 1] and L.matrix_rank(m).tolist() == [3, 3]


def numeric(f, x, step=1e-6):
    slope = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[place] = step
        slope[place] = (float(f(kn.asarray(x + d))) - float(f(kn.asarray(x - d)))) / (2 * step)
    return slope


W = RANDOM.rand(4, 4)


@pytest.mark.parametrize("f", [
    lambda x: kn.sum(L.inv(x) * W), lambda x: L.slogdet(x)[1], lambda x: L.det(x), lambda x: kn.sum(L.solve(x, kn.asarray(W)) ** 2),
    lambda x: kn.sum(L.cholesky(x @ x.T) * W), lambda x: kn.sum(L.eigh(x)[1] * W) + kn.sum(L.eigvalsh(x) ** 3),
    lambda x: kn.sum(L.svd(x[:, :3], full_matrices=False).U * W[:, :3]), lambda x: kn.sum(L.svdvals(x[:2]) ** 3),
    lambda x: kn.sum(L.qr(x)[0] * W) + kn.sum(L.qr(x[:3])[1] ** 2), lambda x: kn.sum(L.pinv(x[:, :2]) ** 2),
    lambda x: L.matrix_norm(x, ord="nuc"),
], ids=["inv", "slogdet", "det", "solve", "cholesky", "eigh", "svd", "svd wide", "qr", "pinv", "nuclear"])
def test_derivatives(f):
    x = A[0] + np.diag([0.0, 1.0, 2.5, 4.0])
    np.testing.assert_allclose(np.asarray(kn.grad(f)(kn.asarray(x))), numeric(f, x), rtol=1e-4, atol=1e-6)
    batch = kn.asarray(np.stack([x, x.T]))
    rows = kn.vmap(kn.grad(f))(batch)
    np.testing.assert_allclose(np.asarray(rows[1]), np.asarray(kn.grad(f)(batch[1])), rtol=1e-8, atol=1e-10)
    forward = kn.jvp(kn.grad(f), (batch[0],), (kn.ones_like(batch[0]),))[1]
    by_steps = (np.asarray(kn.grad(f)(batch[0] + 1e-6)) - np.asarray(kn.grad(f)(batch[0] - 1e-6))) / 2e-6
    np.testing.assert_allclose(np.asarray(forward), by_steps, rtol=2e-3, atol=1e-4)


def test_complex_derivative_of_the_determinant():
    """The direction of steepest ascent of |det z|^2: its part along d is the slope along d."""
    z, d = kn.asarray(Z), RANDOM.rand(4, 4) + 1j * RANDOM.rand(4, 4)
    f = lambda z: kn.abs(L.det(z)) ** 2  # noqa: E731
    slope = (float(f(z + 1e-6 * d)) - float(f(z - 1e-6 * d))) / 2e-6
    along = np.sum((np.conj(np.asarray(kn.grad(f)(z))) * d).real)
    np.testing.assert_allclose(along, slope, rtol=1e-6)


def test_what_is_refused():
    for call in (lambda: L.inv(kn.ones((2, 3))), lambda: L.cholesky(kn.ones(3)), lambda: L.solve(kn.ones((2, 2)), kn.ones((3, 1)))):
        with pytest.raises(kn.ShapeError):
            call()
    with pytest.raises(ValueError, match="positive definite"):
        L.cholesky(-kn.eye(2)).tolist()
    with pytest.raises(ValueError, match="singular"):
        L.inv(kn.ones((2, 2))).tolist()
    with pytest.raises(kn.NotDifferentiable, match="full_matrices"):
        kn.grad(lambda x: kn.sum(L.svd(x)[0]))(kn.asarray(M[0]))
    with pytest.raises(kn.DTypeError):
        L.inv(kn.eye(2, dtype=kn.float16))


def test_below_the_diagonal_of_r_zeros_are_positive():
    """Also where a column was turned round."""
    a = np.random.RandomState(5).standard_normal((20, 4, 3)) * np.where(np.arange(20) % 2, 1, -1)[:, None, None]
    for mode in ("reduced", "complete"):
        r = np.asarray(kn.linalg.qr(kn.asarray(a), mode=mode).R)
        below = np.tril(np.ones(r.shape[-2:], bool), -1)
        assert (r[:, below] == 0).all() and not np.signbit(r[:, below]).any()
        assert (np.diagonal(r, axis1=-2, axis2=-1) > 0).all()
