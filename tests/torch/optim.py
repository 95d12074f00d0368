"""Optimisers and schedules, step by step: the weights after each of a few steps along given gradients."""

import numpy
import torch
from torch import optim
from torch.optim import lr_scheduler as schedules

STEPS = 6
SHAPES = {"weight": (2, 3), "bias": (3,)}


def start(dtype):
    random = numpy.random.default_rng(7)
    weights = {name: torch.tensor(random.normal(size=shape), dtype=dtype) for name, shape in SHAPES.items()}
    gradients = {name: torch.tensor(random.normal(size=(STEPS, *shape)), dtype=dtype) for name, shape in SHAPES.items()}
    return weights, gradients


class Lion(optim.Optimizer):
    """Algorithm 2 of Chen et al., 2023, which torch.optim does not have."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                update = torch.sign(first * mean + (1 - first) * p.grad)
                self.state[p]["mean"] = second * mean + (1 - second) * p.grad
                p -= group["lr"] * (update + group["weight_decay"] * p)


OPTIMIZERS = {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "sgd_momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd_nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    "adam": lambda p: optim.Adam(p, lr=0.05),
    "adam_decay": lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adam_amsgrad": lambda p: optim.Adam(p, lr=0.05, betas=(0.5, 0.5), amsgrad=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
    "adamw_amsgrad": lambda p: optim.AdamW(p, lr=0.05, betas=(0.5, 0.5), amsgrad=True),
    "adamax": lambda p: optim.Adamax(p, lr=0.05, weight_decay=0.1),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.05),
    "rmsprop_centered": lambda p: optim.RMSprop(p, lr=0.05, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.1),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "adagrad_decay": lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.2, weight_decay=0.1, initial_accumulator_value=0.5),
    "adadelta": lambda p: optim.Adadelta(p, lr=1.0),
    "adadelta_decay": lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
    "lion": lambda p: Lion(p, lr=0.02, betas=(0.9, 0.99), weight_decay=0.1),
    "groups": lambda p: optim.AdamW(
        [{"params": p[:1]}, {"params": p[1:], "lr": 0.1, "weight_decay": 0.0}], lr=0.05, weight_decay=0.1),
}


def run(make, dtype, clip=None, schedule=None):
    """The weights after each step."""
    weights, gradients = start(dtype)
    params = [torch.nn.Parameter(w.clone()) for w in weights.values()]
    optimizer = make(params)
    plan = schedule(optimizer) if schedule else None
    seen = {name: [] for name in SHAPES}
    for step in range(STEPS):
        for p, g in zip(params, gradients.values()):
            p.grad = g[step].clone()
        if clip:
            clip(params)
        optimizer.step()
        if plan:
            plan.step()
        for name, p in zip(SHAPES, params):
            seen[name].append(p.detach().clone())
    return {name: torch.stack(values) for name, values in seen.items()}


RATES = 40
SCHEDULES = {
    "step": lambda o: schedules.StepLR(o, 7, 0.5),
    "milestones": lambda o: schedules.MultiStepLR(o, [5, 20], 0.1),
    "exponential": lambda o: schedules.ExponentialLR(o, 0.9),
    "linear": lambda o: schedules.LinearLR(o, 1.0, 0.2, 30),
    "polynomial": lambda o: schedules.PolynomialLR(o, 30, 2.0),
    "cosine": lambda o: schedules.LambdaLR(o, lambda t: cosine_until(t, 30)),
    "restarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, 12, eta_min=0.01),
    "warmup": lambda o: schedules.SequentialLR(
        o, [schedules.LinearLR(o, 0.01, 1.0, 5), schedules.ExponentialLR(o, 0.9)], [5]),
    "one_cycle": lambda o: schedules.OneCycleLR(o, max_lr=0.5, total_steps=RATES),
}


def cosine_until(step, length):
    """The factor of CosineAnnealingLR, which PyTorch lets rise again after its end."""
    model = torch.nn.Linear(1, 1)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    plan = schedules.CosineAnnealingLR(optimizer, length, eta_min=0.1)
    for _ in range(min(step, length)):
        optimizer.step()
        plan.step()
    return optimizer.param_groups[0]["lr"]


def rates(schedule):
    optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    plan, seen = schedule(optimizer), []
    for _ in range(RATES):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(seen) < RATES:
            plan.step()
    return numpy.array(seen)


def plateau():
    """The factor after each metric."""
    metrics = numpy.array([1.0, 0.9, 0.95, 0.93, 0.91, 0.89, 0.899, 0.8999, 0.8998, 0.91, 0.92, 0.7, 0.71, 0.72, 0.73, 0.74])
    optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    plan = schedules.ReduceLROnPlateau(optimizer, factor=0.5, patience=2, cooldown=1, min_lr=0.2)
    seen = []
    for metric in metrics:
        plan.step(metric)
        seen.append(optimizer.param_groups[0]["lr"])
    return {"metrics": metrics, "factors": numpy.array(seen)}


def average(dtype):
    """The exponential average of the weights that SGD gives."""
    seen = run(OPTIMIZERS["sgd"], dtype)
    model = torch.nn.ParameterDict({name: torch.zeros(shape, dtype=dtype) for name, shape in SHAPES.items()})
    mean = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    result = {name: [] for name in SHAPES}
    for step in range(STEPS):
        for name in SHAPES:
            model[name].data = seen[name][step]
        mean.update_parameters(model)
        for name in SHAPES:
            result[name].append(mean.module[name].detach().clone())
    return {name: torch.stack(values) for name, values in result.items()}


def lbfgs(dtype):
    """A smooth loss of six numbers, minimised by several calls of a few iterations each."""
    random = numpy.random.default_rng(3)
    matrix = torch.tensor(random.normal(size=(8, 6)), dtype=dtype)
    x = torch.nn.Parameter(torch.tensor(random.normal(size=6), dtype=dtype))
    begin = x.detach().clone()
    optimizer = optim.LBFGS([x], lr=0.3, max_iter=4, history_size=3)

    def loss():
        optimizer.zero_grad()
        value = (torch.log(torch.cosh(matrix @ x - 1))).sum()
        value.backward()
        return value

    seen = []
    for _ in range(4):
        optimizer.step(loss)
        seen.append(x.detach().clone())
    return {"matrix": matrix, "x": begin, "seen": torch.stack(seen)}


def cases():
    yield "lbfgs", lbfgs(torch.float64)
    for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
        weights, gradients = start(dtype)
        yield f"start.{name}", {**weights, **{f"grad_{key}": value for key, value in gradients.items()}}
        for optimizer, make in OPTIMIZERS.items():
            yield f"{optimizer}.{name}", run(make, dtype)
        yield f"clip_norm.{name}", run(OPTIMIZERS["sgd"], dtype, lambda p: torch.nn.utils.clip_grad_norm_(p, 0.7))
        yield f"clip_value.{name}", run(OPTIMIZERS["sgd"], dtype, lambda p: torch.nn.utils.clip_grad_value_(p, 0.4))
        yield f"scheduled.{name}", run(OPTIMIZERS["adam"], dtype, schedule=SCHEDULES["warmup"])
        yield f"average.{name}", average(dtype)
    for schedule, make in SCHEDULES.items():
        yield f"rates.{schedule}", {"rates": rates(make)}
    yield "plateau", plateau()
