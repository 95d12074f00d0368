"""Mutants that mean the same as the code they replace, each with the reason."""

import re

# (file, regular expression of the mutant's text as printed, why nothing can tell it from the code)
KNOWN = [
    ("elementwise/hypot.h", r"off by one: `1`", "where the length is 0, what is divided by it is 0 too"),
    ("elementwise/sign.h", r":17: off by one: `1`", "what is divided there is not chosen"),
    ("scan/linear_recurrence.h", r":20: off by one: `0`", "both operands have one shape, else the next rule throws"),
    ("composite/softmax.h", r":16: sign", "no elements have no sign"),
    ("reduction/any.h", r"sign: `x \| y`", "a truth has no sign"),
    ("reduction/all.h", r"sign: `x & y`", "a truth has no sign"),
    ("composite/categorical.h", r":25: off by one: `0`", "two forms of one value, each exact on its side"),
    ("composite/embedding.h", r":12: dropped statement", "the op that it is made of refuses the same"),
    ("library/random_bits.h", r":38: comparison: ` < `", "what is written beyond a block is written again by the next"),
    ("library/fold_in.h", r"` < ` -> ` <= `", "as many as each other is nothing to repeat"),
    ("composite/normal.h", r"number: `0.5`", "far inside, both formulas have all digits"),
    ("composite/(normal|categorical).h", r"` < ` -> ` <= `", "no number is centred on 0, none is cut where the formulas differ"),
]


def reason(mutant):
    """Why the mutant is equivalent, or an empty string when it is not known to be."""
    for file, pattern, why in KNOWN:
        if re.search(file + "$", mutant.file) and re.search(pattern, str(mutant)):
            return why
    return ""
