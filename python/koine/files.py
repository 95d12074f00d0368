"""Trees of arrays in files: safetensors, or npz for NumPy."""

import os as _os

from . import _core
from ._core import flatten as _flatten
from ._core import unflatten as _unflatten
from .errors import ValueError as _ValueError
from .modules import Variable as _Variable
from .modules import _leaves as _declared_leaves
from .modules import init as _init
from .tree import array_paths as _paths

__all__ = ["load", "metadata", "save"]


def _path(call, path):
    """A path as the system has it, whose name says what the file is."""
    path = _os.fsencode(path)
    suffix = _os.path.splitext(path)[1]
    if suffix not in (b".npz", b".safetensors"):
        raise _ValueError(f"[{call}] a file ends in .safetensors or .npz, not in {_os.fsdecode(suffix) or 'nothing'!r}: "
                          f"{_os.fsdecode(path)}")
    return path


def save(path, tree, metadata=None):
    """Writes the arrays of any tree (a model, an optimiser, a dict of both), named by their paths as in 'hidden.weight'.

    The file is .safetensors, the same that C++ reads and writes, or .npz. A file that was there before is replaced as a whole
    or, when anything fails, not at all; it keeps its mode, and a symbolic link stays. Names may be any text; two arrays of one
    path, as of {"a.b": x, "a": {"b": y}}, are refused. `metadata` are notes, a dict of strings that safetensors keep. Numbers and
    strings of the tree are not saved: they belong to the program. Raises IoError, FormatError for a name that the format cannot
    hold (in .npz one with a zero byte), and ValueError when the tree holds no array.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> kn.save(file, {"w": kn.ones(2)}, metadata={"epoch": "3"})
    >>> kn.load(file), kn.metadata(file)
    ({'w': array([1., 1.])}, {'epoch': '3'})
    """
    path = _path("save", path)
    leaves, _ = _flatten(tree)
    if not leaves:
        raise _ValueError(f"[save] the tree holds no arrays: {_os.fsdecode(path)}")
    notes = dict(metadata or {})
    if wrong := [(name, text) for name, text in notes.items() if not (isinstance(name, str) and isinstance(text, str))]:
        raise _ValueError(f"[save] metadata are strings by name, got {wrong[0][0]!r}: {wrong[0][1]!r}")
    _core.save(path, _paths(tree), leaves, list(notes.items()))


def load(path, like=None):
    """The arrays of a file that `save` wrote: without `like` a dict by path, else a tree like it with these arrays.

    `like` may be a model without values, as in `load(path, like=Mlp())`. Each of its arrays asks the file for the same path,
    shape and dtype. Raises FormatError that names what is damaged, missing, left over or of another shape, and IoError.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "model.npz"
    >>> kn.save(file, {"layer": [kn.ones(2)]})
    >>> kn.load(file)
    {'layer.0': array([1., 1.])}
    >>> kn.load(file, like={"layer": [kn.zeros(2)]})
    {'layer': [array([1., 1.])]}
    """
    path = _path("load", path)
    if like is None:
        return dict(_core.load_all(path))
    if any(isinstance(leaf, _Variable) for leaf, _ in _declared_leaves(like)):
        like = _init(like, 0)
    leaves, structure = _flatten(like)
    return _unflatten(structure, _core.load_like(path, _paths(like), leaves))


def metadata(path):
    """The notes of a safetensors file.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> kn.save(file, {"w": kn.ones(2)}, metadata={"epoch": "3"})
    >>> kn.metadata(file)
    {'epoch': '3'}
    """
    return dict(_core.metadata(_path("metadata", path)))
