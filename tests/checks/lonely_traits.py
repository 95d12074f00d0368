"""A trait that only one op has is a name in disguise: every member that family code asks an op for is one that several
ops define."""

import re

import _project

_ASKED = re.compile(r"\bT::(?:template\s+)?(\w+)")


def defines(trait):
    """Matches the definition of a member: a value, a function, a struct."""
    return re.compile(rf"\b(?:static|struct|using)\b[^;{{}}()=]*\b{trait}\b\s*[(\[{{=]")


def check(root):
    families = {file: _project.without_comments(file.read_text()) for file in _project.sources(root, "src/ops/family")}
    ops = {file: _project.without_comments(file.read_text())
           for file in (root / "src/ops").glob("*/*.h") if file.parent.name != "family"}
    base = families.get(root / "src/ops/family/op.h", "")
    # partial_1, partial_2 and so on are one trait of several operands.
    asked = {re.sub(r"\d+$", r"\\d+", name) for text in families.values() for name in _ASKED.findall(text)}
    found = []
    for trait in sorted(asked):
        defined = defines(trait)
        having = [file for file, text in ops.items() if defined.search(text)]
        # What every op has, a family may have in its own way: that serves all its ops.
        by_family = defined.search(base) and any(defined.search(t) for f, t in families.items() if f.name != "op.h")
        if len(having) == 1 and not by_family:
            found.append(f"{having[0].relative_to(root).as_posix()}: the only op with `{trait}`")
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, parts=("src/ops",), plants=[
        ("src/ops/planted/planted_op.h", "struct PlantedOp : Planted {\n  static constexpr bool planted_trait = true;\n};",
         "planted_trait"),
        ("src/ops/planted/planted_op.h", "struct PlantedOp : Planted {\n  static Array planted_rule(Array x) { return x; }\n};",
         "planted_rule"),
    ], given={"src/ops/family/planted.h": "constexpr auto a = T::planted_trait;\nauto b = &T::planted_rule;"})
