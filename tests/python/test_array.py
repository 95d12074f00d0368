"""Facts, operators and text of an array."""

import copy
import operator

import numpy as np
import pytest

import koine as kn

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow]
COMPARE = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
X, Y = np.array([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]], "float32"), np.array([2.0, -1.5, 0.25], "float32")


@pytest.mark.parametrize("op", BINARY + COMPARE)
def test_operators_are_numpys(op):
    x = np.abs(X) if op is operator.pow else X
    for left, right in ((x, Y), (x, 2.0), (2.0, x)):
        a = kn.asarray(left) if isinstance(left, np.ndarray) else left
        b = kn.asarray(right) if isinstance(right, np.ndarray) else right
        np.testing.assert_allclose(np.asarray(op(a, b)), op(left, right), rtol=1e-6)
        if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
            np.testing.assert_allclose(np.asarray(op(left, b)), op(left, right), rtol=1e-6)
            assert isinstance(op(left, b), kn.Array)  # NumPy leaves it to us


@pytest.mark.parametrize("op", [operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift])
def test_integer_operators(op):
    x, y = np.array([12, 7, 1]), np.array([3, 1, 2])
    assert op(kn.asarray(x), kn.asarray(y)).tolist() == op(x, y).tolist()


def test_special_values_are_the_standards():
    assert (kn.asarray([-8, 8], dtype=kn.int32) >> kn.asarray(40, dtype=kn.int32)).tolist() == [-1, 0]
    assert (kn.asarray([5, -5]) << 64).tolist() == [0, 0]
    inf = float("inf")
    assert kn.floor_divide(kn.asarray([inf, -inf, 5.0]), kn.asarray([2.0, 2.0, -inf])).tolist() == [inf, -inf, 0.0]
    assert kn.round(kn.asarray([2.5 - 1.5j])).tolist() == [2 - 2j] and str(kn.sign(kn.asarray(-0.0))) == "0.0"
    assert kn.copysign(kn.asarray(2.0), -0.0).item() == -2.0 and kn.signbit(kn.asarray([-0.0, float("nan")])).tolist() == [True, False]


def test_unary_operators():
    x = kn.asarray(X)
    assert (-x).tolist() == (-X).tolist() and abs(x).tolist() == abs(X).tolist() and (+x).tolist() == X.tolist()
    assert (~kn.asarray([True, False])).tolist() == [False, True]
    np.testing.assert_allclose(np.asarray(x @ x.T), X @ X.T, rtol=1e-6)


def test_numbers_take_the_dtype_of_the_array():
    assert (kn.asarray([1], dtype=kn.int8) + 1).dtype == kn.int8
    assert (kn.asarray([1], dtype=kn.int8) + 1.5).dtype == kn.float32
    assert (kn.asarray([1.0], dtype=kn.float64) * 2j).dtype == kn.complex128
    assert (kn.asarray([1], dtype=kn.uint64) + (2 ** 64 - 2)).tolist() == [2 ** 64 - 1]
    with pytest.raises(OverflowError):
        kn.asarray([1]) + 2 ** 70


def test_facts():
    x = kn.zeros((2, 3), dtype=kn.float64)
    assert (x.shape, x.ndim, x.size, x.nbytes, x.itemsize, len(x), x.device) == ((2, 3), 2, 6, 48, 8, 2, "cpu")
    assert x.dtype is kn.float64 and x.T.shape == (3, 2) and kn.zeros((4, 2, 3)).mT.shape == (4, 3, 2)
    z = kn.asarray([1 + 2j])
    assert z.real.tolist() == [1.0] and z.imag.tolist() == [2.0]


def test_dtypes_compare_with_anything():
    assert kn.float32 != None and kn.float32 != "float32x" and not kn.float32 == 1  # noqa: E711
    assert kn.float32 == kn.asarray([1.0]).dtype and len({kn.float32, kn.float64, kn.float32}) == 2
    assert kn.dtype(np.dtype("int16")) is kn.int16 and kn.dtype(np.float64) is kn.float64 and kn.dtype(float) is kn.float32
    with pytest.raises(kn.DTypeError, match="float32"):
        kn.dtype("float23")


def test_conversion_to_numbers():
    assert float(kn.asarray(2.5)) == 2.5 and int(kn.asarray([3])) == 3 and complex(kn.asarray(1j)) == 1j
    assert list(range(5))[kn.asarray(2)] == 2 and bool(kn.asarray([0.0])) is False
    for convert in (float, int, bool):
        with pytest.raises((TypeError, ValueError)):
            convert(kn.asarray([1.0, 2.0]))
    with pytest.raises(TypeError):
        operator.index(kn.asarray(1.0))
    assert [x.item() for x in kn.asarray([1, 2])] == [1, 2]
    with pytest.raises(TypeError):
        iter(kn.asarray(1))


@pytest.mark.parametrize("dtype", ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16",
                                   "float32", "float64", "complex64", "complex128"])
def test_lists_come_back(dtype):
    values = np.array([[0, 1], [2, 3]]).astype(dtype)
    assert kn.asarray(values).tolist() == values.tolist() and kn.asarray(values.tolist(), dtype=dtype).tolist() == values.tolist()


def test_text_is_numpys():
    for values in (X, Y, np.arange(6).reshape(2, 3), np.array([True, False]), np.float32(2.5), np.zeros(0, "float32"),
                   np.arange(3000, dtype="int32"), np.random.RandomState(0).rand(4, 40).astype("float64"), np.array([1 + 2j])):
        x = kn.asarray(values)
        assert str(x) == str(values)
        expected = repr(np.asarray(values)).replace(", dtype=float32", "")
        expected = expected.split(", shape=")[0] + ")" if values.size > 1000 and ", shape=" in expected else expected
        if values.dtype.name in ("float32", "int64", "bool"):
            assert repr(x) == expected
    assert repr(kn.asarray([1.0], dtype=kn.float64)) == "array([1.], dtype=float64)"
    assert f"{kn.asarray(3.14159):.2f}" == "3.14"


def test_html_shows_shape_and_picture():
    html = kn.asarray(X)._repr_html_()
    assert "[2, 3]" in html and "float32" in html and "<svg" in html and "mean" in html


def test_copies_are_values():
    x = kn.asarray([1.0, 2.0])
    for y in (copy.copy(x), copy.deepcopy(x), kn.asarray(x, copy=True)):
        y[0] = 5.0
        assert x.tolist() == [1.0, 2.0] and y.tolist() == [5.0, 2.0]
    y = x
    y += 1  # rebinds y, x stays
    assert x.tolist() == [1.0, 2.0] and y.tolist() == [2.0, 3.0]
    with pytest.raises(TypeError):
        hash(x)


def test_divmod():
    for a, b in ((kn.asarray([7, -7]), 3), (7, kn.asarray([2, 3])), (kn.asarray([7.5]), kn.asarray([2.0]))):
        parts = divmod(a, b)
        want = divmod(np.asarray(a), np.asarray(b))
        assert [one.tolist() for one in parts] == [one.tolist() for one in want]


def test_deviation_as_a_method():
    x = kn.asarray([[1.0, 3.0], [2.0, 6.0]])
    assert x.std(1).tolist() == [1.0, 2.0] and x.std(axis=0, keepdims=True).shape == (1, 2)
    assert x.std().item() == pytest.approx(np.asarray(x).std()) and x.var(1).tolist() == [1.0, 4.0]
