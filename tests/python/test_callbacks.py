"""Functions of Python inside programs, and ops of one's own."""

import sys
import threading

import numpy as np
import pytest

import koine as kn
from koine import testing

X = kn.asarray([0.5, -1.0, 2.0], dtype=kn.float64)


def np_sin(x):
    assert isinstance(x, np.ndarray)
    return np.sin(x)


def on_host(x):
    return kn.pure_callback(np_sin, x, x)


def test_a_pure_callback_is_a_part_of_the_program():
    want = np.sin(np.asarray(X)) * 2
    for f in (lambda x: on_host(x) * 2, kn.jit(lambda x: on_host(x) * 2), kn.vmap(lambda x: on_host(x) * 2)):
        np.testing.assert_allclose(np.asarray(f(X)), want)
    two = kn.pure_callback(lambda x, k: {"a": x[0], "b": (x * k).astype("float32")},
                           {"a": kn.ShapeDType((), kn.float64), "b": kn.ShapeDType(3)}, X, k=2)
    assert two["a"].item() == 0.5 and two["b"].tolist() == [1.0, -2.0, 4.0]
    half = kn.pure_callback(lambda x: x + 1, kn.ShapeDType((2,), kn.bfloat16), kn.zeros(2, dtype=kn.bfloat16))
    assert half.dtype is kn.bfloat16 and half.tolist() == [1.0, 1.0]


def test_vmap_calls_it_for_each_example_or_once():
    shapes = []

    def f(x):
        shapes.append(x.shape)
        return x.sum(axis=-1)

    batch = kn.ones((4, 2, 3))
    out = kn.vmap(kn.vmap(lambda x: kn.pure_callback(f, kn.ShapeDType(()), x)))(batch)
    assert out.shape == (4, 2) and out.tolist() == [[3.0] * 2] * 4 and shapes == [(3,)] * 8
    shapes.clear()
    out = kn.vmap(lambda x: kn.pure_callback(f, kn.ShapeDType(()), x, vectorized=True), in_axes=1)(batch[:, 0].T)
    assert out.tolist() == [3.0] * 4 and shapes == [(4, 3)]


def test_it_works_in_loops_and_has_no_derivative():
    def step(c, _):
        return on_host(c), c.sum()

    last, _ = kn.jit(lambda x: kn.scan(step, x, length=3))(X)
    np.testing.assert_allclose(np.asarray(last), np.sin(np.sin(np.sin(np.asarray(X)))))
    picked = kn.jit(lambda p, x: kn.cond(p, on_host, lambda x: x, x))
    assert picked(kn.asarray(False), X).tolist() == X.tolist()
    with pytest.raises(kn.errors.NotDifferentiable, match="give it a derivative by custom_vjp"):
        kn.grad(lambda x: kn.sum(on_host(x)))(X)


def fails(x):
    raise ZeroDivisionError("as it should")


@pytest.mark.parametrize("call", [
    lambda: kn.pure_callback(fails, X, X).tolist(), lambda: kn.jit(lambda x: kn.pure_callback(fails, x, x) + 1)(X).tolist(),
    lambda: kn.io_callback(fails, None, X), lambda: kn.jit(lambda x: (kn.io_callback(fails, None, x), x)[1])(X),
    lambda: kn.vmap(lambda x: (kn.debug.callback(fails, x), x)[1])(X)])
def test_an_exception_comes_out_typed_with_its_cause(call):
    with pytest.raises(kn.errors.CallbackError, match="the function raised ZeroDivisionError: as it should") as raised:
        call()
    assert isinstance(raised.value.__cause__, ZeroDivisionError) and "test_callbacks.py" in str(raised.value)
    assert "attributes" not in str(raised.value)
    assert (X + 1).tolist() == [1.5, 0.0, 3.0]


def test_what_was_not_promised_is_refused():
    with pytest.raises(kn.errors.CallbackError, match=r"float64\[2\] as result 0, where float64\[3\] was promised"):
        kn.pure_callback(lambda x: x[:2], X, X).tolist()
    with pytest.raises(kn.errors.ValueError, match="the result is promised as"):
        kn.pure_callback(np_sin, "float32", X)

    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kn.pure_callback(interrupted, X, X).tolist()


