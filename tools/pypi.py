#!/usr/bin/env python3
"""Makes a virtual environment with one of the sets of requirements/, and nothing else: every file must have its hash.

    tools/pypi.py build/python-venv python            # makes it, or makes it anew after the set has changed
    tools/pypi.py --check build/python-venv python    # exit status 1 where that is needed
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def wanted(name):
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def is_there(place, name):
    stamp = place / f"{name}.txt"
    return stamp.exists() and stamp.read_text() == wanted(name)


def add(python, name):
    """Installs a set into the environment of an interpreter."""
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary=:all:",
                    "-r", str(ROOT / "requirements" / f"{name}.txt")], check=True)


def make(place, name, base=sys.executable):
    """The interpreter of the environment in `place`; `base` makes it where it is missing or holds another set."""
    place = pathlib.Path(place)
    if not is_there(place, name):
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([str(base), "-m", "venv", str(place)], check=True)
        add(place / "bin/python", name)
        (place / f"{name}.txt").write_text(wanted(name))
    return place / "bin/python"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", type=pathlib.Path)
    parser.add_argument("name")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        sys.exit(0 if is_there(options.place, options.name) else 1)
    make(options.place, options.name)


if __name__ == "__main__":
    main()
