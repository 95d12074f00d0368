"""Adding an op is one file: adds four scratch ops to a copy of the project, each in one file, and uses them.

One is elementwise, one structural with attributes, one composite, one has two outputs. In the copy, git must see one
new file an op and nothing else. Then what the generator makes of them is compiled with the flags of the build and
linked before its library: a driver differentiates each twice, batches, jits, prints and looks it up, the generated tests run
on each (all but those against reference values, which come from elsewhere by their nature), and `koine op` shows it.
--self-test breaks this in ways that have to be noticed.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import _project
import mutate

SCRATCH = "tests/checks/scratch_ops"
PLACES = {"softsign": "elementwise", "roll": "structural", "mish": "composite", "polar": "composite"}


class Problem(Exception):
    """What is wrong, as text."""


def run(command, **options):
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True, **options)
    return done.returncode, done.stdout + done.stderr


def must(command, what, **options):
    status, said = run(command, **options)
    if status:
        raise Problem(f"{what}:\n{said[-3000:]}")
    return said


class Copy:
    """A copy of the project under git, with the flags and objects of a finished build of the original."""

    def __init__(self, root, build, place):
        self.root, self.build, self.tree, self.out = root, build, place / "tree", place / "out"
        _project.copy_of(root, self.tree, "src", "include", "tools", "cmake", "CMakeLists.txt", "layers.txt")
        self.bench = mutate.Workbench(root, build, place, [], sanitizers=[])
        for command in (["init", "-q"], ["add", "-A"],
                        ["-c", "user.name=check", "-c", "user.email=check@localhost", "commit", "-q", "-m", "before"]):
            must(["git", *command], "git", cwd=self.tree)

    def add(self, name, text):
        (self.tree / "src/ops" / PLACES[name] / f"{name}.h").write_text(text)

    def changed(self):
        """The hand-written files that are new or differ, as git sees them."""
        lines = must(["git", "status", "--porcelain", "--untracked-files=all"], "git", cwd=self.tree).splitlines()
        return sorted(line[3:] for line in lines)

    def compile(self, source):
        """The object of a source of the copy."""
        # What is generated here and the copy's sources take the place of the original's.
        flags = [word for word in self.bench.compiler if not word.startswith((f"-I{self.root}/", f"-I{self.build}/"))]
        for folder in (self.out / "include", self.out / "src", self.tree / "src", self.tree / "include"):
            flags += ["-I", str(folder)]
        target = self.out / f"{pathlib.Path(source).stem}.o"
        must([*flags, "-c", source, "-o", target], f"{source} does not compile", cwd=self.bench.directory)
        return target

    def generate(self):
        """The sources that differ from those of the build: the table, and the shards of the new ops."""
        must([sys.executable, self.tree / "tools/genops.py", "--ops", "src/ops", "--out", self.out, "--shards", "16"],
             "the generator", cwd=self.tree)
        return [p for p in sorted((self.out / "src").glob("*.cpp"))
                if p.read_text() != (self.build / "generated/src" / p.name).read_text()]

    def link(self, name, objects, kept):
        """An executable like koine_tests, of its objects that `kept` matches and the given ones in front."""
        words = [w.replace("\\$ORIGIN", str(self.build)) for w in self.bench.link if "/koine_tests.dir/" not in w or re.search(kept, w)]
        target = self.out / name
        words[words.index("-o") + 1] = str(target)
        first = words.index("-o")
        must(words[:first] + [str(o) for o in objects] + words[first:], f"{name} does not link", cwd=self.build)
        return target


def check_with(copy, ops):
    """Adds the ops, given as {name: text}, and uses them. Returns the problems."""
    for name, text in ops.items():
        copy.add(name, text)
    try:
        objects = [copy.compile(source) for source in copy.generate()]
        wanted = sorted(f"src/ops/{PLACES[name]}/{name}.h" for name in ops)
        if copy.changed() != wanted:
            return [f"git sees {copy.changed()} instead of {wanted}"]
        driver = copy.compile(copy.root / SCRATCH / "driver.cpp")
        print(must([copy.link("driver", [driver, *objects], "(?!)")], "the driver"), end="")
        tests = copy.link("tests", objects, "koine_tests.dir/tests/")
        for name in ops:
            said = must([tests, "--test-case-exclude=forward*"], f"the generated tests of {name}", cwd=copy.root,
                        env=dict(os.environ, KOINE_TEST_OP=name))
            total = next(line for line in said.splitlines() if line.startswith("  total"))
            print(f"{name}: {' '.join(total.split())}")
        show_cards(copy, objects, ops)
    except Problem as problem:
        return [str(problem)]
    return []


def show_cards(copy, objects, ops):
    """`koine op NAME` of the new ops, with a command that is linked like that of the build."""
    lines = must(["ninja", "-C", copy.build, "-t", "commands", "koine_cli"], "ninja").splitlines()
    words = shlex.split(next(line for line in reversed(lines) if " -o koine " in line).removeprefix(": && "))
    words = words[:words.index("&&")] if "&&" in words else words
    first = words.index("-o")
    words[first + 1] = str(copy.out / "koine")
    words = [word.replace("\\$ORIGIN", str(copy.build)) for word in words]
    must(words[:first] + [str(o) for o in objects] + words[first:] + ["-Wl,-z,muldefs"], "koine does not link",
         cwd=copy.build)
    for name in ops:
        card = must([copy.out / "koine", "op", name], f"koine op {name}")
        if name not in card:
            raise Problem(f"koine op {name} does not show it:\n{card}")


def scratch_ops(root):
    return {name: (root / SCRATCH / f"{name}.h").read_text() for name in PLACES}


def without(text, function):
    """The text of an op without one of its functions."""
    shorter = re.sub(rf"  static \w+ {function}\(.*?(?:\}}\n|\n  \}}\n)", "", text, count=1, flags=re.S)
    if shorter == text:
        raise ValueError(f"no function {function}")
    return shorter


def broken(root):
    """Ways to break the four ops: (what, name, text, what the check has to say)."""
    ops = scratch_ops(root)
    yield "an elementwise op without derivative", "softsign", without(ops["softsign"], "partial"), "needs `partial"
    yield ("a structural op without transpose", "roll", without(ops["roll"], "vjp"),
           "a rule or a text is missing that its family does not supply")
    yield ("a wrong derivative", "softsign", ops["softsign"].replace("square(1 +", "square(2 +"), "the driver")
    yield ("a wrong transpose", "roll", ops["roll"].replace(".shift = -a.shift", ".shift = a.shift"), "the driver")


def self_test(root, build):
    """Returns what was not noticed."""
    missed = []
    for what, name, text, expected in broken(root):
        with tempfile.TemporaryDirectory() as folder:
            found = check_with(Copy(root, build, pathlib.Path(folder)), {**scratch_ops(root), name: text})
        print(f"{what}: {'noticed' if any(expected in line for line in found) else 'NOT noticed'}", flush=True)
        if not any(expected in line for line in found):
            missed.append(f"{what} was not noticed; instead: {found}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(root, build, pathlib.Path(folder))
        _project.append(copy.tree / "src/ops/family/op.h", "// Another file had to change.")
        found = check_with(copy, scratch_ops(root))
        if not any("src/ops/family/op.h" in line for line in found):
            missed.append(f"a second hand-written file was not noticed; instead: {found}")
    return missed


def main():
    options = _project.arguments(__doc__)
    if options.self_test:
        _project.report(self_test(options.root, options.build), "every way to break it was noticed")
    with tempfile.TemporaryDirectory() as folder:
        found = check_with(Copy(options.root, options.build, pathlib.Path(folder)), scratch_ops(options.root))
    _project.report(found, "four ops, one file each")


if __name__ == "__main__":
    main()
