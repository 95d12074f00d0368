"""Trees: matched by name, leaves that are no arrays, one thing at two places."""

import collections
import copy
import dataclasses
import pickle
import time
import typing

import numpy as np
import pytest

import koine as kn
from koine import nn, optim

Point = collections.namedtuple("Point", "x y")


class Typed(typing.NamedTuple):
    a: object
    b: object = 0


class Pair(tuple):
    """A subclass of tuple with an attribute."""


class Stack(list):
    pass


class Bag(dict):
    def __init__(self, needed, **values):
        super().__init__(values)
        self.needed = needed


class Late(collections.namedtuple("Late", "x y")):
    def __new__(cls, only):
        return super().__new__(cls, only, only)


@dataclasses.dataclass
class Mutable:
    a: object
    b: object = 2.0
    shared: typing.ClassVar[int] = 7
    start: dataclasses.InitVar[int] = 0

    def __post_init__(self, start):
        self.more = kn.asarray(float(start))


@dataclasses.dataclass(slots=True)
class Slotted:
    a: object
    b: object


def pair(values, note):
    made = Pair(values)
    made.note = note
    return made


def bag():
    made = Bag(3, b=kn.asarray(2.0), a=kn.asarray(1.0))
    made.extra = kn.asarray(5.0)
    return made


def default():
    made = collections.defaultdict(list)
    made.update(b=kn.asarray(2.0), a=kn.asarray(1.0))
    return made


TREES = {
    "dict": lambda: {"b": kn.asarray(2.0), "a": kn.asarray(1.0)}, "ordered": lambda: collections.OrderedDict(b=kn.asarray(2.0), a=kn.asarray(1.0)),
    "default": default, "counter": lambda: collections.Counter({"b": kn.asarray(2.0), "a": kn.asarray(1.0)}), "bag": bag,
    "namedtuple": lambda: Point(kn.asarray(1.0), kn.asarray(2.0)), "typed": lambda: Typed(kn.asarray(1.0), kn.asarray(2.0)),
    "late": lambda: Late(kn.asarray(1.0)), "pair": lambda: pair((kn.asarray(1.0), kn.asarray(2.0)), "n"),
    "list": lambda: Stack([kn.asarray(1.0), kn.asarray(2.0)]), "dataclass": lambda: Mutable(kn.asarray(1.0), kn.asarray(2.0)),
    "slotted": lambda: Slotted(kn.asarray(1.0), kn.asarray(2.0)), "mixed": lambda: {"a": kn.asarray(1.0), 3: kn.asarray(2.0), (1, "x"): kn.asarray(3.0), None: 4.0},
    "deep": lambda: {"x": [({"y": kn.asarray(1.0)}, "text", None), Point(kn.asarray(2.0), collections.OrderedDict(k=kn.asarray(3.0)))]},
}


@pytest.mark.parametrize("name", TREES)
def test_trees_come_back_through_every_transform(name):
    make = TREES[name]
    tree = make()
    leaves, structure = kn.tree.flatten(tree)
    again = kn.tree.unflatten(structure, leaves)
    assert type(again) is type(tree) and kn.tree.structure(again) == structure and hash(kn.tree.structure(again)) == hash(structure)
    assert kn.tree.paths(again) == kn.tree.paths(tree)
    if isinstance(tree, dict):
        assert list(again) == list(tree)
    want = [2 * float(leaf) for leaf in leaves]

    def total(t):
        return sum(leaf * leaf for leaf in kn.tree.leaves(t))

    twice = kn.tree.map(lambda leaf: leaf * 2, tree)
    assert [float(leaf) for leaf in kn.tree.leaves(twice)] == want and type(twice) is type(tree)
    gradient = kn.grad(total)(tree)
    assert type(gradient) is type(tree) and [float(leaf) for leaf in kn.tree.leaves(gradient)] == want
    jitted = kn.jit(lambda t: kn.tree.map(lambda leaf: leaf * 2, t))(tree)
    assert [float(leaf) for leaf in kn.tree.leaves(jitted)] == want and type(jitted) is type(tree)
    back = kn.scan(lambda c, _: (kn.tree.map(lambda leaf: leaf * 2, c), None), tree, length=1)[0]
    assert [float(leaf) for leaf in kn.tree.leaves(back)] == want and type(back) is type(tree)
    back = kn.cond(kn.asarray(True), lambda t: kn.tree.map(lambda leaf: leaf * 2, t), lambda t: t, tree)
    assert [float(leaf) for leaf in kn.tree.leaves(back)] == want
    back = kn.vmap(lambda x, t: kn.tree.map(lambda leaf: leaf * x, t), in_axes=(0, None))(kn.asarray([2.0]), tree)
    assert [leaf.tolist() for leaf in kn.tree.leaves(back)] == [[one] for one in want]
    _, pull = kn.vjp(lambda t: kn.tree.map(lambda leaf: leaf * 2, t), tree)
    assert [float(leaf) for leaf in kn.tree.leaves(pull(kn.tree.map(lambda leaf: leaf * 0 + 1, tree))[0])] == [2.0] * len(want)
    if name not in ("pair",):
        copied = copy.deepcopy(structure)
        assert copied == structure and pickle.loads(pickle.dumps(structure)) == structure


