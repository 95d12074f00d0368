"""Calls with arguments at random: everything that is wrong raises an error of its kind, nothing brings the process down."""

import random

import numpy as np
import pytest

import koine as kn

JUNK = [lambda: None, lambda: "a", lambda: [], lambda: [1, 2], lambda: (1,), lambda: 2 ** 63, lambda: 2 ** 70, lambda: float("nan"),
        lambda: 1j, lambda: True, lambda: -7, lambda: 10 ** 9, lambda: (-1, 2), lambda: slice(None), lambda: {}, object,
        lambda: kn.float64, lambda: "float16", lambda: kn.ones(()), lambda: kn.ones((0,)), lambda: kn.ones((2, 3)),
        lambda: kn.ones((2, 3), dtype=kn.int64), lambda: kn.ones((2, 2), dtype=kn.complex64), lambda: kn.ones(3, dtype=kn.bool_),
        lambda: kn.asarray([1, 0, 2], dtype=kn.uint8), lambda: kn.ones((1,) * 9), lambda: np.ones((2, 3)), lambda: np.float32(2),
        lambda: kn.ones((2, 3), dtype=kn.bfloat16), lambda: kn.asarray([0, 1], dtype=kn.uint32)]
EXPECTED = (kn.Error, TypeError, ValueError, OverflowError, IndexError)


@pytest.mark.parametrize("seed", range(4))
def test_calls(seed):
    choose, good = random.Random(seed), 0
    names = sorted(kn._core.ops)
    for _ in range(1000):
        op = kn._core.ops[choose.choice(names)]
        args = [choose.choice(JUNK)() for _ in range(choose.randint(0, 4))]
        try:
            result = op(*args)
            for x in result if isinstance(result, tuple) else (result,):
                if x.size < 10 ** 6:
                    x.tolist()
            good += 1
        except EXPECTED:
            pass
    assert good > 30


@pytest.mark.parametrize("seed", range(4))
def test_keys(seed):
    choose, good = random.Random(seed), 0
    for _ in range(1000):
        x = kn.ones((2, 3, 4))
        key = tuple(choose.choice(JUNK)() for _ in range(choose.randint(0, 3))) if choose.random() < 0.7 else choose.choice(JUNK)()
        try:
            if choose.random() < 0.5:
                x[key].tolist()
            else:
                x[key] = choose.choice(JUNK)()
                x.tolist()
            good += 1
        except EXPECTED:
            pass
    assert good > 30
