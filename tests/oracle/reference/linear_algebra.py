"""Factorisations: NumPy in float64, vectors with their largest element positive, r with a positive diagonal."""

import numpy as np
import scipy
import scipy.linalg

from .cases import Case, Random, op
from .formats import Tensor

NUMPY = f"numpy.linalg {np.__version__} in float64"
SHAPES = ((1, 1), (2, 2), (4, 4), (3, 5, 5))


def bounds(dtype, scale=1.0):
    return {"abs": scale * (3e-5 if dtype in ("float32", "complex64") else 1e-12)}


def signs(vectors):
    """The sign of the largest element of each column."""
    place = np.abs(vectors).argmax(-2)[..., None, :]
    return np.sign(np.take_along_axis(vectors, place, -2))


def square(dtype, shape, definite=False):
    x = Random("linear algebra", dtype, shape).tensor(dtype, shape).array.astype(np.complex128 if dtype[0] == "c" else np.float64)
    if definite:
        x = x @ np.conj(np.swapaxes(x, -1, -2)) + np.eye(shape[-1])
        x = np.round(x * 4096) / 4096
        x = (x + np.conj(np.swapaxes(x, -1, -2))) / 2
    return x


@op("cholesky", NUMPY)
def cholesky():
    for dtype in ("float32", "float64", "complex64", "complex128"):
        for shape in SHAPES:
            x = Tensor(dtype, square(dtype, shape, definite=True))
            yield Case([x], Tensor(dtype, np.linalg.cholesky(x.array)), tolerance=bounds(dtype, 3))


@op("solve", NUMPY)
def solve():
    for dtype in ("float32", "float64", "complex64", "complex128"):
        for shape in SHAPES:
            a = Tensor(dtype, square(dtype, shape, definite=True))
            b = Random("solve", dtype, shape).tensor(dtype, shape[:-1] + (3,))
            yield Case([a, b], Tensor(dtype, np.linalg.solve(a.array, b.array)), tolerance=bounds(dtype, 20))


@op("slogdet", NUMPY)
def slogdet():
    for dtype in ("float32", "float64", "complex128"):
        for shape in SHAPES:
            x = Tensor(dtype, square(dtype, shape))
            sign, size = np.linalg.slogdet(x.array)
            yield Case([x], [Tensor(dtype, sign), Tensor("float64" if dtype[0] == "c" else dtype, size)],
                       tolerance=bounds(dtype, 20))


@op("eigh", NUMPY)
def eigh():
    for dtype in ("float32", "float64"):
        for shape in SHAPES:
            x = Tensor(dtype, square(dtype, shape, definite=True))
            values, vectors = np.linalg.eigh(x.array.astype(np.float64))
            yield Case([x], [Tensor(dtype, values), Tensor(dtype, vectors * signs(vectors))], tolerance=bounds(dtype, 30))


@op("svd", NUMPY)
def svd():
    for dtype in ("float32", "float64"):
        for shape in (*SHAPES, (4, 2), (2, 3, 5)):
            x = Tensor(dtype, square(dtype, shape))
            u, s, vh = np.linalg.svd(x.array.astype(np.float64), full_matrices=False)
            turn = signs(u)
            results = [u * turn, s, vh * np.swapaxes(turn, -1, -2)]
            yield Case([x], [Tensor(dtype, one) for one in results], {"full_matrices": False}, bounds(dtype, 30))


@op("qr", NUMPY)
def qr():
    for dtype in ("float32", "float64"):
        for shape in (*SHAPES, (4, 2), (2, 3, 5)):
            x = Tensor(dtype, square(dtype, shape))
            q, r = np.linalg.qr(x.array.astype(np.float64))
            turn = np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
            yield Case([x], [Tensor(dtype, q * turn), Tensor(dtype, r * np.swapaxes(turn, -1, -2))], {"mode": "reduced"},
                       bounds(dtype, 30))


SCIPY = f"scipy.linalg {scipy.__version__} in float64"
ALL_FOUR = ("float32", "float64", "complex64", "complex128")


def wide(x):
    return x.array.astype(np.complex128 if np.iscomplexobj(x.array) else np.float64)


def each(f, *arrays):
    """f of the matrices of a batch."""
    if arrays[0].ndim == 2:
        return f(*arrays)
    return np.stack([each(f, *(x[k] for x in arrays)) for k in range(len(arrays[0]))])


