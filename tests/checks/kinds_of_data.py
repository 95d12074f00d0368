"""Every kind of data trains a sensible model by the command: tables, texts, archives of arrays, MNIST's and CIFAR-10's files,
folders of images with a damaged one among them. A run says how long it waited for batches, is plotted, rows are tested in
turn."""

import gzip
import json
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import tempfile
import zlib

import _project
from command import Command, Problem, expect

HEAD = 'optimizer = { adam = { lr = 0.01 } }\nbatch = 20\n'


def config(koine, data, model, train, name="c.toml"):
    (koine.place / name).write_text(f"[data]\n{data}\n{model}\n[train]\n{HEAD}{train}\n")


def accuracy(koine, *words):
    """What the last line of a training says. How long batches are waited for is for people to judge: on a machine that does
    something else besides, it is long."""
    said = koine.good("train", "c.toml", "--profile", "--restart", *words)
    waited = re.search(r"waited ([\d.]+) s of ([\d.]+) s", said)
    expect(waited and 0 <= float(waited[1]) <= float(waited[2]), f"nothing is said of waiting:\n{said}")
    found = re.fullmatch(r"test accuracy (\d\.\d{3})", said.splitlines()[-1])
    expect(found, f"train ends with {said.splitlines()[-1]!r}")
    return float(found[1]), said


def digit(number):
    """A picture of 28 by 28: a bar at a place that the number has."""
    top = 2 * number + random.randint(2, 3)
    return bytes(random.randint(150, 255) if top <= y < top + 3 and 6 <= x < 22 else random.randint(0, 60)
                 for y in range(28) for x in range(28))


def idx(shape, values):
    return struct.pack(">BBBB" + "I" * len(shape), 0, 0, 8, len(shape), *shape) + bytes(values)


def mnist(koine):
    folder = koine.place / "mnist"
    folder.mkdir()
    for part, count in (("train", 400), ("t10k", 100)):
        labels = [i % 10 for i in range(count)]
        pictures = b"".join(map(digit, labels))
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx((count, 28, 28), pictures), 1))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx((count,), labels))
    _project.copy_of(koine.root, koine.place, "examples")
    said = koine.good("train", "examples/with_files/mnist.toml", "data.train=0:400", "data.test=400:", "data.augment=[]",
                      "train.batch=20", "train.epochs=12", "--set", f"data.file={folder}")
    expect(float(said.split()[-1]) > 0.9, f"MNIST learns nothing:\n{said}")


def cifar(koine):
    folder = koine.place / "cifar"
    folder.mkdir()
    for name, count in (("data_batch_1.bin", 60), ("test_batch.bin", 20)):
        records = [bytes([i % 10]) + bytes((25 * (i % 10) + random.randint(0, 20)) % 256 for _ in range(3072))
                   for i in range(count)]
        (folder / name).write_bytes(b"".join(records))
    said = koine.good("train", "examples/with_files/cifar10.toml", "data.train=0:60", "data.test=60:", "train.epochs=2",
                      "train.batch=10", "--set", f"data.file={folder}")
    expect(said.splitlines()[-1].startswith("test accuracy"), said)


