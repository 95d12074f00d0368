"""Derivatives of linear algebra where values are equal or zero, by finite differences of functions that do not depend on
the choice of vectors, and by formulas of calculus. Where there is no derivative there is NaN and never a number."""

import numpy as np
import pytest

import koine as kn

L = kn.linalg
RANDOM = np.random.RandomState(3)
W = RANDOM.standard_normal((4, 4))
SYMMETRIC = W + W.T
ROTATION = np.linalg.qr(RANDOM.standard_normal((4, 4)))[0]
IDENTITY, TWICE = np.eye(4), ROTATION @ np.diag([3.0, 1.0, 1.0, 0.5]) @ ROTATION.T
RANK_3 = ROTATION @ np.diag([3.0, 2.0, 1.0, 0.0]) @ ROTATION.T[[1, 0, 3, 2]]
RANK_2 = ROTATION @ np.diag([3.0, 2.0, 0.0, 0.0]) @ ROTATION.T[[1, 0, 3, 2]]
JORDAN = np.diag([2.0] * 4) + np.diag([1.0] * 3, 1)


def complex_of(x):
    turn = np.linalg.qr(RANDOM.standard_normal(x.shape) + 1j * RANDOM.standard_normal(x.shape))[0]
    return turn @ x @ np.conj(turn).T


def along(f, x, d, step=1e-5):
    """The derivative of f at x along d, by differences of fourth order."""
    def at(t):
        return np.asarray(f(kn.asarray(x + t * step * d)))
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)


def direction(x):
    d = RANDOM.standard_normal(x.shape)
    return d + 1j * RANDOM.standard_normal(x.shape) if np.iscomplexobj(x) else d