def test_effects_happen_in_order_at_each_call():
    seen = []

    @kn.jit
    def f(x, n):
        kn.debug.callback(lambda v: seen.append(("first", float(v))), x)
        kn.debug.callback(lambda: seen.append("no operands"))

        def body(carry, y):
            kn.debug.callback(lambda v: seen.append(("scan", float(v))), y)
            return carry + y, None

        total, _ = kn.scan(body, x, n)
        kn.debug.callback(lambda v: seen.append(("last", float(v))), total)
        return total

    want = [("first", 1.0), "no operands", ("scan", 2.0), ("scan", 3.0), ("last", 6.0)]
    for _ in range(3):
        f(kn.asarray(1.0), kn.asarray([2.0, 3.0]))
        assert seen == want
        seen.clear()
    kn.grad(f)(kn.asarray(1.0), kn.asarray([2.0, 3.0]))
    assert seen == want


def test_effects_in_other_transforms():
    seen = []

    def note(x):
        seen.append(np.asarray(x).tolist())

    def f(x):
        kn.debug.callback(note, x)
        return x * 2

    kn.vmap(f)(X)
    assert seen == X.tolist()
    seen.clear()
    kn.jit(kn.vmap(kn.grad(f)))(X)
    assert seen == X.tolist()
    seen.clear()
    kn.checkpoint(f)(X)
    assert seen == [X.tolist()]
    seen.clear()

    def counted(state):
        kn.debug.callback(note, state)
        return state + 1

    assert kn.while_loop(lambda state: state < 3, counted, 0).item() == 3
    assert seen == [0, 1, 2]
    seen.clear()
    assert kn.jit(lambda x: kn.while_loop(lambda state: state < 3, counted, x))(kn.asarray(1)).item() == 3
    assert seen == [1, 2]
    seen.clear()
    for yes, no in ((f, lambda x: x), (lambda x: x, f)):
        choose = kn.jit(lambda p, x, yes=yes, no=no: kn.cond(p, yes, no, x))
        choose(kn.asarray(True), kn.asarray(5.0))
        choose(kn.asarray(False), kn.asarray(7.0))
    assert seen == [5.0, 7.0]
    with pytest.raises(kn.errors.TraceError, match="effect"):
        kn.vmap(kn.custom_vjp(f, lambda x: (f(x), None), lambda _, ct: ct))(X)
    kn.custom_vjp(f, lambda x: (f(x), None), lambda _, ct: ct)(X)
    assert seen[-1] == X.tolist()


def test_printing(capsys):
    @kn.jit
    def f(x):
        kn.debug.print("x = {:.2f}, {name}", x, name=x * 2)
        return x

    f(kn.asarray(1.5))
    kn.debug.print("{}", kn.asarray([1, 2]))
    assert capsys.readouterr().out == "x = 1.50, 3.0\n[1 2]\n"


def test_results_of_effects_are_used():
    numbers = iter(range(10))

    @kn.jit
    def f(x):
        first = kn.io_callback(lambda: np.int64(next(numbers)), kn.ShapeDType((), kn.int64))
        second = kn.io_callback(lambda: np.int64(next(numbers)), kn.ShapeDType((), kn.int64))
        return x + 10 * first + second

    assert f(kn.asarray(0)).item() == 1 and f(kn.asarray(0)).item() == 23


def test_a_callback_may_use_koine_itself():
    def inner(x):
        return np.asarray(kn.jit(lambda v: kn.tanh(v) * 2)(kn.asarray(x)))

    out = kn.jit(lambda x: kn.pure_callback(inner, x, x) + 1)(X)
    np.testing.assert_allclose(np.asarray(out), np.tanh(np.asarray(X)) * 2 + 1)


