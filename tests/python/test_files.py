"""Trees of arrays in files, and files that are damaged."""

import collections
import dataclasses
import os
import pathlib
import stat
import threading
import typing
import warnings
import zipfile

import numpy as np
import pytest

import koine as kn
from koine import nn, optim

DTYPES = [kn.bool_, kn.int8, kn.int16, kn.int32, kn.int64, kn.uint8, kn.uint16, kn.uint32, kn.uint64, kn.float16, kn.bfloat16,
          kn.float32, kn.float64, kn.complex64, kn.complex128]
SUFFIXES = ["safetensors", "npz"]


def same(a, b):
    assert a.dtype is b.dtype and a.shape == b.shape
    assert bytes(kn._core.to_bytes(a)) == bytes(kn._core.to_bytes(b))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_dtype_comes_back(tmp_path, suffix):
    values = kn.asarray([[0.0, 1.0, 2.5], [3.0, 100.0, 0.0]])
    tree = {dtype.name: (values != 0 if dtype is kn.bool_ else kn.astype(values, dtype)) for dtype in DTYPES}
    tree["none"] = kn.zeros((0, 3))
    tree["scalar"] = kn.asarray(1.5)
    path = tmp_path / f"all.{suffix}"
    kn.save(path, tree)
    for again in (kn.load(path), kn.load(path, like=tree)):
        assert set(again) == set(tree)
        for name in tree:
            same(again[name], tree[name])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_model_and_its_optimizer(tmp_path, suffix):
    model = nn.init(nn.Sequential(nn.Linear(3, 4), kn.tanh, nn.BatchNorm(4)), 0)
    adam = optim.Adam(0.1).init(model)
    adam.step(model, kn.tree.map(kn.ones_like, model))
    path = tmp_path / f"run.{suffix}"
    kn.save(path, {"model": model, "optimizer": adam})
    assert "model.layers.0.weight" in kn.load(path)
    again = kn.load(path, like={"model": nn.Sequential(nn.Linear(3, 4), kn.tanh, nn.BatchNorm(4)),
                                "optimizer": optim.Adam(0.1).init(model)})
    for name in ("model", "optimizer"):
        for a, b in zip(kn.tree.leaves({"model": model, "optimizer": adam}[name]), kn.tree.leaves(again[name])):
            same(a, b)
    assert isinstance(again["model"].layers[2], nn.BatchNorm) and again["optimizer"].steps.item() == 1


