"""Every kind of data trains a sensible model by the command: tables, texts, archives of arrays, MNIST's and CIFAR-10's files,
folders of images with a damaged one among them. A run says how long it waited for batches, is plotted, rows are tested in
turn."""

import gzip
import pathlib
import random
import re
import struct
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


PARTS = {"MNIST": mnist, "CIFAR-10": cifar, "images": images, "texts": texts, "folds and files": turns}


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
