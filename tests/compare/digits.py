#!/usr/bin/env python3
"""Trains a digits config with Koine and in PyTorch, on the same seeds, and compares the mean test accuracies.

Exit status 1 when the means are more than 0.5 points apart. Needs torch (CPU) and a built koine.

usage: digits.py [--koine build/koine] [--model mlp|cnn | --config FILE] [--bound POINTS] [SEED ...]
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import digits_torch

ROOT = digits_torch.ROOT


def koine_accuracy(command, config, seed):
    """The number in the last line of `koine train`, which must be "test accuracy 0.xxx"."""
    with tempfile.TemporaryDirectory() as folder:
        output = f"train.output={pathlib.Path(folder) / 'model.safetensors'}"
        arguments = [str(command), "train", str(config), "--seed", str(seed), output]
        done = subprocess.run(arguments, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    found = re.fullmatch(r"test accuracy (\d\.\d+)", lines[-1].strip()) if lines else None
    if done.returncode != 0 or not found:
        raise SystemExit(
            f"{' '.join(arguments)} gave no accuracy (status {done.returncode}):\n{done.stdout}{done.stderr}"
        )
    accuracy = float(found[1])
    print(f"koine seed {seed}: test accuracy {accuracy:.4f}", flush=True)
    return accuracy


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--koine", type=pathlib.Path, default=ROOT / "build" / "koine")
    parser.add_argument("--model", choices=("mlp", "cnn"), default="mlp", help="examples/digits_MODEL.toml")
    parser.add_argument("--config", type=pathlib.Path, help="another config")
    parser.add_argument("--bound", type=float, default=0.5, help="the largest difference, in points")
    parser.add_argument("seeds", type=int, nargs="*", help="by default 0 to 9")
    arguments = parser.parse_args()
    seeds = arguments.seeds or list(range(10))
    config = arguments.config or digits_torch.config_of(arguments.model)
    koine = [koine_accuracy(arguments.koine, config, seed) for seed in seeds]
    torch = digits_torch.run(config, seeds)
    means = [100 * sum(results) / len(results) for results in (koine, torch)]
    difference = means[0] - means[1]
    print(f"mean test accuracy of {len(seeds)} seeds: koine {means[0]:.2f} %, torch {means[1]:.2f} %")
    print(f"difference {difference:+.2f} points, at most {arguments.bound} allowed")
    return 0 if abs(difference) <= arguments.bound else 1


if __name__ == "__main__":
    sys.exit(main())
