"""Corruptions of C++ text: one change at a time, in the code of an op or a family, never in what only describes it."""

import dataclasses
import re

import _project


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A file with one change: the text from `start` to `end` replaced."""

    file: str
    start: int
    end: int
    new: str
    line: int
    kind: str
    old: str
    code: str  # the line that it is in, what is replaced between two @

    def apply(self, text):
        return text[:self.start] + self.new + text[self.end:]

    def __str__(self):
        return f"{self.file}:{self.line}: {self.kind}: `{self.old}` -> `{self.new}`"


# Declarations that say something about an op but make no value of it: its interface, and the samples of its tests.
_DECLARATION = re.compile(
    r"static constexpr (?:auto|const char\s*\*)\s+(?:doc|shapes|example|not_differentiable)\b|static constexpr Onnx\b|fields\[\]|"
    r"\bexemptions\b|\bargs\b[^;]*=|\boutputs\[\]|std::vector<(?:ir::)?Sample> \w*samples\b|"
    r"constexpr const char\* \w+_shapes\b|if \(!row\.shapes\)|static constexpr Domain\b|struct Attrs\b|static_assert|throw \w+\(")
_LINE = re.compile(r"^(?:template\b|struct \w+ : |\s*#)[^\n]*$", re.M)

# Swaps of words and operators. Binary operators have spaces around them in this code, template brackets have not.
_SWAPS = [
    (re.compile(r"(?<=\S) \+ (?=\S)"), " - ", "operator"),
    (re.compile(r"(?<=\S) - (?=\S)"), " + ", "operator"),
    (re.compile(r"(?<=\S) \* (?=\S)"), " / ", "operator"),
    (re.compile(r"(?<=\S) / (?=\S)"), " * ", "operator"),
    (re.compile(r"(?<=\S) \+= (?=\S)"), " -= ", "operator"),
    (re.compile(r"(?<=\S) -= (?=\S)"), " += ", "operator"),
    (re.compile(r"(?<=\S) < (?=\S)"), " <= ", "comparison"),
    (re.compile(r"(?<=\S) <= (?=\S)"), " < ", "comparison"),
    (re.compile(r"(?<=\S) > (?=\S)"), " >= ", "comparison"),
    (re.compile(r"(?<=\S) >= (?=\S)"), " > ", "comparison"),
    (re.compile(r"(?<=\S) == (?=\S)"), " != ", "comparison"),
    (re.compile(r"(?<=\S) != (?=\S)"), " == ", "comparison"),
    (re.compile(r"(?<=\S) && (?=\S)"), " || ", "logic"),
    (re.compile(r"(?<=\S) \|\| (?=\S)"), " && ", "logic"),
    (re.compile(r"(?<=[\s(,{])!(?=[\w(])"), "", "negation"),
    (re.compile(r"(?<=[(,{]|=)( ?)-(?=[\w(])|(?<=return )-(?=[\w(])"), "", "sign"),
    (re.compile(r"\bconj\("), "(", "conjugate"),
]
_WORDS = {"true": "false", "false": "true", "x1": "x2", "x2": "x1", "sin": "cos", "cos": "sin", "sinh": "cosh",
          "cosh": "sinh", "maximum": "minimum", "minimum": "maximum", "ones_like": "zeros_like",
          "zeros_like": "ones_like", "floor": "ceil", "ceil": "floor", "max": "min", "min": "max"}
_WORD = re.compile(r"(?<![\w.:>])(" + "|".join(_WORDS) + r")\b")
_INTEGER = re.compile(r"(?<![\w.'])(\d+)(?![\w.'])")
_REAL = re.compile(r"(?<![\w.])(\d+\.\d*(?:e-?\d+)?)(?![\w.])")
_RETURN = re.compile(r"\breturn ([^;]+);")
_STATEMENT = re.compile(
    r"^[ \t]+(?!(?:return|if|for|while|else|case|default|break|continue|using|throw|static|struct|auto|const|typename)"
    r"\b)"
    r"[a-z][\w.\[\]>()*:-]*(?:\([^;\n]*\)| [-+*/|&]?= [^;\n]+);[ \t]*$", re.M)
_TERM = re.compile(r" [-+] (?=[\w(])")


def _closing(text, at):
    """The place after the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    return len(text)


def _end_of_term(text, at):
    """The end of the operand that starts at `at`: before the next operator of a sum, comma or closing bracket."""
    i = at
    while i < len(text):
        if text[i] in "([{":
            i = _closing(text, i)
        elif text[i] in ")]},;?:\n" or re.match(r" (?:[-+<>]|[<>=!]=|&&|\|\|) ", text[i:i + 4]):
            return i
        else:
            i += 1
    return i


