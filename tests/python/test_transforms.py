"""Transforms of functions over trees."""

import collections
import dataclasses

import numpy as np
import pytest

import koine as kn

Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass(frozen=True)
class Layer:
    weight: object
    bias: object
    width: int = 3


class Net:
    __koine_tree__ = True

    def __init__(self):
        self.first = Layer(kn.ones((2, 3)), kn.zeros(3))
        self.layers = [Layer(kn.ones((3, 3)), kn.zeros(3))]
        self.name = "net"

    def __call__(self, x):
        for layer in (self.first, *self.layers):
            x = kn.tanh(x @ layer.weight + layer.bias)
        return x


def numeric(f, x, step=1e-3):
    x = np.asarray(x, "float64")
    slope = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[place] = step
        slope[place] = (float(f(kn.asarray(x + d))) - float(f(kn.asarray(x - d)))) / (2 * step)
    return slope


X = np.random.RandomState(0).rand(3, 2)


def test_trees_flatten_and_come_back():
    tree = {"b": [kn.ones(1), 2, None], "a": (Point(kn.zeros(2), "s"), Net())}
    leaves, structure = kn.tree.flatten(tree)
    assert len(leaves) == 7 and leaves[6] == 2 and hash(structure) == hash(kn.tree.structure(tree))
    again = kn.tree.unflatten(structure, [x + 1 for x in leaves])
    assert list(again) == ["b", "a"] and isinstance(again["a"][0], Point) and isinstance(again["a"][1], Net)
    assert again["a"][1].name == "net" and again["a"][1].first.width == 3 and again["b"][0].tolist() == [2.0]
    assert kn.tree.paths(tree)[-2:] == ["b.0", "b.1"] and kn.tree.paths(tree)[:-2] == ["a.0.x", "a.1.first.weight", "a.1.first.bias", "a.1.layers.0.weight",
                                   "a.1.layers.0.bias"]
    assert kn.tree.map(lambda a, b: a + b, tree, tree)["b"][0].tolist() == [2.0]
    assert kn.tree.structure(0.0) == kn.tree.structure(1) != kn.tree.structure("text") != kn.tree.structure("other")
    for wrong in (leaves[1:], leaves + leaves):
        with pytest.raises(ValueError):
            kn.tree.unflatten(structure, wrong)


def test_grad_of_trees():
    net, x = Net(), kn.asarray(X, dtype=kn.float32)
    value, slope = kn.value_and_grad(lambda net: kn.sum(net(x)))(net)
    assert isinstance(slope, Net) and slope.first.weight.shape == (2, 3) and slope.first.width == 3 and value.shape == ()
    got = kn.grad(lambda p, q: kn.sum(p["w"] * q), argnums=(0, 1))({"w": kn.ones(2), "n": kn.asarray([1])}, kn.ones(2) * 3)
    assert got[0]["w"].tolist() == [3.0, 3.0] and got[0]["n"] is None and got[1].tolist() == [1.0, 1.0]
    gradient, aux = kn.grad(lambda w: (kn.sum(w * w), {"seen": w + 1}), has_aux=True)(kn.ones(2))
    assert gradient.tolist() == [2.0, 2.0] and aux["seen"].tolist() == [2.0, 2.0]
    assert kn.grad(lambda a: a ** 3)(2.0).item() == 12.0


@pytest.mark.parametrize("f", [lambda x: kn.sum(kn.tanh(x) ** 2), lambda x: kn.sum(kn.softmax(x) * x), lambda x: kn.max(x * x),
                               lambda x: kn.sum(x[1:, 0] * x[kn.asarray([0, 0]), 1]),
                               lambda x: kn.sum(kn.sort(x, axis=0)[0] * 3)])
def test_grad_is_the_slope(f):
    np.testing.assert_allclose(np.asarray(kn.grad(f)(kn.asarray(X, dtype=kn.float64))), numeric(f, X), rtol=1e-4, atol=1e-6)


def test_values_may_be_read_inside_grad():
    def f(x):
        return kn.sum(x * x) if x[0] > 0 and float(kn.sum(x)) > 0 else -kn.sum(x)

    assert kn.grad(f)(kn.asarray([1.0, 2.0])).tolist() == [2.0, 4.0]
    assert kn.grad(f)(kn.asarray([-1.0, 2.0])).tolist() == [-1.0, -1.0]


