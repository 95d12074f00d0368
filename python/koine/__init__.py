"""Koine: one deep-learning framework where the dialects meet.

    import koine as kn

    def loss(w, x, y):
        return kn.mean((kn.tanh(x @ w) - y) ** 2)

    value, slope = kn.value_and_grad(loss)(w, x, y)

Work is recorded, compiled when somebody reads a value, and found again the next time: an ordinary loop is fast, and
`@koine.jit` removes the recording too. The functions are those of the Array API standard, NumPy's names come first.
"""

import os as _os

from . import _core

_core.set_package_folder(_os.path.dirname(__file__) + _os.sep)

# The ops of the table, each under its own name; the modules below add what has another name or signature.
globals().update(_core.ops)

from ._core import Array  # noqa: E402
from .errors import *  # noqa: E402,F403
from .dtypes import *  # noqa: E402,F403
from .creation import *  # noqa: E402,F403
from .elementwise import *  # noqa: E402,F403
from .manipulation import *  # noqa: E402,F403
from .indexing import *  # noqa: E402,F403
from .reductions import *  # noqa: E402,F403
from .sets import *  # noqa: E402,F403
from .products import *  # noqa: E402,F403
from .callbacks import *  # noqa: E402,F403
from .transforms import *  # noqa: E402,F403
from .custom_op import *  # noqa: E402,F403
from .info import *  # noqa: E402,F403
from .debugging import *  # noqa: E402,F403
from .files import *  # noqa: E402,F403
from . import array_methods as _array_methods  # noqa: E402
from . import hints as _hints  # noqa: E402
from . import errors, fft, linalg, metrics, nn, optim, random, testing, tree  # noqa: E402,F401

_array_methods.add_to(Array)

__version__ = "0.1.0"
__array_api_version__ = "2024.12"
newaxis = None
pi, e, inf, nan = 3.141592653589793, 2.718281828459045, float("inf"), float("nan")
bool = _core.bool_
__getattr__ = _hints.missing("koine", lambda: [name for name in globals() if not name.startswith("_")],
                              later=("data", "train"))

from . import public as _public  # noqa: E402
_public.publish()
