"""Hand-written digits as a JAX user writes it: parameters are a dict, functions are pure, the step is jitted.

    python examples/python/digits_functions.py --model cnn --epochs 20
"""

import argparse
import pathlib

import numpy

import koine as kn
from koine import nn

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "digits.csv.gz"
Params = dict[str, kn.Array]


def init_mlp(key: kn.Array) -> Params:
    first, second = kn.random.split(key)
    return {"w1": kn.random.normal(first, (64, 128)) * 0.18, "b1": kn.zeros(128),
            "w2": kn.random.normal(second, (128, 10)) * 0.12, "b2": kn.zeros(10)}


def mlp(params: Params, x: kn.Array) -> kn.Array:
    return kn.relu(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]


def init_cnn(key: kn.Array) -> Params:
    first, second, third = kn.random.split(key, 3)
    return {"conv1": kn.random.normal(first, (3, 3, 1, 16)) * 0.3, "conv2": kn.random.normal(second, (3, 3, 16, 32)) * 0.1,
            "w": kn.random.normal(third, (128, 10)) * 0.1, "b": kn.zeros(10)}


def cnn(params: Params, x: kn.Array) -> kn.Array:
    x = x.reshape(-1, 8, 8, 1)
    for name in ("conv1", "conv2"):
        x = kn.max_pool(kn.relu(kn.conv(x, params[name], padding=(1, 1, 1, 1))), window=(2, 2))
    return x.reshape(x.shape[0], -1) @ params["w"] + params["b"]


def main() -> float:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=["mlp", "cnn"], default="mlp")
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()

    rows = numpy.loadtxt(DATA, delimiter=",", dtype="float32")
    images, labels = kn.asarray(rows[:, :-1] / 16), kn.asarray(rows[:, -1].astype("int64"))
    init, model = (init_mlp, mlp) if options.model == "mlp" else (init_cnn, cnn)

    def loss_of(params: Params, x: kn.Array, y: kn.Array) -> kn.Array:
        return nn.cross_entropy_loss(model(params, x), y)

    @kn.jit
    def step(params: Params, velocity: Params, x: kn.Array, y: kn.Array, rate: float) -> tuple[Params, Params, kn.Array]:
        loss, gradient = kn.value_and_grad(loss_of)(params, x, y)
        velocity = kn.tree.map(lambda v, g: 0.9 * v + g, velocity, gradient)
        return kn.tree.map(lambda p, v: p - rate * v, params, velocity), velocity, loss

    params = init(kn.random.key(0))
    velocity = kn.tree.map(kn.zeros_like, params)
    loss = kn.asarray(0.0)
    for epoch in range(options.epochs):
        rate = 0.05 * (1 - epoch / options.epochs)
        order = kn.random.permutation(kn.random.fold_in(kn.random.key(1), epoch), 1347)
        for start in range(0, 1344, 64):
            batch = order[start:start + 64]
            params, velocity, loss = step(params, velocity, images[batch], labels[batch], rate)
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")
    accuracy = float((model(params, images[1347:]).argmax(axis=-1) == labels[1347:]).mean())
    print(f"test accuracy {accuracy:.3f}")
    return accuracy


if __name__ == "__main__":
    main()
