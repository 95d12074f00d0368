"""The functions of linear algebra against NumPy and SciPy, in all dtypes and batched, and their derivatives."""

import numpy as np
import pytest

import koine as kn

S = pytest.importorskip("scipy.linalg")
L, N = kn.linalg, np.linalg
DTYPES = ["float32", "float64", "complex64", "complex128"]
RANDOM = np.random.RandomState(11)


def drawn(dtype, *shape):
    x = RANDOM.standard_normal(shape)
    if dtype.startswith("complex"):
        x = x + 1j * RANDOM.standard_normal(shape)
    return x.astype(dtype)


def close(found, expected, dtype, scale=1.0):
    tolerance = scale * (2e-4 if dtype in ("float32", "complex64") else 1e-10)
    found = np.asarray(found)
    assert found.dtype == np.asarray(expected).dtype or found.dtype.kind != np.asarray(expected).dtype.kind or found.dtype.itemsize <= 8
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def each(f, *arrays):
    return np.stack([f(*(x[k] for x in arrays)) for k in range(len(arrays[0]))])


@pytest.mark.parametrize("dtype", DTYPES)
def test_systems(dtype):
    a, b = drawn(dtype, 3, 4, 4) + 4 * np.eye(4, dtype=dtype), drawn(dtype, 3, 4, 2)
    x, y = kn.asarray(a), kn.asarray(b)
    close(L.solve(x, y), N.solve(a, b), dtype)
    close(L.solve(x, y[0]), N.solve(a, np.broadcast_to(b[0], b.shape)), dtype)
    close(L.solve(x[0], y), N.solve(np.broadcast_to(a[0], a.shape), b), dtype)
    close(L.solve(x, y[0, :, 0]), N.solve(a, np.broadcast_to(b[0, :, :1], (3, 4, 1)))[..., 0], dtype)
    for lower in (False, True):
        for unit in (False, True):
            for trans in (0, 1, 2):
                want = each(lambda a, b: S.solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit), a, b)
                close(L.solve_triangular(x, y, trans=trans, lower=lower, unit_diagonal=unit), want, dtype, 10)
    factors = L.lu_factor(x)
    close(factors.lu, each(lambda a: S.lu_factor(a)[0], a), dtype)
    assert (np.asarray(factors.pivots) == each(lambda a: S.lu_factor(a)[1], a)).all()
    close(L.lu_solve(factors, y), N.solve(a, b), dtype)
    close(L.lu_solve((factors[0][0], factors[1][0]), y[0, :, 0]), N.solve(a[0], b[0, :, 0]), dtype)
    p = a @ np.conj(np.swapaxes(a, -1, -2))
    for upper in (False, True):
        factor = L.cholesky(kn.asarray(p), upper=upper)
        close(factor, each(lambda p: S.cholesky(p, lower=not upper), p), dtype, 10)
        close(L.cholesky_solve(y, factor, upper), N.solve(p, b), dtype, 10)
        close(L.cho_solve((factor[0], not upper), y[0, :, 1]), N.solve(p[0], b[0, :, 1]), dtype, 10)
    close(L.tensorsolve(kn.reshape(x[0], (4, 2, 2)), y[0, :, 0]), N.tensorsolve(a[0].reshape(4, 2, 2), b[0, :, 0]), dtype)
    close(L.tensorinv(kn.reshape(x[0], (4, 2, 2)), ind=1), N.tensorinv(a[0].reshape(4, 2, 2), ind=1), dtype)
    q = drawn(dtype, 4, 2)
    close(L.solve_sylvester(x[0], x[1, :2, :2], kn.asarray(q)), S.solve_sylvester(a[0], a[1, :2, :2], q), dtype, 10)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5)])
def test_factors(dtype, shape):
    a = drawn(dtype, 2, *shape)
    x = kn.asarray(a)
    p, l, u = L.lu(x)
    close(p @ l @ u, a, dtype)
    close(p, each(lambda a: S.lu(a)[0], a), dtype), close(l, each(lambda a: S.lu(a)[1], a), dtype, 10)
    close(u, each(lambda a: S.lu(a)[2], a), dtype, 10)
    b = drawn(dtype, 2, shape[0], 2)
    found = L.lstsq(x, kn.asarray(b))
    for k in range(2):
        want, residuals, rank, s = N.lstsq(a[k], b[k], rcond=None)
        close(found.x[k], want, dtype, 10), close(found.s[k], s, dtype)
        assert found.rank[k].item() == rank
        close(found.residuals[k], residuals if residuals.size else np.sum(np.abs(a[k] @ want - b[k]) ** 2, 0), dtype, 10)
    close(L.lstsq(x[0], kn.asarray(b[0, :, 0])).x, N.lstsq(a[0], b[0, :, 0], rcond=None)[0], dtype, 10)
    close(L.pinv(x), N.pinv(a), dtype, 10)
    assert (np.asarray(L.matrix_rank(x)) == N.matrix_rank(a)).all()
    if shape[0] >= shape[1]:
        (packed, tau), _ = S.qr(a[0], mode="raw")
        want = S.qr(a[0], mode="economic")[0]
        close(L.householder_product(kn.asarray(packed.astype(dtype)), kn.asarray(tau.astype(dtype))), want, dtype, 10)


