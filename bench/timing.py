"""The peers' rules of timing, as in timing.cpp: prints one JSON line a workload."""

import json
import os
import resource
import statistics
import time

import koine as kn

SECONDS = float(os.environ.get("PEER_SECONDS", "0.3"))
REPEATS = int(os.environ.get("PEER_REPEATS", "7"))
PATIENCE = float(os.environ.get("PEER_PATIENCE", "60"))
QUIET = 0.08  # of a core


class Neighbours:
    """How much of one core other processes used since the last call of `share`."""

    def __init__(self):
        self.at, self.busy = time.perf_counter() - 1, 0
        self.share()

    def share(self):
        with open("/proc/stat") as file:
            user, nice, system, _, _, irq, soft = map(int, file.readline().split()[1:8])
        own = resource.getrusage(resource.RUSAGE_SELF)
        now = time.perf_counter()
        busy = (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK") - own.ru_utime - own.ru_stime
        used = max(0, busy - self.busy) / (now - self.at)
        self.at, self.busy = now, busy
        return used


def wait_for_quiet():
    neighbours, begin = Neighbours(), time.perf_counter()
    while time.perf_counter() - begin < PATIENCE:
        time.sleep(0.5)
        if neighbours.share() < QUIET:
            return


def timed(step, count):
    begin = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - begin


def report(workload, step, check=None, *, unit="ms/step", scale=1e3):
    """`step()` does one step to its end; `check()` gives the number that is the peers' too after the first one. Of
    the blocks those count in which others rested."""
    wait_for_quiet()
    first = timed(step, 1)
    line = {"check": float(f"{check():.5g}")} if check else {}
    wait_for_quiet()
    timed(step, 20)
    count, spent = 1, timed(step, 1)
    while spent < SECONDS:
        count = max(count + 1, int(count * 1.15 * SECONDS / spent)) if spent > SECONDS / 50 else count * 10
        spent = timed(step, count)
    blocks, neighbours, begin = [], Neighbours(), time.perf_counter()
    while len(blocks) < 3 * REPEATS and (len(blocks) < REPEATS or time.perf_counter() - begin < PATIENCE):
        spent = timed(step, count)
        blocks.append((neighbours.share(), spent / count * scale))
        if sum(share < QUIET for share, _ in blocks) == REPEATS:
            break
    blocks = sorted(blocks)[:REPEATS]
    times = [spent for _, spent in blocks]
    print(json.dumps({"workload": workload, "peer": "koine-python", "unit": unit,
                      "median": float(f"{statistics.median(times):.4g}"), "min": float(f"{min(times):.4g}"),
                      "max": float(f"{max(times):.4g}"), "first_call_s": float(f"{first:.4g}"),
                      "version": f"koine {kn.__version__}", "others": float(f"{blocks[-1][0]:.4g}"), **line}), flush=True)
