"""Shapes that depend on values: there eagerly and under grad, refused by jit, vmap and control flow with the reason and a way."""

import pytest

import koine as kn

X = kn.asarray([1.0, 0.0, 2.0, 2.0])
# The function, and words that its error has: what depends on the values, and what to use instead.
FUNCTIONS = {
    "nonzero": (kn.nonzero, ["[nonzero]", "how many", "where"]),
    "unique_all": (kn.unique_all, ["[unique_all]", "how many different", "outside"]),
    "unique_counts": (kn.unique_counts, ["[unique_counts]", "how many different", "outside"]),
    "unique_inverse": (kn.unique_inverse, ["[unique_inverse]", "how many different", "outside"]),
    "unique_values": (kn.unique_values, ["[unique_values]", "how many different", "outside"]),
    "repeat": (lambda x: kn.repeat(x, kn.cast(x, kn.int64)), ["[repeat]", "sum of the counts", "gather"]),
    "x[mask]": (lambda x: x[x > 0.5], ["[getitem]", "as many elements as it has True", "where(mask"]),
    "x[rows]": (lambda x: kn.reshape(x, (2, 2))[x[:2] > 0.5], ["[getitem]", "as many elements as it has True", "where(mask"]),
    "x[mask] = array": (lambda x: x.__setitem__(x > 0.5, kn.ones(3)), ["as many elements as it has True"]),
}
# Numbers that a shape is made of, and numbers that Python asks for.
READS = {
    "full": lambda x: kn.full((kn.cast(x[2], kn.int64),), 1),
    "arange": lambda x: kn.arange(x[2]),
    "eye": lambda x: kn.eye(kn.cast(x[2], kn.int64)),
    "reshape": lambda x: kn.reshape(x, (kn.cast(x[2], kn.int64), -1)),
    "slice": lambda x: x[: kn.cast(x[2], kn.int64)],
    "top_k": lambda x: kn.top_k(x, k=kn.cast(x[2], kn.int64)),
    "linspace": lambda x: kn.linspace(0, 1, kn.cast(x[2], kn.int64)),
    "range": lambda x: list(range(kn.cast(x[2], kn.int64))),
    "float": lambda x: float(x[0]),
    "if": lambda x: x if x[0] > 0 else -x,
    "tolist": lambda x: x.tolist(),
    "item": lambda x: x[0].item(),
    "in": lambda x: 1.0 in x,
    "format": lambda x: f"{x[0]:.2f}",
}
TRANSFORMS = {
    "jit": lambda f: kn.jit(f)(X),
    "vmap": lambda f: kn.vmap(f)(kn.stack([X, X])),
    "jit of grad": lambda f: kn.jit(kn.grad(lambda x: (f(x), kn.sum(x))[1]))(X),
    "scan": lambda f: kn.scan(lambda carry, x: (carry, f(x)), 0, kn.stack([X, X])),
    "cond": lambda f: kn.cond(kn.asarray(True), f, lambda x: x, X),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_refused_with_reason_and_way(name, transform):
    function, words = FUNCTIONS[name]
    with pytest.raises(kn.TraceError) as caught:
        TRANSFORMS[transform](function)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("transform", ["jit", "vmap"])
@pytest.mark.parametrize("name", READS)
def test_reading_is_refused(name, transform):
    with pytest.raises(kn.TraceError, match=f"inside {transform} only shapes are known, not values.*made at"):
        TRANSFORMS[transform](READS[name])


@pytest.mark.parametrize("name", [*FUNCTIONS, *READS])
def test_eagerly_they_work_and_under_grad_too(name):
    function = FUNCTIONS[name][0] if name in FUNCTIONS else READS[name]
    function(X + 0)
    assert kn.grad(lambda x: (function(x + 0), kn.sum(x))[1])(X).tolist() == [1.0] * 4


def test_what_is_named_as_a_way_works_inside_jit():
    assert kn.jit(lambda x: kn.where(x > 0.5, x, 0))(X).tolist() == [1.0, 0.0, 2.0, 2.0]
    assert kn.jit(lambda x: kn.gather(x, kn.asarray([0, 0, 2])))(X).tolist() == [1.0, 1.0, 2.0]
    assert kn.jit(kn.sort)(X).tolist() == [0.0, 1.0, 2.0, 2.0]

    def masked(x):
        x[x > 0.5] = 9.0
        return x

    assert kn.jit(masked)(X + 0).tolist() == [9.0, 0.0, 9.0, 9.0]


def test_gradient_through_a_mask():
    assert kn.grad(lambda x: kn.sum(x[x > 0.5] ** 2))(X).tolist() == [2.0, 0.0, 4.0, 4.0]
