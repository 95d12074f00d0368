"""What the checks share: the project's files, C++ text without comments, and how a check is run and shown to fail."""

import argparse
import pathlib
import re
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUFFIXES = {".h", ".cpp"}


def sources(root, *folders):
    """The C++ files below the given folders of root, sorted."""
    found = []
    for folder in folders:
        found += [p for p in (root / folder).rglob("*") if p.suffix in SUFFIXES and p.is_file()]
    return sorted(found)


_TOKEN = re.compile(
    r'R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.S)


def without_comments(text):
    """The text with every comment blanked; line numbers stay, string literals stay."""

    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if token.startswith("/") else token

    return _TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def copy_of(root, place, *parts):
    """Copies the named files and folders of root below place."""
    for part in parts:
        source, target = root / part, place / part
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def append(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as out:
        out.write(text + "\n")


def arguments(description):
    """What every check is called with; --self-test shows that it can fail."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the project (default: this one)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="the build folder")
    parser.add_argument("--self-test", action="store_true", help="plant violations in a copy and expect them to be found")
    given = parser.parse_args()
    given.root, given.build = given.root.resolve(), given.build.resolve()
    return given


def report(found, otherwise="nothing found"):
    """Prints the violations; exit status 1 if there are any."""
    print("\n".join(found) if found else f"{pathlib.Path(sys.argv[0]).stem}: {otherwise}")
    sys.exit(1 if found else 0)


def unnoticed(impostors, check):
    """Puts each impostor, the text of a bash script by its name, in the place of the command `koine` and gives the
    names of those for which `check(name, impostor)` finds nothing, as lines of a report."""
    missed = []
    for name, script in impostors.items():
        with tempfile.TemporaryDirectory() as folder:
            impostor = pathlib.Path(folder) / "koine"
            impostor.write_text("#!/bin/bash\n" + script + "\n")
            impostor.chmod(0o755)
            found = check(name, impostor)
        print(f"{name}: {found[0].splitlines()[0] if found else 'not noticed'}")
        missed += [] if found else [f"not noticed: {name}"]
    return missed


def main(description, check, also=None, parts=(), plants=(), given=None):
    """Runs a check that reads files: `check(root)` returns the violations as lines, `file:line: what`.

    `also(root, build)` returns more of them that need a build and have no self-test. With --self-test each plant, a
    tuple (file, text, expected), is appended to a copy of `parts` in turn, and a check that finds no new violation
    naming `expected` in that file fails. `given` are files that the copy has beforehand.
    """
    options = arguments(description)
    if not options.self_test:
        report(check(options.root) + (also(options.root, options.build) if also else []))
    missed = []
    for file, text, expected in plants:
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            copy_of(options.root, place, *parts)
            for name, content in (given or {}).items():
                append(place / name, content)
            before = set(check(place))
            append(place / file, text)
            new = [line for line in check(place) if line not in before and line.startswith(file) and expected in line]
        print("\n".join(new))
        if not new:
            missed.append(f"{file}: not found: {text}")
    report(missed, "every planted violation was found")
