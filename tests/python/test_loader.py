"""Loaders: walks that take nothing from each other, and workers that never leave anybody waiting. Each program runs by itself, with
a limit of time."""

import os
import pathlib
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import koine as kn
from koine import data

PATH = os.pathsep.join([str(pathlib.Path(kn.__file__).parents[1]), str(pathlib.Path(__file__).parent)])


def run(program, folder, way="script", limit=120):
    """Runs a program and gives its output; it is over when the limit is."""
    environment = {**os.environ, "PYTHONPATH": PATH, "KOINE_CACHE": "off"}
    text = textwrap.dedent(program)
    (folder / "program.py").write_text(text)
    command = [sys.executable, *{"stdin": ["-"], "module": ["-m", "program"]}.get(way, ["program.py"])]
    done = subprocess.run(command, input=text if way == "stdin" else None, capture_output=True, text=True, timeout=limit, env=environment, cwd=folder)
    return done.returncode, done.stdout, done.stderr


class Numbers:
    def __len__(self):
        return 12

    def __getitem__(self, place):
        return np.float32(place)


class Killed(Numbers):
    def __getitem__(self, place):
        if place == 5:
            os.kill(os.getpid(), 9)
        return super().__getitem__(place)


class Exits(Numbers):
    def __getitem__(self, place):
        if place == 5:
            os._exit(3)
        return super().__getitem__(place)


class DiesOnce(Numbers):
    def __init__(self, mark):
        self.mark = str(mark)

    def __getitem__(self, place):
        if place == 5 and not os.path.exists(self.mark):
            open(self.mark, "w").close()
            os.kill(os.getpid(), 9)
        return super().__getitem__(place)


class Raises(Numbers):
    def __init__(self, error, *args):
        self.error, self.args = error, args

    def __getitem__(self, place):
        if place == 5:
            raise self.error(*self.args)
        return super().__getitem__(place)


class NotAsIs(Exception):
    def __init__(self, a, b):
        super().__init__(a + b)


class NoReturn(Numbers):
    """Its examples can be made and not be sent."""

    def __getitem__(self, place):
        return place


class BadOnArrival(Numbers):
    def __setstate__(self, state):
        raise RuntimeError("not here")

    def __getstate__(self):
        return {"x": 1}


def values(loader):
    return [batch.tolist() for batch in loader]


def test_walks_take_nothing_from_each_other():
    loader = data.Loader(Numbers(), 5, shuffle=3)
    orders = [values(data.Loader(Numbers(), 5, shuffle=3)) for _ in range(1)]
    for batch in loader:
        break
    left = values(loader)
    assert sorted(sum(left, [])) == list(range(12)) and len(left) == 3 and left != orders[0]
    one, other = iter(loader), iter(loader)
    pairs = list(zip([b.tolist() for b in one], [b.tolist() for b in other]))
    assert len(pairs) == 3
    for walk in zip(*pairs):
        assert sorted(sum(walk, [])) == list(range(12))
    again = data.Loader(Numbers(), 5, shuffle=3)
    assert [values(again) for _ in range(4)] == [orders[0], left, *[list(walk) for walk in zip(*pairs)]]
    plain = data.Loader(Numbers(), 5)
    assert [(a.tolist(), b.tolist()) for a, b in zip(plain, plain)][0] == ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])


def test_a_loader_goes_on_where_another_was():
    for stop in range(4):
        loader, got = data.Loader(Numbers(), 5, shuffle=3), []
        list(loader)
        walk = iter(loader)
        for _ in range(stop):
            got.append(next(walk).tolist())
        other = data.Loader(Numbers(), 5, shuffle=3)
        if stop:
            other.restore(loader.state())
        else:
            list(other)
        rest = values(other)
        whole = data.Loader(Numbers(), 5, shuffle=3)
        list(whole)
        want, following = values(whole), values(whole)
        assert got + rest == (want if stop < 3 else want + following) and values(other) == (following if stop < 3 else values(whole))


def test_what_a_worker_raises_comes_out():
    for error, kind, text in (((KeyError, "k"), KeyError, "k"), ((NotAsIs, "a", "b"), kn.IoError, "ab"),
                              ((StopIteration, "end"), kn.IoError, "StopIteration"), ((OSError, 2, "gone"), OSError, "gone")):
        with data.Loader(Raises(*error), 2, workers=2) as loader:
            walk = iter(loader)
            assert [next(walk).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
            with pytest.raises(kind, match=text) as raised:
                next(walk)
            assert "__getitem__" in str(raised.value.__cause__)
            with pytest.raises(kind):
                values(loader)


@pytest.mark.parametrize("dataset, fate", [(Killed(), "was ended by signal 9"), (Exits(), "ended with status 3")])
def test_a_worker_that_dies_is_told(dataset, fate):
    with data.Loader(dataset, 2, workers=2) as loader:
        with pytest.raises(kn.IoError, match=f"examples 4 to 5 {fate}"):
            values(loader)


def test_a_worker_that_dies_once_is_replaced(tmp_path):
    with data.Loader(DiesOnce(tmp_path / "mark"), 2, workers=2) as loader:
        assert values(loader) == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]]


