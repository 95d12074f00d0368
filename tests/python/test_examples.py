"""The programs of examples/python, at a small size; test_types.py reads their types."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples" / "python").glob("*.py"))


@pytest.mark.parametrize("model", ["mlp", "cnn"])
@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.name.startswith("digits")], ids=lambda path: path.stem)
def test_digits_are_learnt(example, model):
    done = subprocess.run([sys.executable, str(example), "--model", model, "--epochs", "4"], capture_output=True, text=True,
                          timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert float(re.search(r"test accuracy ([\d.]+)", done.stdout)[1]) > 0.8, done.stdout


@pytest.mark.parametrize("notebook", sorted((ROOT / "examples" / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_run(notebook):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("matplotlib")
    book = nbformat.read(notebook, as_version=4)
    shown = [cell for cell in book.cells if cell.cell_type == "code"]
    assert shown and all(cell.execution_count for cell in shown), "run it before it is committed"
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(notebook.parent)}}).execute()
