"""The command `koine` does what its help says, run as a user runs it, on a small table in a folder of its own.

Wrong configs are refused before training with file, line and suggestion; train, eval and predict agree; files that are
damaged are refused; every op has a card; `koine op new` begins ops that compile. --self-test shows that each of these
fails with a command that does something else.
"""

import concurrent.futures
import csv
import gzip
import io
import json
import os
import pathlib
import pty
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import _project

CONFIG = """[data]
file = "points.csv"
train = "0:48"
test = "48:"

[[model]]
dense = 8
activation = "tanh"

[[model]]
dense = 2

[train]
epochs = 12
batch = 16
optimizer = { adam = { lr = 0.05 } }
"""

# What is replaced in the config, by what, and what the refusal says.
WRONG = [
    ("epochs = 12", "epoch = 12", ["c.toml:14:1", "'epochs'"]),
    ("epochs = 12", "epochs = 0", ["c.toml:14:", "at least 1", "0"]),
    ("epochs = 12", 'epochs = "many"', ["c.toml:14:", "whole number", "many"]),
    ("batch = 16", "batch = 1.5", ["c.toml:15:", "whole number"]),
    ("[train]", "[trian]", ["c.toml:13:", "'train'"]),
    ("dense = 8", "dens = 8", ["c.toml:7:1", "'dense'"]),
    ("dense = 8", "dense = -8", ["c.toml:7:", "at least 1"]),
    ("dense = 8", "dense = 8\nconv = 8", ["c.toml:", "both"]),
    ('activation = "tanh"', 'activation = "tahn"', ["c.toml:8:", "'tanh'"]),
    ("{ adam =", "{ adma =", ["c.toml:16:", "'adam'"]),
    ("lr = 0.05", "lr = -1", ["c.toml:16:", "above 0"]),
    ("lr = 0.05", "rl = 0.05", ["c.toml:16:", "lr"]),
    ("dense = 2", "dense = 1", ["c.toml:10:", "model.1", "2 classes", "dense = 2"]),
    ("dense = 2", "conv = 2", ["c.toml:10:", "model.1 (conv) gets [8]", "shape = "]),
    ("dense = 2", "max_pool = 2", ["c.toml:10:", "model.1 (max_pool) gets [8]"]),
    ('train = "0:48"', "shape = [3, 1]", ["c.toml:3:", "has 2"]),
    ('train = "0:48"', 'train = "90:"', ["c.toml:3:", "no rows"]),
    ('train = "0:48"', 'train = "all"', ["c.toml:3:", "start:stop"]),
    ('train = "0:48"', "label = 9", ["c.toml:3:", "9"]),
    ('"points.csv"', '"none.csv"', ["c.toml:2:", "none.csv"]),
    ('"points.csv"', '"points.csv', ["c.toml:2:"]),
    ("[train]", '[train]\noutput = "none/w.safetensors"', ["c.toml:14:", "no folder"]),
]


