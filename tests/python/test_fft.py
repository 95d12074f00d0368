"""Fourier transforms against NumPy, and their derivatives."""

import numpy as np
import pytest

import koine as kn

RANDOM = np.random.RandomState(0)
X = RANDOM.rand(3, 6, 5)
Z = X + 1j * RANDOM.rand(3, 6, 5)


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
@pytest.mark.parametrize("n", [None, 1, 4, 9])
@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_one_axis(name, n, norm):
    x = X if name in ("rfft", "ihfft") else Z
    for axis in (-1, 0, 1):
        expected = getattr(np.fft, name)(x, n=n, axis=axis, norm=norm)
        found = getattr(kn.fft, name)(kn.asarray(x), n=n, axis=axis, norm=norm)
        assert found.dtype.name == expected.dtype.name
        np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn"])
@pytest.mark.parametrize("options", [{}, {"axes": (0, 2)}, {"s": (4, 7), "axes": (2, 1)}, {"norm": "ortho"}])
def test_several_axes(name, options):
    x = X if name == "rfftn" else Z
    expected = getattr(np.fft, name)(x, **options)
    np.testing.assert_allclose(np.asarray(getattr(kn.fft, name)(kn.asarray(x), **options)), expected, rtol=1e-10, atol=1e-12)


def test_frequencies_and_shifts():
    for n in (1, 4, 5):
        np.testing.assert_allclose(np.asarray(kn.fft.fftfreq(n, d=0.5)), np.fft.fftfreq(n, d=0.5), rtol=1e-6)
        np.testing.assert_allclose(np.asarray(kn.fft.rfftfreq(n, d=0.5)), np.fft.rfftfreq(n, d=0.5), rtol=1e-6)
    for axes in (None, 1, (0, 2)):
        assert kn.fft.fftshift(kn.asarray(X), axes=axes).tolist() == np.fft.fftshift(X, axes=axes).tolist()
        assert kn.fft.ifftshift(kn.asarray(X), axes=axes).tolist() == np.fft.ifftshift(X, axes=axes).tolist()


def test_derivative_is_that_of_a_filter():
    x, w = kn.asarray(X[0, 0]), kn.asarray(RANDOM.rand(3))

    def energy(x):
        return kn.sum(kn.fft.irfft(kn.fft.rfft(x) * w, n=5) ** 3)

    slope = np.asarray(kn.grad(energy)(x))
    steps = [(float(energy(x + 1e-5 * kn.eye(5, dtype=kn.float64)[i])) - float(energy(x - 1e-5 * kn.eye(5, dtype=kn.float64)[i])))
             / 2e-5 for i in range(5)]
    np.testing.assert_allclose(slope, steps, rtol=1e-6)


def test_what_is_refused():
    for call in (lambda: kn.fft.fft(kn.ones(3), n=0), lambda: kn.fft.fft(kn.ones(3), norm="both"), lambda: kn.fft.fft(kn.ones((2, 0))),
                 lambda: kn.fft.fftn(kn.ones((2, 2)), s=(1,), axes=(0, 1))):
        with pytest.raises(ValueError):
            call()
