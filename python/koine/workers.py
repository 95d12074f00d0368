"""Batches read ahead by processes or threads. Whatever happens to a process, who waits for it is told.

The processes are started by the interpreter itself, never forked, and import the program's main module only where that has a
guard (`if __name__ == "__main__":`) and the data set comes from it: so a script, a notebook and standard input can all use them.
Where a data set cannot be sent, threads do the work.
"""

import collections as _collections
import os as _os
import pickle as _pickle
import re as _re
import subprocess as _subprocess
import sys as _sys
import threading as _threading
import traceback as _traceback
import warnings as _warnings
from multiprocessing import connection as _connection

from .errors import IoError as _IoError
from .errors import ValueError as _ValueError

_GUARD = _re.compile(r"^if\s+__name__\s*==\s*['\"]__main__['\"]\s*:", _re.MULTILINE)
_TRIES = 2  # how often a batch is read before a process that dies of it is an error
_importing_main = False


def _read(dataset, collate, places):
    return collate([dataset[place] for place in places])


def make(count, dataset, collate):
    """What reads batches ahead: processes, or threads where these cannot be."""
    if _importing_main:
        raise _ValueError("[Loader] the program starts workers while a worker imports it; put what it does under "
                          "`if __name__ == '__main__':`")
    try:
        task = _pickle.dumps((dataset, collate), protocol=_pickle.HIGHEST_PROTOCOL)
        why = _why_not(task)
    except Exception as error:  # whatever an object raises that cannot be pickled
        why = f"the data set, or collate, cannot be pickled ({error})"
    if why:
        _warnings.warn(f"[Loader] {why}: {count} threads read ahead in place of processes", RuntimeWarning, stacklevel=4)
        return Threads(count, dataset, collate)
    return Processes(count, task)


def _why_not(task):
    if not _sys.executable or getattr(_sys, "frozen", False) or not hasattr(_os, "fork"):
        return "this program is no Python interpreter that could be started again"
    if b"__main__" in task and _main_module() is None:
        return "the data set, or collate, is defined in a program without `if __name__ == '__main__':`, in a notebook or on " \
               "standard input, from where no other process can import it"
    return None


def _main_module():
    """How another process imports the main module: ('name', its name) or ('path', its file), or None where it must not."""
    main = _sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            if not _GUARD.search(file.read()):
                return None
    except (OSError, TypeError, ValueError):
        return None
    name = getattr(getattr(main, "__spec__", None), "name", None)
    return ("name", name) if name else ("path", _os.path.abspath(path))


class Threads:
    """Threads that read batches of a data set."""

    def __init__(self, count, dataset, collate):
        from concurrent.futures import ThreadPoolExecutor
        self.pool, self.dataset, self.collate = ThreadPoolExecutor(count, "koine-loader"), dataset, collate

    def begin(self, places):
        return self.pool.submit(_read, self.dataset, self.collate, places)

    def result(self, ticket):
        return ticket.result()

    def forget(self, ticket):
        ticket.cancel()

    def close(self):
        self.pool.shutdown(wait=False, cancel_futures=True)


class _Ticket:
    """A batch that was asked for."""

    def __init__(self, places):
        self.places, self.tries, self.done, self.forgotten, self.answer = places, 0, False, False, None


class _Process:
    """One process, with what it is working on."""

    def __init__(self, task):
        ours, theirs = _connection.Pipe()
        with theirs:
            start = f"import sys; sys.path[:] = {_sys.path!r}; from koine.workers import serve; serve({theirs.fileno()})"
            command = [_sys.executable, *_subprocess._args_from_interpreter_flags(), "-c", start]
            self.process = _subprocess.Popen(command, stdin=_subprocess.DEVNULL, pass_fds=(theirs.fileno(),))
        self.connection, self.ticket = ours, None
        main = _main_module() if b"__main__" in task else None
        try:
            self.connection.send((_sys.argv, main))
            self.connection.send_bytes(task)
        except OSError:
            pass  # it is dead already, which is found when it is waited for

    def end(self):
        self.connection.close()
        try:
            self.process.wait(1)
        except _subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def fate(self):
        """How a process that gave no answer ended, in words."""
        try:
            code = self.process.wait(5)
        except _subprocess.TimeoutExpired:
            return "closed its connection"
        return f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"