def points():
    """64 points of the plane; the class says whether they lie above the diagonal."""
    grid = [(i % 8 / 4 - 1, i // 8 / 4 - 0.9) for i in range(64)]
    grid = grid[::2] + grid[1::2]
    return "".join(f"{x},{y},{int(y > x)}\n" for x, y in grid)


class Problem(Exception):
    """What is wrong, as text."""


def expect(true, what):
    if not true:
        raise Problem(what)


class Command:
    """The command under test in a folder that has the table and the config."""

    def __init__(self, binary, root, place):
        self.binary, self.root, self.place = binary, root, place
        (place / "points.csv").write_text(points())
        (place / "c.toml").write_text(CONFIG)

    def run(self, *words, **variables):
        line = [self.binary, *map(str, words)]
        # Kernels are kept here, and nowhere else.
        settings = {**os.environ, "KOINE_CACHE": str(self.place / "kernels"), **variables}
        done = subprocess.run(line, cwd=self.place, env=settings, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def good(self, *words):
        """What a command prints that has to succeed."""
        status, said, errors = self.run(*words)
        expect(status == 0, f"koine {shlex.join(map(str, words))}: exit status {status}\n{errors}")
        return said

    def refused(self, status, parts, *words):
        """A command that has to fail with one message that has all parts, and nothing of the machinery."""
        shown = f"koine {shlex.join(map(str, words))}"
        found, said, errors = self.run(*words)
        expect(found == status, f"{shown}: exit status {found} instead of {status}\n{said}{errors}")
        expect(errors.startswith("koine: "), f"{shown}: the message begins otherwise: {errors}")
        for part in parts:
            expect(part in errors, f"{shown}: nothing of {part!r} in: {errors}")
        expect("terminate" not in errors and "epoch" not in said, f"{shown}: {said}{errors}")


def wrong_configs(koine):
    for old, new, parts in WRONG:
        expect(old in CONFIG, f"the config has no {old}")
        (koine.place / "c.toml").write_text(CONFIG.replace(old, new, 1))
        for command in ("train",) if "output" in new else ("train", "summary"):
            koine.refused(1, parts, command, "c.toml")
    (koine.place / "c.toml").write_text(CONFIG)
    koine.refused(1, ["--set train.epochs=x", "whole number"], "train", "c.toml", "--set", "train.epochs=x")
    koine.refused(1, ["train.epoch", "'epochs'"], "train", "c.toml", "train.epoch=3")
    koine.refused(1, ["none.toml"], "train", "none.toml")
    koine.refused(1, ["points.csv", "koine new points.csv"], "train", "points.csv")
    koine.refused(1, ["folder"], "train", ".")
    expect(not (koine.place / "model.safetensors").exists(), "a refused run wrote weights")


def train_and_use(koine):
    said = koine.good("train", "c.toml", "--set", "train.epochs=30", "--seed", "3")
    lines = said.splitlines()
    last = re.fullmatch(r"test accuracy (\d\.\d{3})", lines[-1])
    expect(last, f"the last line of train is {lines[-1]!r}")
    expect(float(last[1]) >= 0.8, f"train learnt nothing: {lines[-1]}")
    expect(sum(line.startswith("epoch ") for line in lines) == 30 and "\r" not in said and "\x1b" not in said,
           f"piped, train does not print a plain line an epoch:\n{said}")
    weights = koine.place / "model.safetensors"
    for note in (b'"config"', b"train.seed=3"):
        expect(note in weights.read_bytes(), "the weights lack the config")
    left = {str(p.relative_to(koine.place)) for p in koine.place.rglob("*") if p.is_file() and "kernels" not in p.parts}
    expect(left == {"c.toml", "points.csv", weights.name, "model.checkpoints/finished.safetensors"},
           f"train left other files than the weights and the end of the run: {left}")
    expect(koine.good("eval", "c.toml").splitlines()[-1] == lines[-1], "eval and train differ")
    first = weights.read_bytes()
    again = koine.good("train", "c.toml", "train.epochs=30", "--seed", "3", "train.output=again.safetensors")
    expect(again.splitlines()[-1] == lines[-1], "the same seed gives another accuracy")
    second = (koine.place / "again.safetensors").read_bytes()
    expect(len(second) > 0 and first[-64:] == second[-64:], "the same seed gives other weights")
    koine.good("train", "c.toml", "train.epochs=1", "--set", "train.output=other.safetensors")
    expect((koine.place / "other.safetensors").read_bytes()[-64:] != first[-64:], "another seed gives the same weights")
    predictions(koine, float(last[1]))
    both = koine.good("train", "c.toml", "train.epochs=1", "data.test=40:", "train.output=both.safetensors")
    expect("note" not in said and "note: 8 rows are in both" in both, "nothing is said of rows in both parts")
    koine.good("train", "c.toml", "train.epochs=1", "train.loss=mse", "model.1.dense=1", "train.output=m.safetensors")


def predictions(koine, accuracy):
    """What predict says of the test rows is as good as train said, with and without the label."""
    rows = points().splitlines()[48:]
    for name, lines in (("with.csv", rows), ("without.csv", [row.rpartition(",")[0] for row in rows])):
        (koine.place / name).write_text("\n".join(lines) + "\n")
        table = list(csv.DictReader(io.StringIO(koine.good("predict", "c.toml", name))))
        expect(len(table) == len(rows), f"{len(table)} predictions for {len(rows)} rows")
        right = sum(row["class"] == line.rpartition(",")[2] for row, line in zip(table, rows))
        expect(abs(right / len(rows) - accuracy) < 1e-3, "predict and train differ")
        expect(all(0.5 <= float(row["probability"]) <= 1 for row in table), "these are no probabilities")
    (koine.place / "wide.csv").write_text("1,2,3,4\n")
    koine.refused(1, ["wide.csv", "4 columns"], "predict", "c.toml", "wide.csv")
    (koine.place / "text.csv").write_text("1,2\n1,x\n")
    koine.refused(1, ["text.csv:2"], "predict", "c.toml", "text.csv")


def more_epochs(koine):
    """A run that is complete goes on with more epochs, and ends as one that had them from the beginning."""
    weights = koine.place / "model.safetensors"
    koine.good("train", "c.toml", "train.epochs=8")
    whole = weights.read_bytes()[-64:]
    koine.good("train", "c.toml", "train.epochs=4")
    expect(weights.read_bytes()[-64:] != whole, "4 epochs and 8 give the same weights")
    said = koine.good("train", "c.toml", "--resume", "--set", "train.epochs=8")
    expect("resumed after 4 epochs" in said and sum(line.startswith("epoch ") for line in said.splitlines()) == 4,
           f"with more epochs the run does not go on:\n{said}")
    expect(weights.read_bytes()[-64:] == whole, "4 epochs and 4 more give other weights than 8")
    expect("resumed after 8 epochs" in koine.good("train", "c.toml", "--resume", "train.epochs=8"), "the end is not found again")
    koine.refused(1, ["train.epochs", "has seen 8 epochs"], "train", "c.toml", "--resume", "train.epochs=5")
    (koine.place / "model.checkpoints/finished.safetensors").unlink()
    koine.refused(1, ["no checkpoint", "--restart"], "train", "c.toml", "--resume", "train.epochs=9")
    koine.good("train", "c.toml", "--restart", "train.epochs=1")


def damaged_weights(koine):
    koine.refused(1, ["no weights", "koine train c.toml"], "eval", "c.toml")
    koine.good("train", "c.toml", "train.epochs=1")
    whole = (koine.place / "model.safetensors").read_bytes()
    damaged = koine.place / "damaged.safetensors"
    for length in (0, 4, 8, 100, len(whole) - 1):
        damaged.write_bytes(whole[:length])
        koine.refused(1, ["damaged.safetensors"], "eval", "c.toml", "--weights", "damaged.safetensors")
    koine.refused(1, ["[2, 8]", "[2, 9]"], "eval", "c.toml", "--set", "model.0.dense=9")
    koine.good("eval", "c.toml", "--weights", "model.safetensors")


def running_layers(koine):
    """What fails while a model runs is told with the layer and its line in the config, by every command that runs one."""
    rows = [f"{i},{i % 2}" for i in range(32)]
    (koine.place / "numbers.csv").write_text("\n".join(rows) + "\n")
    (koine.place / "more.csv").write_text("3,0\n99,1\n")
    (koine.place / "l.toml").write_text("""data = { file = "numbers.csv", train = "0:8", scale = 2 }
[[model]]
activation = "relu"
[[model]]
embedding = 4
count = 16
[[model]]
conv = 4
[[model]]
flatten = true
[[model]]
dense = 2
[train]
epochs = 1
""")
    line = ["[embedding] index", "l.toml:4:1: model.1 (embedding)"]
    koine.good("train", "l.toml")
    koine.refused(1, line, "train", "l.toml", "data.train=0:12", "train.output=none.safetensors")
    koine.refused(1, line, "eval", "l.toml", "--set", "data.test=16:")
    koine.refused(1, line, "predict", "l.toml", "more.csv")
    koine.refused(1, ["model.2.conv takes a whole number", "beyond the largest"], "train", "l.toml", "model.2.conv=10000000000000000")


def summaries(koine):
    said = koine.good("summary", "c.toml")
    for pattern in (r"input\s+\[2\]", r"0\s+dense 8, tanh\s+\[8\]\s+24\s+32", r"1\s+dense 2\s+\[2\]\s+18\s+32", r"total\s+42\s+64\n"):
        expect(re.search(pattern, said), f"the summary has no {pattern}:\n{said}")
    expect(re.fullmatch(r"koine \d+\.\d+\.\d+\n", koine.good("--version")), "--version")
    expect("reference" in koine.good("devices"), "devices")
    expect("train" in koine.good("--help"), "--help")
    expect("conv: a convolution" in koine.good("keys") and "padding" in koine.good("keys", "conv"), "keys")
    koine.refused(1, ["'conv'"], "keys", "cnov")


def sweeps(koine):
    said = koine.good("sweep", "c.toml", "train.epochs=1,30", "model.0.dense=4,8", "--seed", "1")
    rows = [line.split() for line in said.splitlines()[2:]]
    expect(len(rows) == 4 and rows[0][0] == "30", f"four runs, the longer ones first:\n{said}")
    losses = [float(row[row.index("loss") + 1]) for row in rows]
    expect(losses == sorted(losses), f"the best is not first:\n{said}")
    drawn = koine.good("sweep", "c.toml", "train.optimizer.adam.lr=1e-4..1e-1", "--random", "3", "train.epochs=1")
    expect(len(set(line.split()[0] for line in drawn.splitlines()[2:])) == 3, f"three rates:\n{drawn}")
    expect(not list(koine.place.glob("*.safetensors")), "a sweep wrote weights")
    koine.refused(1, ["--random"], "sweep", "c.toml", "train.optimizer.adam.lr=1e-4..1e-1")
    koine.refused(1, ["no setting with values"], "sweep", "c.toml", "lr")


def new_configs(koine):
    """koine new, then train, then predict, on a table of mixed columns that nobody has described."""
    rows = [f"{i},{20 + i * 7 % 40},{('Oslo', 'Rome')[i % 2]},{('no', 'yes')[20 + i * 7 % 40 > 40]}" for i in range(120)]
    (koine.place / "shop.csv").write_text("id,age,city,bought\n" + "\n".join(rows) + "\n")
    said = koine.good("new", "shop.csv")
    for part in ("label = \"bought\"", "left out: id", "koine train shop.toml"):
        expect(part in said, f"koine new says nothing of {part}:\n{said}")
    koine.refused(1, ["shop.toml already"], "new", "shop.csv")
    last = koine.good("train", "shop.toml").splitlines()[-1]
    expect(last.startswith("test accuracy ") and float(last.split()[-1]) >= 0.9, f"learnt nothing: {last}")
    (koine.place / "more.csv").write_text("city,age\nRome,58\nOslo,21\nParis,22\n")
    answers = [row["class"] for row in csv.DictReader(io.StringIO(koine.good("predict", "shop.toml", "more.csv")))]
    expect(answers == ["yes", "no", "no"], f"predictions are {answers}")
    lines = [json.loads(line) for line in koine.good("predict", "shop.toml", "more.csv", "--json").splitlines()]
    expect(all(abs(sum(line["probabilities"].values()) - 1) < 1e-4 for line in lines), f"no probabilities: {lines}")
    koine.refused(1, ["'bougt'", "'bought'"], "new", "shop.csv", "--label", "bougt", "--output", "other.toml")


def usage(koine):
    koine.refused(2, ["'train'"], "tarin", "c.toml")
    koine.refused(2, ["config"], "train")
    koine.refused(2, ["--sed"], "train", "c.toml", "--sed", "3")
    koine.refused(2, ["usage"], "op", "new", "elementwise")
    koine.refused(2, [], "train", "c.toml", "--seed", "x")
    koine.refused(2, [])


def cards(koine):
    """A card for every op file, and all in the reference."""
    files = [p for p in sorted((koine.root / "src/ops").glob("*/*.h")) if p.parent.name != "family"]
    reference, everything = koine.good("op", "--reference"), koine.good("op")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        texts = list(pool.map(lambda file: koine.good("op", file.stem), files))
    for file, card in zip(files, texts):
        text = file.read_text()
        expect(card.startswith(f"{file.stem}, "), f"the card of {file.stem}:\n{card}")
        for part in (file.relative_to(koine.root).as_posix(), "vmap", *re.findall(r'field<&Attrs::\w+>\(\s*"(\w+)"', text)):
            expect(part in card, f"the card of {file.stem} lacks {part}:\n{card}")
        for cell in re.findall(r"\{Cell::(\w+), Reason::", text):
            expect(f"{cell.replace('_', ' ')}: " in card, f"{file.stem}: nothing of {cell}:\n{card}")
        for part in (f"### {file.stem}\n", f"| `{file.stem}` |"):
            expect(part in reference, f"{file.stem} is not in the reference")
        expect(re.search(rf"^  {file.stem} ", everything, re.M), f"{file.stem} is not in the list")
    koine.refused(1, ["'softmax'"], "op", "softmxa")
    koine.refused(1, ["koine op lists all"], "op", "qqqqqqqq")


def new_ops(koine):
    """Every family begins an op that compiles; none is ever replaced."""
    _project.copy_of(koine.root, koine.place, "src", "tools", "include")
    families = sorted(p.name.split(".")[0] for p in (koine.place / "tools/op_templates").iterdir())
    for family in families:
        said = koine.good("op", "new", family, f"scaffold_{family}")
        file = koine.place / "src/ops" / family / f"scaffold_{family}.h"
        expect(str(file) in said and file.exists(), f"op new wrote no {file}:\n{said}")
        expect("@" not in file.read_text(), f"{file} has marks left")
        before = file.read_text()
        koine.refused(1, ["already"], "op", "new", family, f"scaffold_{family}")
        expect(file.read_text() == before, f"{file} was changed")
    koine.refused(1, ["tanh.h"], "op", "new", "composite", "tanh")
    koine.refused(1, ["'elementwise'"], "op", "new", "elementwis", "thing")
    koine.refused(1, ["snake_case"], "op", "new", "elementwise", "Thing")
    koine.refused(1, ["snake_case"], "op", "new", "elementwise", "../thing")
    out = koine.place / "out"
    subprocess.run([sys.executable, "tools/genops.py", "--ops", "src/ops", "--out", out], cwd=koine.place, check=True)
    text = "".join(f'#include "ops/{family}/scaffold_{family}.h"\n' for family in families) + "namespace koine::ops {\n"
    for family in families:
        text += f'static_assert(is_complete(make_spec<Scaffold{family.capitalize()}>("", "")));\n'
    source = koine.place / "scaffolds.cpp"
    source.write_text(text + "}\n")
    folders = ["-Isrc", "-Iinclude", f"-I{out}/include", f"-I{out}/src"]
    line = [os.environ.get("CXX", "c++"), "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *folders, source]
    done = subprocess.run(line, cwd=koine.place, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"new ops do not compile:\n{done.stderr[-3000:]}")


def inspected(koine):
    """Every stage of what is trained, by the config or by a command; what is kept is listed and can be removed."""
    stages = {
        "graph": "inputs %0", "clean": "outputs %", "schedule": "makes %", "memory": "arena of [0-9]",
        "tape": "own kernel of matmul: tiles",
    }
    for words in (["c.toml"], ["--", koine.binary, "eval", "c.toml"]):
        said = koine.good("inspect", "--passes", *words)
        texts = re.split(r"^== (\w+)", said, flags=re.M)[1:]
        texts = [text for text in zip(texts[::2], texts[1::2]) if text[0] != "code"]
        order, programs = [name for name, _ in texts], len(texts) // len(stages)
        expect(programs and order == [*stages] * programs, f"inspect --passes {words}: the stages are {order}")
        for stage, part in stages.items():
            expect(any(name == stage and re.search(part, text) for name, text in texts),
                   f"inspect --passes {words}: no {part!r} in {stage}")
        expect("eval" in words or ", a transposed" in said, "training has no transposed operand")
        koine.good("train", "c.toml", "train.epochs=3")
    files = list((koine.place / "kernels").glob("*"))
    expect("== code of kernel_" in said or not files, "inspect --passes: no code, and there are kernels")
    said = koine.good("inspect", "--caches")
    expect(f"{len(files)} kernels on disk" in said or "no kernels" in said, f"of {len(files)} kernels:\n{said}")
    for file in files:
        expect(file.name in said, f"{file.name} is not listed")
    expect(re.search(r"\d+ +programs$", said, re.M), f"no bound of the programs:\n{said}")
    koine.good("inspect", "--clear")
    expect(not list((koine.place / "kernels").glob("*")), "kernels are left after --clear")
    koine.refused(2, ["usage"], "inspect", "--passes")
    koine.refused(2, ["usage"], "inspect", "--caches", "c.toml")
    koine.refused(1, ["cannot run", "no-such-program"], "inspect", "--passes", "--", "no-such-program")


def examples(koine):
    """Every example trains; that of the quickstart and the graph tell at least nine digits of ten."""
    _project.copy_of(koine.root, koine.place, "examples", "data")
    for config in sorted((koine.place / "examples").glob("*.toml")):
        expect("total" in koine.good("summary", config), f"the summary of {config}")
        koine.good("train", config, "train.epochs=1", "data.train=0:128")
    for name, least in (("digits_cnn", 0.9), ("digits_resnet", 0.9), ("customers", 0.75), ("brackets", 0.95)):
        last = koine.good("train", f"examples/{name}.toml").splitlines()[-1]
        found = re.fullmatch(r"test accuracy (\d\.\d{3})", last)
        expect(found and float(found[1]) >= least, f"examples/{name}.toml ends with {last!r}")


def long_run(koine, *words, **how):
    """A training without an end, which has begun."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = subprocess.Popen([koine.binary, "train", "c.toml", "train.epochs=1000000", *words], cwd=koine.place, **pipes, **how)
    for line in running.stdout:
        if line.startswith("epoch"):
            return running
    raise Problem(f"a long run ends by itself: {running.communicate()[1]}")


def end_of(running, what):
    """What a stopped program still says; ends it when it does not stop."""
    try:
        return running.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        running.kill()
        raise Problem(f"{what} does not end training") from None


def stopped(koine):
    """Ctrl-C and its kind end training after a step, with weights and a checkpoint saved; what was ignored stays ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        output = f"{number.name}.safetensors"
        with long_run(koine, f"train.output={output}") as running:
            running.send_signal(number)
            said = end_of(running, number.name)
        expect(running.returncode == 128 + number, f"after {number.name} the exit status is {running.returncode}")
        expect(output in said and "--resume" in said, f"after {number.name} nothing is said of weights and resuming: {said}")
        koine.good("eval", "c.toml", "--weights", output)
        koine.good("train", "c.toml", "--restart", f"train.output={output}", "train.epochs=1")
        expect([p.name for p in (koine.place / f"{number.name}.checkpoints").iterdir()] == ["finished.safetensors"],
               "checkpoints stay behind a complete run")
    with long_run(koine, "train.output=none.safetensors", "train.checkpoint=0") as running:
        running.send_signal(signal.SIGTERM)
        said = end_of(running, "SIGTERM")
    expect("none.safetensors" in said and "--resume" not in said, f"without checkpoints nothing can be resumed: {said}")
    ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)}
    with long_run(koine, "train.output=nohup.safetensors", **ignoring) as running:
        running.send_signal(signal.SIGHUP)
        for line in running.stdout:
            if line.startswith("epoch"):
                break
        running.send_signal(signal.SIGTERM)
        end_of(running, "SIGTERM")
    expect(running.returncode == 128 + signal.SIGTERM, f"under nohup the exit status is {running.returncode}")
    complete = (koine.place / "SIGINT.safetensors").read_bytes()
    with long_run(koine, "train.output=SIGINT.safetensors") as running:
        running.send_signal(signal.SIGINT)
        said = end_of(running, "SIGINT")
    expect((koine.place / "SIGINT.safetensors").read_bytes() == complete and "stays" in said,
           f"a stopped run replaced the weights of a complete one: {said}")


def locked(koine):
    """A second run in the same place is refused, and says which process has it; a killed one leaves no lock."""
    with long_run(koine) as running:
        for words in ((), ("--restart",), ("--resume",)):
            koine.refused(1, [f"process {running.pid}", "model.checkpoints"], "train", "c.toml", *words)
        running.kill()
        running.communicate()
    koine.good("train", "c.toml", "--restart", "train.epochs=1")
    (koine.place / "d.toml").write_text(CONFIG)
    said = koine.good("train", "d.toml", "train.epochs=1")
    expect("model.safetensors has the weights of c.toml" in said, f"nothing is said of weights that are replaced:\n{said}")
    expect("has the weights of" not in koine.good("train", "d.toml", "train.epochs=1"), "a config's own weights are told")
    # Endings of names are part of them.
    for number in (1, 2):
        koine.good("train", "c.toml", "train.epochs=1", f"train.output=run.{number}")
        koine.good("plot", "c.toml", "--weights", f"run.{number}")
        expect((koine.place / f"run.{number}_curves.png").exists(), "pictures are called otherwise")


def node(path, minor):
    """A device of one's own, by its number: 3 null, 5 zero, 7 full. Who may not make one cannot harm those of the machine either."""
    try:
        os.mknod(path, 0o20666, os.makedev(1, minor))
    except PermissionError:
        path.symlink_to({3: "/dev/null", 5: "/dev/zero", 7: "/dev/full"}[minor])
    return path


def outputs(koine):
    """What is written replaces neither what is read nor what is no file; a file keeps its mode, a link stays."""
    place = koine.place
    data = (place / "points.csv").read_bytes()
    os.link(place / "points.csv", place / "hard.safetensors")
    (place / "soft.safetensors").symlink_to("points.csv")
    (place / "folder").mkdir()
    for name in ("points.csv", "hard.safetensors", "soft.safetensors", "folder/../points.csv", "c.toml"):
        koine.refused(1, ["train.output", "would be lost"], "train", "c.toml", f"train.output={name}")
    os.mkfifo(place / "fifo")
    full, null = node(place / "full", 7), node(place / "null", 3)
    for name in ("fifo", "full", "null", "folder"):
        koine.refused(1, ["train.output", name], "train", "c.toml", f"train.output={name}")
    expect(full.is_char_device() and null.is_char_device() and (place / "fifo").is_fifo(), "an output replaced a device")
    expect((place / "points.csv").read_bytes() == data and (place / "c.toml").read_text() == CONFIG, "inputs were changed")
    (place / "points.csv.json").symlink_to("points.csv")
    status, _, said = koine.run("train", "c.toml", KOINE_PROFILE="points.csv.json")
    expect(status == 1 and "KOINE_PROFILE" in said and (place / "points.csv").read_bytes() == data, f"a profile over data: {said}")
    with open(place / "points.csv", "ab") as file:
        done = subprocess.run([koine.binary, "predict", "c.toml", "points.csv"], cwd=place, stdout=file, stderr=subprocess.PIPE,
                              text=True, check=False)
    expect(done.returncode == 1 and "standard output" in done.stderr and (place / "points.csv").read_bytes() == data,
           f"predictions are added to the data: {done.stderr}")
    kept = place / "kept.safetensors"
    kept.write_bytes(b"")
    kept.chmod(0o600)
    (place / "link.safetensors").symlink_to("kept.safetensors")
    koine.good("train", "c.toml", "train.output=link.safetensors", "train.epochs=1")
    expect((place / "link.safetensors").is_symlink() and kept.stat().st_mode & 0o777 == 0o600 and kept.stat().st_size > 100,
           "a link or a mode was not kept")
    longest = "x" * 243 + ".safetensors"
    koine.good("train", "c.toml", f"train.output={longest}", "train.epochs=1")
    koine.good("train", "c.toml", f"train.output={'y' * 255}", "train.epochs=1")
    expect((place / longest).exists() and (place / ("y" * 255)).exists(), "long names")


def failing_output(koine):
    """A write that fails is an error of every command; a reader that goes ends it quietly."""
    koine.good("train", "c.toml")
    full = node(koine.place / "full", 7)
    commands = [["eval", "c.toml"], ["eval", "c.toml", "--json"], ["predict", "c.toml", "points.csv"], ["plot", "c.toml"],
                ["predict", "c.toml", "points.csv", "--json"], ["summary", "c.toml"], ["keys"], ["op"], ["op", "tanh"],
                ["devices"], ["--help"], ["--version"], ["inspect", "--caches"], ["inspect", "--passes", "c.toml"],
                ["sweep", "c.toml", "train.epochs=1"], ["train", "c.toml", "--restart"], ["train", "c.toml", "--json", "--restart"],
                ["train", "c.toml", "--folds", "2"], ["new", "points.csv"]]

    def ran(words, **how):
        (koine.place / "points.toml").unlink(missing_ok=True)
        settings = {**os.environ, "KOINE_CACHE": str(koine.place / "kernels"), **how.pop("variables", {})}
        done = subprocess.run([koine.binary, *words], cwd=koine.place, env=settings, text=True, check=False,
                              **{"stderr": subprocess.PIPE, **how})
        return done.returncode, done.stderr or ""

    for words in commands:
        with open(full, "w") as out:
            status, said = ran(words, stdout=out)
            expect(status == 1 and "No space left" in said, f"koine {words} > full: {status} {said}")
        status, said = ran(words, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.close(1))
        expect(status == 1 and "Bad file descriptor" in said, f"koine {words} without standard output: {status} {said}")
        reading, writing = os.pipe()
        os.close(reading)
        status, said = ran(words, stdout=writing)
        os.close(writing)
        expect(status in (128 + signal.SIGPIPE, -signal.SIGPIPE) and "koine:" not in said, f"koine {words} | true: {status} {said}")
    (koine.place / "full.json").symlink_to("full")
    nowhere = {"stdout": subprocess.DEVNULL}
    for variable, value in (("KOINE_PROFILE", "full.json"), ("KOINE_INSPECT", "full"), ("KOINE_PROFILE", "none/a.json"),
                            ("KOINE_INSPECT", "none/a")):
        status, said = ran(["train", "c.toml", "--restart"], **nowhere, variables={variable: value})
        expect(status == 1 and value in said, f"{variable}={value}: {status} {said}")
    for variable in ("KOINE_PROFILE", "KOINE_INSPECT"):
        with open(full, "w") as out:
            status, _ = ran(["train", "c.toml", "--restart"], **nowhere, stderr=out, variables={variable: "1"})
        expect(status == 1, f"{variable}=1 2> full: {status}")
    # A limit on the size of files stands in for a full disk.
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))
    before = (koine.place / "model.safetensors").read_bytes()
    for words in (["train", "c.toml", "model.0.dense=2000", "--restart"], ["plot", "c.toml"], ["new", "points.csv", "--label", "0"],
                  ["train", "c.toml", "--tensorboard", "events", "--restart"]):
        status, said = ran(words, **nowhere, preexec_fn=small, variables={"KOINE_CACHE": "off"})
        expect(status == 1 and "File too large" in said, f"koine {words} on a full disk: {status} {said}")
    expect((koine.place / "model.safetensors").read_bytes() == before, "a full disk took the old weights")
    expect(not [path for path in koine.place.rglob(".koine*")], "temporary files are left")


