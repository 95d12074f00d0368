"""Training that is killed at random moments and resumed ends with the weights of a run that never was.

A few kills here; `scripts/kill_test` does a hundred, or as many as one likes.
"""

import subprocess
import sys

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
    scripts = {name: script.format(command=command) for name, script in IMPOSTORS.items()}
    return _project.unnoticed(scripts, lambda _, impostor: kill(root, impostor))


if __name__ == "__main__":
    options = _project.arguments(__doc__)
    if options.self_test:
        _project.report(self_test(options.root, options.build / "koine"), "every impostor was noticed")
    _project.report(kill(options.root, options.build / "koine"))
