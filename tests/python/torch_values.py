"""PyTorch's numbers of tests/torch/values, and how close Koine's are."""

import base64
import json
import pathlib

import numpy as np

import koine as kn

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "torch" / "values"


def cases(subject):
    """{case: {name: array}} as NumPy arrays."""
    return {case: {name: np.frombuffer(base64.b64decode(one["base64"]), one["dtype"]).reshape(one["shape"])
                   for name, one in arrays.items()}
            for case, arrays in json.loads((FOLDER / f"{subject}.json").read_text()).items()}


def as_koine(arrays, dtype):
    """Arrays of Koine, those of float64 in another dtype."""
    return {name: kn.asarray(x, dtype=dtype if x.dtype == np.float64 else None) for name, x in arrays.items()}


def assert_close(got, want, name=""):
    """float64 to 1e-12, float32 to its rounding, of the largest element."""
    got, scale = np.asarray(got), max(1e-30, float(np.max(np.abs(want), initial=0)))
    tolerance = 1e-11 if got.dtype == np.float64 else 96 * 2.0 ** -24
    assert got.shape == want.shape, name
    assert np.max(np.abs(got - want), initial=0) <= tolerance * max(scale, 1), name
