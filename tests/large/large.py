"""Arrays of more than 2^31 elements: what is there is written down, so that nothing else has to compute it."""

import os
import resource
import sys
import tempfile
import time

import numpy as np

import koine as kn

N = 2**31 + 7
# Where elements are not 0: both sides of 2^31 and both ends.
SET = {0: 1, 2**31 - 1: 3, 2**31: 4, N - 3: 5}
GIGABYTES = 12


def elements(dtype=np.int8):
    values = np.zeros(N, dtype)
    for place, value in SET.items():
        values[place] = value
    return kn.from_dlpack(values)


def at_ends(x):
    return [x[i].item() for i in SET]


def check_sum(x):
    return kn.sum(x).item(), sum(SET.values())


def check_sum_of_rows(x):
    return kn.sum(kn.reshape(x[7:], (2, 2**30)), axis=1).tolist(), [0, 3 + 4 + 5]


def check_mean(x):
    return kn.mean(kn.ones((N,), dtype=kn.int8)).item(), 1


def check_max(x):
    return kn.max(x).item(), 5


def check_argmax(x):
    return kn.argmax(x).item(), N - 3


def check_count(x):
    return kn.count_nonzero(x).item(), len(SET)


def check_nonzero(x):
    return kn.nonzero(x)[0].tolist(), list(SET)


def check_elementwise(x):
    return at_ends(x + x), [2 * value for value in SET.values()]


def check_where(x):
    return at_ends(kn.where(x > 3, x, -x)), [-1, -3, 4, 5]


def check_gather(x):
    return kn.take(x, kn.asarray(list(SET))).tolist(), list(SET.values())


def check_slice(x):
    return x[2**31 - 1 :].tolist(), [3, 4, 0, 0, 0, 5, 0, 0]


def check_steps(x):
    return [x[::2][2**30].item(), x[1::2][2**30 - 1].item(), x[::-1][2].item()], [4, 3, 5]


def check_reshape(x):
    return kn.reshape(x[: N - 1], (-1, 2))[2**30 - 1 : 2**30 + 1].tolist(), [[0, 3], [4, 0]]


def check_transpose(x):
    return kn.permute_dims(kn.reshape(x[: 2**31], (2, 2**30)), (1, 0))[-1].tolist(), [0, 3]


def check_concatenate(x):
    return kn.concatenate([x, kn.asarray([7], dtype=kn.int8)])[-4:].tolist(), [5, 0, 0, 7]


def check_assignment(x):
    y = x + kn.zeros((), dtype=kn.int8)
    y[2**31 + 1] = 9
    return y[2**31 - 1 :].tolist(), [3, 4, 9, 0, 0, 5, 0, 0]


def check_cumulative(x):
    # A view of one number: the sums alone are memory.
    sums = kn.cumulative_sum(kn.reshape(x[: 2**31], (2**30, 2)), axis=1, dtype=kn.int8)
    return sums[-1].tolist(), [0, 3]


def check_random(x):
    bits = kn.random.bits(kn.random.key(0), (N,), dtype=kn.uint8)
    # Every value is as frequent as the others: within six deviations.
    return abs(kn.sum(bits == 7).item() - N / 256) < 6 * (N / 256) ** 0.5, True


def check_matmul(x):
    y = elements(np.float16)
    return kn.matmul(kn.reshape(y, (1, N)), kn.reshape(y, (N, 1))).tolist(), [[sum(v * v for v in SET.values())]]


def check_save(x):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        for name in ("x.safetensors", "x.npz"):
            kn.save(f"{folder}/{name}", {"x": x})
            if (found := at_ends(kn.load(f"{folder}/{name}")["x"])) != list(SET.values()):
                return found, f"of {name}"
            os.remove(f"{folder}/{name}")
    return 1, 1


def check_numpy(x):
    return int(np.asarray(x).sum(dtype=np.int64)), sum(SET.values())


def check_text(x):
    return str(x), "[1 0 0 ... 5 0 0]"


def main(names):
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30,) * 2)
    checks = {name[6:]: check for name, check in globals().items() if name.startswith("check_")}
    wrong = 0
    for name in names or checks:
        start = time.time()
        found, expected = checks[name](elements())
        wrong += found != expected
        print(f"{name:20} {'ok' if found == expected else f'got {found}, expected {expected}'}, {time.time() - start:.1f} s", flush=True)
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
