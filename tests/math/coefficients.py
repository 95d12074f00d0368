#!/usr/bin/env python3
"""Writes src/backend/cpu/math/coefficients.h: every polynomial and table of the CPU's vector mathematics.

    build/oracle-venv/bin/python tests/math/coefficients.py | clang-format-19 > src/backend/cpu/math/coefficients.h

Needs mpmath. A polynomial is the minimax one for the relative error of the function it is a part of, found by Remez'
exchange (Cheney, Introduction to Approximation Theory, 1966, section 3.8). Its coefficients are rounded one after the
other from the lowest power up, and those that are left are fitted again, so that they make up for the rounding.
"""

import sys

from mpmath import asin, atan, atanh, cos, cosh, erf, erfc, exp, floor, frexp, ldexp, log, lu_solve, matrix, mp
from mpmath import mpf, pi, sin, sinh, sqrt, tanh

mp.dps = 50
DIGITS = {"float": 24, "double": 53}


def rounded(x, bits):
    """x to the nearest number of so many bits."""
    if x == 0:
        return mpf(0)
    _, exponent = frexp(x)
    return ldexp(mp.nint(ldexp(x, bits - exponent)), exponent - bits)


def extremes(error, grid):
    """The points of the grid where the error has its alternating extremes."""
    values = [error(x) for x in grid]
    found = []
    for x, v in zip(grid, values):
        if found and (v > 0) == (found[-1][1] > 0):
            if abs(v) > abs(found[-1][1]):
                found[-1] = (x, v)
        else:
            found.append((x, v))
    return found


