"""Mutants that mean the same as the code they replace, each with the reason."""

import re

# (file, regular expression of the mutant as printed, of the line that it is in, why nothing can tell it from the code)
KNOWN = [
    ("elementwise/hypot.h", "off by one: `1`", "y == 0", "where the length is 0, what is divided by it is 0 too"),
    ("elementwise/sign.h", "off by one: `1`", "length == 0", "what is divided there is not chosen"),
    ("elementwise/(minimum|maximum).h", "comparison: ` [<>] `", "own == other", "equal operands are chosen before"),
    ("scan/linear_recurrence.h", "off by one: `0`", "canonical_axis", "both operands have one shape, else infer throws"),
    ("elementwise/where.h", "off by one: `1`", r"return \{in.dtype", "both have one dtype, else the line before throws"),
    ("elementwise/sigmoid.h", "comparison: ` >= `", "", "at 0 both forms are 1/2"),
    ("library/ravel_multi_index.h", "word: `false`", "check_mode", "the mode that it would allow is refused before"),
    ("composite/softmax.h", "sign: `x`", "return x;", "no elements have no sign"),
    ("reduction/any.h", r"sign: `x \| y`", "", "a truth has no sign"),
    ("reduction/all.h", "sign: `x & y`|off by one: `1`", "", "a truth has no sign and no size"),
    ("composite/categorical.h", "off by one: `0`", "centred < 0", "two forms of one value, each exact on its side"),
    ("composite/categorical.h", "dropped statement", "promote_operands", "a number is no key, and refused as one"),
    ("composite/embedding.h", "dropped statement", "integer_dtype", "the op that it is made of refuses the same"),
    ("library/fold_in.h", "` < ` -> ` <= `", "if ", "as many as each other is nothing to repeat"),
    ("composite/normal.h", "number: `0.5`", "", "far inside, both formulas have all digits"),
    ("composite/(normal|categorical).h", "` < ` -> ` <= `", "", "no number is centred on 0, none is cut where they differ"),
]


def reason(mutant):
    """Why the mutant is equivalent, or an empty string when it is not known to be."""
    for file, printed, code, why in KNOWN:
        if re.search(file, mutant.file) and re.search(printed, str(mutant)) and re.search(code, mutant.code):
            return why
    return ""