# What a terminal obeys: escapes, a control character of C1, the mark that turns the direction of reading, a line feed.
HOSTILE = "\x1b[31m\x07\x9b1m\u202e\n!"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def on_terminal(koine, *words):
    """What a command prints to a terminal."""
    master, terminal = pty.openpty()
    process = subprocess.Popen([koine.binary, *words], cwd=koine.place, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    process.wait()
    os.close(master)
    return text.decode().replace("\r\n", "\n")


def hostile_names(koine):
    """Names in files reach a terminal and a log written out; CSV and JSON that others read have them as they are."""
    name = HOSTILE.replace("!", "")
    rows = "".join(f'{i * i % 17},"{name}{i % 2}"\n' for i in range(40))
    (koine.place / "h.csv").write_text(f'"{name}x","{name}y"\n{rows}')
    said = koine.good("new", "h.csv", "--label", name + "y", "-o", "h.toml")
    said += koine.good("train", "h.toml", "train.epochs=1", "data.test=0.25")
    said += koine.good("eval", "h.toml", "--set", "data.test=0.25") + koine.good("summary", "h.toml")
    said += koine.good("plot", "h.toml", "--set", "data.test=0.25")
    expect("\\x1b[31m\\x07\\u009b1m\\u202e" in said, f"the classes are not written out:\n{said}")
    expect(not OBEYED.search(said), f"a terminal would obey {OBEYED.search(said)!r} in:\n{said!r}")
    piped = koine.good("predict", "h.toml", "h.csv")
    expect({row["class"] for row in csv.DictReader(io.StringIO(piped))} <= {name + "0", name + "1"}, f"CSV differs: {piped!r}")
    lines = koine.good("predict", "h.toml", "h.csv", "--json")
    expect(json.loads(lines.splitlines()[0])["class"][:-1] == name and not OBEYED.search(lines), f"JSON differs: {lines!r}")
    seen = on_terminal(koine, "predict", "h.toml", "h.csv")
    expect("\\x1b[31m" in seen and not OBEYED.search(seen), f"on a terminal: {seen!r}")
    bad = koine.place / f"{HOSTILE.replace('/', '')}.toml"
    bad.write_text('[data]\n"\\u001b[31m\\n\\u009b" = 1\nfile = "h.csv"\nlabel = "\\u001b[31m\\n"\n' + CONFIG.partition("test = ")[2][5:])
    for words in (("train", bad.name), ("train", "h.toml", f"--set=train.{name}=1"), ("train", f"{name}.toml"), (name,),
                  ("predict", "h.toml", f"{name}.csv"), ("eval", "h.toml", "--weights", f"{name}.safetensors")):
        status, said, errors = koine.run(*words)
        expect(status in (1, 2) and not OBEYED.search(said + errors), f"{words!r}: {status}, {said + errors!r}")
        expect(all(line.startswith(("koine", "  ")) or ".toml:" in line for line in errors.splitlines()),
               f"{words!r}: a name has a line of its own: {errors!r}")


def hostile_files(koine):
    """What is no plain file, or claims what cannot be, is refused at once; nothing is waited for, and little memory taken."""
    pipe, folder = koine.place / "pipe.csv", koine.place / "folder.csv"
    os.mkfifo(pipe)
    folder.mkdir()
    zero = node(koine.place / "zero.csv", 5)
    koine.good("train", "c.toml", "train.epochs=1")
    for file, what in ((pipe, "it is a pipe"), (folder, "folder"), (zero, "it is a device")):
        koine.refused(1, [what], "train", "c.toml", f"data.file={file}")
        koine.refused(1, [what], "predict", "c.toml", file)
        koine.refused(1, [what], "new", file, "-o", "n.toml")
        koine.refused(1, [what], "train", file)
        koine.refused(1, [what], "eval", "c.toml", "--weights", file)
    with gzip.open(koine.place / "bomb.csv.gz", "wb") as file:
        for _ in range(200):
            file.write(b"1,2,1\n" * (1 << 18))
    limited = subprocess.run(["bash", "-c", f"ulimit -v 4000000; exec {koine.binary} train c.toml data.file=bomb.csv.gz"],
                             cwd=koine.place, capture_output=True, text=True, check=False)
    expect(limited.returncode == 1 and "expands to more than 200 times" in limited.stderr, limited.stderr)


def with_note(koine, name, change, source="model.safetensors", to="changed.safetensors"):
    """Weights with a note that is changed, as a dict or as text."""
    whole = (koine.place / source).read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8:8 + length])
    notes = header["__metadata__"]
    value = json.loads(notes[name]) if name in notes else {}
    notes[name] = json.dumps(change(value))
    text = json.dumps(header).encode()
    (koine.place / to).write_bytes(len(text).to_bytes(8, "little") + text + whole[8 + length:])
    return to


