"""The installed package works for others: installs into a fresh folder, then configures, builds and runs tests/consumer."""

import os
import re
import shutil
import subprocess

import _project


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def named_in(text, root, build):
    """The lines of an installed file that name a folder of this build."""
    return [line.strip() for line in text.splitlines() if str(root) in line or str(build) in line]


def check(root):
    """The consumer must use the installed package, and nothing else of the project."""
    text = (root / "tests/consumer/CMakeLists.txt").read_text()
    wrong = re.findall(r"\b(?:add_subdirectory|include_directories|link_directories|FetchContent\w*)\b|\.\./", text)
    return [f"tests/consumer/CMakeLists.txt: {word}" for word in wrong]


def use_it(root, build):
    place = build / "consumer"
    shutil.rmtree(place, ignore_errors=True)
    prefix = place / "prefix"
    try:
        run("cmake", "--install", build, "--prefix", prefix)
        found = [f"{file.relative_to(prefix)}: names a folder of the build: {line}"
                 for file in prefix.rglob("*.cmake") for line in named_in(file.read_text(), root, build)]
        run("cmake", "-S", root / "tests/consumer", "-B", place / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
            f"-DCMAKE_CXX_COMPILER={os.environ.get('CXX', 'c++')}")
        run("cmake", "--build", place / "build")
        print(run(place / "build/consumer"), end="")
    except RuntimeError as error:
        return [f"tests/consumer: {error}"]
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, also=use_it, parts=("tests/consumer",), plants=[
        ("tests/consumer/CMakeLists.txt", "add_subdirectory(../.. koine)", "add_subdirectory"),
    ])
