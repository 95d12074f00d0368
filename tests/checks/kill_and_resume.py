"""Training that is killed at random moments and resumed ends with the weights of a run that never was.

A few kills here; `scripts/kill_test` does a hundred, or as many as one likes.
"""

import pathlib
import subprocess
import sys
import tempfile

import _project

KILLS = 4
# A command that resumes by beginning anew, and one that says that it resumed.
IMPOSTORS = {
    "begins anew": "exec {command} ${{@/--resume/--restart}}",
    "another seed": 'echo resumed\nexec {command} ${{@/--resume/--restart --seed 5}}',
}


def kill(root, command):
    done = subprocess.run([sys.executable, root / "scripts/kill_test", "--kills", str(KILLS), "--command", command],
                          capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    return [] if done.returncode == 0 else [done.stderr.strip() or f"exit status {done.returncode}"]


def self_test(root, command):
    missed = []
    for name, script in IMPOSTORS.items():
        with tempfile.TemporaryDirectory() as folder:
            impostor = pathlib.Path(folder) / "koine"
            impostor.write_text("#!/bin/bash\n" + script.format(command=command) + "\n")
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
