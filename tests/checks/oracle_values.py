"""The reference values in tests/oracle/values are what their sources give: regenerates and compares them.

The sources (NumPy, SciPy, mpmath) are installed by requirements/oracle.txt into build/oracle-venv when it lacks them. Values
that come from torch are compared only where the venv has it, and named as left out elsewhere.
"""

import pathlib
import subprocess
import sys
import tempfile

import _project

sys.path.insert(0, str(_project.ROOT / "tools"))
import pypi  # noqa: E402


def compare(python, oracle, *ops):
    """Whether the script in `oracle` finds all values as they should be; it says itself what differs."""
    return subprocess.run([str(python), str(oracle / "make.py"), "--check", *ops], check=False).returncode == 0


def finds_corruption(python, root):
    """Whether one hexadecimal digit of one output is enough to be found."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        _project.copy_of(root, place, "tests/oracle")
        file = place / "tests/oracle/values/tanh.json"
        text = file.read_text()
        at = text.index('"hex":"', text.index('"outputs"')) + len('"hex":"') + 2  # the high byte of the first float16
        file.write_text(text[:at] + ("4" if text[at] != "4" else "5") + text[at + 1:])
        return not compare(python, place / "tests/oracle", "tanh")


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    interpreter = pypi.make(options.build / "oracle-venv", "oracle")
    if options.self_test:
        found = finds_corruption(interpreter, options.root)
        _project.report([] if found else ["a corrupted value was not found"], "the corrupted value was found")
    _project.report([] if compare(interpreter, options.root / "tests/oracle") else ["tests/oracle/values: see above"])