def check(f, x, tolerance=1e-7, second=True):
    """Reverse, forward and second derivatives of a real f, along a direction."""
    a, d, e = kn.asarray(x), direction(x), direction(x)
    expected = along(f, x, d)
    grad = kn.grad(f)
    np.testing.assert_allclose(np.sum((np.conj(np.asarray(grad(a))) * d).real), expected, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(np.asarray(kn.jvp(f, (a,), (kn.asarray(d),))[1]), expected, rtol=tolerance, atol=tolerance)
    batch = kn.asarray(np.stack([x, x]))
    np.testing.assert_allclose(np.asarray(kn.vmap(grad)(batch)[1]), np.asarray(grad(a)), rtol=1e-9, atol=1e-9)
    if second:
        slope = lambda z: kn.sum(kn.real(kn.conj(grad(z)) * kn.asarray(d)))  # noqa: E731
        expected = along(slope, x, e)
        found = kn.jvp(slope, (a,), (kn.asarray(e),))[1]
        np.testing.assert_allclose(np.asarray(found), expected, rtol=100 * tolerance, atol=100 * tolerance)
        back = np.sum((np.conj(np.asarray(kn.grad(slope)(a))) * e).real)
        np.testing.assert_allclose(back, expected, rtol=100 * tolerance, atol=100 * tolerance)


@pytest.mark.parametrize("x", [IDENTITY, TWICE, JORDAN, complex_of(TWICE)], ids=["identity", "twice", "jordan", "complex"])
@pytest.mark.parametrize("f", [
    lambda x: kn.sum(kn.real(L.inv(x) * W)), lambda x: kn.sum(kn.real(L.pinv(x) * W)), lambda x: kn.real(L.det(x)),
    lambda x: L.slogdet(x)[1], lambda x: kn.sum(kn.real(L.expm(x) * W)), lambda x: kn.sum(kn.real(L.matrix_power(x, 3) * W)),
    lambda x: kn.sum(kn.real(L.matrix_power(x, -2) * W)), lambda x: kn.sum(kn.real(L.sqrtm(x) * W)),
    lambda x: kn.sum(kn.real(L.logm(x) * W)), lambda x: L.matrix_norm(x, ord="nuc"), lambda x: L.matrix_norm(x),
    lambda x: kn.sum(kn.real(L.solve(x, kn.asarray(W).astype(x.dtype)) * W)),
    lambda x: kn.sum(kn.real(L.lstsq(x, kn.asarray(W).astype(x.dtype)).x * W)),
    lambda x: kn.sum(kn.real(L.qr(x).R * W)), lambda x: kn.sum(kn.real(L.lu(x).U * W)),
    lambda x: kn.sum(kn.real(L.qr(x).Q * W)),
], ids=["inv", "pinv", "det", "slogdet", "expm", "power", "negative power", "sqrtm", "logm", "nuclear", "frobenius", "solve", "lstsq",
        "r of qr", "u of lu", "q of qr"])
def test_equal_values(f, x):
    check(f, x)


@pytest.mark.parametrize("x", [RANK_3, RANK_2, np.zeros((4, 4)), complex_of(RANK_3)], ids=["rank 3", "rank 2", "zero", "complex"])
def test_determinant_of_a_singular_matrix(x):
    check(lambda x: kn.real(L.det(x)), x)


def test_determinant_by_cofactors():
    """At every rank, against the minors themselves."""
    for x in (RANK_3, RANK_2, JORDAN, np.zeros((4, 4)), np.ones((1, 1)), np.zeros((1, 1)), np.ones((2, 2))):
        n = len(x)
        cofactors = np.array([[(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) if n > 1 else 1.0
                               for j in range(n)] for i in range(n)])
        np.testing.assert_allclose(np.asarray(kn.grad(L.det)(kn.asarray(x))), cofactors, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
def test_pseudo_inverse_of_rectangles_with_equal_values(shape):
    q = np.linalg.qr(RANDOM.standard_normal((5, 5)))[0]
    x = 2 * (q[:, :3] if shape == (5, 3) else q[:3])
    weights = RANDOM.standard_normal(shape[::-1])
    check(lambda x: kn.sum(L.pinv(x) * weights), x)
    check(lambda x: L.matrix_norm(x, ord="nuc"), x)
    check(lambda x: kn.sum(L.lstsq(x, kn.asarray(weights.T[:, :2])).x ** 2), x)
    check(lambda x: kn.sum(L.lstsq(x, kn.asarray(weights.T[:, :2])).residuals), x)


def test_pseudo_inverse_at_a_lower_rank():
    """Along matrices of the same rank."""
    a, b = RANDOM.standard_normal((5, 2)), RANDOM.standard_normal((2, 4))
    weights = RANDOM.standard_normal((4, 5))
    check(lambda z: kn.sum(L.pinv(z[:5] @ z[5:].T) * weights), np.concatenate([a, b.T]))


def top_eigenvector(x):
    v = L.eigh(x).eigenvectors[:, -1]
    return kn.sum(v * (kn.asarray(W) @ v))


def test_an_isolated_eigenvector_beside_equal_eigenvalues():
    """It has a derivative, which the others, that have none, do not disturb."""
    x = ROTATION @ np.diag([1.0, 1.0, 1.0, 3.0]) @ ROTATION.T
    d = SYMMETRIC / 3
    slope = np.asarray(kn.grad(top_eigenvector)(kn.asarray(x)))
    np.testing.assert_allclose(np.sum(slope * d), along(top_eigenvector, x, d), rtol=1e-7)


@pytest.mark.parametrize("x", [IDENTITY, np.zeros((4, 4)), TWICE, ROTATION, complex_of(TWICE)], ids=str)
def test_what_uses_vectors_that_have_no_derivative_is_nan(x):
    hermitian = (x + np.conj(x).T) / 2 + 0 * x
    weights = kn.asarray(RANDOM.standard_normal((4, 4)))

    def by_eigh(x):
        values, vectors = L.eigh(x)
        return kn.sum(kn.real((vectors * values) @ kn.conj(vectors).mT * weights))

    def by_svd(x):
        u, s, vh = L.svd(x, full_matrices=False)
        return kn.sum(kn.real((u * s) @ vh * weights))

    for f, at in ((by_eigh, hermitian), (by_svd, x)):
        values = np.linalg.eigvalsh(at) if f is by_eigh else np.linalg.svd(at, compute_uv=False)
        if np.min(np.diff(np.sort(values))) > 1e-9:
            continue
        a, d = kn.asarray(at), kn.asarray(direction(at))
        assert np.isnan(np.asarray(kn.grad(f)(a))).any()
        assert np.isnan(np.asarray(kn.jvp(f, (a,), (d,))[1])).all()


@pytest.mark.parametrize("x", [TWICE, IDENTITY, complex_of(TWICE)], ids=["twice", "identity", "complex"])
def test_functions_of_eigenvalues_alone(x):
    """Traces of functions have a derivative where eigenvalues are equal."""
    values = lambda x: kn.sum(L.eigvalsh(x) ** 3)  # noqa: E731
    np.testing.assert_allclose(np.asarray(kn.grad(values)(kn.asarray(x))), 3 * x @ x, rtol=1e-9, atol=1e-9)
    squares = lambda x: kn.sum(L.svdvals(x) ** 2)  # noqa: E731
    np.testing.assert_allclose(np.asarray(kn.grad(squares)(kn.asarray(x))), 2 * x, rtol=1e-9, atol=1e-9)
    both = lambda x: kn.sum(L.eigh(x).eigenvalues ** 3)  # noqa: E731
    np.testing.assert_allclose(np.asarray(kn.grad(both)(kn.asarray(x))), 3 * x @ x, rtol=1e-9, atol=1e-9)


def test_norms_have_subgradients():
    zero = kn.zeros((3, 3), dtype=kn.float64)
    for order in ("fro", "nuc", 2, -2, 1, float("inf")):
        slope = np.asarray(kn.grad(lambda x: L.matrix_norm(x, ord=order))(zero))
        assert (slope == 0).all(), order
    for order in (2, 1, 3, 0.5, 4):
        assert (np.asarray(kn.grad(lambda x: L.vector_norm(x, ord=order))(kn.zeros(3))) == 0).all(), order
    # Of rank 1: the singular vectors of the one value that is not zero.
    u, v = np.array([0.6, 0.8, 0.0]), np.array([0.0, 1.0, 0.0])
    for order in ("nuc", 2, "fro"):
        slope = kn.grad(lambda x: L.matrix_norm(x, ord=order))(kn.asarray(5 * np.outer(u, v)))
        np.testing.assert_allclose(np.asarray(slope), np.outer(u, v), atol=1e-12)
    # All largest singular values share the slope: half of the identity, whose trace is the slope along it.
    slope = np.asarray(kn.grad(lambda x: L.matrix_norm(x, ord=2))(kn.eye(2, dtype=kn.float64)))
    np.testing.assert_allclose(slope, np.eye(2) / 2, atol=1e-12)


def test_dependent_columns_have_no_qr_derivative():
    x = kn.asarray(np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 3.0], [3.0, 6.0, 1.0]]))
    assert np.isnan(np.asarray(kn.grad(lambda x: kn.sum(L.qr(x).Q ** 3))(x))).any()