@pytest.mark.parametrize("dtype", DTYPES)
def test_spectra(dtype):
    a = drawn(dtype, 3, 5, 5)
    x = kn.asarray(a)
    values, vectors = L.eig(x)
    close(kn.asarray(np.asarray(x)) @ vectors, np.asarray(vectors * values[..., None, :]), dtype, 20)
    order = lambda v: v[np.lexsort((np.round(v.imag, 3), np.round(v.real, 3)))]  # noqa: E731
    for k in range(3):
        close(order(np.asarray(values[k])), order(N.eigvals(a[k])), dtype, 20)
        close(order(np.asarray(L.eigvals(x[k]))), order(N.eigvals(a[k])), dtype, 20)
    t, z = L.schur(x)
    close(z @ t @ kn.conj(z).mT, a, dtype, 10)
    close(kn.conj(z).mT @ z, np.broadcast_to(np.eye(5), a.shape), dtype)
    below = np.tril(np.asarray(t), -1 if dtype.startswith("c") else -2)
    assert (below == 0).all()
    assert np.asarray(values).dtype == ("complex64" if dtype in ("float32", "complex64") else "complex128")


@pytest.mark.parametrize("dtype", DTYPES)
def test_functions_of_matrices(dtype):
    a = drawn(dtype, 3, 4, 4)
    for scale in (1e-3, 0.1, 1.0, 4.0):
        want = each(lambda a: S.expm(a.astype("complex128" if dtype[0] == "c" else "float64")), a * np.array(scale, dtype))
        size = np.max(np.abs(want))
        np.testing.assert_allclose(np.asarray(L.expm(kn.asarray(a * np.array(scale, dtype)))) / size, want / size,
                                   atol=1e-4 if dtype in ("float32", "complex64") else 1e-12)
    p = a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(4, dtype=dtype)
    close(L.sqrtm(kn.asarray(p)), each(S.sqrtm, p), dtype, 10)
    close(L.logm(kn.asarray(p)), each(S.logm, p.astype("complex128" if dtype[0] == "c" else "float64")), dtype, 10)
    turn = drawn(dtype, 4, 4) + 4 * np.eye(4, dtype=dtype)
    close(L.logm(kn.asarray(turn)), S.logm(turn), dtype, 20)
    close(L.sqrtm(kn.asarray(turn)) @ L.sqrtm(kn.asarray(turn)), turn, dtype, 20)
    assert np.isnan(np.asarray(L.logm(kn.asarray(np.diag([1.0, 0.0]))))).all()
    assert np.isnan(np.asarray(L.sqrtm(kn.asarray(np.diag([1.0, -1.0]))))).all()


@pytest.mark.parametrize("dtype", DTYPES + ["int64", "float16"])
def test_norms(dtype):
    a = (drawn("float64", 3, 4, 5) * 3).astype(dtype) if not dtype.startswith("c") else drawn(dtype, 3, 4, 5)
    x, wide = kn.asarray(a), a.astype("float64") if not dtype.startswith("c") else a
    loose = "float32"
    scale = 20 if dtype == "float16" else 1
    for order in (2, 1, 0, 3, 0.5, -1, -2, np.inf, -np.inf):
        if order < 0 and dtype == "int64":
            continue
        close(L.vector_norm(x, axis=1, ord=order), N.norm(wide, ord=order, axis=1), loose, scale)
        close(L.norm(x, order, 1), N.norm(wide, ord=order, axis=1), loose, scale)
    close(L.vector_norm(x), N.norm(wide.ravel()), loose, scale), close(L.norm(x), N.norm(wide.ravel()), loose, scale)
    for order in ("fro", 1, -1, np.inf, -np.inf) + (("nuc", 2, -2) if dtype != "float16" else ()):
        close(L.matrix_norm(x, ord=order), N.norm(wide, ord=order, axis=(-2, -1)), loose, scale)
        close(L.norm(x, order, axis=(0, 2)), N.norm(wide, ord=order, axis=(0, 2)), loose, scale)
        close(L.norm(x, order, axis=(2, 0), keepdims=True), N.norm(wide, ord=order, axis=(2, 0), keepdims=True), loose, scale)
    if dtype != "float16":
        for order in (None, 2, -2, "fro", 1, np.inf, "nuc"):
            close(L.cond(x[0, :, :4].astype(kn.float64 if dtype == "int64" else x.dtype), order), N.cond(wide[0, :, :4], order), loose, 50)


