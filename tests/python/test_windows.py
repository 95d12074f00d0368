"""What is said of windows and padding: one number for all axes, or one for each, wherever it is said."""

import numpy as np
import pytest

import koine as kn
from koine import nn

X = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
IMAGE = np.random.RandomState(0).randn(2, 7, 5, 3).astype("float32")


@pytest.mark.parametrize("width", [1, 0, (2,), (1, 2), ((1, 2),), [[1, 2]], ((1, 0), (0, 2), (3, 1)), ((1,), (2,), (0,)), np.int64(2),
                                   np.asarray([[1, 0], [0, 2], [3, 1]]), [(1, 2), (3, 4), (5, 6)]])
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
def test_pad_takes_what_numpy_takes(width, mode):
    wanted = np.pad(X, width, mode)
    assert np.array_equal(kn.pad(kn.asarray(X), width, mode), wanted)
    assert np.array_equal(kn.pad(kn.asarray(X), pad_width=width, mode=mode), wanted)


def test_pad_fills():
    x = kn.asarray([1, 2])
    assert kn.pad(x, 1).tolist() == [0, 1, 2, 0]
    assert kn.pad(x, (1, 2), constant_values=7).tolist() == [7, 1, 2, 7, 7]
    assert kn.pad(x, {0: (1, 0)}).tolist() == [0, 1, 2] and kn.pad(x, {-1: 2}).tolist() == [0, 0, 1, 2, 0, 0]
    assert kn.pad(x, before=[1], after=[2], value=5).tolist() == [5, 1, 2, 5, 5]
    assert kn.pad(kn.asarray(3.0), 2).shape == ()
    assert np.array_equal(kn.jit(lambda x: kn.pad(x, 2, "reflect"))(kn.asarray(X)), np.pad(X, 2, "reflect"))
    gradient = kn.grad(lambda x: kn.sum(kn.pad(x, (0, 3), "edge") * kn.asarray([1.0, 2.0, 3.0, 4.0, 5.0])))(kn.asarray([0.0, 0.0]))
    assert gradient.tolist() == [1.0, 14.0]


def test_pad_refuses_what_does_not_fit():
    x = kn.asarray(X)
    for width in ((1, 2, 3, 4), ((1, 2), (3, 4)), ((1, 2, 3),) * 3, 1.5, (-1, 1)):
        with pytest.raises((kn.errors.Error, TypeError)):
            kn.pad(x, width)
    with pytest.raises(kn.errors.ValueError, match="constant, edge, reflect, symmetric or wrap"):
        kn.pad(x, 1, "mean")
    with pytest.raises(TypeError, match="before= and after="):
        kn.pad(x, [1, 0, 0], [0, 0, 1])
    with pytest.raises(kn.errors.ShapeError, match="without elements"):
        kn.pad(kn.zeros((0, 2)), 1, "edge")


def test_one_number_is_for_all_spatial_axes():
    x = kn.asarray(IMAGE)
    for window in (2, (2,), [2], (2, 2), np.int64(2)):
        assert kn.max_pool(x, window=window).shape == (2, 3, 2, 3)
        assert kn.average_pool(x, window=window).shape == (2, 3, 2, 3)
        assert nn.MaxPool(window)(x).shape == nn.AveragePool(window)(x).shape == (2, 3, 2, 3)
    assert nn.MaxPool(2)(kn.zeros((1, 6, 2))).shape == (1, 3, 2) and nn.MaxPool(2)(kn.zeros((1, 4, 6, 8, 2))).shape == (1, 2, 3, 4, 2)
    assert nn.MaxPool(3, 2, 1)(x).shape == (2, 4, 3, 3) and nn.MaxPool(3, stride=2, padding="same")(x).shape == (2, 4, 3, 3)
    assert nn.AdaptiveAveragePool(2)(x).shape == nn.AdaptiveMaxPool((2, 2))(x).shape == (2, 2, 2, 3)
    assert nn.Upsample(2)(x).shape == (2, 14, 10, 3)
    layer = nn.init(nn.Conv(3, 4, (3, 3), stride=2, padding=1), 0)
    assert layer(x).shape == (2, 4, 3, 4) and layer.padding == (1,) and layer.stride == (2,)