def png(pixels, side):
    """A grey PNG."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + pixels[y * side:(y + 1) * side] for y in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def images(koine):
    """koine new on a folder that nobody has described, then training, predicting and plotting."""
    for number, name in enumerate(("low", "middle", "high")):
        folder = koine.place / "bars" / name
        folder.mkdir(parents=True)
        for i in range(60):
            (folder / f"{i:03}.png").write_bytes(png(digit(4 * number), 28))
    (koine.place / "bars" / "low" / "damaged.png").write_bytes(b"no picture")
    (koine.place / "c.toml").unlink()
    koine.good("new", "bars", "--output", "c.toml")
    reached, said = accuracy(koine, "train.epochs=12")
    expect(reached > 0.9, f"a folder of images: {reached}")
    expect("left out:" in said and "damaged.png" in said, f"nothing is said of the damaged image:\n{said}")
    koine.refused(1, ["damaged.png"], "train", "c.toml", "data.damaged=stop")
    written = koine.good("plot", "c.toml")
    for picture in ("curves", "confusion", "samples"):
        file = koine.place / f"bars_{picture}.png"
        expect(file.name in written and file.read_bytes()[:4] == b"\x89PNG", f"plot writes no {picture}:\n{written}")
    expect("* training, + validation" in written and "taken for" in written, f"plot shows nothing:\n{written}")
    (koine.place / "new").mkdir()
    (koine.place / "new" / "a.png").write_bytes(png(digit(8), 28))
    said = koine.good("predict", "c.toml", "new").splitlines()[1]
    expect(said.startswith("new/a.png,high,"), f"predict says of an image {said!r}")


def texts(koine):
    words = {"glad": ("good", "lovely", "fine"), "sad": ("bad", "awful", "dull")}
    rows = [(f"{random.choice(('the film', 'a book', 'my day'))} was {random.choice(words[mood])} on day {day}", mood)
            for mood in words for day in range(100)]
    random.shuffle(rows)
    (koine.place / "t.csv").write_text("said,mood\n" + "".join(f"{said},{mood}\n" for said, mood in rows))
    (koine.place / "c.toml").unlink()
    expect('text = "said"' in koine.good("new", "t.csv", "--output", "c.toml"), "koine new sees no texts")
    expect(accuracy(koine)[0] > 0.9, "a column of texts")
    (koine.place / "lines.txt").write_text("the book was awful on day 3\nmy film was lovely on day 7\n")
    said = [line.split(",")[0] for line in koine.good("predict", "c.toml", "lines.txt").splitlines()]
    expect(said == ["class", "sad", "glad"], f"predict takes no lines of text: {said}")
    (koine.place / "abc.txt").write_text("one two three " * 60)
    expect("transformer" in koine.good("new", "abc.txt"), "koine new takes no text")
    koine.good("train", "abc.toml", "train.epochs=1")
    config(koine, 'file = "abc.txt"\nlength = 11\ntest = 0.2',
           "[[model]]\nembedding = 16\n[[model]]\ngru = 32\nsequence = true\n[[model]]\ndense = 11\n", "epochs = 60")
    expect(accuracy(koine)[0] > 0.9, "a text")
    (koine.place / "begin.txt").write_text("one t\n")
    said = koine.good("predict", "c.toml", "begin.txt")
    expect(said.startswith("one two three on"), f"a text goes on as {said!r}")


def turns(koine):
    """Cross-validation, and a table that is larger than the memory it may take."""
    rows = [f"{i % 13},{i % 7},{int(i % 13 > 6)}" for i in range(200)]
    (koine.place / "n.csv").write_text("\n".join(rows) + "\n")
    config(koine, 'file = "n.csv"\nscale = 0.1\ntest = 0.2', "[[model]]\ndense = 8\nactivation = \"relu\"\n[[model]]\ndense = 2\n",
           "epochs = 20")
    said = koine.good("train", "c.toml", "--folds", "4").splitlines()
    expect(len([line for line in said if line.startswith("fold ")]) == 4, f"four folds:\n{said}")
    mean = re.fullmatch(r"accuracy (\d\.\d{3}) \+- \d\.\d{3}", said[-1])
    expect(mean and float(mean[1]) > 0.9, f"the mean of the folds: {said[-1]}")
    memory = accuracy(koine)[0]
    other, shown = accuracy(koine, "data.memory=0.0001")
    expect(other == memory and "from disk" in shown, f"a table that is read from a file:\n{shown}")


def encodings(koine):
    """The same table in several encodings is learnt to the same weights; what is not declared is refused at its place."""
    words = ["café", "cafè", "Köln", "Kölln", "naïve", "naive"]
    rows = [f"{words[i % 6]},{i % 7},{'ja' if i % 6 < 3 else 'nein – “so”'}" for i in range(120)]
    table = "Wört,größe,Entschluß\n" + "\n".join(rows) + "\n"
    weights = {}
    for name, declared in (("utf-8", None), ("utf-8-sig", None), ("utf-16", None), ("cp1252", "windows-1252"), ("utf-16-le", "utf-16")):
        path = koine.place / f"{name}.csv"
        path.write_bytes(table.encode(name))
        (koine.place / "e.toml").unlink(missing_ok=True)
        words_of_new = ["new", path.name, "--label", "Entschluß", "--output", "e.toml"]
        if declared:
            koine.refused(1, [f"{name}.csv:1:", "UTF-8", "encoding"] if name == "cp1252" else [f"{name}.csv:"], *words_of_new)
            koine.refused(1, ["nonsense"], *words_of_new, "--encoding", "nonsense")
        koine.good(*words_of_new, *(["--encoding", declared] if declared else []))
        config_text = (koine.place / "e.toml").read_text(encoding="utf-8")
        expect("categorical = [\"Wört\"]" in config_text and (declared is None or f'encoding = "{declared}"' in config_text),
               f"koine new writes of {name}:\n{config_text}")
        said = koine.good("train", "e.toml", "train.epochs=3", f"train.output={name}.safetensors")
        weights[name] = values_of(koine.place / f"{name}.safetensors")
        expect(koine.good("eval", "e.toml", "--weights", f"{name}.safetensors").splitlines()[-1] == said.splitlines()[-1],
               f"train and eval differ in {name}")
        answers = koine.good("predict", "e.toml", path.name, "--weights", f"{name}.safetensors")
        expect({line.split(",")[0] for line in answers.splitlines()[1:]} <= {"ja", "nein – “so”"}, f"answers of {name}: {answers}")
        if declared:
            koine.refused(1, [f"{name}.csv:1:"] if name == "cp1252" else [f"{name}.csv"], "predict", "e.toml", path.name,
                          "--weights", f"{name}.safetensors", "--set", "data.encoding=utf-8")
    expect(len(set(weights.values())) == 1, "the encoding changes the weights")
    koine.refused(1, ["data.encoding", "nonsense"], "train", "e.toml", "data.encoding=nonsense")
    # Labels that differ in a byte, or in the spaces in their quotes.
    rows = [f'{i % 4},"{["a", " a", "a ", "A"][i % 4]}"' for i in range(80)]
    (koine.place / "spaces.csv").write_text("x,label\n" + "\n".join(rows) + "\n")
    koine.good("new", "spaces.csv")
    expect("# 4 classes" in (koine.place / "spaces.toml").read_text(), "labels became one")
    # Text, and a config of another editor.
    text = "möglich wär’s, daß es geht. " * 60
    (koine.place / "text.txt").write_bytes(text.encode("cp1252"))
    koine.refused(1, ["text.txt:1:2", "0xf6"], "new", "text.txt")
    koine.good("new", "text.txt", "--encoding", "windows-1252")
    said = koine.good("train", "text.toml", "train.epochs=1")
    (koine.place / "begin.txt").write_bytes("mö\n".encode("cp1252"))
    expect(koine.good("predict", "text.toml", "begin.txt").startswith("mö"), "a text goes on otherwise")
    (koine.place / "text.toml").write_bytes((koine.place / "text.toml").read_text().encode("utf-16"))
    again = koine.good("train", "text.toml", "train.epochs=1", "--restart")
    expect(again.splitlines()[-1] == said.splitlines()[-1], "a config in UTF-16 says something else")
    # Names that are no text.
    for name in (b"caf\xe9", b"caf\xe8"):
        folder = os.fsencode(koine.place) + b"/classes/" + name
        os.makedirs(folder)
        for i in range(20):
            with open(folder + b"/%d.png" % i, "wb") as file:
                file.write(png(digit(name[-1] % 2 * 8), 28))
    (koine.place / "classes/plain").mkdir()
    koine.refused(1, ["\\xe8", "rename"], "new", "classes", "--output", "classes.toml")
    odd = os.fsdecode(os.fsencode(koine.place) + b"/caf\xe9.csv")
    pathlib.Path(odd).write_text("a,b\n1,2\n")
    koine.refused(1, ["not UTF-8", "rename"], "new", odd)
    koine.refused(1, ["not UTF-8"], "train", "e.toml", f"data.file={odd}")


def npy(code, shape, values):
    """An array as NumPy's files have it."""
    header = f"{{'descr': '{code}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values