def test_workers_that_are_killed_from_outside_are_replaced():
    with data.Loader(Numbers(), 2, workers=2) as loader:
        walk = iter(loader)
        next(walk)
        killed = [worker.process for worker in loader._pool.processes]
        for process in killed:  # all, before one of them takes what another had
            process.kill()
        for process in killed:
            process.wait()
        assert [batch.tolist() for batch in walk][-1] == [10, 11] and len(values(loader)) == 6


def test_what_cannot_be_sent_is_read_by_threads():
    class Local(Numbers):
        pass

    for dataset, collate in ((Local(), None), (Numbers(), lambda examples: np.stack(examples))):
        with pytest.warns(RuntimeWarning, match="2 threads read ahead"), data.Loader(dataset, 5, workers=2, collate=collate) as loader:
            assert values(loader) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11]]
    with data.Loader(BadOnArrival(), 5, workers=2) as loader, pytest.raises(RuntimeError, match="not here"):
        values(loader)


def test_workers_end_with_their_loader():
    loader = data.Loader(Numbers(), 2, workers=2)
    walk = iter(loader)
    next(walk)
    processes = [one.process for one in loader._pool.processes]
    del walk
    loader.close()
    assert all(process.poll() is not None for process in processes)
    assert len(values(loader)) == 6
    processes = [one.process for one in loader._pool.processes]
    del loader
    for _ in range(100):
        if all(process.poll() is not None for process in processes):
            break
        time.sleep(0.1)
    assert all(process.poll() is not None for process in processes)


PROGRAM = """
    import numpy as np, koine as kn
    print("main", flush=True)

    class Mine:
        def __len__(self):
            return 6
        def __getitem__(self, place):
            return np.float32(place)

    {before}
        import test_loader
        for dataset in (test_loader.Numbers(), Mine()):
            loader = kn.data.Loader(dataset, 3, workers=2)
            print([batch.tolist() for batch in loader], flush=True)
"""


@pytest.mark.parametrize("way", ["guarded", "unguarded", "stdin", "module"])
def test_programs_with_and_without_a_guard(way, tmp_path):
    """Whatever the program is: it ends, prints its own lines once, and reads the right batches."""
    program = PROGRAM.format(before="if __name__ == '__main__':" if way in ("guarded", "module") else "if True:")
    code, out, err = run(program, tmp_path, way)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[-1] == "[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]" and lines[1].startswith("[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0")
    assert lines.count("main") == (1 if way in ("unguarded", "stdin") else 3)
    assert ("threads read ahead" in err) == (way in ("unguarded", "stdin"))


def test_a_program_whose_guard_does_not_guard(tmp_path):
    program = PROGRAM.format(before="if __name__ == '__main__':\n        pass\n    if True:")
    code, out, err = run(program, tmp_path)
    assert code != 0 and "put what it does under" in err and out.count("main") < 20


def test_a_fork_reads_with_workers_of_its_own(tmp_path):
    code, out, err = run("""
        import os, koine as kn, test_loader
        loader = kn.data.Loader(test_loader.Numbers(), 6, workers=1)
        next(iter(loader))
        child = os.fork()
        print(len(list(loader)), flush=True)
        loader.close()
        if child:
            print(os.waitpid(child, 0)[1], flush=True)
        else:
            os._exit(0)
    """, tmp_path)
    assert code == 0 and sorted(out.split()) == ["0", "2", "2"], err


def test_a_program_that_is_interrupted_leaves_no_workers(tmp_path):
    import signal
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent("""
        import time, koine as kn, test_loader
        loader = kn.data.Loader(test_loader.Numbers(), 6, workers=2)
        next(iter(loader))
        print(*[one.process.pid for one in loader._pool.processes], flush=True)
        time.sleep(100)
    """))
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PATH})
    workers = [int(number) for number in process.stdout.readline().split()]
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    for _ in range(100):
        if not any(os.path.exists(f"/proc/{worker}") and "koine.workers" in pathlib.Path(f"/proc/{worker}/cmdline").read_text()
                   for worker in workers):
            return
        time.sleep(0.1)
    raise AssertionError("the workers outlive their program")