def test_assignment_inside_grad():
    def f(x):
        y = x * 1
        y[0] = 5.0
        return kn.sum(y * y)

    assert kn.grad(f)(kn.asarray([1.0, 2.0])).tolist() == [0.0, 4.0]


def test_jvp_and_vjp():
    x = kn.asarray([1.0, 2.0])
    y, dy = kn.jvp(lambda x, n: {"y": x * x, "n": n}, (x, kn.asarray([1])), (kn.ones(2), None))
    assert y["y"].tolist() == [1.0, 4.0] and dy["y"].tolist() == [2.0, 4.0] and dy["n"] is None
    y, pull = kn.vjp(lambda a, b: (a * b, a + 1), x, x)
    assert [ct.tolist() for ct in pull((kn.ones(2), None))] == [[1.0, 2.0], [1.0, 2.0]]
    assert [ct.tolist() for ct in pull((None, kn.ones(2)))] == [[1.0, 1.0], [0.0, 0.0]]


def test_vmap():
    x = kn.asarray(X, dtype=kn.float32)
    rows = kn.vmap(lambda row, c: {"s": kn.sum(row) * c, "c": c}, in_axes=(0, None))(x, 2.0 * kn.ones(()))
    np.testing.assert_allclose(np.asarray(rows["s"]), 2 * X.sum(1), rtol=1e-6)
    assert kn.vmap(lambda c: c * 2, in_axes=1, out_axes=1)(x).shape == x.shape
    assert kn.vmap(lambda t: t["a"] + t["b"], in_axes=({"a": 0, "b": None},))({"a": x, "b": x[0]}).shape == (3, 2)
    per_sample = kn.vmap(kn.grad(lambda w, row: kn.sum(w * row) ** 2), in_axes=(None, 0))(kn.ones(2), x)
    np.testing.assert_allclose(np.asarray(per_sample), 2 * X.sum(1)[:, None] * X, rtol=1e-5)
    with pytest.raises(kn.ShapeError):
        kn.vmap(lambda a, b: a + b)(kn.ones(2), kn.ones(3))
    with pytest.raises(ValueError):
        kn.vmap(lambda a, b: a, in_axes=(0,))(kn.ones(2), kn.ones(2))


def test_jit_traces_once_per_structure():
    seen = []

    @kn.jit
    def f(tree, scale=1):
        seen.append(1)
        return {"y": tree["x"] * scale, "n": None}

    for _ in range(3):
        assert f({"x": kn.ones(2)}, scale=3)["y"].tolist() == [3.0, 3.0]
    assert len(seen) == 1 == f.traces()
    f({"x": kn.ones(2)}, scale=4), f({"x": kn.ones(3)}, scale=4), f({"x": kn.ones(3, dtype=kn.float64)}, scale=4)
    assert f.traces() == 3 and f.__name__ == "f"

    class Model:
        @kn.jit
        def double(self, x):
            return x * 2

    assert Model().double(kn.ones(1)).tolist() == [2.0]
    with pytest.raises(ValueError, match="hash"):
        f({"x": kn.ones(2)}, scale=collections.deque())


def test_transforms_compose():
    x = kn.asarray(X[0], dtype=kn.float64)

    def f(v):
        return kn.sum(kn.exp(v) * v[0])

    expected = np.asarray(kn.hessian(f)(x))
    np.testing.assert_allclose(np.asarray(kn.jacobian(kn.grad(f))(x)), expected, rtol=1e-10)
    np.testing.assert_allclose(np.asarray(kn.jit(kn.hessian(kn.jit(f)))(x)), expected, rtol=1e-10)
    np.testing.assert_allclose(np.asarray(kn.hvp(f, x, kn.ones(2, dtype=kn.float64))), expected.sum(1), rtol=1e-10)
    np.testing.assert_allclose(np.asarray(kn.jacobian(lambda v: kn.exp(v), mode="forward")(x)), np.diag(np.exp(X[0])), rtol=1e-12)
    np.testing.assert_allclose(np.asarray(kn.grad(kn.checkpoint(f))(x)), np.asarray(kn.grad(f)(x)), rtol=1e-12)


