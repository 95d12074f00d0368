"""Optimisers, schedules and gradients, beside PyTorch's numbers."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from torch_values import as_koine, assert_close, cases

import koine as kn
from koine import nn, optim

WANT = cases("optim")
STEPS = 6
OPTIMIZERS = {
    "sgd": optim.Sgd(0.1), "sgd_momentum": optim.Sgd(0.1, 0.9, weight_decay=0.01),
    "sgd_nesterov": optim.Sgd(lr=0.1, momentum=0.8, nesterov=True), "adam": optim.Adam(0.05),
    "adam_decay": optim.Adam(0.05, 0.8, 0.95, 1e-6, 0.1), "adam_amsgrad": optim.Adam(0.05, 0.5, 0.5, amsgrad=True),
    "adamw": optim.AdamW(0.05, weight_decay=0.1),
    "adamw_amsgrad": optim.AdamW(0.05, weight_decay=0.01, beta1=0.5, beta2=0.5, amsgrad=True),
    "adamax": optim.Adamax(0.05, weight_decay=0.1), "rmsprop": optim.Rmsprop(0.05),
    "rmsprop_centered": optim.Rmsprop(0.05, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.1),
    "adagrad": optim.Adagrad(0.1), "adagrad_decay": optim.Adagrad(0.1, lr_decay=0.2, initial=0.5, weight_decay=0.1),
    "adadelta": optim.Adadelta(), "adadelta_decay": optim.Adadelta(0.5, rho=0.8, epsilon=1e-4, weight_decay=0.1),
    "lion": optim.Lion(0.02, weight_decay=0.1),
    "groups": optim.AdamW(0.05, weight_decay=0.1, groups=[{"leaves": "*bias", "lr": 2, "weight_decay": 0}]),
    "scheduled": optim.Adam(optim.step_decay(0.05, 1, 0.9).after_warmup(5, 0.01)),
}


def start(dtype):
    a = as_koine(WANT["start.float64"] if dtype == kn.float64 else WANT["start.float32"], None)
    weights = {"weight": a["weight"], "bias": a["bias"]}
    return weights, [{"weight": a["grad_weight"][i], "bias": a["grad_bias"][i]} for i in range(STEPS)]


def test_every_optimizer_is_tried():
    assert {name[:-8] for name in WANT if name.endswith(".float64")} - {"start", "clip_norm", "clip_value", "average"} == set(OPTIMIZERS)
    assert {type(one).__name__ for one in OPTIMIZERS.values()} == set(kn._core.optim.kinds)


@pytest.mark.parametrize("dtype", [kn.float64, kn.float32], ids=lambda dtype: dtype.name)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_pytorchs(name, dtype):
    want = WANT[f"{name}.{dtype.name}"]
    weights, gradients = start(dtype)
    plain, other = copy.deepcopy(OPTIMIZERS[name]), copy.deepcopy(OPTIMIZERS[name])
    traced = dict(weights)
    other.init(traced)

    @kn.jit
    def step(params, optimizer, gradient):
        params = optimizer.update(params, gradient)
        return params, optimizer

    for i in range(STEPS):
        plain.step(weights, gradients[i])
        traced, other = step(traced, other, gradients[i])
        for params in (weights, traced):
            for leaf in params:
                assert_close(params[leaf], want[leaf][i], f"{leaf} at step {i}")
    assert step.traces() == 1
    assert other.steps.item() == STEPS


@pytest.mark.parametrize("name, change", [("clip_norm", lambda g: optim.clip_by_norm(g, 0.7)[0]),
                                          ("clip_value", lambda g: optim.clip_by_value(g, 0.4))])
def test_clipping_is_pytorchs(name, change):
    weights, gradients = start(kn.float64)
    sgd = optim.Sgd(0.1)
    for i in range(STEPS):
        sgd.step(weights, change(gradients[i]))
        assert_close(weights["weight"], WANT[f"{name}.float64"]["weight"][i])
    assert optim.global_norm({"a": kn.asarray([3.0, 0.0]), "b": [kn.asarray(4.0)]}).item() == 5
    with pytest.raises(kn.errors.ValueError, match="above 0"):
        optim.clip_by_norm(weights, 0)


def test_schedules_are_numbers_and_arrays():
    plan = optim.cosine(0.5, 30, 0.05).then(30, optim.linear(0.05, 0, 10))
    assert plan(0) == 0.5 and abs(plan(30) - 0.05) < 1e-12 and plan(99) == 0
    np.testing.assert_allclose(np.asarray(plan(kn.arange(40))), [plan(i) for i in range(40)], rtol=1e-12)
    assert (plan * 2)(0) == 1 and plan == optim.cosine(0.5, 30, 0.05).then(30, optim.linear(0.05, 0, 10))
    again = pickle.loads(pickle.dumps(optim.AdamW(plan, weight_decay=0.1)))
    assert again.lr == plan and again.weight_decay == 0.1 and again.lr(17) == plan(17)
    plateau = optim.Plateau(patience=1)
    assert [plateau.observe(1.0) for _ in range(4)] == [1.0, 1.0, 0.1, 0.1] or plateau.factor < 1
    adam = optim.Adam(plan)
    assert adam.lr == plan
    adam.lr = 0.1
    assert adam.lr == 0.1 and repr(adam) == "Adam(lr=0.1)"


def quadratic(model):
    return kn.sum((model["w"] - kn.asarray([1.0, 2.0, 3.0], dtype=kn.float64)) ** 2 * kn.asarray([1.0, 10.0, 100.0]))


def test_lbfgs_finds_the_minimum():
    model = {"w": kn.zeros(3, dtype=kn.float64), "count": kn.asarray(3)}
    lbfgs = optim.Lbfgs(iterations=40)
    assert lbfgs.step(model, quadratic) < 1e-10
    np.testing.assert_allclose(np.asarray(model["w"]), [1, 2, 3], atol=1e-5)


def test_a_step_changes_modules_in_place_and_nothing_else():
    model = nn.init(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm(2)), 0)
    held, mean = model.layers[0].weight, model.layers[1].mean
    x = kn.random.normal(kn.random.key(0), (8, 3))
    gradient = kn.grad(lambda m: kn.sum(m(x, nn.Context(0)) ** 3))(model)
    adam = optim.AdamW(0.1)
    other = adam.update(model, gradient)
    assert model.layers[0].weight is held
    adam = optim.AdamW(0.1)
    adam.step(model, gradient)
    assert (model.layers[0].weight == other.layers[0].weight).all() and (model.layers[0].weight != held).any()
    assert model.layers[1].mean is mean
    with pytest.raises(kn.errors.ValueError, match="use x = optimizer.update"):
        optim.AdamW(0.1).step(x, x)
    with pytest.raises(kn.errors.ShapeError, match="at 'layers': got a list of 1, expected a list of 2"):
        adam.step(model, nn.Sequential(model.layers[0]))


@dataclasses.dataclass(frozen=True)
class Pair:
    left: object
    right: object


def test_a_step_reaches_leaves_wherever_they_lie():
    model = {"list": [kn.ones(2), (["fixed", kn.ones(1)], None)], 3: Pair(kn.ones(3), kn.asarray(7))}
    parts = model["list"], model["list"][1][0], model[3]
    optim.Sgd(1.0).step(model, kn.tree.map(lambda leaf: kn.ones_like(leaf), model))
    assert all(now is part for now, part in zip((model["list"], model["list"][1][0], model[3]), parts))
    assert [leaf.tolist() for leaf in kn.tree.leaves(model)] == [[0, 0, 0], 7, [0, 0], [0]]
    assert kn.tree.paths(model) == ["3.left", "3.right", "list.0", "list.1.0.1"]


def test_a_step_that_is_refused_changes_nothing():
    adam, model = optim.Adam(0.1), {"a": kn.ones(1), "b": (kn.ones(2), kn.ones(3))}
    with pytest.raises(kn.errors.ValueError, match="a tuple cannot be changed"):
        adam.step(model, model)
    assert adam.steps is None and model["a"].item() == 1


def test_averages_and_accumulated_gradients():
    average, want = optim.Average(0.9), WANT["average.float64"]
    for i in range(STEPS):
        average.update(kn.asarray(WANT["sgd.float64"]["weight"][i]))
        assert_close(average.model, want["weight"][i])
    average = optim.Average(0.5)
    for value in (1.0, 3.0):
        average.update({"w": kn.asarray([value]), "n": kn.asarray([int(value)])})
    assert average.model["w"].tolist() == [2.0] and average.model["n"].tolist() == [3]
    total = optim.Accumulator()
    total.add({"w": kn.asarray([1.0])})
    total.add({"w": kn.asarray([4.0])})
    assert total.take()["w"].tolist() == [2.5]
    with pytest.raises(kn.errors.ValueError, match="no gradient was added"):
        total.take()


def test_loss_scale_skips_steps_that_overflow():
    model, adam, scale = {"w": kn.asarray([1.0, 2.0])}, optim.Adam(0.1), optim.LossScale(initial=4.0, interval=1)
    assert scale.of(kn.asarray(2.0)).item() == 8
    made = scale.step(adam, model, {"w": kn.asarray([kn.inf, 1.0])})
    assert not made.item() and model["w"].tolist() == [1.0, 2.0] and scale.factor.item() == 2

    @kn.jit
    def step(model, adam, scale):
        gradient = kn.grad(lambda m: scale.of(kn.sum(m["w"] ** 2)))(model)
        model, made = scale.update(adam, model, gradient)
        return model, adam, scale, made

    adam.init(model)
    model, adam, scale, made = step(model, adam, scale)
    assert made.item() and scale.factor.item() == 4
    np.testing.assert_allclose(np.asarray(model["w"]), [0.9, 1.9], rtol=1e-5)


def test_wrong_options_are_refused():
    with pytest.raises(TypeError, match="Adam\\(\\) has no option 'beta'"):
        optim.Adam(beta=0.9)
    with pytest.raises(kn.errors.ValueError, match="names no leaf|no leaf"):
        optim.Sgd(groups=[{"leaves": "nothing*"}]).step({"w": kn.zeros(2)}, {"w": kn.zeros(2)})
    with pytest.raises(kn.errors.ValueError, match="a group has no 'rate'"):
        optim.Sgd(groups=[{"leaves": "*", "rate": 2}])
