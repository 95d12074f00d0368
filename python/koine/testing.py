"""Checks for those who write ops, and comparisons for tests."""

from . import _core
from . import random as _random
from .creation import zeros as _zeros
from .manipulation import moveaxis as _moveaxis
from .manipulation import stack as _stack
from .transforms import grad as _grad
from .transforms import jit as _jit
from .transforms import jvp as _jvp
from .transforms import vjp as _vjp
from .transforms import vmap as _vmap
from .tree import ARRAYS as _ARRAYS
from .tree import map as _map

__all__ = ["assert_allclose", "check_op"]


def _leaves(tree):
    return _core.flatten(tree, _ARRAYS)[0]


def assert_allclose(got, want, rtol=None, atol=0.0, name=""):
    """Raises AssertionError unless two trees of arrays agree: by default to some roundings of the dtype.

    >>> kn.testing.assert_allclose({"a": kn.ones(2)}, {"a": kn.ones(2) + 1e-6})
    """
    import numpy
    got, want = _leaves([got]), _leaves([want])
    assert len(got) == len(want), f"{name}: {len(got)} arrays beside {len(want)}"
    for a, b in zip(got, want):
        assert a.shape == b.shape and a.dtype is b.dtype, f"{name}: {a.dtype.name}{list(a.shape)} beside {b.dtype.name}{list(b.shape)}"
        tolerance = rtol if rtol is not None else {2: 1e-2, 4: 1e-4, 8: 1e-9}.get(a.dtype.itemsize, 1e-4)
        numpy.testing.assert_allclose(numpy.asarray(a), numpy.asarray(b), rtol=tolerance, atol=atol or tolerance, err_msg=name)