def test_what_a_subclass_has_besides_its_elements_stays():
    again = kn.jit(lambda t: t)(bag())
    assert again.needed == 3 and again.extra.item() == 5.0
    assert kn.grad(lambda t: t.extra ** 2)(bag()).extra.item() == 10.0
    again = kn.tree.map(lambda x: x, default())
    assert again["new"] == [] and again.default_factory is list
    assert kn.tree.map(lambda x: x, pair((kn.ones(1),), "n")).note == "n"
    made = kn.jit(lambda t: t)(Mutable(kn.ones(1), start=3))
    assert made.more.item() == 3.0 and Mutable.shared == 7


def test_a_sequence_of_c_with_names():
    now = time.gmtime(0)
    assert kn.tree.map(lambda x: x, now)[:3] == (1970, 1, 1)


def test_a_tree_that_contains_itself_is_refused():
    inside = []
    inside.append(inside)
    for f in (kn.tree.leaves, kn.grad(lambda x: 0.0), kn.jit(lambda x: 0)):
        with pytest.raises(kn.Error, match="contains itself"):
            f(inside)


# Matched by name

FORWARD, BACKWARD = {"a": 1.0, "b": 10.0}, {"b": 10.0, "a": 1.0}


def arrays(tree):
    return {name: kn.asarray(value) for name, value in tree.items()}


def test_the_order_of_keys_is_that_of_nobody():
    assert kn.tree.leaves(BACKWARD) == [1.0, 10.0] and kn.tree.structure(FORWARD) == kn.tree.structure(BACKWARD)
    assert kn.tree.map(lambda a, b: (a, b), FORWARD, BACKWARD) == {"a": (1.0, 1.0), "b": (10.0, 10.0)}
    f = kn.jit(lambda t: t["a"] - t["b"])
    assert f(arrays(FORWARD)).item() == f(arrays(BACKWARD)).item() == -9.0 and f.traces() == 1


def test_custom_derivatives_are_matched_by_name():
    f = kn.custom_vjp(lambda t: t["a"] * t["b"], lambda t: (t["a"] * t["b"], t), lambda t, ct: ({"b": ct * t["a"], "a": ct * t["b"]},))
    gradient = kn.grad(f)(arrays({"a": 3.0, "b": 5.0}))
    assert (gradient["a"].item(), gradient["b"].item()) == (5.0, 3.0)
    g = kn.custom_jvp(lambda t: {"p": t["a"] * 2, "q": t["b"] * 3})
    g.defjvp(lambda primals, tangents: ({"q": primals[0]["b"] * 3, "p": primals[0]["a"] * 2},
                                        {"q": tangents[0]["b"] * 3, "p": tangents[0]["a"] * 2}))
    _, out = kn.jvp(g, (arrays(FORWARD),), ({"b": kn.asarray(1.0), "a": kn.asarray(0.0)},))
    assert (out["p"].item(), out["q"].item()) == (0.0, 3.0)
    gradient = kn.grad(lambda t: g(t)["p"] + g(t)["q"] * 10)(arrays(FORWARD))
    assert (gradient["a"].item(), gradient["b"].item()) == (2.0, 30.0)


def test_control_flow_is_matched_by_name():
    swap = {"b": lambda c: c["b"] + 1, "a": lambda c: c["a"] * 2}
    step = lambda c: {name: swap[name](c) for name in ("b", "a")}  # noqa: E731
    start = arrays(FORWARD)
    for end in (kn.scan(lambda c, _: (step(c), None), start, length=2)[0], kn.fori_loop(0, 2, lambda i, c: step(c), start),
                kn.while_loop(lambda c: c["a"] < 4, step, start)):
        assert (end["a"].item(), end["b"].item()) == (4.0, 12.0)
    for predicate in (True, False):
        end = kn.cond(kn.asarray(predicate), lambda c: {"b": c["b"], "a": c["a"]}, lambda c: {"a": c["a"], "b": c["b"]}, start)
        assert (end["a"].item(), end["b"].item()) == (1.0, 10.0)
    ys = kn.scan(lambda c, x: (c, {"b": x["b"], "a": x["a"]}), 0, {"b": kn.arange(2), "a": kn.arange(2) * 10})[1]
    assert ys["a"].tolist() == [0, 10] and ys["b"].tolist() == [0, 1]


