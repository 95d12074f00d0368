"""PyTorch, imported when a reference needs it, and the layout of Koine (channels last) around it."""

import numpy as np


def torch():
    import torch as module

    return module


def version():
    """For the name of the reference; the version is the one the files are made with."""
    return "torch 2.13"


def spatial_first(x):
    """(N, spatial..., C) to (N, C, spatial...), a float64 or complex128 torch tensor."""
    return torch().from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1)))


def channels_last(x):
    return np.moveaxis(x.detach().numpy(), 1, -1)


def pad_list(padding):
    """Koine's flat (low, high) pairs per spatial axis in the order torch's pad wants: last axis first."""
    pairs = [padding[i : i + 2] for i in range(0, len(padding), 2)]
    return [int(v) for pair in reversed(pairs) for v in pair]