def test_custom_derivatives():
    @kn.custom_vjp
    def clipped(x, y):
        return x * y

    clipped.defvjp(lambda x, y: (x * y, {"y": y}), lambda kept, ct: (kn.clip(ct * kept["y"], -1, 1), ct * 0))
    assert [g.tolist() for g in kn.grad(lambda x, y: kn.sum(clipped(x, y)), argnums=(0, 1))(kn.ones(2), kn.ones(2) * 5)] == \
        [[1.0, 1.0], [0.0, 0.0]]

    @kn.custom_jvp
    def doubled(x):
        return x

    doubled.defjvp(lambda primals, tangents: (primals[0], tangents[0] * 2))
    assert kn.grad(lambda x: kn.sum(doubled(x)))(kn.ones(2)).tolist() == [2.0, 2.0]
    with pytest.raises(ValueError, match="defvjp"):
        kn.custom_vjp(lambda x: x)(kn.ones(1))


def test_control_flow():
    def total(xs):
        last, ys = kn.scan(lambda c, x: ({"sum": c["sum"] + x}, c["sum"] * x), {"sum": 0.0}, xs)
        return last["sum"] + kn.sum(ys)

    xs = kn.asarray([1.0, 2.0, 3.0])
    assert total(xs).item() == 6 + 2 + 9 and kn.grad(total)(xs).tolist() == [6.0, 5.0, 4.0]
    assert kn.scan(lambda c, _: (c * 2, None), 1, length=5)[0].item() == 32
    count, value = kn.while_loop(lambda s: s[1] < 100, lambda s: (s[0] + 1, s[1] * 2), (0, kn.asarray(1.5)))
    assert (count.item(), value.item()) == (7, 192.0)
    assert kn.grad(lambda x: kn.while_loop(lambda v: v < 10, lambda v: v * 2, x, max_steps=9))(kn.asarray(1.5)).item() == 8.0
    assert kn.fori_loop(0, 4, lambda i, c: c + i, 0).item() == 6
    f = kn.jit(lambda x: kn.cond(x[0] > 0, lambda v: v * 2, lambda v: -v, x))
    assert f(kn.asarray([1.0, 2.0])).tolist() == [2.0, 4.0] and f(kn.asarray([-1.0, 2.0])).tolist() == [1.0, -2.0]
    with pytest.raises(kn.ShapeError):
        kn.scan(lambda c, x: ((c, c), x), kn.ones(1), kn.ones((2, 1)))


def test_the_graph_as_text():
    text = kn.graph_text(kn.grad(lambda x: kn.sum(kn.tanh(x))))(kn.ones(3))
    assert "tanh" in text and "float32[3]" in text


def test_an_ordinary_training_loop():
    x, y = kn.asarray(X, dtype=kn.float32), kn.asarray(X.sum(1), dtype=kn.float32)
    w = kn.zeros(2)
    made = None
    for step in range(200):
        loss, slope = kn.value_and_grad(lambda w: kn.mean((x @ w - y) ** 2))(w)
        w = w - 0.5 * slope
        loss.item()
        if step == 10:
            made = kn.stats()["programs_made"]
    assert loss.item() < 1e-4 and kn.stats()["programs_made"] == made  # one program serves all steps


def test_a_custom_jvp_rule_may_call_the_function_itself():
    @kn.custom_jvp
    def softplus(x):
        return kn.log(1 + kn.exp(x))

    @softplus.defjvp
    def rule(primals, tangents):
        (x,), (dx,) = primals, tangents
        return softplus(x), kn.sigmoid(x) * dx

    x = kn.asarray(100.0)
    assert kn.grad(softplus)(x).item() == 1.0
    assert kn.jit(kn.grad(softplus))(x).item() == 1.0
    assert abs(kn.grad(kn.grad(softplus))(kn.asarray(0.0)).item() - 0.25) < 1e-6
    assert kn.vmap(kn.grad(softplus))(kn.asarray([0.0, 100.0])).tolist() == [0.5, 1.0]