def hostile_notes(koine):
    """What weights and checkpoints note is held against the config and the arrays before it is used."""
    (koine.place / "t.txt").write_text("abba ab ba aab " * 40)
    text = """[data]
file = "t.txt"
length = 8
[[model]]
embedding = 4
[[model]]
gru = 4
sequence = true
[[model]]
dense = 6
[train]
epochs = 1
output = "text.safetensors"
"""
    (koine.place / "text.toml").write_text(text)
    koine.good("train", "text.toml")
    for length in (6148914691236517206, 0, -1, 1e300, 1.5, 2 ** 62, True, "3", None, 2 ** 63):
        file = with_note(koine, "table", lambda t: {**t, "text": {**t["text"], "length": length}}, "text.safetensors")
        for command in (("predict", "text.toml", "t.txt"), ("eval", "text.toml"), ("plot", "text.toml")):
            koine.refused(1, ["changed.safetensors: the note 'table', text.length: got"], *command, "--weights", file)
    swapped = with_note(koine, "table", lambda t: {**t, "text": {**t["text"], "symbols": t["text"]["symbols"] + [[1], [2], [3]]}},
                        "text.safetensors")
    koine.refused(1, ["names 8 symbols"], "predict", "text.toml", "t.txt", "--weights", swapped)
    # Weights of another kind of data.
    people = "age,city,score\n" + "".join(f"{i},{'RO'[i % 2]},{i // 2 % 2}\n" for i in range(40))
    (koine.place / "people.csv").write_text(people)
    (koine.place / "people.toml").write_text(CONFIG.replace("points.csv", "people.csv").replace(
        "[[model]]", 'label = "score"\nnumeric = ["age"]\ncategorical = ["city"]\n[[model]]', 1).replace(
        "train = \"0:48\"\ntest = \"48:\"", "") + 'output = "people.safetensors"\n')
    koine.good("train", "people.toml")
    koine.good("train", "c.toml", "train.epochs=1")
    data = {"c.toml": "points.csv", "text.toml": "t.txt", "people.toml": "people.csv"}
    weights = {"c.toml": "model.safetensors", "text.toml": "text.safetensors", "people.toml": "people.safetensors"}
    for config, file in data.items():
        for other, made in weights.items():
            for command in (("eval", config), ("predict", config, file), ("plot", config)):
                if other == config:
                    koine.good(*command, "--weights", made)
                else:
                    koine.refused(1, [f"{made}: was made from", "but"], *command, "--weights", made)
    more = with_note(koine, "table", lambda t: {**t, "classes": ["0", "1", "c"]}, "people.safetensors")
    koine.refused(1, ["names 3 classes, but the model gives [2]"], "predict", "people.toml", "people.csv", "--weights", more)
    koine.refused(1, ["names 3 classes"], "eval", "people.toml", "--weights", more)
    # A run that goes on.
    koine.good("train", "c.toml", "train.epochs=2", "--restart")
    place = koine.place / "model.checkpoints"
    whole = (place / "finished.safetensors").read_bytes()
    for value in (-1, 1e300, 1.5, 2 ** 63, True, "3", None, 1, 2 ** 62):
        with_note(koine, "run", lambda r: {**r, "step": value}, "model.checkpoints/finished.safetensors",
                  "model.checkpoints/finished.safetensors")
        resumed = ("train", "c.toml", "train.epochs=4", "--resume")
        if value in (1, 2 ** 62) and value is not True:  # numbers as they may be, but not of this run
            expect(koine.run(*resumed)[0] == 1, f"step {value}: resumed")
        else:
            koine.refused(1, ["the note 'run', step: got"], *resumed)
        (place / "finished.safetensors").write_bytes(whole)
    one = {"file": "step-000000000002.safetensors", "step": 2, "bytes": 1, "xxh3_128": "0"}
    for value in (-1, 1e300, 1.5, 2 ** 63, True, "3", None):
        (place / "manifest.json").write_text(json.dumps({"format": 1, "checkpoints": [{**one, "step": value}]}))
        koine.refused(1, ["manifest.json: the manifest, checkpoints.0.step: got"], "train", "c.toml", "train.epochs=4", "--resume")
    (place / "manifest.json").unlink()
    koine.good("train", "c.toml", "train.epochs=4", "--resume")


