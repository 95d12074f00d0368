"""Functions of one example as functions of a batch."""

from functools import partial as _partial

from . import _core
from ._core import flatten as _flatten
from .errors import ShapeError as _ShapeError
from .errors import ValueError as _ValueError
from .functions import OnLeaves as _OnLeaves
from .functions import callable_or_raise as _callable_or_raise
from .functions import wraps as _wraps
from .tree import FIXED as _FIXED
from .tree import LEAVES as _LEAVES
from .tree import PARTS as _PARTS
from .tree import PREFIX as _PREFIX
from .tree import RAW as _RAW
from .tree import WEAK as _WEAK
from .tree import WHOLE as _WHOLE

__all__ = ["vmap"]


def _is_axis(axes):
    return axes is None or hasattr(type(axes), "__index__")


def _axes_for(axes, form, tree, what):
    """The batch axis of each leaf: one for a whole tree, or a tree of axes that begins like it."""
    if _is_axis(axes):
        return [_core.unbatched if axes is None else axes.__index__()] * _core.leaf_count(form)
    if type(axes) in (tuple, list) and type(tree) in (tuple, list) and len(axes) == len(tree) and form[0] != "&":
        return [one for parts in zip(axes, form[2:], tree) for one in _axes_for(*parts, what)]
    try:
        # Each axis lies where a part of the tree does: a tree like it, with axes as leaves.
        given, shape = _flatten(axes, _RAW, _WHOLE, _is_axis)
        parts = _core.leaves_like(shape, tree, "", _PREFIX)
        forms = [_flatten(part, _FIXED)[1] for part in parts]
        whole = _core.unflatten(shape, [_core.unflatten(one, [axis] * _core.leaf_count(one)) for one, axis in zip(forms, given)])
        found = _core.leaves_like(form, whole, "", _LEAVES)
    except _ShapeError as error:
        raise _ValueError(f"[vmap] {what}={axes!r} does not fit {_core.paths_of(form)} in a {type(tree).__name__}{error}") from None
    return [_core.unbatched if axis is None else axis.__index__() for axis in found]


def vmap(f=None, in_axes=0, out_axes=0):
    """The function that applies f to every example of a batch, as one computation.

    Without f it is a decorator with these options, as all transforms of a function are: `@kn.vmap(in_axes=(0, None))`. in_axes
    says which axis of each argument is the batch: a number for all, None for what all examples share and f gets as it is, a tuple
    for each argument, or trees of these. Arrays that are given by keyword have their batch in front. out_axes says where it goes
    in the results; None is for a result that is the same for all, and ValueError is raised when it is not. Reading a value inside
    f raises TraceError.

    >>> kn.vmap(kn.sum)(kn.asarray([[1, 2], [3, 4]]))
    array([3, 7])
    """
    if f is None:
        return _partial(vmap, in_axes=in_axes, out_axes=out_axes)
    _callable_or_raise(f, "vmap")

    @_wraps(f)
    def batched(*args, **keywords):
        each = tuple(in_axes) if isinstance(in_axes, list) else in_axes
        if isinstance(each, tuple) and len(each) != len(args):
            raise _ValueError(f"[vmap] in_axes={in_axes!r} does not fit {len(args)} arguments")
        # What all examples share is no argument of the trace.
        own = [i for i in range(len(args)) if not (each is None or isinstance(each, tuple) and each[i] is None)]
        leaves, structure = _flatten(tuple([args[i] for i in own]), _WEAK, _PARTS)
        named, names = _flatten(keywords, _FIXED)
        axes = [0] * len(named)
        for i, form in reversed(list(zip(own, structure[2:]))):
            axes[:0] = _axes_for(each[i] if isinstance(each, tuple) else each, form, args[i], "in_axes")

        def apply(own_args, named):
            given = list(args)
            for i, arg in zip(own, own_args):
                given[i] = arg
            return f(*given, **named)

        for leaf, axis, path in zip(leaves, axes, _core.paths_of(structure)):
            if axis != _core.unbatched and leaf.ndim == 0:
                raise _ValueError(f"[vmap] argument {path} is a number or has no axes, so it has no axis {axis} of examples; "
                                  f"in_axes has None for what all examples share")
        on_leaves, places = _OnLeaves(apply, (tuple, None, structure, names)), []

        def run(inner):
            outer = on_leaves(inner)
            places[:] = _axes_for(out_axes, on_leaves.result, on_leaves.wrap(outer), "out_axes")
            return outer

        return on_leaves.finish(_core.vmap(run, [*leaves, *named], axes, places))

    return batched
