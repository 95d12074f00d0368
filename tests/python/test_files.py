"""Trees of arrays in files, and files that are damaged."""

import os
import pathlib
import stat

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


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_save_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    kn.save(path, {"x": kn.arange(3)})
    before = path.read_bytes()
    with pytest.raises(kn.errors.TraceError):
        kn.jit(lambda x: (kn.save(path, {"x": x}), x)[1])(kn.arange(4))
    assert path.read_bytes() == before and os.listdir(tmp_path) == [path.name]
    assert stat.S_IMODE(pathlib.Path(path).stat().st_mode) & 0o400
