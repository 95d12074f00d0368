"""Trees of arrays in files: safetensors, or npz for NumPy."""

import os as _os

from . import _core
from .errors import FormatError as _FormatError
from .errors import IoError as _IoError
from .errors import ValueError as _ValueError
from .modules import Variable as _Variable
from .modules import _leaves as _declared_leaves
from .modules import init as _init
from .tree import flatten as _flatten
from .tree import paths as _paths
from .tree import unflatten as _unflatten

__all__ = ["load", "metadata", "save"]


def _is_npz(path):
    suffix = _os.path.splitext(path)[1]
    if suffix not in (".npz", ".safetensors"):
        raise _ValueError(f"[save] a file ends in .safetensors or .npz, not in {suffix or 'nothing'!r}: {path}")
    return suffix == ".npz"


def save(path, tree, metadata=None):
    """Writes the arrays of any tree (a model, an optimiser, a dict of both), named by their paths as in 'hidden.weight'.

    The file is .safetensors, the same that C++ reads and writes, or .npz. A file that was there before is replaced as a whole
    or, when anything fails, not at all. `metadata` are notes, a dict of strings that safetensors keep. Numbers and strings of
    the tree are not saved: they belong to the program. Raises IoError, and ValueError when the tree holds no array.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> kn.save(file, {"w": kn.ones(2)}, metadata={"epoch": "3"})
    >>> kn.load(file), kn.metadata(file)
    ({'w': array([1., 1.])}, {'epoch': '3'})
    """
    path = _os.fspath(path)
    leaves, _ = _flatten(tree)
    names = _paths(tree)
    if not leaves:
        raise _ValueError(f"[save] the tree holds no arrays: {path}")
    if twice := sorted({name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()):
        raise _ValueError(f"[save] two arrays of the tree have the path {twice[0]!r}: {path}")
    if _is_npz(path):
        if metadata:
            raise _ValueError("[save] npz files keep no metadata; save as .safetensors")
        _save_npz(path, dict(zip(names, leaves)))
    else:
        _core.save_safetensors(path, names, leaves, list((metadata or {}).items()))


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
    path = _os.fspath(path)
    is_npz = _is_npz(path)
    if like is None:
        return _load_npz(path) if is_npz else dict(_core.load_all_safetensors(path))
    if any(isinstance(leaf, _Variable) for leaf, _ in _declared_leaves(like)):
        like = _init(like, 0)
    leaves, structure = _flatten(like)
    names = _paths(like)
    found = _fitting(path, _load_npz(path), names, leaves) if is_npz else _core.load_safetensors(path, names, leaves)
    return _unflatten(structure, found)


def metadata(path):
    """The notes of a safetensors file.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> kn.save(file, {"w": kn.ones(2)}, metadata={"epoch": "3"})
    >>> kn.metadata(file)
    {'epoch': '3'}
    """
    return dict(_core.metadata(_os.fspath(path)))


def _save_npz(path, arrays):
    import tempfile

    import numpy
    plain = {}
    for name, x in arrays.items():
        # NumPy has no bfloat16: its bits, as others write them too.
        plain[name] = numpy.asarray(_core.bits16(x)).view("V2") if x.dtype is _core.bfloat16 else numpy.asarray(x)
    folder = _os.path.dirname(_os.path.abspath(path))
    handle, temporary = None, None
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=_os.path.basename(path) + ".")
        with _os.fdopen(handle, "wb") as file:
            numpy.savez(file, **plain)
            file.flush()
            _os.fsync(file.fileno())
        _os.chmod(temporary, 0o644)
        _os.replace(temporary, path)
    except OSError as error:
        raise _IoError(f"[save] {path}: {error.strerror or error}") from None
    finally:
        if temporary is not None and _os.path.exists(temporary):
            _os.unlink(temporary)


def _load_npz(path):
    import numpy
    found = {}
    try:
        opened = open(path, "rb")
    except OSError as error:
        raise _IoError(f"[load] {path}: {error.strerror or error}") from None
    with opened:
        try:
            with numpy.load(opened, allow_pickle=False) as file:
                for name in file.files:
                    x = file[name]
                    is_bfloat16 = x.dtype == numpy.dtype("V2")
                    found[name] = _core.from_bits16(_core.to_array(x.view("uint16"))) if is_bfloat16 else _core.to_array(x)
        except Exception as error:  # whatever zipfile, zlib and NumPy raise of bytes that are none of theirs
            raise _FormatError(f"{path}: the file is damaged: {error}") from None
    return found


def _fitting(path, found, names, leaves):
    wrong = []
    for name, leaf in zip(names, leaves):
        if name not in found:
            wrong.append(f"'{name}' is not in the file")
        elif (found[name].shape, found[name].dtype) != (leaf.shape, leaf.dtype):
            wrong.append(f"'{name}' is {leaf.dtype.name} of shape {list(leaf.shape)}, in the file {found[name].dtype.name} of "
                         f"shape {list(found[name].shape)}")
    wrong += [f"'{name}' is in the file only" for name in found if name not in names]
    if wrong:
        raise _FormatError("\n  ".join([f"{path} does not fit:", *wrong]))
    return [found[name] for name in names]
