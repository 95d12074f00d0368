#!/usr/bin/env python3
"""Values, reverse, forward and second derivatives of every op against other libraries; prints the count for each op.

    PYTHONPATH=build/python python3 tests/oracle/derivatives.py [op...] [--examples 20] [--libraries numpy,jax,torch]

What the ops are is said in derivative_cases.py. Shapes, attributes and dtypes come from hypothesis. NumPy and SciPy give
values, and derivatives as differences in float64; jax and torch give all four, where they are installed. Every op of the table
has a count in every column, or a reason of the closed list. Exit status 1 on a difference or an op without either.
"""

import argparse
import collections
import importlib.util
import os
import sys

os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import koine as kn
import numpy as np

import derivative_cases as cases

COLUMNS = ("values", "reverse", "forward", "second")
# Of the largest number that is compared.
BOUNDS = {
    "float64": {"values": 1e-9, "reverse": 1e-7, "forward": 1e-7, "second": 1e-6},
    "float32": {"values": 2e-5, "reverse": 2e-4, "forward": 2e-4, "second": 4e-3},
}
DIFFERENCES = {"reverse": 1e-5, "forward": 1e-5, "second": 2e-3}


def listed(y):
    return list(y) if isinstance(y, (tuple, list)) else [y]


def is_floating(x):
    return np.asarray(x).dtype.kind == "f"


class Difference(Exception):
    """Where two libraries disagree."""


def compare(ours, theirs, bound, what):
    for index, (a, b) in enumerate(zip(ours, theirs)):
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape:
            raise Difference(f"{what}, result {index}: the shape is {a.shape}, not {b.shape}")
        if a.dtype.kind in "biu" or bound == 0:
            good = np.array_equal(a, b)
        else:
            scale = 1 + np.max(np.abs(b), initial=0, where=np.isfinite(b))
            good = np.allclose(a, b, rtol=bound, atol=bound * scale, equal_nan=True)
        if not good:
            raise Difference(f"{what}, result {index}:\n{a}\nis not\n{b}")


class Koine:
    """The four numbers of a call: values, cotangents pulled back, tangents pushed, and both of these for the pull-back."""

    def __init__(self, call):
        self.f = lambda *x: tuple(listed(call.koine(*x)))

    def values(self, operands):
        return self.f(*map(kn.asarray, operands))

    def derivatives(self, operands, cotangents, tangents, more):
        operands, tangents, more = ([kn.asarray(x) for x in some] for some in (operands, tangents, more))

        def pulled(*x):
            y, pull = kn.vjp(self.f, *x)
            return pull(tuple(kn.asarray(ct) for ct in cotangents) + y[len(cotangents) :])

        return {
            "reverse": pulled(*operands),
            "forward": kn.jvp(self.f, operands, tangents)[1],
            "second": kn.vjp(pulled, *operands)[1](tuple(more)),
        }


class Jax:
    def __init__(self, call):
        import jax
        import jax.scipy.special

        self.jax = jax
        self.f = lambda *x: tuple(map(jax.numpy.asarray, listed(call.xp(jax.numpy, jax.scipy.special, *x))))

    def values(self, operands):
        return self.f(*map(self.jax.numpy.asarray, operands))

    def derivatives(self, operands, cotangents, tangents, more):
        jax = self.jax
        operands, cotangents, tangents, more = (
            [jax.numpy.asarray(x) for x in some] for some in (operands, cotangents, tangents, more)
        )

        def pulled(*x):
            return jax.vjp(self.f, *x)[1](tuple(cotangents))

        return {
            "reverse": pulled(*operands),
            "forward": jax.jvp(self.f, tuple(operands), tuple(tangents))[1],
            "second": jax.vjp(pulled, *operands)[1](tuple(more)),
        }


class Torch:
    def __init__(self, call):
        import torch

        self.torch = torch
        self.f = lambda *x: tuple(listed(call.torch(torch, *x)))

    def values(self, operands):
        return self.f(*map(self.torch.tensor, operands))

    def derivatives(self, operands, cotangents, tangents, more):
        torch = self.torch
        operands, cotangents, tangents, more = (
            [torch.tensor(x) for x in some] for some in (operands, cotangents, tangents, more)
        )

        def pulled(*x):
            return torch.func.vjp(self.f, *x)[1](tuple(cotangents))

        found = {
            "reverse": pulled(*operands),
            "forward": torch.func.jvp(self.f, tuple(operands), tuple(tangents))[1],
            "second": torch.func.vjp(pulled, *operands)[1](tuple(more)),
        }
        return {column: [x.numpy(force=True) for x in results] for column, results in found.items()}


