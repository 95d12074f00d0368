"""Errors: their types, what they say, and the line of the user."""

import re

import numpy as np
import pytest

import koine as kn


def line_of(text):
    """The number of the line of this file that ends with a comment."""
    with open(__file__, encoding="utf-8") as file:
        return next(n for n, line in enumerate(file, 1) if line.rstrip().endswith("# " + text))


def raised(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_types_are_also_the_built_in_ones():
    for name, base in (("ShapeError", ValueError), ("DTypeError", TypeError), ("IndexError", IndexError), ("ValueError", ValueError),
                       ("OutOfMemory", MemoryError), ("IoError", OSError), ("TraceError", RuntimeError)):
        error = getattr(kn, name)
        assert issubclass(error, base) and issubclass(error, kn.Error)


def test_operator_names_op_operands_and_line():
    def call():
        return kn.ones((2, 3)) + kn.ones((4, 3))  # operator

    text = raised(kn.ShapeError, call)
    assert "[add]" in text and "float32[2, 3]" in text and "float32[4, 3]" in text
    assert text.endswith(f"at test_errors.py:{line_of('operator')}")


def test_function_names_the_line_outside_the_package():
    def call():
        return kn.linalg.matrix_power(  # function
            kn.tensordot(kn.ones((2, 3)), kn.ones((4, 3)), axes=1), 2)

    assert re.search(r"tensordot", raised(ValueError, call))

    def inside():
        return kn.cumulative_sum(kn.ones((2, 3)), axis=7)  # inside

    assert "7" in raised(IndexError, inside)

    def deep():
        return kn.einsum("ij,jk->ik", kn.ones((2, 3)), kn.ones((4, 3)))  # deep

    assert raised(kn.ShapeError, deep).endswith(f"at test_errors.py:{line_of('deep')}")


def test_an_error_at_run_time_names_the_line_of_the_call():
    x = kn.ones(3)
    bad = x[kn.asarray([7])]  # gather
    text = raised(kn.IndexError, lambda: bad.tolist())
    assert text.endswith(f"at test_errors.py:{line_of('gather')}")
    assert (x + 1).tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(("name", "said"), [("numpy", r"numpy\.asarray\(x\)"), ("swapaxes", "permute_dims"), ("resape", "reshape")])
def test_what_an_array_has_not(name, said):
    x = kn.ones(3)
    with pytest.raises(AttributeError, match=f"koine.Array has no attribute '{name}'; .*{said}"):
        getattr(x, name)
    assert not hasattr(x, "__array_interface__") and getattr(x, "missing", None) is None


def test_attributes_are_named():
    text = raised(kn.IndexError, lambda: kn.softmax(kn.ones(3), axis=2))
    assert "[softmax]" in text and "axis" in text


def test_reading_a_value_inside_a_trace():
    def f(x):
        if x[0] > 0:  # branch
            return x
        return -x

    text = raised(kn.TraceError, lambda: kn.jit(f)(kn.ones(3)))
    assert f"test_errors.py:{line_of('branch')}" in text
    assert kn.grad(lambda x: kn.sum(f(x)))(kn.ones(3)).tolist() == [1.0, 1.0, 1.0]


def test_a_leaked_value_names_where_it_was_made():
    kept = []
    kn.jit(lambda x: kept.append(x * 2) or x)(kn.ones(3))  # leak
    text = raised(kn.TraceError, lambda: kept[0].tolist())
    assert f"test_errors.py:{line_of('leak')}" in text


def test_errors_of_the_user_go_through():
    class Own(Exception):
        pass

    def f(x):
        raise Own("mine")

    for transform in (kn.grad, kn.jit, kn.vmap, kn.checkpoint):
        with pytest.raises(Own, match="mine"):
            transform(f)(kn.ones(3))
    assert kn.grad(kn.sum)(kn.ones(2)).tolist() == [1.0, 1.0]


def test_no_derivative():
    with pytest.raises(kn.NotDifferentiable, match="steps"):
        kn.grad(lambda x: kn.while_loop(lambda c: c < 10, lambda c: c * 2, x))(kn.asarray(1.0))
    text = raised(kn.ShapeError, lambda: kn.grad(lambda x: x * 2)(kn.ones(3)))
    assert "scalar" in text
    assert np.isfinite(kn.grad(lambda x: kn.sum(x))(kn.ones(3)).tolist()).all()


def test_the_first_op_that_makes_a_nan_is_named():
    def loss(x):
        y = kn.log(x - 1)  # maker
        return kn.sum(y * 2)

    x = kn.asarray([0.5, 3.0])
    assert kn.isnan(kn.jit(loss)(x)).item()
    with kn.debug(nan=True):
        text = raised(kn.NanError, lambda: kn.jit(loss)(x))
        assert "[log]" in text and "float32[2]" in text and f"test_errors.py:{line_of('maker')}" in text
        kn.isnan(kn.asarray([float("nan")]) + 1).tolist()  # it was there before
        backward = raised(kn.NanError, lambda: kn.grad(lambda x: kn.sum(kn.sqrt(x) * 0))(kn.asarray([0.0])))
        assert "multiply" in backward or "divide" in backward
        assert kn.grad(loss)(kn.asarray([3.0])).item() == 1.0
    assert kn.isnan(loss(x)).item()


def test_a_value_that_left_its_trace_is_named_with_its_line():
    kept = []

    def f(x):
        kept.append(x * 2)  # the line that is named
        return x

    for transform in (kn.jit(f), kn.vmap(f)):
        transform(kn.ones(2))
        made = f.__code__.co_firstlineno + 1
        for use in (lambda: kept[-1].tolist(), lambda: (kept[-1] + 1).tolist(), lambda: kn.jit(lambda y: y)(kept[-1]).tolist()):
            with pytest.raises(kn.errors.TraceError) as raised:
                use()
            assert "which has ended" in str(raised.value) and f"made at test_errors.py:{made}" in str(raised.value)
            assert "return it from the function" in str(raised.value)
    with pytest.raises(kn.errors.TraceError, match="inside jit only shapes are known"):
        kn.jit(lambda x: float(x * 2))(kn.ones(()))


def test_names_from_elsewhere_are_suggested():
    for module, name, hint in ((kn, "cat", "here: concat"), (kn, "soft_max", "did you mean softmax"), (kn, "no_grad", "by grad"),
                               (kn.nn, "Liner", "did you mean Linear"), (kn.optim, "Adan", "did you mean Adam")):
        with pytest.raises(AttributeError, match=hint):
            getattr(module, name)
    assert not hasattr(kn, "frobnicate")
    with pytest.raises(AttributeError, match="Sequential has no attribute 'state_dict'; what you look for is here: koine.save"):
        kn.nn.Sequential().state_dict()
    assert not hasattr(kn.nn.Sequential(), "frobnicate")


def test_a_limit_of_memory():
    x = kn.ones(1000)
    kn.limit_memory(kn.stats()["live_bytes"] + 1_000_000)
    try:
        with pytest.raises(kn.errors.OutOfMemory):
            kn.ones((2000, 2000), dtype=kn.float64).cumsum(axis=0).tolist()
        assert float(x.sum()) == 1000
    finally:
        kn.limit_memory(None)
    assert kn.ones((600, 600)).sum().item() == 360000


def test_what_errors_quote_of_others_is_printable():
    error = kn.FormatError("a.csv: '\x1b[31m\x9b\u202e\udce9'\n  at a.py:1")
    assert str(error) == "a.csv: '\\x1b[31m\\u009b\\u202e\\udce9'\n  at a.py:1"
    for name in ("\x1b]0;title\x07.npz", "\x9b.safetensors", "\u202e.npz"):
        text = raised(kn.IoError, lambda: kn.load(name))
        assert text.replace("\n", "").isprintable() and name not in text
    history = kn.train.History()
    history.add(0, {"\x1b[31m": 1.0})
    assert "\x1b" not in repr(history)
