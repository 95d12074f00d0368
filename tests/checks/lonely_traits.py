"""A trait that only one op has is a name in disguise: every member that family code asks an op for is one that several
ops define."""

import re

import _project

_ASKED = re.compile(r"\bT::(?:template\s+)?(\w+)")


def check(root):
    families = _project.sources(root, "src/ops/family")
    asked = {name for file in families for name in _ASKED.findall(_project.without_comments(file.read_text()))}
    ops = {file: _project.without_comments(file.read_text())
           for file in (root / "src/ops").glob("*/*.h") if file.parent.name != "family"}
    found = []
    for trait in sorted(asked):
        defined = re.compile(rf"\b(?:static|struct|using)\b[^;{{}}()=]*\b{trait}\b\s*[(\[{{=]")
        having = [file for file, text in ops.items() if defined.search(text)]
        if len(having) == 1:
            found.append(f"{having[0].relative_to(root).as_posix()}: the only op with `{trait}`")
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, parts=("src/ops",), plants=[
        ("src/ops/planted/planted_op.h", "struct PlantedOp : Planted {\n  static constexpr bool planted_trait = true;\n};",
         "planted_trait"),
        ("src/ops/planted/planted_op.h", "struct PlantedOp : Planted {\n  static Array planted_rule(Array x) { return x; }\n};",
         "planted_rule"),
    ], given={"src/ops/family/planted.h": "constexpr auto a = T::planted_trait;\nauto b = &T::planted_rule;"})
