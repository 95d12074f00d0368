"""What compiling costs: an op's file on average, and <koine/koine.h> over an empty file.

Seconds are user CPU time, printed for people; machines differ, so a failure is judged by what does not: the standard
headers that a public header may not bring in, and time as a multiple of what the same machine needs, the same minute,
for a small yardstick (<string> and <vector>). --self-test plants a fat public header.
"""

import json
import os
import pathlib
import re
import resource
import shlex
import statistics
import subprocess
import tempfile

import _project

# Headers that cost more than they give in a public header (measured: 0.1 to 0.6 s each).
FAT = {"algorithm", "complex", "functional", "iostream", "map", "memory", "ranges", "regex", "sstream", "stdexcept",
       "unordered_map"}
OP_BAR, HEADER_BAR = 0.7, 0.5  # seconds on the machine the bars were set on,
YARDSTICK = 0.33               # where the yardstick took this long
SLACK = 2.0                    # room for other compilers and a busy machine
SHARDS_STEP = 4                # every which shard of the op table is compiled

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", re.M)


def check(root):
    """The fat standard headers that public headers include."""
    found = []
    for file in _project.sources(root, "include"):
        text = _project.without_comments(file.read_text())
        for match in _INCLUDE.finditer(text):
            if match.group(1) in FAT:
                name = file.relative_to(root).as_posix()
                found.append(f"{name}:{_project.line_of(text, match.start())}: a public header includes <{match.group(1)}>")
    return found


def seconds(command, times=1):
    """The median user CPU seconds of a command."""
    spent = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run(command, check=True)
        spent.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    return statistics.median(spent)


def compile_command(entry):
    """A line of compile_commands.json without its launcher, its source and its output."""
    words = shlex.split(entry["command"])
    if os.path.basename(words[0]) == "ccache":
        del words[0]
    words.remove("-c")
    words.remove(entry["file"])
    at = words.index("-o")
    return words[:at] + words[at + 2:]


def measure(root, build):
    """Prints the costs, measured with the compile commands of the build folder, and returns the violations."""
    entries = json.loads((build / "compile_commands.json").read_text())
    shards = [e for e in entries if "/generated/src/ops_shard_" in e["file"]]
    command = compile_command(shards[0]) + ["-c", "-o", os.devnull]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        def cost(text):
            source = pathlib.Path(folder) / "source.cpp"
            source.write_text(text)
            return seconds([*command, str(source)], times=5)

        empty = cost("int main() {}\n")
        yardstick = cost("#include <string>\n#include <vector>\nint main() {}\n")
        header = cost("#include <koine/koine.h>\nint main() {}\n")
    scale = yardstick / YARDSTICK

    def judge(what, spent, bar):
        print(f"{what}: {spent:.2f} s (bar {bar:.1f} s; on this machine, now: {bar * scale:.2f} s)")
        if spent > bar * scale * SLACK:
            found.append(f"{what}: {spent:.2f} s is over {SLACK:g} times the bar of this machine, {bar * scale:.2f} s")

    print(f"an empty file: {empty:.2f} s, with <string> and <vector>: {yardstick:.2f} s")
    judge("<koine/koine.h> over an empty file", header - empty, HEADER_BAR)
    each = {e["file"]: seconds([*command, e["file"]]) for e in shards[::SHARDS_STEP]}
    ops = sum(pathlib.Path(file).read_text().count('#include "ops/') for file in each)
    judge(f"an op's file, average of {ops} in {len(each)} of {len(shards)} shards", sum(each.values()) / ops, OP_BAR)
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, also=measure, parts=("include",), plants=[
        ("include/koine/planted.h", "#include <memory>", "<memory>"),
        ("include/koine/deep/planted.h", "// <map> is named here only\n#include <iostream>", "<iostream>"),
    ])
