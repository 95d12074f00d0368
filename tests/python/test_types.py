"""The stubs that are generated from the op table."""

import pathlib
import runpy

import pytest

import koine as kn

EXAMPLE = pathlib.Path(__file__).parent / "typed_example.py"


def test_the_example_runs(capsys):
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert capsys.readouterr().out


def test_mypy_finds_nothing(tmp_path, monkeypatch):
    api = pytest.importorskip("mypy.api")
    package = pathlib.Path(kn.__file__).parent
    assert (package / "py.typed").exists(), "the stubs are not built"
    if package.parent.name != "site-packages":  # there it looks by itself
        monkeypatch.setenv("MYPYPATH", str(package.parent))
    said, problems, status = api.run(["--strict", "--cache-dir", str(tmp_path), str(EXAMPLE)])
    assert status == 0, said + problems


def test_every_public_name_has_text():
    for module in (kn, kn.linalg, kn.fft, kn.tree, kn.nn, kn.optim, kn.random):
        for name in getattr(module, "__all__", vars(module)):
            thing = getattr(module, name)
            if not name.startswith("_") and callable(thing):
                assert thing.__doc__ and thing.__doc__.strip(), f"{module.__name__}.{name}"
