"""Fourier transforms: the extension `fft` of the Array API standard."""