def of_squares(name, source, f, scale=20, definite=False, dtypes=ALL_FOUR, real=False, attrs=None):
    """An op of one square matrix with one result of its shape or a smaller one."""

    @op(name, source)
    def cases():
        for dtype in dtypes:
            for shape in SHAPES:
                x = Tensor(dtype, square(dtype, shape, definite))
                result = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype) if real else dtype
                yield Case([x], Tensor(result, each(f, wide(x))), attrs, bounds(dtype, scale))


of_squares("inv", NUMPY, np.linalg.inv, 100, definite=True)
of_squares("det", NUMPY, np.linalg.det, 2000)
of_squares("expm", SCIPY, scipy.linalg.expm, 200)
of_squares("sqrtm", SCIPY, scipy.linalg.sqrtm, definite=True)
of_squares("logm", SCIPY, scipy.linalg.logm, definite=True)
of_squares("eigvalsh", NUMPY, np.linalg.eigvalsh, 60, definite=True, real=True)
of_squares("svdvals", NUMPY, lambda x: np.linalg.svd(x, compute_uv=False), 30, real=True)
of_squares("condition_number", NUMPY, np.linalg.cond, 1000, definite=True, real=True)
of_squares("matrix_power", NUMPY, lambda x: np.linalg.matrix_power(x, 3), 60, attrs={"n": 3})
of_squares("trace", NUMPY, np.trace, 10)
of_squares("diagonal", NUMPY, np.diagonal, 0)


@op("pinv", NUMPY)
def pinv():
    for dtype in ALL_FOUR:
        for shape in ((1, 1), (4, 2), (2, 3, 5), (3, 3)):
            x = square(dtype, shape)
            if shape == (3, 3):
                x[2] = x[0] + x[1]  # of a lower rank
            x = Tensor(dtype, x)
            yield Case([x], Tensor(dtype, np.linalg.pinv(wide(x), rcond=1e-5)), None, bounds(dtype, 100))


@op("matrix_rank", NUMPY)
def matrix_rank():
    for dtype in ALL_FOUR:
        for shape in ((4, 2), (2, 3, 5), (3, 3)):
            x = square(dtype, shape)
            x[..., -1] = 2 * x[..., 0]
            yield Case([Tensor(dtype, x)], Tensor("int64", np.linalg.matrix_rank(x)))


@op("solve_triangular", SCIPY)
def solve_triangular():
    for dtype in ALL_FOUR:
        for shape in SHAPES:
            a, b = Tensor(dtype, square(dtype, shape, definite=True)), Random("triangle", dtype, shape).tensor(dtype, shape[:-1] + (2,))
            for lower in (False, True):
                for unit in (False, True):
                    y = each(lambda a, b: scipy.linalg.solve_triangular(a, b, lower=lower, unit_diagonal=unit), wide(a), wide(b))
                    bound = {"abs": bounds(dtype, 20)["abs"] * max(1, np.max(np.abs(y)))}
                    yield Case([a, b], Tensor(dtype, y), {"lower": lower, "unit_diagonal": unit}, bound)


@op("lu_factor", SCIPY)
def lu_factor():
    for dtype in ALL_FOUR:
        for shape in ((2, 2), (4, 4), (4, 2), (3, 5)):
            x = Tensor(dtype, square(dtype, shape))
            factors, pivots = scipy.linalg.lu_factor(wide(x))
            yield Case([x], [Tensor(dtype, factors), Tensor("int32", pivots)], None, bounds(dtype, 20))


def least_squares():
    for dtype in ALL_FOUR:
        for shape in ((3, 3), (5, 2), (2, 4)):
            a, b = Tensor(dtype, square(dtype, shape)), Random("lstsq", dtype, shape).tensor(dtype, (shape[0], 2))
            x, _, rank, s = np.linalg.lstsq(wide(a), wide(b), rcond=None)
            real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
            residuals = np.sum(np.abs(wide(a) @ x - wide(b)) ** 2, axis=0)
            yield Case([a, b], [Tensor(dtype, x), Tensor(real, residuals), Tensor("int64", np.array(rank)), Tensor(real, s)], None,
                       bounds(dtype, 100))


op("lstsq", NUMPY)(least_squares)
op("least_squares", NUMPY)(least_squares)