class _Check:
    """The checks of an op at some operands of float64; those without a derivative are left out of the derivatives."""

    def __init__(self, op, args, step, differentiable, second_order):
        self.op, self.args, self.step = op, args, step
        self.wrt = [i for i, x in enumerate(args) if x.dtype.kind == "f"] if differentiable else []
        self.second_order = second_order
        self.done = []

    def of_wrt(self, *parts):
        """The op as a function of the operands that it is differentiated by."""
        args = list(self.args)
        for i, part in zip(self.wrt, parts):
            args[i] = part
        return self.op(*args)

    def drawn_like(self, tree, number):
        """A tree of random numbers like another one: along which something is checked."""
        key = _random.key(number)
        count = iter(range(10**6))
        return _map(lambda x: _random.normal(_random.fold_in(key, next(count)), x.shape, dtype=x.dtype)
                    if x.dtype.kind == "f" else None, tree)

    def same(self, name, got, want, rtol=1e-8):
        assert_allclose(got, want, rtol=rtol, name=name)
        if name not in self.done:
            self.done.append(name)

    def run(self):
        y = self.op(*self.args)
        self.same("jit", _jit(self.op)(*self.args), y)
        self.batched("vmap", self.op, self.args)
        self.zero_size()
        if self.wrt:
            self.derivatives(y)
        return self.done

    def batched(self, name, f, args):
        """vmap beside a loop, with the batch at every axis of each operand, and with operands that are not batched."""
        examples = [tuple(x + 0.1 * k if x.dtype.kind == "f" else x for x in args) for k in range(3)]
        want = [f(*example) for example in examples]
        for axis in range(max(x.ndim for x in args) + 1):
            axes = tuple(min(axis, x.ndim) for x in args)
            stacked = [_moveaxis(_stack(list(parts)), 0, place) for parts, place in zip(zip(*examples), axes)]
            self.same(name, _vmap(f, in_axes=axes)(*stacked), self.stack(want))
        for i in range(len(args)):
            mixed = [(*args[:i], example[i], *args[i + 1:]) for example in examples]
            only = tuple(0 if k == i else None for k in range(len(args)))
            given = [_stack([example[i] for example in examples]) if k == i else x for k, x in enumerate(args)]
            self.same(name, _vmap(f, in_axes=only)(*given), self.stack([f(*one) for one in mixed]))

    @staticmethod
    def stack(trees):
        return _map(lambda *parts: _stack(list(parts)), *trees)

    def zero_size(self):
        """An empty batch gives an empty result."""
        empty = [_zeros((0, *x.shape), dtype=x.dtype) for x in self.args]
        y = _leaves(self.op(*self.args))
        result = _leaves(_vmap(self.op)(*empty))
        assert [x.shape for x in result] == [(0, *x.shape) for x in y], "zero_size: the shapes of an empty batch"
        self.done.append("zero_size")

    def derivatives(self, y):
        at = tuple(self.args[i] for i in self.wrt)
        along = self.drawn_like(at, 1)
        _, tangent = _jvp(self.of_wrt, at, along)
        ahead = self.of_wrt(*(x + self.step * d for x, d in zip(at, along)))
        behind = self.of_wrt(*(x - self.step * d for x, d in zip(at, along)))
        slope = _map(lambda a, b: (a - b) / (2 * self.step) if a.dtype.kind == "f" else None, ahead, behind)
        self.same("jvp", tangent, slope, rtol=1e-5)
        _, pull = _vjp(self.of_wrt, *at)
        cotangent = self.drawn_like(y, 2)
        pulled = pull(cotangent)
        self.same("vjp", self.inner(cotangent, tangent), self.inner(pulled, along))
        self.same("vjp", _jit(lambda *at: _vjp(self.of_wrt, *at)[1](cotangent))(*at), pulled)
        self.batched("vmap_of_vjp", lambda *at: _vjp(self.of_wrt, *at)[1](cotangent), at)

        def batch_loss(*at):
            doubled = [_stack([x, x]) for x in at]
            return self.inner(_vmap(self.of_wrt)(*doubled), self.stack([cotangent, cotangent]))

        self.same("vjp_of_vmap", _grad(batch_loss, tuple(range(len(at))))(*at), _map(lambda g: 2 * g, pulled))
        if self.second_order:
            def slope_at(*at):
                return self.inner(_vjp(self.of_wrt, *at)[1](cotangent), along)

            _, second = _jvp(slope_at, at, along)
            ahead = slope_at(*(x + self.step * d for x, d in zip(at, along)))
            behind = slope_at(*(x - self.step * d for x, d in zip(at, along)))
            self.same("jvp_of_vjp", second, (ahead - behind) / (2 * self.step), rtol=1e-4)
            twice = _grad(slope_at, tuple(range(len(at))))(*at)
            self.same("second_order", self.inner(twice, along), second, rtol=1e-6)

    @staticmethod
    def inner(a, b):
        total = _core.to_array(0.0, _core.float64)
        for x, y in zip(_leaves([a]), _leaves([b])):
            total = total + (x * y).sum()
        return total


def check_op(op, *samples, step=1e-5, differentiable=True, second_order=True):
    """Checks an op, or any function of arrays, as Koine checks its own: each sample is a tuple of operands (or of shapes, for
    normal numbers), which are used in float64.

    Compared are: the op under jit; vmap with every axis and with operands that are not batched, beside a loop; an empty batch;
    jvp beside differences of values; vjp beside jvp, and under jit; vmap of vjp and vjp of vmap; jvp of vjp beside differences;
    vjp of vjp. Say differentiable=False for an op without a derivative, second_order=False for one whose derivative has none.
    Gives the names of the checks that were made; raises AssertionError with the name of the first that fails.

    >>> kn.testing.check_op(kn.tanh, ((3,),))[:4]
    ['jit', 'vmap', 'zero_size', 'jvp']
    """
    done = []
    for number, sample in enumerate(samples):
        args = []
        for i, one in enumerate(sample):
            if isinstance(one, tuple) and all(isinstance(n, int) for n in one):
                one = _random.normal(_random.fold_in(_random.key(number), i), one, dtype=_core.float64)
            one = _core.to_array(one) if not isinstance(one, _core.Array) else one
            args.append(_core.ops["cast"](one, _core.float64) if one.dtype.kind == "f" else one)
        for name in _Check(op, args, step, differentiable, second_order).run():
            if name not in done:
                done.append(name)
    return done