def test_norms_do_not_overflow():
    for dtype, big, small in ((kn.float32, 1e30, 1e-30), (kn.float64, 1e200, 1e-200), (kn.float16, 5000.0, 1e-4)):
        for size in (big, small):
            x = kn.asarray([3.0 * size, 4.0 * size], dtype=dtype)
            for y in (L.vector_norm(x), L.norm(x), L.matrix_norm(x[:, None]), L.vector_norm(x, ord=2.0)):
                np.testing.assert_allclose(float(y) / size, 5.0, rtol=2e-3 if dtype == kn.float16 else 1e-6)
            slope = np.asarray(kn.grad(lambda x: L.vector_norm(x))(x), dtype="float64")
            np.testing.assert_allclose(slope, [0.6, 0.8], rtol=2e-3)
            np.testing.assert_allclose(float(L.vector_norm(x, ord=3)) / size, 91 ** (1 / 3), rtol=2e-3)
    assert L.vector_norm(kn.asarray([2, 2]), ord=-1).item() == 1.0
    np.testing.assert_allclose(L.vector_norm(kn.asarray([2, 4]), ord=-1).item(), 4 / 3, rtol=1e-6)
    assert L.vector_norm(kn.asarray([np.inf, 1.0])).item() == np.inf and L.vector_norm(kn.zeros(0)).item() == 0
    z = kn.asarray([3e300 + 4e300j], dtype=kn.complex128)
    np.testing.assert_allclose(L.vector_norm(z).item(), 5e300)


def test_products():
    a, b = RANDOM.randint(-5, 5, (2, 3)), RANDOM.randint(-5, 5, (4, 2))
    x, y = kn.asarray(a), kn.asarray(b)
    close(L.kron(x, y), np.kron(a, b), "float64"), close(L.kron(x[0], y), np.kron(a[0], b), "float64")
    close(L.outer(x[0], y[0]), np.outer(a[0], b[0]), "float64")
    for offset in range(-4, 5):
        close(L.diagonal(x, offset=offset), np.diagonal(a, offset), "float64")
        close(L.trace(x, offset=offset), np.trace(a, offset), "float64")
        close(L.diagonal(kn.asarray(RANDOM.rand(2, 0, 3)), offset=offset), np.zeros((2, 0)), "float64")
    close(L.trace(x.astype(kn.int8), dtype=kn.float32), np.trace(a), "float32")
    c = RANDOM.randint(-5, 5, (2, 3, 4))
    close(L.cross(kn.asarray(c), kn.asarray(c[::-1].copy()), axis=1), np.cross(c, c[::-1], axis=1), "float64")
    close(L.block_diag(x, y, kn.asarray([1, 2]), 7), S.block_diag(a, b, [1, 2], 7), "float64")
    chain = [RANDOM.rand(*shape) for shape in ((10, 30), (30, 5), (5, 60), (60,))]
    close(L.multi_dot([kn.asarray(one) for one in chain]), N.multi_dot(chain), "float64")
    close(L.multi_dot([kn.asarray(chain[3]), kn.asarray(chain[2].T)]), chain[3] @ chain[2].T, "float64")
    close(L.matrix_power(x[:, :2], 5), N.matrix_power(a[:, :2], 5), "float64")
    close(L.matrix_power(x[:, :2], 0), np.eye(2, dtype=int), "float64")


def test_what_is_refused():
    square, wide = kn.eye(2), kn.ones((2, 3))
    for call in (lambda: L.det(wide), lambda: L.eig(wide), lambda: L.expm(wide), lambda: L.lu(kn.ones(3)), lambda: L.outer(wide, wide),
                 lambda: L.trace(kn.ones(2)), lambda: L.cross(wide, square), lambda: L.solve(square, kn.ones((3, 1))),
                 lambda: L.solve(square, kn.asarray(1.0)), lambda: L.solve_triangular(wide, wide), lambda: L.lstsq(wide, kn.ones(3)),
                 lambda: L.multi_dot([wide, wide]), lambda: L.block_diag(kn.ones((1, 1, 1))), lambda: L.cond(wide, 1),
                 lambda: L.matrix_norm(kn.ones(3)), lambda: L.solve_sylvester(square, square, wide), lambda: L.matrix_power(wide, 2)):
        with pytest.raises(kn.ShapeError):
            call()
    for call in (lambda: L.multi_dot([wide]), lambda: L.matrix_norm(square, ord="best"), lambda: L.matrix_norm(square, ord=3),
                 lambda: L.norm(kn.ones((2, 2, 2)), 2), lambda: L.solve_triangular(square, square, trans=3), lambda: L.norm(square, 1, (0, 0)),
                 lambda: L.vector_norm(square, ord=float("nan")), lambda: L.tensorinv(square, ind=0)):
        with pytest.raises(ValueError):
            call()
    with pytest.raises(IndexError):
        L.lu_solve((square, kn.asarray([0, 5], dtype=kn.int32)), kn.ones(2)).tolist()
    with pytest.raises(kn.NotDifferentiable):
        kn.grad(lambda x: kn.sum(L.schur(x).T))(square)