def test_tangents_cotangents_and_axes_are_matched_by_name():
    f = lambda t: t["a"] * 1 + t["b"] * 100  # noqa: E731
    assert kn.jvp(f, (arrays(FORWARD),), ({"b": 1.0, "a": 0.0},))[1].item() == 100.0
    _, pull = kn.vjp(lambda x: {"b": x * 100, "a": x}, kn.asarray(1.0))
    assert pull({"a": 1.0, "b": 0.0})[0].item() == 1.0
    xs = {"a": kn.asarray([1.0, 2.0]), "b": kn.asarray(3.0)}
    assert kn.vmap(f, in_axes=({"b": None, "a": 0},))(xs).tolist() == [301.0, 302.0]
    out = kn.vmap(lambda x: {"b": x, "a": kn.ones(2) * x}, out_axes={"b": 0, "a": 1})(kn.asarray([1.0, 2.0, 3.0]))
    assert out["a"].shape == (2, 3) and out["b"].shape == (3,)


def test_optimizers_are_matched_by_name():
    target = kn.asarray([1.0, 2.0])
    for make in (lambda: optim.Sgd(0.1, momentum=0.9), lambda: optim.Adam(0.1)):
        ends = []
        for order in (("w", "b"), ("b", "w")):
            model = {name: kn.zeros(2) for name in order}
            optimizer = make()
            for i in range(5):
                names = ("w", "b") if i % 2 else ("b", "w")
                gradient = {name: (model[name] - target) * (2.0 if name == "w" else 0.5) for name in names}
                if i == 3:
                    model = {name: model[name] for name in reversed(model)}
                optimizer.step(model, gradient)
            ends.append({name: model[name].tolist() for name in sorted(model)})
        assert ends[0] == ends[1]
    average = optim.Average(0.5)
    average.update({"a": kn.asarray(1.0), "b": kn.asarray(2.0)})
    average.update({"b": kn.asarray(4.0), "a": kn.asarray(3.0)})
    assert (average.model["a"].item(), average.model["b"].item()) == (2.0, 3.0)
    total = optim.Accumulator()
    total.add({"a": kn.asarray(1.0), "b": kn.asarray(2.0)})
    total.add({"b": kn.asarray(4.0), "a": kn.asarray(3.0)})
    total = total.take()
    assert (total["a"].item(), total["b"].item()) == (2.0, 3.0)


def test_first_values_do_not_depend_on_the_order_of_keys():
    one = nn.init({"w": nn.Param((2, 3), nn.normal(1.0)), "b": nn.Param(3, nn.normal(1.0))}, 0)
    other = nn.init({"b": nn.Param(3, nn.normal(1.0)), "w": nn.Param((2, 3), nn.normal(1.0))}, 0)
    assert one["w"].tolist() == other["w"].tolist() and one["b"].tolist() == other["b"].tolist() and list(other) == ["b", "w"]


def test_files_are_matched_by_name(tmp_path):
    for file in ("t.npz", "t.safetensors"):
        kn.save(tmp_path / file, arrays(FORWARD))
        back = kn.load(tmp_path / file, like=arrays(BACKWARD))
        assert back["a"].item() == 1.0 and back["b"].item() == 10.0


@pytest.mark.parametrize("wrong, text", [
    ({"a": 1.0}, "a dict with a, expected a dict with a, b"), ({"a": 1.0, "b": 2.0, "c": 3.0}, "a dict with a, b, c, expected"),
    ({"a": 1.0, "b": {"c": 2.0}}, "b': got a dict with c, expected an array"), ([1.0, 2.0], "got a list of 2, expected a dict"),
    (5.0, "expected a dict with a, b")])
def test_what_does_not_match_is_said_with_its_path(wrong, text):
    start = arrays(FORWARD)
    wrong = kn.tree.map(lambda x: kn.asarray(x), wrong)
    for call in (lambda: kn.tree.map(lambda a, b: a, start, wrong), lambda: kn.jvp(lambda t: t["a"], (start,), (wrong,)),
                 lambda: kn.vjp(lambda t: t, start)[1](wrong), lambda: kn.scan(lambda c, _: (wrong, None), start, length=1),
                 lambda: kn.while_loop(lambda c: False, lambda c: wrong, start), lambda: optim.Sgd(0.1).step(start, wrong),
                 lambda: kn.cond(kn.asarray(True), lambda: start, lambda: wrong)):
        with pytest.raises(kn.ShapeError) as raised:
            call()
        assert text in str(raised.value), raised.value


def test_named_tuples_are_matched_by_field():
    point = Point(kn.asarray(1.0), kn.asarray(2.0))
    other = collections.namedtuple("Other", "y x")(kn.asarray(20.0), kn.asarray(10.0))
    assert [float(v) for v in kn.tree.map(lambda a, b: b, point, other)] == [10.0, 20.0]


