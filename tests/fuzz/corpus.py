"""Writes the first files of the fuzz corpora: small ones of each format, and ones that were made to do harm.

python tests/fuzz/corpus.py writes tests/fuzz/corpus/TARGET/NAME, with NumPy, Pillow and safetensors; files that are there
already, among them what the fuzzers found, stay.
"""

import gzip
import io
import json
import pathlib
import struct
import zipfile
import zlib

import numpy
import safetensors.numpy
from PIL import Image

CORPUS = pathlib.Path(__file__).parent / "corpus"
LENGTH = 6148914691236517206  # times 3 it is 2 in 64 bits
NUMBERS = ["1e300", "1.5", str(2 ** 62), str(2 ** 63), "-1", "0", "true", '"3"', "null", str(LENGTH)]


def write(target, name, content):
    path = CORPUS / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def safetensors_files():
    arrays = {"x": numpy.arange(6, dtype="float32").reshape(2, 3), "mask": numpy.array([True, False]), "one": numpy.float64(1)}
    whole = safetensors.numpy.save({name: numpy.asarray(x) for name, x in arrays.items()}, metadata={"note": "é"})
    write("safetensors", "whole", whole)
    write("safetensors", "cut", whole[:-3])
    for name, header in {
            "overflow": {"a": {"dtype": "F64", "shape": [2 ** 32, 2 ** 32], "data_offsets": [0, 0]}},
            "empty": {"a": {"dtype": "F64", "shape": [2 ** 62, 0], "data_offsets": [0, 0]}},
            "axes": {"a": {"dtype": "U8", "shape": [1] * 64, "data_offsets": [0, 1]}},
            "overlap": {"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
                        "b": {"dtype": "U8", "shape": [2], "data_offsets": [1, 3]}},
            "complex": {"__metadata__": {"koine.complex128.a": ""},
                        "a": {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]}},
            "escapes": {"\x1b[31m\n": {"dtype": "F8_E4M3", "shape": [], "data_offsets": [0, 1]}}}.items():
        text = json.dumps(header).encode()
        write("safetensors", name, struct.pack("<Q", len(text)) + text + bytes(16))
    write("safetensors", "deep", struct.pack("<Q", 3000) + b'{"a":' + b"[" * 2995)
    write("safetensors", "long", struct.pack("<Q", 10 ** 8) + b"{}")


def npy(array, **options):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, **options)
    return file.getvalue()


def numpy_files():
    plain = npy(numpy.arange(6, dtype="float32").reshape(2, 3))
    write("npy", "plain", plain)
    write("npy", "version2", npy(numpy.ones(3, dtype="complex64"), version=(2, 0)))
    write("npy", "columns", npy(numpy.asfortranarray(numpy.ones((2, 3)))))
    write("npy", "big_endian", npy(numpy.ones(3, dtype=">i4")))
    write("npy", "bools", npy(numpy.array([True, False])) + b"\x02")
    write("npy", "packed", gzip.compress(plain, mtime=0))
    write("npy", "cut", plain[:-1])
    for name, shape in {"large": "(9223372036854775807, 9)", "negative": "(-1,)", "none": "(2, 0, 9223372036854775807)",
                        "axes": str((1,) * 17), "words": "(a,)"}.items():
        write("npy", name, plain.replace(b"(2, 3)", shape.encode().ljust(6))[:200])
    for name, compress in {"stored": numpy.savez, "deflated": numpy.savez_compressed}.items():
        file = io.BytesIO()
        compress(file, x=numpy.arange(12.0).reshape(4, 3), y=numpy.arange(4))
        write("npz", name, file.getvalue())
    whole = file.getvalue()
    write("npz", "cut", whole[:-5])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy(numpy.zeros(20000)))
        archive.writestr("../y.npy", npy(numpy.ones(1)))
        archive.writestr("\x1b[31m.npy", b"none")
    write("npz", "zeros", file.getvalue())
    write("npz", "sizes", whole.replace(struct.pack("<I", 4), b"\xff\xff\xff\xff"))


