"""Factorisations: NumPy in float64, vectors with their largest element positive, r with a positive diagonal."""

import numpy as np

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