def test_singular_log_determinant():
    x = kn.asarray(RANK_2)
    ones = kn.ones((2, 2), dtype=kn.float64)
    assert L.slogdet(ones)[1].item() == -np.inf and L.slogdet(ones)[0].item() == 0
    assert np.isnan(np.asarray(kn.grad(lambda x: L.slogdet(x)[1])(ones))).all()
    assert L.matrix_rank(x).item() == 2 and L.cond(ones).item() > 1e15 and L.cond(ones, 1).item() == np.inf


@pytest.mark.parametrize("call", [L.inv, lambda x: L.solve(x, kn.ones((2, 1), dtype=kn.float64)), L.cholesky,
                                  lambda x: L.matrix_power(x, -1)], ids=["inv", "solve", "cholesky", "power"])
def test_one_bad_matrix_of_a_batch_loses_no_other(call):
    good, bad = np.diag([2.0, 4.0]), np.array([[1.0, 1.0], [1.0, 1.0]]) if call is not L.cholesky else -np.eye(2)
    both = np.asarray(call(kn.asarray(np.stack([good, bad, good]))))
    assert np.isnan(both[1]).all()
    np.testing.assert_allclose(both[0], np.asarray(call(kn.asarray(good))))
    np.testing.assert_allclose(both[2], both[0])
    mapped = np.asarray(kn.vmap(call)(kn.asarray(np.stack([bad, good]))))
    assert np.isnan(mapped[0]).all() and np.allclose(mapped[1], both[0])
    with pytest.raises(kn.ValueError, match="singular|positive definite"):
        call(kn.asarray(bad)).tolist()


def test_errors_can_be_left_unchecked():
    ones = kn.ones((2, 2))
    for y in (L.inv(ones, check_errors=False), L.solve(ones, ones, check_errors=False), L.cholesky(-ones, check_errors=False)):
        assert np.isnan(np.asarray(y)).all()
    for y in (L.eigh(ones * np.nan)[0], L.svdvals(ones * np.inf), L.eigvals(ones * np.nan), L.expm(ones * np.nan)):
        assert np.isnan(np.asarray(y)).all()


def test_third_derivative_of_a_singular_determinant_is_nan_and_of_a_regular_one_right():
    d = [kn.asarray(RANDOM.standard_normal((3, 3))) for _ in range(3)]

    def third(x):
        one = lambda x: kn.jvp(L.det, (x,), (d[0],))[1]  # noqa: E731
        two = lambda x: kn.jvp(one, (x,), (d[1],))[1]  # noqa: E731
        return kn.jvp(two, (x,), (d[2],))[1].item()

    a, b, c = (np.asarray(one) for one in d)
    signs = [(1, a + b + c), (-1, a + b), (-1, a + c), (-1, b + c), (1, a), (1, b), (1, c)]
    exact = sum(sign * np.linalg.det(matrix) for sign, matrix in signs)  # the polarised determinant
    np.testing.assert_allclose(third(kn.eye(3, dtype=kn.float64)), exact, rtol=1e-9)
    assert np.isnan(third(kn.asarray(np.diag([1.0, 2.0, 0.0]))))