def test_tools_of_trees():
    tree = {"b": [kn.asarray(2), 3], "a": 1}
    assert kn.tree.reduce(lambda a, b: a + b, tree).item() == 6 and kn.tree.reduce(lambda a, b: a + 1, tree, 0) == 3
    assert kn.tree.all([True, {"x": 1}]) and not kn.tree.all([True, 0]) and kn.tree.all([])
    assert kn.tree.leaves([1, [2, 3]], is_leaf=lambda part: isinstance(part, list) and len(part) == 2 and part[0] == 2) == [1, [2, 3]]
    outer, inner = kn.tree.structure({"x": 0, "y": 0}), kn.tree.structure([0, 0])
    assert kn.tree.transpose(outer, inner, {"y": [3, 4], "x": [1, 2]}) == [{"x": 1, "y": 3}, {"x": 2, "y": 4}]
    assert repr(kn.tree.structure({"b": 1, "a": (None, "s")})) == "Structure({'b': *, 'a': (None, 's')})"
    assert len(kn.tree.structure(tree)) == 3
    for junk in (5, None, "*", ("*",), (dict, ("a",), "*")):
        with pytest.raises(kn.Error, match="a structure is needed"):
            kn.tree.unflatten(junk, [])


class Interval:
    def __init__(self, low, high, name="i"):
        self.low, self.high, self.name = low, high, name


class Named(Interval):
    pass


def test_classes_are_registered():
    kn.tree.register(Interval, lambda i: ((i.low, i.high), i.name), lambda name, parts: Interval(*parts, name))
    assert kn.tree.register(Named, lambda i: ({"low": i.low, "high": i.high}, i.name), lambda name, parts: Named(name=name, **parts)) is Named
    for cls in (Interval, Named):
        one = cls(kn.asarray(1.0), {"deep": kn.asarray(2.0)}, "x")
        gradient = kn.grad(lambda i: i.low * 3 + i.high["deep"] ** 2)(one)
        assert type(gradient) is cls and gradient.low.item() == 3.0 and gradient.high["deep"].item() == 4.0
        f = kn.jit(lambda i: cls(i.low + 1, i.high, i.name))
        assert f(one).low.item() == 2.0 and f(one).name == "x" and f.traces() == 1
        f(cls(one.low, one.high, "y"))
        assert f.traces() == 2
        assert kn.scan(lambda c, _: (c, None), one, length=1)[0].high["deep"].item() == 2.0
    assert kn.tree.paths([Named(1.0, 2.0), Interval(1.0, 2.0)]) == ["0.low", "0.high", "1.0", "1.1"]
    for wrong in ((int, len, len), ("x", len, len), (Named, 3, len), (dict, len, len)):
        if wrong[0] is not int:
            with pytest.raises(kn.Error, match=r"\[register\]"):
                kn.tree.register(*wrong)

    class Bad:
        pass

    for flatten in (lambda b: 3, lambda b: (3, None), lambda b: (1, 2, 3)):
        kn.tree.register(Bad, flatten, lambda value, parts: Bad())
        with pytest.raises(kn.Error, match="flatten of Bad"):
            kn.tree.leaves(Bad())


# Leaves that are no arrays

class Plain:
    def __init__(self, **values):
        self.__dict__.update(values)

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


def test_a_number_is_not_its_own_gradient():
    gradient = kn.grad(lambda p: p["a"] ** 2)({"a": 3.0})
    assert isinstance(gradient["a"], kn.Array) and gradient["a"].item() == 6.0
    tree = {"f": 3.0, "c": 1 + 2j, "i": 4, "b": True, "s": "text", "n": None, "o": Plain(w=2.0), "x": np.float32(2.0), "d": np.float64(5.0),
            "k": np.int64(3), "l": [1.5, (2.5, "t")], "z": np.ones(2), "f0": len}
    value, gradient = kn.value_and_grad(
        lambda t: t["f"] ** 2 + kn.abs(t["c"]) ** 2 + t["i"] * t["x"] + t["d"] + t["l"][0] * t["l"][1][0] + kn.sum(t["z"]) + t["k"])(tree)
    assert gradient["f"].item() == 6.0 and gradient["c"].item() == 2 + 4j and gradient["x"].item() == 4.0 and gradient["d"].item() == 1.0
    assert gradient["l"][0].item() == 2.5 and gradient["l"][1][0].item() == 1.5 and gradient["z"].tolist() == [1.0, 1.0]
    assert all(gradient[name] is None for name in ("i", "b", "s", "n", "o", "k", "f0")) and gradient["l"][1][1] is None
    assert gradient["d"].dtype is kn.float64 and gradient["x"].dtype is kn.float32
    assert kn.grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3)[0].item() == 3.0
    for wrong in (3, True, "text", Plain(), kn.asarray(3), np.int64(3), len):
        with pytest.raises(kn.DTypeError, match="no derivative"):
            kn.grad(lambda x: 1.0)(wrong)
    assert kn.grad(lambda x: 1.0)(None) is None


def test_numbers_among_attributes_have_no_derivative():
    @dataclasses.dataclass
    class Layer:
        w: object
        scale: float = 2.0
        width: int = 3

    class Net:
        __koine_tree__ = True

        def __init__(self):
            self.w, self.rate, self.name = kn.asarray(1.0), 0.5, "net"

    for make in (Layer, lambda w: Net()):
        gradient = kn.grad(lambda m: m.w ** 2 * getattr(m, "scale", getattr(m, "rate", 1)))(make(kn.asarray(1.0)))
        assert gradient.w.item() in (4.0, 1.0) and getattr(gradient, "scale", None) is None and getattr(gradient, "rate", None) is None
    assert gradient.name == "net"


