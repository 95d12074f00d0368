"""The programs of examples/python, at a small size, and their types."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

import koine as kn

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples" / "python").glob("*.py"))


@pytest.mark.parametrize("model", ["mlp", "cnn"])
@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.name.startswith("digits")], ids=lambda path: path.stem)
def test_digits_are_learnt(example, model):
    done = subprocess.run([sys.executable, str(example), "--model", model, "--epochs", "4"], capture_output=True, text=True,
                          timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert float(re.search(r"test accuracy ([\d.]+)", done.stdout)[1]) > 0.8, done.stdout


def test_mypy_finds_nothing(tmp_path, monkeypatch):
    api = pytest.importorskip("mypy.api")
    monkeypatch.setenv("MYPYPATH", str(pathlib.Path(kn.__file__).parent.parent))
    said, problems, status = api.run(["--strict", "--cache-dir", str(tmp_path), *map(str, EXAMPLES)])
    assert status == 0, said + problems


def test_pyright_finds_nothing(tmp_path):
    pytest.importorskip("pyright")
    for one in EXAMPLES:
        (tmp_path / one.name).write_text(one.read_text())
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(
        {"extraPaths": [str(pathlib.Path(kn.__file__).parent.parent)]}))
    done = subprocess.run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(tmp_path)],
                          capture_output=True, text=True, timeout=300, check=False)
    if "informations" not in done.stdout:
        pytest.skip(f"pyright could not start: {done.stdout[-200:]}{done.stderr[-200:]}")
    assert done.returncode == 0, done.stdout
