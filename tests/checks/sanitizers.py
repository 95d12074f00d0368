"""Runs the C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer.

`./scripts/sanitize` does the work. --self-test runs a test that reads beyond an array, which has to be noticed.
"""

import subprocess

import _project


def outcome(root, *arguments):
    """The exit status and the end of the output."""
    done = subprocess.run([root / "scripts/sanitize", *arguments], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout[-3000:]


def main():
    options = _project.arguments(__doc__)
    if options.self_test:
        status, text = outcome(options.root, "--self-test")
        reported = status != 0 and "AddressSanitizer: heap-buffer-overflow" in text
        _project.report([] if reported else [f"a read beyond an array was not reported:\n{text}"], "it was reported")
    status, text = outcome(options.root)
    _project.report([text] if status else [], "no report")


if __name__ == "__main__":
    main()