@op("solve_sylvester", SCIPY)
def solve_sylvester():
    for dtype in ALL_FOUR:
        a, b = (Tensor(dtype, square(dtype, (n, n), definite=True)) for n in (3, 2))
        q = Random("sylvester", dtype).tensor(dtype, (3, 2))
        yield Case([a, b, q], Tensor(dtype, scipy.linalg.solve_sylvester(wide(a), wide(b), wide(q))), None, bounds(dtype, 20))


@op("vector_norm", NUMPY)
def vector_norm():
    for dtype in ALL_FOUR:
        real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
        x = Tensor(dtype, square(dtype, (3, 5)))
        for ord in (2.0, 1.0, 3.0, 0.5, -1.0, 0.0):
            y = np.linalg.norm(wide(x), ord=ord, axis=1)
            yield Case([x], Tensor(real, y), {"axis": [1], "ord": ord}, bounds(dtype, 30))
        big = 1e30 if real == "float32" else 1e200
        for size in (big, 1 / big):
            y = Tensor(dtype, np.array([3 * size, 4 * size]))
            yield Case([y], Tensor(real, np.array(5 * size)), None, {"rel": bounds(dtype)["abs"], "abs": 0})


@op("matrix_norm", NUMPY)
def matrix_norm():
    for dtype in ALL_FOUR:
        real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
        x = Tensor(dtype, square(dtype, (2, 3, 5)))
        for ord in ("fro", "nuc", "2", "-2", "1", "-1", "inf", "-inf"):
            y = np.linalg.norm(wide(x), ord=ord if ord.isalpha() and ord != "inf" else float(ord), axis=(-2, -1))
            yield Case([x], Tensor(real, y), {"ord": ord}, bounds(dtype, 30))


def of_two(name, f, left, right, attrs=None):
    @op(name, f"numpy {np.__version__}")
    def cases():
        for dtype in ("int32", "float32", "complex128"):
            a, b = Random(name, dtype).tensor(dtype, left), Random(name, dtype, 2).tensor(dtype, right)
            yield Case([a, b], Tensor(dtype, f(a.array, b.array)), attrs, bounds(dtype) if dtype != "int32" else "exact")


of_two("kron", np.kron, (2, 3), (4, 2))
of_two("outer", np.outer, (3,), (4,))
of_two("cross", np.cross, (4, 3), (4, 3))


of_squares("adjugate", NUMPY, lambda x: np.linalg.det(x) * np.linalg.inv(x), 2000)
of_squares("nuclear_norm", NUMPY, lambda x: np.linalg.norm(x, "nuc"), 60, real=True)


@op("unitary_factor", NUMPY)
def unitary_factor():
    for dtype in ALL_FOUR:
        for shape in ((2, 2), (4, 2), (2, 3, 5)):
            x = Tensor(dtype, square(dtype, shape))
            u, _, vh = np.linalg.svd(wide(x), full_matrices=False)
            yield Case([x], Tensor(dtype, u @ vh), None, bounds(dtype, 100))


@op("euclidean_norm", NUMPY)
def euclidean_norm():
    for dtype in ALL_FOUR:
        x = Tensor(dtype, square(dtype, (3, 5)))
        real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
        yield Case([x], Tensor(real, np.linalg.norm(wide(x), axis=0)), {"axis": [0]}, bounds(dtype, 3))
        yield Case([x], Tensor(real, np.array(np.linalg.norm(wide(x)))), None, bounds(dtype, 3))


def triangle(dtype, n):
    """Eigenvalues, in their order, on the diagonal."""
    x = np.triu(square(dtype, (n, n))) + np.diag(np.arange(n) * 4)
    return Tensor(dtype, x)


@op("eig", "the diagonals of triangles, and numpy.linalg in float64")
def eig():
    for dtype in ALL_FOUR:
        for n in (1, 2, 4):
            x = triangle(dtype, n)
            values, vectors = np.linalg.eig(wide(x))
            order = [int(np.abs(values - d).argmin()) for d in np.diagonal(wide(x))]
            values, vectors = values[order], vectors[:, order]
            place = np.abs(vectors).argmax(0)[None]
            largest = np.take_along_axis(vectors, place, 0)
            result = "complex64" if dtype in ("float32", "complex64") else "complex128"
            yield Case([x], [Tensor(result, values.astype(complex)), Tensor(result, (vectors * np.abs(largest) / largest).astype(complex))],
                       None, bounds(dtype, 30))