def test_numbers_in_custom_derivatives():
    f = kn.custom_vjp(lambda x: x * 0.3, lambda x: (x * 0.3, None), lambda _, ct: ct * 0.7)
    g = kn.custom_jvp(lambda x: x * 0.3, lambda primals, tangents: (primals[0] * 0.3, tangents[0] * 0.7))
    for one in (f, g):
        assert one(kn.asarray(1.0)).item() == pytest.approx(0.3)
        assert kn.grad(one)(kn.asarray(1.0)).item() == pytest.approx(0.7)
        assert kn.vmap(kn.grad(one))(kn.ones(2)).tolist() == pytest.approx([0.7, 0.7])


def test_arrays_made_inside_custom_derivatives():
    f = kn.custom_vjp(lambda x: x + kn.arange(3), lambda x: (x + kn.arange(3), None), lambda _, ct: ct * kn.linspace(1, 3, 3))
    x = kn.ones(3)
    assert f(x).tolist() == [1.0, 2.0, 3.0]
    assert kn.grad(lambda x: kn.sum(f(x)))(x).tolist() == [1.0, 2.0, 3.0]
    assert kn.jit(kn.vmap(kn.grad(lambda x: kn.sum(f(x)))))(kn.ones((2, 3))).tolist() == [[1.0, 2.0, 3.0]] * 2
    def outside(w):
        f = kn.custom_vjp(lambda x: x * w, lambda x: (x * w, None), lambda _, ct: ct * w * 10)
        g = kn.custom_jvp(lambda x: x * w, lambda primals, tangents: (primals[0] * w, tangents[0] * w * 10))
        return lambda x: kn.sum(f(x) + g(x))

    assert kn.grad(outside(x * 2))(x).tolist() == [40.0] * 3
    assert kn.jit(lambda w, x: kn.grad(outside(w))(x))(x * 2, x).tolist() == [40.0] * 3
    assert kn.vmap(lambda w: kn.grad(outside(w))(x))(kn.ones((2, 3)) * 2).tolist() == [[40.0] * 3] * 2
    with pytest.raises(kn.NotDifferentiable, match="from outside"):
        kn.grad(lambda w, x: outside(w)(x), argnums=(0, 1))(x, x)
    assert kn.grad(lambda x: outside(kn.stop_gradient(x))(x))(x).tolist() == [20.0] * 3


def test_numbers_are_arguments_of_a_jitted_function():
    seen = []

    @kn.jit
    def f(x, rate, more):
        seen.append((rate.dtype, repr(type(rate))))
        return x - rate * more["factor"] + more["n"], rate * 2, rate + 1, more["n"] / 2

    x = kn.ones(3, dtype=kn.float16)
    for i in range(5):
        y, twice, next_one, half = f(x, 0.1 * i, {"factor": 2.0, "n": i})
        assert y.dtype is kn.float16 and twice.dtype is kn.float32 and half.dtype is kn.float32
        np.testing.assert_allclose(np.asarray(y), 1 - 0.2 * i + i, rtol=1e-2)
        assert twice.item() == np.float32(0.1 * i * 2) and half.item() == i / 2
    assert f.traces() == 1 and len(seen) == 1 and seen[0][0] is kn.float32
    f(x, 1, {"factor": 2.0, "n": 3})
    assert f.traces() == 2


@pytest.mark.parametrize("dtype", [kn.float64, kn.float32, kn.bfloat16, kn.int8, kn.uint16, kn.complex64, kn.bool_],
                         ids=lambda dtype: dtype.name)
