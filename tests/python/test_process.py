"""Koine in one process with others: import orders, forks, and how long the import takes."""

import importlib.util
import itertools
import os
import subprocess
import sys

import pytest

OTHERS = [name for name in ("torch", "jax", "numba") if importlib.util.find_spec(name)]
WORK = """
import numpy as np, koine as kn
x = np.random.RandomState(0).rand(64, 64).astype("float32")
for _ in range(3):
    slope = np.asarray(kn.grad(lambda v: kn.sum(kn.tanh(v @ v)))(kn.asarray(x)))
y = np.tanh(x @ x)
d = 1 - y * y
assert np.allclose(slope, d @ x.T + x.T @ d, atol=1e-4)
assert np.allclose(np.asarray(kn.linalg.inv(kn.asarray(x) + 9 * kn.eye(64))), np.linalg.inv(x + 9 * np.eye(64)), atol=1e-4)
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("order", list(itertools.permutations([*OTHERS, "koine"])), ids=" ".join)
def test_import_orders(order):
    run("".join(f"import {name}\n" for name in order) + WORK)


def test_a_fork_after_use_does_not_hang():
    run(WORK + """
import os, signal
child = os.fork()
if child == 0:
    signal.alarm(60)
    a = kn.asarray(x)
    os._exit(0 if float(kn.sum(kn.tanh(a @ a + 9) * 0 + 1)) == 64 * 64 else 1)
assert os.waitpid(child, 0)[1] == 0
""")


def test_import_is_quick():
    """0.15 s of processor time, of which Python's own start is not counted."""

    def start(code):
        before = os.times()
        run(code)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    times = sorted(start("import koine") - start("pass") for _ in range(5))
    assert times[0] < 0.15, times
    run("import sys, koine\nassert 'numpy' not in sys.modules")