@op("eigvals", "the diagonals of triangles")
def eigvals():
    for dtype in ALL_FOUR:
        x = triangle(dtype, 4)
        result = "complex64" if dtype in ("float32", "complex64") else "complex128"
        yield Case([x], Tensor(result, np.diagonal(x.array).astype(complex)), None, bounds(dtype, 10))


@op("schur", "triangles, which are their own forms")
def schur():
    for dtype in ALL_FOUR:
        x = triangle(dtype, 3)
        yield Case([x], [x, Tensor(dtype, np.eye(3))], None, bounds(dtype, 10))


@op("lu", SCIPY)
def lu():
    for dtype in ALL_FOUR:
        for shape in ((2, 2), (4, 2), (3, 5)):
            x = Tensor(dtype, square(dtype, shape))
            yield Case([x], [Tensor(dtype, one) for one in scipy.linalg.lu(wide(x))], None, bounds(dtype, 20))


@op("lu_solve", SCIPY)
def lu_solve():
    for dtype in ALL_FOUR:
        a, b = Tensor(dtype, square(dtype, (4, 4), definite=True)), Random("lu_solve", dtype).tensor(dtype, (4, 2))
        factors, pivots = scipy.linalg.lu_factor(wide(a))
        factors = Tensor(dtype, factors)
        x = scipy.linalg.lu_solve((wide(factors), pivots), wide(b))
        yield Case([factors, Tensor("int32", pivots), b], Tensor(dtype, x), None, bounds(dtype, 20))


@op("cholesky_solve", SCIPY)
def cholesky_solve():
    for dtype in ALL_FOUR:
        for upper in (False, True):
            a, b = square(dtype, (4, 4), definite=True), Random("cholesky_solve", dtype).tensor(dtype, (4, 2))
            factor = Tensor(dtype, scipy.linalg.cholesky(a, lower=not upper))
            x = scipy.linalg.cho_solve((wide(factor), not upper), wide(b))
            yield Case([b, factor], Tensor(dtype, x), {"upper": upper}, bounds(dtype, 20))


@op("lu_pivots_to_permutation", "the exchanges, one after the other")
def lu_pivots_to_permutation():
    for pivots, rows in (([2, 2], 3), ([0, 1, 2], 3), ([3, 3, 3, 3], 4), ([], 2)):
        order = list(range(rows))
        for i, j in enumerate(pivots):
            order[i], order[j] = order[j], order[i]
        yield Case([Tensor("int32", np.array(pivots, np.int32))], Tensor("int64", np.array(order)), {"permutation_size": rows})


@op("householder_product", SCIPY)
def householder_product():
    for dtype in ALL_FOUR:
        for shape in ((3, 3), (5, 2)):
            (packed, tau), _ = scipy.linalg.qr(square(dtype, shape), mode="raw")
            packed, tau = Tensor(dtype, packed), Tensor(dtype, tau)
            q = np.eye(shape[0], dtype=complex)
            for i in range(shape[1]):
                v = np.concatenate([np.zeros(i), [1], wide(packed)[i + 1:, i]])
                q = q @ (np.eye(shape[0]) - wide(tau)[i] * np.outer(v, np.conj(v)))
            q = q[:, :shape[1]]
            yield Case([packed, tau], Tensor(dtype, q if np.iscomplexobj(packed.array) else q.real), None, bounds(dtype, 10))


@op("tensorinv", NUMPY)
def tensorinv():
    for dtype in ALL_FOUR:
        x = Tensor(dtype, square(dtype, (4, 4), definite=True).reshape(4, 2, 2))
        yield Case([x], Tensor(dtype, np.linalg.tensorinv(wide(x), ind=1)), {"ind": 1}, bounds(dtype, 50))


@op("tensorsolve", NUMPY)
def tensorsolve():
    for dtype in ALL_FOUR:
        x = Tensor(dtype, square(dtype, (4, 4), definite=True).reshape(2, 2, 2, 2))
        b = Random("tensorsolve", dtype).tensor(dtype, (2, 2))
        yield Case([x, b], Tensor(dtype, np.linalg.tensorsolve(wide(x), wide(b))), None, bounds(dtype, 50))