def test_functions_are_given_up():
    class Held:
        def __call__(self, x):
            return x

    held = Held()
    kn.pure_callback(held, X, X).tolist()
    before = sys.getrefcount(held)
    for k in range(20):
        kn.pure_callback(lambda x, k=k: x, X, X).tolist()
    assert sys.getrefcount(held) == before


def test_threads_call_at_once():
    """Programs with callbacks run on many threads, while others record and read."""
    shared = kn.pure_callback(np_sin, X, X) + 0

    def work(number, found):
        f = kn.jit(lambda x: kn.pure_callback(np_sin, x, x) * number)
        for _ in range(50):
            value = np.asarray(f(X) + shared)
            total = kn.zeros(3, dtype=kn.float64)
            for k in range(20):
                total = total + k
            assert total.tolist() == [190.0] * 3
        found[number] = np.allclose(value, np.sin(np.asarray(X)) * (number + 1))

    found = {}
    threads = [threading.Thread(target=work, args=(n, found)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    assert found == {n: True for n in range(8)}


class Softsign(kn.Op):
    def body(self, x):
        return x / (1 + kn.abs(x))

    def vjp(self, cotangent, y, x):
        return cotangent / (1 + kn.abs(x)) ** 2


class Scaled(kn.Op):
    """x * tanh(y), in Koine's functions, with a forward derivative."""

    def __init__(self, factor):
        self.factor = factor

    def body(self, x, y):
        return self.factor * x * kn.tanh(y)

    def jvp(self, tangents, z, x, y):
        dx, dy = tangents
        return self.factor * (dx * kn.tanh(y) + x * dy * (1 - kn.tanh(y) ** 2))


class HostSin(kn.Op):
    def numpy(self, x):
        return np.sin(x)

    def shape(self, x):
        return x

    def vjp(self, cotangent, y, x):
        return cotangent * kn.cos(x)


class HostRows(kn.Op):
    """The rows of a table, by NumPy: an argument of integers, another shape, all axes in front at once."""

    vectorized = True

    def numpy(self, table, i):
        return np.take_along_axis(table, i[..., None, None], axis=-2)[..., 0, :]

    def shape(self, table, i):
        return kn.ShapeDType((*i.shape, table.shape[-1]), table.dtype)

    def vjp(self, cotangent, y, table, i):
        slope = kn.zeros_like(table)
        slope[i] = cotangent
        return slope, None


ALL = ["jit", "vmap", "zero_size", "jvp", "vjp", "vmap_of_vjp", "vjp_of_vmap", "jvp_of_vjp", "second_order"]


@pytest.mark.parametrize("op, samples", [
    (Softsign(), [((3,),), ((2, 3),)]), (Scaled(2.0), [((3,), (3,)), ((2, 2), (2, 2))]), (HostSin(), [((3,),), ((),)]),
    (HostRows(), [((4, 3), kn.asarray(2))]), (kn.softmax, [((3, 4),)]),
    (lambda x: kn.gelu(x) * 2, [((5,),)])], ids=["vjp", "jvp", "numpy", "vectorized", "ours", "function"])
def test_ops_pass_the_checks(op, samples):
    assert testing.check_op(op, *samples) == ALL


def test_wrong_derivatives_are_found():
    class Wrong(Softsign):
        def vjp(self, cotangent, y, x):
            return cotangent / (1 + kn.abs(x))

    with pytest.raises(AssertionError, match="jvp"):
        testing.check_op(Wrong(), ((3,),))

    class OneRank(kn.Op):
        def numpy(self, x):
            return x.sum(axis=0)

        def shape(self, x):
            return kn.ShapeDType(x.shape[1:], x.dtype)

        vectorized = True

    with pytest.raises((AssertionError, kn.errors.CallbackError)):
        testing.check_op(OneRank(), ((3, 2),), differentiable=False)
    assert testing.check_op(on_host, ((3,),), differentiable=False) == ALL[:3]


def test_an_op_needs_a_body():
    class Empty(kn.Op):
        pass

    with pytest.raises(kn.errors.ValueError, match=r"\[Empty\] an op has a `body`"):
        Empty()(X)