def numeric(f, x, step=1e-6):
    slope = np.zeros_like(x)
    parts = (step, 1j * step) if np.iscomplexobj(x) else (step,)
    for place in np.ndindex(x.shape):
        for part in parts:
            d = np.zeros_like(x)
            d[place] = part
            rate = (float(f(kn.asarray(x + d))) - float(f(kn.asarray(x - d)))) / (2 * step)
            slope[place] += rate * (part / step)
    return slope


WEIGHTS = {n: RANDOM.standard_normal((n, n)) + 1j * RANDOM.standard_normal((n, n)) for n in (3,)}[3]


def weighed(y):
    w = WEIGHTS[:y.shape[-2], :y.shape[-1]] if y.ndim > 1 else WEIGHTS[0, :y.shape[-1]]
    return kn.sum(kn.real(y * (w if y.dtype.kind == "c" else w.real)))


@pytest.mark.parametrize("kind", ["real", "complex"])
@pytest.mark.parametrize("f", [
    lambda x: weighed(L.eig(x).eigenvectors) + kn.sum(kn.abs(L.eigvals(x)) ** 2), lambda x: weighed(L.eigh(x).eigenvectors),
    lambda x: weighed(L.svd(x).U) + weighed(L.svd(x).Vh), lambda x: weighed(L.svd(x[:, :2], full_matrices=False).U),
    lambda x: weighed(L.svd(x[:2], full_matrices=False).Vh), lambda x: weighed(L.lu_factor(x).lu), lambda x: weighed(L.lu_factor(x[:, :2]).lu),
    lambda x: weighed(L.lu_factor(x[:2]).lu), lambda x: weighed(L.cholesky(x @ kn.conj(x).mT, upper=True)),
    lambda x: weighed(L.solve_triangular(x, x * x)), lambda x: weighed(L.solve_triangular(x, x * x, lower=True, unit_diagonal=True)),
    lambda x: weighed(L.solve(x, x[0])), lambda x: weighed(L.lu_solve(L.lu_factor(x), x * x)), lambda x: weighed(L.sqrtm(x @ kn.conj(x).mT)),
    lambda x: weighed(L.logm(x @ kn.conj(x).mT)), lambda x: weighed(L.expm(x)), lambda x: weighed(L.pinv(x[:, :2])),
    lambda x: weighed(L.solve_sylvester(x, x @ x, x * x)), lambda x: kn.sum(kn.real(L.det(x))), lambda x: L.cond(x), lambda x: L.cond(x, 1),
    lambda x: weighed(L.householder_product(x[:, :2], x[2, :2])), lambda x: L.matrix_norm(x, ord=2), lambda x: L.vector_norm(x, ord=3),
    lambda x: weighed(L.lstsq(x[:, :2], x[:, 2]).x[None]) + kn.sum(L.lstsq(x[:, :2], x[:, 2]).s),
    lambda x: weighed(L.qr(x[:, :2]).Q), lambda x: kn.sum(kn.real(L.tensorinv(kn.reshape(x, (3, 3, 1)), ind=1))),
], ids=["eig", "eigh", "svd", "svd tall", "svd wide", "lu", "lu tall", "lu wide", "cholesky", "triangular", "unit triangular", "solve",
        "lu_solve", "sqrtm", "logm", "expm", "pinv", "sylvester", "det", "cond", "cond 1", "householder", "norm 2", "norm 3", "lstsq",
        "qr", "tensorinv"])
def test_derivatives(f, kind):
    x = RANDOM.standard_normal((3, 3)) + np.diag([4.0, 6.0, 9.0])
    if kind == "complex":
        x = x + 1j * RANDOM.standard_normal((3, 3))
    a, d = kn.asarray(x), kn.asarray(RANDOM.standard_normal((3, 3)) + 0 * x)
    slope = np.asarray(kn.grad(f)(a))
    np.testing.assert_allclose(slope, numeric(f, x), rtol=1e-5, atol=1e-6)
    forward = np.asarray(kn.jvp(f, (a,), (d,))[1])
    np.testing.assert_allclose(forward, np.sum((np.conj(slope) * np.asarray(d)).real), rtol=1e-8, atol=1e-8)
    second = np.asarray(kn.jvp(kn.grad(f), (a,), (d,))[1])
    steps = (np.asarray(kn.grad(f)(a + 1e-5 * d)) - np.asarray(kn.grad(f)(a - 1e-5 * d))) / 2e-5
    np.testing.assert_allclose(second, steps, rtol=1e-5, atol=1e-6)