class Numpy:
    """Derivatives along the tangents and `more`, as central differences: numbers that the others' results must agree with."""

    def __init__(self, call):
        import scipy.special

        self.f = lambda *x: tuple(map(np.asarray, listed(call.xp(np, scipy.special, *x))))

    def values(self, operands):
        return self.f(*operands)

    def along(self, operands, directions):
        """The results at operands + sum of step * direction."""
        return self.f(*(x + sum(step * d[i] for step, d in directions) for i, x in enumerate(operands)))

    def agree(self, ours, operands, cotangents, tangents, more):
        h, k = 1e-6, 1e-4
        forward = [
            (a - b) / (2 * h) for a, b in zip(self.along(operands, [(h, tangents)]), self.along(operands, [(-h, tangents)]))
        ]
        compare(ours["forward"], forward, DIFFERENCES["forward"], "forward, differences")
        inner = sum(float(np.sum(ct * t)) for ct, t in zip(cotangents, forward))
        pulled = sum(float(np.sum(np.asarray(x) * t)) for x, t in zip(ours["reverse"], tangents))
        compare([pulled], [inner], DIFFERENCES["reverse"], "reverse, differences")
        # The second derivative of <cotangents, f> along `more` and the tangents.
        corner = {
            (i, j): sum(
                float(np.sum(ct * y)) for ct, y in zip(cotangents, self.along(operands, [(i * k, more), (j * k, tangents)]))
            )
            for i in (-1, 1)
            for j in (-1, 1)
        }
        mixed = (corner[1, 1] - corner[1, -1] - corner[-1, 1] + corner[-1, -1]) / (4 * k * k)
        twice = sum(float(np.sum(np.asarray(x) * t)) for x, t in zip(ours["second"], tangents))
        compare([twice], [mixed], DIFFERENCES["second"], "second, differences")


LIBRARIES = {"numpy": Numpy, "jax": Jax, "torch": Torch}


def one(call, dtype, libraries, counts):
    """Compares one call with every library; counts[column, library] goes up."""
    ours = Koine(call)
    values = ours.values(call.operands)
    names = [name for name in libraries if (call.torch if name == "torch" else call.xp)]
    for name in names:
        if name == "jax" and "derivatives" in call.without:
            continue  # said in NumPy's words alone
        bound = BOUNDS[dtype]["values"]
        compare(values, LIBRARIES[name](call).values(call.operands), bound, f"values, {name}")
        counts["values", name] += 1
    if "derivatives" in call.without:
        return
    random = np.random.default_rng(7)
    cotangents = [random.uniform(-1, 1, np.shape(y)).astype(np.asarray(y).dtype) for y in values if is_floating(y)]
    tangents, more = ([random.uniform(-1, 1, x.shape).astype(x.dtype) for x in call.operands] for _ in range(2))
    derivatives = ours.derivatives(call.operands, cotangents, tangents, more)
    for name in names:
        if name in call.without:
            continue
        if name == "numpy":
            if dtype != "float64":
                continue
            LIBRARIES[name](call).agree(derivatives, call.operands, cotangents, tangents, more)
        else:
            theirs = LIBRARIES[name](call).derivatives(call.operands, cotangents, tangents, more)
            for column in COLUMNS[1:]:
                compare(derivatives[column], theirs[column], BOUNDS[dtype][column], f"{column}, {name}")
        for column in COLUMNS[1:]:
            counts[column, name] += 1


def check(op, makers, examples, libraries):
    """The counts of an op, the reasons for what is not compared, and what differs."""
    from hypothesis import HealthCheck, given, settings, strategies

    counts, reasons, found = collections.Counter(), {}, []
    for make in makers:

        @settings(
            max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(strategies.data())
        def run(data):
            dtype = data.draw(strategies.sampled_from(["float64", "float32"]))
            call = make(cases.Draw(data, strategies, dtype))
            reasons.update(call.without)
            one(call, dtype, libraries, counts)

        try:
            run()
        except Exception as error:  # a library that raises is a difference too
            found.append(f"{op}: {type(error).__name__}: {error}")
    return counts, reasons, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops", nargs="*", help="these ops alone")
    parser.add_argument("--examples", type=int, default=20, help="examples of each case (default 20)")
    parser.add_argument(
        "--libraries",
        default=",".join(name for name in LIBRARIES if importlib.util.find_spec(name)),
        help="what to compare with (default: what is installed)",
    )
    options = parser.parse_args()
    libraries = options.libraries.split(",")
    table = sorted(kn._core.op_facts())
    unknown = [name for name in {**cases.CASES, **cases.LEFT_OUT} if name not in table]
    found, totals = [f"{name}: is no op" for name in unknown], collections.Counter()
    print(f"{'op':<20}" + "".join(f"{column:>34}" for column in COLUMNS))
    for name in [name for name in table if name in options.ops or not options.ops]:
        if name in cases.LEFT_OUT:
            print(f"{name:<20}  {cases.REASONS[cases.LEFT_OUT[name]]}")
            totals["left out"] += 1
            continue
        if name not in cases.CASES:
            found.append(f"{name}: has neither a case nor a reason")
            continue
        counts, reasons, differences = check(name, cases.CASES[name], options.examples, libraries)
        found += differences
        row = f"{name:<20}"
        for column in COLUMNS:
            parts = [f"{library} {counts[column, library]}" for library in libraries if counts[column, library]]
            totals[column] += sum(counts[column, library] for library in libraries)
            totals[column, "ops"] += bool(parts)
            row += f"{', '.join(parts) or '-':>34}"
        print(row + "".join(f"  {what}: {cases.REASONS[reason]}" for what, reason in reasons.items()), flush=True)
        if not counts["values", "numpy"] and "numpy" in libraries:
            found.append(f"{name}: no value was compared")
        if not any(counts["second", library] or library in reasons for library in libraries) and "derivatives" not in reasons:
            found.append(f"{name}: no derivative was compared")
    print(
        f"{len(table)} ops, {totals['left out']} left out; "
        + ", ".join(f"{column}: {totals[column]} of {totals[column, 'ops']} ops" for column in COLUMNS)
        + f"; {len(found)} findings"
    )
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
