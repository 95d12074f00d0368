"""Ordinary use with types, which mypy --strict reads against the generated stubs."""

import koine as kn
from koine import data, nn, optim, train


def loss(params: dict[str, kn.Array], x: kn.Array, y: kn.Array) -> kn.Array:
    return kn.mean((kn.tanh(x @ params["w"]) + params["b"] - y) ** 2)


@kn.jit
def double(x: kn.Array) -> kn.Array:
    return x * 2


class Mlp(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
        self.drop = nn.Dropout(0.1)

    def __call__(self, x: kn.Array, context: nn.Context | None = None) -> kn.Array:
        for layer in self.layers[:-1]:
            x = self.drop(kn.relu(layer(x)), context)
        return self.layers[-1](x)


class Square(kn.Op):
    def body(self, x: kn.Array) -> kn.Array:
        return x * x


def train_a_model() -> None:
    model = nn.init(Mlp([4, 3, 2]), 0)
    optimizer = optim.AdamW(optim.cosine(0.1, 10).after_warmup(2), weight_decay=0.1)
    x, y = kn.random.normal(kn.random.key(0), (8, 4)), kn.arange(8) % 2
    slope = kn.grad(lambda m: nn.cross_entropy_loss(m(x, nn.Context(0)), y))(model)
    slope, norm = optim.clip_by_norm(slope, 1.0)
    optimizer.step(model, slope)
    model = optimizer.update(model, slope)
    weight: kn.Array = model.layers[0].weight
    model.compile("adam", "cross_entropy", ["accuracy"])
    history: train.History = model.fit(x, y, epochs=1, callbacks=[train.EarlyStopping("loss")])
    for batch in data.Loader(data.Dataset(x, y), 4):
        print(batch)
    kn.debug.print("{}", kn.ones(3))
    print(model, model.summary(x), weight.shape, norm, history, Square()(x), kn.testing.check_op(kn.tanh, ((3,),)))
    print(kn.pure_callback(abs, kn.ShapeDType(3), kn.ones(3)), kn.jit(lambda x: x, static_argnums=0)(1))


def main() -> None:
    train_a_model()
    x = kn.asarray([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=kn.float64)
    params = {"w": kn.zeros(3, dtype=kn.float64), "b": kn.zeros((), dtype="float64")}
    value, slope = kn.value_and_grad(loss)(params, x, kn.asarray([0.0, 1.0]))
    total: float = float(value) + kn.softmax(x, axis=-1).sum().item()
    q, r = kn.linalg.qr(x)
    singular: kn.Array = kn.linalg.svd(x).S
    places: tuple[kn.Array, ...] = kn.nonzero(x > 2)
    shape: tuple[int, ...] = (-x + 1 == x).shape
    x[0, 1] = 5.0
    print(total, slope, q @ r, singular, places, shape, kn.fft.rfft(x), x[0], x.reshape(3, 2), double(x))


if __name__ == "__main__":
    main()
