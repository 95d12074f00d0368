"""What a busy neighbour costs: a benchmark alone, and beside a process that keeps one core busy, in turns.

    python3 bench/neighbour.py build/bench/mlp --nice 19 --rounds 5

The neighbour is pinned to the first core that this process may use. The last line says how many times longer a step takes
(medians), and how many times if the neighbour took its fair share of the time and nothing more.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

BUSY = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nos.nice(int(sys.argv[2]))\nwhile True: pass"
# The weight of a nice value in Linux's scheduler, beside 1024 of an ordinary process: sched_prio_to_weight.
WEIGHTS = {0: 1024, 5: 335, 10: 110, 15: 36, 19: 15}


def measure(command, neighbour):
    """The median of one run of the benchmark, beside a neighbour or alone."""
    # The neighbour is not somebody to wait for.
    settings = {"PEER_PATIENCE": "0", "PEER_SECONDS": "0.3", "PEER_REPEATS": "5", "KOINE_CACHE": "off"}
    busy = subprocess.Popen(neighbour) if neighbour else None
    try:
        time.sleep(0.5)
        run = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
    finally:
        if busy:
            busy.kill()
            busy.wait()
    return json.loads(run.stdout.splitlines()[-1])["median"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="+", help="a program of bench/ and its case")
    parser.add_argument("--nice", type=int, default=0, choices=sorted(WEIGHTS), help="of the neighbour")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    neighbour = [sys.executable, "-c", BUSY, str(cores[0]), str(options.nice)]
    alone, beside = [], []
    for _ in range(options.rounds):
        alone.append(measure(options.command, None))
        beside.append(measure(options.command, neighbour))
        print(f"alone {alone[-1]:.4g}  beside a neighbour {beside[-1]:.4g}", flush=True)
    threads = min(int(os.environ.get("KOINE_THREADS", len(cores))), len(cores))
    left = threads - WEIGHTS[options.nice] / (1024 + WEIGHTS[options.nice])
    ratio = statistics.median(beside) / statistics.median(alone)
    print(f"{ratio:.2f} times as long; a fair share costs {threads / left:.2f}")


if __name__ == "__main__":
    main()
