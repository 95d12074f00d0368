#!/usr/bin/env python3
"""Writes, or with --check regenerates and compares, the reference values in values/<op>.json.

Needs Python 3.11 with numpy, scipy and mpmath; the ops whose reference is PyTorch need torch (CPU) as well and are
reported as left out where it is missing. Exit status: 0 equal, 1 different.

usage: make.py [--check] [op ...]
"""

import argparse
import json
import pathlib
import sys

import numpy as np

from reference import OPS, philox
from reference.compare import differ
from reference.formats import from_json

VALUES = pathlib.Path(__file__).parent / "values"


def text(op):
    """The file of one op: a line per case, keys in a fixed order."""
    lines = ",\n".join(json.dumps(case.json(), separators=(",", ":")) for case in op.cases())
    head = f'{{"op":{json.dumps(op.calls)},"reference":{json.dumps(op.reference)},"cases":['
    return f"{head}\n{lines}\n]}}\n"


def compare(old, new):
    """What differs between two files of one op: calls must be the same, outputs equal within their tolerance."""
    old, new = json.loads(old), json.loads(new)
    if len(old["cases"]) != len(new["cases"]):
        return f"{len(old['cases'])} cases on file, {len(new['cases'])} made"
    for index, (a, b) in enumerate(zip(old["cases"], new["cases"])):
        for key in ("attrs", "inputs", "tolerance"):
            if a[key] != b[key]:
                return f"case {index}: {key} differ"
        if len(a["outputs"]) != len(b["outputs"]):
            return f"case {index}: number of outputs differs"
        for position, (got, want) in enumerate(zip(a["outputs"], b["outputs"])):
            difference = differ(from_json(got), from_json(want), a["tolerance"])
            if difference:
                return f"case {index}, output {position}: {difference}"
    return ""


def check(names):
    different, left_out = 0, []
    for name in names:
        path = VALUES / f"{name}.json"
        try:
            made = text(OPS[name])
        except ModuleNotFoundError as error:
            left_out.append(f"{name} (no {error.name})")
            continue
        problem = compare(path.read_text(), made) if path.exists() else "no file"
        if problem:
            different += 1
            print(f"{name}: {problem}")
    strays = sorted(path.stem for path in VALUES.glob("*.json") if path.stem not in OPS)
    for stray in strays:
        print(f"{stray}: a file without an oracle")
    print(
        f"{len(names) - len(left_out)} ops made, {different} different, left out: {', '.join(left_out) or 'none'}"
    )
    return 1 if different or strays else 0


def write(names):
    VALUES.mkdir(exist_ok=True)
    for name in names:
        (VALUES / f"{name}.json").write_text(text(OPS[name]))
    print(f"{len(names)} files written")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("ops", nargs="*", help="ops to make (default: all)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.ops if name not in OPS]
    if unknown:
        parser.error(f"no oracle for {', '.join(unknown)}")
    philox.check()
    names = arguments.ops or sorted(OPS)
    with np.errstate(all="ignore"):
        return check(names) if arguments.check else write(names)


if __name__ == "__main__":
    sys.exit(main())