@pytest.mark.parametrize("result, tangent", [(2.0, 0.0), ({"y": 2.0}, {"y": 0.0}), ([1.0, "s", None, 3], [0.0, None, None, None]), (1j, 0.0)])
def test_constant_results_have_no_slope(result, tangent):
    def values(tree):
        return kn.tree.map(lambda leaf: leaf.item() if isinstance(leaf, kn.Array) else leaf, tree)

    f = lambda x: result  # noqa: E731
    y, dy = kn.jvp(f, (3.0,), (1.0,))
    assert values(dy) == tangent and values(y) == result
    y, push = kn.linearize(f, 3.0)
    assert values(push(1.0)) == tangent
    y, pull = kn.vjp(f, kn.asarray(3.0))
    assert pull(tangent)[0].item() == 0.0
    assert kn.jvp(kn.jit(f), (3.0,), (1.0,))[1] is not None


def test_gradients_of_constants_are_zero():
    assert kn.grad(lambda x: 2.0)(kn.ones(2)).tolist() == [0.0, 0.0]
    assert kn.grad(lambda x: kn.asarray(2.0))({"a": 1.0})["a"].item() == 0.0
    assert kn.jacobian(lambda x: kn.ones(2))(kn.ones(3)).tolist() == [[0.0] * 3] * 2
    assert kn.hessian(lambda x: kn.sum(x))(kn.ones(2)).tolist() == [[0.0] * 2] * 2
    assert kn.hvp(lambda x: 2.0 * x, 1.0, 1.0).item() == 0.0
    for wrong in (2, True, 1j, "x", None, [1.0]):
        with pytest.raises(kn.Error, match=r"\[grad\]"):
            kn.grad(lambda x: wrong)(1.0)


def test_values_that_are_read_and_given_back_are_refused():
    for f in (lambda x: float(x) * 2, lambda x: x.item() ** 2, lambda x: float(kn.sum(x * x))):
        for call in (lambda: kn.grad(f)(3.0), lambda: kn.jvp(f, (3.0,), (1.0,)), lambda: kn.vjp(f, 3.0), lambda: kn.jacobian(f)(3.0)):
            with pytest.raises(kn.DTypeError, match="its derivative is lost"):
                call()
    assert kn.grad(lambda x: x * 2 if float(x) > 0 else x)(3.0).item() == 2.0


def test_an_array_is_not_a_plain_number_in_silence():
    for f in (lambda x: kn.sum(kn.clip(kn.ones(2), 0, x)), ):
        assert kn.grad(f)(kn.asarray(0.5)).item() == 2.0
    for f in (lambda x: kn.sum(kn.dropout(kn.ones(3), kn.random.key(0), x)), lambda x: kn.sum(kn.layer_norm(kn.ones(3), kn.ones(3), kn.ones(3), epsilon=x)),
              lambda x: optim.Adam(0.1, beta1=x).beta1, lambda x: optim.cosine(x, 10)(0), lambda x: nn.Dropout(x).rate,
              lambda x: kn.sum(optim.clip_by_norm(kn.ones(2), x)[0])):
        with pytest.raises(kn.DTypeError, match="would be lost"):
            kn.grad(f)(kn.asarray(0.5))
    assert kn.grad(lambda x: kn.sum(kn.full((3,), x)))(1.0).item() == 3.0
    assert kn.grad(lambda x: kn.sum(kn.linspace(0, x, 5)))(1.0).item() == 2.5


def test_the_rate_of_an_optimizer_has_a_derivative():
    """d loss(p - lr g) / d lr = -g . loss'(p - lr g), with loss' = 2 p."""
    p, g = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    for rate in (0.1, kn.asarray(0.1)):
        got = kn.grad(lambda lr: kn.sum(optim.Sgd(lr).update(kn.asarray(p), kn.asarray(g)) ** 2))(rate)
        np.testing.assert_allclose(float(got), float(-(g * 2 * (p - 0.1 * g)).sum()), rtol=1e-6)

    def trained(lr, make):
        w, optimizer = kn.asarray(p, dtype=kn.float64), make(lr)
        for _ in range(3):
            w = optimizer.update(w, 2 * w * kn.asarray([1.0, 4.0], dtype=kn.float64))
        return kn.sum(w * w)

    makers = [lambda lr: optim.Sgd(lr, momentum=0.9), lambda lr: optim.Adam(lr=lr), lambda lr: optim.AdamW(lr), lambda lr: optim.Rmsprop(lr),
              lambda lr: optim.Adagrad(lr), lambda lr: optim.Adadelta(lr), lambda lr: optim.Adamax(lr), lambda lr: optim.Lion(lr)]
    for make in makers:
        slope = kn.grad(trained)(kn.asarray(0.01, dtype=kn.float64), make).item()
        difference = (float(trained(0.01 + 1e-6, make)) - float(trained(0.01 - 1e-6, make))) / 2e-6
        np.testing.assert_allclose(slope, difference, rtol=1e-5)
        assert abs(slope) > 1e-3
        jitted = kn.jit(lambda lr: kn.grad(trained)(lr, make))(kn.asarray(0.01, dtype=kn.float64))
        np.testing.assert_allclose(jitted.item(), slope, rtol=1e-9)

    optimizer = optim.Sgd(lr=kn.asarray(0.5))
    assert optimizer.lr.item() == 0.5 and "lr=array(0.5)" in repr(optimizer)
    step = kn.jit(lambda optimizer, w: optimizer.update(w, w))
    for rate in (0.5, 0.25):
        optimizer.lr = kn.asarray(rate)
        assert step(optimizer, kn.asarray(1.0)).item() == 1 - rate
    assert step.traces() == 1
    optimizer.lr = 0.125
    assert optimizer.lr == 0.125 and optimizer.update(kn.asarray(1.0), kn.asarray(1.0)).item() == 0.875
    rates = kn.vmap(lambda lr: optim.Sgd(lr).update(kn.asarray(1.0), kn.asarray(1.0)))(kn.asarray([0.1, 0.2]))
    np.testing.assert_allclose(np.asarray(rates), [0.9, 0.8], rtol=1e-6)


