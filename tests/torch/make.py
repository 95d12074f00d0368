#!/usr/bin/env python3
"""Writes, or with --check makes again and compares, what PyTorch gives, in values/<subject>.json.

Every case has a name and arrays by name, as their bytes in base64. Exit status: 0 equal, 1 different.

usage: make.py [--check] [subject ...]
"""

import argparse
import base64
import importlib
import json
import pathlib
import sys

import numpy
import torch

FOLDER = pathlib.Path(__file__).parent
SUBJECTS = sorted(p.stem for p in FOLDER.glob("*.py") if p.stem not in ("make",))


def encoded(array):
    """An array as the files have it."""
    array = array.detach().numpy() if isinstance(array, torch.Tensor) else numpy.asarray(array)
    return {"dtype": str(array.dtype), "shape": list(array.shape), "base64": base64.b64encode(numpy.ascontiguousarray(array).tobytes()).decode()}


def decoded(entry):
    return numpy.frombuffer(base64.b64decode(entry["base64"]), entry["dtype"]).reshape(entry["shape"])


def make(subject):
    """The cases of a subject: {name: {array's name: array}}."""
    torch.set_num_threads(1)
    cases = importlib.import_module(subject).cases()
    return {name: {key: encoded(value) for key, value in arrays.items()} for name, arrays in cases}


def text(cases):
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(arrays, separators=(',', ':'))}" for name, arrays in cases.items())
    return f"{{\n{lines}\n}}\n"


def different(old, new):
    """The first difference, or None."""
    if list(old) != list(new):
        return "other cases"
    for name in old:
        if list(old[name]) != list(new[name]):
            return f"{name}: other arrays"
        for key in old[name]:
            a, b = decoded(old[name][key]), decoded(new[name][key])
            close = 1e-5 if a.dtype == numpy.float32 else 1e-11
            if a.dtype != b.dtype or a.shape != b.shape or not numpy.allclose(a, b, close, close, equal_nan=True):
                return f"{name}: {key}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(SUBJECTS)} (default: all)")
    arguments = parser.parse_args()
    found = False
    for subject in arguments.subjects or SUBJECTS:
        path, cases = FOLDER / "values" / f"{subject}.json", make(subject)
        if not arguments.check:
            path.write_text(text(cases))
            continue
        problem = different(json.loads(path.read_text()), cases)
        print(f"{subject}: {problem or 'equal'}")
        found = found or problem is not None
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
