"""What is built is hard to attack: no RUNPATH with an empty or absolute entry, all symbols bound at start, protected
stacks, checked copies, no executable stack, and no path of the build inside.

Read are the command, the library of the Python package and, where there is one, the shared library. --self-test compiles a program that has
none of this.
"""

import pathlib
import re
import subprocess
import tempfile

import _project


def said(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


def check(file, root):
    """The faults of an executable or a shared library, as lines."""
    dynamic, segments = said("readelf", "--wide", "--dynamic", file), said("readelf", "--wide", "--segments", file)
    symbols = said("readelf", "--wide", "--dyn-syms", file)
    paths = [entry for line in re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", dynamic) for entry in line.split(":")]
    found = [f"the RUNPATH has the entry '{entry}'" for entry in paths if not entry.startswith("$ORIGIN")]
    if not re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic):
        found.append("symbols are bound late")
    if "GNU_RELRO" not in segments:
        found.append("what the loader wrote can be overwritten")
    if not re.search(r"GNU_STACK.*\bRW\b(?!E)", segments):
        found.append("the stack is executable")
    if "DYN" not in said("readelf", "--file-header", file):
        found.append("it is always loaded at the same address")
    if "__stack_chk_fail" not in symbols:
        found.append("stacks are not protected")
    if not re.search(r"__mem\w+_chk|__\w*printf_chk", symbols):
        found.append("copies are not checked")
    if str(root).encode() + b"/" in file.read_bytes():
        found.append("it holds a path of the build")
    return [f"{file.name}: {what}" for what in found]


def main():
    options = _project.arguments(__doc__)
    if options.self_test:
        with tempfile.TemporaryDirectory() as folder:
            weak = pathlib.Path(folder) / "weak"
            weak.with_suffix(".cpp").write_text("int main() { return sizeof __FILE__; }\n#include <cstdio>\nauto file = puts(__FILE__);\n")
            subprocess.run(["g++", "-no-pie", "-U_FORTIFY_SOURCE", "-fno-stack-protector", "-z", "execstack", "-z", "lazy", "-z", "norelro",
                            "-Wl,-rpath,$ORIGIN:", weak.with_suffix(".cpp"), "-o", weak], check=True)
            faults = check(weak, folder)
        print("\n".join(faults))
        _project.report([] if len(faults) == 8 else [f"{len(faults)} of 8 faults were found"], "every fault was found")
    # With sanitizers there are no checked copies, and what is built stays here.
    files = [options.build / "koine", *options.build.glob("libkoine.so"), *options.build.glob("python/koine/_core.*.so")]
    _project.report([line for file in files for line in check(file, options.root)])


if __name__ == "__main__":
    main()