def tables():
    for name, text in {
            "numbers": "a,b\n1,2.5\n-3,4e2\n", "texts": 'name;city\n"a ""b""";Rome\nc;Oslo\n', "tabs": "1\t2\n3\t4\n",
            "quote": '1,"2\n3,4\n', "fields": "1,2\n3\n4,5,6\n", "empty": "\n\n", "mark": "\ufeffx,y\n1,2\n",
            "escapes": "\x1b[31m,y\n1,\x9b\n", "zero": "1,\x002\n", "spaces": " 1 , 2 \r\n3,4\r", "large": "1e999,-1e-999\n"}.items():
        write("csv", name, b"\x00" + text.encode())
        write("csv", name + "_packed", b"\x01" + text.encode())
    packed = gzip.compress(b"1,2\n3,4\n", mtime=0)
    write("csv", "members", b"\x00" + packed + packed)
    write("csv", "bomb", b"\x00" + gzip.compress(b"\n" * 1000000, mtime=0))
    write("csv", "gzip_cut", b"\x00" + packed[:-4])
    write("csv", "utf16", b"\x00" + "1,2\n".encode("utf-16"))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def images():
    def saved(image, **options):
        file = io.BytesIO()
        image.save(file, **options)
        return file.getvalue()

    colours = Image.fromarray(numpy.arange(192, dtype="uint8").reshape(8, 8, 3))
    for mode in ("RGB", "L", "P", "RGBA", "1", "I;16"):
        write("image", f"png_{mode.replace(';', '_')}", saved(colours.convert(mode) if mode != "I;16" else
                                                             colours.convert("I").convert("I;16"), format="PNG"))
    write("image", "jpeg", saved(colours, format="JPEG", quality=50))
    write("image", "jpeg_progressive", saved(colours, format="JPEG", progressive=True))
    write("image", "jpeg_grey", saved(colours.convert("L"), format="JPEG"))
    write("image", "jpeg_cmyk", saved(colours.convert("CMYK"), format="JPEG"))
    signature, end = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")

    def png(width, height, *chunks, depth=8, colour=0, interlaced=0):
        return signature + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)) + \
            b"".join(chunks) + end

    write("image", "huge", png(60000, 60000, chunk(b"IDAT", zlib.compress(b""))))
    write("image", "sides", png(2 ** 31 - 1, 2 ** 31 - 1))
    write("image", "large", png(1000, 1000, chunk(b"IDAT", zlib.compress(bytes(1001 * 1000), 9))))
    write("image", "interlaced", png(8, 8, chunk(b"IDAT", zlib.compress(bytes(200))), interlaced=1))
    write("image", "text", png(2, 2, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(500000), 9)),
                               chunk(b"IDAT", zlib.compress(bytes(6)))))
    write("image", "profile", png(2, 2, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(500000), 9)),
                                  chunk(b"IDAT", zlib.compress(bytes(6)))))


def binary_files():
    write("binary", "idx", struct.pack(">BBBBIII", 0, 0, 8, 3, 2, 1, 2) + bytes([1, 2, 3, 255]))
    write("binary", "idx_packed", gzip.compress(struct.pack(">BBBBI", 0, 0, 13, 1, 2) + bytes(8), mtime=0))
    write("binary", "idx_large", struct.pack(">BBBBIIII", 0, 0, 14, 4, *[2 ** 32 - 1] * 4))
    write("binary", "idx_none", struct.pack(">BBBBII", 0, 0, 14, 2, 0, 2 ** 32 - 1))
    write("binary", "idx_axes", bytes([0, 0, 8, 255]))
    write("binary", "cifar", bytes(3073))
    write("binary", "cifar_label", bytes([77]) + bytes(3072))


CONFIG = """[data]
file = "{file}"
{data}
[[model]]
{model}
[train]
batch = 4
epochs = 1
{train}
"""


def config(file="points.csv", data="", model="dense = 2", train=""):
    return CONFIG.format(file=file, data=data, model=model, train=train)


