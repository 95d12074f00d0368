"""Mutants that mean the same as the code they replace, each with the reason."""

import re

# (file, regular expression of the mutant as printed, of the line that it is in, why nothing can tell it from the code).
# In the line what is replaced is between two @; an expression without them sees the line without.
KNOWN = [
    ("elementwise/hypot.h", "off by one: `1`", "y == 0", "where the length is 0, what is divided by it is 0 too"),
    ("elementwise/sign.h", "off by one: `1`", "length == 0", "what is divided there is 0"),
    ("elementwise/atan2.h", "off by one: `1`", "r == 0", "what is divided there is 0"),
    ("elementwise/atan2.h", "sign: `where", "", "it divides twice"),
    ("elementwise/(minimum|maximum).h", "comparison: ` [<>] `", "own == other", "equal operands are chosen before"),
    ("elementwise/where.h", "off by one: `1`", r"return \{in.dtype", "both have one dtype, else the line before throws"),
    ("elementwise/sigmoid.h", "comparison: ` >= `", "", "at 0 both forms are 1/2"),
    ("scan/linear_recurrence.h", "off by one: `0`", "canonical_axis", "both operands have one shape, else infer throws"),
    ("scan/linear_recurrence.h", "off by one: `0`", r"return \{in.dtype", "both are of one type, else it throws before"),
    ("scan/(cumprod|linear_recurrence).h", "off by one: `0`", r"reverse\}, @0@\);$",
     "the first factor of a recurrence is not used"),
    ("library/ravel_multi_index.h", "word: `false`", "check_mode", "the mode that it would allow is refused before"),
    ("library/next_number.h", "comparison: ` > `", "target > size", "equal numbers are given back before"),
    ("library/fold_in.h", "` < ` -> ` <= `", "if ", "as many as each other is nothing to repeat"),
    ("reduction/any.h", r"sign: `x \| y`", "", "a truth has no sign"),
    ("reduction/all.h", "sign: `x & y`|off by one: `1`", "", "a truth has no sign and no size"),
    ("composite/(log_)?softmax.h", "sign: `x`", "return", "no elements have no sign"),
    ("composite/attention.h", "off by one: `0`", "top == nothing", "of any finite number the weights are exp(-inf)"),
    ("composite/(attention|logsumexp).h", "off by one: `1`", "total == 0", "where the sum is 0, so is what it divides"),
    ("composite/logsumexp.h", "off by one: `0`", "isfinite", "an infinity stays one whatever is taken off and added"),
    ("composite/categorical.h", "off by one: `0`", "centred < 0", "two forms of one value, each exact on its side"),
    ("composite/embedding.h", "dropped statement", "integer_dtype", "the op that it is made of refuses the same"),
    ("composite/normal.h", "number: `0.5`", "", "far inside, both formulas have all digits"),
    ("composite/(normal|categorical).h", "` < ` -> ` <= `", "", "no number is centred on 0, none is cut where they differ"),
    ("structural/update_slice.h", "comparison: ` > `", "step", "a step of 0 is refused before"),
    ("structural/update_slice.h|family/(contraction|convolution).cpp", "off by one: `0`", r"return \{in.dtype\(@0@",
     "the operands have one dtype, else infer throws"),
    ("family/control_kernels.cpp", "off by one: `0`", "memset", "steps that are not run are read by nobody"),
    ("elementwise/cast.h", "off by one: `1`", "in_place", "a cast to the same dtype can be in place, and none is wide"),
    ("family/slicing.cpp", "comparison: ` > `", "forward =", "a step of 0 is refused before"),
    ("family/contraction.cpp", "comparison: ` > `", "matrix.size", "a matrix is its own rows"),
    ("family/contraction.cpp", "off by one: `2`", r"a.rank\(\) > @2@", "the same sum as matrices and their sum"),
    ("family/contraction.cpp", "comparison: ` >= `", r"rank\[i\]", "a reshape to the same shape"),
    ("family/contraction.cpp", "sign: `reshape", "shape = rows", "both factors change their sign"),
    ("family/convolution.cpp", "sign: `repeat_in_front", "", "no elements have no sign"),
    ("family/convolution_reference.cpp", "off by one: `64`", "", "any number of windows at a time will do"),
    ("family/convolution_reference.cpp", "comparison: ` < `", "first < g.count", "a block of no windows"),
    ("family/convolution_reference.cpp", "off by one: `1`", r"\? -@1@ :", "any negative number is no point"),
    ("family/gather.cpp", "off by one: `1`", ": -1;", "any negative number is no position"),
    ("family/gather.cpp", "sign: `reshape", "read == number", "a truth has no sign"),
    ("family/reduction.cpp", "sign: `sum", "value = 1", "graphs of symbolic sizes are checked, never run"),
    ("family/reduction.cpp", "off by one: `1`", "value = 1", "graphs of symbolic sizes are checked, never run"),
    ("family/reduction_reference.cpp", "off by one: `4096`", "", "any number of rows in flight will do"),
    ("family/reduction_reference.cpp", "operator: ` / `", "room / n", "any number of rows in flight will do"),
    ("family/reduction_reference.cpp", "off by one: `1`", r"\(n\), -@1@", "any negative number is no place"),
    ("family/reduction_reference.cpp", "comparison: ` < `", r"r < count; \+\+r", "after the last row all places are found"),
    ("family/scan.cpp", "comparison: ` < `", "first < lines.count", "a block of no lines"),
    ("family/factorization.cpp", "off by one: `1`", r"n = length\(k.in\[0\], @1@\)", "the matrix is square"),
    ("family/factorization.cpp", "off by one: `1`", r"Mask\(results", "any mark but 0 is one"),
    ("library/slogdet.h", "off by one: `0`", "zeros_like", "both results have one shape, and one dtype where this is real"),
    ("family/op.cpp", "negation", r"defined\(\)\) return false", "the longer way gives the same"),
    ("library/next_number.h", "off by one: `0`", r"return \{in.dtype", "both operands are of one type, else it throws before"),
    ("library/qr.h", "sign: `y`", "return", "both factors of a quotient change their sign"),
    ("family/op.cpp", "dropped statement", r"remember\(given", "what is not remembered is worked out again"),
    ("library/eigh.h", "off by one: `1`", r"shape\(0\)\[-@1@\]", "the matrix is square"),
    ("family/factorization.cpp", "off by one: `1`", "value = @1@", "what is counted is only compared"),
    ("elementwise/bitwise_right_shift.h", "` >= ` -> ` > `|off by one: `0`", r"x2( >= 0|@ >= @0| >= @0@)",
     "of a negative number that is not shifted nothing is 0"),
    ("family/scalar_eval.cpp", "operator: ` / `", r"copysign\(0.0, a / b\)", "product and quotient have one sign"),
    ("family/scalar_eval.cpp", "number: `0.5`", "q - whole", "a rounding leads from an integer to no number in between"),
    ("family/scalar_eval.cpp", "comparison: ` > `|number: `0.5`", r"std::abs\(x\) > 0.5",
     "around the limit both forms have all digits"),
]


def reason(mutant):
    """Why the mutant is equivalent, or an empty string when it is not known to be."""
    for file, printed, code, why in KNOWN:
        line = mutant.code if "@" in code else mutant.code.replace("@", "")
        if re.search(file, mutant.file) and re.search(printed, str(mutant)) and re.search(code, line):
            return why
    return ""
