#!/usr/bin/env python3
"""Writes the reference of the Python package: a page for each public name, and an index.

What a page says comes from where the function is written: of an op from the table, so from its own file, of others from
their docstrings. The examples in them are run by tests/checks/documented.py.
"""

import argparse
import importlib
import inspect
import pathlib
import pkgutil
import re
import shutil
import sys
import types


def modules_of(package):
    """The modules that say what they offer, also those that are loaded when they are first named. One that is for another
    library is left out where that is not installed."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        try:
            module = importlib.import_module(found.name)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith(package.__name__):
                raise
            continue
        if hasattr(module, "__all__"):
            yield module


def public_names(package):
    """All that users reach, {name: thing}: of the package, and of its modules that say what they offer."""
    found = {f"koine.{name}": thing for name, thing in vars(package).items() if not name.startswith("_")}
    found["koine.__array_namespace_info__"] = package.__array_namespace_info__
    for module in modules_of(package):
        for name in module.__all__:
            if not hasattr(package, name) or getattr(package, name) is not getattr(module, name):
                found[f"{module.__name__}.{name}"] = getattr(module, name)
    return {name: thing for name, thing in found.items() if callable(thing)}


def signature_of(thing):
    try:
        return str(inspect.signature(thing))
    except (TypeError, ValueError):
        return "(...)"


def body_of(text):
    """A docstring as Markdown: what begins with >>> is code up to the next empty line."""
    parts = []
    for part in re.split(r"\n\n+", text.strip()):
        if part.startswith(">>>"):
            parts.append(f"```python\n{part}\n```")
        else:
            at = part.find("\n>>>")
            parts.append(part if at < 0 else f"{part[:at]}\n\n```python\n{part[at + 1 :]}\n```")
    return "\n\n".join(parts)


def page_of(name, thing, ops, facts):
    lines = [f"# {name}", "", f"`{name}{signature_of(thing)}`", ""]
    op = getattr(thing, "__name__", "")
    if ops.get(op) is not thing:
        lines.append(body_of(inspect.getdoc(thing) or ""))
        for method, function in sorted(vars(thing).items()) if inspect.isclass(thing) else ():
            if inspect.isfunction(function) and not method.startswith("_") and function.__doc__:
                lines += ["", f"## .{method}", "", body_of(inspect.getdoc(function))]
        return "\n".join(lines) + "\n"
    row = facts[op]
    lines.append("\n\n".join(filter(None, (row["doc"], row["shapes"], body_of(row["example"] or "")))))
    if row["attributes"]:
        lines += ["", "| attribute | type | default | meaning |", "|---|---|---|---|"]
        for attribute, kind, default, meaning in row["attributes"]:
            lines.append(f"| `{attribute}` | {kind} | `{default!r}` | {meaning.replace('|', chr(92) + '|')} |")
    if len(row["results"]) > 1:
        lines += ["", f"Results: {', '.join(row['results'])}."]
    reason = row["not_differentiable"]
    lines += [
        "",
        f"It has no derivative: {reason}."
        if reason
        else "Where its result is floating or complex it has derivatives of every order, in both modes.",
    ]
    lines += [
        "",
        f"An op of the family *{row['family']}*; also a method of arrays: `x.{op}(...)`."
        if (row["operands"] or [""])[0] in ("x", "x1")
        else f"An op of the family *{row['family']}*.",
    ]
    return "\n".join(lines) + "\n"


def first_sentence(thing, ops, facts):
    op = getattr(thing, "__name__", "")
    text = facts[op]["doc"] if ops.get(op) is thing else inspect.getdoc(thing) or ""
    return re.split(r"(?<=[.;:])\s", " ".join(text.split()))[0].rstrip(".;:")


def group_of(name, thing, ops, facts):
    """The chapter of the index: an op's family, else the module that users name."""
    op = getattr(thing, "__name__", "")
    if ops.get(op) is thing:
        return f"Ops: {facts[op]['family']}"
    module = name.rpartition(".")[0]
    if module != "koine":
        return module
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        return "koine.errors"
    home = (getattr(thing, "__module__", "") or "").rpartition(".")[2]
    return home if home not in ("", "koine", "_core", "builtins") else "classes and dtypes"


def write_all(package, folder):
    ops, facts = package._core.ops, package._core.op_facts()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chapters = {}
    for name, thing in sorted(public_names(package).items()):
        (folder / f"{name}.md").write_text(page_of(name, thing, ops, facts))
        chapters.setdefault(group_of(name, thing, ops, facts), []).append((name, first_sentence(thing, ops, facts)))
    lines = [
        "# Reference of the Python package",
        "",
        "Written by tools/python_reference.py from the table of ops and the docstrings; do not edit.",
    ]
    for chapter in sorted(chapters):
        lines += ["", f"## {chapter}", ""] + [f"- [{name}]({name}.md): {text}." for name, text in chapters[chapter]]
    (folder / "index.md").write_text("\n".join(lines) + "\n")
    return sum(map(len, chapters.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=pathlib.Path, help="the folder of the built package")
    parser.add_argument("out", type=pathlib.Path, help="the folder of the pages; emptied first")
    options = parser.parse_args()
    sys.path.insert(0, str(options.package.parent))
    sys.dont_write_bytecode = True
    import koine

    write_all(koine, options.out)


if __name__ == "__main__":
    main()