def answers(koine, *words):
    """What predict says: its rows without the head, and what it notes."""
    status, said, errors = koine.run("predict", *words)
    expect(status == 0, f"koine predict {words}: {status} {errors}")
    return said.splitlines()[1:], errors


def known(koine):
    """Weights know what was done to their data, and hold what they are used on against it."""
    rows = [(i % 13, (5 * i) % 7, i % 5) for i in range(120)]
    lines = [f"{a},{b},{c},{int(a > b)}" for a, b, c in rows]
    (koine.place / "n.csv").write_text("a,b,c,y\n" + "\n".join(lines) + "\n")
    config(koine, 'file = "n.csv"\nlabel = "y"\nscale = 0.1\ntest = 0.25', "[[model]]\ndense = 8\nactivation = \"relu\"\n[[model]]\ndense = 2\n",
           "epochs = 20\nseed = 3")
    said = koine.good("train", "c.toml").splitlines()[-1]
    expect(koine.good("eval", "c.toml").splitlines()[-1] == said, "eval says something else")
    # Settings that say what is done to data, or what the model is; defaults may be written out.
    for setting in ("data.scale=1", 'data.label="a"', "data.shape=[3, 1]", "model.0.activation=tanh"):
        for command in (("eval", "c.toml"), ("predict", "c.toml", "n.csv"), ("plot", "c.toml")):
            koine.refused(1, [setting.split("=")[0], "were trained with"], *command, "--set", setting)
    expect(koine.good("eval", "c.toml", "--set", "data.channels=color", "--set", "data.memory=1").splitlines()[-1] == said,
           "what changes nothing changes eval")
    # The rows that were trained on.
    for setting in ("train.seed=4", "data.test=0.3", 'data.test="0:60"', "train.seed=0"):
        koine.refused(1, ["trained on", setting.split("=")[0]], "eval", "c.toml", "--set", setting)
    (koine.place / "more.csv").write_text("a,b,c,y\n" + "\n".join(lines + ["1,2,3,0"]) + "\n")
    status, _, noted = koine.run("eval", "c.toml", "--set", "data.file=more.csv")
    expect(status == 0 and "other rows than the weights were trained with" in noted, f"nothing is said of other rows: {noted}")
    # Columns by name, in any order, with others among them; a table without names by their places.
    expected, _ = answers(koine, "c.toml", "n.csv")
    turned = ["c,extra,y,a,b", *(f"{c},7,0,{a},{b}" for a, b, c in rows)]
    (koine.place / "turned.csv").write_text("\n".join(turned) + "\n")
    expect(answers(koine, "c.toml", "turned.csv")[0] == expected, "columns are taken by their places")
    (koine.place / "plain.csv").write_text("\n".join(f"{a},{b},{c}" for a, b, c in rows) + "\n")
    expect(answers(koine, "c.toml", "plain.csv")[0] == expected, "a table without names")
    (koine.place / "lacks.csv").write_text("a,b,d\n1,2,3\n")
    koine.refused(1, ["lacks.csv", "'c'"], "predict", "c.toml", "lacks.csv")
    # Bytes are at another scale than other numbers.
    pixels = bytes(random.randrange(256) for _ in range(60 * 4))
    labels = npy("<i8", (60,), struct.pack("<60q", *(int(pixels[4 * i] > 127) for i in range(60))))
    (koine.place / "y.npy").write_bytes(labels)
    for name, code, values in (("bytes", "|u1", pixels), ("floats", "<f4", struct.pack("<240f", *(p / 255 for p in pixels)))):
        (koine.place / f"{name}.npy").write_bytes(npy(code, (60, 4), values))
    config(koine, 'file = "bytes.npy"\nlabels = "y.npy"\ntest = 0.2', "[[model]]\ndense = 2\n", "epochs = 5\noutput = \"b.safetensors\"", "b.toml")
    koine.good("train", "b.toml")
    koine.refused(1, ["floats.npy", "bytes (uint8)"], "predict", "b.toml", "floats.npy")
    koine.refused(1, ["floats.npy", "bytes (uint8)"], "eval", "b.toml", "--set", "data.file=floats.npy")
    koine.good("train", "b.toml", "data.file=floats.npy", "train.output=f.safetensors")
    koine.refused(1, ["bytes.npy", "bytes (uint8)"], "predict", "b.toml", "bytes.npy", "--weights", "f.safetensors")
    koine.good("predict", "b.toml", "floats.npy", "--weights", "f.safetensors")
    # Many values of a category.
    table = [f"id{i % 90:03},{i % 3}" for i in range(360)]
    (koine.place / "ids.csv").write_text("id,y\n" + "\n".join(table) + "\n")
    config(koine, 'file = "ids.csv"\nlabel = "y"\ncategorical = ["id"]', "[[model]]\ndense = 3\n", "epochs = 40", "ids.toml")
    said = koine.good("train", "ids.toml")
    expect("'id' has 90 values" in said and "max_categories = 90" in said, f"nothing is said of values that are one:\n{said}")
    said = koine.good("train", "ids.toml", "data.max_categories=90", "--restart")
    expect("has 90 values" not in said and said.splitlines()[-1] == "train accuracy 1.000", f"90 values are not told apart:\n{said}")
    # A run goes on with the data that it began with.
    endless = ("train", "c.toml", "train.epochs=100000", "train.checkpoint_batches=1")
    with subprocess.Popen([koine.binary, *endless, "--restart"], cwd=koine.place, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            if line.startswith("epoch"):
                break
        running.send_signal(signal.SIGTERM)
        running.communicate()
    (koine.place / "n.csv").write_text("a,b,c,y\n" + "\n".join(lines[::-1]) + "\n")
    status, _, said = koine.run(*endless, "--resume")
    expect(status == 1 and "c.toml:2:" in said and "the data are others" in said, f"a run goes on with other data: {said}")


def every_row(koine):
    """Every row, line and file has its line in the predictions, in its place."""
    rows = [f"{i % 13},{i % 7},{int(i % 13 > 6)}" for i in range(80)]
    (koine.place / "n.csv").write_text("a,b,y\n" + "\n".join(rows) + "\n")
    config(koine, 'file = "n.csv"\nscale = 0.1', "[[model]]\ndense = 2\n", "epochs = 3")
    koine.good("train", "c.toml")
    good, _ = answers(koine, "c.toml", "n.csv")
    table = ["a,b", "1,2", "", "3,4", "  ", "x,4", "5", "6,6", "nan,1", "7,7", "", ""]
    (koine.place / "odd.csv").write_text("\n".join(table))
    koine.refused(1, ["odd.csv:6"], "predict", "c.toml", "odd.csv")
    lines, noted = answers(koine, "c.toml", "odd.csv", "--set", "data.damaged=skip")
    expect([bool(line.strip(",")) for line in lines] == [True, False, True, False, False, False, True, False, True],
           f"of nine rows: {lines}")
    for part in ("odd.csv:3:1: a blank line", "odd.csv:5:1: a blank line", "odd.csv:6:1:", "odd.csv:7:1:", "no number for row 8"):
        expect(part in noted, f"nothing of {part!r} in: {noted}")
    _, said, _ = koine.run("predict", "c.toml", "odd.csv", "--json", "--set", "data.damaged=skip")
    found = [json.loads(line) for line in said.splitlines()]
    expect(["error" in one for one in found] == [not line.strip(",") for line in lines], f"as JSON: {found}")
    (koine.place / "blank.csv").write_text("1,2\n\n3,4\n\n\n")
    lines, noted = answers(koine, "c.toml", "blank.csv")
    expect(len(lines) == 3 and lines[1] == "," and "blank.csv:2" in noted, f"a blank line: {lines} {noted}")
    # Columns that are named.
    config(koine, 'file = "n.csv"\nlabel = "y"\nnumeric = ["a", "b"]', "[[model]]\ndense = 2\n", "epochs = 3\noutput = \"k.safetensors\"", "k.toml")
    koine.good("train", "k.toml")
    lines, noted = answers(koine, "k.toml", "odd.csv", "--set", "data.damaged=skip")
    expect([bool(line.strip(",")) for line in lines] == [True, False, True, False, False, False, True, True, True],
           f"of nine rows with names: {lines}")
    # Texts.
    (koine.place / "t.csv").write_text("said,mood\n" + "".join(f"{'good' if i % 2 else 'bad'} day,{i % 2}\n" for i in range(60)))
    config(koine, 'file = "t.csv"\nlabel = "mood"\ntext = "said"', "[[model]]\nembedding = 4\n[[model]]\ngru = 4\n[[model]]\ndense = 2\n",
           "epochs = 2\noutput = \"t.safetensors\"", "t.toml")
    koine.good("train", "t.toml")
    (koine.place / "lines.txt").write_text("good\n\nbad and far too long to be read\n")
    lines, noted = answers(koine, "t.toml", "lines.txt")
    expect(len(lines) == 3 and "1 of 3 texts are longer than the 8 symbols" in noted, f"of three lines: {lines} {noted}")
    (koine.place / "abc.txt").write_text("abcd" * 100)
    config(koine, 'file = "abc.txt"\nlength = 8', "[[model]]\nembedding = 4\n[[model]]\ngru = 8\nsequence = true\n[[model]]\ndense = 6\n",
           "epochs = 2\noutput = \"w.safetensors\"", "w.toml")
    koine.good("train", "w.toml")
    (koine.place / "begins.txt").write_text("ab\n\ncd\n")
    said = koine.good("predict", "w.toml", "begins.txt").split("\n")
    expect(len(said) == 4 and said[0].startswith("ab") and said[1] == "" and said[2].startswith("cd"), f"texts go on: {said}")
    # Images, at any depth, of kinds that are not read, and damaged.
    for number, name in enumerate(("low", "high")):
        (koine.place / "bars" / name).mkdir(parents=True)
        for i in range(10):
            (koine.place / "bars" / name / f"{i}.png").write_bytes(png(digit(8 * number), 28))
    (koine.place / "bars" / "loose.png").write_bytes(png(digit(8), 28))
    config(koine, 'file = "bars"\nsize = 28\nchannels = "grey"', "[[model]]\nflatten = true\n[[model]]\ndense = 2\n",
           "epochs = 15\noutput = \"i.safetensors\"", "i.toml")
    expect("loose.png: in no folder of a class" in koine.good("train", "i.toml"), "nothing is said of a loose image")
    new = koine.place / "new"
    (new / "deep" / "er").mkdir(parents=True)
    for name in ("a.png", "deep/er/d.png", "z.JPG"):
        (new / name).write_bytes(png(digit(0), 28))
    for name in ("b.png", "c.gif", "deep/e.webp"):
        (new / name).write_bytes(b"no picture")
    (new / "notes.txt").write_text("no image")
    koine.refused(1, ["b.png"], "predict", "i.toml", "new")
    lines, noted = answers(koine, "i.toml", "new", "--set", "data.damaged=skip")
    files = [line.split(",")[0] for line in lines]
    expect(files == [f"new/{name}" for name in ("a.png", "b.png", "c.gif", "deep/e.webp", "deep/er/d.png", "z.JPG")], f"of six images: {files}")
    expect([line.endswith(",,") for line in lines] == [False, True, True, True, False, False], f"of six images: {lines}")
    expect(all(name in noted for name in ("b.png", "c.gif", "e.webp")), f"damaged images are not told: {noted}")
    # Classes by their names, whatever folders there are.
    (koine.place / "other" / "low").mkdir(parents=True)
    for i in range(4):
        (koine.place / "other" / "low" / f"{i}.png").write_bytes(png(digit(0), 28))
    same = koine.good("eval", "i.toml", "--set", "data.file=other").splitlines()[-1]
    expect(same == "train accuracy 1.000", f"a class has another number: {same}")
    (koine.place / "other" / "dog").mkdir()
    (koine.place / "other" / "dog" / "1.png").write_bytes(png(digit(0), 28))
    koine.refused(1, ["'dog' is no class"], "eval", "i.toml", "--set", "data.file=other")


def values_of(path):
    """The bytes of a safetensors file behind its header, which notes the config."""
    content = path.read_bytes()
    return content[8 + int.from_bytes(content[:8], "little"):]


PARTS = {"encodings": encodings, "what weights know": known, "every row": every_row, "MNIST": mnist, "CIFAR-10": cifar, "images": images, "texts": texts, "folds and files": turns}


def check(root, command, parts=PARTS):
    found = []
    for name in parts:
        random.seed(1)
        with tempfile.TemporaryDirectory() as folder:
            koine = Command(command, root, pathlib.Path(folder))
            if name == "CIFAR-10":
                _project.copy_of(root, koine.place, "examples")
            try:
                PARTS[name](koine)
            except Problem as problem:
                found.append(f"{name}: {problem}")
    return found


# What a command that does something else says, and the part that has to notice.
IMPOSTORS = {"no waiting": (r"/^input: waited/d", "images"),
             "guesses": (r"s/^test accuracy 0\.9[0-9]*\|^test accuracy 1\.000/test accuracy 0.300/", "texts"),
             "no folds": (r"/^fold /d", "folds and files"),
             "no pictures": (r"s/_samples.png/_nothing.png/", "images")}


def self_test(root, command):
    scripts = {name: f"set -o pipefail\n{command} \"$@\" | sed '{script}'" for name, (script, _) in IMPOSTORS.items()}
    return _project.unnoticed(scripts, lambda name, impostor: check(root, impostor, [IMPOSTORS[name][1]]))


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    run = self_test if options.self_test else check
    _project.report(run(options.root, options.build / "koine"), "every kind of data is learnt from")
