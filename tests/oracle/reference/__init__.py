"""External references for every op: inputs, attributes and outputs computed outside Koine."""

from . import binary, contraction, convolution, core, elementwise, linear_algebra, nn, promotion, random, reduction, structural
from .cases import OPS

__all__ = [
    "OPS",
    "binary",
    "contraction",
    "convolution",
    "core",
    "elementwise",
    "nn",
    "promotion",
    "random",
    "reduction",
    "structural",
]
