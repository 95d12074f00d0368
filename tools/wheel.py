#!/usr/bin/env python3
"""Makes one self-contained wheel of a build: the Python package with everything inside that it needs beside Python and NumPy.

LLVM is in the extension already (cmake/python.cmake). Here come oneDNN and its OpenMP, the image libraries, and OpenBLAS
for the decompositions, as NumPy's own wheels have it (scipy-openblas32). auditwheel, from PyPI as OpenBLAS is, says for
how old a system the result is and names it so.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pypi

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Whose code is inside, by Debian's packages; oneDNN's and OpenBLAS's texts come with them.
LICENCES = [
    "libgomp1",
    "libkissfft-dev",
    "libjpeg62-turbo-dev|libjpeg-turbo8-dev",  # Debian's name, Ubuntu's
    "libspng-dev",
    "libtomlplusplus-dev",
    "libxxhash-dev",
    "libzstd-dev",
    "llvm-19-dev",
    "nlohmann-json3-dev",
    "zlib1g-dev",
]


def run(*command, **options):
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def setting(build, name):
    """A value of CMake's cache."""
    found = re.search(rf"^{name}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.M)
    return found.group(1) if found else ""


def add_licences(place, site, dnnl):
    place.mkdir()
    for package in LICENCES:
        texts = [pathlib.Path("/usr/share/doc") / name / "copyright" for name in package.split("|")]
        found = [text for text in texts if text.exists()]
        if not found:
            sys.exit(f"{texts[0]} is missing: the wheel would be without the licence of what is inside")
        shutil.copy(found[0], place / f"{found[0].parent.name}.txt")
    shutil.copy(next(site.glob("scipy_openblas32-*/licenses/LICENSE.txt")), place / "openblas.txt")
    for text in dnnl.glob("share/doc/*/*") if dnnl else ():
        if text.name != "README":
            shutil.copy(text, place / f"{text.parent.name}-{text.name}.txt")


def stage(build, tree, site):
    """The files of the package as pip finds them in a source tree, but built."""
    package = tree / "python/koine"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(ROOT / "python/koine", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    run("cmake", "--install", build, "--component", "python", "--prefix", tree / "python", "--strip")
    shutil.copy(site / "scipy_openblas32/lib/libscipy_openblas.so", package / "liblapacke.so.3")
    dnnl = setting(build, "dnnl_DIR")
    add_licences(package / "licenses", site, pathlib.Path(dnnl).parents[2] if (package / "libdnnl.so.3").exists() else None)


def make(build, out):
    """The wheel in `out`, of a build with the targets koine_python and koine_python_stubs."""
    python = pypi.make(build / "wheel-venv", "wheel", setting(build, "Python_EXECUTABLE") or sys.executable)
    work = build / "wheel"
    site = pathlib.Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))").strip())
    shutil.rmtree(work, ignore_errors=True)
    stage(build, work / "tree", site)
    run(
        python,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "--config-settings=wheel.cmake=false",
        "--config-settings=wheel.platlib=true",
        "--wheel-dir",
        work,
        work / "tree",
    )
    (raw,) = work.glob("*.whl")
    shutil.rmtree(out, ignore_errors=True)
    run(
        python, "-m", "auditwheel", "repair", "--strip", "--wheel-dir", out, raw, env={"PATH": f"{python.parent}:/usr/bin:/bin"}
    )
    (wheel,) = out.glob("*.whl")
    return wheel


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="the folder of the build")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist", help="the folder of the wheel; emptied first")
    options = parser.parse_args()
    wheel = make(options.build.resolve(), options.out.resolve())
    with zipfile.ZipFile(wheel) as files:
        unpacked = sum(file.file_size for file in files.infolist())
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
