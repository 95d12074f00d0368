"""Numbers keep their value or are refused: those of Python beside arrays of every dtype, against NumPy and by arithmetic."""

import operator

import numpy as np
import pytest

import koine as kn

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
NUMBERS = [-2**70, -2**63 - 1, -2**63, -2**31, -129, -128, -1, 0, 1, 127, 128, 255, 256, 300, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 2**64,
           2**70, 10**400]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_comparisons_are_exact(dtype):
    limits = np.iinfo(dtype)
    a = np.array([limits.min, limits.min + 1, 0, 1, limits.max - 1, limits.max], dtype)
    x, exact = kn.asarray(a), [int(one) for one in a]
    for number in NUMBERS:
        for compare in COMPARISONS:
            assert compare(x, number).tolist() == [compare(one, number) for one in exact], (compare, number)
            assert compare(number, x).tolist() == [compare(number, one) for one in exact], (compare, number)


@pytest.mark.parametrize("left", INTEGERS)
@pytest.mark.parametrize("right", INTEGERS)
def test_comparisons_of_integers_of_any_dtypes(left, right):
    a, b = np.iinfo(left), np.iinfo(right)
    mine = [v for v in (a.min, -1, 0, 1, 127, 128, 255, a.max) if a.min <= v <= a.max]
    yours = [v for v in (b.min, -1, 0, 1, 127, 128, 255, b.max) if b.min <= v <= b.max]
    x, y = kn.asarray(np.array(mine, left))[:, None], kn.asarray(np.array(yours, right))
    for compare in COMPARISONS:
        assert compare(x, y).tolist() == [[compare(v, w) for w in yours] for v in mine]


def test_integers_meet_floating_numbers_exactly():
    big = 2**24 + 1
    assert (kn.asarray([big]) == float(2**24)).tolist() == [False]
    assert (kn.asarray([big], dtype=kn.int32) > kn.asarray([float(2**24)])).tolist() == [True]
    assert (kn.asarray([2049], dtype=kn.int16) == kn.asarray([2048.0], dtype=kn.float16)).tolist() == [False]
    assert (kn.asarray([0.1]) == 0.1).tolist() == [True]  # a number of Python takes the dtype of floating arrays
    assert (kn.asarray([3, 4]) < 3.5).tolist() == [True, False]


def test_comparisons_with_numbers_that_a_trace_brings():
    x = kn.asarray([1, 200], dtype=kn.uint8)
    assert kn.jit(lambda x, n: x < n)(x, 300).tolist() == [True, True]
    assert kn.jit(lambda x, n: x == n)(x, -56).tolist() == [False, False]
    assert kn.jit(lambda x, n: kn.greater(x, n))(x, -1).tolist() == [True, True]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_what_does_not_fit_is_refused(dtype):
    limits, kdtype = np.iinfo(dtype), getattr(kn, dtype)
    x = kn.asarray([1, 2], dtype=kdtype)
    for number in (limits.min - 1, limits.max + 1):
        for call in (lambda: kn.asarray(number, dtype=kdtype), lambda: kn.asarray([[0, number]], dtype=kdtype),
                     lambda: kn.full((2,), number, dtype=kdtype), lambda: kn.full_like(x, number), lambda: x + number, lambda: number - x,
                     lambda: x * number, lambda: kn.maximum(x, number), lambda: kn.where(x > 1, x, number), lambda: x // number,
                     lambda: kn.pad(x, before=[1], after=[0], value=number), lambda: x & number,
                     lambda: kn.arange(number, number + 1, dtype=kdtype)):
            with pytest.raises(OverflowError, match="out of range") as raised:
                call()
            assert isinstance(raised.value, kn.Error)
        with pytest.raises(OverflowError):
            x[0] = number
    for number in (float("nan"), float("inf"), 2.0 * limits.max + 2, float(limits.min) * 2 - 2):
        with pytest.raises(OverflowError):
            kn.asarray(number, dtype=kdtype)
    assert kn.asarray([limits.min, limits.max], dtype=kdtype).tolist() == [limits.min, limits.max]
    assert kn.full((), limits.max, dtype=kdtype).item() == limits.max
    assert kn.asarray([1.9, 0.0], dtype=kdtype).tolist() == [1, 0]


def test_integers_of_any_size():
    assert kn.asarray([1.0]).tolist() == [1.0] and (kn.asarray([1.0], dtype=kn.float64) + 2**70).tolist() == [1 + 2.0**70]
    for number in (2**64, -2**63 - 1, 10**400):
        with pytest.raises(OverflowError):
            kn.asarray(number)
    with pytest.raises(OverflowError):
        kn.asarray([2**63, -1])
    assert kn.asarray([2**63, 1]).tolist() == [2**63, 1]
    assert kn.asarray(2**64, dtype=kn.float64).item() == 2.0**64


