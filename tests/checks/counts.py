"""No count or size is cut off: what the compiler does not warn of, because a cast says that it is meant, is the cast of a
size to fewer bits. `narrow` (base/narrow.h) does that, and throws where the size does not fit."""

import re

import _project

_CAST = re.compile(r"\bstatic_cast<\s*(?:std::)?(u?int(?:8|16|32)_t|int|unsigned(?: int)?|short|char|ValueId|Number)\s*>\(")
_SIZE = re.compile(r"(?:\.|->)(?:size|length|count|ssize|rank)@|\bstd::(?:ssize|size|distance|count|count_if)@")
_INNER = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def argument(text, start):
    """The text from `start` to the parenthesis that closes it."""
    depth, end = 1, start
    while depth and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[start:end - 1]


def outermost(expression):
    """The expression without the arguments of the calls and the indices in it: what comes of those is another number."""
    while (shorter := _INNER.sub("@", expression)) != expression:
        expression = shorter
    return expression


def check(root):
    found = []
    for file in _project.sources(root, "src", "include"):
        text = _project.without_comments(file.read_text())
        for match in _CAST.finditer(text):
            size = argument(text, match.end())
            if _SIZE.search(outermost(size)):
                found.append(f"{file.relative_to(root).as_posix()}:{_project.line_of(text, match.start())}: "
                             f"a size as {match.group(1)}: narrow<{match.group(1)}>({size})")
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, parts=("src/base",), plants=[
        ("src/base/planted.cpp", "uint16_t f(const std::vector<int>& v) { return static_cast<uint16_t>(v.size()); }", "uint16_t"),
        ("src/base/planted.cpp", "int f(const Shape& s) { return 1 - static_cast<int>(s->size() - (1 + 2)); }", "int"),
        ("src/base/planted.cpp", "auto f(const List& l) { return static_cast<ValueId>(std::ssize(l)); }", "ValueId"),
    ])