def test_words_for_padding():
    x = kn.asarray(IMAGE)
    for stride, places in ((1, (7, 5)), (2, (4, 3)), (3, (3, 2))):
        layer = nn.init(nn.Conv(3, 4, (3, 2), stride=stride, padding="same"), 0)
        assert layer(x).shape == (2, *places, 4) and layer.padding == "same"
        assert kn.max_pool(x, window=3, stride=stride, padding="same").shape == (2, *places, 3)
    assert kn.conv(x, kn.zeros((3, 3, 3, 4)), padding="valid").shape == (2, 5, 3, 4)
    # What is odd is added at the end, as in TensorFlow and JAX.
    row = kn.reshape(kn.asarray([1.0, 2.0, 3.0, 4.0]), (1, 4, 1))
    assert kn.conv(row, kn.ones((2, 1, 1)), padding="same")[0, :, 0].tolist() == [3, 5, 7, 4]
    import copy
    import pickle
    layer = nn.Conv(3, 4, padding="same")
    for again in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert again.padding == "same" and repr(again) == repr(layer)
    assert repr(nn.Conv(3, 4, padding="same")) != repr(nn.Conv(3, 4, padding=1))
    with pytest.raises(kn.errors.ValueError, match='padding is "same", "valid" or numbers, got "full"'):
        kn.conv(x, kn.zeros((3, 3, 3, 4)), padding="full")
    with pytest.raises(TypeError, match="takes for stride"):
        kn.conv(x, kn.zeros((3, 3, 3, 4)), stride="same")


def test_other_counts_are_refused():
    x, w = kn.asarray(IMAGE), kn.zeros((3, 3, 3, 4))
    for what in ("stride", "dilation"):
        with pytest.raises(kn.errors.ValueError, match=f"{what} has 3 numbers for 2 spatial axes: give one for all"):
            kn.conv(x, w, **{what: (1, 1, 1)})
        with pytest.raises(kn.errors.ValueError, match=f"{what} has 3 numbers for 2 spatial axes"):
            kn.max_pool(x, window=2, **{what: (1, 1, 1)})
    for call in (lambda: kn.conv(x, w, padding=(1, 1, 1)), lambda: kn.average_pool(x, window=2, padding=(1, 1, 1))):
        with pytest.raises(kn.errors.ValueError, match="padding has 3 numbers for 2 spatial axes"):
            call()
    with pytest.raises(kn.errors.ShapeError, match=r"kernel \[3\] takes .* 1 spatial axes, got shape \[2, 7, 5, 3\].* as \[3, 3\] for images"):
        nn.init(nn.Conv(3, 4, 3), 0)(x)
    with pytest.raises(kn.errors.ShapeError, match=r"2 and 1 spatial ones.* as \[3, 3\] for images"):
        kn.conv(x, kn.zeros((3, 3, 4)))
    with pytest.raises(kn.errors.ShapeError):
        kn.max_pool(kn.zeros((2, 3, 4, 5, 6, 7)), window=2)


def test_windows_that_are_not_filled():
    row = kn.reshape(kn.asarray([1.0, 2.0, 3.0, 4.0, 6.0]), (1, 5, 1))

    def of(pool, **how):
        return pool(row, window=2, **how)[0, :, 0].tolist()

    assert of(kn.max_pool) == [2, 4] and of(kn.max_pool, ceil_mode=True) == [2, 4, 6]
    assert of(kn.average_pool, ceil_mode=True) == [1.5, 3.5, 6]
    assert of(kn.average_pool, padding=1) == [1, 2.5, 5]
    assert of(kn.average_pool, padding=1, count_include_pad=True) == [0.5, 2.5, 5]
    assert of(kn.max_pool, dilation=2, stride=1) == [3, 4, 6]
    # Never a window that begins beyond the input.
    assert of(kn.max_pool, stride=4, ceil_mode=True) == [2, 6] and of(kn.max_pool, stride=5, ceil_mode=True) == [2]
