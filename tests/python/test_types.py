"""The stubs that are generated from the op table, as type checkers read them."""

import json
import pathlib
import runpy
import shutil
import subprocess
import sys

import pytest

import koine as kn

EXAMPLE = pathlib.Path(__file__).parent / "typed_example.py"
ALL = [EXAMPLE, *sorted((EXAMPLE.parents[2] / "examples/python").glob("*.py"))]
WRONG = "import koine as kn\nkn.softmax(kn.ones(3), axes=0)\n"


def test_the_example_runs(capsys):
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert capsys.readouterr().out


@pytest.fixture
def package(monkeypatch):
    folder = pathlib.Path(kn.__file__).parent
    assert (folder / "py.typed").exists(), "the stubs are not built"
    if folder.parent.name != "site-packages":  # there mypy looks by itself
        monkeypatch.setenv("MYPYPATH", str(folder.parent))
    return folder


def test_mypy_finds_nothing(tmp_path, package):
    api = pytest.importorskip("mypy.api")
    said, problems, status = api.run(["--strict", "--cache-dir", str(tmp_path), *map(str, ALL)])
    assert status == 0, said + problems
    (tmp_path / "wrong.py").write_text(WRONG)
    assert api.run(["--strict", "--cache-dir", str(tmp_path), str(tmp_path / "wrong.py")])[2] == 1


def test_pyright_finds_nothing(tmp_path, package):
    pytest.importorskip("pyright")
    config = {"include": ["."], "extraPaths": [str(package.parent)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    for file in ALL:
        shutil.copy(file, tmp_path)

    def run():
        return subprocess.run([sys.executable, "-m", "pyright", "-p", str(tmp_path)], capture_output=True, text=True, check=False)
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "wrong.py").write_text(WRONG)
    assert run().returncode == 1
