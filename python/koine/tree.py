"""Trees: nested dicts, lists, tuples, named tuples, dataclasses, modules, and their subclasses, of arrays.

Leaves are arrays, those of other libraries, and numbers in plain containers. Everything else (None, strings, functions, numbers
among the attributes of an object) belongs to the structure of a tree and is carried unchanged. Parts are matched by name: the
order of a dict's keys never matters, its leaves come in the order of the sorted keys.

A class of one's own becomes a tree by `__koine_tree__ = True`: its attributes are then the parts. With False it is a value of the
structure, which need not be looked at more closely. `register` is for classes of others. An instance of a module that lies at two
places of a tree is one part, and so is an array at two places of a module: one leaf, which stays the same at both.
"""

import functools as _functools

from . import _core
from .errors import ValueError as _ValueError

__all__ = ["Structure", "all", "flatten", "leaves", "map", "paths", "reduce", "register", "structure", "transpose", "unflatten"]

# What becomes of numbers, what is shared, and how close a match has to be: the words of src/python/trees.h.
FIXED, WEAK, INEXACT, ARRAYS, RAW = range(5)
WHOLE, PARTS, NOTHING = range(3)
EXACT, LEAVES, TANGENTS, PREFIX = range(4)


class _Keys(tuple):
    """The sorted keys of a dict that had them in another order, `given`."""


def in_order(keys):
    """The keys of a dict in an order that depends on them alone."""
    try:
        found = sorted(keys)
    except TypeError:  # of several types
        found = sorted(keys, key=lambda key: (type(key).__qualname__, repr(key)))
    if builtin_all(a is b for a, b in zip(found, keys)):
        return keys
    found = _Keys(found)
    found.given = keys
    return found


builtin_all, builtin_map = all, map


class Structure:
    """A tree without its leaves: it can be compared and, if all values in it can, hashed.

    >>> kn.tree.structure({'b': [kn.ones(2), 'name'], 'a': 1.0})
    Structure({'b': [*, 'name'], 'a': *})
    """

    __slots__ = ("_form",)

    def __init__(self):
        raise TypeError("[Structure] a structure is made of a tree: koine.tree.structure(tree)")

    @classmethod
    def _of(cls, form):
        made = object.__new__(cls)
        made._form = form
        return made

    def __reduce__(self):
        return Structure._of, (self._form,)

    def __eq__(self, other):
        return isinstance(other, Structure) and self._form == other._form

    def __hash__(self):
        return hash(self._form)

    def __len__(self):
        """The number of leaves."""
        return len(_core.paths_of(self._form))

    def __repr__(self):
        return f"Structure({_core.unflatten(self._form, [_Star()] * len(self))!r})"


class _Star:
    def __repr__(self):
        return "*"


def form_of(structure):
    """What the extension knows a structure by."""
    if not isinstance(structure, Structure):
        raise _ValueError(f"[tree] a structure is needed, as koine.tree.structure gives it, not a {type(structure).__name__}")
    return structure._form


def flatten(tree, is_leaf=None):
    """The leaves of a tree in order, and its structure, which `unflatten` takes.

    `is_leaf(part)` may say of other parts that they are leaves.

    >>> kn.tree.flatten({"a": kn.asarray(1), "b": [2.0, "name"]})
    ([array(1), 2.0], Structure({'a': *, 'b': [*, 'name']}))
    """
    leaves, form = _core.flatten(tree, RAW, WHOLE, is_leaf)
    return leaves, Structure._of(form)


def unflatten(structure, leaves):
    """The tree of a structure with these leaves in it, which may be anything. ValueError where they are not as many as it has
    places.

    >>> leaves, structure = kn.tree.flatten({"a": kn.asarray(1), "b": [kn.asarray(2), "name"]})
    >>> kn.tree.unflatten(structure, [x * 10 for x in leaves])
    {'a': array(10), 'b': [array(20), 'name']}
    """
    return _core.unflatten(form_of(structure), list(leaves))


def leaves(tree, is_leaf=None):
    """The leaves in the order of the tree.

    >>> kn.tree.leaves({'b': [kn.asarray(2), 'name'], 'a': kn.asarray(1)})
    [array(1), array(2)]
    """
    return _core.flatten(tree, RAW, WHOLE, is_leaf)[0]


