"""Ordinary use with types, which mypy --strict reads against the generated stubs."""

import koine as kn


def loss(params: dict[str, kn.Array], x: kn.Array, y: kn.Array) -> kn.Array:
    return kn.mean((kn.tanh(x @ params["w"]) + params["b"] - y) ** 2)


@kn.jit
def double(x: kn.Array) -> kn.Array:
    return x * 2


def main() -> None:
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