def test_optimizers_take_numbers_for_parameters():
    model = {"w": 3.0, "n": 2, "l": [1.0]}
    optim.Sgd(0.1).step(model, kn.grad(lambda m: m["w"] ** 2 + m["l"][0] * m["n"])(model))
    assert model["w"].item() == pytest.approx(2.4) and model["n"] == 2 and model["l"][0].item() == pytest.approx(0.8)
    assert optim.global_norm({"a": 3.0, "b": kn.asarray(4.0)}).item() == 5.0


def test_carries_take_numbers():
    assert kn.scan(lambda c, x: (c + x, c), 0, kn.asarray([1.5, 2.0]))[0].item() == 3.5
    assert kn.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * 0.5), (0, 1))[1].item() == 0.125
    total = kn.scan(lambda c, x: ({"n": c["n"] + 1, "s": c["s"] + x}, 1.0), {"s": 0, "n": 0}, kn.ones(3, dtype=kn.float16))
    assert total[0]["s"].dtype is kn.float16 and total[0]["n"].item() == 3 and total[1].tolist() == [1.0] * 3
    assert kn.fori_loop(0, 3, lambda i, c: c * 0.5, 1).item() == 0.125
    with pytest.raises(kn.ShapeError, match="at 's'.*float32.*float64"):
        kn.scan(lambda c, x: ({"s": kn.astype(c["s"], kn.float64)}, None), {"s": kn.ones(2)}, length=1)


# A jitted function and what changes outside

def test_objects_that_are_no_trees_are_not_kept_as_they_were():
    f = kn.jit(lambda box, x: box.w * x * box.scale)
    box = Plain(w=kn.asarray(2.0), scale=1.0)
    assert f(box, 3.0).item() == 6.0
    box.w = kn.asarray(5.0)
    assert f(box, 3.0).item() == 15.0
    box.scale = 2.0
    assert f(box, 3.0).item() == 30.0
    box.w[...] = 1.0
    assert f(box, 3.0).item() == 6.0
    assert f.traces() == 1
    f(box, 4.0)
    assert f(Plain(w=kn.asarray(1.0), scale=1.0), 3.0).item() == 3.0

    class Trainer:
        def __init__(self):
            self.weights, self.inner, self.seen = [kn.asarray(1.0)], Plain(w=kn.asarray(1.0)), []

        @kn.jit
        def loss(self, x):
            return self.weights[0] * x + self.bias()

        def bias(self):
            return self.inner.w

    trainer, traced = Trainer(), []
    for step in range(3):
        assert trainer.loss(2.0).item() == (1 + step) * 2 + 1
        trainer.seen.append(step)
        trainer.weights[0] = trainer.weights[0] + 1
    trainer.inner.w = kn.asarray(10.0)
    assert trainer.loss(2.0).item() == 18.0


GLOBAL = kn.asarray(1.0)
SCALE = 2.0
LISTED = [kn.asarray(1.0)]


class Settings:
    w = kn.asarray(1.0)


def helper(x):
    return x * GLOBAL