def test_a_number_in_a_trace_is_the_number_outside(dtype):
    """The same dtypes and values with numbers of Python as in the eager call, for operators and for functions."""
    x = kn.astype(kn.asarray([1, 0, 3]), dtype)
    calls = [lambda x, n: x + n, lambda x, n: n - x, lambda x, n: n * n * x, lambda x, n: kn.multiply(x, n),
             lambda x, n: kn.where(x == 1, x, n), lambda x, n: kn.add(n, n) * x, lambda x, n: x == n, lambda x, n: -n + x,
             lambda x, n: kn.tanh(n) * x, lambda x, n: kn.concat([x * 0 + n, x]), lambda x, n: n, lambda x, n: abs(n) < 2,
             lambda x, n: kn.maximum(n, x)]
    numbers = [2, 0.3, -1.5, 1, 3] if dtype is not kn.uint16 else [2, 1, 0]
    assert kn.jit(kn.take)(x, 2).item() == x[2].item() and kn.jit(lambda x, n: x[n])(x, 2).dtype is dtype
    for n in numbers:
        for number, call in enumerate(calls):
            try:
                want = kn.asarray(call(x, n))
            except OverflowError:
                continue  # whether a number fits is known at a call alone: in a trace it wraps
            except kn.errors.Error as error:
                with pytest.raises(type(error)):
                    kn.jit(call)(x, n)
                continue
            got = kn.jit(call)(x, n)
            assert got.dtype is want.dtype, (number, n)
            np.testing.assert_array_equal(np.asarray(got), np.asarray(want), err_msg=f"call {number} with {n}")


def test_setting_elements_to_a_number_in_a_trace():
    def f(x, n):
        x[0] = n
        return x + kn.asarray([n, n], dtype=kn.float16)

    assert kn.jit(f)(kn.ones(2, dtype=kn.float16), 0.5).dtype is kn.float16


def test_static_arguments():
    @kn.jit(static_argnums=1)
    def f(x, axis, scale=1.0):
        return x.sum(axis=axis) * scale

    x = kn.ones((2, 3))
    assert f(x, 0).shape == (3,) and f(x, 1).shape == (2,) and f(x, axis=1).shape == (2,)
    assert f(x, 1, 2.0).tolist() == f(x, 1, scale=2.0).tolist() == [6.0, 6.0]
    for k in range(4):
        f(x, 1, float(k))
    assert f.traces() == 5
    g = kn.jit(lambda x, n: kn.zeros(n) + x, static_argnames=["n"])
    assert g(1.0, 2).shape == (2,) and g(1.0, n=3).shape == (3,) and g(2.0, n=3).tolist() == [2.0] * 3
    assert g.traces() == 2
    with pytest.raises(kn.errors.TraceError, match="static_argnums or static_argnames"):
        kn.jit(lambda x, n: kn.zeros(n) + x)(1.0, 2)
    with pytest.raises(kn.errors.TraceError, match="static_argnums"):
        kn.jit(lambda n: kn.asarray([0, 1][n]))(1)
    with pytest.raises(kn.errors.ValueError, match="static_argnames has 'm', but the arguments are x, n"):
        kn.jit(lambda x, n: x, static_argnames="m")
    with pytest.raises(kn.errors.ValueError, match="static_argnums has 2"):
        kn.jit(lambda x, n: x, static_argnums=2)
    with pytest.raises(kn.errors.ValueError, match="cannot be hashed"):
        kn.jit(lambda x, n: x, static_argnums=1)(x, [1])


def test_numbers_in_transforms_of_jitted_functions():
    f = kn.jit(lambda x, rate: kn.sum(x * x * rate))
    assert kn.grad(f)(kn.ones(2), 0.5).tolist() == [1.0, 1.0]
    assert kn.grad(f, 1)(kn.ones(2), 0.5).item() == 2.0
    assert kn.jit(lambda x, r: kn.grad(f)(x, r * 2))(kn.ones(2), 0.5).tolist() == [2.0, 2.0]
    assert kn.vmap(f, in_axes=(0, None))(kn.ones((3, 2)), 0.5).tolist() == [1.0] * 3
    nested = kn.jit(lambda r: kn.jit(lambda x, r: x * r)(kn.ones(2, dtype=kn.float16), r))
    assert nested(3.0).dtype is kn.float16

    class Module(kn.nn.Module):
        def __init__(self):
            self.width, self.w = 3, kn.ones(3)

    g = kn.jit(lambda m, flag: m.w.reshape(m.width, 1) if flag else m.w)
    assert g(Module(), True).shape == (3, 1) and g(Module(), False).shape == (3,)
    assert kn.jit(lambda big: kn.asarray(big, dtype=kn.uint64))(2**63).item() == 2**63
