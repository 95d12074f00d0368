"""Every example runs: the programs in examples/, and the blocks of README.md and docs/.

What a fenced block is checked for:
  cpp      with `int main`: compiles against the installed package and runs; with a first line `// path`: is found in that
           file as it stands; otherwise: runs as the body of a main, after `using namespace koine`
  output   is what the block before it prints; a line `...` stands for any lines, `...` within a line for any text
  toml     is a config that `koine summary` accepts, or an excerpt of one when its first line is `# path`
  sh       each line that starts with `koine` or `build/koine` exits with 0; scripts must exist
Programs and commands run in a folder of their own that has the project's data and examples.
"""

import pathlib
import re
import shutil
import subprocess

import _project

_BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ \t]*$", re.M | re.S)
_PATH = re.compile(r"(?://|#) ([\w./-]+/[\w.-]+)\n")
BODY = "#include <koine/koine.h>\n\nusing namespace koine;\n\nint main() {{\n{}}}\n"
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(doc_examples LANGUAGES CXX)
find_package(koine REQUIRED)
file(GLOB programs *.cpp)
foreach(program IN LISTS programs)
  cmake_path(GET program STEM name)
  add_executable(${name} ${program})
  target_link_libraries(${name} PRIVATE koine::koine)
endforeach()
"""


def documents(root):
    return [p for p in [root / "README.md", *sorted((root / "docs").glob("**/*.md"))] if p.exists()]


def blocks(root):
    """Every fenced block as (place, language, text)."""
    for document in documents(root):
        text = document.read_text()
        for match in _BLOCK.finditer(text):
            place = f"{document.relative_to(root).as_posix()}:{_project.line_of(text, match.start())}"
            yield place, match.group(1), match.group(2)


def check(root):
    """Excerpts that are not in the file they name, and scripts that do not exist."""
    found = []
    for place, language, text in blocks(root):
        named = _PATH.match(text)
        if named and language in ("cpp", "toml"):
            file, excerpt = root / named.group(1), text[named.end():].strip("\n")
            if not file.exists():
                found.append(f"{place}: no file {named.group(1)}")
            elif excerpt not in file.read_text():
                found.append(f"{place}: is not in {named.group(1)} as it stands")
        for script in re.findall(r"^(?:\./)?(scripts/[\w-]+)", text, re.M) if language == "sh" else ():
            if not (root / script).exists():
                found.append(f"{place}: no file {script}")
    return found


def run(command, folder):
    """The exit status and the output of a command line."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def matches(shown, printed):
    """Whether the output is as shown, `...` standing for what may differ."""
    pattern = re.escape(shown.strip()).replace(r"\.\.\.", "\0")
    return re.fullmatch(pattern.replace("\0", ".*"), printed.strip(), re.S) is not None


class Runner:
    """Builds the programs of all documents at once and runs them in a folder with the data and the examples."""

    def __init__(self, root, build):
        self.root, self.build, self.place = root, build, build / "doc_examples"
        shutil.rmtree(self.place, ignore_errors=True)
        self.work = self.place / "work"
        self.work.mkdir(parents=True)
        for folder in ("data", "examples"):
            _project.copy_of(root, self.work, folder)
        for file in (root / "data").glob("*.gz"):
            shutil.copy(file, self.work)

    def compile(self, programs):
        """Builds {name: text}; returns what the compiler said, or nothing."""
        for name, text in programs.items():
            (self.place / f"{name}.cpp").write_text(text)
        (self.place / "CMakeLists.txt").write_text(PROJECT)
        for command in (["cmake", "--install", self.build, "--prefix", self.place / "prefix"],
                        ["cmake", "-S", self.place, "-B", self.place / "build", "-G", "Ninja",
                         f"-DCMAKE_PREFIX_PATH={self.place / 'prefix'}"],
                        ["cmake", "--build", self.place / "build", "--", "-k", "0"]):
            status, said = run(list(map(str, command)), self.root)
            if status:
                return [f"doc_examples: {said}"]
        return []


def program_of(language, text):
    """The program a block stands for, or None."""
    if language != "cpp" or _PATH.match(text):
        return None
    return text if "int main" in text else BODY.format(text)


def commands_of(runner, language, text):
    """The command lines a block stands for."""
    if language == "toml" and not _PATH.match(text):
        config = runner.work / "shown.toml"
        config.write_text(text)
        return [[str(runner.build / "koine"), "summary", config.name]]
    if language == "sh":
        lines = (line.partition(" #")[0].removeprefix("$ ").split() for line in text.splitlines())
        return [[str(runner.build / "koine"), *words[1:]] for words in lines
                if words and words[0] in ("koine", "build/koine", "./build/koine")]
    return []


def run_all(root, build):
    runner, shown = Runner(root, build), list(blocks(root))
    programs = {}
    for number, (_, language, text) in enumerate(shown):
        program = program_of(language, text)
        if program:
            programs[f"example_{number:02}"] = program
    files = {file.stem: file for file in sorted((root / "examples").glob("*.cpp"))}
    programs.update({name: file.read_text() for name, file in files.items()})
    found = runner.compile(programs)
    for name, file in files.items():
        status, said = run([str(runner.place / "build" / name)], runner.work) if not found else (0, "")
        print(f"{file.name}: {said.strip().splitlines()[-1] if said.strip() else 'no output'}")
        if status:
            found.append(f"examples/{file.name}: exit status {status}\n{said}")
    printed, ran = "", len(files)
    for number, (place, language, text) in enumerate(shown):
        if language == "output":
            if not matches(text, printed):
                found.append(f"{place}: printed instead:\n{printed}")
            continue
        name = f"example_{number:02}"
        commands = [[str(runner.place / "build" / name)]] if name in programs else commands_of(runner, language, text)
        printed = ""
        for command in commands:
            if not pathlib.Path(command[0]).exists():
                found.append(f"{place}: was not built")
                continue
            status, said = run(command, runner.work)
            printed, ran = printed + said, ran + 1
            if status:
                found.append(f"{place}: exit status {status} of {' '.join(command)}\n{said}")
    print(f"{ran} examples ran")
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, also=run_all, parts=("README.md", "docs", "layers.txt", "scripts"), plants=[
        ("README.md", "```cpp\n// layers.txt/none.h\nint x;\n```", "no file"),
        ("README.md", "```sh\n./scripts/planted\n```", "no file scripts/planted"),
        ("docs/planted.md", "```toml\n# scripts/README.md\nplanted\n```", "as it stands"),
    ])