def test_variables_from_outside_are_looked_at():
    global GLOBAL, SCALE
    f = kn.jit(lambda x: helper(x) * SCALE + LISTED[0] + Settings.w)
    assert f(kn.asarray(3.0)).item() == 8.0 and f(kn.asarray(3.0)).item() == 8.0
    GLOBAL = kn.asarray(10.0)
    assert f(kn.asarray(3.0)).item() == 62.0
    SCALE = 1.0
    assert f(kn.asarray(3.0)).item() == 32.0
    LISTED[0] = kn.asarray(100.0)
    assert f(kn.asarray(3.0)).item() == 131.0
    Settings.w = kn.asarray(0.0)
    assert f(kn.asarray(3.0)).item() == 130.0
    GLOBAL, SCALE, LISTED[0], Settings.w = kn.asarray(1.0), 2.0, kn.asarray(1.0), kn.asarray(1.0)

    model, w = nn.init(nn.Linear(1, 1, use_bias=False), 0), kn.asarray(2.0)
    g = kn.jit(lambda x: kn.sum(model(x)) * w)
    before = g(kn.ones((1, 1))).item()
    model.weight = model.weight * 3
    assert g(kn.ones((1, 1))).item() == pytest.approx(3 * before)
    w = kn.asarray(4.0)
    assert g(kn.ones((1, 1))).item() == pytest.approx(6 * before)
    h = kn.jit(kn.grad(lambda x: kn.sum(x * w)))
    assert h(kn.ones(())).item() == 4.0
    w = kn.asarray(5.0)
    assert h(kn.ones(())).item() == 5.0


def test_logs_and_counters_make_no_new_traces():
    log, count = [], 0

    @kn.jit
    def f(x):
        nonlocal count
        count += 1
        log.append(1)
        return x + 1

    for _ in range(4):
        f(kn.ones(1))
        log.append(2)
    assert count == 1


def test_what_changes_all_the_time_is_warned_about():
    state = Plain(n=0)
    f = kn.jit(lambda state, x: x + state.n)
    with pytest.warns(RuntimeWarning, match="last n; make it an argument"):
        for n in range(40):
            state.n = n
            assert f(state, kn.asarray(1.0)).item() == 1 + n


# One thing at two places

class Tied(nn.Module):
    def __init__(self):
        self.a = nn.Param((2,), nn.normal(1.0))
        self.b = self.a

    def __call__(self, x):
        return kn.sum(self.a * x) + kn.sum(self.b * x * 10)


class TwoParts(nn.Module):
    def __init__(self):
        self.first = nn.Linear(2, 2)
        self.second = self.first
        self.blocks = [self.first, nn.Linear(2, 2)]
        self.blocks[1].weight = self.first.weight

    def __call__(self, x):
        return kn.sum(self.second(self.first(x)) + self.blocks[0](x) + self.blocks[1](x))


def test_a_parameter_at_two_places_is_one():
    model = nn.init(Tied(), 0)
    assert model.a is model.b and nn.parameters(model) == 2 and kn.tree.paths(model) == ["a"]
    x = kn.asarray([1.0, 2.0])
    gradient = kn.grad(lambda m: m(x))(model)
    assert gradient.a is gradient.b and gradient.a.tolist() == [11.0, 22.0]
    before = np.asarray(model.a)
    optim.Sgd(0.1).step(model, gradient)
    assert model.a is model.b
    np.testing.assert_allclose(np.asarray(model.a), before - 0.1 * np.array([11.0, 22.0]), rtol=1e-6)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), kn.jit(lambda m: m)(model), kn.tree.map(lambda w: w + 1, model),
                  optim.Sgd(0.1).update(model, gradient), copy.copy(model)):
        assert other.a is other.b
    jitted = kn.jit(kn.grad(lambda m: m(x)))(model)
    assert jitted.a.tolist() == [11.0, 22.0] and jitted.a is jitted.b
    _, last = kn.jvp(lambda m: m(x), (model,), (kn.tree.map(kn.ones_like, model),))
    assert last.item() == 33.0
    carried = kn.scan(lambda m, _: (optim.Sgd(0.1).update(m, kn.grad(lambda m: m(x))(m)), None), model, length=1)[0]
    np.testing.assert_allclose(np.asarray(carried.a), np.asarray(model.a) - 0.1 * np.array([11.0, 22.0]), rtol=1e-6)


def test_a_layer_at_two_places_is_one(tmp_path):
    """The gradients are those of a model without names for the same thing, written out."""
    model = nn.init(TwoParts(), 3)
    assert model.first is model.second is model.blocks[0] and model.blocks[1].weight is model.first.weight
    assert nn.parameters(model) == 4 + 2 + 2
    x = kn.asarray([[1.0, 2.0]])
    w, b, c = model.first.weight, model.first.bias, model.blocks[1].bias
    want = kn.grad(lambda w, b, c: kn.sum(((x @ w + b) @ w + b) + (x @ w + b) + (x @ w + c)), argnums=(0, 1, 2))(w, b, c)
    gradient = kn.grad(lambda m: m(x))(model)
    for got, right in zip((gradient.first.weight, gradient.first.bias, gradient.blocks[1].bias), want):
        np.testing.assert_allclose(np.asarray(got), np.asarray(right), rtol=1e-5)
    assert gradient.second is gradient.first and gradient.blocks[1].weight is gradient.first.weight
    optimizer = optim.Adam(0.1)
    optimizer.step(model, gradient)
    assert model.second is model.first and model.blocks[1].weight is model.first.weight
    assert len(optimizer.mean) == 3
    for file in ("m.safetensors", "m.npz"):
        kn.save(tmp_path / file, model)
        assert len(kn.load(tmp_path / file)) == 3
        again = kn.load(tmp_path / file, like=TwoParts())
        assert again.second is again.first and again.blocks[1].weight is again.first.weight
        assert again(x).item() == pytest.approx(model(x).item())
    summary = model.summary(x)
    assert summary.parameters == 8
    assert "second: Linear(in=2, out=2)  (the same as first)" in repr(model)


