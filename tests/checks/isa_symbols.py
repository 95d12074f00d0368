"""A file that is compiled for an instruction set shares no function with others: of equal inline functions the linker
keeps one, and where that has instructions the machine lacks, code that never asked for them ends by SIGILL.

Such files end in _avx2.cpp or _avx512.cpp; read are the objects of the build. --self-test compiles one that does share.
"""

import pathlib
import subprocess
import tempfile

import _project

PLANTED = """#include <vector>
void planted(std::vector<int>& v) { v.push_back(1), v.push_back(2); }
"""


def shared_functions(file):
    """The functions of an object that the linker may take for those of a file with other flags: not those whose name
    has the instruction set."""
    isa = file.name.split(".")[0].rsplit("_", 1)[1]
    nm = ["nm", "--defined-only", "--demangle", file]
    names = subprocess.run(nm, check=True, capture_output=True, text=True).stdout
    weak = [line.split(" ", 2)[2] for line in names.splitlines() if line.split(" ", 2)[1] == "W"]
    return [name for name in weak if isa not in name]


def check(files):
    return [f"{file.name}: shares {name}" for file in files for name in shared_functions(file)]


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    if options.self_test:
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "planted_avx2.cpp"
            source.write_text(PLANTED)
            subprocess.run(["g++", "-O1", "-mavx2", "-c", source, "-o", source.with_suffix(".o")], check=True)
            found = check([source.with_suffix(".o")])
        _project.report([] if found else ["a shared function was not found"], "the planted function was found")
    objects = sorted(file for isa in ("avx2", "avx512") for file in options.build.rglob(f"*_{isa}.cpp.o"))
    _project.report(check(objects) if objects else [f"{options.build}: no objects; build first"])
