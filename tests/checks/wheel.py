"""The wheel works where there is nothing but Python and NumPy: makes it of the build, installs it and uses it.

It must be under 100 MB, be named after a manylinux standard, show no symbol of LLVM or of Koine to others in the process, and
find all libraries inside itself. Then it trains, predicts, decomposes and convolves in a fresh environment with NumPy alone,
and tests/python runs against it. Prints what an import takes. --self-test takes parts out of an installed wheel, which has to
be noticed.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import _project

sys.path.insert(0, str(_project.ROOT / "tools"))
import wheel as maker  # noqa: E402

MOST_BYTES, MOST_SECONDS = 100e6, 0.15
# What every Linux of the standard has; the rest is inside.
OF_THE_SYSTEM = re.compile(r"^(linux-vdso|ld-linux|libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s|libz)(?=[.-])")
USE = """
import sys
import koine as kn
assert "site-packages" in kn.__file__, kn.__file__

key = kn.asarray([0, 1], dtype=kn.uint32)
x = kn.normal(key, (256, 8))
y = kn.sum(x[:, :3], axis=1) + 1

def predict(p, x):
    return kn.tanh(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]

def loss(p):
    return kn.mean((predict(p, x) - y) ** 2)

p = {"w1": kn.normal(kn.fold_in(key, 1), (8, 16)) * 0.3, "b1": kn.zeros(16), "w2": kn.zeros(16), "b2": kn.zeros(())}
step = kn.jit(lambda p: kn.tree.map(lambda w, g: w - 0.05 * g, p, kn.grad(loss)(p)))
before = loss(p).item()
for _ in range(300):
    p = step(p)
assert loss(p).item() < before / 10, (before, loss(p).item())
assert predict(p, x[:4]).shape == (4,)

a = kn.asarray([[4.0, 1.0], [1.0, 3.0]], dtype=kn.float64)
for parts, whole in ((kn.linalg.qr(a), lambda q, r: q @ r), (kn.linalg.svd(a), lambda u, s, v: (u * s) @ v),
                     (kn.linalg.eigh(a), lambda w, v: (v * w) @ v.T), ((kn.linalg.cholesky(a),), lambda l: l @ l.T),
                     ((kn.linalg.inv(a),), lambda b: kn.linalg.inv(b))):
    assert kn.max(kn.abs(whole(*parts) - a)).item() < 1e-12
assert abs(kn.linalg.det(a).item() - 11) < 1e-12
images = kn.ones((2, 8, 8, 3))
assert kn.conv(images, kn.ones((3, 3, 3, 4))).tolist()[0][0][0] == [27.0] * 4
assert kn.fft.irfft(kn.fft.rfft(kn.asarray([1.0, 2.0, 4.0, 8.0]))).tolist() == [1, 2, 4, 8]
inside = [line.split()[-1] for line in open("/proc/self/maps") if ".so" in line]
wrong = {path for path in inside if path.startswith(sys.prefix) is False and any(
    name in path for name in ("lapack", "blas", "dnnl", "gomp", "LLVM", "spng", "jpeg", "zstd"))}
assert not wrong, wrong
print("trained, predicted, decomposed")
"""


def run(*command, **options):
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    return done.returncode, done.stdout


def must(*command, **options):
    status, said = run(*command, **options)
    if status:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{said[-3000:]}")
    return said


def look_at(wheel):
    """What is wrong with the file itself."""
    found = []
    if wheel.stat().st_size >= MOST_BYTES:
        found.append(f"{wheel.name}: {wheel.stat().st_size / 1e6:.0f} MB")
    if "-manylinux_" not in wheel.name:
        found.append(f"{wheel.name}: is not named after a standard")
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as files:
            files.extractall(folder)
        libraries = sorted(pathlib.Path(folder).rglob("*.so*"))
        names = {path.name for path in libraries}
        for path in libraries:
            needed = re.findall(r"NEEDED.*\[(.+)\]", must("readelf", "-d", path))
            found += [
                f"{path.name}: needs {name}, which is not inside"
                for name in needed
                if name not in names and not OF_THE_SYSTEM.match(name)
            ]
            if path.name.startswith("_core"):
                shown = [line.split()[-1] for line in must("nm", "-D", "--defined-only", path).splitlines()]
                found += [f"{path.name}: shows {name}" for name in shown if name != "PyInit__core"]
    return found


def environment(build, wheel, place):
    """A fresh environment with the wheel, which asks for NumPy, and what its tests need."""
    shutil.rmtree(place, ignore_errors=True)
    python = maker.pypi.make(place, "tests", maker.setting(build, "Python_EXECUTABLE") or sys.executable)
    must(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel)
    return python


def use(python):
    """What goes wrong in its use."""
    status, said = run(python, "-c", USE, cwd="/", env={"PATH": "/usr/bin:/bin", "KOINE_CACHE": "off"})
    print(said.strip().splitlines()[-1] if said.strip() else "no output")
    return [f"in a fresh environment: {said[-1500:]}"] if status else []


def seconds_of_import(python):
    """The least of five, of which Python's own start is not part."""
    times = []
    for _ in range(5):
        said = must(python, "-X", "importtime", "-c", "import koine", cwd="/")
        times.append(int(re.search(r"\|\s*(\d+) \| koine$", said, re.M).group(1)) / 1e6)
    return min(times)


def check(root, build):
    work = build / "wheel-check"
    wheel = maker.make(build, work / "dist")
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
    found = look_at(wheel)
    python = environment(build, wheel, work / "venv")
    found += use(python)
    seconds = seconds_of_import(python)
    print(f"import koine: {seconds * 1000:.0f} ms")
    if seconds >= MOST_SECONDS:
        found.append(f"import koine takes {seconds:.3f} s")
    status, said = run(
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        root / "tests/python",
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    print(said.strip().splitlines()[-1])
    return found + ([said[-3000:]] if status else [])


def unnoticed(root, build):
    """Parts without which the wheel seems to work."""
    work, missed = build / "wheel-check", []
    wheels = list((work / "dist").glob("*.whl"))
    wheel = wheels[0] if wheels else maker.make(build, work / "dist")
    raw = work / "koine-0-cp311-cp311-linux_x86_64.whl"
    shutil.copy(wheel, raw)
    if not look_at(raw):
        missed.append("a name without a standard")
    raw.unlink()
    with tempfile.TemporaryDirectory() as folder:
        python = environment(build, wheel, pathlib.Path(folder) / "venv")
        for pattern in ("koine/liblapacke*", "koine.libs/libgomp*", "koine/tree.py"):
            (part,) = python.parents[1].glob(f"lib/*/site-packages/{pattern}")
            part.rename(part.with_suffix(".away"))
            if not use(python):
                missed.append(f"not noticed: {part.name} is away")
            part.with_suffix(".away").rename(part)
        if use(python):
            missed.append("with all its parts it does not work")
    return missed


def main():
    options = _project.arguments(__doc__)
    if not (options.build / "python/koine/__init__.pyi").exists():
        _project.report([], "without the Python package there is no wheel")
    try:
        _project.report((unnoticed if options.self_test else check)(options.root, options.build))
    except RuntimeError as error:
        _project.report([str(error)])


if __name__ == "__main__":
    main()