def structure(tree, is_leaf=None):
    """The tree without its leaves.

    >>> kn.tree.structure([kn.ones(2)]) == kn.tree.structure([kn.ones(5)])
    True
    """
    return Structure._of(_core.flatten(tree, RAW, WHOLE, is_leaf)[1])


def map(f, tree, *others, is_leaf=None):
    """A tree like the first with f(leaf, leaf of each other...) in the place of each leaf.

    The others have the same leaves, by name, and values of their own besides; where one has None, f gets None. ShapeError, which
    is a ValueError, says where trees differ.

    >>> kn.tree.map(lambda a, b: a + b, {'w': kn.asarray([1, 2]), 'b': 3}, {'b': 4, 'w': kn.asarray([10, 20])})
    {'w': array([11, 22]), 'b': 7}
    """
    first, form = _core.flatten(tree, RAW, WHOLE, is_leaf)
    rest = [_core.leaves_like(form, other, "[tree.map] the trees differ", LEAVES) for other in others]
    # A leaf that f gives back is another array from now on: trees that are changed in place share nothing.
    return _core.unflatten(form, [_core.share(new) if new is old and type(new) is _core.Array else new
                                  for old, new in zip(first, [f(*parts) for parts in zip(first, *rest)])])


def reduce(f, tree, *initial, is_leaf=None):
    """f(f(f(initial, leaf), leaf), leaf) and so on over all leaves; without an initial value it begins with the first leaf.

    >>> kn.tree.reduce(lambda total, leaf: total + leaf.size, {'w': kn.ones((2, 3)), 'b': kn.ones(3)}, 0)
    9
    """
    return _functools.reduce(f, leaves(tree, is_leaf), *initial)


def all(tree, is_leaf=None):
    """Whether all leaves are true.

    >>> kn.tree.all({'a': True, 'b': [kn.asarray(1)]})
    True
    """
    return builtin_all(builtin_map(bool, leaves(tree, is_leaf)))


def transpose(outer, inner, tree):
    """A tree of trees turned inside out: `outer` and `inner` are the structures of the tree and of its parts.

    >>> pairs = {'a': (1, 2), 'b': (3, 4)}
    >>> kn.tree.transpose(kn.tree.structure({'a': 0, 'b': 0}), kn.tree.structure((0, 0)), pairs)
    ({'a': 1, 'b': 3}, {'a': 2, 'b': 4})
    """
    outer_form, inner_form = form_of(outer), form_of(inner)
    whole = _core.unflatten(outer_form, [_core.unflatten(inner_form, [0] * len(inner))] * len(outer))
    found = _core.leaves_like(_core.flatten(whole, RAW, NOTHING)[1], tree, "[tree.transpose] the tree", LEAVES)
    rows = [found[i::len(inner)] for i in range(len(inner))]
    return _core.unflatten(inner_form, [_core.unflatten(outer_form, row) for row in rows])


def paths(tree, is_leaf=None):
    """The path of each leaf, as in 'layers.0.weight', in the same order.

    >>> kn.tree.paths({'layers': [{'weight': kn.ones(1)}]})
    ['layers.0.weight']
    """
    return _core.paths_of(_core.flatten(tree, RAW, WHOLE, is_leaf)[1])


def array_paths(tree):
    """The paths of the arrays alone."""
    return _core.paths_of(_core.flatten(tree)[1])


def register(cls, flatten, unflatten):
    """Makes the instances of a class trees: `flatten(object)` gives (parts, value), `unflatten(value, parts)` the object again.

    The parts are a tuple, a list, or a dict, whose keys are then their names; the value is all else, and can be compared and
    hashed. It holds for this class, not for those that derive from it. Gives the class.

    >>> class Interval:
    ...     def __init__(self, low, high):
    ...         self.low, self.high = low, high
    >>> _ = kn.tree.register(Interval, lambda one: ((one.low, one.high), None), lambda value, parts: Interval(*parts))
    >>> kn.grad(lambda one: one.high ** 2 - one.low)(Interval(kn.asarray(1.0), kn.asarray(3.0))).high
    array(6.0)
    """
    _core.register_class(cls, flatten, unflatten)
    return cls


def assign(tree, other):
    """Gives a tree the leaves of another one of the same structure, where they lie."""
    leaves, form = _core.flatten(other)
    _core.assign(tree, form, leaves)