def test_others_read_it(tmp_path):
    kn.save(tmp_path / "a.npz", {"x": kn.arange(3), "y": {"z": kn.ones(2)}})
    with np.load(tmp_path / "a.npz") as file:
        assert file["x"].tolist() == [0, 1, 2] and file["y.z"].dtype == np.float32
    kn.save(tmp_path / "a.safetensors", {"x": kn.arange(3)}, metadata={"epoch": "3"})
    assert kn.metadata(tmp_path / "a.safetensors") == {"epoch": "3"}
    safetensors = pytest.importorskip("safetensors.numpy")
    assert safetensors.load_file(tmp_path / "a.safetensors")["x"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_damage_is_a_typed_error(tmp_path, suffix):
    """Cut anywhere, or with a byte changed: FormatError or, where nothing can tell, other numbers."""
    path, damaged = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    tree = {"x": kn.arange(40), "flag": kn.asarray([True, False])}
    kn.save(path, tree)
    whole = path.read_bytes()
    for length in range(len(whole)):
        damaged.write_bytes(whole[:length])
        with pytest.raises(kn.errors.FormatError):
            kn.load(damaged)
    random = np.random.RandomState(0)
    refused = 0
    for _ in range(400):
        changed = bytearray(whole)
        changed[random.randint(len(whole))] ^= 1 << random.randint(8)
        damaged.write_bytes(changed)
        try:
            kn.load(damaged)
        except kn.errors.FormatError:
            refused += 1
    assert refused > 20


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_does_not_fit_is_named(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    kn.save(path, {"x": kn.zeros(3), "y": kn.zeros(2)})
    with pytest.raises(kn.errors.FormatError) as raised:
        kn.load(path, like={"x": kn.zeros(4), "z": kn.zeros(2)})
    text = str(raised.value)
    assert "'x' is float32 of shape [4], in the file float32 of shape [3]" in text
    assert "'z' is not in the file" in text and "'y' is in the file only" in text
    with pytest.raises(kn.errors.IoError, match="missing"):
        kn.load(tmp_path / f"missing.{suffix}")
    with pytest.raises(kn.errors.ValueError, match="no array"):
        kn.save(path, {"a": 1})
    with pytest.raises(kn.errors.ValueError, match="ends in .safetensors or .npz"):
        kn.save(tmp_path / "a.pt", {"x": kn.zeros(1)})
    with pytest.raises(kn.errors.IoError):
        kn.save(tmp_path / "no" / f"folder.{suffix}", {"x": kn.zeros(1)})
    with pytest.raises(kn.errors.ValueError, match="two arrays of the tree have the path 'a.b'"):
        kn.save(path, {"a.b": kn.zeros(1), "a": {"b": kn.zeros(1)}})
    assert kn.load(path)["x"].shape == (3,)


NAMES = ["file", "allow_pickle", "args", "kwds", "arr_0", "self", "x.npy", "x", "x.npy.npy", "..", ".", "/", "../x", "/etc/x", "a/b", "a\\b",
         "a//b", " ", "  x ", "\t", "\n", "\r\n", "Name", "name", "NAME", "stra\u00dfe", "strasse", "\u00e9", "e\u0301", "\u6f22\u5b57",
         "\U0001f600", "\u202e", "\u0080", "\x1b[31m", "\x7f", "'", '"', "{}", "%s", "*", "?", "0", "-1", "1e5", "None", "nan",
         "__metadata__2", "koine.complex128.x", "a" * 3000, ""]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_names_come_back(tmp_path, suffix):
    path = tmp_path / f"names.{suffix}"
    tree = {name: kn.asarray([i]) for i, name in enumerate(NAMES)}
    kn.save(path, tree)
    for again in (kn.load(path), kn.load(path, like=tree)):
        assert {name: x.tolist() for name, x in again.items()} == {name: [i] for i, name in enumerate(NAMES)}
    for name in NAMES:
        kn.save(path, {name: kn.asarray([7]), "outer": {name: [kn.asarray(1.5)]}})
        assert set(kn.load(path)) == {name, f"outer.{name}.0"}
    if suffix == "npz":
        kn.save(path, tree)
        with np.load(path) as file:  # what NumPy sees, but for the two names that it takes for one
            assert set(file.files) == set(NAMES)
            assert all(file[name].tolist() == [i] for i, name in enumerate(NAMES) if name not in ("x", "x.npy", "x.npy.npy"))


def test_names_that_a_format_cannot_hold(tmp_path):
    """An error names them, and the old file stays."""
    for suffix in SUFFIXES:
        path = tmp_path / f"a.{suffix}"
        kn.save(path, {"x": kn.ones(1)})
        with pytest.raises(kn.errors.ValueError, match="ud800"):
            kn.save(path, {"a\ud800b": kn.ones(2)})
        with pytest.raises(kn.errors.IoError, match="zero byte"):
            kn.save(f"{tmp_path}/b\0c.{suffix}", {"x": kn.ones(2)})
        with pytest.raises(kn.errors.ValueError, match="the path 'a.b'"):
            kn.load(path, like={"a.b": kn.ones(1), "a": {"b": kn.ones(1)}})
        assert list(kn.load(path)) == ["x"] and os.listdir(tmp_path) == [path.name]
        path.unlink()
    with pytest.raises(kn.errors.FormatError, match="u0000"):
        kn.save(tmp_path / "a.npz", {"a\0b": kn.ones(2)})
    with pytest.raises(kn.errors.FormatError, match="too long"):
        kn.save(tmp_path / "a.npz", {"a" * 70000: kn.ones(2)})
    with pytest.raises(kn.errors.FormatError, match="__metadata__"):
        kn.save(tmp_path / "a.safetensors", {"__metadata__": kn.ones(2)})
    path = tmp_path / "a.safetensors"
    kn.save(path, {"a\0b": kn.ones(2), "a": kn.zeros(1)}, metadata={"no\0te": "te\0xt"})
    assert set(kn.load(path)) == {"a\0b", "a"} and kn.metadata(path) == {"no\0te": "te\0xt"}
    # A note that would make of two columns of numbers a column of complex ones.
    with pytest.raises(kn.errors.FormatError, match="koine.complex128.w"):
        kn.save(path, {"w": kn.ones((3, 2), dtype=kn.float64)}, metadata={"koine.complex128.w": ""})
    for metadata in ({"a": 1}, {1: "a"}):
        with pytest.raises(kn.errors.ValueError, match="metadata are strings"):
            kn.save(path, {"w": kn.ones(3)}, metadata=metadata)


class Point(typing.NamedTuple):
    x: object
    y: object


@dataclasses.dataclass
class Box:
    low: object
    high: object
    size: int = 3


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_tree_comes_back(tmp_path, suffix):
    path = tmp_path / f"tree.{suffix}"
    one = kn.asarray([1.5, -2.0])
    trees = [one, [one], (one, one * 2), {"a": one}, Point(one, [one * 3]), Box(one, (one * 4,)), {0: one, 1: one * 5},
             {-1: one, 2.5: one * 6, (1, 2): one * 7, None: one * 8, True: one * 9}, [[], {}, (), None, one, [None, [one * 10]]],
             {"a": {}, "b": [], "c": None, "d": one}, collections.OrderedDict(z=one, a=one * 11), {"": {"": one}, "b": one * 12},
             [[[[[[[[one]]]]]]]], {"x": 3, "y": "text", "z": one}]
    for tree in trees:
        kn.save(path, tree)
        again = kn.load(path, like=kn.tree.map(lambda x: kn.zeros_like(x) if isinstance(x, kn.Array) else x, tree))
        assert kn.tree.structure(again) == kn.tree.structure(tree)
        for a, b in zip(kn.tree.leaves(again), kn.tree.leaves(tree)):
            same(a, b) if isinstance(b, kn.Array) else None
    with pytest.raises(kn.errors.ValueError, match="two arrays of the tree have the path '1'"):
        kn.save(path, {1: one, "1": one * 2})


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_arrays_of_others_in_any_order(tmp_path, suffix):
    """Fortran's order, views with steps, backwards, broadcast, and not to be written to."""
    base = np.arange(24, dtype=np.float64).reshape(4, 6) + 0.25
    locked = base.copy()
    locked.setflags(write=False)
    tree = {"fortran": np.asfortranarray(base), "steps": base[::2, 1::3], "back": base[::-1, ::-1], "turned": base.T,
            "broadcast": np.broadcast_to(base[0], (3, 6)), "locked": locked, "0d": np.float32(2.5),
            "empty": np.zeros((0, 3), np.int16), "ints": np.asfortranarray(np.arange(6, dtype=np.uint8).reshape(2, 3))}
    path = tmp_path / f"a.{suffix}"
    kn.save(path, tree)
    for name, x in kn.load(path).items():
        assert x.shape == tree[name].shape and x.dtype.name == np.dtype(tree[name].dtype).name
        assert np.array_equal(np.asarray(x), tree[name]), name


def test_npz_of_numpy_is_read(tmp_path):
    """Also packed, in Fortran's order, big-endian and of NumPy's names."""
    path = tmp_path / "a.npz"
    arrays = {"f": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "cube": np.asfortranarray(np.arange(24).reshape(2, 3, 4)),
              "big": np.arange(5, dtype=">i2"), "complex": np.array([1 + 2j, 3 - 4j], ">c8"), "scalar": np.float16(0.5),
              "flag": np.array([[True], [False]]), "bits": np.array([1, 2], "<u2").view("V2")}
    for save in (np.savez, np.savez_compressed):
        save(path, **arrays)
        loaded = kn.load(path)
        assert list(loaded) == sorted(arrays)
        for name, x in arrays.items():
            if name != "bits":
                assert np.array_equal(np.asarray(loaded[name]), x) and loaded[name].shape == x.shape, name
        assert loaded["bits"].dtype is kn.bfloat16
    with pytest.raises(kn.errors.FormatError):
        np.savez(path, np.array(["text"]))
        kn.load(path)
    with pytest.raises(kn.errors.FormatError, match="two arrays are named 'a'"):
        with zipfile.ZipFile(path, "w") as archive:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for _ in range(2):
                    with archive.open("a.npy", "w") as file:
                        np.lib.format.write_array(file, np.zeros(2))
        kn.load(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_where_a_file_is_written(tmp_path, suffix):
    """It keeps its mode, a link stays, a pipe is written to, and what is no file is refused."""
    path, tree = tmp_path / f"a.{suffix}", {"x": kn.arange(3)}
    kn.save(path, tree)
    expected = path.read_bytes()
    path.chmod(0o600)
    link = tmp_path / f"link.{suffix}"
    link.symlink_to(path.name)
    kn.save(link, {"x": kn.arange(4)})
    assert link.is_symlink() and kn.load(path)["x"].shape == (4,) and stat.S_IMODE(path.stat().st_mode) == 0o600
    before = os.umask(0o027)
    try:
        kn.save(tmp_path / f"new.{suffix}", tree)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / f"new.{suffix}").stat().st_mode) == 0o640
    pipe = tmp_path / f"pipe.{suffix}"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    kn.save(pipe, tree)
    reader.join()
    assert read == [expected] and stat.S_ISFIFO(pipe.stat().st_mode)
    (tmp_path / f"folder.{suffix}").mkdir()
    with pytest.raises(kn.errors.IoError, match="folder"):
        kn.save(tmp_path / f"folder.{suffix}", tree)
    longest = tmp_path / ("x" * (254 - len(suffix)) + "." + suffix)
    kn.save(longest, tree)
    assert longest.read_bytes() == expected
    raw = os.fsencode(tmp_path) + b"/caf\xe9." + suffix.encode()
    kn.save(raw, tree)
    kn.save(os.fsdecode(raw), tree)
    assert open(raw, "rb").read() == expected and kn.load(raw)["x"].shape == (3,)
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_logs_and_curves_are_written_likewise(tmp_path):
    model = nn.Linear(1, 1)
    model.compile("adam", "mse")
    log, curves = tmp_path / "log.csv", tmp_path / "curves.svg"
    log.write_text("old")
    log.chmod(0o600)
    history = model.fit(kn.ones((4, 1)), kn.ones((4, 1)), epochs=3, verbose=0, callbacks=[kn.train.CsvLog(log)])
    assert [line.split(",")[0] for line in log.read_text().splitlines()] == ["epoch", "1", "2", "3"]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    history.plot(curves)
    assert curves.read_text().startswith("<svg") and curves.read_text().endswith("</svg>")
    nowhere = kn.train.CsvLog(tmp_path / "no" / "log.csv")
    nowhere.on_train_begin()
    for write in (lambda: history.plot(tmp_path), lambda: nowhere.on_epoch_end(0, {"loss": 1.0})):
        with pytest.raises(kn.errors.IoError):
            write()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_save_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    kn.save(path, {"x": kn.arange(3)})
    before = path.read_bytes()
    with pytest.raises(kn.errors.TraceError):
        kn.jit(lambda x: (kn.save(path, {"x": x}), x)[1])(kn.arange(4))
    assert path.read_bytes() == before and os.listdir(tmp_path) == [path.name]
    assert stat.S_IMODE(pathlib.Path(path).stat().st_mode) & 0o400
