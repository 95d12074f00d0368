"""The examples of the pages for Python users, executed."""

import doctest
import importlib
import importlib.util
import pathlib
import re

import pytest

import koine as kn

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["docs/python.md", "README.md"])
def test_examples(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```python\n(.*?)```", text, re.S) if ">>>" in block]
    assert blocks, f"{page} has no example"
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said = []
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


ROWS = re.findall(r"^\| `((?:numpy|scipy|torch|jax|keras)[\w.]*)` \| `kn\.([\w.]+)` \|(.*)\|$",
                  (ROOT / "docs/coming-from.md").read_text(encoding="utf-8"), re.M)


def found(name):
    """The object of a dotted name; parts are modules or attributes."""
    first, *rest = name.split(".")
    thing, path = importlib.import_module(first), first
    for part in rest:
        path += "." + part
        if not hasattr(thing, part) and importlib.util.find_spec(path):
            importlib.import_module(path)
        thing = getattr(thing, part)
    return thing


def test_every_name_of_koine_in_the_tables_exists():
    text = (ROOT / "docs/coming-from.md").read_text(encoding="utf-8")
    assert len(ROWS) == len(re.findall(r"^\| `", text, re.M)) > 100, "a row is not understood"
    for name in re.findall(r"`kn\.([\w.]+)", text):
        assert found(f"koine.{name}") is not None or name == "newaxis", name


@pytest.mark.parametrize("library", ["numpy", "scipy", "torch", "jax", "keras"])
def test_every_name_of_theirs_exists(library):
    pytest.importorskip(library)
    for name, _, _ in ROWS:
        if name.startswith(library + "."):
            assert found(name) is not None, name


def test_a_name_that_does_not_exist_is_noticed():
    for name in ("koine.no_such_name", "numpy.linalg.no_such_name"):
        with pytest.raises(AttributeError):
            found(name)