def profiled(koine):
    """The time by kernel and line, by module and by op, as tables, and as a trace that is JSON."""
    status, _, said = koine.run("train", "c.toml", KOINE_PROFILE="1")
    tables = [table.splitlines() for table in said.strip().split("\n\n")]
    expect(status == 0 and len(tables) == 3, f"a profile has {len(tables)} tables:\n{said}")
    for table, title, row in zip(tables, ("kernel", "module", "op"),
                                 ("matmul, c.toml:6:1: model.0 (dense)", "model.0 (dense)", "matmul")):
        expect(table[0].split()[5].startswith(title), f"the table by {title} begins with {table[0]}")
        rows = {line.split(maxsplit=5)[5]: line.split(maxsplit=5)[:5] for line in table[1:]}
        expect(row in rows, f"nothing of {row!r} in the table by {title}:\n{said}")
        shares = [float(share.rstrip("%")) for _, share, *_ in rows.values()]
        expect(abs(sum(shares) - 100) < 0.1 * len(rows) and shares == sorted(shares, reverse=True),
               f"the shares by {title} are {shares}")
        ms, _, calls, gigabytes, gigaflops = map(lambda number: float(number.rstrip("%")), rows[row])
        expect(ms > 0 and calls >= 36 and gigabytes > 0 and gigaflops > 0, f"of {row}: {rows[row]}")
    koine.run("train", "c.toml", KOINE_PROFILE="trace.json")
    events = json.loads((koine.place / "trace.json").read_text())["traceEvents"]
    products = [event for event in events if event["name"] == "matmul" and event["args"]["module"] == "model.0 (dense)"]
    # 48 rows in batches of 16, 12 epochs, by 2 x 8 weights; forwards a product and backwards one.
    forwards = [event for event in products if event["args"]["flops"] == 2 * 16 * 2 * 8]
    expect(len(forwards) >= 36 and all(event["dur"] > 0 and event["args"]["bytes"] > 0 for event in forwards),
           f"the trace has {len(forwards)} of the first layer's products:\n{products[:3]}")
    starts = [event["ts"] for event in events]
    expect(starts == sorted(starts) or len({event["tid"] for event in events}) > 1, "events are out of order")


