"""Every public name of the Python package is documented, and every function and class has an example, which runs.

What ops say comes from their files, the rest from the docstrings of python/koine. Exceptions and dtypes need no example.
Prints how many names and examples there are. --self-test plants what has to be found: a function without a text, one
without an example, one whose example is wrong.
"""

import doctest
import inspect
import math
import os
import re
import subprocess
import sys

import _project

sys.path.insert(0, str(_project.ROOT / "tools"))
from python_reference import public_names  # noqa: E402

NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")


class Checker(doctest.OutputChecker):
    """Numbers may differ in their last digits, as machines with other instructions round otherwise."""

    def check_output(self, want, got, optionflags):
        if super().check_output(want, got, optionflags):
            return True
        want, got = ("".join(text.split()) for text in (want, got))
        if NUMBER.sub("#", want) != NUMBER.sub("#", got):
            return False
        pairs = zip(NUMBER.findall(want), NUMBER.findall(got))
        return all(math.isclose(float(a), float(b), rel_tol=1e-5, abs_tol=1e-6) for a, b in pairs)


def methods_of(thing):
    """The public methods that a class of Python defines itself."""
    if not inspect.isclass(thing):
        return {}
    return {name: method for name, method in vars(thing).items() if inspect.isfunction(method) and not name.startswith("_")}


def check(package, report=print):
    """Names without a text or an example, and examples that fail."""
    found, examples, names = [], 0, public_names(package)
    dtype_class = package.DType
    for name, thing in sorted(names.items()):
        text = inspect.getdoc(thing) or ""
        if not text.strip():
            found.append(f"{name}: has no text")
            continue
        found += [f"{name}.{method}: has no text" for method, function in methods_of(thing).items() if not function.__doc__]
        if (
            inspect.isclass(thing)
            and issubclass(thing, BaseException)
            or isinstance(thing, dtype_class)
            or thing is dtype_class
        ):
            continue
        test = doctest.DocTestParser().get_doctest(text, {"kn": package}, name, None, 0)
        if not test.examples:
            found.append(f"{name}: has no example")
            continue
        said = []
        runner = doctest.DocTestRunner(Checker(), verbose=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=said.append)
        examples += len(test.examples)
        if runner.failures:
            found.append(f"{name}: " + "".join(said)[-1500:])
    report(f"{len(names)} public names, {examples} lines of examples, {len(found)} findings")
    return found


def planted(package):
    """What is not found though it should be."""

    def silent():
        pass

    def without_example():
        """A text."""

    def wrong():
        """A text.

        >>> kn.asarray([1, 2])
        array([1, 3])
        """

    missed = []
    for function, words in ((silent, "has no text"), (without_example, "has no example"), (wrong, "array([1, 3])")):
        setattr(package, "planted", function)
        if not any(line.startswith("koine.planted: ") and words in line for line in check(package)):
            missed.append(f"not found: {function.__name__}")
    return missed


def main():
    options = _project.arguments(__doc__)
    if "KOINE_DOCUMENTED" not in os.environ:
        cache = (options.build / "CMakeCache.txt").read_text()
        python = re.search(r"^Python_EXECUTABLE:\w+=(.+)$", cache, re.M)
        if not (options.build / "python/koine/__init__.pyi").exists() or not python:
            _project.report([], "without the Python package there is nothing to look at")
        environment = dict(os.environ, PYTHONPATH=str(options.build / "python"), KOINE_DOCUMENTED="1")
        sys.exit(subprocess.run([python.group(1), *sys.argv], env=environment, check=False).returncode)
    import koine

    _project.report(planted(koine) if options.self_test else check(koine))


if __name__ == "__main__":
    main()