def remez(f, low, high, powers, scale):
    """The c that make max |(f(x) - sum c[k] x^powers[k]) * scale(x)| least."""
    count = len(powers) + 1
    half, middle = (high - low) / 2, (high + low) / 2
    points = [middle - half * cos(pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    grid = [middle - half * cos(pi * k / (24 * count)) for k in range(24 * count + 1)]
    known = {}

    def value(x):
        if x not in known:
            known[x] = (f(x), abs(scale(x)))
        return known[x]

    for _ in range(12):
        a, b = matrix(count, count), matrix(count, 1)
        for i, x in enumerate(points):
            fx, sx = value(x)
            for k, p in enumerate(powers):
                a[i, k] = x**p * sx
            a[i, count - 1] = (-1) ** i
            b[i] = fx * sx
        c = lu_solve(a, b)
        level = abs(c[count - 1])

        def error(x):
            fx, sx = value(x)
            return (fx - sum(c[k] * x**p for k, p in enumerate(powers))) * sx

        found = extremes(error, grid)
        if len(found) < count:
            break
        while len(found) > count:
            found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
        points = [x for x, _ in found]
        if max(abs(v) for _, v in found) < level * mpf("1.02"):
            break
    return [c[k] for k in range(count - 1)]


def fit(name, kind, f, low, high, terms, scale):
    """Coefficients of f on [low, high] in the precision `kind`. `scale` turns an error of f into one of the result."""
    bits = DIGITS[kind]
    low, high, fixed = mpf(low), mpf(high), []
    # Fitted again only where no power changes its sign, as the exchange needs it; in double precision the rounding of
    # the later coefficients is far below what counts.
    again = kind == "float" and low >= 0
    while len(fixed) < terms:
        rest = lambda x: f(x) - sum(c * x**k for k, c in enumerate(fixed))
        c = remez(rest, low, high, list(range(len(fixed), terms)), scale)
        fixed += [rounded(x, bits) for x in (c[:1] if again else c)]
    grid = [low + (high - low) * k / 1000 for k in range(1001)]
    error = max(abs((f(x) - sum(c * x**k for k, c in enumerate(fixed))) * scale(x)) for x in grid)
    print(f"{name} {kind}: {terms} terms, relative error 2^{mp.nstr(log(error, 2), 4)}", file=sys.stderr)
    return fixed


def pieces(x, sizes):
    """x as a sum of numbers of so many bits each."""
    result = []
    for bits in sizes:
        part = rounded(x, bits)
        result.append(part)
        x -= part
    return result


def window(top, sizes):
    """The bits of 2/pi from weight 2^top down, as pieces of so many bits, cut off."""
    result, rest = [], 2 / pi
    rest -= ldexp(floor(ldexp(rest, -top - 1)), top + 1)
    for bits in sizes:
        top -= bits
        part = ldexp(floor(ldexp(rest, -top - 1)), top + 1)
        result.append(part)
        rest -= part
    return result


def hexadecimal(x):
    return float(x).hex().replace("0000000p", "p") if x else "0.0"


def emit(name, values, doc):
    print(f"  /// {doc}")
    print(f"  static constexpr double {name}[] = {{{', '.join(map(hexadecimal, values))}}};")


LN2 = log(mpf(2))
HALF_LN2 = LN2 / 2 * mpf("1.01")
QUARTER_PI = pi / 4 * mpf("1.002")


def series(g, at_zero, least="1e-8"):
    """g, but its limit where the formula divides zero by zero."""
    return lambda z: g(z) if abs(z) > mpf(least) else at_zero


def tables(kind):
    is_float = kind == "float"
    pick = lambda a, b: a if is_float else b

    def f(name, doc, g, low, high, terms, scale, leading=()):
        emit(name, [mpf(c) for c in leading] + fit(name, kind, g, low, high, terms, scale), doc)


    f("exp", "exp(r) = 1 + r + r^2 q(r), |r| <= log(2) / 2.", series(lambda r: (exp(r) - 1 - r) / r**2, mpf(1) / 2),
      -HALF_LN2, HALF_LN2, pick(5, 11), lambda r: r**2 / exp(r))
    f("cosh", "cosh(r) = 1 + z q(z), z = r^2, |r| <= log(2) / 2.",
      series(lambda z: (cosh(sqrt(z)) - 1) / z, mpf(1) / 2), 0, HALF_LN2**2, pick(3, 6), lambda z: z)
    f("sinh", "sinh(r) = r + r z q(z), z = r^2, |r| <= log(2) / 2.",
      series(lambda z: (sinh(sqrt(z)) / sqrt(z) - 1) / z, mpf(1) / 6), 0, HALF_LN2**2, pick(3, 6), lambda z: z)
    if is_float:
        f("log", "log(1 + f) = f + f^2 q(f), sqrt(1/2) <= 1 + f <= sqrt(2).",
          series(lambda x: (log(1 + x) - x + x**2 / 2) / x**3, mpf(1) / 3), sqrt(mpf(0.5)) - mpf("1.001"),
          sqrt(mpf(2)) - mpf("0.999"), 8, lambda x: x**3 / log(1 + x) if abs(x) > 1e-8 else x**2, [-0.5])
        f("exp_twice", "exp(2 r) = 1 + r q(r), |r| <= log(2) / 4.",
          series(lambda r: (exp(2 * r) - 1 - 2 * r) / r**2, mpf(2)), -HALF_LN2 / 2, HALF_LN2 / 2, 5,
          lambda r: r**2 / exp(2 * r), [2])
        f("tanh", "tanh(x) = x + x z q(z), z = x^2, x <= 0.5625.",
          series(lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 3), 0, mpf("0.5625") ** 2, 5, lambda z: z)
    else:
        f("log", "log(1 + f) = 2 s + s z q(z), s = f / (2 + f), z = s^2, sqrt(1/2) <= 1 + f <= sqrt(2).",
          series(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z, mpf(2) / 3), 0, mpf("0.02950"), 7, lambda z: z / 2)
    if not is_float:
        f("precise_log", "log(1 + f) = 2 s + s z (2 / 3 + z q(z)), as in log.",
          series(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2 - 2 * z / 3) / z**2, mpf(2) / 5, "1e-16"),
          0, mpf("0.02950"), 7, lambda z: z**2 / 2)
    f("sin", "sin(r) = r + r z q(z), z = r^2, |r| <= pi / 4.",
      series(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 6), 0, QUARTER_PI**2, pick(3, 6), lambda z: z)
    f("cos", "cos(r) = 1 - z / 2 + z^2 q(z), z = r^2, |r| <= pi / 4.",
      series(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(1) / 24), 0, QUARTER_PI**2, pick(3, 6),
      lambda z: z**2 / cos(sqrt(z)))
    f("asin", "asin(s) = s + s z q(z), z = s^2, s <= 1/2.",
      series(lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, mpf(1) / 6), 0, mpf(1) / 4, pick(5, 13), lambda z: z)
    f("atan", f"atan(t) = t + t z q(z), z = t^2, {pick('t <= 1', '|t| <= tan(pi / 8)')}.",
      series(lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 3), 0, pick(1, mpf("0.1716")), pick(9, 11),
      lambda z: z * sqrt(z) / atan(sqrt(z)) if z else z)
    f("erf", "erf(x) = x + x q(z), z = x^2, x <= 1.",
      series(lambda z: erf(sqrt(z)) / sqrt(z) - 1, 2 / sqrt(pi) - 1, "1e-30"), 0, 1, pick(7, 12),
      lambda z: sqrt(z) / erf(sqrt(z)) if z > mpf("1e-30") else sqrt(pi) / 2)
    f("log_erfc", "erf(x) = 1 - exp(q(x - 1)), 1 <= x.", lambda t: log(erfc(1 + t)), 0, pick(mpf("2.95"), mpf("4.95")),
      pick(8, 19), lambda t: erfc(1 + t) / erf(1 + t))
    emit("half_pi", pieces(pi / 2, [DIGITS[kind]] * 2), "pi / 2 in two pieces.")
    emit("ln2", pieces(LN2, [pick(15, 41), DIGITS[kind]]),
         "log(2) in two pieces; the first times an exponent is exact.")
    emit("log2_e", [rounded(1 / LN2, DIGITS[kind]), rounded(1 / LN2 - 1, DIGITS[kind])], "1 / log(2), and 1 less.")


def reduction_tables():
    """Windows of 2/pi for arguments of 16 binades each, without the bits whose products are multiples of 4."""
    mp.dps = 450
    rows = [window(min(-1, 24 - (1 + 16 * g)), [29, 29, 53]) for g in range(8)]
    for i, column in enumerate(zip(*rows)):
        emit(f"float_{'abc'[i]}", column, f"Piece {i} for float32 arguments, from |x| < 2^17 on.")
    rows = []
    for g in range(65):
        least = 16 * g - 15
        rows.append([ldexp(c, 256 if least >= 497 else 0) for c in window(min(-1, 53 - least), [53] * 4)])
    for i, column in enumerate(zip(*rows)):
        emit(f"double_{'abcd'[i]}", column, f"Piece {i} for float64, from |x| < 2 on; times 2^256 for |x| >= 2^497.")


HEADER = """#pragma once

// Written by tests/math/coefficients.py.
namespace koine::backend::cpu::math {

template <class E>
struct Table;
"""

if __name__ == "__main__":
    print(HEADER)
    for kind in "float", "double":
        print(f"template <>\nstruct Table<{kind}> {{")
        tables(kind)
        print("};\n")
    print("/// 2/pi in pieces (Payne and Hanek 1983).\nstruct TwoOverPi {")
    reduction_tables()
    print("};\n")
    print("}  // namespace koine::backend::cpu::math")
