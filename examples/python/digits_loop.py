"""Hand-written digits as a PyTorch user writes it: a model object, an optimiser object, an explicit loop.

    python examples/python/digits_loop.py --model cnn --epochs 20
"""

import argparse
import pathlib

import numpy

import koine as kn
from koine import nn, optim

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "digits.csv.gz"


class Mlp(nn.Module):
    def __init__(self) -> None:
        self.hidden = nn.Linear(64, 128)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(128, 10)

    def __call__(self, x: kn.Array, context: nn.Context | None = None) -> kn.Array:
        return self.out(self.drop(kn.relu(self.hidden(x)), context))


class Cnn(nn.Module):
    def __init__(self) -> None:
        self.conv1 = nn.Conv(1, 16, kernel=(3, 3), padding=(1, 1, 1, 1))
        self.norm = nn.BatchNorm(16)
        self.conv2 = nn.Conv(16, 32, kernel=(3, 3), padding=(1, 1, 1, 1))
        self.pool = nn.MaxPool()
        self.out = nn.Linear(32 * 4, 10)

    def __call__(self, x: kn.Array, context: nn.Context | None = None) -> kn.Array:
        x = x.reshape(-1, 8, 8, 1)
        x = self.pool(kn.relu(self.norm(self.conv1(x), context)))
        x = self.pool(kn.relu(self.conv2(x)))
        return self.out(x.reshape(x.shape[0], -1))


def main() -> float:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=["mlp", "cnn"], default="mlp")
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()

    rows = numpy.loadtxt(DATA, delimiter=",", dtype="float32")
    images, labels = kn.asarray(rows[:, :-1] / 16), kn.asarray(rows[:, -1].astype("int64"))
    train, test = slice(0, 1347), slice(1347, None)

    model = nn.init(Mlp() if options.model == "mlp" else Cnn(), key=0)
    print(model.summary(images[:64]))
    optimizer = optim.AdamW(lr=optim.cosine(2e-3, 21 * options.epochs), weight_decay=1e-2)
    loss = kn.asarray(0.0)
    for epoch in range(options.epochs):
        order = kn.random.permutation(kn.random.fold_in(kn.random.key(1), epoch), 1347)
        for start in range(0, 1347, 64):
            batch = order[start:start + 64]
            x, y = images[train][batch], labels[train][batch]

            def loss_of(model: Mlp | Cnn) -> tuple[kn.Array, Mlp | Cnn]:
                context = nn.Context(kn.random.fold_in(kn.random.key(2), epoch * 1347 + start))
                loss = nn.cross_entropy_loss(model(x, context), y)
                return loss, context.commit(model)

            (loss, model), gradient = kn.value_and_grad(loss_of, has_aux=True)(model)
            gradient, _ = optim.clip_by_norm(gradient, 1.0)
            optimizer.step(model, gradient)
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")
    accuracy = float((model(images[test]).argmax(axis=-1) == labels[test]).mean())
    print(f"test accuracy {accuracy:.3f}")
    return accuracy


if __name__ == "__main__":
    main()