def configs():
    found = {
        "points": config(), "test": config(data='test = "6:"', train='metrics = ["f1"]\noptimizer = { sgd = { lr = 0.1 } }'),
        "people": config("people.csv", 'label = "score"\nnumeric = ["age"]\ncategorical = ["city"]'),
        "words": config("people.csv", 'label = "score"\ntext = "words"', "embedding = 2\n[[model]]\ngru = 2\n[[model]]\ndense = 2"),
        "text": config("t.txt", "length = 4", "embedding = 2\n[[model]]\ngru = 2\nsequence = true\n[[model]]\ndense = 5"),
        "blocks": config(model="residual = [{ dense = 2 }, { block = [{ dense = 2 }], repeat = 2 }]\n[[model]]\ndense = 2"),
        "schedule": config(train="schedule = { plateau = { factor = 0.5 } }\nclip_norm = 1\naverage = 0.9\naccumulate = 2"),
        "groups": config(train='groups = [{ leaves = "*bias", lr = 0 }]\nno_decay = "*"\nprecision = "bfloat16"'),
        "image": config(data="shape = [1, 2, 1]", model='conv = 2\nkernel = 1\n[[model]]\nmax_pool = 1\n[[model]]\nflatten = true\n'
                        "[[model]]\ndense = 2"),
        "escapes": config(data='"\\u001b[31m" = 1', model='name = "\\u202e"\ndense = 2'),
        "lists": config(data="x = [[1, 2], [3]]\ny = 2026-01-01\nz = '''\n'''")}
    for key in ("data.memory", "data.scale", "data.length", "data.label", "train.batch", "train.epochs", "train.seed"):
        section, name = key.split(".")
        for i, number in enumerate(["1e13", "-1", "0", "nan", "inf", str(2 ** 63 - 1), str(-2 ** 63), "1e300"]):
            line = f"{name} = {number}\n"
            text = config()
            for old in ("batch = 4\n", "epochs = 1\n") if section == "train" else ():
                text = text.replace(old, "") if old.startswith(name) else text
            found[f"{name}_{i}"] = text.replace(f"[{section}]\n", f"[{section}]\n{line}")
    for name, text in found.items():
        write("config", name, text)
        if "_" not in name:
            write("toml", name, text + "train.epochs=3")
    write("toml", "dots", "a." * 3000 + "b = 1")
    write("toml", "lists_deep", "a = " + "[" * 3000)
    write("toml", "tables_deep", "a = " + "{b=" * 3000)
    write("toml", "header_deep", "[" + "a." * 3000 + "b]")
    write("toml", "override_deep", config() + "train.x=" + "[" * 3000)
    write("toml", "override_dots", config() + "train." * 3000 + "x=1")
    write("toml", "bytes", b"[data]\nfile = \"\xff\xfe\"\n")


def notes():
    table = {"numbers": [["age", 20.0, 8.0, True]], "categories": [["city", ["Oslo", "Rome"], False]], "label": "score",
             "classes": ["0", "1"], "targets": [], "text": None}
    text = {"column": "", "symbols": [[32], [97], [98]], "bytes": False, "length": 4}
    empty = {**table, "numbers": [], "categories": []}
    write("notes", "table", "t" + json.dumps(table))
    write("notes", "quantity", "t" + json.dumps({**empty, "numbers": table["numbers"], "classes": [], "targets": [["score", 0.5, 0.5]]}))
    write("notes", "text", "t" + json.dumps({**empty, "label": "", "classes": [], "text": text}))
    write("notes", "words", "t" + json.dumps({**empty, "text": {**text, "column": "words"}}))
    run = {"step": 1, "sums": [1.5, 0.5], "examples": 4, "plateau": [1.0, None, 0, 0], "best": None, "epochs_since_best": 0,
           "stopped_early": False, "averaged": False}
    write("notes", "run", "r" + json.dumps(run))
    write("notes", "curves", "c" + json.dumps([{"epoch": 1, "step": 2, "figures": [["loss", 1.5], ["\x1b[31m", None]]}]))
    write("notes", "settings", "s" + json.dumps({"data.file": "the text 'points.csv'"}))
    for i, number in enumerate(NUMBERS):
        value = json.loads(number)
        write("notes", f"length_{i}", "t" + json.dumps({**empty, "classes": [], "text": {**text, "length": value}}))
        write("notes", f"words_length_{i}", "t" + json.dumps({**empty, "text": {**text, "column": "words", "length": value}}))
        write("notes", f"scale_{i}", "t" + json.dumps({**table, "numbers": [["age", 20.0, value, True]]}))
        write("notes", f"step_{i}", "r" + json.dumps({**run, "step": value}))
        write("notes", f"examples_{i}", "e" + number)


def manifests():
    one = {"file": "step-000000000004.safetensors", "step": 4, "bytes": 100, "xxh3_128": "0" * 32}
    manifest = {"format": 1, "checkpoints": [one], "others": []}
    write("manifest", "whole", json.dumps(manifest))
    write("manifest", "twice", json.dumps({**manifest, "checkpoints": [one, one]}))
    for i, number in enumerate(NUMBERS):
        write("manifest", f"step_{i}", json.dumps({**manifest, "checkpoints": [{**one, "step": json.loads(number)}]}))
        write("manifest", f"bytes_{i}", json.dumps({**manifest, "checkpoints": [{**one, "bytes": json.loads(number)}]}))
    for name, file in {"up": "../outside.txt", "mine": "mine.txt", "dots": "..", "root": "/etc/passwd", "itself": "manifest.json"}.items():
        write("manifest", name, json.dumps({**manifest, "checkpoints": [{**one, "file": file}], "others": [file]}))
    write("manifest", "deep", "[" * 5000)


if __name__ == "__main__":
    for files in (safetensors_files, numpy_files, tables, images, binary_files, configs, notes, manifests):
        files()