@pytest.mark.parametrize("dtype", INTEGERS)
def test_clip_with_bounds_beyond_the_range(dtype):
    limits = np.iinfo(dtype)
    a = np.array([limits.min, 1, limits.max], dtype)
    x = kn.asarray(a)
    for low, high in ((limits.min - 1, limits.max + 1), (0, 2**70), (-2**70, 5), (1, 3)):
        assert kn.clip(x, low, high).tolist() == [min(max(int(v), low), high) for v in a]
        assert kn.clip(x, low, high).dtype == x.dtype


def test_complex_numbers_are_not_cut():
    x = kn.zeros(2)
    for call in (lambda: kn.asarray(1j, dtype=kn.float32), lambda: kn.asarray([1, 1j], dtype=kn.int32), lambda: kn.full((2,), 1j, dtype=kn.float64),
                 lambda: kn.asarray(np.array([1j]), dtype=kn.float32), lambda: kn.asarray(kn.asarray(1j), dtype=kn.float32),
                 lambda: kn.full((2,), kn.asarray(1j), dtype=kn.float32), lambda: kn.astype(kn.asarray(1j), kn.float32), lambda: kn.full_like(x, 1j)):
        with pytest.raises(kn.DTypeError):
            call()
    with pytest.raises(kn.DTypeError):
        x[0] = 1j
    assert kn.asarray([0j, 1j], dtype=kn.bool).tolist() == [False, True]


def test_ranges_of_numpy_integers():
    for bounds in ((np.int64(16777217), np.int64(16777220)), (np.int32(3),), (np.uint8(1), np.int64(7), np.int16(2)), (5, np.int64(0), -2)):
        found = kn.arange(*bounds)
        assert found.dtype == kn.int64 and found.tolist() == list(range(*(int(one) for one in bounds)))
    assert kn.arange(2**63, 2**63 + 3, dtype=kn.uint64).tolist() == [2**63, 2**63 + 1, 2**63 + 2]
    assert kn.arange(2**63 + 3, 2**63, -1, dtype=kn.uint64).tolist() == [2**63 + 3, 2**63 + 2, 2**63 + 1]
    assert kn.arange(-128, 128, dtype=kn.int8).tolist() == list(range(-128, 128))
    assert kn.linspace(-1, 1, 4, dtype=kn.int64).tolist() == np.linspace(-1, 1, 4, dtype=int).tolist()


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted_puts_nan_at_the_end(side):
    for a in ([1.0, 2.0, 3.0], [1.0, np.nan, np.nan], [np.nan], [], [-np.inf, 0.0, np.inf]):
        v = np.array([np.nan, 2.5, -np.inf, np.inf, 1.0])
        found = kn.searchsorted(kn.asarray(np.array(a)), kn.asarray(v), side=side)
        assert found.tolist() == np.searchsorted(np.array(a), v, side=side).tolist()


def test_labels_below_zero_are_no_class():
    logits = kn.asarray(np.random.RandomState(0).rand(2, 3).astype("float32"))
    for labels in ([0, -1], [0, 3]):
        for call in (lambda: kn.cross_entropy(logits, kn.asarray(labels)), lambda: kn.nn.cross_entropy_loss(logits, kn.asarray(labels)),
                     lambda: kn.grad(lambda x: kn.sum(kn.cross_entropy(x, kn.asarray(labels))))(logits)):
            with pytest.raises(IndexError):
                np.asarray(call())
    ignored = kn.nn.cross_entropy_loss(logits, kn.asarray([0, -1]), ignore=-1)
    np.testing.assert_allclose(float(ignored), float(kn.cross_entropy(logits[:1], kn.asarray([0]))[0]), rtol=1e-6)


def test_complex_powers_and_quotients():
    z = np.array([0j, 1 + 2j, -1 + 0j, 1e200j, 2 - 1j])
    x = kn.asarray(z)
    for n in (0, 1, 2, 3, -1, -2, 5):
        with np.errstate(all="ignore"):
            want = z ** n
        finite = np.isfinite(want)
        np.testing.assert_allclose(np.asarray(x ** n)[finite], want[finite], rtol=1e-13)
    assert (x ** 0).tolist() == [1] * 5 and (kn.asarray([0j]) ** kn.asarray([0j])).tolist() == [1]
    assert (kn.asarray([0j]) ** 0.5).tolist() == [0] and (kn.asarray([-1 + 0j]) ** 3).tolist() == [-1]
    big = kn.asarray(np.array([3e300 + 4e300j, 1e-300 + 1e-300j, 1e308 + 1e308j, 5e-324j, 1e300j]))
    np.testing.assert_allclose(np.asarray(big / big), np.ones(5), rtol=1e-15)
    tiny = np.asarray(kn.asarray(np.array([1e-320j])) ** -1)
    assert tiny[0].imag == -np.inf and tiny[0].real == 0
    quotient = np.asarray(kn.asarray(np.array([1e300j])) / kn.asarray(np.array([1e-300j])))[0]
    assert quotient.real == np.inf and quotient.imag == 0
    np.testing.assert_allclose(np.asarray(kn.var(x[1:3])), np.var(z[1:3]), rtol=1e-6)
    np.testing.assert_allclose(np.asarray(kn.std(x[1:3])), np.std(z[1:3]), rtol=1e-6)
