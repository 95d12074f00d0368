"""Trees: nested dicts, lists, tuples, named tuples, dataclasses and modules of arrays.

Everything in a tree that is no array (a number, a string, a function) belongs to its structure and is carried unchanged. A
class of one's own becomes a tree by `__koine_tree__ = True`: its attributes are then the parts. With False it is a value of
the structure, which need not be looked at more closely.
"""

from . import _core
from ._core import flatten, unflatten

__all__ = ["flatten", "leaves", "map", "paths", "structure", "unflatten"]


def leaves(tree):
    """The arrays in the order of the tree.

    >>> kn.tree.leaves({'a': kn.asarray(1), 'b': [kn.asarray(2), 'name']})
    [array(1), array(2)]
    """
    return flatten(tree)[0]


def structure(tree):
    """The tree without its arrays: an object that can be compared and, if all values in it can, hashed.

    >>> kn.tree.structure([kn.ones(2)]) == kn.tree.structure([kn.ones(5)])
    True
    """
    return flatten(tree)[1]


def map(f, tree, *others):
    """A tree like the first with f(leaf, leaf of each other...) in the place of each array.

    ValueError for trees with different leaves.

    >>> kn.tree.map(lambda a, b: a + b, {'w': kn.asarray([1, 2])}, {'w': kn.asarray([10, 20])})
    {'w': array([11, 22])}
    """
    first, shape = flatten(tree)
    rest = []
    for other in others:
        more, other_shape = flatten(other)
        if len(more) != len(first) or paths(tree) != paths(other):
            raise ValueError(f"[tree.map] trees with different leaves: {paths(tree)} and {paths(other)}")
        rest.append(more)
    return unflatten(shape, [f(*parts) for parts in zip(first, *rest)])


def paths(tree):
    """The path of each leaf, as in 'layers.0.weight', in the same order.

    >>> kn.tree.paths({'layers': [{'weight': kn.ones(1)}]})
    ['layers.0.weight']
    """
    return _core.paths_of(flatten(tree)[1])


def assign(tree, other):
    """Gives a tree the leaves of another one of the same structure, where they lie."""
    leaves, structure = flatten(other)
    _core.assign(tree, structure, leaves)


def with_arrays(tree):
    """The tree with its numbers as arrays."""
    if isinstance(tree, (bool, int, float, complex)):
        return _core.to_array(tree)
    if isinstance(tree, dict):
        return type(tree)((name, with_arrays(part)) for name, part in tree.items())
    if isinstance(tree, list):
        return [with_arrays(part) for part in tree]
    if isinstance(tree, tuple):
        parts = [with_arrays(part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree
