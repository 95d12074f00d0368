"""Koine in one process with others: import orders, forks, and how long the import takes."""

import functools
import importlib.util
import itertools
import os
import subprocess
import sys

import pytest

OTHERS = ("torch", "jax", "numba")
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
# oneDNN's OpenMP beside that of others, LLVM beside theirs, and memory that both see. The last line is the bits of a convolution.
BESIDE = """
import hashlib, sys
images, window = (np.random.RandomState(k).rand(*shape).astype("float32") for k, shape in ((1, (8, 32, 32, 16)), (2, (3, 3, 16, 32))))
places = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
y = np.asarray(kn.conv(kn.asarray(images), kn.asarray(window)))
assert np.allclose(y, np.einsum("nhwcij,ijco->nhwo", places, window), atol=1e-3)
for name, back in (("torch", "from_dlpack"), ("jax", "numpy.from_dlpack")):
    if name in sys.modules:
        library = sys.modules[name]
        for part in back.split("."):
            library = getattr(library, part)
        ours = kn.asarray(x) * 2
        assert np.array_equal(np.asarray(library(ours)), x * 2)
        assert np.array_equal(np.asarray(kn.from_dlpack(library(ours)) + 1), x * 2 + 1)
if "torch" in sys.modules:
    import torch
    theirs = torch.nn.functional.conv2d(torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(window).permute(3, 2, 0, 1))
    assert np.allclose(y, theirs.permute(0, 2, 3, 1).numpy(), atol=1e-3)
if "jax" in sys.modules:
    import jax
    assert np.allclose(np.asarray(jax.jit(jax.numpy.tanh)(x)), np.tanh(x), atol=1e-5)
if "numba" in sys.modules:
    import numba
    assert numba.njit(lambda n: n * 2 + 1)(20) == 41
assert np.array_equal(np.asarray(kn.conv(kn.asarray(images), kn.asarray(window))), y)
print(hashlib.sha256(y.tobytes()).hexdigest())
"""


@functools.cache
def bits_alone():
    """What the last line of BESIDE is without other libraries."""
    return run("import koine\n" + WORK + BESIDE)


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def orders():
    yield ("koine",)
    for count in range(1, len(OTHERS) + 1):
        for some in itertools.combinations(OTHERS, count):
            yield from itertools.permutations([*some, "koine"])


@pytest.mark.parametrize("order", list(orders()), ids=" ".join)
def test_import_orders(order):
    absent = [name for name in order if not importlib.util.find_spec(name)]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")
    bits = run("".join(f"import {name}\n" for name in order) + WORK + BESIDE)
    assert bits == bits_alone(), "a convolution has other bits beside other libraries"


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


@pytest.mark.parametrize("early", [False, True])
def test_others_go_on_while_a_program_runs(early):
    """Also while one runs that nobody asked for yet: with KOINE_EAGER every op is evaluated where it is recorded."""
    run("import os\nos.environ['KOINE_EAGER'] = '%d'\n" % early + """
import threading, time, koine as kn
x = kn.ones((1500, 1500), dtype=kn.float64)
float(x.sum())
ticks, done = [], threading.Event()
def tick():
    while not done.is_set():
        ticks.append(time.perf_counter())
        time.sleep(0.001)
thread = threading.Thread(target=tick)
thread.start()
start = time.perf_counter()
y = x @ x
for _ in range(4):
    y = y @ x / 1500
float(y.sum())
end = time.perf_counter()
done.set()
thread.join()
during = [t for t in ticks if start < t < end]
assert len(during) > 50 * (end - start), (len(during), end - start)
""")


def test_a_callback_without_arguments_is_called_at_each_call_of_what_is_jitted():
    """Also where every op is evaluated at once, while the function is traced too."""
    run("""
import os
os.environ["KOINE_EAGER"] = "1"
import koine as kn
seen = []
f = kn.jit(lambda x: (kn.debug.callback(lambda: seen.append(len(seen))), x + 1)[1])
f(kn.ones(2)), f(kn.ones(2))
assert seen == [0, 1], seen
""")


def test_threads_share_arrays_that_nobody_computed_yet():
    run("""
import threading, koine as kn
def grow(x, n):
    for _ in range(n):
        x = x + 1
    return x
def work(k):
    for round in range(30):
        y = kn.grad(lambda v: kn.sum(kn.tanh(grow(v, 20)) * 0 + v))(shared)
        found[k] = (float((shared + y).sum()), float(kn.jit(lambda v: grow(v, 500))(shared).sum()))
shared, found = grow(kn.zeros(100), 6000), {}
threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
[t.start() for t in threads]
[t.join(200) for t in threads]
assert not any(t.is_alive() for t in threads)
assert found == {k: (600100.0, 650000.0) for k in range(6)}, found
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
