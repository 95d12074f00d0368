"""Counts and sizes beyond 16 and 32 bits. What takes long or much memory is in tests/large."""

import numpy as np
import pytest

import koine as kn

MANY = 65_600


@pytest.fixture(scope="module")
def numbers():
    return [kn.asarray(float(i)) for i in range(MANY)]


def total(arrays):
    return sum(x.item() for x in arrays)


TOTAL = MANY * (MANY - 1) // 2


def test_parts_of_an_axis():
    x = kn.arange(MANY)
    assert total(kn.unstack(x)) == TOTAL
    parts = kn.unstack(kn.reshape(x, (MANY // 2, 2)), axis=0)
    assert kn.concatenate(parts).tolist() == list(range(MANY))


def test_trees_of_many_leaves(numbers):
    named = {f"x{i}": x for i, x in enumerate(numbers)}
    out = kn.jit(lambda tree: {name: x + 1 for name, x in tree.items()})(named)
    assert out["x65599"].item() == 65600 and total(out.values()) == TOTAL + MANY
    assert total(kn.tree.map(lambda x: 2 * x, numbers)) == 2 * TOTAL


def test_control_flow_of_many_leaves(numbers):
    twice = kn.jit(lambda xs: kn.cond(xs[0] < 1, lambda ys: [2 * y for y in ys], lambda ys: ys, xs))
    assert total(twice(numbers)) == 2 * TOTAL
    last, _ = kn.scan(lambda c, x: ([y * x for y in c], None), numbers, kn.asarray([2.0, 3.0]))
    assert total(last) == 6 * TOTAL
    # What a function reaches from outside counts too.
    assert kn.cond(kn.asarray(True), lambda x: x + kn.max(kn.stack(numbers)), lambda x: x, kn.asarray(1.0)).item() == MANY


def test_derivatives_of_many_leaves(numbers):
    slopes = kn.grad(lambda xs: kn.sum(kn.stack(xs) * 3))(numbers)
    assert {x.item() for x in slopes} == {3.0} and len(slopes) == MANY


def test_many_axes():
    x = kn.ones((1,) * 300 + (3,))
    assert (x + kn.ones((2,) + (1,) * 300)).shape == (2,) + (1,) * 299 + (3,)
    assert kn.sum(x, axis=tuple(range(300))).tolist() == [1, 1, 1]


def test_many_operands():
    letters = ",".join("a" for _ in range(300))
    assert kn.einsum(letters + "->", *[kn.asarray([1.0, -1.0])] * 300).item() == 2


def test_more_than_31_bits():
    """The memory is NumPy's and never touched but where a test looks."""
    n, places = 2**31 + 7, {0: 1, 2**31 - 1: 3, 2**31: 4, 2**31 + 4: 5}
    values = np.zeros(n, np.int8)
    for place, value in places.items():
        values[place] = value
    x = kn.from_dlpack(values)
    assert x.shape == (n,) and x.size == n
    assert [x[place].item() for place in places] == list(places.values())
    assert x[-3].item() == 5 and x[2**31 - 1 :].tolist() == [3, 4, 0, 0, 0, 5, 0, 0]
    assert kn.take(x, kn.asarray(list(places))).tolist() == list(places.values())
    assert kn.reshape(x[: 2**31], (2, 2**30))[:, -1].tolist() == [0, 3]
    assert kn.permute_dims(kn.reshape(x[: 2**31], (2, 2**30)), (1, 0))[-1].tolist() == [0, 3]
    assert str(x) == "[1 0 0 ... 5 0 0]"
    assert kn.ones((n,), dtype=kn.int8)[2**31 :].tolist() == [1] * 7
    with pytest.raises(IndexError):
        x[n]
