"""Every op's values and derivatives against NumPy and SciPy, a few examples each; tests/oracle/derivatives.py does more of them,
and jax and torch."""

import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "oracle/derivatives.py"


def run(*words):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--libraries", "numpy", *words], capture_output=True, text=True, check=False, timeout=1200
    )
    return done.returncode, done.stdout + done.stderr


def test_all_ops():
    pytest.importorskip("scipy")
    status, said = run("--examples", "2")
    assert status == 0, said


def test_a_wrong_derivative_is_noticed(tmp_path):
    """The same, of a sine whose definition is a little wrong."""
    pytest.importorskip("scipy")
    cases = SCRIPT.with_name("derivative_cases.py").read_text()
    assert "lambda xp, sp, x: xp.sin(x)" in cases
    (tmp_path / "derivative_cases.py").write_text(
        cases.replace("lambda xp, sp, x: xp.sin(x)", "lambda xp, sp, x: xp.sin(x * 1.001)")
    )
    (tmp_path / "derivatives.py").write_text(SCRIPT.read_text())
    done = subprocess.run(
        [sys.executable, str(tmp_path / "derivatives.py"), "sin", "--libraries", "numpy", "--examples", "4"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "sin" in done.stdout.splitlines()[-1] or "is not" in done.stdout
