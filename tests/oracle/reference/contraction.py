"""matmul and einsum: NumPy in float64, complex128 or Python integers, rounded once."""

import numpy as np

from .cases import Case, Random, op, vector
from .formats import COMPLEX, FLOATS, INTS, Tensor, wrap

NUMPY = f"numpy {np.__version__}"
# Relative to sums of a few terms of size up to 4.
BOUNDS = {
    "float16": {"rel": 4e-3, "abs": 4e-3},
    "bfloat16": {"rel": 3e-2, "abs": 3e-2},
    "float32": {"rel": 2e-6, "abs": 2e-6},
    "float64": {"rel": 1e-14, "abs": 1e-14},
    "complex64": {"rel": 4e-6, "abs": 4e-6},
    "complex128": {"rel": 2e-14, "abs": 2e-14},
}


def wide(x):
    if x.dtype in FLOATS:
        return x.array.astype(np.float64)
    return x.array.astype(np.complex128) if x.dtype in COMPLEX else x.array.astype(object)


def narrow(dtype, values):
    values = np.asarray(values)
    if dtype in INTS:
        values = np.array([wrap(v, dtype) for v in values.ravel()], dtype=object).reshape(values.shape)
    return Tensor(dtype, values)


def product(x1, x2, function, attrs=None):
    y = narrow(x1.dtype, function(wide(x1), wide(x2)))
    return Case([x1, x2], y, attrs, BOUNDS.get(x1.dtype, "exact"))


SHAPES = (
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((2, 2, 3), (2, 3, 2)),
    ((2, 1, 2, 3), (4, 3, 2)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((5, 1, 1, 2), (3, 2, 1)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((2, 3), (3, 0)),
    ((0, 2, 3), (1, 3, 2)),
    ((1, 1), (1, 1)),
    ((17, 33), (33, 9)),
)


@op("matmul", NUMPY)
def matmul():
    for dtype in INTS + FLOATS + COMPLEX:
        random = Random("matmul", dtype)
        yield product(random.tensor(dtype, (2, 3)), random.tensor(dtype, (3, 4)), np.matmul)
    for first, second in SHAPES:
        random = Random("matmul", first, second)
        yield product(random.tensor("float32", first), random.tensor("float32", second), np.matmul)
    nan, inf = float("nan"), float("inf")
    x1, x2 = vector("float32", [1, inf, 0, nan, 2, 3]), vector("float32", [1, 0, 2, 0, 5, 6])
    yield product(Tensor("float32", x1.array.reshape(3, 2)), Tensor("float32", x2.array.reshape(2, 3)), np.matmul)
    big = Tensor("int32", np.full((2, 2), 2**30))  # wraps
    yield product(big, big, np.matmul)


EQUATIONS = (
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("i,i->", (4,), (4,)),
    ("i,j->ij", (2,), (3,)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    ("bhqd,bhkd->bhqk", (1, 2, 3, 4), (1, 2, 2, 4)),
    ("ij,kj->ik", (2, 3), (4, 3)),
    ("ij,ij->j", (2, 3), (2, 3)),
    ("ijk,kl->lji", (2, 3, 2), (2, 4)),
    ("...ij,...jk->...ik", (2, 2, 3), (3, 2)),
)


@op("einsum", NUMPY)
def einsum():
    for equation, first, second in EQUATIONS:
        random = Random("einsum", equation)
        contract = lambda a, b: np.einsum(equation, a, b)
        yield product(
            random.tensor("float32", first), random.tensor("float32", second), contract, {"equation": equation}
        )
    for equation, shape in (
        ("ij->ji", (2, 3)),
        ("ij->i", (2, 3)),
        ("ii->i", (3, 3)),
        ("ii->", (3, 3)),
        ("ijk->", (2, 3, 2)),
    ):
        x = Random("einsum", equation).tensor("float64", shape)
        yield Case([x], Tensor("float64", np.einsum(equation, x.array)), {"equation": equation}, BOUNDS["float64"])
    x1, x2, x3 = (Random("einsum", i).tensor("float64", shape) for i, shape in enumerate(((2, 3), (3, 4), (4, 2))))
    y = np.einsum("ij,jk,kl->il", x1.array, x2.array, x3.array)
    yield Case([x1, x2, x3], Tensor("float64", y), {"equation": "ij,jk,kl->il"}, BOUNDS["float64"])
