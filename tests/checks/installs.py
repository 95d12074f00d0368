"""What scripts/build installs: it is shown before; at a terminal only after a yes; with --no-install nothing; and every
package of PyPI has its hash.

Run in a copy of the scripts, with programs in the places of apt-get, dpkg-query, cmake and python3 that note how they were called.
--self-test runs scripts that do not ask, that ignore --no-install and that do not say what they install, and plants a
requirement without a hash.
"""

import os
import pathlib
import pty
import re
import subprocess
import tempfile

import _project

FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >>"$NOTES"
case "$(basename "$0") $*" in
  "cmake -S"*) mkdir -p build; touch build/build.ninja; echo "dnnl_DIR:PATH=dnnl_DIR-NOTFOUND" >build/CMakeCache.txt ;;
  *--check*) exit 1 ;;
esac
"""


def run(place, *words, answer=None):
    """What scripts/build prints, and how the fakes were called; `answer` is typed at a terminal."""
    fakes, notes = place / "fakes", place / "notes"
    fakes.mkdir(exist_ok=True)
    for name in ("apt-get", "dpkg-query", "cmake", "python3", "sudo"):
        (fakes / name).write_text(FAKE)
        (fakes / name).chmod(0o755)
    notes.write_text("")
    subprocess.run(["rm", "-rf", place / "build"], check=True)
    environment = {**os.environ, "PATH": f"{fakes}:{os.environ['PATH']}", "NOTES": str(notes)}
    master, terminal = pty.openpty()
    with os.fdopen(master, "wb", buffering=0) as keys:
        keys.write((answer or "").encode() * 9)
        done = subprocess.run([place / "scripts/build", *words], stdin=terminal if answer else subprocess.DEVNULL, capture_output=True,
                              text=True, env=environment, check=False, timeout=60)
        os.close(terminal)
    installed = [line for line in notes.read_text().splitlines() if "install -y" in line or re.match(r"python3 .*pypi.py(?! --check)", line)]
    return done.stdout, installed


def check(root):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        _project.copy_of(root, place, "scripts", "tools/pypi.py", "requirements")
        for words, answer, expected in ((("--no-install",), None, False), (("--no-install",), "y\n", False), ((), "n\n", False), ((), "y\n", True),
                                        ((), None, True)):
            said, installed = run(place, *words, answer=answer)
            case = f"scripts/build {' '.join(words)}{f' and the answer {answer.strip()}' if answer else ', no terminal'}"
            if bool(installed) != expected:
                found.append(f"scripts/build: {case}: installed {installed}")
            if "libmpfr-dev" not in said or (expected and "tools/pypi.py build/python-venv" not in said):
                found.append(f"scripts/build: {case}: does not say what is missing")
    for file in sorted((root / "requirements").glob("*.txt")):
        for line in re.sub(r" \\\n\s*", " ", file.read_text()).splitlines():
            if line and not line.startswith("#") and "--hash=sha256:" not in line:
                found.append(f"requirements/{file.name}: {line.split()[0]} has no hash")
    return found


PLANTS = [
    ("scripts/build", '[ "$install" = yes ] || return 1', "", "--no-install"),
    ("scripts/build", "[ -t 0 ] || return 0", "return 0", "the answer n"),
    ("scripts/build", 'echo "   ${command[*]}"', "true", "does not say"),
    ("requirements/wheel.txt", "# This file", "planted==1.0\n# This file", "planted==1.0 has no hash"),
]


def unfound(root):
    """The plants of which the check says nothing."""
    missed = []
    for file, old, new, expected in PLANTS:
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            _project.copy_of(root, place, "scripts", "tools/pypi.py", "requirements")
            text = (place / file).read_text()
            (place / file).write_text(text.replace(old, new))
            if text.count(old) != 1 or not any(expected in line for line in check(place)):
                missed.append(f"{file}: not found: {new or 'without ' + old}")
    return missed


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    if options.self_test:
        _project.report(unfound(options.root), "every planted violation was found")
    _project.report(check(options.root))
