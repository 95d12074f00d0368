"""Every config of tests/configs is refused before training, at the line and with the words that its first line asks for."""

import concurrent.futures
import pathlib
import re
import subprocess
import tempfile

import _project

EXPECTED = re.compile(r"# line (\d+): (.+)")
IMPOSTORS = {"no lines": r"s/\.toml:[0-9]*:[0-9]*: /: /", "no words": r"s/\(toml:[0-9]*:[0-9]*:\).*/\1 is wrong/"}


def refusal(command, config, weights):
    """What is wrong with how one config is refused, or None."""
    expected = EXPECTED.match(config.read_text())
    if not expected:
        return "its first line does not say what is expected"
    line, words = expected[1], [word.strip() for word in expected[2].split("|")]
    call = [command, "train", config.name]
    if "output" not in config.read_text():
        call.append(f"train.output={weights}")
    done = subprocess.run(call, cwd=config.parent, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 1:
        return f"exit status {done.returncode}\n{done.stderr}"
    if "epoch " in done.stdout or weights.exists():
        return "training began"
    problems = [text for text in done.stderr.splitlines() if f"{config.name}:{line}:" in text]
    missing = [word for word in words if not any(word in text for text in problems)]
    return f"line {line} is not told {missing}, but: {done.stderr}" if missing else None


def check(root, command):
    configs = sorted((root / "tests/configs").glob("*.toml"))
    found = [] if len(configs) >= 40 else [f"there are {len(configs)} wrong configs only"]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor() as pool:
        answers = pool.map(lambda c: refusal(command, c, pathlib.Path(folder) / f"{c.stem}.safetensors"), configs)
        found += [f"tests/configs/{config.name}: {answer}" for config, answer in zip(configs, answers) if answer]
    if not found:
        print(f"{len(configs)} wrong configs are refused")
    return found


def self_test(root, command):
    scripts = {name: f'{command} "$@" 2> >(sed \'{script}\' >&2)\nstatus=$?\nwait\nexit $status'
               for name, script in IMPOSTORS.items()}
    return _project.unnoticed(scripts, lambda _, impostor: check(root, impostor))


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    run = self_test if options.self_test else check
    _project.report(run(options.root, options.build / "koine"), "every config is refused as it should be")
