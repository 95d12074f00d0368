"""The training of mlp.cpp as an ordinary loop in Python, without jit: prints the same line, for `run_all.py --command`.

    PYTHONPATH=build/python python3 bench/mlp.py
"""

import numpy
import timing

import koine as kn
from koine import nn, optim

SIZES = (784, 512, 256, 10)


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
    loss = None

    def step():
        nonlocal loss
        loss, gradient = kn.value_and_grad(lambda m: kn.mean(kn.cross_entropy(m(images), labels)))(model)
        optimizer.step(model, gradient)
        kn.evaluate(loss)

    timing.report("mlp", step, lambda: loss.item())


if __name__ == "__main__":
    main()
