"""The training of mlp.cpp as an ordinary loop in Python, without jit: prints the same line, for `run_all.py --command`.

    PYTHONPATH=build/python python3 bench/mlp.py
"""

import json
import os
import statistics
import time

import numpy

import koine as kn
from koine import nn, optim

SIZES = (784, 512, 256, 10)
SECONDS, REPEATS = float(os.environ.get("PEER_SECONDS", "0.3")), int(os.environ.get("PEER_REPEATS", "7"))


class Mlp(nn.Module):
    def __init__(self):
        self.a, self.b, self.c = (nn.Linear(*ends) for ends in zip(SIZES, SIZES[1:]))

    def __call__(self, x):
        return self.c(kn.relu(self.b(kn.relu(self.a(x)))))


def normal(seed, *shape):
    return numpy.random.RandomState(seed).standard_normal(shape)


def first_model():
    """With the numbers that the peers begin with."""
    model = nn.init(Mlp(), key=0)
    for place, layer in enumerate((model.a, model.b, model.c)):
        shape = layer.weight.shape
        layer.weight = kn.asarray((normal(1 + 2 * place, *shape) * shape[0] ** -0.5).astype("float32"))
        layer.bias = kn.zeros(shape[1])
    return model


def main():
    model, optimizer = first_model(), optim.Adam(1e-3)
    images = kn.asarray(normal(0, 128, SIZES[0]).astype("float32"))
    labels = kn.asarray(numpy.random.RandomState(0).randint(0, SIZES[-1], 128).astype("int32"))

    def steps(count):
        begin = time.perf_counter()
        for _ in range(count):
            loss, gradient = kn.value_and_grad(lambda m: kn.mean(kn.cross_entropy(m(images), labels)))(model)
            optimizer.step(model, gradient)
            kn.evaluate(loss)
        return time.perf_counter() - begin, loss

    first, loss = steps(1)
    check = loss.item()
    steps(20)
    count = max(1, round(SECONDS / (steps(20)[0] / 20)))
    times = [steps(count)[0] / count * 1e3 for _ in range(REPEATS)]
    print(json.dumps({"workload": "mlp", "peer": "koine-python", "unit": "ms/step", "median": statistics.median(times),
                      "min": min(times), "max": max(times), "first_call_s": first, "check": float(f"{check:.5g}"),
                      "version": kn.__version__}))


if __name__ == "__main__":
    main()
