#!/usr/bin/env python3
"""Reads the op files and writes what is generated from them: the users' functions and the op table.

An op file `src/ops/<family>/<stem>.h` holds `struct <CamelCase of stem>`. From its text come the operand names
(`args`, or the family's default), the result names (`outputs`), the members of `Attrs` and the `doc` string; the
compiler checks the rest against the struct itself.
"""
import argparse
import pathlib
import re
import sys


def fail(path, message):
    sys.exit(f"{path}: {message}")


def block(text, start):
    """The text between the brace at or after `start` and its partner."""
    begin = text.index("{", start)
    depth = 0
    for at in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin + 1:at]
    raise ValueError("unbalanced braces")


def strings(text):
    return re.findall(r'"((?:[^"\\]|\\.)*)"', text)


def camel(stem):
    return "".join(part.capitalize() for part in stem.split("_"))


def family_struct(path, base):
    """The text of the family's struct, for what an op inherits from it."""
    name = re.split(r"[<:]", base)[0]
    for header in sorted((path.parent.parent / "family").glob("*.h")):
        text = header.read_text()
        found = re.search(r"struct %s\b[^;{]*\{" % name, text)
        if found:
            return block(text, found.start())
    return ""


class Op:
    def __init__(self, path, root):
        text = path.read_text()
        self.path, self.name, self.type = path.relative_to(root), path.stem, camel(path.stem)
        head = re.search(r"struct %s(?: final)? : ([\w:]+(?:<[^>]*>)?)" % self.type, text)
        if not head:
            fail(path, f"no `struct {self.type} : <family>` (the struct is the CamelCase of the file name)")
        base = head.group(1)
        doc = re.search(r"\bdoc\s*=\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+);", text)
        if not doc:
            fail(path, 'no `static constexpr auto doc = "...";`')
        self.doc = "".join(strings(doc.group(1))).replace('\\"', '"')
        args = re.search(r"\bargs\b\[?\]?\s*=\s*\{([^}]*)\}", text)
        arity = re.search(r"<(\d)>", base)
        if args:
            self.args = strings(args.group(1))
        elif re.search(r"\bargs\b", text) and "no_args" in text:
            self.args = []
        else:
            self.args = ["x"] if not arity or arity.group(1) == "1" else [f"x{i + 1}" for i in range(int(arity.group(1)))]
        outputs = re.search(r"\boutputs\[\]\s*=\s*\{([^}]*)\}", text)
        self.outputs = strings(outputs.group(1)) if outputs else ["y"]
        self.internal = bool(re.search(r"\binternal\s*=\s*true", text + family_struct(path, base)))
        self.own_rules = [bool(re.search(rf"\bstatic\s+(?:Arrays?|void)\s+{rule}\(", text))
                          for rule in ("jvp", "vjp", "vmap", "reference")]
        self.attrs, self.fields = None, []
        found = re.search(r"struct Attrs\s*\{", text)
        if found:
            self.attrs = block(text, found.start())
            docs = dict(re.findall(r'field<&Attrs::(\w+)>\(\s*"\w+",\s*"((?:[^"\\]|\\.)*)"', text))
            for line in re.sub(r"//[^\n]*", "", self.attrs).split(";"):
                member = re.match(r"\s*([\w:<>, ]+?)\s+(\w+)\s*(=\s*.+|\{.*\})?$", line.strip(), re.S)
                if member:
                    kind, name, default = member.groups()
                    if name not in docs:
                        fail(path, f"attribute {name} has no `field<&Attrs::{name}>(\"{name}\", \"meaning\")`")
                    self.fields.append((kind, name, (default or "").strip(), docs[name]))

    @property
    def variadic(self):
        return bool(self.args) and self.args[-1].endswith("...")

    @property
    def shown(self):
        return [name for name in self.outputs if not name.startswith("_")]

    def result(self):
        return "Array" if len(self.shown) == 1 else f"{self.type}Result"

    def parameters(self, declare):
        """C++ parameter list; with `declare` the defaults are spelled."""
        parts = []
        for arg in self.args:
            name = arg.rstrip("?.")
            if arg.endswith("..."):
                parts.append(f"const std::vector<Array>& {name}")
            elif arg.endswith("?"):
                parts.append(f"const Arg& {name}" + (" = Array()" if declare else ""))
            else:
                parts.append(f"const Arg& {name}")
        if self.attrs is not None:
            parts.append(f"{self.type}Attrs attrs" + (" = {}" if declare else ""))
        if self.variadic:
            parts.append("std::source_location where" + (" = std::source_location::current()" if declare else ""))
        return ", ".join(parts)

    def declaration(self):
        lines = []
        if self.attrs is not None:
            lines.append(f"struct {self.type}Attrs {{")
            for kind, name, default, doc in self.fields:
                tail = f" {default}" if default else ""
                lines.append(f"  {kind} {name}{tail};  ///< {doc}")
            lines.append("};")
        if len(self.shown) > 1:
            lines.append(f"struct {self.result()} {{\n  Array {', '.join(self.shown)};\n}};")
        lines.append(f"/// {self.doc}")
        lines.append(f"{self.result()} {self.name}({self.parameters(True)});")
        lines += [f"{head};" for head, _ in self.shorter()]
        return "\n".join(lines)

    def shorter(self):
        """The functions that leave out some of the optional operands before the attributes: heads and what they pass on."""
        optional = [arg.rstrip("?") for arg in self.args if arg.endswith("?")]
        if self.attrs is None:
            return
        required = [arg for arg in self.args if not arg.endswith("?")]
        for count in range(len(optional)):
            given = required + optional[:count]
            params = ", ".join([f"const Arg& {name}" for name in given] + [f"{self.type}Attrs attrs"])
            yield f"{self.result()} {self.name}({params})", given + ["Array()"] * (len(optional) - count) + ["std::move(attrs)"]

    def call(self, out, head, names):
        out.append(head + " {")
        if self.attrs is not None:
            values = ", ".join(f"attrs.{field[1]}" for field in self.fields)
            out.append(f"  ops::{self.type}::Attrs own{{{values}}};")
        pointer = "&own" if self.attrs is not None else "nullptr"
        invoke = "ops::invoke_one" if len(self.outputs) == 1 else "ops::invoke"
        if self.variadic:
            out.append("  SourceScope scope(where);")
            out.append(f"  std::vector<Arg> list({names[-1]}.begin(), {names[-1]}.end());")
            call = f"ops::invoke(row_{self.type}, list, {pointer})" + "[0]" * (len(self.outputs) == 1)
        elif not names:
            call = f"{invoke}(row_{self.type}, {{}}, {pointer})"
        else:
            optional = [n for n, a in zip(names, self.args) if a.endswith("?")]
            items = names if invoke == "ops::invoke" else ["&" + name for name in names]
            kind = "const Arg" if invoke == "ops::invoke" else "const Arg* const"
            out.append(f"  {kind} list[] = {{{', '.join(items)}}};")
            count = str(len(names))
            for name in optional:
                count += f" - ({name}.is_array() && !{name}.array().defined())"
            call = f"{invoke}(row_{self.type}, std::span<{kind}>(list, static_cast<size_t>({count})), {pointer})"
        if len(self.outputs) == 1:
            out.append(f"  return {call};")
        else:
            shown = [str(i) for i, name in enumerate(self.outputs) if not name.startswith("_")]
            out.append(f"  auto result = {call};")
            out.append("  return " + (f"result[{shown[0]}]" if len(shown) == 1 else
                                      "{" + ", ".join(f"result[{i}]" for i in shown) + "}") + ";")
        out.append("}")

    def definition(self):
        out = []
        if self.internal:
            return ""
        self.call(out, f"{self.result()} {self.name}({self.parameters(False)})", [a.rstrip("?.") for a in self.args])
        out += [f"{head} {{ return {self.name}({', '.join(passed)}); }}" for head, passed in self.shorter()]
        return "\n".join(out)

    def row(self):
        return "\n".join([
            f"extern constinit const ir::OpSpec row_{self.type};",
            f"constinit const ir::OpSpec row_{self.type} = ops::make_spec<ops::{self.type}>(\"{self.name}\", \"{self.path.as_posix()}\");",
            f"static_assert(ops::is_complete(ops::make_spec<ops::{self.type}>(\"\", \"\")), \"{self.path}: a rule or a text is missing that "
            "its family does not supply (infer, vmap, reference, samples, jvp and vjp or not_differentiable; shapes, example)\");",
            f"template <>", f"const ir::OpSpec& ops::spec<ops::{self.type}>() {{", f"  return row_{self.type};", "}"])


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ops", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--shards", type=int, default=16)
    options = parser.parse_args()
    root = options.ops.parent.parent
    files = sorted((p for p in options.ops.glob("*/*.h") if p.parent.name != "family"), key=lambda p: p.stem)
    ops = [Op(path, root) for path in files]
    for first, second in zip(ops, ops[1:]):
        if first.name == second.name:
            fail(second.path, f"the op {first.name} exists already in {first.path}")

    note = "// Generated from the op files by tools/genops.py.\n"
    header = [note, "#pragma once", "#include <koine/array.h>", "",
              "/// One function per op. An attribute aggregate is written in place: `sum(x, {.axis = 1})`.",
              "namespace koine {", ""]
    header += [op.declaration() + "\n" for op in ops if not op.internal]
    header += ["}  // namespace koine", ""]
    write(options.out / "include/koine/ops.h", "\n".join(header))

    rows = [note, "#pragma once", "", "namespace koine::ir {", "struct OpSpec;", "}", "namespace koine::ops {",
            "/// The row of an op.", "template <class T>", "const ir::OpSpec& spec();"]
    for op in ops:
        rows += [f"struct {op.type};", "template <>", f"const ir::OpSpec& spec<{op.type}>();"]
    write(options.out / "src/ops_rows.h", "\n".join(rows + ["}  // namespace koine::ops", ""]))

    # Shards by name, so that a new op moves no other.
    shards = [[] for _ in range(options.shards)]
    for op in ops:
        shards[sum(map(ord, op.name)) % options.shards].append(op)
    for number, members in enumerate(shards):
        text = [note] + [f'#include "{op.path.relative_to("src").as_posix()}"' for op in members]
        text += ["#include <koine/ops.h>", "", "namespace koine {", ""]
        for op in members:
            text += [op.row(), op.definition(), ""]
        text += ["}  // namespace koine", ""]
        write(options.out / f"src/ops_shard_{number:02}.cpp", "\n".join(text))

    table = [note, '#include "ir/op_rules.h"', '#include "ir/op_spec.h"', "", "namespace koine {"]
    table += [f"extern constinit const ir::OpSpec row_{op.type};" for op in ops]
    table += ["std::span<const ir::OpSpec* const> ir::op_table() {", "  static constexpr const OpSpec* rows[] = {"]
    table += [f"      &row_{op.type}," for op in ops]
    table += ["  };", "  return rows;", "}", "std::span<const ir::OwnRules> ir::own_rules() {", "  static constexpr OwnRules rules[] = {"]
    table += [f"      {{{', '.join(str(own).lower() for own in op.own_rules)}}},  // {op.name}" for op in ops]
    table += ["  };", "  return rules;", "}", "}  // namespace koine", ""]
    write(options.out / "src/ops_table.cpp", "\n".join(table))


if __name__ == "__main__":
    main()