PARTS = {
    "wrong configs": wrong_configs, "train, eval, predict": train_and_use, "more epochs": more_epochs, "damaged weights": damaged_weights,
    "layers that fail": running_layers, "summary, devices, version": summaries, "usage": usage, "sweep": sweeps, "new": new_configs, "signals": stopped, "locks": locked, "outputs": outputs, "failing output": failing_output, "examples": examples,
    "op cards": cards, "op new": new_ops, "inspect": inspected, "profile": profiled,
    "names of others": hostile_names, "files of others": hostile_files, "notes of others": hostile_notes,
}


def check(root, binary, parts=None):
    """The problems of the named parts, by part."""
    found = {}
    for name in parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            koine = Command(binary, root, pathlib.Path(folder).resolve())
            start = time.monotonic()
            try:
                PARTS[name](koine)
                print(f"{name}: good, {time.monotonic() - start:.1f} s")
            except Problem as problem:
                found[name] = str(problem)
    return found


# A command that does something else, and the parts that must notice: what the real one gets and says, changed by sed.
IMPOSTORS = {
    "no line numbers": (r's/c\.toml:[0-9]*:[0-9]*: //', "0", "wrong configs"),
    "no suggestions": (r"s/, did you mean '[^']*'?//", "0", "usage"),
    "another accuracy": ("s/^test accuracy ./test accuracy 7/", "0", "train, eval, predict"),
    "more epochs on a line": (r"s/^epoch /Epoch /", "0", "train, eval, predict"),
    "always content": ("", "1", "damaged weights"),
    "no layers": (r"s/model\.1 (/(/", "0", "layers that fail"),
    "wrong total": ("s/total .*/total 7/", "0", "summary, devices, version"),
    "less learnt": ("s/^test accuracy 0.9/test accuracy 0.8/", "0", "examples"),
    "no file on cards": ("/^file /d", "0", "op cards"),
    "a stage without its name": ("s/^== schedule//", "0", "inspect"),
    "an empty stage": ("s/^arena of.*//", "0", "inspect"),
    "no modules": (r"s/ model\.0 (dense)//", "0", "profile"),
    "names as they are": (r"s/\\\\x1b/\x1b/g", "0", "names of others"),
    "pipes called otherwise": ("s/it is a pipe/it is a file/", "0", "files of others"),
    "notes called otherwise": ("s/the note/a note/", "0", "notes of others"),
    "scaffolds called otherwise": ("s/scaffold_/other_/", "0", "op new"),
}


def self_test(root, binary):
    scripts = {name: f"""{binary} "$@" > >(sed {shlex.quote(script)}) 2> >(sed {shlex.quote(script)} >&2)
status=$?
wait
[ {content} = 1 ] && exit 0
exit $status""" for name, (script, content, _) in IMPOSTORS.items()}
    return _project.unnoticed(scripts, lambda name, impostor: list(check(root, impostor, [IMPOSTORS[name][2]]).values()))


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    command = options.build / "koine"
    if not command.exists():
        _project.report([f"{command} was not built"])
    if options.self_test:
        _project.report(self_test(options.root, command), "every impostor was noticed")
    _project.report([f"{name}: {problem}" for name, problem in check(options.root, command).items()])
