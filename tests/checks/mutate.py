"""The tests of the ops test: corrupts the rules of ops and families, one change at a time, and counts what is caught.

A mutant is one op's file or one file of a family with one change (see _mutants.py). It is compiled alone, without
optimisation and with the sanitizers of ./scripts/sanitize, and linked before the library, so that its definitions are
the ones that count. Then the generated tests run of the ops that it belongs to, on the reference device, whose kernels
are mutated; where they pass the same on the cpu device, which compiles bodies and maps; where they pass all other tests.
By default a sample of mutants is tried; --all tries every one of them and asks for 98 % caught. That takes hours, so
--resume FILE keeps what was found and goes on from there. --self-test runs the same with most kinds of tests switched
off, which has to be noticed.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

import _equivalent
import _mutants
import _project

BAR = 0.98
# A sample may have more survivors by chance: below this, less than one in a hundred suites that meet the bar would be.
SAMPLE_SIZE, SAMPLE_BAR = 40, 0.92
SEED = 3
# As ./scripts/sanitize has them: what reads or writes beyond its arrays is caught too.
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute",
              "-fno-sanitize-recover=all"]
SANITIZER_OPTIONS = "detect_leaks=0:hard_rss_limit_mb=4096:max_allocation_size_mb=4096:allocator_may_return_null=0"
TIME_LIMIT = 120  # seconds of processor time of a mutant's tests, whatever else runs; those that never end are caught
HANGS = 20 * TIME_LIMIT  # seconds by the clock, for those that wait
# The tests that run first: on the ops that KOINE_TEST_OP names, and some that take no time.
GENERATED = ("forward", "jvp", "vjp", "second_order", "vmap", "vjp_of_vmap", "symbolic", "zero_size", "strided",
             "broadcast", "dtypes", "poison", "edges", "composites", "scalar")


# Takes memory away that the sanitizers' own libraries need.
NOT_SANITIZED = "memory: where the system has none*"


class Workbench:
    """Compiles, links and runs mutants against the objects of a finished build."""

    def __init__(self, root, build, place, kinds, sanitizers=SANITIZERS):
        self.root, self.build, self.place = root, build, place
        names = ",".join(f"{kind}*" for kind in kinds)
        self.generated, self.others = f"--test-case={names}", f"--test-case-exclude={names},{NOT_SANITIZED}"
        self.thorough = kinds == GENERATED
        entries = json.loads((build / "compile_commands.json").read_text())
        shard = next(e for e in entries if e["file"].endswith("ops_shard_00.cpp"))
        self.compiler = [*self._without_files(shlex.split(shard["command"])), *sanitizers]
        self.directory = shard["directory"]
        self.link = [*self._link_command(), *sanitizers[:1]]
        self.precompiled = []

    @staticmethod
    def _without_files(words):
        """A compile command without its launcher, inputs, outputs and optimisation."""
        if os.path.basename(words[0]) == "ccache":
            words = words[1:]
        kept, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word in ("-o", "-c", "-MF", "-MT"):
                skip = True
            elif not word.startswith(("-O", "-MD", "-g", "-W")):
                kept.append(word)
        return [*kept, "-O0", "-w", "-D_GLIBCXX_ASSERTIONS"]

    def _link_command(self):
        """The link of koine_tests with the tests of the ops only, and room for the mutant in front."""
        lines = subprocess.run(["ninja", "-C", str(self.build), "-t", "commands", "koine_tests"], check=True,
                               capture_output=True, text=True).stdout.splitlines()
        words = shlex.split(next(line for line in reversed(lines) if " -o koine_tests " in line).removeprefix(": && "))
        words = words[:words.index("&&")] if "&&" in words else words
        # What is linked lies elsewhere.
        return [*(word.replace("\\$ORIGIN", str(self.build)) for word in words), "-Wl,-z,muldefs"]

    def precompile(self):
        """Makes the headers of the families one precompiled header, where the compiler can."""
        header = self.place / "families.h"
        names = sorted(p.name for p in (self.root / "src/ops/family").glob("*.h"))
        header.write_text("".join(f'#include "ops/family/{name}"\n' for name in names) + "#include <koine/ops.h>\n")
        done = subprocess.run([*self.compiler, "-x", "c++-header", str(header), "-o", f"{header}.gch"], check=False,
                              cwd=self.directory, capture_output=True)
        self.precompiled = ["-include", str(header)] if done.returncode == 0 else []

    def compile(self, mutant, text, number):
        """The object of a mutated file, or None when it does not compile."""
        folder = self.place / str(number)
        source = folder / mutant.file
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        command = [self.compiler[0], "-I", str(folder / "src"), *self.compiler[1:]]
        if source.suffix == ".h":
            # The generator makes the source that stands for the op in the library.
            generator = [sys.executable, str(self.root / "tools/genops.py"), "--ops", "src/ops"]
            subprocess.run([*generator, "--out", "generated", "--shards", "1"], check=True, cwd=folder,
                           capture_output=True)
            source = folder / "generated/src/ops_shard_00.cpp"
            command += self.precompiled
        target = folder / "mutant.o"
        done = subprocess.run([*command, "-c", str(source), "-o", str(target)], check=False, capture_output=True,
                              cwd=self.directory)
        return target if done.returncode == 0 else None

    def executable(self, number, objects=()):
        target = self.place / str(number) / "tests"
        target.parent.mkdir(parents=True, exist_ok=True)
        words = list(self.link)
        words[words.index("-o") + 1] = str(target)
        # Definitions that come first are taken.
        first = next(i for i, word in enumerate(words) if word.endswith(".o"))
        done = subprocess.run(words[:first] + [str(o) for o in objects] + words[first:], check=False, cwd=self.build,
                              capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"the tests do not link:\n{done.stderr[-2000:]}")
        return target

    def passes(self, executable, tests, ops=(), device="reference"):
        """Whether tests pass; what tests ops tests all of them where none is named."""
        environment = dict(os.environ, KOINE_DEVICE=device, KOINE_TEST_OP=",".join(ops), ASAN_OPTIONS=SANITIZER_OPTIONS)
        try:
            done = subprocess.run([str(executable), "--abort-after=1", tests], check=False, env=environment,
                                  cwd=self.root, capture_output=True, timeout=HANGS, preexec_fn=limit)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def outcome(self, mutant, number, ops):
        """caught, survived or broken (does not compile)."""
        text = mutant.apply((self.root / mutant.file).read_text())
        try:
            made = self.compile(mutant, text, number)
            if not made:
                return "broken"
            tests = self.executable(number, [made])
            survived = self.passes(tests, self.generated, ops)
            if self.thorough:
                survived = survived and self.passes(tests, self.generated, ops, "cpu") and self.passes(tests, self.others)
            return "survived" if survived else "caught"
        finally:
            subprocess.run(["rm", "-rf", str(self.place / str(number))], check=False)


class Journal:
    """Outcomes in a file, a line each, for a run that is interrupted."""

    def __init__(self, path):
        self.path = path
        lines = path.read_text().splitlines() if path and path.exists() else []
        self.known = {mutant: outcome for outcome, mutant in (line.split(" ", 1) for line in lines)}

    def outcome(self, bench, mutant, number, ops):
        name = " ".join(f"{mutant} at {mutant.start}".split())
        if name in self.known:
            return self.known[name]
        found = bench.outcome(mutant, number, ops)
        if self.path:
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(f"{found} {name}\n")
        return found


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))


def files_of(root, pattern):
    """The files that are mutated: of ops, and the code of families."""
    ops = [p for p in sorted((root / "src/ops").glob("*/*.h")) if p.parent.name != "family"]
    families = sorted((root / "src/ops/family").glob("*.cpp"))
    return [p for p in ops + families if re.search(pattern, p.relative_to(root).as_posix())]


def ops_tested_with(root, file, all_ops):
    """The ops whose tests a file of a family has to stand: those that include a header that it defines something of,
    then those of what uses it."""
    files = sorted((root / "src/ops/family").iterdir())
    headers = {p.stem for p in files if p.suffix == ".h"}

    def header_of(path):
        return max((stem for stem in headers if path.stem.startswith(stem)), key=len, default="op")

    def includes(text, names):
        return any(f'"ops/family/{name}.h"' in text for name in names)

    own = set(re.findall(r'"ops/family/(\w+)\.h"', file.read_text())) - {"op"}
    reached, grown = {header_of(file)} | own, True
    direct = [op for op, text in all_ops.items() if includes(text, reached)]
    while grown:
        more = {header_of(p) for p in files if p.is_file() and includes(p.read_text(), reached)} - reached
        reached, grown = reached | more, bool(more)
    return direct + [op for op, text in all_ops.items() if includes(text, reached) and op not in direct]


def collect(root, pattern):
    """All mutants, and the ops to test each file with."""
    texts = {p.stem: p.read_text() for p in files_of(root, r"src/ops/(?!family/)")}
    mutants, ops = [], {}
    for path in files_of(root, pattern):
        name = path.relative_to(root).as_posix()
        mutants += _mutants.mutants_of(name, path.read_text())
        ops[name] = [path.stem] if path.suffix == ".h" else ops_tested_with(root, path, texts)
    return mutants, ops


def sampled(mutants, count, seed):
    """A sample that gives every file the same chance, whatever its length."""
    chance = random.Random(seed)
    by_file = collections.defaultdict(list)
    for mutant in mutants:
        by_file[mutant.file].append(mutant)
    files = sorted(by_file)
    picked = []
    while len(picked) < count and any(by_file.values()):
        file = chance.choice(files)
        if by_file[file]:
            picked.append(by_file[file].pop(chance.randrange(len(by_file[file]))))
    return picked


def run(options, kinds=GENERATED):
    """Tries mutants; returns the counts of outcomes and the survivors."""
    start = time.time()
    mutants, ops = collect(options.root, options.files)
    known = [m for m in mutants if _equivalent.reason(m)]
    mutants = [m for m in mutants if not _equivalent.reason(m)]
    if options.all:
        random.Random(options.seed).shuffle(mutants)  # what an interrupted run has tried is a fair sample
    else:
        mutants = sampled(mutants, options.count, options.seed)
    counts, survivors = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        bench = Workbench(options.root, options.build, pathlib.Path(folder), kinds)
        bench.precompile()
        clean = bench.executable("clean")
        wanted = sorted({op for m in mutants for op in ops[m.file]})
        passing = pool.map(lambda op: bench.passes(clean, bench.generated, [op]), wanted)
        sound = {op for op, good in zip(wanted, passing) if good}
        if bench.thorough and not (bench.passes(clean, bench.others) and bench.passes(clean, bench.generated, [], "cpu")):
            print("a test fails without any mutant: only those of the reference device are run", flush=True)
            bench.thorough = False
        if set(wanted) - sound:
            print("not tried, their tests fail without any mutant:", *sorted(set(wanted) - sound), flush=True)
        tried = {file: [op for op in named if op in sound] for file, named in ops.items()}
        mutants = [m for m in mutants if tried[m.file]]
        journal = Journal(options.resume)
        jobs = {pool.submit(journal.outcome, bench, m, number, tried[m.file]): m for number, m in enumerate(mutants)}
        for done in concurrent.futures.as_completed(jobs):
            outcome = done.result()
            counts[outcome] += 1
            if outcome == "survived":
                survivors.append(str(jobs[done]))
                print(f"survived: {jobs[done]}", flush=True)
    judged = counts["caught"] + counts["survived"]
    rate = counts["caught"] / judged if judged else 1.0
    print(f"{len(mutants)} mutants: {counts['caught']} caught, {counts['survived']} survived, {counts['broken']} do "
          f"not compile; {len(known)} known to be equivalent are not tried. Caught: {100 * rate:.2f} % "
          f"({time.time() - start:.0f} s)", flush=True)
    return rate, survivors, len(set(wanted) - sound)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=_project.ROOT)
    parser.add_argument("--build", type=pathlib.Path, default=_project.ROOT / "build")
    parser.add_argument("--self-test", action="store_true", help="switch most tests off and expect it to be noticed")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--files", default="", help="only files whose path matches this regular expression")
    parser.add_argument("--resume", type=pathlib.Path, help="a file of outcomes, read and added to")
    parser.add_argument("--count", type=int, default=SAMPLE_SIZE, help="mutants in a sample")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    options.root, options.build = options.root.resolve(), options.build.resolve()
    return options


def main():
    options = arguments()
    if options.self_test:
        options.count, options.all = 12, False
        rate, _, _ = run(options, ["symbolic"])
        _project.report([] if rate < SAMPLE_BAR else ["tests that were switched off were not missed"],
                        "switched off tests were missed")
    rate, survivors, failing = run(options)
    bar = BAR if options.all else SAMPLE_BAR
    problems = [f"only {100 * rate:.2f} % caught, the bar is {100 * bar:.0f} %"] if rate < bar else []
    if failing:
        problems.append(f"the tests of {failing} ops fail without any mutant")
    _project.report(problems, f"{len(survivors)} survived")


if __name__ == "__main__":
    main()