def _top_level(text):
    """The parts of a list between commas outside of brackets, as (start, end)."""
    parts, start, i = [], 0, 0
    while i < len(text):
        if text[i] in "([{":
            i = _closing(text, i)
            continue
        if text[i] == ",":
            parts.append((start, i))
            start = i + 1
        i += 1
    return parts + [(start, len(text))]


def _without_strings(text):
    """The text with comments and the contents of strings blanked, at the same places."""
    text = _project.without_comments(text)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', lambda m: '"' + "_" * (len(m.group(0)) - 2) + '"', text)


def _spaces(text):
    return re.sub(r"[^\n]", " ", text)


def _blank_descriptions(text):
    """Blanks the declarations that only describe, with the braces that belong to them."""
    text = _LINE.sub(lambda match: _spaces(match.group(0)), text)
    parts, at = [], 0
    for match in _DECLARATION.finditer(text):
        if match.start() < at:
            continue
        end = match.end()
        is_function = "samples" in match.group(0) or match.group(0).endswith("_shapes")
        while end < len(text) and text[end] not in ";{(":
            end += 1
        while end < len(text) and text[end] != ";":
            done = is_function and text[end] == "{"
            end = _closing(text, end) if text[end] in "({[" else end + 1
            if done:
                break
        parts += [text[at:match.start()], _spaces(text[match.start():end])]
        at = end
    return "".join(parts + [text[at:]])


# Values that have no other sign: truths, zeros, types, attributes, lists of arrays.
_SIGNLESS = re.compile(
    r"!|(?:std::)?is_?[a-z]\w*\(|0$|\(.* != 0\) [&|^] |zeros_like\([^()]*\)$|[^(]* (?:==|!=|<|<=|>|>=|&&|\|\|) |"
    r".*(?:\b(?:true|false|nullptr|strides|shape|attrs|a)$|\bdtype\(|\bagain\(|\bShape\b)", re.S)


def _is_truth(value):
    """Whether a value is a comparison or a chain of them, brackets aside."""
    flat, i = "", 0
    while i < len(value):
        after = _closing(value, i) if value[i] in "([{" else i + 1
        flat += value[i] if after == i + 1 else ""
        i = after
    return re.search(r" (?:==|!=|<=?|>=?|&&|\|\|) ", flat) and "?" not in flat


def _negated_returns(text):
    """Returned arrays and cotangents with the other sign: (start, end, new)."""
    for match in _RETURN.finditer(text):
        value, start = match.group(1), match.start(1)
        if value.startswith("{") and _closing(value, 0) == len(value):
            for begin, end in _top_level(value[1:-1]):
                part = value[1:-1][begin:end].strip()
                if part and not part.startswith(("{", "Array(", ".")) and not _SIGNLESS.match(part):
                    yield start + 1 + begin, start + 1 + end, f"-({part})"
        elif not _SIGNLESS.match(value) and not _is_truth(value):
            yield start, match.end(1), f"-({value})"


def mutants_of(name, text):
    """All corruptions of a file."""
    code = _blank_descriptions(_without_strings(text))
    found = []

    def add(start, end, new, kind):
        first, last = text.rfind("\n", 0, start) + 1, (text + "\n").index("\n", end)
        line = f"{text[first:start]}@{text[start:end]}@{text[end:last]}".strip()
        found.append(Mutant(name, start, end, new, _project.line_of(text, start), kind, text[start:end], line))

    for pattern, new, kind in _SWAPS:
        for match in pattern.finditer(code):
            add(match.start(), match.end(), new, kind)
    for match in _WORD.finditer(code):
        add(match.start(), match.end(), _WORDS[match.group(1)], "word")
    for match in _INTEGER.finditer(code):
        add(match.start(), match.end(), str(int(match.group(1)) + 1), "off by one")
    for match in _REAL.finditer(code):
        if float(match.group(1)) != 0:
            add(match.start(), match.end(), f"({match.group(1)} * 1.25)", "number")
    for match in _TERM.finditer(code):
        end = _end_of_term(code, match.end())
        add(match.start(), end, "", "dropped term")
    for match in _STATEMENT.finditer(code):
        add(match.start(), match.end(), re.match(r"[ \t]*", match.group(0)).group(0) + ";", "dropped statement")
    for start, end, new in _negated_returns(code):
        add(start, end, new if text[start:end] == code[start:end] else f"-({text[start:end].strip()})", "sign")
    return found
