"""Ops of one's own, in Python."""

from .callbacks import ShapeDType as _ShapeDType
from .callbacks import pure_callback as _pure_callback
from .creation import asarray as _asarray
from .errors import ValueError as _ValueError
from .transforms import custom_jvp as _custom_jvp
from .transforms import custom_vjp as _custom_vjp

__all__ = ["Op"]


class Op:
    """An op of one's own: what it computes and, in the same class, its derivative. It works under every transform.

    What it computes is a `body` in Koine's functions, or a function of NumPy's arrays, `numpy`, with a rule for the `shape` of
    its result. `vjp(cotangent, y, *args)` gives a cotangent for each argument (None where there is none), `jvp(tangents, y,
    *args)` the tangent of the result; a body without either is differentiated itself, a NumPy function without either has no
    derivative. A derivative in Koine's functions has derivatives itself, so that higher orders follow.

    >>> class Exp(kn.Op):
    ...     def numpy(self, x):
    ...         return numpy.exp(x)
    ...     def shape(self, x):
    ...         return x
    ...     def vjp(self, cotangent, y, x):
    ...         return cotangent * y
    >>> import numpy
    >>> kn.vmap(kn.grad(Exp()))(kn.zeros(2))
    array([1., 1.])

    `shape` takes and gives `koine.ShapeDType`s. With `vectorized = True` the NumPy function takes any number of axes in front
    and is called once under `vmap`. `koine.testing.check_op` tests it as Koine's own ops are tested.
    """

    vectorized = False

    def __call__(self, *args):
        args = tuple(_asarray(arg) for arg in args)
        if hasattr(self, "vjp"):
            return _custom_vjp(self._compute, self._forward, self._backward)(*args)
        if hasattr(self, "jvp"):
            return _custom_jvp(self._compute, self._rule)(*args)
        return self._compute(*args)

    def _compute(self, *args):
        if hasattr(self, "body"):
            return self.body(*args)
        if not hasattr(self, "numpy") or not hasattr(self, "shape"):
            raise _ValueError(f"[{type(self).__name__}] an op has a `body` in Koine's functions, or a `numpy` function and the "
                              "`shape` of its result")
        result = self.shape(*(_ShapeDType(x.shape, x.dtype) for x in args))
        return _pure_callback(self.numpy, result, *args, vectorized=self.vectorized)

    def _forward(self, *args):
        y = self._compute(*args)
        return y, (y, args)

    def _backward(self, kept, cotangent):
        y, args = kept
        found = self.vjp(cotangent, y, *args)
        found = found if isinstance(found, tuple) else (found,)
        if len(found) != len(args):
            raise _ValueError(f"[{type(self).__name__}] vjp gives a cotangent for each of its {len(args)} arguments, not "
                              f"{len(found)}")
        return found

    def _rule(self, primals, tangents):
        y = self._compute(*primals)
        return y, self.jvp(tangents if isinstance(tangents, tuple) else (tangents,), y, *primals)
