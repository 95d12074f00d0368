"""Transforms of functions: derivatives, batching, compilation, control flow. Arguments and results are trees of arrays
(see koine.tree); all transforms compose in any order."""

from . import batching, control, custom, derivatives, tracing
from .batching import *  # noqa: F403
from .control import *  # noqa: F403
from .custom import *  # noqa: F403
from .derivatives import *  # noqa: F403
from .tracing import *  # noqa: F403

__all__ = sorted([*batching.__all__, *control.__all__, *custom.__all__, *derivatives.__all__, *tracing.__all__])
