"""Training that is killed at random moments and resumed ends with the weights of a run that never was.

A few kills here; `scripts/kill_test` does a hundred, or as many as one likes.
"""

import pathlib
import subprocess
import sys
import tempfile

import _project

KILLS = 4
# A command that resumes by beginning anew with other numbers, and one that learns nothing of what it missed.
IMPOSTORS = {"another seed": "--restart --seed 5", "another rate": "--restart --set train.optimizer.adamw.lr=0.02"}


def kill(root, command):
    done = subprocess.run([sys.executable, root / "scripts/kill_test", "--kills", str(KILLS), "--command", command],
                          capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    return [] if done.returncode == 0 else [done.stderr.strip() or f"exit status {done.returncode}"]


def self_test(root, command):
    missed = []
    for name, words in IMPOSTORS.items():
        with tempfile.TemporaryDirectory() as folder:
            impostor = pathlib.Path(folder) / "koine"
            impostor.write_text(f"#!/bin/bash\nexec {command} ${{@/--resume/{words}}}\n")
            impostor.chmod(0o755)
            found = kill(root, impostor)
        print(f"{name}: {found[0] if found else 'not noticed'}")
        missed += [] if found else [f"not noticed: {name}"]
    return missed


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    if options.self_test:
        _project.report(self_test(options.root, options.build / "koine"), "every impostor was noticed")
    _project.report(kill(options.root, options.build / "koine"))
