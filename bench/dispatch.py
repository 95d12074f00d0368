"""The cases of dispatch.cpp in Python: ns an op; values change from call to call.

    PYTHONPATH=build/python python3 bench/dispatch.py [add | chain20 | chain20-jit]
"""

import itertools
import sys

import numpy
import timing

import koine as kn


def chain(x, y):
    for _ in range(5):
        x = kn.tanh((x + y) * y - x)
    return x


CASES = {"add": (kn.add, 1), "chain20": (chain, 20), "chain20-jit": (kn.jit(chain), 20)}


def main():
    wanted = sys.argv[1:] or CASES
    for case in wanted:
        f, ops = CASES[case]
        numbers = numpy.sin(numpy.arange(256)).astype("float32").reshape(16, 2, 8)
        pairs = itertools.cycle([(kn.asarray(x), kn.asarray(y)) for x, y in numbers])

        def step():
            kn.evaluate(f(*next(pairs)))

        timing.report(f"dispatch/{case}", step, unit="ns/op", scale=1e9 / ops)


if __name__ == "__main__":
    main()
