"""Generic code names no op: it reads the table, so that a new op is one file.

The ops are the file stems of src/ops. In the generic folders this looks for an op's name as a string, its struct, an
include of its file or of the generated functions, and a qualified call of its function.
"""

import re

import _project

# Code that serves every op. A device's own file for an op, named after it, is the one exception.
GENERIC = ("src/ir", "src/transform", "src/compile", "src/runtime", "src/backend", "src/io")

# Words that are an op's name as well and mean something else where they stand.
OTHER_WORDS = {
    "src/ir/scalar.cpp": r".*",    # the primitives of the scalar IR, which are in no table
    "src/ir/attrs.cpp": r"all",    # an attribute's value: all axes
    "src/ir/op_spec.cpp": r"scan", # a family
    "src/backend/cpu/indexed.cpp": r"clip",  # what an index outside means
    "src/backend/cpu/scans.cpp": r"reverse", # the direction of a scan
}

_INCLUDE = re.compile(r'#[ \t]*include[ \t]*[<"]([^>"]+)[>"]')


def op_stems(root):
    return {p.stem for p in (root / "src/ops").glob("*/*.h") if p.parent.name != "family"}


def camel_case(stem):
    return "".join(part.capitalize() for part in stem.split("_"))


def headers_with_all_ops(root):
    """The public headers through which <koine/ops.h> is seen."""
    includes = {f"koine/{p.relative_to(root / 'include/koine').as_posix()}":
                set(_INCLUDE.findall(_project.without_comments(p.read_text())))
                for p in _project.sources(root, "include")}
    seen, grown = {"koine/ops.h"}, True
    while grown:
        more = {name for name, uses in includes.items() if uses & seen} - seen
        seen, grown = seen | more, bool(more)
    return seen


def check(root):
    stems = op_stems(root)
    if not stems:
        return ["src/ops: no op found"]
    any_op = "|".join(sorted(stems, key=len, reverse=True))
    any_struct = "|".join(sorted(map(camel_case, stems), key=len, reverse=True))
    patterns = [
        (re.compile(rf'"(?:{any_op})"'), "an op's name as a string"),
        (re.compile(rf"\b(?:ops|OpId|Op|op)::(?:{any_struct}|{any_op})\b"), "an op by its name"),
        (re.compile(rf"(?<![\w:])(?:::)?koine::(?:{any_op})\s*\("), "a call of an op's function"),
    ]
    all_ops = headers_with_all_ops(root)
    found = []
    for file in _project.sources(root, *GENERIC):
        name = file.relative_to(root).as_posix()
        if name.startswith("src/backend/") and file.stem in stems:
            continue
        text = _project.without_comments(file.read_text())
        for pattern, what in patterns:
            for match in pattern.finditer(text):
                if re.fullmatch(f'"{OTHER_WORDS.get(name, "")}"', match.group(0)):
                    continue
                found.append(f"{name}:{_project.line_of(text, match.start())}: {what}: {match.group(0)}")
        for match in _INCLUDE.finditer(text):
            target = match.group(1)
            of_op = re.fullmatch(r"ops/(?!family/)[^/]+/[^/]+\.h", target)
            if of_op or target in all_ops:
                what = "an include of an op's file" if of_op else "an include that brings in every op's function"
                found.append(f"{name}:{_project.line_of(text, match.start())}: {what}: {target}")
    return found


if __name__ == "__main__":
    _project.main(
        __doc__, check, parts=("src", "include"),
        given={"src/ops/planted/planted_op.h": "", "include/koine/planted.h": "#include <koine/ops.h>",
               "src/backend/cpu/planted_op.cpp": 'auto allowed = "planted_op";'},
        plants=[
            ("src/ir/planted.cpp", 'bool special(View name) { return name == "planted_op"; }', "as a string"),
            ("src/transform/planted.cpp", "auto id = id_of<ops::PlantedOp>();", "an op by its name"),
            ("src/io/planted/planted.cpp", "case OpId::planted_op: break;", "an op by its name"),
            ("src/runtime/planted.cpp", "auto y = koine::planted_op(x);", "a call"),
            ("src/backend/reference/planted.cpp", '// "planted_op" here is no name\n#include "ops/planted/planted_op.h"',
             "an op's file"),
            ("src/compile/planted.h", "#include <koine/ops.h>", "every op's function"),
            ("src/transform/planted.h", "#include <koine/planted.h>", "every op's function"),
        ])