class Processes:
    """Processes that read batches of a data set. A batch whose process dies is read once more by a new one."""

    def __init__(self, count, task):
        self.task, self.owner, self.lock = task, _os.getpid(), _threading.RLock()
        self.waiting = _collections.deque()
        self.processes = [_Process(task) for _ in range(count)]

    def begin(self, places):
        ticket = _Ticket(places)
        with self.lock:
            self.waiting.append(ticket)
            self._hand_out()
        return ticket

    def forget(self, ticket):
        ticket.forgotten = True

    def result(self, ticket):
        with self.lock:
            while not ticket.done:
                if not self.processes:
                    raise _IoError("[Loader] it was closed while a batch was read")
                self._wait()
        if ticket.answer[0] == "batch":
            return _pickle.loads(ticket.answer[1])
        raise _failure(*ticket.answer[1:])

    def _hand_out(self):
        for process in self.processes:
            while process.ticket is None and self.waiting:
                ticket = self.waiting.popleft()
                if ticket.forgotten:
                    continue
                process.ticket, ticket.tries = ticket, ticket.tries + 1
                try:
                    process.connection.send(ticket.places)
                except OSError:
                    pass  # it is dead, which is found when it is waited for

    def _wait(self):
        """Waits for the next answer, or the next death."""
        busy = [process for process in self.processes if process.ticket is not None]
        ready = set(_connection.wait([process.connection for process in busy]))
        for process in busy:
            if process.connection not in ready:
                continue
            try:
                answer = process.connection.recv()
            except Exception:  # the end of the connection, or half an answer
                answer = None
            ticket, process.ticket = process.ticket, None
            if answer is None:
                self._replace(process, ticket)
            else:
                ticket.done, ticket.answer = True, answer
        self._hand_out()

    def _replace(self, process, ticket):
        fate = process.fate()
        process.end()
        self.processes[self.processes.index(process)] = _Process(self.task)
        if ticket.tries < _TRIES:
            self.waiting.appendleft(ticket)
        else:
            text = f"[Loader] the process that read the examples {_shown(ticket.places)} {fate}, {_TRIES} times"
            ticket.done, ticket.answer = True, ("error", None, text, "")

    def close(self):
        if _os.getpid() != self.owner:
            return  # a fork of the one that they belong to
        with self.lock:
            processes, self.processes = self.processes, []
        for process in processes:
            process.connection.close()
        for process in processes:
            process.end()


def _shown(places):
    return f"{places[0]} to {places[-1]}" if len(places) > 1 and list(places) == list(range(places[0], places[-1] + 1)) else \
        ", ".join(map(str, places[:8])) + (", ..." if len(places) > 8 else "")


class _Remote(Exception):
    """The traceback of another process."""

    def __str__(self):
        return "\n" + self.args[0]


def _failure(error, text, trace):
    """The exception of a worker, as one of this process."""
    try:
        found = _pickle.loads(error) if error else None
    except Exception:  # a class that only the other process knows, or whose constructor takes something else
        found = None
    if not isinstance(found, Exception) or isinstance(found, (StopIteration, StopAsyncIteration)):
        found = _IoError(text)
    if trace:
        found.__cause__ = _Remote(trace)
    return found


def serve(number):
    """What a worker does: reads batches until nobody asks for more."""
    global _importing_main
    connection = _connection.Connection(number)
    try:
        _sys.argv, main = connection.recv()
        task = connection.recv_bytes()
        dataset = collate = None
        failed = None
        try:
            if main is not None:
                from multiprocessing import spawn
                _importing_main = True
                spawn._fixup_main_from_name(main[1]) if main[0] == "name" else spawn._fixup_main_from_path(main[1])
                _importing_main = False
            dataset, collate = _pickle.loads(task)
        except Exception as error:  # told to whoever asks for a batch
            failed = _answer_of(error)
        while True:
            places = connection.recv()
            if failed is not None:
                connection.send(failed)
                continue
            try:
                answer = "batch", _pickle.dumps(_read(dataset, collate, places), protocol=_pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # whatever a data set raises
                answer = _answer_of(error)
            connection.send(answer)
    except (EOFError, OSError, KeyboardInterrupt):
        pass


def _answer_of(error):
    text = f"[Loader] a worker raised {type(error).__name__}: {error}"
    trace = "".join(_traceback.format_exception(type(error), error, error.__traceback__))
    try:
        pickled = _pickle.dumps(error)
    except Exception:  # it holds something that cannot be sent
        pickled = None
    return "error", pickled, text, trace