def test_a_layer_twice_in_lists_and_sequences():
    layer = nn.Linear(2, 2)
    for model, call in ((nn.Sequential(layer, kn.tanh, layer), lambda m, x: m(x)), ([layer, layer], lambda m, x: m[1](m[0](x))),
                        ({"b": layer, "a": layer}, lambda m, x: m["a"](m["b"](x))), ((layer, [layer]), lambda m, x: m[1][0](m[0](x)))):
        model = nn.init(model, 0)
        parts = [model.layers[0], model.layers[2]] if isinstance(model, nn.Sequential) else [model[0], model[1]] if isinstance(model, list) else \
            [model["a"], model["b"]] if isinstance(model, dict) else [model[0], model[1][0]]
        assert parts[0] is parts[1] and nn.parameters(model) == 6
        x = kn.asarray([[1.0, 2.0]])
        loss = lambda m: kn.sum(call(m, x) ** 2)  # noqa: E731
        gradient = kn.grad(loss)(model)
        leaves, structure = kn.tree.flatten(model)
        direction = [kn.ones_like(leaf) for leaf in leaves]
        step = 1e-3
        ahead, behind = (float(loss(kn.tree.unflatten(structure, [leaf + sign * step for leaf in leaves]))) for sign in (1, -1))
        np.testing.assert_allclose(sum(float(kn.sum(g * d)) for g, d in zip(kn.tree.leaves(gradient), direction)),
                                   (ahead - behind) / (2 * step), rtol=2e-2)
        assert len(leaves) == 2


def test_values_are_no_parameters():
    """The same array as two arguments, or at two places of a dict, is two values: partial derivatives."""
    x = kn.asarray(3.0)
    assert [g.item() for g in kn.grad(lambda a, b: a * a * b, argnums=(0, 1))(x, x)] == [18.0, 9.0]
    gradient = kn.grad(lambda p: p["a"] * p["a"] * p["b"])({"a": x, "b": x})
    assert (gradient["a"].item(), gradient["b"].item()) == (18.0, 9.0)
    model = nn.init(nn.Linear(1, 1), 0)
    first, second = kn.grad(lambda a, b: kn.sum(a.weight * 2 + b.weight * 3), argnums=(0, 1))(model, model)
    assert (first.weight.item(), second.weight.item()) == (2.0, 3.0)
    last, _ = kn.scan(lambda c, _: ((c[0] + 1, c[1]), None), (x, x), length=2)
    assert (last[0].item(), last[1].item()) == (5.0, 3.0)
    pair, _ = kn.scan(lambda c, _: ((kn.tree.map(lambda w: w + 1, c[0]), c[1]), None), (model, model), length=1)
    assert pair[0].weight.item() == pytest.approx(pair[1].weight.item() + 1)
    copied = nn.Sequential(model, kn.tree.map(lambda w: w, model))
    assert nn.parameters(copied) == 4


def test_what_is_trained_is_declared():
    class Net(nn.Module):
        def __init__(self):
            self.w = nn.Param(kn.asarray([1.0, 2.0]))
            self.plain, self.array, self.flags = kn.asarray([3.0, 4.0]), np.array([5.0, 6.0]), kn.asarray([True])
            self.many = [nn.Param(2, 1.0), {"k": nn.Param(2, 2.0), "s": nn.State(2, 3.0)}, kn.ones(2)]

        def __call__(self):
            return kn.sum(self.w * self.plain * kn.asarray(self.array) + self.many[0] + self.many[1]["k"] * self.many[1]["s"] + self.many[2])

    model = nn.init(Net(), 0)
    assert nn.parameters(model) == 2 + 2 + 2 and model.w.tolist() == [1.0, 2.0]
    for m in (model, kn.jit(lambda m: m)(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model)) if False else model):
        gradient = kn.grad(lambda m: m())(m)
        assert gradient.w.tolist() == [15.0, 24.0] and gradient.plain is None and gradient.array is None and gradient.flags is None
        assert gradient.many[0].tolist() == [1.0, 1.0] and gradient.many[1]["k"].tolist() == [3.0, 3.0]
        assert gradient.many[1]["s"] is None and gradient.many[2] is None
    optim.Sgd(1.0).step(model, gradient)
    assert model.plain.tolist() == [3.0, 4.0] and model.w.tolist() == [-14.0, -22.0] and model.many[2].tolist() == [1.0, 1.0]
    model.w = kn.asarray([1.0, 1.0])
    assert kn.grad(lambda m: m())(model).w.tolist() == [15.0, 24.0]
    assert "plain: state float32[2]" in repr(model) and "w: param float32[2]" in repr(model)
